"""Portfolio filters as knowledge packs write them, a line for each version, and how they are stored (9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from pydantic import field_validator
from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.accountability.knowledge_document import NamedDocument
from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Reference, Section, register, tidied
from ...patterns.persistence.session import Session
from ...patterns.time.period import ALWAYS, Period
from .filter import portfolios_named
from .notation import parse_filter
from .portfolio import Portfolio
from .portfolio_filter import ONE_VERSION, FilterVersion, PortfolioFilter


class FilterVersionDocument(Document):
    """
    What a filter says during a period, as text.

    Source: Analysis Patterns 9.2 and 15.3.
    """

    says: str
    period: Period = ALWAYS

    @field_validator("says")
    @classmethod
    def _readable(cls, says: str) -> str:
        try:
            return str(parse_filter(says).normal())
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})

    def __hash__(self) -> int:
        return hash((self.says, self.period))


class PortfolioFilterDocument(NamedDocument):
    """
    A named filter: what it says, by date.

    Errors: `portfolio-filter.one-at-a-time` where it says two things on a day; those of its filters.
    Source: Analysis Patterns 9.2.
    """

    versions: tuple[FilterVersionDocument, ...] = ()

    @field_validator("versions")
    @classmethod
    def _one_at_a_time(cls, versions: tuple[FilterVersionDocument, ...]) -> tuple[FilterVersionDocument, ...]:
        tidy = tidied(versions)
        for earlier, later in pairwise(sorted(tidy, key=lambda each: each.period)):
            if earlier.period.overlaps(later.period):
                violation = ONE_VERSION.violation(
                    found=f"a version from {earlier.period}, and another from {later.period}",
                    allowed="one version on any day",
                    remedy="Let one end on the day that the other starts.",
                )
                raise in_pydantic(violation) from violation
        return tidy

    def references(self) -> Iterator[Reference]:
        """The portfolios that it is chosen from."""
        names = {name for each in self.versions for name in portfolios_named(parse_filter(each.says))}
        for name in sorted(names):
            yield Reference("portfolio_filters", name, "versions")


class PortfolioFilters(Section[PortfolioFilterDocument]):
    """
    The section `portfolio_filters`.

    Shape:  those with a name; the others say for good what they say, and are no knowledge of anybody's.
    """

    name = "portfolio_filters"
    model = PortfolioFilterDocument
    dated = ("versions",)

    def read(self, session: Session) -> Iterator[PortfolioFilterDocument]:
        """Every named filter that the database holds, with the versions that are believed."""
        question = select(PortfolioFilter).where(PortfolioFilter.name.is_not(None))
        for stored in session.scalars(question.options(selectinload(PortfolioFilter.versions))):
            versions = (_said(each).during(each.period) for each in stored.versions if each.is_believed)
            yield PortfolioFilterDocument(name=str(stored.name), versions=tuple(versions))

    def add(self, session: Session, document: PortfolioFilterDocument) -> None:
        """Store a filter, which says nothing yet: it may speak of others."""
        session.add(PortfolioFilter(name=document.name))

    def change(self, session: Session, old: PortfolioFilterDocument, new: PortfolioFilterDocument) -> None:
        """Nothing but its versions can change, and `link` sets those."""

    def link(self, session: Session, document: PortfolioFilterDocument) -> None:
        """Let a filter say what the document does, touching only what differs."""
        stored = session.scalars(select(PortfolioFilter).filter_by(name=document.name)).one()
        wanted = {(each.says, each.period.start): each for each in document.versions}
        for row in [each for each in stored.versions if each.is_believed]:
            kept = wanted.pop((_said(row).says, row.valid_from), None)
            if kept is None:
                row.withdraw()
            elif kept.period != row.period:
                row.corrected(period=kept.period)
        # What was withdrawn has to be gone before another version takes its place.
        session.flush()
        for each in wanted.values():
            FilterVersion(filter=stored, says=parse_filter(each.says), period=each.period)

    def unused(self, session: Session) -> Iterator[str]:
        """The named filters that no portfolio is stored of."""
        used = exists().where(Portfolio.filter_id == PortfolioFilter.id)
        names = select(PortfolioFilter.name).where(PortfolioFilter.name.is_not(None), ~used)
        for name in session.scalars(names.order_by(PortfolioFilter.name)):
            yield str(name)


def _said(version: FilterVersion) -> FilterVersionDocument:
    """What a version says, whenever it does."""
    return FilterVersionDocument(says=str(version.says))


register(PortfolioFilters())
