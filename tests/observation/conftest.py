"""A ward in a database of each kind."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.persistence import Session

from .figures import Ward


@pytest.fixture
def ward(session: Session) -> Ward:
    """A ward with a patient and its knowledge, stored."""
    return Ward.opened(session)
