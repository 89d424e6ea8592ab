"""What the database itself refuses of scenario elements (9.4)."""

from __future__ import annotations

from ...patterns.persistence.addition import only_added
from ...patterns.persistence.guard import guard, refuse_when
from .argument import ACYCLIC, ScenarioArgument
from .element import AS_SOURCED, KEPT, NOT_LATER, ScenarioElement

_ELEMENT = ScenarioElement.__tablename__
_ARGUMENT = ScenarioArgument.__tablename__


def _of_another_indicator(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM trading_source_quote q JOIN trading_source_index i ON i.id = q.index_id "
        f"WHERE q.version = {row}.source_quote_id AND i.indicator_id <> {row}.indicator_id)"
    )


def _made_later(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM trading_source_quote q JOIN trading_scenario s ON q.at > s.at "
        f"WHERE q.version = {row}.source_quote_id AND s.id = {row}.scenario_id)"
    )


def _stands_no_lower(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_ELEMENT} e JOIN {_ELEMENT} a ON a.height >= e.height "
        f"WHERE e.id = {row}.element_id AND a.id = {row}.argument_id)"
    )


guard(
    ScenarioElement.__table__,  # type: ignore[arg-type]
    refuse_when(
        AS_SOURCED, _ELEMENT, "INSERT", _of_another_indicator,
        because="a quote that its source made of another indicator",
    ),
    refuse_when(
        NOT_LATER, _ELEMENT, "INSERT", _made_later, because="a quote that was made after the scenario"
    ),
)  # fmt: skip
guard(
    ScenarioArgument.__table__,  # type: ignore[arg-type]
    refuse_when(ACYCLIC, _ARGUMENT, "INSERT", _stands_no_lower, because="an argument that stands no lower"),
)
only_added(ScenarioElement, KEPT)
only_added(ScenarioArgument, KEPT)
