"""Declarations are read from YAML and TOML (11); what is wrong with one is told at once, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis_patterns.patterns.knowledge.reader import LIMITS
from analysis_patterns.trading.package import (
    Declaration,
    DeclarationError,
    Package,
    Place,
    parse_declaration,
    read_declaration,
)
from tests.refusals import refuses

from .house import text

IN_YAML = """\
roots: [house]
packages:
  - name: contract
    module: house.contract
  - name: barrier
    module: house.barrier
    subtype_of: [contract]
    levels:
      - name: facade
        users: [risk]
      - {name: inside, shows: [house.barrier.hit], users: [risk]}
  - {name: risk, module: house.risk}
"""

IN_TOML = """\
roots = ["house"]  # one

[[packages]]
name = "contract"
module = "house.contract"

[[packages]]
name = "barrier"
module = "house.barrier"
subtype_of = ["contract"]

[[packages.levels]]
name = "facade"
users = ["risk"]

[[ packages . levels ]]
name = "inside"
shows = ["house.barrier.hit"]
users = ["risk"]

[[packages]]
name = "risk"
module = "house.risk"
"""


def problems(given: str | bytes, file: str = "house.yaml") -> list[str]:
    """What is wrong with a declaration, a line each."""
    with pytest.raises(DeclarationError) as refused:
        parse_declaration(given, file=file)
    return [str(problem) for problem in refused.value.problems]


def places(given: str, file: str) -> list[str]:
    """Where something is wrong with a declaration, and which rule it breaks."""
    with pytest.raises(DeclarationError) as refused:
        parse_declaration(given, file=file)
    return [f"{problem.place} {problem.rule.name}" for problem in refused.value.problems]


def test_yaml_and_toml_say_the_same() -> None:
    in_yaml = parse_declaration(IN_YAML)

    assert in_yaml == parse_declaration(IN_TOML, file="house.toml")
    assert [level.shows for level in in_yaml.named("barrier").levels] == [(), ("house.barrier.hit",)]


@pytest.mark.parametrize(("name", "written"), [("house.yaml", IN_YAML), ("house.toml", IN_TOML)])
def test_a_file_is_read_by_the_end_of_its_name(name: str, written: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(written, encoding="utf-8")

    assert read_declaration(path) == parse_declaration(IN_YAML)


def test_each_part_has_its_line() -> None:
    in_yaml = parse_declaration(IN_YAML, file="house.yaml")
    in_toml = parse_declaration(IN_TOML, file="house.toml")

    paths: list[tuple[int | str, ...]] = [
        ("roots",),
        ("packages", 1),
        ("packages", 1, "subtype_of", 0),
        ("packages", 1, "levels", 0, "users"),
        ("packages", 1, "levels", 1),
        ("packages", 2, "module"),
    ]
    assert [in_yaml.place(*path).line for path in paths] == [1, 5, 7, 10, 11, 12]
    assert [in_toml.place(*path).line for path in paths] == [1, 7, 10, 14, 16, 23]


def test_what_was_made_in_python_has_a_path_instead_of_a_line() -> None:
    made = Declaration(roots=("house",), packages=(Package(name="money", module="house.money"),))

    assert str(made.place("packages", 0, "levels", 1)) == "packages[1].levels[2]"
    assert str(Place("house.toml", 0, ("roots",))) == "house.toml: roots"


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    wrong = text(
        ("module: house.portfolio", "module: houses.portfolio"),
        ("- {users: [portfolio, party]}", "- {name: facade}"),
        ('"contract : party"', '"contract & party"'),
    )

    assert places(wrong, "house.yaml") == [
        "house.yaml:20 package.level-has-users",
        "house.yaml:34 package.in-a-root",
        "house.yaml:42 package.mutual-meant",
        "house.yaml:52 package.layer-notation",
    ]


def test_everything_wrong_in_toml_is_told_with_its_line_too() -> None:
    wrong = IN_TOML.replace('users = ["risk"]', 'users = ["broker"]').replace('"house.risk"', '"elsewhere"')

    assert places(wrong, "house.toml") == [
        "house.toml:14 package.known",
        "house.toml:19 package.known",
        "house.toml:23 package.in-a-root",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "subtype_of: [contract]",
            "subtype: contract",
            "house.yaml:7: package.declaration-form: found packages[2].subtype, which is not known; "
            "allowed: the "
            "fields name, module, subtype_of, levels. Leave it out",
        ),
        (
            "roots: [house]",
            "roots: house",
            'house.yaml:1: package.declaration-form: found "house" as roots; allowed: should be a list. '
            "Write it so",
        ),
        (
            "- {name: risk, module: house.risk}",
            "- {name: true, module: house.risk}",
            "house.yaml:12: package.declaration-form: found true as packages[3].name; allowed: should be "
            "text. "
            "Write it so",
        ),
        (
            "- {name: risk, module: house.risk}",
            "- {name: risk}",
            "house.yaml:12: package.declaration-form: found packages[3].module missing; allowed: a "
            "declaration with "
            "it. Say it",
        ),
        (
            "roots: [house]",
            "roots: [house]\nlayers: []",
            "house.yaml:2: package.declaration-form: found layers, which is not known; allowed: the fields "
            "roots, "
            "packages, mutual, layerings, prohibitions. Leave it out",
        ),
    ],
)
def test_a_wrong_form_is_told_with_what_is_known(old: str, new: str, said: str) -> None:
    assert problems(IN_YAML.replace(old, new)) == [said]


def test_two_wrong_forms_are_told_at_once() -> None:
    wrong = IN_YAML.replace("roots: [house]", "roots: house").replace("subtype_of", "subtypes_of")

    assert places(wrong, "house.yaml") == [
        "house.yaml:1 package.declaration-form",
        "house.yaml:7 package.declaration-form",
    ]


def test_refuses_a_wrong_form() -> None:
    with refuses("package.declaration-form"):
        parse_declaration("[house]")


@pytest.mark.parametrize(
    ("given", "file", "said"),
    [
        ("", "house.yaml", "house.yaml: package.declaration-read: found there is nothing in it;"),
        ("roots: [a\n", "house.yaml", "house.yaml:2: package.declaration-read: found not YAML:"),
        (
            "roots: &a [a]\nb: *a",
            "house.yaml",
            "house.yaml:1: package.declaration-read: found an anchor, &a;",
        ),
        (
            b"roots: [\xff]",
            "house.yaml",
            "house.yaml:1: package.declaration-read: found byte 0xff is not UTF-8;",
        ),
        (
            "roots: [a]\nroots: [b]",
            "a.yaml",
            "a.yaml:2: package.declaration-read: found the key 'roots' a second",
        ),
        ("roots = [a", "house.toml", "house.toml:1: package.declaration-read: found not TOML:"),
        ('a = 1\nroots = ["a"]\nroots = []', "a.toml", "a.toml:3: package.declaration-read: found not TOML:"),
        (b'a = 1\nroots = ["\xff"]', "a.toml", "a.toml:2: package.declaration-read: found not UTF-8;"),
        ("a = " + "[" * 5000, "a.toml", "a.toml: package.declaration-read: found too many lists and tables"),
        (
            "#" * (LIMITS.bytes + 1),
            "a.toml",
            "a.toml: package.declaration-read: found larger than 1,048,576 bytes",
        ),
        (
            "#" * (LIMITS.bytes + 1),
            "a.yaml",
            "a.yaml: package.declaration-read: found is larger than 1,048,576",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_problem(given: str | bytes, file: str, said: str) -> None:
    (problem,) = problems(given, file)

    assert problem.startswith(said)


def test_an_unknown_table_of_toml_is_told_of_where_it_begins() -> None:
    wrong = f"{IN_TOML}\n[[layers]]\nname = 'house'\n"

    assert places(wrong, "house.toml") == ["house.toml:25 package.declaration-form"]


@pytest.mark.parametrize("value", ["1979-05-27", "1", "1.5", "inf", "{a = 1}", "true"])
def test_a_value_of_toml_is_taken_for_no_text(value: str) -> None:
    with refuses("package.declaration-form"):
        parse_declaration(f"roots = [{value}]", file="house.toml")


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with refuses("package.declaration-read") as refused:
        read_declaration(tmp_path / "none.yaml")

    assert "none.yaml: package.declaration-read: found no file to read: No such file" in str(refused.value)
