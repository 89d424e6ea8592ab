"""Filters that a programmer wrote: a function for a contract, and one for a database (9.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import model_validator
from sqlalchemy import ColumnElement, FromClause, false, func

from ...patterns.accountability.knowledge_document import Name
from ...patterns.constraint import rule
from ...patterns.document import in_pydantic
from ...patterns.errors import AnalysisPatternsError
from ..contract import Contract
from .attribute import Facts
from .filter_kind import Condition, quoted

KNOWN = rule(
    "portfolio-filter.hard-coded",
    pattern="9.2",
    says="A hard-coded filter is one that the application registered by its name.",
)


@dataclass(frozen=True, slots=True)
class HardCodedFilter:
    """
    Two functions that say the same of a contract: one asks the contract, the other its row.

    Shape:  `located` makes the SQL condition on rows of contracts; where that comes to NULL, it is false.
    """

    is_included: Callable[[Contract], bool]
    located: Callable[[FromClause], ColumnElement[bool]]


_REGISTERED: dict[str, HardCodedFilter] = {}


def hard_coded_filter(
    name: str,
    *,
    is_included: Callable[[Contract], bool],
    located: Callable[[FromClause], ColumnElement[bool]],
) -> HardCoded:
    """
    Register a hard-coded filter, and give it.

    Errors: `AnalysisPatternsError` where the name is taken. That both functions say the same is the
            application's promise, and its tests'.
    """
    if name in _REGISTERED:
        raise AnalysisPatternsError(f"a hard-coded filter {name!r} is registered already")
    _REGISTERED[name] = HardCodedFilter(is_included, located)
    return HardCoded(function=name)


class HardCoded(Condition):
    """Contracts that functions of the application choose, by the name under which they are registered."""

    by: Literal["function"] = "function"
    function: Name

    @model_validator(mode="after")
    def _known(self) -> Any:
        if self.function not in _REGISTERED:
            known = ", ".join(map(quoted, sorted(_REGISTERED))) or "none is registered"
            raise in_pydantic(
                KNOWN.violation(
                    found=f"the hard-coded filter {self.function!r}",
                    allowed=known,
                    remedy="Register it first: hard_coded_filter(name, is_included=..., located=...).",
                )
            )
        return self

    def holds(self, facts: Facts) -> bool:
        """What the function for contracts says."""
        return bool(_REGISTERED[self.function].is_included(facts.contract))

    def located(self, contracts: FromClause) -> ColumnElement[bool]:
        """What the function for rows says."""
        return func.coalesce(_REGISTERED[self.function].located(contracts), false())

    def __str__(self) -> str:
        return f"function {quoted(self.function)}"
