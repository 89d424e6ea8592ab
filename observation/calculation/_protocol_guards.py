"""What the database holds protocols to: inputs that fit what they make, and nothing of it changes (4.2)."""

from __future__ import annotations

from ...patterns.persistence.addition import only_added
from ...patterns.persistence.guard import guard, refuse_when
from .causal_protocol import OWN_RESULT
from .combination import Combination
from .comparative_protocol import ONE_TYPE
from .measurement_protocol import FORM, INPUTS, KEPT, MeasurementProtocol, ProtocolInput
from .method import Method

_TABLE, _INPUT = MeasurementProtocol.__tablename__, ProtocolInput.__tablename__


def _has_no_argument(row: str) -> str:
    """That no argument of the protocol's method stands at the position of an input."""
    arguments = "length(m.listed) - length(replace(m.listed, ' ', '')) + 1"
    combined = (
        f"({row}.position = 0 AND {row}.phenomenon_type_id = c.phenomenon_type_id) OR ({row}.position = 1 "
        f"AND c.weight_id IS NOT NULL AND {row}.phenomenon_type_id = c.weight_id)"
    )
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} p WHERE p.id = {row}.protocol_id AND p.form = 'source') OR EXISTS ("
        f"SELECT 1 FROM {_TABLE} p JOIN {Method.__tablename__} m ON m.id = p.method_id "
        f"WHERE p.id = {row}.protocol_id AND {row}.position NOT BETWEEN 0 AND {arguments} - 1) OR EXISTS ("
        f"SELECT 1 FROM {_TABLE} p JOIN {Combination.__tablename__} c ON c.id = p.combination_id "
        f"WHERE p.id = {row}.protocol_id AND NOT ({combined}))"
    )


def _takes_its_own_result(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} p WHERE p.id = {row}.protocol_id AND p.form = 'causal' "
        f"AND p.result_type_id = {row}.phenomenon_type_id)"
    )


def _compares_another_type(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} p JOIN {_INPUT} o ON o.protocol_id = p.id "
        f"WHERE p.id = {row}.protocol_id AND p.form = 'comparative' "
        f"AND o.phenomenon_type_id <> {row}.phenomenon_type_id)"
    )


def _combines_another_type(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {Combination.__tablename__} c WHERE c.id = {row}.combination_id "
        f"AND c.phenomenon_type_id <> {row}.result_type_id)"
    )


guard(
    MeasurementProtocol.__table__,  # type: ignore[arg-type]
    refuse_when(FORM, _TABLE, "INSERT", _combines_another_type, because="a combination of another type"),
)
guard(
    ProtocolInput.__table__,  # type: ignore[arg-type]
    *(
        refuse_when(broken, _INPUT, "INSERT", condition, because=because)
        for broken, condition, because in (
            (INPUTS, _has_no_argument, "an input that no argument of a method stands for"),
            (OWN_RESULT, _takes_its_own_result, "an input of the type that the protocol makes"),
            (ONE_TYPE, _compares_another_type, "two types compared with one another"),
        )
    ),
)
only_added(MeasurementProtocol, KEPT)
only_added(ProtocolInput, KEPT)
