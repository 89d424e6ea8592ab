"""2.9 as published: what changes is ended and begun, what does not goes on, what is wrong is set aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Table, func, select

from analysis_patterns.cases.department import (
    Establishment,
    Holder,
    Publication,
    PublishedRow,
    SeniorPost,
    Standing,
    Upload,
    acceptance,
    changes,
    establishments,
    load_publications,
    quarantined,
    reproduced,
    standings,
    tops,
    vacant,
)
from analysis_patterns.cases.department.screening import screened
from analysis_patterns.patterns.accountability import Accountability
from analysis_patterns.patterns.constraint import Layer, require
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses

FIRST, SECOND, THIRD = date(1991, 1, 1), date(1992, 1, 1), date(1993, 1, 1)
GRADES = ("SCS1", "SCS2", "SCS3", "SCS4")


def row(
    post: str,
    reports_to: str = "XX",
    holder: str = "h",
    *,
    grade: str = "SCS1",
    unit: str = "Unit",
    fte: str = "1",
) -> PublishedRow:
    """A row of which only what matters is said."""
    return PublishedRow(post, reports_to, holder, grade, unit, fte)


def load(session: Session, *rows: PublishedRow, as_at: date = FIRST, partial: bool = False) -> Upload:
    """Load one publication."""
    (upload,) = load_publications(session, [Publication(as_at, rows, partial)])
    return upload


def rules(upload: Upload) -> list[tuple[str, list[str]]]:
    """The posts of the rows that were set aside, each with the rules that it breaks."""
    return [(each.post, [refusal.rule for refusal in each.refusals]) for each in upload.quarantine]


def above(session: Session, as_of: date) -> dict[str, str]:
    """Whom each post reports to on a day."""
    return {code: each.row().reports_to for code, each in standings(session, as_of=as_of).items()}


def counted(session: Session) -> dict[str, int | None]:
    """How many rows each table has."""
    tables: Iterator[Table] = iter(Base.metadata.sorted_tables)
    return {each.name: session.scalar(select(func.count()).select_from(each)) for each in tables}


def test_a_row_becomes_facts_that_hold_from_its_date(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p", grade="SCS2", unit="Finance", fte="0.80"))

    (standing,) = (each for each in standings(session, as_of=FIRST).values() if each.post.code == "B")

    assert standing.row() == row("B", "A", "p", grade="SCS2", unit="Finance", fte="0.80")
    for fact in standing.facts().values():
        assert fact is not None
        assert fact.period == Period(FIRST)
    assert standings(session, as_of=date(1990, 12, 31)) == {}


def test_what_the_next_publication_says_again_is_one_fact(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))
    before = counted(session)

    upload = load(session, row("A"), row("B", "A", "p"), as_at=SECOND)

    after = counted(session)
    assert after.pop("cases_upload") == 2
    assert after.pop("cases_listing") == 4
    assert after == {name: count for name, count in before.items() if name in after}
    assert reproduced(session, upload) == {1: row("A"), 2: row("B", "A", "p")}


@pytest.mark.parametrize(
    "changed",
    [
        row("B", "C", "p"),
        row("B", "XX", "p"),
        row("B", "A", "q"),
        row("B", "A", ""),
        row("B", "A", "p", grade="SCS3"),
        row("B", "A", "p", unit="Elsewhere"),
        row("B", "A", "p", fte="0.5"),
    ],
)
def test_a_column_that_changes_ends_one_fact_and_begins_another(
    session: Session, changed: PublishedRow
) -> None:
    published = [row("A"), row("B", "A", "p"), row("C", "A", "r")]
    load(session, *published)

    load(session, row("A"), changed, row("C", "A", "r"), as_at=SECOND)

    rows = {day: standings(session, as_of=day)["B"].row() for day in (date(1991, 12, 31), SECOND)}
    assert rows == {date(1991, 12, 31): row("B", "A", "p"), SECOND: changed}
    ended = [each for each in standings(session, as_of=FIRST)["B"].facts().values() if each is not None]
    assert [each.period for each in ended].count(Period(FIRST, SECOND)) == 1


def test_a_post_that_is_listed_no_more_has_ended(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))

    load(session, row("A"), as_at=SECOND)

    assert list(standings(session, as_of=date(1991, 12, 31))) == ["A", "B"]
    assert list(standings(session, as_of=SECOND)) == ["A"]
    assert changes(session, FIRST, SECOND).ended == ("B",)


def test_a_post_that_comes_back_is_the_same_post_established_anew(session: Session) -> None:
    for as_at, *listed in ((FIRST, "A", "B"), (SECOND, "A"), (THIRD, "A", "B")):
        load(session, *(row(code) for code in listed), as_at=as_at)

    assert [each.period for each in establishments(session, "B")] == [Period(FIRST, SECOND), Period(THIRD)]
    assert session.scalar(select(func.count()).select_from(SeniorPost)) == 2


def test_a_post_that_a_partial_publication_leaves_out_goes_on(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))

    load(session, row("A", holder="q"), as_at=SECOND, partial=True)
    load(session, row("A", holder="q"), row("B", "A", "p"), as_at=THIRD)

    assert [each.period for each in establishments(session, "B")] == [Period(FIRST)]
    assert standings(session, as_of=SECOND)["B"].row() == row("B", "A", "p")


def test_a_partial_publication_is_given_back_without_what_it_left_out(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))

    upload = load(session, row("A", holder="q"), as_at=SECOND, partial=True)

    assert reproduced(session, upload) == {1: row("A", holder="q")}


def test_two_posts_may_change_places(session: Session) -> None:
    load(session, row("A"), row("B", "A"), row("C", "B"))

    upload = load(session, row("A"), row("B", "C"), row("C", "A"), as_at=SECOND)

    assert upload.quarantine == []
    assert above(session, SECOND) == {"A": "XX", "B": "C", "C": "A"}


def test_two_holders_may_change_places(session: Session) -> None:
    load(session, row("A", holder="p"), row("B", "A", "q"))

    load(session, row("A", holder="q"), row("B", "A", "p"), as_at=SECOND)

    assert changes(session, FIRST, SECOND).holders == {"A": ("p", "q"), "B": ("q", "p")}
    assert session.scalar(select(func.count()).select_from(Holder)) == 2


def test_an_empty_holder_is_a_vacancy(session: Session) -> None:
    load(session, row("A"), row("B", "A", ""))

    load(session, row("A", holder=""), row("B", "A", "p"), as_at=SECOND)

    assert vacant(session, as_of=FIRST) == ["B"]
    assert vacant(session, as_of=SECOND) == ["A"]


def test_a_withheld_name_is_a_holder_and_each_time_another(session: Session) -> None:
    load(session, row("A", holder="NOT_DISCLOSED"), row("B", "A", "NOT_DISCLOSED"))

    load(session, row("A", holder="NOT_DISCLOSED"), row("B", "A", "p"), as_at=SECOND)
    load(session, row("A", holder="NOT_DISCLOSED"), row("B", "A", "NOT_DISCLOSED"), as_at=THIRD)

    assert vacant(session, as_of=FIRST) == []
    named = session.scalars(select(Holder.name).where(Holder.published_as == "NOT_DISCLOSED"))
    assert sorted(named) == ["undisclosed holder of A", *["undisclosed holder of B"] * 2]


def test_a_row_that_reports_to_itself_is_set_aside(session: Session) -> None:
    upload = load(session, row("A"), row("B", "B"), row("C", "B"))

    assert rules(upload) == [("B", ["accountability.self-link"])]
    assert quarantined(session)[0].row == row("B", "B")
    assert "B at both ends" in upload.quarantine[0].refusals[0].said


def test_a_post_whose_row_is_set_aside_may_still_be_reported_to(session: Session) -> None:
    load(session, row("A"), row("B", "B"), row("C", "B"))

    assert above(session, FIRST) == {"A": "XX", "C": "B"}
    assert tops(session, as_of=FIRST) == ["A"]


def test_what_was_believed_of_a_post_stays_where_its_next_row_is_set_aside(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))

    load(session, row("A"), row("B", "B", "q"), as_at=SECOND)

    assert standings(session, as_of=SECOND)["B"].row() == row("B", "A", "p")


def test_of_rows_in_a_circle_the_one_that_closes_it_is_set_aside(session: Session) -> None:
    upload = load(session, row("A"), row("B", "C"), row("C", "D"), row("D", "B"), row("E", "D"))

    assert rules(upload) == [("D", ["hierarchic.no-cycle"])]
    assert above(session, FIRST) == {"A": "XX", "B": "C", "C": "D", "E": "D"}
    assert list(inconsistencies(session)) == []


def test_a_row_that_clashes_with_what_goes_on_is_set_aside(session: Session) -> None:
    load(session, row("A"), row("B", "A"), row("C", "B"))

    upload = load(session, row("B", "C"), as_at=SECOND, partial=True)

    assert rules(upload) == [("B", ["hierarchic.no-cycle"])]
    assert above(session, SECOND) == {"A": "XX", "B": "A", "C": "B"}


def test_nothing_of_a_row_that_is_set_aside_stays(session: Session) -> None:
    load(session, row("A"), row("B", "B", "someone", unit="Nowhere"))

    assert session.scalars(select(Holder.published_as)).all() == ["h"]
    assert session.scalars(select(SeniorPost.code)).all() == ["A"]


def test_the_first_sound_row_for_a_post_stands(session: Session) -> None:
    upload = load(session, row("A", fte="none"), row("A", holder="p"), row("A", holder="q"))

    assert rules(upload) == [("A", ["number.exact"]), ("A", ["published-row.one-per-post"])]
    assert standings(session, as_of=FIRST)["A"].row() == row("A", holder="p")


def test_a_row_is_set_aside_with_every_rule_that_it_breaks(session: Session) -> None:
    upload = load(session, row("", "B", grade="CEO", fte="2"))

    assert rules(upload) == [
        (
            "",
            [
                "published-row.text",
                "published-row.grade",
                "establishment.full-time",
                "published-row.superior",
            ],
        )
    ]


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (row(""), "published-row.text"),
        (row("  "), "published-row.text"),
        (row("XX"), "published-row.text"),
        (row("A" * 51), "published-row.text"),
        (row("A", " "), "published-row.text"),
        (row("A", holder=" "), "published-row.text"),
        (row("A", holder="h" * 51), "published-row.text"),
        (row("A", unit=""), "published-row.text"),
        (row("A", unit="u" * 501), "published-row.text"),
        (row("A", grade="scs1"), "published-row.grade"),
        (row("A", fte="+1"), "published-row.as-written"),
        (row("A", fte="1E0"), "published-row.as-written"),
        (row("A", fte=""), "number.exact"),
        (row("A", fte="NaN"), "number.exact"),
        (row("A", fte="0"), "establishment.full-time"),
        (row("A", fte="1.01"), "establishment.full-time"),
        (row("A", "B"), "published-row.superior"),
    ],
)
def test_refuses_a_row_that_is_not_sound(broken: PublishedRow, rule: str) -> None:
    sound, refused = screened(Publication(FIRST, (broken,)), grades=GRADES, known_posts=["Z"])

    assert sound == {}
    with refuses(rule):
        require(iter(refused[1]))


def test_refuses_a_second_row_for_a_post() -> None:
    _, refused = screened(Publication(FIRST, (row("A"), row("A"))), grades=GRADES, known_posts=[])

    with refuses("published-row.one-per-post") as second:
        require(iter(refused[2]))
    assert second.value.found == "a second row for A, after that of line 1"


def test_a_post_may_report_to_one_that_an_earlier_publication_listed(session: Session) -> None:
    load(session, row("A"), row("B", "A"))

    upload = load(session, row("C", "B"), as_at=SECOND, partial=True)

    assert upload.quarantine == []


def test_a_publication_is_known_from_its_own_date_on(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))
    load(session, row("A"), as_at=SECOND)

    def known(known_at: datetime) -> dict[str, Standing]:
        return standings(session, as_of=THIRD, known_at=known_at)

    assert list(known(datetime(1990, 12, 31, 23, 59, tzinfo=UTC))) == []
    assert list(known(datetime(1991, 1, 1, tzinfo=UTC))) == ["A", "B"]
    assert list(known(datetime(1991, 12, 31, 23, 59, tzinfo=UTC))) == ["A", "B"]
    assert list(known(datetime(1992, 1, 1, tzinfo=UTC))) == ["A"]


def test_the_session_keeps_its_own_clock(session: Session) -> None:
    clock = session.clock

    load(session, row("A"))

    assert session.clock is clock


def test_to_load_what_was_loaded_adds_nothing(session: Session) -> None:
    publications = [
        Publication(FIRST, (row("A"), row("B", "B"))),
        Publication(SECOND, (row("A", holder="q"),), partial=True),
    ]
    load_publications(session, reversed(publications))
    before = counted(session)

    again = load_publications(session, publications)

    assert again == []
    assert counted(session) == before


@pytest.mark.parametrize(
    "other",
    [
        Publication(FIRST, (row("A"),)),
        Publication(SECOND, (row("A"), row("B"))),
        Publication(SECOND, (row("A"),), partial=True),
    ],
)
def test_refuses_a_publication_that_comes_too_late_or_says_otherwise(
    session: Session, other: Publication
) -> None:
    load(session, row("A"), as_at=SECOND)
    before = counted(session)

    with refuses("upload.in-order"):
        load_publications(session, [other])

    session.rollback()
    assert counted(session) == before


def test_counts_what_was_accepted(session: Session) -> None:
    load(session, row("A"), row("B", "B"), row("C", "A"))
    load(session, row("A", fte="0"), row("A", grade="?"), row("A"), as_at=SECOND)

    found = acceptance(session)

    assert (found.read, found.loaded, found.quarantined) == (6, 3, 3)
    assert found.percent == Decimal("50.0")
    assert found.by_rule == {
        "accountability.self-link": 1,
        "establishment.full-time": 1,
        "published-row.grade": 1,
    }


def test_of_nothing_nothing_is_accepted(session: Session) -> None:
    load_publications(session, [])

    assert acceptance(session).percent == 0


def test_refuses_a_post_of_more_than_full_time(session: Session) -> None:
    post = SeniorPost(name="A", code="A")
    with refuses("establishment.full-time"):
        Establishment(post=post, full_time_equivalent=Decimal("1.5"))

    half = Establishment(post=post, full_time_equivalent=Decimal("0.5"))
    half.full_time_equivalent = Decimal(0)
    session.add(half)
    with refuses("establishment.full-time", Layer.FLUSH):
        session.flush()


def test_refuses_a_post_that_is_established_twice_at_once(session: Session, layer: Layer) -> None:
    post = SeniorPost(name="A", code="A")
    session.add(Establishment(post=post, full_time_equivalent=Decimal(1), period=Period(FIRST, THIRD)))
    session.add(Establishment(post=post, full_time_equivalent=Decimal(1), period=Period(THIRD)))
    session.flush()

    session.add(Establishment(post=post, full_time_equivalent=Decimal(1), period=Period(SECOND, THIRD)))
    with refuses("establishment.one-at-a-time", layer):
        session.flush()


def test_every_link_of_the_chart_is_one_of_three_types(session: Session) -> None:
    load(session, row("A"), row("B", "A", "p"))

    linked = session.scalars(select(Accountability))

    assert sorted(f"{each.responsible} to {each.commissioner}: {each.type}" for each in linked) == [
        "A to Unit: unit membership",
        "B to A: reporting line",
        "B to Unit: unit membership",
        "h to A: senior appointment",
        "p to B: senior appointment",
    ]
