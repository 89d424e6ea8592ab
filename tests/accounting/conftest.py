"""Fixtures of chapter 6."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.persistence import Session

from .books import Books


@pytest.fixture
def books(session: Session) -> Books:
    """The books of a small household, stored in `session`."""
    return Books.kept(session)
