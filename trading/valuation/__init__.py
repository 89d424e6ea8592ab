"""What portfolios are worth: pricers over columns, scenarios by the thousand, and why (9.2, 9.4, 10.1 to 10.4)."""

from . import closed_form, plug_in  # noqa: F401
from .book import Book, Holding, load_book
from .grid import ValueGrid, value_grid
from .market_state import MarketState, Shift, shifted_states
from .pricer import Need, Pricer, pricer_for, priced_kinds, register_pricer
