"""Books in the notations of other tools: Beancount's is read and written, hledger's written (6.1)."""

from .beancount_text import beancount_text
from .books import Books, books_of_text, read_books
from .hledger_text import hledger_text
from .problem import BooksError, Place, Problem

__all__ = [
    "Books",
    "BooksError",
    "Place",
    "Problem",
    "beancount_text",
    "books_of_text",
    "hledger_text",
    "read_books",
]
