"""What may be lost: risk management sets up scenarios of its own, and so has to see what they consist of."""

from decimal import Decimal

from .contract.barrier import KnockIn
from .portfolio import Portfolio
from .scenario import Scenario
from .scenario.sources import index
from .scenario.structure import Scenario as Supposed


def supposed(instrument: str, share: Decimal) -> Scenario:
    """The scenario in which an instrument costs a share of what it was published at."""
    return Supposed({instrument: index.price(instrument) * share})


def loss(portfolio: Portfolio, instrument: str, share: Decimal) -> Decimal:
    """What a portfolio loses where an instrument falls to a share of its price."""
    now = Supposed()
    now.read(instrument)
    chosen = portfolio.of(instrument)
    return chosen.value(now) - chosen.value(supposed(instrument, share))


def may_knock_in(portfolio: Portfolio, instrument: str, share: Decimal) -> list[KnockIn]:
    """The barrier options that begin to count where an instrument falls to a share of its price."""
    price = index.price(instrument) * share
    options = [contract for contract in portfolio.contracts if isinstance(contract, KnockIn)]
    return [option for option in options if option.instrument == instrument and price < option.barrier]
