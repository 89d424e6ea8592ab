"""Why a filter chooses a contract, or leaves it out: the fewest conditions that decide it (9.2)."""

from __future__ import annotations

from collections.abc import Mapping

from ...patterns.provenance import Explanation
from ..contract import Contract
from .attribute import Facts
from .filter import AllOf, Not
from .filter_kind import Condition, ContractFilter


def why(filter: ContractFilter, contract: Contract) -> Explanation:
    """
    Say why a filter chooses a contract, or does not.

    Shape:  it rests on the conditions that decide it, each with what the contract says of it: see `deciding`.
    Errors: `ConstraintViolation` (`portfolio-filter.known-portfolio`) where it speaks of a portfolio that was
            not looked up.
    """
    facts, said = Facts(contract), filter.normal()
    chosen = "is chosen" if said.includes_facts(facts) else "is left out"
    because = tuple(
        Explanation(f"{each}: {'so' if each.holds(facts) else 'not so'}, {each.found(facts)}")
        for each in deciding(filter, contract)
    )
    return Explanation(f"{contract} {chosen}", f"filter: {said}", because)


def deciding(filter: ContractFilter, contract: Contract) -> tuple[Condition, ...]:
    """
    The conditions that decide whether a filter chooses a contract: whatever the others were, it would or not.

    Shape:  the fewest, where no condition stands twice in the filter; in any case none that could be spared.
    """
    facts, said = Facts(contract), filter.normal()
    holds = {each: each.holds(facts) for each in said.walk() if isinstance(each, Condition)}
    _, chosen = _decided(said, holds)
    kept = dict.fromkeys(chosen)
    for each in chosen:
        rest = {other: holds[other] for other in kept if other != each}
        if verdict(said, rest) is not None:
            kept.pop(each, None)
    return tuple(kept)


def verdict(filter: ContractFilter, known: Mapping[Condition, bool]) -> bool | None:
    """Whether a filter holds, where only of some conditions it is known whether they do; None for unsure."""
    if isinstance(filter, Condition):
        return known.get(filter)
    parts = [verdict(each, known) for each in filter.parts]
    if isinstance(filter, Not):
        return None if parts[0] is None else not parts[0]
    alone = not isinstance(filter, AllOf)
    if alone in parts:
        return alone
    return None if None in parts else not alone


def _decided(filter: ContractFilter, holds: Mapping[Condition, bool]) -> tuple[bool, tuple[Condition, ...]]:
    """Whether a filter holds, and conditions that are enough for it."""
    if isinstance(filter, Condition):
        return holds[filter], (filter,)
    parts = [_decided(each, holds) for each in filter.parts]
    if isinstance(filter, Not):
        return not parts[0][0], parts[0][1]
    # What one part can say alone, true for `or` and false for `and`, is said by the one with the fewest.
    alone = not isinstance(filter, AllOf)
    enough = [conditions for held, conditions in parts if held is alone]
    if enough:
        return alone, min(enough, key=len)
    return not alone, tuple(dict.fromkeys(each for _, conditions in parts for each in conditions))
