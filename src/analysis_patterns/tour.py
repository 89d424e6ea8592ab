"""The guided tour: a database, every worked case run in it and checked, every pattern drawn, one site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .database import engine_for
from .diagrams import draw
from .migrations import upgrade
from .patterns.catalogue import PatternRecord, Proof, catalogue
from .patterns.errors import AnalysisPatternsError
from .patterns.persistence.session import sessions
from .site import Case, Figure, Table, build, library_rooms, pictures

if TYPE_CHECKING:
    from .cases import WorkedCase

DATABASE = "tour.db"
"""The SQLite file that the tour makes in its folder, where no other database is named."""

HOLDS, DIFFERS = "✓", "✗"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour: what is being done, which step it is, counted from 1, and of how many."""

    doing: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Tour:
    """What a tour made: the database's URL, the cases with their figures, and the site's first page."""

    database: str
    cases: tuple[WorkedCase, ...]
    page: Path

    @property
    def holds(self) -> bool:
        """Whether every figure of every case is what it should be."""
        return all(case.holds for case in self.cases)


def tour(
    into: Path,
    *,
    url: str | None = None,
    record: Path = Path("build"),
    tell: Callable[[Step], object] = lambda step: None,
) -> Tour:
    """
    Make the tour in the folder `into`.

    Shape:  its own SQLite file is made afresh; a database named by `url` is brought up to date, and what a
            case finds of itself there is left as it is. `record` is the folder with the record of a test
            run, if there is one; `tell` is told of each step before it is taken. Files in `into` that are
            not the tour's are left alone.
    Errors: `AnalysisPatternsError` where the folder cannot be written to, or the database not be used.
    """
    # The cases state rules of their own, and those are none of the book's: so the catalogue comes first.
    records = catalogue()
    from .cases import CASES, create_tables  # noqa: PLC0415

    steps = _Steps(1 + len(CASES) + len(_figures(records)), tell)
    steps.take("making the database")
    engine = engine_for(url or _own_database(into), must_exist=False)
    upgrade(engine)
    create_tables(engine)
    cases: list[WorkedCase] = []
    for name, run in CASES.items():
        steps.take(f"running the case {name}")
        with sessions(engine)() as session:
            cases.append(run(session))
    page = _site(into, records, cases, record, steps)
    return Tour(engine.url.render_as_string(hide_password=True), tuple(cases), page)


class _Steps:
    def __init__(self, count: int, tell: Callable[[Step], object]) -> None:
        self._count = count
        self._tell = tell
        self._taken = 0

    def take(self, doing: str) -> None:
        self._taken += 1
        self._tell(Step(doing, self._taken, self._count))


def _own_database(into: Path) -> str:
    try:
        into.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            (into / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    except OSError as refused:
        raise AnalysisPatternsError(f"the tour cannot be made in {into}: {refused}") from None
    return f"sqlite:///{into / DATABASE}"


def _site(
    into: Path,
    records: Sequence[PatternRecord],
    cases: Sequence[WorkedCase],
    record: Path,
    steps: _Steps,
) -> Path:
    def told() -> Iterator[str]:
        for target in figures:
            steps.take(f"drawing {target.rpartition(':')[2] or target}")
            yield target

    figures = _figures(records)
    made = dict(zip(figures, pictures(told()), strict=True))
    return build(
        into,
        records,
        proof=Proof.read(record) if Proof.is_in(record) else None,
        cases=[_shown(case) for case in cases],
        rooms=library_rooms(records),
        draw=made.__getitem__,
    )


def _figures(records: Iterable[PatternRecord]) -> list[str]:
    """What is to be drawn, each once."""
    named = (each.attachment.figure for each in records if each.attachment and each.attachment.figure)
    return list(dict.fromkeys(named))


def _shown(case: WorkedCase) -> Case:
    checks = Table(
        "The figures that this case stands or falls by",
        ("", "Figure", "Expected", "Found"),
        tuple(
            (HOLDS if each.holds else DIFFERS, each.what, each.expected, each.found) for each in case.checks
        ),
    )
    return Case(
        case.title,
        case.text,
        figures=tuple(Figure(picture.title, draw(picture)) for picture in case.pictures),
        tables=(checks, *case.tables),
        patterns=case.patterns,
    )
