"""A string that leads to one thing, now and ever after (5.2 Identification Scheme)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ..catalogue import attach
from ..constraint import DATABASES, ConstraintViolation, Layer, rule
from ..errors import AnalysisPatternsError
from ..persistence.addition import only_added, repeats
from ..persistence.audit import audit
from ..persistence.base import Base, Level, identity
from ..persistence.guard import guard, one_at_a_time, refuse_when
from ..persistence.recorded import Recorded
from ..persistence.registry import Referable, Thing
from ..persistence.seek import Question, key_of
from ..persistence.session import Session, session_of
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..picture import derived
from ..time.period import ALWAYS, Period
from ._format import LONGEST_TEXT
from ._known import key_of_thing
from .identification_scheme import IdentificationScheme
from .thing import entity_of

_TABLE = "patterns_identifier"
_USE = "patterns_identifier_use"
_STORED = DATABASES | {Layer.FLUSH}

IMMUTABLE = rule(
    "identifier.immutable",
    pattern="5.2",
    says="An identifier is never changed, pointed at another thing, or deleted.",
    layers=_STORED,
)
UNIQUE = rule(
    "identifier.unique",
    pattern="5.2",
    says="Within its scheme an identifier leads to one thing, also after it went out of use.",
    layers=_STORED,
    guards=(f"uq_{_TABLE}_scheme_id_text", f"{_TABLE}.scheme_id, {_TABLE}.text"),
)
NO_ALIAS = rule(
    "identifier.one-at-a-time",
    pattern="5.2",
    says="Under a scheme without aliases, a thing has one identifier in use at a time.",
    layers=_STORED,
)


class Identifier(Recorded, Base, init=False):
    """
    A text that leads to one thing, within a scheme.

    Shape:  one scheme, one text, one thing of the registry. When it is in use are facts of their own, its
            `uses`: an identifier that went out of use still leads where it led.
    Errors: `ConstraintViolation`: `identifier.format` or `identifier.check-digit` from the scheme,
            `thing.referable`; at the flush `thing.added`; at the flush and by the database
            `identifier.unique`, `identifier.immutable` and `identifier.one-at-a-time`.
    Source: Analysis Patterns 5.2.
    """

    __tablename__ = _TABLE
    # Their order makes the index that finds an identifier also the one that lists those of a scheme.
    __table_args__ = (UniqueConstraint("scheme_id", "text"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.2"
    __unchanged__ = IMMUTABLE
    __refers__ = ("thing_id",)

    id: Mapped[UUID] = identity()
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey(IdentificationScheme.id), init=False)
    thing_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    text: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    scheme: Mapped[IdentificationScheme] = relationship()
    uses: Mapped[list[IdentifierUse]] = relationship(
        back_populates="identifier", init=False, order_by="IdentifierUse.valid_from"
    )

    def __init__(
        self, *, scheme: IdentificationScheme, text: str, thing: Referable, period: Period = ALWAYS
    ) -> None:
        kept, key = scheme.text_of(text), key_of_thing(thing)
        self.id = uuid7()
        self.text = kept
        self.thing_id = key
        self.scheme = scheme
        IdentifierUse(identifier=self, period=period)

    @property
    @derived("1")
    def thing(self) -> Referable:
        """What it leads to."""
        return entity_of(session_of(self), self.thing_id)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this identifier breaks by itself."""
        yield from self.scheme.objections(self.text)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not inspect(self).pending:
            return
        beside = session.waiting(Identifier, _written, _written(self))
        taken = [each for each in beside if each is not self]
        if not inspect(self.scheme).pending:
            same = select(Identifier).where(
                Identifier.scheme_id == self.scheme.id, Identifier.text == self.text
            )
            taken += session.scalars(same).all()
        for other in taken:
            yield UNIQUE.violation(
                self,
                other,
                found=f"a second {self}",
                allowed="a text that the scheme has not given out before",
                remedy="Find the thing that it leads to: where both are one, merge them.",
            )

    def use(self, period: Period) -> IdentifierUse:
        """Record that this identifier is in use during another period."""
        return IdentifierUse(identifier=self, period=period)

    def retire(self, on: date) -> None:
        """
        Record that this identifier goes out of use on day `on`; it still leads to its thing.

        Errors: `ConstraintViolation` (`period.ending`) where it is not in use the day before.
        """
        believed = [each for each in self.uses if each.is_believed]
        current = next((each for each in believed if each.period.includes(on)), believed[-1])
        current.ended(on)

    def __str__(self) -> str:
        return f"{self.scheme} {self.text}"


class IdentifierUse(Versioned, Base, init=False):
    """
    That an identifier is in use, for a period.

    Source: Analysis Patterns 5.2: the identifier itself stays, so that its text is never given out again.
    """

    __tablename__ = _USE
    __table_args__ = versioned_table_args(_USE)
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.2"

    identifier_id: Mapped[UUID] = mapped_column(ForeignKey(Identifier.id), index=True, init=False)
    identifier: Mapped[Identifier] = relationship(back_populates="uses")

    def __init__(self, *, identifier: Identifier, period: Period = ALWAYS) -> None:
        self._begin(period)
        identifier.uses.append(self)  # assigning the identifier would leave this out of its session

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        scheme = self.identifier.scheme
        if scheme.aliases or not (inspect(self).pending and self.is_believed):
            return
        others = [*session.waiting(IdentifierUse, _numbered, _numbered(self))]
        if not inspect(scheme).pending:
            others += session.scalars(
                select(IdentifierUse)
                .join(Identifier)
                .where(Identifier.thing_id == self.identifier.thing_id, Identifier.scheme_id == scheme.id)
            )
        for other in others:
            if self._clashes(other):
                yield NO_ALIAS.violation(
                    self.identifier,
                    other.identifier,
                    found=f"{self.identifier} beside {other.identifier}",
                    allowed=f"one identifier of {scheme} at a time",
                    remedy="Retire the other one first, or let the scheme have aliases.",
                )

    def _clashes(self, other: IdentifierUse) -> bool:
        return (
            other.id != self.id
            and other.is_believed
            and _numbered(other) == _numbered(self)
            and other.period.intersection(self.period) is not None
        )

    def __str__(self) -> str:
        return f"{self.identifier} in use from {self.period}"


