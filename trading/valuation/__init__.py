"""What portfolios are worth: pricers over columns, scenarios by the thousand, and why (9.2, 9.4, 10.4)."""

from .book import Book, Holding, load_book
from .closed_form import EuropeanPricer, ForwardPricer
from .grid import ValueGrid, value_grid
from .market_state import LevelShift, MarketState, shifted_states
from .payoff import Payoff, payoff
from .plug_in import BarrierPricer, OptionPricer, QuantLibEuropean
from .pricer import (
    PRICERS,
    ColumnReading,
    ContractColumns,
    MarketColumns,
    PriceNeed,
    Pricer,
    StoredColumn,
    priced_kinds,
    pricer_for,
    register_pricer,
)
from .profit import ProfitAndLoss, ProfitCause, profit_and_loss
from .sensitivity import Sensitivity, sensitivities
from .stored import grid_states, market_state, portfolio_book
from .value import ContractValue, Valuation, value

__all__ = [
    "PRICERS",
    "BarrierPricer",
    "Book",
    "ColumnReading",
    "ContractColumns",
    "ContractValue",
    "EuropeanPricer",
    "ForwardPricer",
    "Holding",
    "LevelShift",
    "MarketColumns",
    "MarketState",
    "OptionPricer",
    "Payoff",
    "PriceNeed",
    "Pricer",
    "ProfitAndLoss",
    "ProfitCause",
    "QuantLibEuropean",
    "Sensitivity",
    "StoredColumn",
    "Valuation",
    "ValueGrid",
    "grid_states",
    "load_book",
    "market_state",
    "payoff",
    "portfolio_book",
    "priced_kinds",
    "pricer_for",
    "profit_and_loss",
    "register_pricer",
    "sensitivities",
    "shifted_states",
    "value",
    "value_grid",
]
