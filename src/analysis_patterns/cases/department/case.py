"""The senior posts of a department of state at six dates, as it published them (2.4 to 2.9, 3.8, 15.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from ...patterns.persistence.session import Session
from ...site.case import Table
from ..case import Check, WorkedCase, check
from .loading import learned, load_publications
from .picture import difference, hierarchy
from .published import UNDISCLOSED, Publication, PublishedRow, published
from .report import (
    acceptance,
    chain_above,
    changes,
    establishments,
    quarantined,
    reproduced,
    tops,
    vacant,
)
from .standing import standings
from .upload import Upload

TEXT = """\
The Department for International Development of the United Kingdom published its senior posts at six
dates: 445 rows, each with a post, the post it reports to, its holder under a pseudonym, its grade, its
unit, and how much of full time it is. They are read faults and all: a row that breaks a rule is set aside
with the name of the rule, nothing of it is believed, and what was believed of its post stays.

A post stays while its holders change (2.9). Its grade is a party type that it is of for a period (2.6); its
unit, the post above it and its holder are accountabilities of three types (2.4); that it is there at all, and
how much of full time it is, is a fact that the case adds to the library's own. A row that says what the one
before it said changes nothing: what outlives three publications is one fact, with one beginning.

Each publication became known at its own date. So the database can say what held on a day, and also what was
believed of that day before the next publication came: the two axes of 15.3.

The publication of March 2014 is partial: a post that it leaves out has not ended. An empty holder is a
vacancy. (Most holders that were empty in March 2011 were `NOT_DISCLOSED` by September, so some of these
vacancies may have been none; but vacancies is what was published.) Of two people whose names are withheld
nobody can say that they are one, so each is taken for somebody else.

