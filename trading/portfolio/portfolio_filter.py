"""Filters that are stored: by a name with versions in two times, or by what they say, for good (9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.audit import audit
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.session import Session, session_of
from ...patterns.persistence.version import (
    Versioned,
    another_believed,
    keep_history,
    versioned_table_args,
)
from ...patterns.time.instant import FOREVER
from ...patterns.time.period import ALWAYS, Period, require_day
from ..contract import Contract
from .filter import FilterColumn, digest, portfolios_named
from .filter_kind import ContractFilter
from .notation import parse_filter

_TABLE = "trading_portfolio_filter"
_VERSIONS = "trading_filter_version"
_STORED = DATABASES | {Layer.FLUSH}

UNIQUE_NAME = rule(
    "portfolio-filter.unique-name",
    pattern="9.2",
    says="A named filter is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
EQUAL_ONCE = rule(
    "portfolio-filter.equal-once",
    pattern="9.2",
    says="A filter without a name is known by what it says, so no two say the same.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_digest", f"{_TABLE}.digest"),
)
FIXED = rule(
    "portfolio-filter.fixed",
    pattern="9.2",
    says="A filter without a name says the same on every day, for good, and is given no name later.",
    layers=BUILT | _STORED,
    guards=(f"ck_{_TABLE}_name_or_digest",),
)
NAME_STAYS = rule(
    "portfolio-filter.name-stays",
    pattern="9.2",
    says="A named filter that is stored keeps its name: others speak of it by that.",
    layers=BUILT | DATABASES,
)
ONE_VERSION = rule(
    "portfolio-filter.one-at-a-time",
    pattern="9.2",
    says="On any day, a filter says one thing.",
    layers=_STORED,
)
ACYCLIC = rule(
    "portfolio-filter.acyclic",
    pattern="9.2",
    says="No portfolio is chosen from itself, through others or at once.",
    layers=BUILT | {Layer.FLUSH},
)
STORED_PORTFOLIO = rule(
    "portfolio-filter.stored-portfolio",
    pattern="9.2",
    says="A filter that is stored speaks of portfolios whose filters are stored.",
    layers=frozenset({Layer.FLUSH}),
)


class PortfolioFilter(Base, init=False):
    """
    Which contracts a portfolio holds: a stored filter.

    Shape:  either a name, and any number of versions, one at a time; or no name, and one version for good,
            by whose digest it is found again.
    Errors: `ConstraintViolation`: `portfolio-filter.fixed` for neither a name nor anything said; `name.text`;
            `portfolio-filter.name-stays`; those of the filter itself.
    Source: Analysis Patterns 9.2, figures 9.5 and 9.6; the versions from 15.3.
    """

    __tablename__ = _TABLE
    __table_args__ = (CheckConstraint("(name IS NULL) <> (digest IS NULL)", name="name_or_digest"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.2"

    id: Mapped[UUID] = identity()
    name: Mapped[str | None] = mapped_column(String(LONGEST), unique=True)
    digest: Mapped[str | None] = mapped_column(String(64), unique=True, init=False)
    versions: Mapped[list[FilterVersion]] = relationship(
        back_populates="filter", cascade="all", default_factory=list, init=False,
        order_by=lambda: (FilterVersion.valid_from, FilterVersion.known_from),
    )  # fmt: skip

    def __init__(
        self,
        *,
        says: ContractFilter | str | None = None,
        name: str | None = None,
        period: Period = ALWAYS,
    ) -> None:
        said = None if says is None else as_filter(says)
        if name is not None:
            require(name_violations(self, name))
        elif said is None or period != ALWAYS:
            raise FIXED.violation(
                self,
                found="no name, and nothing said" if said is None else f"no name, and a period {period}",
                allowed="a name, or a filter that says the same on every day",
                remedy="Name it: what it says may then change from day to day.",
            )
        self.id = uuid7()
        self.name = name
        self.digest = digest(said) if name is None and said is not None else None
        if said is not None:
            FilterVersion(filter=self, says=said, period=period)

    @validates("name")
    def _stay_readable(self, _key: str, name: str | None) -> str | None:
        if name is not None:
            require(name_violations(self, name))
        if inspect(self).has_identity and self.name is not None and name != self.name:
            raise NAME_STAYS.violation(
                self,
                found=f"{self.name!r}, to be called {name!r}",
                allowed=repr(self.name),
                remedy="Store another filter under the other name, and redefine what speaks of this one.",
            )
        return name

    @property
    def is_fixed(self) -> bool:
        """Whether it has no name, and says the same for good."""
        return self.digest is not None

    def version_on(self, day: date, *, known_at: datetime | None = None) -> FilterVersion | None:
        """The version that holds on a day, as believed now or known at an instant; None where none does."""
        for each in self.versions:
            believed = each.is_believed if known_at is None else each.was_believed(known_at)
            if believed and each.period.includes(day):
                return each
        return None

    def redefine(self, says: ContractFilter | str, *, on: date) -> FilterVersion:
        """
        Let the filter say something else from a day on, up to where its version of that day ends.

        Shape:  where it says nothing on that day, up to the day from which it says something again.

        Errors: `ConstraintViolation` (`portfolio-filter.fixed`) for one without a name; nothing is changed.
        """
        said, held = as_filter(says), self.version_on(require_day(on))
        require(_refixed(self, said))
        if held is None:
            later = [
                each.period.start for each in self.versions if each.is_believed and each.period.start > on
            ]
            return FilterVersion(filter=self, says=said, period=Period(on, min(later, default=FOREVER)))
        if held.period.start == on:
            return held.restated(says=said)
        rest = Period(on, held.period.end)
        held.ended(on)
        return FilterVersion(filter=self, says=said, period=rest)

    def said(
        self,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        session: Session | None = None,
    ) -> ContractFilter:
        """
        What it says on a day, as known at an instant, with what other portfolios choose looked up.

        Shape:  in the session that it is in, or in another; one that says the same for good and speaks of no
                portfolio needs none.
        Errors: `ConstraintViolation`: `portfolio-filter.known-portfolio` where it, or one that it speaks of,
                says nothing on the day; `portfolio-filter.size` where all of it together is too large.
        """
        # Those who look up know what is stored here.
        from .resolution import Resolution  # noqa: PLC0415

        if self.is_fixed and not portfolios_named(self.versions[0].says):
            return self.versions[0].says
        asked = session or session_of(self)
        return Resolution(asked, asked.day(as_of), known_at).of_filter(self)

    def is_included(
        self, contract: Contract, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> bool:
        """Whether it chooses a contract, as it stands on a day and is known at an instant."""
        return self.said(as_of=as_of, known_at=known_at).is_included(contract)

    def select_contracts(
        self, contracts: Iterable[Contract], *, as_of: date | None = None, known_at: datetime | None = None
    ) -> list[Contract]:
        """Those of a collection of contracts that it chooses."""
        return self.said(as_of=as_of, known_at=known_at).select_contracts(contracts)

    def __str__(self) -> str:
        return self.name or (str(self.versions[0].says) if self.versions else "a filter")


class FilterVersion(Versioned, Base, init=False):
    """
    What a filter says during a period.

    Shape:  one stored filter, one filter of contracts, its digest, one period.
    Errors: `ConstraintViolation`: `portfolio-filter.fixed`; at the flush `portfolio-filter.one-at-a-time`,
            `portfolio-filter.stored-portfolio`, `portfolio-filter.acyclic`.
    Source: Analysis Patterns 9.2 and 15.3.
    """

    __tablename__ = _VERSIONS
    __table_args__ = versioned_table_args(_VERSIONS)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.2"

    filter_id: Mapped[UUID] = mapped_column(ForeignKey(PortfolioFilter.id), index=True, init=False)
    says: Mapped[ContractFilter] = mapped_column(FilterColumn)
    digest: Mapped[str] = mapped_column(String(64), init=False)
    filter: Mapped[PortfolioFilter] = relationship(back_populates="versions")

    def __init__(
        self, *, filter: PortfolioFilter, says: ContractFilter | str, period: Period = ALWAYS
    ) -> None:
        said = as_filter(says)
        require(_refixed(filter, said))
        self._begin(period)
        self.says = said
        filter.versions.append(self)

    @validates("says")
    def _digested(self, _key: str, says: ContractFilter) -> ContractFilter:
        self.digest = digest(says)
        return says

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this version breaks by itself."""
        yield from _refixed(self.filter, self.says)
        if self.filter.is_fixed and not (self.is_believed and self.period == ALWAYS):
            yield FIXED.violation(
                self,
                found=f"{self}, which would end, or be withdrawn",
                allowed="what a filter without a name says, for good",
                remedy="Leave it; where a portfolio shall hold something else, give it another filter.",
            )

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that this version breaks together with the others that are stored."""
        from .resolution import circles, unknown_portfolios  # noqa: PLC0415

        if not self.is_believed:
            return
        for other in self.filter.versions:
            if other.id != self.id and other.is_believed and other.period.overlaps(self.period):
                yield ONE_VERSION.violation(
                    self,
                    other,
                    found=f"{self.filter} from {self.period}, beside what it says from {other.period}",
                    allowed="one version on any day",
                    remedy="Call redefine(says, on=...), which ends the other one.",
                )
        yield from unknown_portfolios(session, self)
        yield from circles(session, self)

    def __str__(self) -> str:
        return f"{self.filter} from {self.period}: {self.says}"


def as_filter(says: Any) -> ContractFilter:
    """
    A filter as it is, or read from its text.

    Errors: `ConstraintViolation` (`portfolio-filter.notation`), and those of the conditions.
    """
    return says if isinstance(says, ContractFilter) else parse_filter(says)


def _refixed(filter: PortfolioFilter, says: ContractFilter) -> Iterator[ConstraintViolation]:
    if filter.is_fixed and filter.digest != digest(says):
        yield FIXED.violation(
            filter,
            found=f"a filter without a name that would say {says}",
            allowed=f"{filter}",
            remedy="Make another filter, or one with a name, which may change.",
        )


def _other_version(row: str) -> str:
    return another_believed(_VERSIONS, row, f"o.filter_id = {row}.filter_id")


def _another_digest(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_TABLE} f WHERE f.id = {row}.filter_id AND f.digest <> {row}.digest)"


keep_history(FilterVersion)
audit(ONE_VERSION, FilterVersion, _other_version)
audit(FIXED, FilterVersion, _another_digest)
guard(
    FilterVersion.__table__,  # type: ignore[arg-type]
    one_at_a_time(_VERSIONS, f"1 FROM {_TABLE} WHERE id = NEW.filter_id FOR NO KEY UPDATE"),
    refuse_when(ONE_VERSION, _VERSIONS, "INSERT", _other_version, because="a second version on the same day"),
    refuse_when(FIXED, _VERSIONS, "INSERT", _another_digest, because="another filter under the same digest"),
    refuse_when(
        FIXED,
        _VERSIONS,
        "UPDATE",
        lambda row: (
            f"EXISTS (SELECT 1 FROM {_TABLE} f WHERE f.id = {row}.filter_id AND f.digest IS NOT NULL)"
        ),
        because="what a filter without a name says, changed",
    ),
)
guard(
    PortfolioFilter.__table__,  # type: ignore[arg-type]
    refuse_when(
        FIXED,
        _TABLE,
        "UPDATE",
        lambda _row: "NEW.digest <distinct> OLD.digest OR (OLD.name IS NULL AND NEW.name IS NOT NULL)",
        because="another digest of a filter without a name",
    ),
    refuse_when(
        NAME_STAYS,
        _TABLE,
        "UPDATE",
        lambda _row: "OLD.name IS NOT NULL AND NEW.name <distinct> OLD.name",
        because="another name of a stored filter",
    ),
)
