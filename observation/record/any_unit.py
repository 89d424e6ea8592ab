"""Measurements above or below a quantity, whichever units they were written in (3.2, 3.4)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_

from ...patterns.persistence.session import Session
from ...patterns.values import Quantity
from ..concept.conversion import equivalents
from ..concept.phenomenon_type import PhenomenonType
from .measurement import Measurement


def above(
    session: Session,
    quantity: Quantity,
    *,
    of: PhenomenonType,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> ColumnElement[bool]:
    """
    The SQL condition that a measurement of a phenomenon type is more than `quantity`, in any unit.

    Shape:  by the standard ratios, and by the conversions stated for the type on the day `as_of`.
    Units:  compared to 50 digits.
    Source: Analysis Patterns 3.2. Without asking for it, 7 mmol/L is never compared with 126 mg/dL.
    """
    same = equivalents(session, quantity, phenomenon_type=of, as_of=as_of, known_at=known_at)
    return and_(_is_of(of), or_(*(Measurement.quantity > each for each in same)))


def below(
    session: Session,
    quantity: Quantity,
    *,
    of: PhenomenonType,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> ColumnElement[bool]:
    """The SQL condition that a measurement is less than `quantity`, in any unit; as `above`."""
    same = equivalents(session, quantity, phenomenon_type=of, as_of=as_of, known_at=known_at)
    return and_(_is_of(of), or_(*(Measurement.quantity < each for each in same)))


def _is_of(measured: PhenomenonType) -> ColumnElement[bool]:
    # Another type's figures convert by other ratios.
    return Measurement.phenomenon_type_id == measured.id
