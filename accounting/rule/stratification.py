"""Whether a set of posting rules comes to an end: what they read and write forms no circle (6.5, 6.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Literal, Protocol, TypeVar

from ...patterns.constraint import BUILT, ConstraintViolation, Layer, rule

STRATIFIED = rule(
    "posting-rule.stratified",
    pattern="6.5",
    says="Posting rules that work together form no circle: none writes, however far on, what it reads.",
    layers=BUILT | {Layer.FLUSH},
)
AGGREGATE_CHAIN = rule(
    "posting-rule.aggregate-chain",
    pattern="6.7",
    says="What reads the results of a rule per period is itself a rule per period.",
    layers=BUILT | {Layer.FLUSH},
)


@dataclass(frozen=True, slots=True, order=True)
class AccountSet:
    """
    The accounts that a rule speaks of: one by name, those of a type, or those below a summary account.

    Source: Analysis Patterns 6.5 and 6.8.
    """

    kind: Literal["account", "type", "summary"]
    name: str

    def __str__(self) -> str:
        return {
            "account": f"account {self.name!r}",
            "type": f"accounts of type {self.name!r}",
            "summary": f"accounts below {self.name!r}",
        }[self.kind]


class ReadsAndWrites(Protocol):
    """What stratification asks of a posting rule, which as a text is its name."""

    @property
    def reads(self) -> frozenset[AccountSet]:
        """Where the entries come from that it fires on."""
        ...

    @property
    def writes(self) -> frozenset[AccountSet]:
        """Where its own entries may go; what it takes from its trigger is no entry that others fire on."""
        ...

    @property
    def is_aggregate(self) -> bool:
        """Whether it looks at the total of a period, not at entry after entry."""
        ...


R = TypeVar("R", bound=ReadsAndWrites)

Meets = Callable[[AccountSet, AccountSet], bool]
"""Whether two sets may have an account in common, as a chart of accounts tells."""


def are_the_same(one: AccountSet, other: AccountSet) -> bool:
    """What is sure without a chart of accounts: sets of one kind and name are the same."""
    return one == other


def dependencies(rules: Iterable[R], meets: Meets = are_the_same) -> dict[R, set[R]]:
    """
    Each rule with those that write what it reads, itself among them where it does.

    Units:  the rules in order of their names, so that the same set always gives the same answer.
    """
    ordered = sorted(dict.fromkeys(rules), key=str)
    return {
        reader: {
            writer
            for writer in ordered
            if any(meets(written, read) for written in writer.writes for read in reader.reads)
        }
        for reader in ordered
    }


def strata(rules: Iterable[R], meets: Meets = are_the_same) -> tuple[tuple[R, ...], ...]:
    """
    The rules in layers: each reads only what lower layers write, or no rule at all.

    Errors: `ConstraintViolation` (`posting-rule.stratified`) where there are no such layers, with the
            circle; `posting-rule.aggregate-chain` where a rule per entry reads what one per period writes.
    Source: Analysis Patterns 6.5 and 6.7. The book leaves it to the reader that rules must end; here a
            set that might not is refused when it is defined.
    """
    return layers_of(dependencies(rules, meets))


def layers_of(writers: Mapping[R, set[R]]) -> tuple[tuple[R, ...], ...]:
    """The layers of rules given with those that each depends on; errors as for `strata`."""
    sorter = TopologicalSorter(writers)
    try:
        sorter.prepare()
    except CycleError as circle:
        raise _not_stratified(circle.args[1]) from None
    for reader, depended in writers.items():
        for writer in sorted(depended, key=str):
            if writer.is_aggregate and not reader.is_aggregate:
                raise unchained(writer, reader)
    layers = []
    while sorter.is_active():
        ready = sorter.get_ready()
        layers.append(tuple(sorted(ready, key=str)))
        sorter.done(*ready)
    return tuple(layers)


def _not_stratified(circle: list[R]) -> ConstraintViolation:
    # graphlib names each rule's predecessor first, so the list runs the way that entries flow.
    smallest = min(range(len(circle) - 1), key=lambda at: str(circle[at]))
    turned = circle[smallest:-1] + circle[:smallest] + [circle[smallest]]
    steps = [f"{writer} writes what {reader} reads" for writer, reader in pairwise(turned)]
    return STRATIFIED.violation(
        *turned[:-1],
        found="a circle: " + ", ".join(steps),
        allowed="rules of which none writes, however far on, what it reads",
        remedy="Take one of them out, or let it write to another account.",
    )


def unchained(writer: ReadsAndWrites, reader: ReadsAndWrites) -> ConstraintViolation:
    """The refusal of a rule per entry that reads what a rule per period writes."""
    return AGGREGATE_CHAIN.violation(
        writer,
        reader,
        found=f"{reader}, a rule per entry, reading what {writer} writes per period",
        allowed="rules per period on what rules per period write",
        remedy=f"Let {reader} look at a period too: the entries of {writer} are "
        "differences of its total, as many as there were runs.",
    )
