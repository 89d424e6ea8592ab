"""The third way: a contract is asked by name for what it has, its run-time terms included (10.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ....patterns.errors import AnalysisPatternsError
from ....patterns.persistence.session import Session
from ...contract import BarrierOption, Contract, Option
from ...term import Term
from ..table import COLUMNS, BrowserTable, Cell

Terms = Mapping[UUID, Mapping[str, Cell]]
"""What the terms of contracts say, by the contract's key and the name of the term's type."""

ATTRIBUTES: dict[type[Contract], dict[str, Callable[[Any], Cell]]] = {
    Contract: {
        "traded": lambda contract: contract.traded,
        "instrument": lambda contract: contract.instrument.name,
        "direction": lambda contract: contract.direction,
        "amount": lambda contract: contract.amount,
        "price": lambda contract: contract.price,
        "delivery": lambda contract: contract.delivery,
    },
    Option: {
        "position": lambda contract: contract.position,
        "expiration": lambda contract: contract.expiration,
        "premium": lambda contract: contract.premium,
    },
    BarrierOption: {
        "barrier kind": lambda contract: contract.barrier_kind,
        "barrier": lambda contract: contract.barrier,
    },
}
"""What each class of contract has, by name, beside what its supertypes have."""


class UnknownColumn(AnalysisPatternsError):
    """
    No contract has anything of that name: neither an attribute of a class nor a term that was agreed.

    Shape:  the `column`.
    """

    def __init__(self, column: str, known: Iterable[str]) -> None:
        self.column = column
        super().__init__(f"no contract here has {column!r}; there are {', '.join(sorted(known))}")


def row(contract: Contract, columns: Sequence[str], agreed: Mapping[str, Cell]) -> tuple[Cell, ...]:
    """
    The cells of a contract: its own attributes by name, and where it has none, its terms.

    Source: Analysis Patterns 10.5: neither the application nor the supertype knows any subtype's columns.
    """
    named: dict[str, Callable[[Any], Cell]] = {}
    for each in reversed(type(contract).__mro__):
        named.update(ATTRIBUTES.get(each, {}))
    return tuple(named[each](contract) if each in named else agreed.get(each) for each in columns)


def fill(
    contracts: Iterable[Contract],
    columns: Sequence[str] = COLUMNS,
    terms: Terms = MappingProxyType({}),
) -> BrowserTable:
    """
    The table of `contracts`, with whatever columns they may have.

    Errors: `UnknownColumn` for one that no class has and no contract agreed on.
    """
    known = {name for named in ATTRIBUTES.values() for name in named}
    known.update(name for agreed in terms.values() for name in agreed)
    for each in columns:
        if each not in known:
            raise UnknownColumn(each, known)
    return BrowserTable(
        tuple(columns), tuple(row(each, columns, terms.get(each.id, {})) for each in contracts)
    )


def terms_of(
    session: Session, contracts: Iterable[Contract], *, known_at: datetime | None = None
) -> dict[UUID, dict[str, Cell]]:
    """What was agreed of `contracts` at run time, as known at an instant: one statement for every 500."""
    keys = [each.id for each in contracts]
    found: dict[UUID, dict[str, Cell]] = {}
    for start in range(0, len(keys), 500):
        question = (
            select(Term)
            .where(Term.contract_id.in_(keys[start : start + 500]), Term.known(session.instant(known_at)))
            .options(joinedload(Term.type))
        )
        for term in session.scalars(question):
            found.setdefault(term.contract_id, {})[term.type.name] = term.value
    return found
