"""The contracts of a portfolio as columns of numbers, out of a database in one pass (9.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select

from ...patterns.accountability.party import Party
from ...patterns.constraint import rule
from ...patterns.persistence.packed import PackedKeys, packed, packed_keys
from ...patterns.persistence.session import Session
from ..contract.contract import Contract
from ..contract.direction import Direction
from ._extra import np
from .indicators import Indicators, indicators_of
from .pricer import ColumnReading, ContractColumns, Pricer, StoredColumn, priced_kinds, pricer_for

if TYPE_CHECKING:
    from ._extra import Floats

HAS_PART = rule(
    "valuation.party-has-part",
    pattern="9.1",
    says="What contracts are worth to a party is asked of contracts that it has a part in.",
)

_AMOUNT = StoredColumn(Contract.__table__.c.amount_number)
_KEY = 16


@dataclass(frozen=True, slots=True)
class Holding:
    """
    The contracts of a portfolio that are of one class and on one instrument, in the order of their keys.

    Shape:  what was stored of each, as columns; `view` is 1 where it is seen from the primary party's side,
            -1 where from that of its counterparty; `knocked` is 1 for a barrier that is known to be hit.
    """

    kind: type[Contract]
    instrument: UUID
    contracts: PackedKeys
    columns: ContractColumns

    @property
    def pricer(self) -> Pricer:
        """What prices them."""
        return pricer_for(self.kind)

    @property
    def weights(self) -> Floats:
        """What the worth of one is multiplied by: the amount, below zero for who owes it."""
        return self.columns["amount"] * self.columns["sign"] * self.columns["view"]

    def of(self, places: list[int]) -> Holding:
        """Some of them, by their places."""
        keys = [self.contracts[place].bytes for place in places]
        chosen = {name: column[places] for name, column in self.columns.numbers.items()}
        return replace(self, contracts=PackedKeys(b"".join(keys)), columns=ContractColumns(chosen))


@dataclass(frozen=True, slots=True)
class Book:
    """
    What a portfolio holds, to be valued: columns of numbers, and which indicators their prices rest on.

    Units:  binary floats, since what is made of them are estimates.
    Source: Analysis Patterns 9.2: the contracts that a filter chose.
    """

    holdings: tuple[Holding, ...]
    indicators: Indicators

    def __len__(self) -> int:
        return sum(len(each.contracts) for each in self.holdings)

    def contracts(self) -> frozenset[UUID]:
        """The keys of its contracts."""
        return frozenset(key for each in self.holdings for key in each.contracts)

    def only(self, contracts: Iterable[UUID]) -> Book:
        """The book without other contracts than these."""
        wanted = {key.bytes for key in contracts}
        kept = []
        for holding in self.holdings:
            places = [place for key, place in holding.contracts.places().items() if key in wanted]
            if places:
                kept.append(holding.of(sorted(places)))
        return replace(self, holdings=tuple(kept))

    def knocked(self, states: Mapping[UUID, bool]) -> Book:
        """
        The book with the barriers of some contracts known to be hit, or known not to be.

        Shape:  what is said here is what prices start from; nothing is stored.
        """
        told = {key.bytes: float(hit) for key, hit in states.items()}

        def with_states(holding: Holding) -> Holding:
            column = holding.columns["knocked"].copy()
            for key, place in holding.contracts.places().items():
                column[place] = told.get(key, column[place])
            return replace(holding, columns=ContractColumns({**holding.columns.numbers, "knocked": column}))

        return replace(self, holdings=tuple(with_states(each) for each in self.holdings))


def load_book(session: Session, contracts: Select[Any], *, party: Party | None = None) -> Book:
    """
    Read the contracts that a question chooses: one for contracts or for a class of them, or for their ids.

    Shape:  one statement, grouped by class and instrument, each column handed over as one value. Seen from
            the primary party's side of each, or from that of the `party` named.
    Errors: `ConstraintViolation`: `valuation.pricer` for a class of contract that has no pricer,
            `valuation.party-has-part` for a contract that the party has no part in.
    """
    asked = _Asked(priced_kinds())
    # The question keeps the class that it is for; its rows are others than those read here.
    asked_for = contracts.column_descriptions[0].get("entity") or contracts.selected_columns
    chosen = Contract.__table__.c.id.in_(contracts.with_only_columns(asked_for.id).correlate(None))
    holdings = []
    for row in session.execute(asked.statement(_view(party)).where(chosen)):
        kind = Contract.__mapper__.polymorphic_map[row.kind].class_
        holdings.append(asked.holding(row, kind, pricer_for(kind)))
    holdings.sort(key=lambda each: (each.kind.__name__, each.instrument))
    if party is not None:
        _require_part(party, holdings)
    found = indicators_of(session, {each.instrument for each in holdings})
    return Book(tuple(holdings), found)


class _Asked:
    """The columns that some pricers ask for, each of them once, and how to read them."""

    def __init__(self, kinds: Iterable[type[Contract]]) -> None:
        self._tables = _tables(kinds)
        every = [_AMOUNT, *(stored for kind in kinds for stored in pricer_for(kind).stored.values())]
        self._place = {id(stored): f"c{n}" for n, stored in enumerate(every)}
        self._every = {self._place[id(stored)]: stored for stored in every}

    def statement(self, view: ColumnElement[int]) -> Select[Any]:
        contract = Contract.__table__
        columns = [packed(stored.expression).label(name) for name, stored in self._every.items()]
        joined: Any = contract
        for table in self._tables:
            joined = joined.outerjoin(table, table.c.id == contract.c.id)
        return (
            select(
                contract.c.kind,
                contract.c.instrument_id,
                packed_keys(contract.c.id).label("keys"),
                packed(view).label("view"),
                *columns,
            )
            .select_from(joined)
            .group_by(contract.c.kind, contract.c.instrument_id)
        )

    def holding(self, row: Any, kind: type[Contract], pricer: Pricer) -> Holding:
        keys, order = _sorted(row.keys)
        numbers = {"amount": self._read(row, _AMOUNT), "view": _signs(row.view)}
        for name, stored in pricer.stored.items():
            numbers[name] = self._read(row, stored)
        columns = {name: column[order] for name, column in numbers.items()}
        columns["knocked"] = np.zeros(len(order))
        return Holding(kind, row.instrument_id, PackedKeys(keys), ContractColumns(columns))

    def _read(self, row: Any, stored: StoredColumn) -> Floats:
        return _READ[stored.reading](getattr(row, self._place[id(stored)]))


def _numbers(text: str) -> Floats:
    return np.array([float(number) for number in json.loads(text)])  # correctly rounded, on any database


def _days(text: str) -> Floats:
    days = json.loads(text)
    ordinals = {day: float(date.fromisoformat(day).toordinal()) for day in set(days)}
    return np.array([ordinals[day] for day in days])


def _signs(text: str) -> Floats:
    return np.array(json.loads(text), dtype=float)


_READ = {ColumnReading.NUMBER: _numbers, ColumnReading.DAY: _days, ColumnReading.SIGN: _signs}


def _sorted(keys: bytes) -> tuple[bytes, Any]:
    """The keys in their order, and at which places they stood: sums come out alike on any database."""
    halves = np.frombuffer(keys, dtype=">u8").reshape(-1, 2)
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    return halves[order].tobytes(), order


def _tables(kinds: Iterable[type[Contract]]) -> list[Any]:
    """The tables of subtypes, each once."""
    found = dict.fromkeys(table for kind in kinds for table in kind.__mapper__.tables)
    return [table for table in found if table is not Contract.__table__]


def _view(party: Party | None) -> ColumnElement[int]:
    """1 from the primary party's side, -1 from the other, 0 from neither."""
    if party is None:
        return literal(1)
    contract = Contract.__table__.c
    is_long, is_short = contract.long_id == party.id, contract.short_id == party.id
    long_first = contract.direction == Direction.LONG
    return case(
        (or_(and_(is_long, long_first), and_(is_short, ~long_first)), 1),
        (or_(is_long, is_short), -1),
        else_=0,
    )


def _require_part(party: Party, holdings: Iterable[Holding]) -> None:
    for holding in holdings:
        strangers = np.flatnonzero(holding.columns["view"] == 0)
        if strangers.size:
            raise HAS_PART.violation(
                party,
                found=f"{party} and the contract {holding.contracts[int(strangers[0])]}",
                allowed="contracts of which it is the long or the short party",
                remedy="Choose contracts by the party, or value them without one.",
            )
