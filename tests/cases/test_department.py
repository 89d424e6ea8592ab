"""What a department published of its posts at six dates is given back row for row, and can be asked about."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from importlib.resources import files

import pytest
from sqlalchemy import func, select

from analysis_patterns import cases
from analysis_patterns.cases.department import (
    PublishedRow,
    Upload,
    acceptance,
    chain_above,
    changes,
    learned,
    load_publications,
    published,
    quarantined,
    reproduced,
    run,
    standings,
    tops,
    vacant,
)
from analysis_patterns.patterns.accountability import Accountability, Appointment, Party
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.provenance import explain
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import Period

FIRST, SECOND, THIRD = date(2011, 3, 31), date(2011, 9, 30), date(2013, 3, 31)
FOURTH, PARTIAL, LAST = date(2013, 9, 30), date(2014, 3, 31), date(2014, 9, 30)
DATES = (FIRST, SECOND, THIRD, FOURTH, PARTIAL, LAST)
SET_ASIDE = [
    (FIRST, "A6", ["accountability.self-link"]),
    (SECOND, "A6", ["accountability.self-link"]),
    (THIRD, "B72", ["number.exact", "published-row.one-per-post"]),
    (THIRD, "A16", ["number.exact", "published-row.one-per-post"]),
    (FOURTH, "B52", ["accountability.self-link"]),
    (FOURTH, "B130", ["accountability.self-link"]),
    (FOURTH, "B41", ["accountability.self-link"]),
]


def in_the_file(as_at: date) -> list[list[str]]:
    """The rows of a date, read by nothing of ours."""
    with (files(cases) / "data" / "dfid_posts.csv").open(encoding="utf-8") as file:
        return [cells[1:] for cells in csv.reader(file) if cells[0] == as_at.isoformat()]


def upload_of(session: Session, as_at: date) -> Upload:
    """What was loaded of a date."""
    return session.scalars(select(Upload).where(Upload.as_at == as_at)).one()


def cells_of(rows: Mapping[int, PublishedRow]) -> list[list[str]]:
    """Rows in the order of their lines, each as its cells."""
    return [list(cells_of_row(rows[line])) for line in sorted(rows)]


def cells_of_row(row: PublishedRow) -> tuple[str, ...]:
    """The cells of a row, in the order of the file's columns."""
    return row.post, row.reports_to, row.holder, row.grade, row.unit, row.fte


def counted(session: Session) -> list[int | None]:
    """How many rows each table has."""
    return [session.scalar(select(func.count()).select_from(each)) for each in Base.metadata.sorted_tables]


@pytest.mark.parametrize("as_at", DATES)
def test_what_was_loaded_and_what_was_set_aside_are_what_was_published(loaded: Session, as_at: date) -> None:
    upload = upload_of(loaded, as_at)
    set_aside = {each.line: each.row for each in upload.quarantine}

    for known_at in (None, learned(as_at)):
        given_back = reproduced(loaded, upload, known_at=known_at)

        assert given_back.keys() & set_aside.keys() == set()
        assert cells_of(given_back | set_aside) == in_the_file(as_at)


@pytest.mark.parametrize(
    ("as_at", "beside"),
    [(FIRST, set()), (SECOND, set()), (THIRD, set()), (FOURTH, {"B41", "B52"}), (LAST, set())],
)
def test_as_of_a_date_there_are_no_posts_but_those_it_lists_and_those_whose_rows_were_set_aside(
    loaded: Session, as_at: date, beside: set[str]
) -> None:
    upload = upload_of(loaded, as_at)

    held = standings(loaded, as_of=as_at)

    assert held.keys() - {each.post.code for each in upload.listings} == beside
    assert beside <= {each.post for each in upload.quarantine}


def test_a_post_that_the_partial_upload_leaves_out_goes_on(loaded: Session) -> None:
    before, after = standings(loaded, as_of=FOURTH), standings(loaded, as_of=PARTIAL)

    listed = {each.post.code for each in upload_of(loaded, PARTIAL).listings}
    assert before.keys() <= after.keys()
    assert {code: after[code].row() for code in before.keys() - listed} == {
        code: before[code].row() for code in before.keys() - listed
    }


def test_sets_aside_exactly_seven_rows_by_the_rules_that_they_break(loaded: Session) -> None:
    found = [
        (each.upload.as_at, each.post, [refusal.rule for refusal in each.refusals])
        for each in quarantined(loaded)
    ]

    assert found == SET_ASIDE


def test_accepts_more_than_ninety_five_rows_of_a_hundred(loaded: Session) -> None:
    found = acceptance(loaded)

    assert (found.read, found.loaded, found.quarantined) == (445, 438, 7)
    assert found.loaded * 100 >= found.read * 95
    assert str(found.percent) == "98.4"
    assert found.by_rule == {
        "accountability.self-link": 5,
        "number.exact": 2,
        "published-row.one-per-post": 2,
    }


