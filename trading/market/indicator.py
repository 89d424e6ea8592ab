"""What is quoted: instruments that are traded, and indicators that are only looked at (9.1, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName
from ...patterns.constraint import BUILT, DATABASES, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.composites import unit_code
from ...patterns.persistence.guard import Guard, guard, refuse_when
from ...patterns.persistence.registry import Referable
from ...patterns.picture import derived
from ...patterns.values import ONE, Currency, Unit, parse_unit
from ...patterns.values.unit import LONGEST_CODE
from .market import Market
from .tenor import Tenor

_TABLE = "trading_market_indicator"

UNIQUE_NAME = rule(
    "market-indicator.unique-name",
    pattern="9.4",
    says="A market indicator is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
KEPT = rule(
    "market-indicator.kept",
    pattern="9.4",
    says="What kind of indicator it is, and what it is counted in, is never changed: prices were quoted so.",
    layers=BUILT | DATABASES,
)
TWO_CURRENCIES = rule(
    "exchange-rate.two-currencies",
    pattern="9.1",
    says="An exchange rate is between two different currencies.",
)
OF_AN_INSTRUMENT = rule(
    "volatility.of-an-instrument",
    pattern="9.4",
    says="A volatility is that of what is traded: an instrument, and no other indicator.",
)


class MarketIndicator(KnownByName, Referable, Base, init=False):
    """
    Anything that a market quotes: a price, a rate of exchange, a rate of interest, a volatility.

    Shape:  a name; the unit in which it is quoted.
    Errors: `ConstraintViolation`: `name.text`, `unit.known`, `composite.readable-unit`.
    Source: Analysis Patterns 9.4, figure 9.10.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN kind IN ('instrument', 'exchange rate') "
            "THEN market_id IS NOT NULL AND amount_unit_code IS NOT NULL ELSE 1 = 1 END",
            name="instrument_whole",
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "9.4"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "market indicator"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    unit_code: Mapped[str] = mapped_column(String(LONGEST_CODE))

    def __init__(self, *, name: str, unit: Unit | str = ONE) -> None:
        self._describe(name, _unit(unit))

    def _describe(self, name: str, unit: Unit) -> None:
        code = unit_code(unit)
        self.name = name
        self.id = uuid7()
        self.unit_code = code

    @property
    @derived("1")
    def unit(self) -> Unit:
        """What its quotes are counted in."""
        return parse_unit(self.unit_code)


class Instrument(MarketIndicator, init=False):
    """
    Something that contracts are made about: a share, a commodity, a rate of exchange.

    Shape:  a name, a market; the unit of amounts, and the currency that is paid.
    Units:  the price is in the currency for one unit of amount: USD/t for coffee.
    Errors: as `MarketIndicator`; `ConstraintViolation` (`currency.code`) for what is no currency.
    Source: Analysis Patterns 9.1.

    >>> new_york = Market(name="New York", calendars=["US"])
    >>> coffee = Instrument(name="Brazilian coffee", market=new_york, amount_unit="t", currency="USD")
    >>> print(coffee.unit)
    USD/t
    """

    __pattern__ = "9.1"
    __mapper_args__ = {"polymorphic_identity": "instrument"}

    market_id: Mapped[UUID | None] = mapped_column(ForeignKey(Market.id), index=True, init=False)
    amount_unit_code: Mapped[str | None] = mapped_column(String(LONGEST_CODE), init=False)
    currency_code: Mapped[str | None] = mapped_column(String(LONGEST_CODE), init=False)
    market: Mapped[Market] = relationship(lazy="joined")

    def __init__(
        self, *, name: str, market: Market, amount_unit: Unit | str, currency: Currency | str
    ) -> None:
        self._trade(name, market, _unit(amount_unit), _currency(currency))

    def _trade(self, name: str, market: Market, amount_unit: Unit, currency: Currency) -> None:
        amount, paid = unit_code(amount_unit), unit_code(currency)
        self._describe(name, currency / amount_unit)
        self.amount_unit_code = amount
        self.currency_code = paid
        self.market = market

    @property
    @derived("1")
    def amount_unit(self) -> Unit:
        """What amounts of it are counted in."""
        return parse_unit(str(self.amount_unit_code))

    @property
    @derived("1")
    def currency(self) -> Currency:
        """What is paid for it."""
        return Currency.of(str(self.currency_code))


class ExchangeRate(Instrument, init=False):
    """
    One currency for another: GBP/USD says how many dollars a pound costs.

    Shape:  the base currency, which amounts are counted in, and the quoted one; a market.
    Units:  the price is in the quoted currency for one of the base.
    Errors: as `Instrument`; `ConstraintViolation`: `exchange-rate.two-currencies`.
    Source: Analysis Patterns 9.1: on foreign exchange the instrument is a rate.

    >>> print(ExchangeRate(base="GBP", quoted="USD", market=Market(name="London", calendars=["GB", "US"])))
    GBP/USD
    """

    __mapper_args__ = {"polymorphic_identity": "exchange rate"}

    def __init__(
        self, *, base: Currency | str, quoted: Currency | str, market: Market, name: str | None = None
    ) -> None:
        bought, paid = _currency(base), _currency(quoted)
        if bought == paid:
            raise TWO_CURRENCIES.violation(
                found=f"{bought}/{paid}",
                allowed="two currencies",
                remedy="Name the currency that is bought, and the one that is paid.",
            )
        self._trade(f"{bought.code}/{paid.code}" if name is None else name, market, bought, paid)

    @property
    @derived("1")
    def base(self) -> Currency:
        """The currency that is bought, and that amounts are counted in."""
        return Currency.of(str(self.amount_unit_code))


