"""A portfolio of mixed contracts in one table, and kinds of contract that no class was written for (10.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from ..patterns.accountability import Organization
from ..patterns.persistence.session import Session
from ..patterns.picture import Edge, End, Graph, Mark, Node
from ..patterns.values import Money
from ..site.case import Table
from ..trading import (
    STRATEGIES,
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    BrowserTable,
    Contract,
    ContractClassification,
    ContractType,
    Direction,
    ExchangeRate,
    Instrument,
    Market,
    Option,
    TermType,
    browsed,
    exported,
    having,
    of_type,
    terms_of,
)
from ..trading.browser.strategy import run_time_attributes
from .case import Check, WorkedCase, check
from .session import load_pack, refusal

TEXT = """\
A desk has bought and sold shares, options and barrier options, and shows them in one table. A barrier has no
place in a contract about shares, and yet there is a column for it. The book knows five ways to fill such a
table: the application asks for the class, the supertype answers for all of its subtypes, columns are asked
for by name, the contract fills a row that it is handed, or refuses what it does not have. All five give the
same table here; what each of them costs is told beside it.

Then the desk sells a winter: for each degree day above 4850 at Boston Logan it pays 250 dollars. No class was
written for that, nor for the swap of a fixed rate for a floating one. Both are plain contracts of a
`contract type` that stands in a pack, with terms that the type asks for. The third of the five ways shows
them as columns without a line of code."""

_DESK, _MARKET = "Aroma mixed book", "Over the counter, New York"
_TRADED, _EXPIRES = date(1997, 5, 1), date(1997, 9, 2)
_COLUMNS = ("instrument", "direction", "amount", "position", "barrier", "weather station",
            "strike degree days", "floating index")  # fmt: skip

K = TypeVar("K", ContractType, TermType)


class _Desk:
    """What the case's questions are about."""

    def __init__(self, session: Session, desk: Organization) -> None:
        self.session = session
        mine = browsed().where(Contract.short_id == desk.id).order_by(Contract.traded, Contract.id)
        theirs = browsed().where(Contract.long_id == desk.id).order_by(Contract.traded, Contract.id)
        self.contracts: list[Contract] = [*session.scalars(theirs), *session.scalars(mine)]

    def found(self, condition: Any) -> str:
        """The instruments of the desk's contracts for which a condition holds."""
        keys = [each.id for each in self.contracts]
        question = select(Contract).where(condition, Contract.id.in_(keys)).order_by(Contract.id)
        return ", ".join(each.instrument.name for each in self.session.scalars(question)) or "none"

    def classification(self, name: str) -> ContractClassification:
        """The contract of the desk that is of a type."""
        question = select(ContractClassification).join(ContractType).where(ContractType.name == name)
        return self.session.scalars(question).one()


def run(session: Session) -> WorkedCase:
    """Record the portfolio where the database does not hold it, and browse it."""
    load_pack(session, "mixed_portfolio")
    question = select(Organization).where(Organization.name == _DESK)
    desk = session.scalars(question).one_or_none()
    if desk is None:
        desk = _record(session)
        session.commit()
    found = _Desk(session, desk)
    return WorkedCase(
        title="A mixed portfolio in one table",
        text=TEXT,
        patterns=("10.5",),
        checks=(*_tables_agree(found), *_terms(found)),
        tables=(_shown(found), _costs()),
        pictures=(_picture(session),),
    )


def _record(session: Session) -> Organization:
    desk, client = Organization(name=_DESK), Organization(name="Northern Heating")
    market = Market(name=_MARKET, calendars=["US"])
    bought: dict[str, Any] = {"long": desk, "short": client, "traded": _TRADED}
    sold: dict[str, Any] = {"long": client, "short": desk, "traded": _TRADED, "direction": Direction.SHORT}
    shares: dict[str, Any] = {
        "instrument": _instrument("ACM shares", market, "{share}"),
        "amount": 1000,
        "price": 30,
    }
    yen = ExchangeRate(base="USD", quoted="JPY", market=market, name="dollars in yen")
    dollars: dict[str, Any] = {"instrument": yen, "amount": 10_000_000, "price": 90}
    expires: dict[str, Any] = {"expiration": _EXPIRES, "option_direction": Direction.LONG}
    barrier: dict[str, Any] = {
        "side": BarrierSide.DOWN, "effect": BarrierEffect.IN, "barrier": 85, "reference": 95,
    }  # fmt: skip
    winter = _instrument("winter of 1997", market, "{degree-day}")
    swap = _instrument("five-year dollar swap", market, "USD")
    weather = Contract(**sold, instrument=winter, amount=1, price=12_500, delivery=date(1998, 4, 1))
    swapped = Contract(**bought, instrument=swap, amount=5_000_000, price="0.0675")
    session.add_all(
        [
            Contract(**bought, **shares),
            Option(**bought, **shares, **expires, premium=Money(1_500, "USD")),
            BarrierOption(**bought, **dollars, **expires, **barrier),
            _agreed(session, weather, "degree day option", _WINTER),
            _agreed(session, swapped, "interest rate swap", _SWAP),
        ]
    )
    return desk


