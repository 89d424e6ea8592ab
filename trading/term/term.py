"""Of which type a contract is, and what its terms are: agreed once, corrected, never overwritten (10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST
from ...patterns.constraint import (
    BUILT,
    DATABASES,
    EVERYWHERE,
    ConstraintViolation,
    Layer,
    require,
    rule,
)
from ...patterns.persistence.addition import only_added, repeats
from ...patterns.persistence.audit import audit
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history
from ...patterns.picture import derived
from ...patterns.values import ONE, Money, Quantity
from ..contract import Contract
from . import _conditions
from .contract_type import ContractType
from .term_type import KIND, TermType
from .value import TermValue, ValueKind

_AGREED = "trading_contract_classification"
_TABLE = "trading_term"

KEPT = rule(
    "contract-classification.append-only",
    pattern="10.5",
    says="Of which type a contract is, is agreed with it, and never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)
ONE_TYPE = rule(
    "contract-classification.once",
    pattern="10.5",
    says="A contract is of one type: the special cases that it is one of are the supertypes of that.",
    layers=DATABASES,
    guards=(f"uq_{_AGREED}_contract_id", f"{_AGREED}.contract_id"),
)
ADMITTED = rule(
    "term.admitted",
    pattern="10.5",
    says="A contract has terms of those types that its type, or a supertype of that, admits.",
    layers=EVERYWHERE,
)
MANDATORY = rule(
    "term.mandatory",
    pattern="10.5",
    says="A contract has each term that its type, or a supertype of that, makes mandatory.",
    layers=BUILT | {Layer.FLUSH},
)
ONCE = rule(
    "term.once",
    pattern="10.5",
    says="A contract has one term of a type.",
    layers=EVERYWHERE,
    guards=(
        f"uq_{_TABLE}_agreed",
        f"{_TABLE}.contract_id, {_TABLE}.type_id, {_TABLE}.known_to",
    ),
)


class ContractClassification(Recorded, Base, init=False):
    """
    That a contract is of a type, and what its terms were agreed to be.

    Shape:  one contract, which is of one type; its terms, in all their versions.
    Errors: `ConstraintViolation`: `term.admitted`, `term.mandatory`, `term.kind-of-value`, which leave
            nothing behind; `contract-classification.once`, `contract-classification.append-only`.
    Source: Analysis Patterns 10.5. The database cannot see that a mandatory term will follow: the session
            refuses what lacks one, and `inconsistencies` finds what was written past it.
    """

    __tablename__ = _AGREED
    __level__ = Level.OPERATIONAL
    __pattern__ = "10.5"
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    contract_id: Mapped[UUID] = mapped_column(ForeignKey(Contract.id), unique=True, init=False)
    type_id: Mapped[UUID] = mapped_column(ForeignKey(ContractType.id), index=True, init=False)
    contract: Mapped[Contract] = relationship()
    type: Mapped[ContractType] = relationship()
    terms: Mapped[list[Term]] = relationship(
        back_populates="classification", order_by="Term.version", default_factory=list
    )

    def __init__(
        self,
        *,
        contract: Contract,
        type: ContractType,
        terms: Mapping[TermType, object] = MappingProxyType({}),
    ) -> None:
        read = {each: _admitted(type, each).read(value) for each, value in terms.items()}
        require(_lacking(contract, type, frozenset(read)))
        self.id = uuid7()
        self.type = type
        self.contract = contract
        for each, value in read.items():
            Term(classification=self, type=each, value=value)

    def believed_terms(self, known_at: datetime | None = None) -> list[Term]:
        """The terms as they are believed now, or were at an instant."""
        return [
            each
            for each in self.terms
            if (each.is_believed if known_at is None else each.was_believed(known_at))
        ]

    def values(self, known_at: datetime | None = None) -> dict[str, TermValue]:
        """What the terms say, by the name of their type, as believed now or at an instant."""
        believed = {each.type.name: each.value for each in self.believed_terms(known_at)}
        return dict(sorted(believed.items()))

    def term(self, name: str) -> Term | None:
        """The believed term of the type of that name; None where there is none."""
        return next((each for each in self.believed_terms() if each.type.name == name), None)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this classification breaks by itself."""
        yield from _lacking(self.contract, self.type, frozenset(each.type for each in self.believed_terms()))

    def __str__(self) -> str:
        return f"{self.contract}, a {self.type}"