class Volatility(MarketIndicator, init=False):
    """
    How much an instrument's price is expected to move.

    Shape:  one instrument.
    Units:  of a year, as a plain number: 0.2 is 20 per cent.
    Errors: `ConstraintViolation`: `volatility.of-an-instrument`, and those of `MarketIndicator`.
    Source: Analysis Patterns 9.4: an indicator that is no instrument.
    """

    __mapper_args__ = {"polymorphic_identity": "volatility"}

    instrument_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{_TABLE}.id"), index=True, init=False)
    instrument: Mapped[Instrument] = relationship(remote_side="MarketIndicator.id")

    def __init__(self, *, instrument: Instrument, name: str | None = None) -> None:
        if not isinstance(instrument, Instrument):
            raise OF_AN_INSTRUMENT.violation(
                instrument,
                found=f"the volatility of {type(instrument).__name__} {instrument}",
                allowed="one instrument",
                remedy="Name what is traded; how an interest rate moves has an indicator of its own.",
            )
        self._describe(f"volatility of {instrument}" if name is None else name, ONE)
        self.instrument = instrument


class InterestRate(MarketIndicator, init=False):
    """
    What money costs in a currency, for a length of time or any.

    Shape:  a currency; a tenor where the rate is for one.
    Units:  continuously compounded, of a year, as a plain number: 0.05 is 5 per cent.
    Source: Analysis Patterns 9.4: an indicator that is no instrument.
    """

    __mapper_args__ = {"polymorphic_identity": "interest rate"}

    currency_code: Mapped[str | None] = mapped_column(
        String(LONGEST_CODE), init=False, use_existing_column=True
    )
    tenor_text: Mapped[str | None] = mapped_column(String(10), init=False)

    def __init__(
        self, *, currency: Currency | str, tenor: Tenor | str | None = None, name: str | None = None
    ) -> None:
        of = _currency(currency)
        tenor = None if tenor is None else Tenor.of(tenor)
        said = f"interest on {of.code}" + ("" if tenor is None else f" {tenor}")
        self._describe(said if name is None else name, ONE)
        self.currency_code = unit_code(of)
        self.tenor_text = None if tenor is None else str(tenor)

    @property
    @derived("1")
    def currency(self) -> Currency:
        """The currency that is lent."""
        return Currency.of(str(self.currency_code))

    @property
    @derived("0..1")
    def tenor(self) -> Tenor | None:
        """For how long it is lent, where that is said."""
        return None if self.tenor_text is None else Tenor.parse(self.tenor_text)


def _unit(unit: Unit | str) -> Unit:
    return unit if isinstance(unit, Unit) else parse_unit(unit)


def _currency(currency: Currency | str) -> Currency:
    return currency if isinstance(currency, Currency) else Currency.of(currency)


_COUNTED_IN = ("id", "kind", "unit_code", "amount_unit_code", "currency_code", "instrument_id", "tenor_text")


def _never_replaced() -> Iterator[Guard]:
    """
    Keep SQLite's OR REPLACE from putting an indicator in the place of another.

    It fires no trigger on delete where a client left recursive_triggers off, and replaces by whatever is
    unique: the number of a row as well, which is -1 here unless a client chose one.
    """
    same = f"EXISTS (SELECT 1 FROM {_TABLE} o WHERE o.id = NEW.id) OR NEW.rowid <> -1"
    named = f"EXISTS (SELECT 1 FROM {_TABLE} o WHERE o.name = NEW.name AND o.id <> {{}}.id)"
    for made in (
        refuse_when(KEPT, _TABLE, "INSERT", lambda _row: same, because="an indicator would be replaced"),
        refuse_when(
            UNIQUE_NAME, _TABLE, "INSERT", lambda _row: named.format("NEW"), because="a name that is taken"
        ),
        refuse_when(
            UNIQUE_NAME, _TABLE, "UPDATE", lambda _row: named.format("OLD"), because="a name that is taken"
        ),
    ):
        yield Guard(made.name, _TABLE, made.sqlite, ())


guard(
    MarketIndicator.__table__,  # type: ignore[arg-type]
    refuse_when(
        KEPT,
        _TABLE,
        "UPDATE",
        lambda _row: " OR ".join(f"NEW.{each} <distinct> OLD.{each}" for each in _COUNTED_IN),
        because="an indicator would be counted in something else",
    ),
    *_never_replaced(),
)
