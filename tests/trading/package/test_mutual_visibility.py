"""11.2 Mutual visibility: packages see each other only where that is declared of both, with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis_patterns.trading.package import (
    AccessLevel,
    Declaration,
    DeclarationError,
    Import,
    Imports,
    MutualVisibility,
    Package,
    illegal_imports,
)
from tests.covered import Covered
from tests.refusals import refuses

from .house import OBEYED, declared

REASON = "a contract names its parties, and a party is asked for its contracts"
MUTUAL = f"mutual:\n  - between: [contract, party]\n    reason: {REASON}\n"


def packages(**seen_by: str) -> tuple[Package, ...]:
    """Packages by name, each with the names of those that see it."""
    return tuple(
        Package(
            name=name,
            module=f"house.{name}",
            levels=(AccessLevel(users=tuple(users.split())),) if users else (),
        )
        for name, users in seen_by.items()
    )


def test_two_that_are_declared_mutual_import_each_other() -> None:
    assert [(each.between, each.reason) for each in declared().mutual] == [(("contract", "party"), REASON)]
    assert illegal_imports(declared(), Imports.of(*OBEYED)) == ()


def test_refuses_two_that_see_each_other_undeclared() -> None:
    with refuses("package.cycle-declared") as refused:
        declared((MUTUAL, ""))

    assert str(refused.value) == (
        "house.yaml:17: package.cycle-declared: found contract sees party sees contract; allowed: "
        "visibility in "
        "one direction, or declared mutual. Merge them, drop one direction, or declare under `mutual` why "
        "not"
    )


def test_refuses_a_circle_of_three() -> None:
    with refuses("package.cycle-declared") as refused:
        Declaration(roots=("house",), packages=packages(a="c", b="a", c="b"))

    assert refused.value.found == "a sees b sees c sees a"


def test_three_in_a_circle_may_be_declared_mutual() -> None:
    mutual = MutualVisibility(between=("a", "b", "c"), reason="they are one subject")

    three = Declaration(roots=("house",), packages=packages(a="c", b="a", c="b"), mutual=(mutual,))

    assert three.mutual == (mutual,)


def test_refuses_a_circle_through_two_that_are_mutual() -> None:
    mutual = MutualVisibility(between=("a", "b"), reason="they are one subject")

    with refuses("package.cycle-declared") as refused:
        Declaration(roots=("house",), packages=packages(a="b", b="a c", c="a"), mutual=(mutual,))

    assert refused.value.found == "a and b sees c sees a and b"


def test_refuses_what_everybody_sees_and_sees_somebody() -> None:
    with refuses("package.cycle-declared"):
        Declaration(roots=("house",), packages=packages(money="*", calendar="money"))


@pytest.mark.parametrize("between", ["[contract, scenario]", "[contract]", "[contract, contract]", "[]"])
def test_refuses_to_call_mutual_what_is_not(between: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        declared(("between: [contract, party]", f"between: {between}"))

    assert {problem.rule.name for problem in refused.value.problems} == {
        "package.mutual-meant",
        "package.cycle-declared",
    }


def test_refuses_to_call_mutual_what_sees_in_one_direction() -> None:
    with refuses("package.mutual-meant"):
        Declaration(
            roots=("house",),
            packages=packages(a="b", b=""),
            mutual=(MutualVisibility(between=("a", "b"), reason="it may come to that"),),
        )


def test_refuses_to_call_mutual_what_is_not_declared() -> None:
    with refuses("package.known"):
        Declaration(
            roots=("house",),
            packages=packages(a=""),
            mutual=(MutualVisibility(between=("a", "b"), reason="it may come to that"),),
        )


@pytest.mark.parametrize("reason", ["''", "' '", '"two\\nlines"'])
def test_refuses_no_reason(reason: str) -> None:
    with refuses("package.reason-given"):
        declared((f"reason: {REASON}", f"reason: {reason}"))


NAMES = ("a", "b", "c", "d")
some_pairs = some.sets(
    some.tuples(some.sampled_from(NAMES), some.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]),
    max_size=5,
)


def reaches(pairs: set[tuple[str, str]], start: str, end: str) -> bool:
    """Whether a way of one pair or more leads from one name to another, by trying them all."""
    reached = {start}
    for _ in NAMES:
        reached |= {head for tail, head in pairs if tail in reached}
    return any(tail in reached and head == end for tail, head in pairs)


def test_refuses_exactly_those_who_see_themselves_in_a_circle() -> None:
    covered = Covered()

    @given(some_pairs)
    def holds(pairs: set[tuple[str, str]]) -> None:
        seen_by = {name: " ".join(sorted(tail for tail, head in pairs if head == name)) for name in NAMES}
        has_circle = any(reaches(pairs, name, name) for name in NAMES)

        try:
            Declaration(roots=("house",), packages=packages(**seen_by))
            refused = set[str]()
        except DeclarationError as error:
            refused = {problem.rule.name for problem in error.problems}

        assert refused == ({"package.cycle-declared"} if has_circle else set())
        covered.case(circle=has_circle, none=not has_circle and len(pairs) > 1)

    holds()

    covered.enough()


def test_an_import_against_the_one_direction_is_refused() -> None:
    against = Imports.of(*OBEYED, Import("house.scenario", "house.contract", 8))

    (problem,) = [each for each in illegal_imports(declared(), against) if "level" in each.rule.name]

    assert problem.rule.name == "package.import-through-level"
    assert problem.violation.allowed == "of contract, to scenario: nothing (house.yaml:17)"
