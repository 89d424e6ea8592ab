"""The book's figures as fixtures, in a database of each kind."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.persistence import Session

from .figures import Acm, Hospital


@pytest.fixture
def hospital(session: Session) -> Hospital:
    """The people of a hospital, stored."""
    return Hospital.founded(session)


@pytest.fixture
def acm(session: Session) -> Acm:
    """Aroma Coffee Makers, stored, with no accountability yet."""
    return Acm.founded(session)
