"""What the databases themselves refuse of conclusions and of their evidence (3.11)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, text

from ...patterns.persistence.audit import audit
from ...patterns.persistence.guard import guard, refuse_when
from ..record.basis import Basis
from ..record.observation import Observation
from .associated_observation import ARGUMENT, IN_EFFECT, PRODUCT, SAME_SUBJECT, AssociatedObservation

_TABLE, _BASIS, _KIND = "observation_observation", "observation_basis", "associated observation"


def _is_another_product(row: str) -> str:
    return (
        f"{row}.presence <distinct> 'present' OR NOT EXISTS "
        f"(SELECT 1 FROM observation_associative_function f "
        f"WHERE f.id = {row}.function_id AND f.product_id = {row}.concept_id)"
    )


def _is_out_of_effect(row: str) -> str:
    day = f"<day {row}.applicable_from>"
    return (
        f"EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = {row}.function_id "
        f"AND NOT (f.period_from <= {day} AND {day} < f.period_to))"
    )


def _is_of_another(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} c JOIN {_TABLE} s ON s.id = {row}.source_id "
        f"WHERE c.id = {row}.observation_id AND c.function_id IS NOT NULL AND s.subject_id <> c.subject_id)"
    )


def _is_no_argument(row: str) -> str:
    """What is present meets, or contradicts, arguments above it; what is absent, those below."""
    related = (
        "(coalesce(s.presence, 'present') = 'present' AND k.subtype_id = s.concept_id "
        "AND k.supertype_id = a.concept_id) OR "
        "(s.presence = 'absent' AND k.supertype_id = s.concept_id AND k.subtype_id = a.concept_id)"
    )
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} c WHERE c.id = {row}.observation_id AND c.function_id IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {_TABLE} s JOIN observation_function_argument a "
        f"ON a.function_id = c.function_id JOIN observation_concept_closure k ON ({related}) "
        f"WHERE s.id = {row}.source_id "
        f"AND (a.presence = coalesce(s.presence, 'present')) = ({row}.role = 'for')))"
    )


Observation.__table__.append_constraint(  # type: ignore[attr-defined]
    CheckConstraint(f"kind <> '{_KIND}' OR function_id IS NOT NULL", name="function")
)
# Most observations have no function, and cost this index nothing.
Index(
    f"ix_{_TABLE}_function",
    AssociatedObservation.function_id,
    sqlite_where=text("function_id IS NOT NULL"),
    postgresql_where=text("function_id IS NOT NULL"),
)
guard(
    Observation.__table__,  # type: ignore[arg-type]
    refuse_when(
        PRODUCT, _TABLE, "INSERT", _is_another_product,
        where="NEW.function_id IS NOT NULL", because="another conclusion than that of its function",
    ),
    refuse_when(
        IN_EFFECT, _TABLE, "INSERT", _is_out_of_effect,
        where="NEW.function_id IS NOT NULL", because="a conclusion by a function that was not in effect",
    ),
)  # fmt: skip
guard(
    Basis.__table__,  # type: ignore[arg-type]
    refuse_when(
        SAME_SUBJECT, _BASIS, "INSERT", _is_of_another,
        where="NEW.role <> 'input'", because="evidence of another thing",
    ),
    refuse_when(
        ARGUMENT, _BASIS, "INSERT", _is_no_argument,
        where="NEW.role <> 'input'", because="evidence that is no argument of the function",
    ),
)  # fmt: skip
audit(SAME_SUBJECT, Basis, _is_of_another)
audit(ARGUMENT, Basis, lambda row: f"{row}.role <> 'input' AND {_is_no_argument(row)}")
audit(
    PRODUCT,
    AssociatedObservation,
    lambda row: f"{row}.function_id IS NOT NULL AND ({_is_another_product(row)})",
)
