"""Looking up what the portfolios choose that a filter speaks of (9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.audit import search
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ...patterns.time.period import Period
from .filter import AllOf, AnyOf, InPortfolio, Not, combined, not_looked_up, portfolios_named
from .filter_kind import ContractFilter
from .portfolio_filter import ACYCLIC, STORED_PORTFOLIO, FilterVersion, PortfolioFilter


class Resolution:
    """
    What filters say on a day, as known at an instant, or as believed now.

    Shape:  each portfolio is looked up once.
    """

    def __init__(self, session: Session, as_of: date, known_at: datetime | None) -> None:
        self.session = session
        self.as_of = as_of
        self.known_at = known_at
        self._said: dict[str, ContractFilter] = {}
        self._open: list[str] = []

    def of(self, filter: ContractFilter) -> ContractFilter:
        """
        The same filter, with what other portfolios choose in place of their names.

        Errors: `ConstraintViolation`: `portfolio-filter.known-portfolio`, `portfolio-filter.size`; and
                `portfolio-filter.acyclic` where the database holds a circle in spite of all.
        """
        if not portfolios_named(filter):
            return filter
        match filter:
            case InPortfolio():
                return self._chosen_by(filter.portfolio)
            case AllOf():
                return combined("all", *map(self.of, filter.of))
            case AnyOf():
                return combined("any", *map(self.of, filter.of))
            case Not():
                return combined("not", self.of(filter.of))
        return filter

    def of_filter(self, stored: PortfolioFilter) -> ContractFilter:
        """What a stored filter says."""
        if stored.name is None:
            return self.of(stored.versions[0].says)
        version = stored.version_on(self.as_of, known_at=self.known_at)
        if version is None:
            raise not_looked_up(stored.name, f"it says nothing on {self.as_of}")
        if stored.name in self._open:
            raise _circle(version, [*self._open[self._open.index(stored.name) :], stored.name])
        self._open.append(stored.name)
        said = self.of(version.says)
        self._open.pop()
        return said

    def _chosen_by(self, name: str) -> ContractFilter:
        if name not in self._said:
            stored = named_filter(self.session, name)
            if stored is None:
                raise not_looked_up(name, "no filter of that name is stored")
            self._said[name] = self.of_filter(stored)
        return self._said[name]


def named_filter(session: Session, name: str) -> PortfolioFilter | None:
    """The filter of a name, stored or about to be; None where there is none."""
    waiting = session.waiting(PortfolioFilter, _name, name)
    if waiting:
        return waiting[0]
    return session.scalars(select(PortfolioFilter).where(PortfolioFilter.name == name)).one_or_none()


def unknown_portfolios(session: Session, version: FilterVersion) -> Iterator[ConstraintViolation]:
    """The portfolios that a version speaks of, and that nobody stored."""
    for name in portfolios_named(version.says):
        if named_filter(session, name) is None:
            yield STORED_PORTFOLIO.violation(
                version,
                found=f"{version.filter}, which speaks of the portfolio {name!r}",
                allowed="portfolios whose filters are stored, or stored together with it",
                remedy="Store a PortfolioFilter of that name first.",
            )


def circles(session: Session, version: FilterVersion) -> Iterator[ConstraintViolation]:
    """The way from a version back to its own filter, on some day, where there is one."""
    seen: set[tuple[str, Period]] = set()
    waiting = [(version, version.period, [str(version.filter)])]
    while waiting:
        reached, period, path = waiting.pop()
        for name in portfolios_named(reached.says):
            if name == version.filter.name:
                yield _circle(version, [*path, name])
                return
            stored = named_filter(session, name)
            if stored is None or (name, period) in seen:
                continue
            seen.add((name, period))
            for each in stored.versions:
                common = period.intersection(each.period)
                if each.is_believed and common is not None:
                    waiting.append((each, common, [*path, name]))


@search()
def _astray(session: Session) -> Iterator[ConstraintViolation]:
    """What versions speak of that is not stored, or leads back to them."""
    for version in session.scalars(select(FilterVersion).where(FilterVersion.known_to == UNTIL_CHANGED)):
        yield from unknown_portfolios(session, version)
        yield from circles(session, version)


def _circle(version: FilterVersion, path: list[str]) -> ConstraintViolation:
    return ACYCLIC.violation(
        version,
        found=" is chosen from ".join(map(repr, path)),
        allowed="portfolios that are chosen from others, and not from themselves",
        remedy="Say in one of them what is meant, without naming the other.",
    )


def _name(stored: PortfolioFilter) -> str | None:
    return stored.name