class Term(Believed, Base, init=False):
    """
    Something that a contract says beside what its class says.

    Shape:  one contract, of a type that admits it; one type; one value. It is corrected by
            `restated(value=...)`: the old version stays.
    Units:  numbers, quantities and money are kept as they were written, and compared by what they mean.
    Errors: `ConstraintViolation`: `term.admitted`, `term.kind-of-value`, `term.once`, `history.append-only`.
    Source: Analysis Patterns 10.5.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "contract_id", "type_id", "known_to", name="agreed"),
        Index(f"ix_{_TABLE}_amount", "type_id", "amount_canonical"),
        Index(f"ix_{_TABLE}_day", "type_id", "day"),
        Index(f"ix_{_TABLE}_text", "type_id", "text"),
        CheckConstraint(_conditions.ONE_VALUE, name="one_value"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "10.5"

    contract_id: Mapped[UUID] = mapped_column(
        ForeignKey(ContractClassification.contract_id), index=True, init=False
    )
    type_id: Mapped[UUID] = mapped_column(ForeignKey(TermType.id), init=False)
    amount: Mapped[Quantity | None] = quantity_columns("amount", nullable=True, indexed=False, init=False)
    day: Mapped[date | None] = mapped_column(init=False)
    text: Mapped[str | None] = mapped_column(String(LONGEST), init=False)
    truth: Mapped[bool | None] = mapped_column(init=False)
    type: Mapped[TermType] = relationship()
    classification: Mapped[ContractClassification] = relationship(back_populates="terms")

    def __init__(self, *, classification: ContractClassification, type: TermType, value: object) -> None:
        read = _admitted(classification.type, type).read(value)
        require(_twice(self, classification, type))
        self._begin_belief()
        self.type = type
        self._say(read)
        classification.terms.append(self)  # assigning it would leave this out of its session

    @property
    @derived("1")
    def contract(self) -> Contract:
        """The contract that says so."""
        return self.classification.contract

    @property
    def value(self) -> TermValue:
        """What is said, of the kind that the type says."""
        amount = self.amount
        if amount is None:
            return next(each for each in (self.day, self.text, self.truth) if each is not None)
        if self.type.kind is ValueKind.NUMBER and amount.unit == ONE:
            return amount.amount
        return Money(amount.amount, amount.unit) if self.type.kind is ValueKind.MONEY else amount

    @value.setter
    def value(self, given: object) -> None:
        self._say(self.type.read(given))

    def restated(self, **said: Any) -> Self:
        """
        Record that the term says `value=`, and said something else by mistake, or until it was agreed anew.

        Errors: `ConstraintViolation`: `term.kind-of-value`; those of `Believed.restated`; nothing is changed.
        """
        if "value" in said:
            self.type.read(said["value"])
        return super().restated(**said)

    def _say(self, value: TermValue) -> None:
        counted = Quantity(value, ONE) if isinstance(value, Decimal) else value
        self.amount = counted if isinstance(counted, Quantity) else None
        self.day = value if isinstance(value, date) else None
        self.text = value if isinstance(value, str) else None
        self.truth = value if isinstance(value, bool) else None

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this term breaks by itself."""
        if self.is_believed:
            yield from _outside(self.classification.type, self.type)
            yield from _twice(self, self.classification, self.type)
            yield from self._of_another_kind()

    def _of_another_kind(self) -> Iterator[ConstraintViolation]:
        said = [each for each in (self.amount, self.day, self.text, self.truth) if each is not None]
        try:
            self.type.read(self.value if len(said) == 1 else None)
        except ConstraintViolation as violation:
            yield violation

    def __str__(self) -> str:
        return f"{self.type}: {self.value}"


def _admitted(type: ContractType, term_type: TermType) -> TermType:
    require(_outside(type, term_type))
    return term_type


def _outside(type: ContractType, term_type: TermType) -> Iterator[ConstraintViolation]:
    if term_type not in type.term_types():
        yield ADMITTED.violation(
            type,
            term_type,
            found=f"{term_type.name!r} in a contract of type {type.name!r}",
            allowed=", ".join(sorted(each.name for each in type.term_types())) or "no terms",
            remedy="Let the type of contract admit it, or choose another type.",
        )


def _lacking(
    contract: Contract, type: ContractType, given: frozenset[TermType]
) -> Iterator[ConstraintViolation]:
    missing = sorted(each.name for each in type.mandatory_term_types() - given)
    if missing:
        yield MANDATORY.violation(
            contract,
            type,
            found=f"a contract of type {type.name!r} without {', '.join(missing)}",
            allowed=f"one with {', '.join(sorted(each.name for each in type.mandatory_term_types()))}",
            remedy="Say what it is, or make the contract of another type.",
        )


def _twice(
    term: Term, classification: ContractClassification, type: TermType
) -> Iterator[ConstraintViolation]:
    others = [each for each in classification.believed_terms() if each is not term and each.type is type]
    if others:
        yield ONCE.violation(
            others[0],
            found=f"a second {type.name!r} beside {others[0].value}",
            allowed="one term of a type",
            remedy="Correct the one that there is: restated(value=...).",
        )


_agreed: Any = ContractClassification.__table__
_terms: Any = Term.__table__
guard(
    _agreed,
    refuse_when(ONE_TYPE, _AGREED, "INSERT", repeats(_AGREED, "contract_id"), because="a second type"),
)
only_added(ContractClassification, KEPT)
keep_history(Term)
guard(
    _terms,
    refuse_when(
        ADMITTED, _TABLE, "INSERT", _conditions.outside,
        because="a term that the type of the contract does not admit",
    ),
    refuse_when(
        KIND, _TABLE, "INSERT", _conditions.of_another_kind,
        because="a value of another kind than its type says, or none of its choices",
    ),
)  # fmt: skip
audit(ADMITTED, Term, _conditions.outside)
audit(KIND, Term, _conditions.of_another_kind)
audit(MANDATORY, ContractClassification, _conditions.lacking)
