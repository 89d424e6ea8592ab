"""Information sources, and the names by which they list what is quoted (9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, KnownByName, name_violations
from ...patterns.constraint import DATABASES, ConstraintViolation, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ..market.indicator import MarketIndicator

_SOURCE = "trading_information_source"
_INDEX = "trading_source_index"

UNIQUE_NAME = rule(
    "information-source.unique-name",
    pattern="9.4",
    says="An information source is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_SOURCE}_name", f"{_SOURCE}.name"),
)
ONE_INDICATOR = rule(
    "source-index.one-indicator",
    pattern="9.4",
    says="A source lists one indicator under one name, and each indicator once.",
    layers=DATABASES,
    guards=(
        f"uq_{_INDEX}_name",
        f"{_INDEX}.source_id, {_INDEX}.name",
        f"uq_{_INDEX}_indicator",
        f"{_INDEX}.source_id, {_INDEX}.indicator_id",
    ),
)
KEPT = rule(
    "source-index.kept",
    pattern="9.4",
    says="What a source lists under a name is never changed: what it said would be of something else.",
    layers=DATABASES,
)


class InformationSource(KnownByName, Base, init=False):
    """
    Who says what is quoted: an agency, a page of an exchange, a colleague on the telephone.

    Shape:  a name.
    Errors: `ConstraintViolation`: `information-source.unique-name`, `name.text`.
    Source: Analysis Patterns 9.4.
    """

    __tablename__ = _SOURCE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.4"

    id: Mapped[UUID] = identity()

    def __init__(self, *, name: str) -> None:
        self.name = name
        self.id = uuid7()


class SourceIndex(Base, init=False):
    """
    The name by which a source lists an indicator.

    Shape:  one source, one indicator, the name.
    Errors: `ConstraintViolation`: `source-index.one-indicator`, `source-index.kept`, `name.text`.
    Source: Analysis Patterns 9.4.
    """

    __tablename__ = _INDEX
    __table_args__ = (
        Index(f"uq_{_INDEX}_name", "source_id", "name", unique=True),
        Index(f"uq_{_INDEX}_indicator", "source_id", "indicator_id", unique=True),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.4"

    id: Mapped[UUID] = identity()
    source_id: Mapped[UUID] = mapped_column(ForeignKey(InformationSource.id), init=False)
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey(MarketIndicator.id), index=True, init=False)
    name: Mapped[str] = mapped_column(String(LONGEST))
    source: Mapped[InformationSource] = relationship(lazy="joined")
    indicator: Mapped[MarketIndicator] = relationship()

    def __init__(self, *, source: InformationSource, indicator: MarketIndicator, name: str) -> None:
        require(name_violations(self, name))
        self.id = uuid7()
        self.name = name
        self.source = source
        self.indicator = indicator

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this index breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return f"{self.source} {self.name!r}"


only_added(SourceIndex, KEPT)
