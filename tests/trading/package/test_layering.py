"""11.2, one direction for good: layers know what is below them, and some things are never imported."""

from __future__ import annotations

from itertools import pairwise

import pytest
from grimp import ImportGraph, Layer
from hypothesis import given, settings
from hypothesis import strategies as some

from analysis_patterns.trading.package import (
    Declaration,
    Exemption,
    Import,
    Imports,
    Layering,
    illegal_imports,
    require_obeyed,
)
from tests.covered import Covered
from tests.refusals import refuses

from .house import declared, found, with_further

LAYERED = Layering(name="three", within="r", layers=("a", "b | c", "(d) : e"))


def layered(layering: Layering = LAYERED) -> Declaration:
    """A declaration of one layering."""
    return Declaration(roots=("r",), layerings=(layering,))


def imports(*pairs: str) -> Imports:
    """Imports written as `a > b`, in a root where all the layers are."""
    each = (pair.split(" > ") for pair in pairs)
    return Imports.of(
        *(
            Import(f"r.{importer}", f"r.{imported}", number)
            for number, (importer, imported) in enumerate(each, 1)
        ),
        modules=[f"r.{name}" for name in "abcde"],
    )


@pytest.mark.parametrize(
    "pair", ["a > b", "a > e", "b.x > d", "d > e", "e > d.y", "b > b.x", "z > a", "e > z"]
)
def test_a_layer_imports_what_is_below_it_and_beside_it_where_it_may(pair: str) -> None:
    assert illegal_imports(layered(), imports(pair)) == ()


@pytest.mark.parametrize("pair", ["b > a", "e.x > a.y", "d > c", "b > c", "c.x > b"])
def test_a_layer_imports_nothing_above_it_or_beside_it(pair: str) -> None:
    with refuses("package.import-as-layered"):
        require_obeyed(layered(), imports(pair))


def test_what_is_found_says_where_and_what_is_allowed() -> None:
    upward = with_further(Import("house.scenario.structure", "house.portfolio", 8))
    unpackaged = declared().model_copy(update={"packages": (), "mutual": ()})

    (problem,) = illegal_imports(unpackaged, upward)

    assert str(problem) == (
        "house.scenario.structure:8: package.import-as-layered: found house.scenario.structure imports "
        "house.portfolio; allowed: in the layering house (house.yaml:46), house.scenario knows "
        "house.calendar, "
        "house.money. Move what is imported down, or hand it in from above"
    )


def test_nor_does_it_through_what_is_in_no_layer() -> None:
    assert found(layered(), imports("e > z", "z > y", "y > a")) == [
        "r.e imports r.z, which imports r.y, which imports r.a"
    ]


def test_a_way_through_another_layer_is_told_of_there() -> None:
    assert found(layered(), imports("d > e", "e > b")) == ["r.e imports r.b"]


def test_so_is_one_through_another_layer_and_what_is_in_none() -> None:
    assert found(layered(), imports("d > e", "e > z", "z > b")) == ["r.e imports r.z, which imports r.b"]


def test_so_is_one_through_another_module_of_the_same_layer() -> None:
    assert found(layered(), imports("e.x > e.y", "e.y > z", "z > a")) == [
        "r.e.y imports r.z, which imports r.a"
    ]


def test_what_is_layered_further_in_has_a_layer() -> None:
    inner = Layering(name="inner", within="r", layers=("a.x", "b"), complete=True)

    assert illegal_imports(layered(inner), Imports.of(Import("r.a.x", "r.b"))) == ()


def test_refuses_a_module_without_a_layer_where_all_should_have_one() -> None:
    with refuses("package.module-placed") as refused:
        require_obeyed(declared(), with_further(Import("house.broker", "house.money")))

    assert "found house.broker in no layer of house" in str(refused.value)


def test_only_what_may_be_missing_may_be_missing() -> None:
    present = Imports.of(Import("r.a", "r.b"), Import("r.a", "r.c"), Import("r.a", "r.e"))

    assert illegal_imports(layered(), present) == ()
    with refuses("package.module-exists"):
        require_obeyed(layered(), Imports.of(Import("r.a", "r.c"), Import("r.a", "r.e")))


def test_an_exemption_lets_its_import_pass_and_no_other() -> None:
    exempt = Exemption(importer="r.e", imported="r.a.x", reason="as in the book")
    layering = LAYERED.model_copy(update={"exemptions": (exempt,)})

    assert found(layered(layering), imports("e > a.x", "e > a")) == ["r.e imports r.a"]


def test_refuses_an_exemption_of_what_is_not_imported() -> None:
    exempt = Exemption(importer="r.e", imported="r.a", reason="as in the book")

    with refuses("package.exemption-used"):
        require_obeyed(layered(LAYERED.model_copy(update={"exemptions": (exempt,)})), imports("a > e"))


def test_refuses_an_exemption_without_a_reason() -> None:
    exempt = Exemption(importer="r.e", imported="r.a", reason=" ")

    with refuses("package.reason-given"):
        layered(LAYERED.model_copy(update={"exemptions": (exempt,)}))


