"""Contracts by their type and their terms, as conditions of SQL to compose with others (10.5, 9.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, select

from ...patterns.constraint import rule
from ...patterns.persistence.composites import canonical
from ...patterns.values import ONE, Quantity
from ..contract import Contract
from .contract_type import ContractType, closure
from .term import ContractClassification, Term
from .term_type import TermType
from .value import ValueKind

COMPARABLE = rule(
    "term.comparable",
    pattern="10.5",
    says="Terms that are numbers, quantities, money or days are less or more; others are equal or not.",
)


def of_type(contract_type: ContractType, *, contract: Any = Contract) -> ColumnElement[bool]:
    """
    The SQL condition that a contract is of a type, directly or through a subtype of it.

    Shape:  `contract` is an alias of `Contract` where the question has one.
    """
    agreed = (
        select(ContractClassification.contract_id)
        .join(closure, closure.c.subtype_id == ContractClassification.type_id)
        .where(closure.c.supertype_id == contract_type.id)
    )
    return contract.id.in_(agreed)  # type: ignore[no-any-return]


def having(
    term_type: TermType,
    *,
    known_at: datetime,
    contract: Any = Contract,
    equal: object = None,
    one_of: Iterable[object] | None = None,
    above: object = None,
    at_least: object = None,
    below: object = None,
    at_most: object = None,
) -> ColumnElement[bool]:
    """
    The SQL condition that a contract has a term of a type, as known at an instant, and what it says.

    Shape:  each limit that is given has to hold; without any, that it has the term at all. `~having(...)` is
            true also of contracts without the term. It is answered from an index on type and value.
    Units:  limits are what a term of the type may say, in its unit or as plain numbers of it.
    Errors: `ConstraintViolation`: `term.kind-of-value` for a limit that is no such value, `term.comparable`
            for one above or below which no such value is.
    Source: Analysis Patterns 10.5, for the filters of 9.2.
    """
    limits = {"above": above, "at least": at_least, "below": below, "at most": at_most}
    column: Any = _column(term_type)
    said = [column.in_([_searched(term_type, each) for each in one_of])] if one_of is not None else []
    if equal is not None:
        said.append(column == _searched(term_type, equal))
    for name, limit in limits.items():
        if limit is not None:
            said.append(_beyond(term_type, column, name, limit))
    agreed = select(Term.contract_id).where(Term.type_id == term_type.id, Term.known(known_at), *said)
    return contract.id.in_(agreed)  # type: ignore[no-any-return]


def _column(term_type: TermType) -> Any:
    amounts: Any = Term.__table__
    columns: dict[ValueKind, Any] = {
        ValueKind.DATE: Term.day,
        ValueKind.TRUTH: Term.truth,
        ValueKind.TEXT: Term.text,
        ValueKind.CHOICE: Term.text,
    }
    return columns.get(term_type.kind, amounts.c.amount_canonical)


def _searched(term_type: TermType, given: object) -> Any:
    value = term_type.read(given)
    if isinstance(value, Decimal):
        return canonical(Quantity(value, ONE))
    return canonical(value) if isinstance(value, Quantity) else value


def _beyond(term_type: TermType, column: Any, name: str, limit: object) -> ColumnElement[bool]:
    if not (term_type.kind.is_counted or term_type.kind in (ValueKind.NUMBER, ValueKind.DATE)):
        raise COMPARABLE.violation(
            term_type,
            found=f"{term_type.name!r}, a {term_type.kind.value}, {name} {str(limit)[:40]!r}",
            allowed="numbers, quantities, money and days",
            remedy="Ask for those that are equal to one value, or to one of several.",
        )
    compare = {"above": gt, "at least": ge, "below": lt, "at most": le}[name]
    return compare(column, _searched(term_type, limit))  # type: ignore[no-any-return]