Contains public sector information licensed under the Open Government Licence v3.0; published on
data.gov.uk."""

_FIRST, _SECOND, _THIRD = date(2011, 3, 31), date(2011, 9, 30), date(2013, 3, 31)
_FOURTH, _PARTIAL, _LAST = date(2013, 9, 30), date(2014, 3, 31), date(2014, 9, 30)
_ROWS = {_FIRST: 80, _SECOND: 78, _THIRD: 77, _FOURTH: 89, _PARTIAL: 29, _LAST: 92}
_LOWEST = "B55"

Rows = Mapping[str, PublishedRow]
"""What was believed of each post, by its code, in the form in which it is published."""


def run(session: Session) -> WorkedCase:
    """Load the publications where the database does not hold them, and ask it what its figures are."""
    publications = published()
    load_publications(session, publications)
    return WorkedCase(
        title="Posts of a department at six dates",
        text=TEXT,
        patterns=("2.4", "2.5", "2.6", "2.7", "2.9", "15.3"),
        checks=(*_accepted(session), *_given_back(session, publications), *_told(session)),
        tables=(_uploads(session), _chain(session), _beliefs(session), _set_aside(session)),
        pictures=(hierarchy(session, as_of=_LAST), difference(session, _FIRST, _SECOND)),
    )


def _accepted(session: Session) -> Iterator[Check]:
    found = acceptance(session)
    yield check("Rows published", expected=445, found=found.read)
    yield check("Rows loaded", expected=438, found=found.loaded)
    yield check("Rows set aside", expected=7, found=found.quarantined)
    yield check("Rows loaded, of a hundred", expected="98.4", found=found.percent)
    rules = {"accountability.self-link": 5, "number.exact": 2, "published-row.one-per-post": 2}
    for name in sorted(rules.keys() | found.by_rule.keys()):
        yield check(
            f"Rows set aside under {name}", expected=rules.get(name, 0), found=found.by_rule.get(name, 0)
        )


def _given_back(session: Session, publications: Sequence[Publication]) -> Iterator[Check]:
    """Whether what was loaded, asked for as of its date, and what was set aside are what was published."""
    uploads = {each.as_at: each for each in session.scalars(select(Upload))}
    for publication in publications:
        upload = uploads[publication.as_at]
        rows = reproduced(session, upload) | {each.line: each.row for each in upload.quarantine}
        same = sum(rows.get(line) == row for line, row in enumerate(publication.rows, start=1))
        yield check(
            f"Rows of {publication.as_at} given back",
            expected=f"{_ROWS[publication.as_at]} of {_ROWS[publication.as_at]}",
            found=f"{same} of {len(rows)}",
        )


def _told(session: Session) -> Iterator[Check]:
    for day, highest in ((_FIRST, "A1, A11"), (_LAST, "A1")):
        yield check(f"Highest posts on {day}", expected=highest, found=", ".join(tops(session, as_of=day)))
    above = chain_above(session, _LOWEST, as_of=_LAST)
    links = above.accountabilities() if above else []
    yield check(
        f"Above {_LOWEST} on {_LAST}",
        expected="B54 < A28 < A5 < A1",
        found=" < ".join(each.commissioner.name for each in links),
    )
    for day, count in ((_FIRST, 62), (_LAST, 0)):
        yield check(f"Vacant posts on {day}", expected=count, found=len(vacant(session, as_of=day)))
    changed = changes(session, _FIRST, _SECOND)
    yield check(
        f"From {_FIRST} to {_SECOND}",
        expected="6 posts began, 8 ended, 4 moved; 58 have another holder",
        found=f"{len(changed.created)} posts began, {len(changed.ended)} ended, {len(changed.moved)} moved; "
        f"{len(changed.holders)} have another holder",
    )
    for code, why, expected in (
        ("A1", "in all publications", f"{_FIRST} until further notice"),
        ("B72", "not in the partial one", f"{_FIRST} until further notice"),
        ("A8", f"not in that of {_FOURTH}", f"{_FIRST} until {_FOURTH}, {_LAST} until further notice"),
    ):
        yield check(
            f"{code}, {why}: established from",
            expected=expected,
            found=", ".join(str(each.period) for each in establishments(session, code)),
        )


def _uploads(session: Session) -> Table:
    uploads = session.scalars(select(Upload).order_by(Upload.as_at)).all()
    return Table(
        "The publications, and what became of their rows",
        ("As at", "", "Rows", "Loaded", "Set aside", "Posts that day", "Vacant"),
        tuple(
            (
                str(each.as_at),
                "partial" if each.partial else "",
                str(each.read),
                str(len(each.listings)),
                str(len(each.quarantine)),
                str(len(standings(session, as_of=each.as_at))),
                str(len(vacant(session, as_of=each.as_at))),
            )
            for each in uploads
        ),
    )


def _chain(session: Session) -> Table:
    above = chain_above(session, _LOWEST, as_of=_LAST)
    return Table(
        f"Why A1 stands above {_LOWEST} on {_LAST}",
        ("Post", "Reports to", "From", "Known from"),
        tuple(
            (
                each.responsible.name,
                each.commissioner.name,
                str(each.period.start),
                f"{each.known_from:%Y-%m-%d}",
            )
            for each in (above.accountabilities() if above else ())
        ),
    )


def _beliefs(session: Session) -> Table:
    """The third date as it was foreseen once the second publication was known, beside what is known now."""
    then, now = _known(session, learned(_SECOND)), _known(session, None)
    figures: dict[str, Callable[[Rows, Rows], int]] = {
        "Posts": lambda rows, others: len(rows),
        "of which the other does not know": lambda rows, others: len(rows.keys() - others.keys()),
        "Posts right below A1": lambda rows, others: sum(row.reports_to == "A1" for row in rows.values()),
        "Holders not disclosed": lambda rows, others: sum(row.holder == UNDISCLOSED for row in rows.values()),
    }
    return Table(
        f"What was believed of {_THIRD}",
        ("", f"Known on {_SECOND}", "Known now"),
        tuple((what, str(count(then, now)), str(count(now, then))) for what, count in figures.items()),
    )


def _known(session: Session, known_at: datetime | None) -> Rows:
    held = standings(session, as_of=_THIRD, known_at=known_at)
    return {code: each.row() for code, each in held.items()}


def _set_aside(session: Session) -> Table:
    return Table(
        "Rows set aside",
        ("As at", "Line", "Post", "Reports to", "Rules that it breaks"),
        tuple(
            (
                str(each.upload.as_at),
                str(each.line),
                each.post,
                each.reports_to,
                ", ".join(refusal.rule for refusal in each.refusals),
            )
            for each in quarantined(session)
        ),
    )
