"""Books in the notations of other tools: Beancount's is read and written, hledger's written (6.1)."""

from ...patterns.problem import Problem
from .beancount_text import beancount_text
from .books import Books, books_of_text, read_books
from .exporting import books_of
from .hledger_text import hledger_comments, hledger_text
from .importing import import_books
from .keeping import BooksDirective, BooksImport, BooksTransaction
from .problem import BooksError, Place

__all__ = [
    "Books",
    "BooksDirective",
    "BooksError",
    "BooksImport",
    "BooksTransaction",
    "Place",
    "Problem",
    "beancount_text",
    "books_of",
    "books_of_text",
    "hledger_comments",
    "hledger_text",
    "import_books",
    "read_books",
]