_WINTER = {"weather station": "Boston Logan", "strike degree days": 4850, "tick": 250}
_SWAP = {"floating index": "LIBOR 6M", "payments a year": 2, "first fixing": date(1997, 5, 6)}


def _instrument(name: str, market: Market, unit: str) -> Instrument:
    return Instrument(name=name, market=market, amount_unit=unit, currency="USD")


def _agreed(session: Session, contract: Contract, type: str, said: dict[str, Any]) -> ContractClassification:
    terms = {_named(session, TermType, name): value for name, value in said.items()}
    return ContractClassification(contract=contract, type=_named(session, ContractType, type), terms=terms)


def _named(session: Session, kind: type[K], name: str) -> K:
    return session.scalars(select(kind).where(kind.name == name)).one()


def _tables_agree(found: _Desk) -> Iterator[Check]:
    tables = {each.name: each.fill(found.contracts) for each in STRATEGIES}
    first = next(iter(tables.values()))
    alike = [name for name, table in tables.items() if table == first]
    yield check(
        "Ways that give the same table",
        expected="type check, wide interface, run-time attributes, loaded row, exceptions",
        found=", ".join(alike),
    )
    barriers = [row for row in first.written if row[-1]]
    yield check(
        "What the barrier option has beside the rest",
        expected="call bought, 1997-09-02, down-and-in call, 85 JPY/USD",
        found=", ".join(cell for cell in barriers[0][6:] if cell),
    )
    plain = [row for row in first.written if not any(row[6:])]
    yield check("Contracts with none of the subtypes' columns", expected=3, found=len(plain))


def _terms(found: _Desk) -> Iterator[Check]:
    session, now = found.session, found.session.instant(None)
    weather, strike = (
        _named(session, ContractType, "weather index"),
        _named(session, TermType, "strike degree days"),
    )
    yield check(
        "Contracts about the weather, the subtypes of the index included",
        expected="winter of 1997",
        found=found.found(of_type(weather)),
    )
    for limit, expected in ((4850, "none"), (4849, "winter of 1997")):
        yield check(
            f"Contracts with a strike above {limit} degree days",
            expected=expected,
            found=found.found(having(strike, above=limit, known_at=now)),
        )
    winter, swap = found.classification("degree day option"), found.classification("interest rate swap")
    yield check("The tick of the winter", expected="250 USD", found=winter.values()["tick"])
    yield check(
        "A swap that pays nobody knows how often",
        expected="term.mandatory",
        found=refusal(session, lambda: _withdrawn(swap, "payments a year")),
    )
    yield check(
        "A winter at a station that is none",
        expected="term.kind-of-value",
        found=refusal(session, lambda: _at(winter, "Paris")),
    )
    yield check(
        "The document of the swap names its index",
        expected="yes",
        found="yes" if '"floating index":"LIBOR 6M"' in exported(session, swap.contract) else "no",
    )


def _withdrawn(agreed: ContractClassification, name: str) -> None:
    term = agreed.term(name)
    if term is not None:
        term.withdraw()


def _at(agreed: ContractClassification, station: str) -> None:
    term = agreed.term("weather station")
    if term is not None:
        term.restated(value=station)


def _shown(found: _Desk) -> Table:
    terms = terms_of(found.session, found.contracts)
    shown: BrowserTable = run_time_attributes.fill(found.contracts, _COLUMNS, terms)
    return Table("The portfolio, with columns of subtypes and of terms", shown.columns, shown.written)


def _costs() -> Table:
    return Table(
        "What each way costs",
        (
            "way",
            "lines for a subtype",
            "lines for a column",
            "touches the domain",
            "what goes wrong silently",
        ),
        tuple(
            (
                each.name,
                str(each.subtype_lines),
                str(each.column_lines),
                "yes" if each.touches_domain else "no",
                each.silent,
            )
            for each in STRATEGIES
        ),
    )


def _picture(session: Session) -> Graph:
    """The types of the pack, and the contracts that are of them."""
    agreed = list(session.scalars(select(ContractClassification).order_by(ContractClassification.id)))
    types = sorted(
        {each for classified in agreed for each in classified.type.all_types()}, key=lambda each: each.name
    )
    keys = {each: f"type {n}" for n, each in enumerate(types)}
    nodes = [Node(keys[each], each.name, tuple(_rules(each)), level="knowledge") for each in types]
    edges = [
        Edge(keys[above], keys[each], tail_end=End(mark=Mark.SUPERTYPE))
        for each in types
        for above in each.supertypes
    ]
    for n, classified in enumerate(agreed):
        said = tuple(f"{name}: {value}" for name, value in classified.values().items())
        nodes.append(Node(f"contract {n}", str(classified.contract), said, level="operational"))
        edges.append(Edge(keys[classified.type], f"contract {n}", tail_end=End(mark=Mark.ONE)))
    return Graph(
        "Kinds of contract as data",
        tuple(nodes),
        tuple(edges),
        levels=("knowledge", "operational"),
        description="Types of contract with the terms that they ask for, above contracts with what they say.",
    )


def _rules(type: ContractType) -> list[str]:
    return sorted(
        f"{each.term_type}: {each.term_type.kind.value}{'' if each.mandatory else ', if any'}"
        for each in type.rules
    )
