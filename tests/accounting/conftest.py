"""Fixtures of chapter 6."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.persistence import Session

from .books import Books
from .utility import Customer, Utility


@pytest.fixture
def books(session: Session) -> Books:
    """The books of a small household, stored in `session`."""
    return Books.kept(session)


@pytest.fixture
def utility(session: Session) -> Utility:
    """The utility company of the Accounting Patterns paper, stored in `session`."""
    return Utility.founded(session)


@pytest.fixture
def acme(session: Session, utility: Utility) -> Customer:
    """Acme Coffee Makers, a customer with the regular agreement."""
    return utility.customer(session, "Acme Coffee Makers", utility.regular)


@pytest.fixture
def perrin(session: Session, utility: Utility) -> Customer:
    """Reginald Perrin, a customer with the low-pay agreement."""
    return utility.customer(session, "Reginald Perrin", utility.low_pay)
