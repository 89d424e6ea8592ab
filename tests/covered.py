"""How a property test shows that its cases were not trivial, and that it would notice a fault."""

from __future__ import annotations

import inspect
from collections import Counter
from types import ModuleType
from typing import Any

from analysis_patterns.patterns.catalogue.record import _ATTACHED
from analysis_patterns.patterns.constraint import _RULES


class Covered:
    """
    Counts, over the generated cases, how many were of each interesting kind.

    Errors: `AssertionError` from `enough` where a kind was met in fewer than one case in twenty.
    """

    def __init__(self) -> None:
        self.cases = 0
        self.kinds: Counter[str] = Counter()

    def case(self, **kinds: bool) -> None:
        """Count one generated case, by what it holds."""
        self.cases += 1
        self.kinds.update({kind: int(met) for kind, met in kinds.items()})

    def enough(self, *, one_in: int = 20) -> None:
        """Fail unless each kind was met in at least one case in `one_in`."""
        assert self.cases, "no case was counted"
        rare = {kind: met for kind, met in self.kinds.items() if met * one_in < self.cases}
        assert not rare, f"of {self.cases} cases too few were {rare}"


def with_fault(module: ModuleType, right: str, wrong: str) -> ModuleType:
    """
    Give a copy of `module` with one deliberate fault: `wrong` where its source says `right`.

    Errors: `AssertionError` where the source does not say `right` exactly once.
    """
    source = inspect.getsource(module)
    assert source.count(right) == 1, f"{module.__name__} says {right!r} {source.count(right)} times"
    faulty = ModuleType(module.__name__)
    faulty.__dict__.update(__package__=module.__package__, __file__=module.__file__)
    # The copy states its rules and attaches its patterns again, and each may be so only once.
    registers: tuple[dict[str, Any], ...] = (_RULES, _ATTACHED)
    kept: list[dict[str, Any]] = [dict(register) for register in registers]
    for register in registers:
        register.clear()
    try:
        exec(compile(source.replace(right, wrong), f"<{module.__name__}, faulty>", "exec"), vars(faulty))
    finally:
        for register, entries in zip(registers, kept, strict=True):
            register.clear()
            register.update(entries)
    return faulty