@pytest.mark.parametrize("layer", ["", "a | b : c", "a b", "(a", "a |", "a-b", "(a) (b)", "a, b"])
def test_refuses_what_is_no_layer(layer: str) -> None:
    with refuses("package.layer-notation"):
        layered(Layering(name="one", within="r", layers=("x", layer)))


@pytest.mark.parametrize("layers", [("a", "a"), ("a", "b | a.c"), ("a | a",), ("a.b", "(a)")])
def test_refuses_a_module_in_two_layers(layers: tuple[str, ...]) -> None:
    with refuses("package.layer-once"):
        layered(Layering(name="one", within="r", layers=layers))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("modules: [house.money, house.scenario]", "modules: []"),
        ("imports: [sqlite3]", "imports: []"),
    ],
)
def test_refuses_a_prohibition_that_says_nothing(old: str, new: str) -> None:
    with refuses("package.says-something"):
        declared((old, new))


def test_refuses_a_layering_without_layers() -> None:
    with refuses("package.says-something"):
        layered(Layering(name="none", within="r", layers=()))


def test_refuses_a_declaration_that_declares_nothing() -> None:
    with refuses("package.says-something"):
        Declaration(roots=("r",))


def test_what_is_prohibited_is_not_imported() -> None:
    with refuses("package.import-not-prohibited") as refused:
        require_obeyed(declared(), with_further(Import("house.scenario.sources", "sqlite3", 2)))

    assert str(refused.value).startswith(
        "house.scenario.sources:2: package.import-not-prohibited: found house.scenario.sources imports "
        "sqlite3; "
        "allowed: by no-database (house.yaml:58), anything but sqlite3."
    )


def test_nor_through_others() -> None:
    through = with_further(Import("house.scenario", "house.calendar"), Import("house.calendar", "sqlite3"))

    assert found(declared(), through) == ["house.scenario imports house.calendar, which imports sqlite3"]


def test_a_prohibition_has_exemptions() -> None:
    exempt = "\n    exemptions: [{importer: house.money, imported: sqlite3, reason: rates are kept there}]"
    declaration = declared(("imports: [sqlite3]", f"imports: [sqlite3]{exempt}"))

    assert illegal_imports(declaration, with_further(Import("house.money", "sqlite3"))) == ()
    with refuses("package.exemption-used"):
        require_obeyed(declaration, with_further())


def test_a_package_is_not_prohibited_to_itself() -> None:
    within = declared(("imports: [sqlite3]", "imports: [house.scenario.structure]"))

    assert illegal_imports(within, with_further()) == ()


def test_refuses_a_part_of_what_lies_outside() -> None:
    with refuses("package.outside-is-whole"):
        declared(("imports: [sqlite3]", "imports: [sqlite3.dbapi2]"))


LAYERS = ("r.a", "r.a.x", "r.b", "r.c", "r.d", "r.e")
BETWEEN = ("r.y", "r.z")
some_ways = some.lists(
    some.tuples(
        some.sampled_from(LAYERS),
        some.lists(some.sampled_from(BETWEEN), unique=True),
        some.sampled_from(LAYERS),
    ),
    min_size=1,
    max_size=4,
)


def layer_of(module: str) -> str:
    """The layer's module that a module lies in, or itself."""
    return ".".join(module.split(".")[:2])


def test_finds_between_which_layers_it_is_as_grimp_does() -> None:
    covered = Covered()

    @settings(deadline=None)
    @given(some_ways)
    def holds(ways: list[tuple[str, list[str], str]]) -> None:
        steps = [pair for start, mid, end in ways for pair in pairwise([start, *mid, end])]
        pairs = {(importer, imported) for importer, imported in steps if importer != imported}
        expected = by_grimp(pairs)

        told = illegal_imports(
            layered(), Imports.of(*(Import(*pair) for pair in pairs), modules=(*LAYERS, *BETWEEN))
        )

        found = [str(problem.violation.found).replace(",", "").split() for problem in told]
        between = {(layer_of(words[0]), layer_of(words[-1])) for words in found}
        is_roundabout = all("which" in words for words in found)
        assert bool(told) == bool(expected)
        # What leads through an illegal import is told of there alone.
        assert between == expected if is_roundabout else between <= expected
        covered.case(kept=not expected, direct=not is_roundabout, roundabout=bool(told) and is_roundabout)

    holds()

    covered.enough()


def by_grimp(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Between which layers grimp finds that it is not as layered."""
    graph = ImportGraph()
    for name in ("r", *LAYERS, *BETWEEN):
        graph.add_module(name)
    for importer, imported in pairs:
        graph.add_import(importer=importer, imported=imported)
    layers = (Layer("a"), Layer("b", "c", independent=True), Layer("d", "e", independent=False))
    found = graph.find_illegal_dependencies_for_layers(layers=layers, containers={"r"})
    return {(each.importer, each.imported) for each in found}
