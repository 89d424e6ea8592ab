"""11.1 Multiple access levels to a package: each client gets the protocol that it needs, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis_patterns.trading.package import (
    AccessLevel,
    Declaration,
    DeclarationError,
    IllegalImports,
    Import,
    Imports,
    Package,
    Place,
    illegal_imports,
    require_obeyed,
    visibilities,
)
from tests.covered import Covered
from tests.refusals import refuses

from .house import OBEYED, declared, found, with_further


def test_what_the_house_imports_is_what_it_declares() -> None:
    assert illegal_imports(declared(), Imports.of(*OBEYED)) == ()


def test_a_user_of_the_facade_alone_gets_no_further() -> None:
    reaching = with_further(Import("house.portfolio.filter", "house.scenario.structure", 7))

    with refuses("package.import-through-level") as refused:
        require_obeyed(declared(), reaching)

    assert str(refused.value) == (
        "house.portfolio.filter:7: package.import-through-level: found house.portfolio.filter imports "
        "house.scenario.structure; allowed: of scenario, to portfolio: house.scenario (level facade, "
        "house.yaml:12). Import what is shown, or let a level show it to its user"
    )


def test_a_user_of_two_levels_sees_what_both_show() -> None:
    seeing = with_further(
        Import("house.risk.limits", "house.scenario"), Import("house.risk.limits", "house.scenario.structure")
    )

    assert illegal_imports(declared(), seeing) == ()


def test_what_no_level_shows_is_seen_by_nobody_else() -> None:
    reaching = with_further(Import("house.risk", "house.portfolio.filter"))

    assert found(declared(), reaching) == ["house.risk imports house.portfolio.filter"]


def test_a_package_that_names_no_levels_shows_nothing() -> None:
    reaching = with_further(Import("house.calendar", "house.risk"))
    unlayered = declared().model_copy(update={"layerings": ()})

    (problem,) = illegal_imports(unlayered, reaching)

    assert problem.violation.allowed == "of risk, to what is in no package: nothing (house.yaml:38)"


def test_a_level_that_names_no_modules_shows_the_facade() -> None:
    level = AccessLevel(users=("risk",))

    assert Package(name="party", module="house.party", levels=(level,)).shown(level) == ("house.party",)


def test_everybody_is_also_what_belongs_to_no_package() -> None:
    outside = with_further(
        Import("house.calendar", "house.money"), Import("house.calendar", "house.scenario")
    )
    unlayered = declared().model_copy(update={"layerings": ()})

    assert found(unlayered, outside) == ["house.calendar imports house.scenario"]


def test_a_module_belongs_to_the_innermost_package() -> None:
    within = with_further(Import("house.contract.barrier.knock_in", "house.contract.terms"))

    assert found(declared(), within) == ["house.contract.barrier.knock_in imports house.contract.terms"]


def test_every_illegal_import_is_told_with_its_place() -> None:
    reaching = with_further(
        Import("house.portfolio", "house.contract.terms", 9),
        Import("house.portfolio", "house.contract.terms", 4),
        Import("house.party", "house.scenario", 3),
    )

    with pytest.raises(IllegalImports) as refused:
        require_obeyed(declared(), reaching)

    assert [problem.place for problem in refused.value.problems] == [
        Place("house.party", 3),
        Place("house.portfolio", 4),
        Place("house.portfolio", 9),
    ]
    assert refused.value.problems[0].violation.objects == (Import("house.party", "house.scenario", 3),)


def test_what_is_declared_is_seen() -> None:
    seen = visibilities(declared().packages)

    assert seen["barrier"] == {"contract", "money", "scenario"}
    assert seen["risk"] == {"barrier", "money", "portfolio", "scenario"}
    assert seen["money"] == set()


def test_refuses_a_level_without_users() -> None:
    with refuses("package.level-has-users"):
        declared(("{users: [contract]}", "{name: facade}"))


@pytest.mark.parametrize("module", ["house.party", "house.contract", "house.contractual", "house"])
def test_refuses_a_level_that_shows_what_belongs_to_others(module: str) -> None:
    with refuses("package.level-shows-its-own"):
        declared(("house.scenario.structure,", f"{module},"))


def test_refuses_a_level_that_shows_what_belongs_to_a_package_inside() -> None:
    with refuses("package.level-shows-its-own"):
        declared(
            ("{users: [portfolio, party]}", "{shows: [house.contract.barrier.knock_in], users: [party]}")
        )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: party\n", "name: risk\n"),
        ("module: house.party", "module: house.money"),
        ("- name: structure", "- name: facade"),
    ],
)
def test_refuses_one_name_for_two_things(old: str, new: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        declared((old, new))

    assert "package.named-once" in {problem.rule.name for problem in refused.value.problems}


def test_refuses_a_second_package_of_one_name() -> None:
    twice = Package(name="money", module="house.money"), Package(name="money", module="house.cash")

    with refuses("package.named-once") as refused:
        Declaration(roots=("house",), packages=twice)

    assert str(refused.value).startswith(
        "packages[2]: package.named-once: found the package 'money' a second"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("users: [contract]", "users: [contract, broker]"), ("subtype_of: [contract]", "subtype_of: [x]")],
)
def test_refuses_the_name_of_no_package(old: str, new: str) -> None:
    with refuses("package.known"):
        declared((old, new))


def test_refuses_a_package_that_is_a_user_of_itself() -> None:
    level = AccessLevel(users=("money",))

    with refuses("package.names-another"):
        Declaration(
            roots=("house",), packages=(Package(name="money", module="house.money", levels=(level,)),)
        )


def test_refuses_a_package_of_subtypes_of_itself() -> None:
    with refuses("package.names-another"):
        Declaration(roots=("house",), packages=(Package(name="a", module="house.a", subtype_of=("a",)),))


@pytest.mark.parametrize("module", ["house-of-cards", "house..money", "1house", "house.*", ""])
def test_refuses_what_is_no_name_of_a_module(module: str) -> None:
    with refuses("package.named"):
        Declaration(roots=("house",), packages=(Package(name="money", module=module),))


@pytest.mark.parametrize("name", ["", "two words", "a:b", "-", "line\nbreak"])
def test_refuses_what_is_no_name(name: str) -> None:
    with refuses("package.named"):
        Declaration(roots=("house",), packages=(Package(name=name, module="house.money"),))


@pytest.mark.parametrize("roots", [(), ("house.money",)])
def test_refuses_roots_that_are_none(roots: tuple[str, ...]) -> None:
    with refuses("package.in-a-root"):
        Declaration(roots=roots, packages=(Package(name="money", module="house.money.cash"),))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("module: house.party", "module: party"),
        ("within: house", "within: houses"),
        ("modules: [house.money,", "modules: [money,"),
    ],
)
def test_refuses_what_lies_in_no_root(old: str, new: str) -> None:
    with refuses("package.in-a-root"):
        declared((old, new))


def test_refuses_a_declaration_of_what_does_not_exist() -> None:
    with refuses("package.module-exists") as refused:
        require_obeyed(
            declared(("[house.scenario.structure, ", "[house.scenario.structure, house.scenario.curve, ")),
            Imports.of(*OBEYED),
        )

    assert "house.yaml:14: package.module-exists: found no module house.scenario.curve" in str(refused.value)


PACKAGES = ("a", "a.b", "c")
MODULES = ("a", "a.x", "a.b", "a.b.y", "c", "c.z", "d")
SHOWN = ("a", "a.x", "a.b", "d")
some_levels = some.lists(
    some.tuples(some.sampled_from(("a", "a.x", "a.**")), some.sampled_from(("inner", "other", "*"))),
    min_size=1,
    max_size=3,
    unique=True,
)


def test_exactly_what_is_shown_to_its_importer_may_be_imported() -> None:
    covered = Covered()

    @given(some_levels, some.tuples(some.sampled_from(MODULES), some.sampled_from(SHOWN)))
    def holds(levels: list[tuple[str, str]], pair: tuple[str, str]) -> None:
        importer, imported = (f"r.{each}" for each in pair)
        declaration = Declaration(
            roots=("r",),
            packages=(
                Package(
                    name="outer",
                    module="r.a",
                    levels=tuple(
                        AccessLevel(name=str(number), shows=(f"r.{shown}",), users=(user,))
                        for number, (shown, user) in enumerate(levels)
                    ),
                ),
                Package(name="inner", module="r.a.b"),
                Package(name="other", module="r.c"),
            ),
        )
        homes = {"a": "outer", "a.x": "outer", "a.b": "inner", "a.b.y": "inner", "c": "other", "c.z": "other"}
        user, used = (homes.get(each) for each in pair)
        is_given = any(
            given in (user, "*")
            and pair[1] in {"a": ("a",), "a.x": ("a.x",), "a.**": ("a.x", "a.b", "a.b.y")}[shown]
            for shown, given in levels
        )
        allowed = used is None or user == used or (used == "outer" and is_given)

        told = illegal_imports(
            declaration, Imports.of(Import(importer, imported), modules=[f"r.{each}" for each in MODULES])
        )

        assert [problem.rule.name for problem in told] == (
            [] if allowed else ["package.import-through-level"]
        )
        covered.case(
            allowed_by_level=is_given and used == "outer" != user, refused=not allowed, outside=user is None
        )

    holds()

    covered.enough()
