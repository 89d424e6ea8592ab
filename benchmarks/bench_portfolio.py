"""Portfolios: what a stored filter costs, against the SELECT that somebody would write by hand (9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Base,
    FixedClock,
    Organization,
    Quantity,
    Session,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)
from analysis_patterns.patterns.persistence.composites import canonical
from analysis_patterns.trading import (
    Contract,
    Instrument,
    Market,
    Portfolio,
    PortfolioFilter,
    Product,
    parse_filter,
    portfolio_for,
)

from .baselines.portfolio import Selects
from .measure import Result, ratio

RECORDED = datetime(1997, 5, 1, tzinfo=UTC)
TODAY = datetime(1997, 5, 2, tzinfo=UTC)
FIRST = date(1997, 1, 1)
FILTERS = {
    "deals": "instrument = 'ACM' and amount > 500 {share} and party 'client 3'",
    "options": "option_kind = 'call' and expiration within [1997-06-01, 1997-08-01)",
}


@dataclass
class Book:
    """Many contracts in a SQLite file, half of them options, with two stored filters."""

    engine: Engine
    path: str

    def session(self) -> Session:
        """A session that reads the book, a day after it was recorded."""
        return sessions(self.engine, clock=FixedClock(TODAY), read_only=True)()

    def selects(self) -> Selects:
        """The baseline's statements on the same file."""
        share = canonical(Quantity(500, "{share}"))
        amounts = share, f"{share.partition(' ')[0]} 3"
        return Selects(self.path, _text(TODAY), TODAY.date().isoformat(), amounts)


def measure(*, full: bool) -> Iterator[Result]:
    """Choose from 100,000 contracts by stored filters, and make statements of filters."""
    with TemporaryDirectory() as folder:
        book = _book(Path(folder) / "book.db", 1_000_000 if full else 100_000)
        yield from _choosing(book)
        yield _compiling(book)


def _choosing(book: Book) -> Iterator[Result]:
    session, by_hand = book.session(), book.selects()
    for name, line in FILTERS.items():
        portfolio = _portfolio(session, name)

        def ours(portfolio: Portfolio = portfolio) -> object:
            question = portfolio.selection(session).with_only_columns(Contract.id)
            return session.connection().execute(question).all()

        def theirs(name: str = name) -> object:
            return by_hand.keys(name)

        if len(ours()) != len(theirs()):  # type: ignore[arg-type]
            raise AssertionError(f"the two ways of choosing {name} differ")
        yield Result(
            f"portfolio.{name}",
            f"the keys of a portfolio among many contracts: {line}",
            "the SELECT written by hand on the driver's cursor",
            ratio(ours, theirs, rounds=7),
            limit=2,
        )


def _compiling(book: Book) -> Result:
    """What it takes to make a statement of a filter never seen before, against one of plain columns."""
    lines = [f"amount > {n} t and not (expiration > 1997-06-01 or party 'client {n}')" for n in range(2_000)]
    made, started = 0, perf_counter()
    for line in lines[:200]:
        question = select(Contract.id).where(parse_filter(line).condition())
        made += len(str(question.compile(book.engine)))
    taken = (perf_counter() - started) / 200
    spelled = iter(lines * 100)
    plain = select(Contract.id).where(Contract.traded > FIRST, Contract.delivery > FIRST)

    def ours() -> object:
        return select(Contract.id).where(parse_filter(next(spelled)).condition()).compile(book.engine)

    return Result(
        "portfolio.statement",
        f"reading a line of four conditions and making SQL of it: {taken * 1e3:.2f} ms",
        "making SQL of two comparisons of columns",
        ratio(ours, lambda: plain.where(Contract.id.is_not(None)).compile(book.engine)),
    )


def _portfolio(session: Session, name: str) -> Portfolio:
    stored = session.scalars(select(PortfolioFilter).filter_by(name=name)).one()
    return portfolio_for(session, stored)


def _book(path: Path, size: int) -> Book:
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    with sessions(engine, clock=FixedClock(RECORDED))() as session:
        parties = [Organization(name=f"client {n}") for n in range(20)]
        market = Market(name="New York")
        instruments = [
            Instrument(name=name, market=market, amount_unit=unit, currency="USD")
            for name, unit in (("ACM", "{share}"), ("coffee", "t"))
        ]
        session.add_all([*parties, *instruments])
        product = Contract(
            instrument=instruments[0], long=parties[0], short=parties[1], amount=1, price=1, traded=FIRST
        ).product
        session.add(product)
        for name, line in FILTERS.items():
            portfolio_for(session, PortfolioFilter(name=name, says=line))
        session.commit()
        drop_guards(session.connection(), Base.metadata)
        for table, rows in _rows(size, product, instruments, [each.id for each in parties]).items():
            marks = ", ".join("?" * len(rows[0]))
            session.connection().exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows)
        create_guards(session.connection(), Base.metadata)
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()
    engine.dispose()
    return Book(engine, str(path))


_CONTRACT = (
    "trading_contract (id, kind, product_id, instrument_id, long_id, short_id, direction, amount_number, "
    "amount_unit, amount_canonical, price_number, price_unit, price_canonical, traded, delivery, recorded)"
)
_OPTION = "trading_option (id, expiration, option_direction, style)"


def _rows(
    size: int, product: Product, instruments: list[Instrument], parties: list[UUID]
) -> dict[str, list[tuple[Any, ...]]]:
    random, recorded = Random(92), _text(RECORDED)
    amounts = {
        (one, n): canonical(Quantity(n, one.amount_unit)) for one in instruments for n in range(1, 1001)
    }
    price = {one: canonical(Quantity(30, one.unit)) for one in instruments}
    things, contracts, options = [], [], []
    for n in range(size):
        key, instrument, amount = uuid7().bytes, random.choice(instruments), random.randrange(1, 1001)
        long, short = (each.bytes for each in random.sample(parties, 2))
        traded = FIRST + timedelta(days=random.randrange(120))
        things.append((key, "trading_contract"))
        contracts.append(
            (
                key, "option" if n % 2 else "contract", product.id.bytes, instrument.id.bytes, long, short,
                random.choice(("long", "short")), str(amount), instrument.amount_unit_code,
                amounts[instrument, amount], "30", instrument.unit_code, price[instrument],
                traded.isoformat(), (traded + timedelta(days=200)).isoformat(), recorded,
            )
        )  # fmt: skip
        if n % 2:
            expires = traded + timedelta(days=random.randrange(200))
            direction = random.choice(("long", "short"))
            options.append((key, expires.isoformat(), direction, "european"))
    return {"patterns_thing (id, kind)": things, _CONTRACT: contracts, _OPTION: options}


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f")
