"""A clinic in a database of each kind."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.persistence import Session

from .figures import Clinic


@pytest.fixture
def clinic(session: Session) -> Clinic:
    """A clinic with a patient and its knowledge, stored."""
    return Clinic.opened(session)
