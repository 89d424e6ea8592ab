"""A desk, its machines and what it trades, stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from analysis_patterns.patterns import Session
from analysis_patterns.trading import Fixing, add_option_machines

from ..trades import Desk

Fix = Callable[[date, Any], Fixing]


@pytest.fixture
def desk(session: Session) -> Desk:
    """The house and its markets, stored, with the machines of options."""
    made = Desk()
    session.add_all(made.all)
    add_option_machines(session)
    session.commit()
    return made


@pytest.fixture
def fix(session: Session, desk: Desk) -> Fix:
    """How the yen is fixed at a price on a day."""

    def fixed(day: date, price: Any) -> Fixing:
        made = Fixing(instrument=desk.yen, day=day, price=price, source=desk.megabank)
        session.add(made)
        session.flush()
        return made

    return fixed
