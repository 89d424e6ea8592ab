"""What people call a thing: any number of names, none of which identifies it (5.1 Name)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from ..accountability.name import LONGEST, name_violations
from ..catalogue import attach
from ..constraint import ConstraintViolation, require
from ..persistence.base import Base, Level
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session, session_of
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..picture import derived
from ..time.period import ALWAYS, Period
from ._known import key_of_thing
from .thing import entities_of, entity_of

_TABLE = "patterns_name"


class Name(Versioned, Base, init=False):
    """
    That a thing is called something, for a period.

    Shape:  one thing of the registry, one text; a thing may have many names, and many things one.
    Errors: `ConstraintViolation`: `name.text` for a blank name or one that a database cannot hold,
            `thing.referable`; at the flush `thing.added`.
    Source: Analysis Patterns 5.1. A `Party` keeps the name it is shown by as well; these are the others.
    """

    __tablename__ = _TABLE
    __table_args__ = versioned_table_args(_TABLE)
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.1"
    __refers__ = ("thing_id",)

    thing_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    text: Mapped[str] = mapped_column(String(LONGEST), index=True)

    def __init__(self, *, thing: Referable, text: str, period: Period = ALWAYS) -> None:
        key = key_of_thing(thing)
        require(name_violations(thing, text))
        self._begin(period)
        self.thing_id = key
        self.text = text

    @property
    @derived("1")
    def thing(self) -> Referable:
        """What is called so."""
        return entity_of(session_of(self), self.thing_id)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this name breaks by itself."""
        yield from name_violations(self, self.text)

    def __str__(self) -> str:
        return self.text


keep_history(Name.__table__)  # type: ignore[arg-type]


def names_of(
    session: Session, thing: Referable, *, as_of: date | None = None, known_at: datetime | None = None
) -> list[str]:
    """What a thing is called on a day, in the order of the alphabet."""
    question = (
        select(Name.text)
        .where(Name.thing_id == thing.id, Name.holds(session.day(as_of), session.instant(known_at)))
        .distinct()
    )
    return sorted(session.scalars(question))


def things_named(
    session: Session, text: str, *, as_of: date | None = None, known_at: datetime | None = None
) -> list[Referable]:
    """Everything that is called `text` on a day, whatever it is, in the order of its making."""
    question = (
        select(Name.thing_id)
        .where(Name.text == text, Name.holds(session.day(as_of), session.instant(known_at)))
        .distinct()
        .order_by(Name.thing_id)
    )
    return entities_of(session, session.scalars(question).all())


attach(
    "5.1",
    types=(Name,),
    behaviours=(names_of, things_named),
    figure="analysis_patterns.patterns.reference.name:Name",
    when_not="A name leads to any number of things. Where a string has to lead to one of them, give it an "
    "identification scheme; where a thing has one name that nobody asks the history of, a column will do.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns.accountability import Person
>>> from analysis_patterns.patterns.reference import Name
>>> from analysis_patterns.patterns.time import Period
>>> jane = Person(name="Jane Smith")
>>> maiden = Name(thing=jane, text="Jane Jones", period=Period(date(1970, 1, 1), date(1995, 6, 1)))
>>> print(maiden, "until", maiden.period.end)
Jane Jones until 1995-06-01
""",
)
