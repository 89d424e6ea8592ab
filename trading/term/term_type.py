"""What a contract may say beside what its class says, and of which kind it is (10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.composites import unit_code
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import choice
from ...patterns.picture import derived
from ...patterns.values import Currency, Unit, parse_unit
from ...patterns.values.unit import LONGEST_CODE
from .value import TermValue, ValueKind, read

_TABLE = "trading_term_type"
_CHOICES = "trading_term_choice"

UNIQUE_NAME = rule(
    "term-type.unique-name",
    pattern="10.5",
    says="A type of term is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
UNIT = rule(
    "term-type.unit",
    pattern="10.5",
    says="Terms that are quantities have a unit, those that are money a currency, and no others have either.",
    layers=BUILT | DATABASES,
    guards=(f"ck_{_TABLE}_unit",),
)
CHOICES = rule(
    "term-type.choices",
    pattern="10.5",
    says="Terms that are a choice have one or several different ones to choose from, and no others have any.",
    layers=EVERYWHERE,
    guards=(f"uq_{_CHOICES}_type_id_name", f"{_CHOICES}.type_id, {_CHOICES}.name"),
)
KEPT = rule(
    "term-type.kept",
    pattern="10.5",
    says="A type of term stays of its kind and in its unit, and keeps its choices: values that rest on them "
    "would mean something else.",
    layers=DATABASES | {Layer.FLUSH},
)
KIND = rule(
    "term.kind-of-value",
    pattern="10.5",
    says="The value of a term is of the kind, and in the unit, that its type says, or one of its choices.",
    layers=EVERYWHERE,
    guards=("ck_trading_term_one_value",),
)


class TermType(KnownByName, Base, init=False):
    """
    Something that contracts may say at run time, such as an index, a strike temperature, a first fixing.

    Shape:  a name; the kind of its values; their unit, or currency, where they have one; the choices, where
            it is one.
    Errors: `ConstraintViolation`: `name.text`, `term-type.unit`, `term-type.choices`, `term-type.kept`.
    Source: Analysis Patterns 10.5, the third way: what differs from contract to contract is data.

    >>> print(TermType(name="tick size", kind=ValueKind.MONEY, unit="USD").read(250))
    250 USD
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN kind IN ('quantity', 'money') THEN unit_code IS NOT NULL ELSE unit_code IS NULL END",
            name="unit",
        ),
        CheckConstraint(
            "kind IN ('number', 'quantity', 'money', 'date', 'text', 'truth', 'choice')", name="kind"
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.5"

    id: Mapped[UUID] = identity()
    kind: Mapped[ValueKind] = mapped_column(choice(ValueKind))
    unit_code: Mapped[str | None] = mapped_column(String(LONGEST_CODE))
    choices: Mapped[list[TermChoice]] = relationship(
        back_populates="type", default_factory=list, order_by="TermChoice.position"
    )

    def __init__(
        self,
        *,
        name: str,
        kind: ValueKind,
        unit: Unit | str | None = None,
        choices: Sequence[str] = (),
    ) -> None:
        counted = _unit(kind, unit)
        require(_uncounted(self, kind, counted))
        require(_ill_chosen(self, kind, list(choices)))
        self.id = uuid7()
        self.name = name
        self.kind = kind
        self.unit_code = None if counted is None else unit_code(counted)
        for each in choices:
            self.offer(each)

    def offer(self, name: str) -> TermChoice:
        """
        Let there be one choice more, after the others.

        Errors: `ConstraintViolation`: `term-type.choices`, `name.text`; nothing is added.
        """
        require(_ill_chosen(self, self.kind, [*self.names, name]))
        return TermChoice(type=self, name=name, position=len(self.choices))

    @property
    def names(self) -> tuple[str, ...]:
        """The choices, by name, in their order."""
        return tuple(each.name for each in self.choices)

    @property
    @derived("0..1")
    def unit(self) -> Unit | None:
        """What its values are counted in, if anything."""
        if self.unit_code is None:
            return None
        return Currency.of(self.unit_code) if self.kind is ValueKind.MONEY else parse_unit(self.unit_code)

    def read(self, given: object) -> TermValue:
        """
        `given` as a value of this type; a plain number is so much of its unit.

        Errors: `ConstraintViolation`: `term.kind-of-value`; `number.exact` for a binary float.
        """
        value = read(self.kind, self.unit, self.names, given)
        if value is None:
            raise KIND.violation(
                self,
                found=f"{type(given).__name__} {str(given)[:40]!r} for {self.name!r}",
                allowed=self.allowed,
                remedy="Say it as the type of the term wants it, or choose another type.",
            )
        return value

    @property
    def allowed(self) -> str:
        """What its values may be, in words."""
        if self.kind is ValueKind.CHOICE:
            return f"one of {', '.join(self.names)}"
        return f"a {self.kind.value}" + (f" in {self.unit_code}" if self.unit_code else "")

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        yield from super().violations()
        yield from _uncounted(self, self.kind, self.unit)
        yield from _ill_chosen(self, self.kind, list(self.names))
        state = inspect(self)
        for name in ("kind", "unit_code"):
            history = state.attrs[name].history
            if state.persistent and history.has_changes():
                yield KEPT.violation(
                    self,
                    found=f"another {name.partition('_')[0]} for {self.name!r}",
                    allowed="the one that it was made with",
                    remedy="Make another type of term for what is said otherwise.",
                    layer=Layer.FLUSH,
                )


class TermChoice(Base, init=False):
    """
    One of those that a term may choose from.

    Source: Analysis Patterns 10.5.
    """

    __tablename__ = _CHOICES
    __table_args__ = (UniqueConstraint("type_id", "name"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.5"

    id: Mapped[UUID] = identity()
    type_id: Mapped[UUID] = mapped_column(ForeignKey(TermType.id), init=False)
    name: Mapped[str] = mapped_column(String(LONGEST))
    position: Mapped[int]
    type: Mapped[TermType] = relationship(back_populates="choices")

    def __init__(self, *, type: TermType, name: str, position: int) -> None:
        self.id = uuid7()
        self.name = name
        self.position = position
        type.choices.append(self)  # assigning the type would leave this out of its session

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this choice breaks by itself."""
        state = inspect(self)
        if state.persistent and any(state.attrs[name].history.has_changes() for name in ("name", "type")):
            yield KEPT.violation(
                self,
                found=f"{self.name!r} in the place of a choice",
                allowed="the choices that there are, and more",
                remedy="Offer another choice beside it.",
                layer=Layer.FLUSH,
            )

    def __str__(self) -> str:
        return self.name


def _unit(kind: ValueKind, unit: Unit | str | None) -> Unit | None:
    if not isinstance(unit, str):
        return unit
    return Currency.of(unit) if kind is ValueKind.MONEY else parse_unit(unit)


def _uncounted(type: TermType, kind: ValueKind, unit: Unit | None) -> Iterator[ConstraintViolation]:
    is_money = kind is ValueKind.MONEY
    if (unit is not None) != kind.is_counted or (unit is not None and isinstance(unit, Currency) != is_money):
        yield UNIT.violation(
            type,
            found=f"a {kind.value} in {unit}" if unit else f"a {kind.value} without a unit",
            allowed="a unit for a quantity, a currency for money, none for anything else",
            remedy="Name the unit or the currency, or choose another kind.",
        )


def _ill_chosen(type: TermType, kind: ValueKind, choices: list[str]) -> Iterator[ConstraintViolation]:
    if bool(choices) != (kind is ValueKind.CHOICE) or len(set(choices)) < len(choices):
        yield CHOICES.violation(
            type,
            found=f"a {kind.value} with {', '.join(map(repr, choices)) or 'nothing'} to choose from",
            allowed="different names for a choice, none for anything else",
            remedy="Name each choice once, or choose another kind.",
        )
    for name in choices:
        yield from name_violations(type, name)


def _of_no_choice(row: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM {_TABLE} t WHERE t.id = {row}.type_id AND t.kind = 'choice') "
        f"OR trim({row}.name) = ''"
    )


_types: Any = TermType.__table__
_choices: Any = TermChoice.__table__
guard(
    _types,
    refuse_when(
        KEPT, _TABLE, "UPDATE",
        lambda _row: "NEW.kind <> OLD.kind OR NEW.unit_code <distinct> OLD.unit_code",
        because="another kind or unit for terms that may have values",
    ),
)  # fmt: skip
guard(
    _choices,
    refuse_when(
        CHOICES, _CHOICES, "INSERT", _of_no_choice, because="a choice for terms that are none, or a blank one"
    ),
)
only_added(TermChoice, KEPT)
