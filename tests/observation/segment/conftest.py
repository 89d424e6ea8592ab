"""ACM's dimensions, stored."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.persistence import Session

from .coffee import Coffee


@pytest.fixture
def coffee(session: Session) -> Coffee:
    """The dimensions of ACM; no segment was asked for yet."""
    made = Coffee()
    session.add(made.sales)
    session.commit()
    return made