def _written(identifier: Identifier) -> tuple[IdentificationScheme, str]:
    return identifier.scheme, identifier.text


def _numbered(use: IdentifierUse) -> tuple[IdentificationScheme, UUID]:
    return use.identifier.scheme, use.identifier.thing_id


def _alias(row: str) -> str:
    """Under a scheme without aliases, another identifier of the thing is in use at the same time."""
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} i JOIN {IdentificationScheme.__tablename__} s ON s.id = i.scheme_id "
        f"JOIN {_TABLE} j ON j.thing_id = i.thing_id AND j.scheme_id = i.scheme_id "
        f"JOIN {_USE} o ON o.identifier_id = j.id "
        f"WHERE i.id = {row}.identifier_id AND NOT s.aliases AND o.id <> {row}.id "
        f"AND o.known_to = <forever> AND o.valid_from < {row}.valid_to AND o.valid_to > {row}.valid_from)"
    )


guard(
    Identifier.__table__,  # type: ignore[arg-type]
    # Before SQLite's OR REPLACE could take the old row away.
    refuse_when(
        UNIQUE, _TABLE, "INSERT", repeats(_TABLE, "scheme_id", "text"), because="a text given out before"
    ),
)
only_added(Identifier, IMMUTABLE)
keep_history(IdentifierUse.__table__)  # type: ignore[arg-type]
guard(
    IdentifierUse.__table__,  # type: ignore[arg-type]
    # Whoever numbers one thing waits for whoever does so, too.
    one_at_a_time(
        _USE,
        f"1 FROM {Thing.__tablename__} t JOIN {_TABLE} i ON i.thing_id = t.id "
        f"JOIN {IdentificationScheme.__tablename__} s ON s.id = i.scheme_id "
        "WHERE i.id = NEW.identifier_id AND NOT s.aliases FOR NO KEY UPDATE OF t",
    ),
    refuse_when(NO_ALIAS, _USE, "INSERT", _alias, because="a second identifier in use at the same time"),
)
audit(NO_ALIAS, IdentifierUse, _alias)


_LEADING = Question(
    lambda: (
        select(Identifier.thing_id, Thing.kind)
        .join(Thing, Thing.id == Identifier.thing_id)
        .where(Identifier.scheme_id == bindparam("scheme"), Identifier.text == bindparam("text"))
    )
)


def identified(session: Session, scheme: IdentificationScheme, text: str) -> Referable | None:
    """
    The thing that an identifier leads to, whatever it is, or None; in use or not makes no difference.

    Errors: `ConstraintViolation` (`identifier.format`, `identifier.check-digit`) for what is none.
    Source: Analysis Patterns 5.2. A thing that was merged is still the one it leads to: ask `active` for
            what supersedes it, `appearances` for what else it is.
    """
    found = _LEADING.ask(session, {"scheme": scheme.id, "text": scheme.text_of(text)})
    return entity_of(session, key_of(found[0][0]), found[0][1]) if found else None


def identifiers_of(
    session: Session,
    thing: Referable,
    *,
    scheme: IdentificationScheme | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[Identifier]:
    """The identifiers of a thing that are in use on a day, by the names of their schemes."""
    question = (
        select(Identifier)
        .join(IdentifierUse, IdentifierUse.identifier_id == Identifier.id)
        .join(IdentificationScheme, IdentificationScheme.id == Identifier.scheme_id)
        .where(
            Identifier.thing_id == thing.id,
            IdentifierUse.holds(session.day(as_of), session.instant(known_at)),
        )
        .distinct()
    )
    if scheme is not None:
        question = question.where(Identifier.scheme_id == scheme.id)
    return sorted(session.scalars(question), key=lambda each: (each.scheme.name, each.text))


def scheme_named(session: Session, name: str) -> IdentificationScheme:
    """
    The identification scheme of a name.

    Errors: `AnalysisPatternsError` where the database knows none.
    """
    found = session.scalars(
        select(IdentificationScheme).where(IdentificationScheme.name == name)
    ).one_or_none()
    if found is None:
        raise AnalysisPatternsError(
            f"no identification scheme is called {name!r}; load the pack that states it"
        )
    return found


attach(
    "5.2",
    types=(IdentificationScheme, Identifier, IdentifierUse),
    behaviours=(identified, identifiers_of),
    figure="analysis_patterns.patterns.reference.identifier",
    when_not="Within one program the key of a row identifies it already. Give a scheme to what people write "
    "down and read out, and to what others number; and put nothing into the string that may change.",
    example="""
>>> from analysis_patterns.patterns.accountability import Person
>>> from analysis_patterns.patterns.reference import IdentificationScheme, Identifier
>>> nhs = IdentificationScheme(name="NHS number", check="gb.nhs", ignored=" -", aliases=False)
>>> print(Identifier(scheme=nhs, text="943 476 5919", thing=Person(name="John Smith")))
NHS number 9434765919
>>> Identifier(scheme=nhs, text="943 476 5918", thing=Person(name="John Smith"))
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: identifier.check-digit: ...
""",
)
