"""The rules of terms as SQL: what is true of a row that breaks each, for triggers and audits (10.5)."""

from __future__ import annotations

_VALUES = ("amount_number", "day", "text", "truth")

ONE_VALUE = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in _VALUES) + " = 1"
"""A term says one thing."""


def outside(row: str) -> str:
    """The type of the contract, with its supertypes, has no rule for the type of the term."""
    return (
        "NOT EXISTS (SELECT 1 FROM trading_contract_classification c "
        "JOIN trading_contract_type_closure k ON k.subtype_id = c.type_id "
        "JOIN trading_term_rule r ON r.contract_type_id = k.supertype_id "
        f"WHERE c.contract_id = {row}.contract_id AND r.term_type_id = {row}.type_id)"
    )


def of_another_kind(row: str) -> str:
    """The value is not of the kind, in the unit, or one of the choices of its type."""
    return (
        f"NOT EXISTS (SELECT 1 FROM trading_term_type t WHERE t.id = {row}.type_id AND CASE t.kind "
        f"WHEN 'number' THEN {row}.amount_number IS NOT NULL AND {row}.amount_unit = '1' "
        f"WHEN 'quantity' THEN {row}.amount_number IS NOT NULL AND {row}.amount_unit = t.unit_code "
        f"WHEN 'money' THEN {row}.amount_number IS NOT NULL AND {row}.amount_unit = t.unit_code "
        f"WHEN 'date' THEN {row}.day IS NOT NULL "
        f"WHEN 'truth' THEN {row}.truth IS NOT NULL "
        f"WHEN 'choice' THEN EXISTS (SELECT 1 FROM trading_term_choice o "
        f"WHERE o.type_id = t.id AND o.name = {row}.text) "
        f"ELSE {row}.text IS NOT NULL END)"
    )


def lacking(row: str) -> str:
    """The type of the contract, or a supertype, makes a term mandatory that is not believed to be there."""
    return (
        "EXISTS (SELECT 1 FROM trading_contract_type_closure k "
        "JOIN trading_term_rule r ON r.contract_type_id = k.supertype_id AND r.mandatory "
        f"WHERE k.subtype_id = {row}.type_id AND NOT EXISTS (SELECT 1 FROM trading_term t "
        f"WHERE t.contract_id = {row}.contract_id AND t.type_id = r.term_type_id "
        "AND t.known_to = <forever>))"
    )
