"""Fixtures of the specifications of interchange."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import Ledger
from analysis_patterns.accounting.interchange import (
    Books,
    beancount_text,
    books_of,
    books_of_text,
    import_books,
)
from analysis_patterns.patterns.persistence import Session


class Taken:
    """Books taken over into a ledger, and what the ledger gives back."""

    def __init__(self, session: Session, text: str, name: str = "home") -> None:
        self.session = session
        self.books = books_of_text(text, file="home.beancount")
        self.record = import_books(session, self.books, name=name, source="home.beancount")
        session.commit()
        self.ledger = session.scalars(select(Ledger).where(Ledger.name == name)).one()

    def back(self) -> Books:
        """The ledger as books."""
        return books_of(self.session, self.ledger)

    def text(self) -> str:
        """The ledger in Beancount's notation."""
        return beancount_text(self.back())


@pytest.fixture
def taken(session: Session) -> type[Taken]:
    """Takes books over into `session`: `taken(session, text)`."""
    return Taken
