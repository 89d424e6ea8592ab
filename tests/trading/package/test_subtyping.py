"""11.3 Subtyping packages: subtypes stand in packages of their own, which the supertypes' never see."""

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
    Package,
    illegal_imports,
    require_obeyed,
    subtypes,
)
from analysis_patterns.trading.package.obedience import into_subtypes
from tests.covered import Covered
from tests.refusals import refuses

from .house import declared, found, with_further


def package(name: str, *, of: str = "", users: str = "") -> Package:
    """A package of subtypes of those named, shown to the users named."""
    levels = (AccessLevel(users=tuple(users.split())),) if users else ()
    return Package(name=name, module=f"house.{name}", subtype_of=tuple(of.split()), levels=levels)


def house(*packages: Package) -> Declaration:
    """A declaration of these packages."""
    return Declaration(roots=("house",), packages=packages)


def test_subtypes_see_the_facade_of_their_supertype_without_being_named() -> None:
    up = Imports.of(
        Import("house.barrier", "house.contract"), Import("house.barrier", "house.contract.terms")
    )

    assert found(house(package("contract"), package("barrier", of="contract")), up) == [
        "house.barrier imports house.contract.terms"
    ]


def test_subtypes_of_subtypes_see_the_supertype_as_well() -> None:
    three = house(package("contract"), package("option", of="contract"), package("barrier", of="option"))

    assert found(three, Imports.of(Import("house.barrier", "house.contract"), modules=["house.option"])) == []
    assert subtypes(three.packages) == {"contract": ("option", "barrier"), "option": ("barrier",)}


def test_the_supertype_imports_no_subtype() -> None:
    down = with_further(Import("house.contract.factory", "house.contract.barrier", 5))

    with refuses("package.import-not-of-subtype") as refused:
        require_obeyed(declared(), down)

    assert str(refused.value) == (
        "house.contract.factory:5: package.import-not-of-subtype: found house.contract.factory imports "
        "house.contract.barrier; allowed: barrier imports contract, of which it holds subtypes, never the "
        "reverse "
        "(house.yaml:24). Let the supertype's own types be asked for what subtypes answer differently"
    )


def test_nor_does_it_through_what_belongs_to_no_package() -> None:
    down = Imports.of(
        Import("house.contract", "house.registry", 6), Import("house.registry", "house.barrier", 1)
    )

    ways = into_subtypes(
        down,
        package="house.contract",
        below=["house.barrier"],
        homes=down.homes(["house.contract", "house.barrier"]),
    )

    assert list(ways) == [down.all]


def test_a_way_through_another_package_is_that_ones_affair() -> None:
    down = Imports.of(
        Import("house.contract", "house.valuation", 6), Import("house.valuation", "house.barrier", 1)
    )

    ways = into_subtypes(
        down,
        package="house.contract",
        below=["house.barrier"],
        homes=down.homes(["house.contract", "house.barrier", "house.valuation"]),
    )

    assert list(ways) == []


def test_what_leads_through_an_illegal_import_is_told_of_there() -> None:
    down = Imports.of(
        Import("house.contract", "house.registry", 6), Import("house.registry", "house.barrier", 1)
    )

    assert found(house(package("contract"), package("barrier", of="contract")), down) == [
        "house.registry imports house.barrier"
    ]


def test_a_third_package_sees_subtypes_only_where_they_name_it() -> None:
    seeing = with_further(
        Import("house.risk", "house.contract.barrier"), Import("house.portfolio", "house.contract.barrier")
    )

    assert found(declared(), seeing) == ["house.portfolio imports house.contract.barrier"]


def test_refuses_a_supertype_that_is_shown_a_subtype() -> None:
    with refuses("package.supertype-sees-no-subtype") as refused:
        declared(("- {users: [risk]}\n\n  - name: party", "- {users: [risk, contract]}\n\n  - name: party"))

    assert str(refused.value).startswith(
        "house.yaml:26: package.supertype-sees-no-subtype: found contract sees barrier; allowed: barrier, "
        "of "
        "subtypes, sees contract, never the reverse."
    )


def test_refuses_a_supertype_that_is_shown_a_subtype_through_others() -> None:
    with refuses("package.supertype-sees-no-subtype") as refused:
        house(
            package("contract"),
            package("valuation", users="contract"),
            package("barrier", of="contract", users="valuation"),
        )

    assert refused.value.found == "contract sees valuation sees barrier"


def test_what_a_supertype_sees_through_another_is_told_of_once() -> None:
    with pytest.raises(DeclarationError) as refused:
        house(
            package("contract"),
            package("option", of="contract", users="contract"),
            package("barrier", of="option", users="option"),
        )

    assert [problem.violation.found for problem in refused.value.problems] == [
        "contract sees option",
        "option sees barrier",
    ]


def test_refuses_two_that_hold_subtypes_of_each_other() -> None:
    with refuses("package.supertype-sees-no-subtype"):
        house(package("contract", of="option"), package("option", of="contract"))


def test_that_they_are_mutual_excuses_no_supertype() -> None:
    with refuses("package.supertype-sees-no-subtype"):
        declared(
            ("- {users: [risk]}\n\n  - name: party", "- {users: [risk, contract]}\n\n  - name: party"),
            ("between: [contract, party]", "between: [contract, party, barrier]"),
        )


def test_refuses_subtypes_that_are_shown_to_everybody() -> None:
    with refuses("package.subtype-names-users"):
        house(package("contract"), package("barrier", of="contract", users="*"))


NAMES = ("a", "b", "c", "d")


def test_a_supertype_never_sees_a_subtype_whatever_is_declared() -> None:
    covered = Covered()

    @given(
        some.dictionaries(some.sampled_from(("b", "c", "d")), some.sampled_from(NAMES), min_size=1),
        some.sets(some.tuples(some.sampled_from(NAMES), some.sampled_from(NAMES)), max_size=3),
    )
    def holds(above: dict[str, str], pairs: set[tuple[str, str]]) -> None:
        packages = [
            package(
                name,
                of=above.get(name, "") if above.get(name) != name else "",
                users=" ".join(sorted(user for user, used in pairs if used == name != user)),
            )
            for name in NAMES
        ]
        try:
            declaration = house(*packages)
        except DeclarationError as error:
            covered.case(
                refused="package.supertype-sees-no-subtype" in {each.rule.name for each in error.problems},
                accepted=False,
            )
            return

        lower = subtypes(declaration.packages)
        covered.case(refused=False, accepted=bool(lower))
        for name, below in lower.items():
            for each in below:
                told = illegal_imports(declaration, Imports.of(Import(f"house.{name}", f"house.{each}")))
                assert [
                    problem.rule.name for problem in told if problem.rule.name != "package.module-exists"
                ] == ["package.import-not-of-subtype"]

    holds()

    covered.enough()
