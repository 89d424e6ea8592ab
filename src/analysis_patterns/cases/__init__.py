"""Worked cases: stories told with the library, whose figures were known before they were told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..patterns.persistence.session import Session
from . import (
    acm,
    appendix,
    barrier,
    clinic,
    coffee,
    concepts,
    consultant,
    department,
    documents,
    hospital,
    kitchen,
    mixed_portfolio,
    patients,
    portfolios,
    rates,
    risk,
    room_q9,
    surgery,
    telephone,
    trades,
    utility,
)
from .case import Check, WorkedCase
from .session import create_tables

CASES: Mapping[str, Callable[[Session], WorkedCase]] = MappingProxyType(
    {
        "ACM": acm.run,
        "coffee": coffee.run,
        "hospital": hospital.run,
        "department": department.run,
        "documents": documents.run,
        "patients": patients.run,
        "concepts": concepts.run,
        "consultant": consultant.run,
        "telephone": telephone.run,
        "utility": utility.run,
        "clinic": clinic.run,
        "appendix": appendix.run,
        "surgery": surgery.run,
        "kitchen": kitchen.run,
        "room Q9": room_q9.run,
        "trades": trades.run,
        "portfolios": portfolios.run,
        "options desk": risk.run,
        "barrier": barrier.run,
        "rates": rates.run,
        "mixed portfolio": mixed_portfolio.run,
    }
)
"""Every worked case, by a short name; each builds what the database does not hold, and checks it."""

__all__ = ["CASES", "Check", "WorkedCase", "create_tables"]
