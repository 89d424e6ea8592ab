"""What a source said of an indicator at an instant, in versions: it may say later that it was wrong (9.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import Instant
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history
from ...patterns.time.instant import require_aware
from ..quote import Quote, quote_columns
from .information_source import SourceIndex

_TABLE = "trading_source_quote"

ONE_AT_A_TIME = rule(
    "source-quote.one-at-a-time",
    pattern="9.4",
    says="A source says one thing of an indicator at an instant; what it corrects is a new version of that.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_moment", f"{_TABLE}.index_id, {_TABLE}.at, {_TABLE}.known_to"),
)
SAME_MOMENT = rule(
    "source-quote.same-moment",
    pattern="9.4",
    says="What a source corrects is its quote: a version is of the same index and instant as the first.",
    layers=DATABASES,
)


class SourceQuote(Believed, Base, init=False):
    """
    That a source quoted an indicator so, at an instant.

    Shape:  one index, the instant, the quote. What is corrected is a new version: `restated(quote=...)`, or
            `withdraw()` where it was never quoted.
    Units:  the quote in the unit of the indicator.
    Errors: `ConstraintViolation`: `source-quote.one-at-a-time`, `source-quote.same-moment`, `time.aware`,
            and those of history.
    Source: Analysis Patterns 9.4; 15.3 for the versions.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "index_id", "at", "known_to", name="moment"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.4"

    index_id: Mapped[UUID] = mapped_column(ForeignKey(SourceIndex.id), index=True, init=False)
    at: Mapped[datetime] = mapped_column(Instant)
    quote: Mapped[Quote] = quote_columns("quote")
    index: Mapped[SourceIndex] = relationship()

    def __init__(self, *, index: SourceIndex, at: datetime, quote: Quote) -> None:
        require_aware(at)
        self._begin_belief()
        self.at = at
        self.quote = quote
        self.index = index

    def __str__(self) -> str:
        return f"{self.quote} for {self.index.indicator}, {self.index} at {self.at.isoformat()}"


guard(
    SourceQuote.__table__,  # type: ignore[arg-type]
    refuse_when(
        SAME_MOMENT,
        _TABLE,
        "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM {_TABLE} o WHERE o.version = {row}.id AND o.version <> {row}.version "
            f"AND (o.index_id <> {row}.index_id OR o.at <> {row}.at))"
        ),
        because="a version of what was said at another time, or under another name",
    ),
)
keep_history(SourceQuote)