def test_to_load_it_again_adds_nothing(loaded: Session) -> None:
    before = counted(loaded)

    again = load_publications(loaded, published())

    assert again == []
    assert counted(loaded) == before


def test_what_is_held_breaks_no_rule(loaded: Session) -> None:
    assert list(inconsistencies(loaded)) == []


@pytest.mark.parametrize("as_at", [FIRST, LAST])
def test_the_posts_above_each_post_are_those_of_the_file(loaded: Session, as_at: date) -> None:
    rows = {cells[0]: cells[1] for cells in in_the_file(as_at) if cells[0] != cells[1]}

    for code, superior in rows.items():
        chain = chain_above(loaded, code, as_of=as_at)

        expected, above = [], superior
        while above != "XX":
            expected.append(above)
            above = rows.get(above, "XX")
        found = [each.commissioner.name for each in chain.accountabilities()] if chain else []
        assert found == expected


def test_says_by_which_links_the_highest_post_stands_above_another(loaded: Session) -> None:
    chain = chain_above(loaded, "B55", as_of=LAST)

    assert str(explain(chain)).splitlines() == [
        "A1 stands above B55  [2.7: an unbroken chain of accountabilities on one day]",
        "  B55 responsible to B54 (reporting line) from 2014-09-30 until further notice"
        "  [recorded 2014-09-30 00:00 UTC]",
        "  B54 responsible to A28 (reporting line) from 2013-09-30 until further notice"
        "  [recorded 2013-09-30 00:00 UTC]",
        "  A28 responsible to A5 (reporting line) from 2013-09-30 until further notice"
        "  [recorded 2013-09-30 00:00 UTC]",
        "  A5 responsible to A1 (reporting line) from 2011-03-31 until further notice"
        "  [recorded 2011-03-31 00:00 UTC]",
    ]


def test_nobody_stands_above_the_highest(loaded: Session) -> None:
    assert tops(loaded, as_of=LAST) == ["A1"]
    assert tops(loaded, as_of=FIRST) == ["A1", "A11"]
    assert chain_above(loaded, "A1", as_of=LAST) is None


@pytest.mark.parametrize("as_at", DATES)
def test_the_vacant_posts_are_those_without_a_holder(loaded: Session, as_at: date) -> None:
    empty = sorted(cells[0] for cells in in_the_file(as_at) if not cells[2])

    assert vacant(loaded, as_of=as_at) == empty
    assert len(empty) == (62 if as_at == FIRST else 0)


def test_tells_what_changed_between_two_dates(loaded: Session) -> None:
    found = changes(loaded, FIRST, SECOND)

    assert found.created == ("A22", "B100", "B101", "B97", "B98", "B99")
    assert found.ended == ("A18", "A4", "A9", "B45", "B51", "B64", "B66", "B90")
    assert found.moved == {
        "A16": ("A4", "A5"),
        "A20": ("A4", "A3"),
        "B41": ("A9", "A2"),
        "B79": ("A18", "A20"),
    }
    assert len(found.holders) == 58
    assert found.regraded == {}


def test_before_the_third_publication_the_second_was_believed_to_go_on(loaded: Session) -> None:
    believed = standings(loaded, as_of=THIRD, known_at=learned(SECOND))

    listed = reproduced(loaded, upload_of(loaded, SECOND)).values()
    assert {code: each.row() for code, each in believed.items()} == {row.post: row for row in listed}
    assert believed.keys() != standings(loaded, as_of=THIRD).keys()


def test_nothing_was_known_before_the_first_publication(loaded: Session) -> None:
    assert standings(loaded, as_of=LAST, known_at=learned(date(2011, 3, 30))) == {}


def test_a_holder_who_stays_holds_by_one_appointment(loaded: Session) -> None:
    held = loaded.scalars(
        select(Appointment)
        .join(Party, Appointment.commissioner_id == Party.id)
        .where(Party.name == "A1", Accountability.known_to == UNTIL_CHANGED)
    ).all()

    assert [(each.period, each.person.name) for each in held] == [(Period(FIRST), "168cb9b863")]


def test_the_case_holds_and_draws_every_post_once(loaded: Session) -> None:
    worked = run(loaded)

    assert [check for check in worked.checks if not check.holds] == []
    chart, difference = worked.graphs
    shown = " ".join(
        [*(node.label for node in chart.nodes), *(line for node in chart.nodes for line in node.lines)]
    )
    words = shown.replace("(", " ").replace(")", " ").replace(",", " ").split()
    assert sorted(word for word in words if word[1:].isdigit()) == sorted(
        cells[0] for cells in in_the_file(LAST)
    )
    assert [node.label for node in difference.nodes if node.outside] == ["A6"]
