"""What portfolios are worth: pricers over columns, scenarios by the thousand, and why (9.2, 9.4, 10.4)."""

from .book import Book, Holding, load_book
from .closed_form import EuropeanPricer, ForwardPricer
from .grid import ValueGrid, value_grid
from .market_state import MarketState, Shift, shifted_states
from .payoff import Payoff, payoff
from .plug_in import BarrierPricer, OptionPricer, QuantLibEuropean
from .pricer import (
    ContractColumns,
    MarketColumns,
    Need,
    Pricer,
    Reading,
    Stored,
    priced_kinds,
    pricer_for,
    register_pricer,
)
from .profit import Cause, ProfitAndLoss, profit_and_loss
from .value import ContractValue, Valuation, value

__all__ = [
    "BarrierPricer",
    "Book",
    "Cause",
    "ContractColumns",
    "ContractValue",
    "EuropeanPricer",
    "ForwardPricer",
    "Holding",
    "MarketColumns",
    "MarketState",
    "Need",
    "OptionPricer",
    "Payoff",
    "Pricer",
    "ProfitAndLoss",
    "QuantLibEuropean",
    "Reading",
    "Shift",
    "Stored",
    "Valuation",
    "ValueGrid",
    "load_book",
    "payoff",
    "priced_kinds",
    "pricer_for",
    "profit_and_loss",
    "register_pricer",
    "shifted_states",
    "value",
    "value_grid",
]
