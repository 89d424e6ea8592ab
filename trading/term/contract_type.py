"""What kinds of contract there are at run time, and which terms theirs have (10.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.generalization import all_above, keep_closure, require_no_circle
from ...patterns.persistence.types import Key
from ...patterns.picture import derived
from .term_type import TermType

_TABLE = "trading_contract_type"
_RULES = "trading_term_rule"

UNIQUE_NAME = rule(
    "contract-type.unique-name",
    pattern="10.5",
    says="A type of contract is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
ACYCLIC = rule(
    "contract-type.acyclic",
    pattern="10.5",
    says="No type of contract is a supertype of itself, however far up.",
    layers=BUILT | DATABASES,
)
ONE_RULE = rule(
    "contract-type.one-rule",
    pattern="10.5",
    says="A type of contract says once of a type of term whether it may be there, or has to be.",
    layers=BUILT | DATABASES,
    guards=(f"pk_{_RULES}", f"{_RULES}.contract_type_id, {_RULES}.term_type_id"),
)

generalization = Table(
    "trading_contract_type_generalization",
    Base.metadata,
    Column("subtype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True),
    Column("supertype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True, index=True),
)

closure = Table(
    "trading_contract_type_closure",
    Base.metadata,
    Column("subtype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True),
    Column("supertype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True, index=True),
)
"""Every type with each of its supertypes and itself: a projection that the database keeps."""


class ContractType(KnownByName, Base, init=False):
    """
    A kind of contract that needs no class of its own: what its contracts say beside the usual are terms.

    Shape:  a name; which types of term its contracts have to have, and which they may; any number of
            supertypes, whose terms its contracts have as well.
    Errors: `ConstraintViolation`: `name.text`, `contract-type.acyclic`, `contract-type.one-rule`.
    Source: Analysis Patterns 10.5: contract types and their term types are the knowledge level of terms.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.5"

    id: Mapped[UUID] = identity()
    supertypes: Mapped[list[ContractType]] = relationship(
        secondary=generalization,
        primaryjoin=lambda: ContractType.id == generalization.c.subtype_id,
        secondaryjoin=lambda: ContractType.id == generalization.c.supertype_id,
        default_factory=list,
    )
    rules: Mapped[list[TermRule]] = relationship(
        back_populates="contract_type", default_factory=list, cascade="all, delete-orphan"
    )

    def __init__(
        self,
        *,
        name: str,
        mandatory: Iterable[TermType] = (),
        optional: Iterable[TermType] = (),
        supertypes: Iterable[ContractType] = (),
    ) -> None:
        require(name_violations(self, name))
        wanted = [(each, True) for each in mandatory] + [(each, False) for each in optional]
        for at, (each, _) in enumerate(wanted):
            _require_new(name, each, [other for other, _ in wanted[:at]])
        self.id = uuid7()
        self.name = name
        self.supertypes = list(supertypes)
        for each, is_mandatory in wanted:
            self.admit(each, mandatory=is_mandatory)

    def admit(self, term_type: TermType, *, mandatory: bool = False) -> TermRule:
        """
        Let contracts of this type have terms of a type, or make them have one.

        Errors: `ConstraintViolation`: `contract-type.one-rule`, and nothing changed; `term.mandatory` at the
                flush, where there are contracts that lack it.
        """
        _require_new(self.name, term_type, [each.term_type for each in self.rules])
        return TermRule(contract_type=self, term_type=term_type, mandatory=mandatory)

    @validates("supertypes")
    def _stay_acyclic(self, _key: str, supertype: ContractType) -> ContractType:
        require_no_circle(ACYCLIC, self, supertype, supertype.all_types(), called="type")
        return supertype

    def all_types(self) -> frozenset[ContractType]:
        """The type itself and all its supertypes, however far up."""
        return all_above(self, _supertypes)

    @derived("*")
    def term_types(self) -> frozenset[TermType]:
        """The types of term that its contracts may have, those of its supertypes included."""
        return frozenset(each.term_type for above in self.all_types() for each in above.rules)

    @derived("*")
    def mandatory_term_types(self) -> frozenset[TermType]:
        """The types of term that its contracts have to have, those of its supertypes included."""
        return frozenset(
            each.term_type for above in self.all_types() for each in above.rules if each.mandatory
        )


class TermRule(Base, init=False):
    """
    That contracts of a type may have terms of a type, or have to have one.

    Source: Analysis Patterns 10.5.
    """

    __tablename__ = _RULES
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.5"

    contract_type_id: Mapped[UUID] = mapped_column(ForeignKey(ContractType.id), primary_key=True, init=False)
    term_type_id: Mapped[UUID] = mapped_column(
        ForeignKey(TermType.id), primary_key=True, index=True, init=False
    )
    mandatory: Mapped[bool]
    contract_type: Mapped[ContractType] = relationship(back_populates="rules")
    term_type: Mapped[TermType] = relationship()

    def __init__(self, *, contract_type: ContractType, term_type: TermType, mandatory: bool) -> None:
        self.mandatory = mandatory
        self.term_type = term_type
        contract_type.rules.append(self)  # assigning the type would leave this out of its session

    def __str__(self) -> str:
        return f"{self.contract_type} {'has' if self.mandatory else 'may have'} {self.term_type}"


def _supertypes(contract_type: ContractType) -> list[ContractType]:
    return contract_type.supertypes


def _require_new(name: str, term_type: TermType, others: list[TermType]) -> None:
    if term_type in others:
        raise ONE_RULE.violation(
            term_type,
            found=f"{term_type.name!r} twice for contracts of type {name!r}",
            allowed="once, mandatory or optional",
            remedy="Name it once; to change which of the two it is, set `mandatory` of its rule.",
        )


_types: Any = ContractType.__table__
keep_closure(_types, generalization, closure, acyclic=ACYCLIC)
