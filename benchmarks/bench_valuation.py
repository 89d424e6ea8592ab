"""Values of a portfolio under many scenarios, against one numpy kernel blocked by hand (9.2, 9.4)."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import select

from analysis_patterns.patterns import Organization, Session
from analysis_patterns.trading import (
    Direction,
    ExchangeRate,
    Instrument,
    InterestRate,
    Market,
    OptionDraft,
    PortfolioFilter,
    Volatility,
    portfolio_for,
    record_contracts,
)
from analysis_patterns.trading.valuation import Book, MarketState, PriceNeed, portfolio_book, value_grid
from analysis_patterns.trading.valuation.indicators import Markets
from tests.schemas import create_schema

from .baselines.valuation import Market as Columns
from .baselines.valuation import OneByOne, Options, totals
from .measure import Result, in_turns, seconds, session_at, sqlite_url

TRADED = date(2026, 1, 5)
FILTER = "options of the house"
INSTRUMENTS = 10
SAMPLE = 2_000
KERNEL = "a numpy kernel of the same formula, blocked by hand, on the same arrays, which are there already"
_MEMORY = """
import resource, sys
from pathlib import Path
from benchmarks.bench_valuation import grid
grid(sys.argv[1], int(sys.argv[2]))
# Linux hands down what the parent used before it started this process, unless asked so.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
peak = [line.split()[1] for line in lines if line.startswith("VmHWM")]
print(peak[0] if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(*, full: bool) -> Iterator[Result]:
    """Value European options on shares and on rates of exchange, from a stored filter to totals."""
    options, scenarios = (100_000, 1_000) if full else (20_000, 1_000)
    with TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "options.db")
        prepare(url, options)
        yield _beside_numpy(url, options, scenarios)
        yield _beside_quantlib(url, scenarios)
        yield _memory(url, options, scenarios)


def prepare(url: str, options: int) -> None:
    """Make a database with so many options, on instruments of both sorts, all paid in dollars."""
    create_schema(url)
    chance = random.Random(9)
    with session_at(url) as session:
        house, client = Organization(name="house"), Organization(name="client")
        market = Market(name="New York", calendars=["US"])
        instruments: list[Instrument] = [
            Instrument(name=f"share {n}", market=market, amount_unit="{share}", currency="USD")
            for n in range(INSTRUMENTS // 2)
        ]
        instruments += [
            ExchangeRate(base=base, quoted="USD", market=market)
            for base in ("GBP", "EUR", "CHF", "AUD", "CAD")
        ]
        rates = [InterestRate(currency=code) for code in ("USD", "GBP", "EUR", "CHF", "AUD", "CAD")]
        session.add_all([house, client, *instruments, *rates])
        session.add_all([Volatility(instrument=each) for each in instruments])
        session.flush()
        record_contracts(
            session,
            (
                OptionDraft(
                    instrument=chance.choice(instruments), long=house, short=client,
                    amount=chance.randrange(1, 1000), price=Decimal(chance.randrange(5_000, 15_000)) / 100,
                    traded=TRADED, expiration=TRADED + timedelta(days=chance.randrange(1, 730)),
                    option_direction=chance.choice(list(Direction)),
                    direction=chance.choice(list(Direction)),
                )
                for _ in range(options)
            ),
        )  # fmt: skip
        portfolio_for(session, PortfolioFilter(name=FILTER, says="party 'house' and kind 'option'"))
        session.commit()


def chosen(session: Session) -> Book:
    """What the stored portfolio holds."""
    stored = session.scalars(select(PortfolioFilter).where(PortfolioFilter.name == FILTER)).one()
    return portfolio_book(session, portfolio_for(session, stored))


def states(session: Session, count: int) -> list[MarketState]:
    """So many states of the market, in which everything differs."""
    chance = random.Random(4)
    spots = session.scalars(select(Instrument.id)).all()
    volatilities = session.scalars(select(Volatility.id)).all()
    rates = session.scalars(select(InterestRate.id)).all()

    def level(lowest: int, highest: int) -> Decimal:
        return Decimal(chance.randrange(lowest, highest)) / 10_000

    return [
        MarketState(
            f"scenario {n}",
            TRADED,
            {key: level(800_000, 1_200_000) for key in spots}
            | {key: level(1_000, 4_000) for key in volatilities}
            | {key: level(0, 600) for key in rates},
        )
        for n in range(count)
    ]


def grid(url: str, scenarios: int) -> None:
    """From the stored filter to one total for each scenario."""
    with session_at(url) as session:
        value_grid(chosen(session), states(session, scenarios))


def arrays(book: Book, market: list[MarketState]) -> list[tuple[Options, Columns]]:
    """The same as the baseline takes it."""
    markets = Markets(market, book.indicators)
    made = []
    for holding in book.holdings:
        columns, levels = holding.columns, markets.columns(holding.instrument, frozenset(PriceNeed))
        years = (columns["expiration"] - TRADED.toordinal()) / 365
        right = columns["direction"] * columns["sign"]
        made.append(
            (
                Options(columns["price"], years, right, holding.weights),
                Columns(
                    *(
                        levels[n]
                        for n in (PriceNeed.SPOT, PriceNeed.VOLATILITY, PriceNeed.RATE, PriceNeed.BASE_RATE)
                    )
                ),
            )
        )
    return made


def _beside_numpy(url: str, options: int, scenarios: int) -> Result:
    with session_at(url) as session:
        market = states(session, scenarios)
        prepared = arrays(chosen(session), market)
    found: list[Any] = [None, None]

    def ours() -> None:
        with session_at(url) as session:
            found[0] = value_grid(chosen(session), market).estimates

    def theirs() -> None:
        found[1] = totals(prepared)

    ratio = in_turns(lambda: seconds(ours), lambda: seconds(theirs), rounds=3)
    assert np.allclose(found[0], found[1], rtol=1e-9)
    return Result(
        "valuation.grid",
        f"{options:,} European options in {scenarios:,} scenarios, from a stored filter in SQLite to totals",
        KERNEL,
        ratio,
        limit=1.5,
    )


def _beside_quantlib(url: str, scenarios: int) -> Result:
    with session_at(url) as session:
        market = states(session, min(scenarios, 100))
        book = chosen(session)
        sample = book.only([key for each in book.holdings for key in each.contracts[: SAMPLE // INSTRUMENTS]])
    prepared, one_by_one = arrays(sample, market), OneByOne()

    def each(work: Callable[[Options, Columns], Any]) -> Callable[[], float]:
        return lambda: seconds(lambda: [work(*pair) for pair in prepared])

    ratio = in_turns(lambda: seconds(lambda: value_grid(sample, market)), each(one_by_one.totals), rounds=3)
    return Result(
        "valuation.grid-quantlib",
        f"{SAMPLE:,} European options in {len(market)} scenarios, once they are read",
        "QuantLib's analytic engine, option by option and scenario by scenario",
        ratio,
    )


def _memory(url: str, options: int, scenarios: int) -> Result:
    command = [sys.executable, "-c", _MEMORY, url, str(scenarios)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    used = int(done.stdout) * 1024 / 1_000_000
    return Result(
        "valuation.grid-memory",
        f"the most memory of the process that values {options:,} options in {scenarios:,} scenarios, in MB",
        "250 MB",
        used / 250,
        limit=1,
    )
