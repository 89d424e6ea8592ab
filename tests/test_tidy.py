"""How the code reads: what can be enforced of the house style is enforced here, without exceptions."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGES = ("patterns", "observation", "accounting", "trading", "diagrams")
ROOMS = (*PACKAGES, "src", "tests", "benchmarks", "docs", "examples")
EXACT = ("patterns", "observation", "accounting")

MODULE_LINES = 400
CLASS_LINES = 200
FUNCTION_LINES = 50

UNFINISHED = re.compile(rf"\b({'|'.join(('TO' + 'DO', 'FIX' + 'ME', 'X' * 3, 'HA' + 'CK'))})\b")
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:work|root|home|tmp)/\w")
EMPTY_NAME = re.compile(r"(?i:(manager|helper|util)s?)$|^Base[A-Z]")
HEADINGS = ("Shape", "Units", "Errors", "Source")
FOREIGN_HEADING = re.compile(
    r"^\s*(Args|Arguments|Returns|Raises|Yields|Notes?|Parameters|Attributes):|:param ", re.M
)
TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".sql", ".html", ".css", ".js", ".txt", ".sh"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One Python file of the project, parsed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(PROJECT).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)

    @property
    def is_public(self) -> bool:
        """Whether its name, and its folders' names, say that others may use it."""
        return not any(re.match(r"_(?!_)", part) for part in Path(self.name).with_suffix("").parts)


LIBRARY = [Module(path) for room in (*PACKAGES, "src") for path in sorted((PROJECT / room).rglob("*.py"))]


def texts() -> Iterator[Path]:
    """Every file of the project that people read, once."""
    for path in sorted(PROJECT.iterdir()):
        if path.is_file() and (path.suffix in TEXTS or path.name in {"Makefile", "LICENSE", ".gitignore"}):
            yield path
    for room in (*ROOMS, ".ci"):
        for path in sorted((PROJECT / room).rglob("*")):
            if path.is_file() and (path.suffix in TEXTS or room == ".ci"):
                yield path


def lines_of(node: ast.AST) -> int:
    """How many lines `node` takes, its docstring included."""
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


def documented(node: ast.AST) -> str:
    """The docstring of `node`, empty where it has none."""
    return (isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node)) or ""


def all_of(module: Module) -> list[str]:
    """The names that `module` lists in `__all__`; none where it has no such list."""
    for node in module.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            value = getattr(node, "value", None)
            return list(ast.literal_eval(value)) if isinstance(value, ast.List | ast.Tuple) else []
    return []


def reading_order(name: str) -> tuple[int, str]:
    """Constants first, then classes, then the rest: the order that `ruff check` (RUF022) keeps."""
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, name


def offending(*kinds: type[ast.AST], breaks: Callable[[ast.AST], bool]) -> list[str]:
    """Where in the library a node of these kinds `breaks` the rule in question."""
    return [
        f"{module.name}:{getattr(node, 'lineno', 1)}"
        for module in LIBRARY
        for node in ast.walk(module.tree)
        if isinstance(node, kinds) and breaks(node)
    ]


def assert_none(places: list[str]) -> None:
    """Fail with every one of `places`, where there is any."""
    assert not places, "\n" + "\n".join(places)


def test_a_module_stops_at_four_hundred_lines() -> None:
    assert_none([module.name for module in LIBRARY if len(module.text.splitlines()) > MODULE_LINES])


def test_a_class_stops_at_two_hundred_lines() -> None:
    assert_none(offending(ast.ClassDef, breaks=lambda node: lines_of(node) > CLASS_LINES))


def test_a_function_stops_at_fifty_lines() -> None:
    long = offending(
        ast.FunctionDef, ast.AsyncFunctionDef, breaks=lambda node: lines_of(node) > FUNCTION_LINES
    )

    assert_none(long)


def test_every_module_says_what_it_is() -> None:
    assert_none([module.name for module in LIBRARY if ast.get_docstring(module.tree) is None])


def test_every_public_class_and_function_says_what_it_is() -> None:
    silent = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in LIBRARY
        for node in module.tree.body
        if isinstance(node, ast.ClassDef | Function) and ast.get_docstring(node) is None
        if module.is_public and not node.name.startswith("_")
        if "overload" not in [ast.unparse(decorator) for decorator in node.decorator_list]
    ]

    assert_none(silent)


def test_a_docstring_has_the_house_form() -> None:
    def is_foreign(node: ast.AST) -> bool:
        docstring = documented(node)
        found = re.findall(rf"^({'|'.join(HEADINGS)}): ", docstring, re.M)
        in_order = [heading for heading in HEADINGS if heading in found]
        return found != in_order or FOREIGN_HEADING.search(docstring) is not None

    assert_none(offending(ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, breaks=is_foreign))


def test_a_name_says_something() -> None:
    def is_empty(node: ast.AST) -> bool:
        return EMPTY_NAME.search(getattr(node, "name", "")) is not None

    assert_none(offending(ast.ClassDef, breaks=is_empty))
    assert_none([module.name for module in LIBRARY if EMPTY_NAME.search(module.path.stem)])


def test_public_names_are_listed_in_reading_order() -> None:
    for module in LIBRARY:
        listed = all_of(module)

        assert listed == sorted(set(listed), key=reading_order), module.name


def test_the_floors_import_each_other_relatively() -> None:
    own = re.compile(rf"(from|import) (analysis_patterns|{'|'.join(PACKAGES)})\b")

    found = offending(ast.Import, ast.ImportFrom, breaks=lambda node: bool(own.match(ast.unparse(node))))

    assert_none([place for place in found if place.split("/")[0] in PACKAGES])


def test_no_error_is_swallowed() -> None:
    def is_silent(node: ast.AST) -> bool:
        return all(isinstance(step, ast.Pass) for step in getattr(node, "body", []))

    assert_none(offending(ast.ExceptHandler, breaks=is_silent))


def test_no_generator_stops_while_autoflush_is_off() -> None:
    """Left open, it would end at any time, and leave a session without autoflush for good."""

    def stops_midway(node: ast.AST) -> bool:
        held = " ".join(ast.unparse(item) for item in getattr(node, "items", []))
        within = [step for part in getattr(node, "body", []) for step in ast.walk(part)]
        return "no_autoflush" in held and any(isinstance(each, ast.Yield | ast.YieldFrom) for each in within)

    assert_none(offending(ast.With, breaks=stops_midway))


def test_nothing_is_left_unimplemented() -> None:
    assert_none(offending(ast.Raise, breaks=lambda node: "NotImplemented" in ast.unparse(node)))


def test_no_binary_float_is_made_where_numbers_are_exact() -> None:
    made = offending(ast.Call, breaks=lambda node: ast.unparse(node).startswith("float("))

    assert_none([place for place in made if place.split("/")[0] in EXACT])


def test_nothing_is_left_for_later() -> None:
    assert_none([str(path) for path in texts() if UNFINISHED.search(path.read_text(encoding="utf-8"))])


def test_nothing_speaks_of_one_machine() -> None:
    assert_none([str(path) for path in texts() if MACHINE_PATH.search(path.read_text(encoding="utf-8"))])


@pytest.mark.parametrize("package", PACKAGES)
def test_the_one_import_name_leads_to_the_real_folders(package: str) -> None:
    link = PROJECT / "src" / "analysis_patterns" / package

    assert link.is_symlink()
    assert link.readlink() == Path("../..") / package
    assert (link / "__init__.py").samefile(PROJECT / package / "__init__.py")


def test_the_typing_marker_ships() -> None:
    assert (PROJECT / "src" / "analysis_patterns" / "py.typed").read_text() == ""
