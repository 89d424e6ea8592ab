"""What imports what: read from the code by grimp, or said in Python (11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ...patterns.constraint import rule
from ...patterns.errors import AnalysisPatternsError
from .package import home, is_within
from .place import Place

if TYPE_CHECKING:
    from grimp import ImportGraph

SOURCE_READ = rule(
    "package.source-read",
    pattern="11.1",
    says="Each root is a package that Python finds, and all of its source is Python.",
)


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """That one module imports another, on a line of its file; 0 where no line is known."""

    importer: str
    imported: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.importer} imports {self.imported}"


@dataclass(frozen=True)
class Imports:
    """
    All that is imported in some code.

    Shape:  the names of its modules and of what they import, the imports in order, and the folder of each
            root that was read.
    """

    modules: frozenset[str]
    all: tuple[Import, ...]
    folders: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(
        cls, *imports: Import, modules: Iterable[str] = (), folders: Mapping[str, Path] | None = None
    ) -> Imports:
        """These imports, and the modules that take part in them, with those around, and in `modules`."""
        named = {*modules, *(name for each in imports for name in (each.importer, each.imported))}
        around = {
            ".".join(parts[:count])
            for parts in (name.split(".") for name in named)
            for count in range(1, len(parts) + 1)
        }
        return cls(frozenset(around), tuple(sorted(imports)), folders or {})

    @cached_property
    def by_imported(self) -> Mapping[str, list[Import]]:
        """The imports by what they import."""
        found: dict[str, list[Import]] = {}
        for each in self.all:
            found.setdefault(each.imported, []).append(each)
        return found

    def homes(self, packages: Iterable[str]) -> Mapping[str, str | None]:
        """For each module the innermost of `packages`, given by their modules, that it belongs to."""
        known = tuple(packages)
        return {module: home(module, known) for module in self.modules}

    def below(self, module: str) -> set[str]:
        """The module and those below it."""
        return {each for each in self.modules if is_within(each, module)}

    def children(self, module: str) -> list[str]:
        """The modules right below it, in order."""
        return sorted(each for each in self.modules if each.rpartition(".")[0] == module)

    def without(self, pairs: Iterable[tuple[str, str]]) -> Imports:
        """The same without the imports between these pairs of modules."""
        left_out = set(pairs)
        kept = tuple(each for each in self.all if (each.importer, each.imported) not in left_out)
        return Imports(self.modules, kept, self.folders)

    def place(self, one: Import) -> Place:
        """The file and the line of an import; the module, where its file is not known."""
        root, *rest = one.importer.split(".")
        if root not in self.folders:
            return Place(one.importer, one.line)
        path = self.folders[root].joinpath(*rest)
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        return Place(_as_seen_from_here(file), one.line)


def _as_seen_from_here(file: Path) -> str:
    real = file.resolve()  # a link says less than the file that an editor opens
    return str(real.relative_to(Path.cwd())) if real.is_relative_to(Path.cwd()) else str(real)


def read_imports(roots: Sequence[str]) -> Imports:
    """
    Read what is imported in the packages `roots`, and in all below them; none of it is run.

    Errors: `ConstraintViolation` where a root is not found, or some source is not Python;
            `AnalysisPatternsError` where grimp, which reads it, is not installed.
    """
    try:
        import grimp  # noqa: PLC0415 - it comes with an extra
        from grimp.exceptions import GrimpException  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise AnalysisPatternsError(
            "reading imports needs grimp: install it with 'analysis-patterns[packages]'"
        ) from missing
    folders = {root: _folder(root) for root in roots}
    try:
        graph = grimp.build_graph(*roots, include_external_packages=True, cache_dir=None)
    except (GrimpException, SyntaxError, ValueError) as refused:
        raise SOURCE_READ.violation(
            found=" ".join(str(refused).split()),
            allowed="Python's own syntax, in UTF-8",
            remedy="Put it right first",
        ) from refused
    return imports_in(graph, folders)


def imports_in(graph: ImportGraph, folders: Mapping[str, Path] | None = None) -> Imports:
    """All that is imported in a graph of grimp's."""
    found = [
        Import(importer, imported, details["line_number"])
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        for details in graph.get_import_details(importer=importer, imported=imported)
    ]
    return Imports(frozenset(graph.modules), tuple(sorted(found)), folders or {})


def _folder(root: str) -> Path:
    try:
        spec = None if "." in root else find_spec(root)
    except ValueError:  # a script that is being run has no specification
        spec = None
    for folder in (spec.submodule_search_locations if spec else None) or ():
        return Path(folder)
    raise SOURCE_READ.violation(
        found=f"no package {root!r}",
        allowed="packages that Python finds, by the first part of their names",
        remedy="Install it, or say in PYTHONPATH where it is",
    )


def chains(
    imports: Imports,
    *,
    sources: set[str],
    targets: set[str],
    around: set[str] = frozenset(),  # type: ignore[assignment]
) -> Iterator[tuple[Import, ...]]:
    """
    Each import by which a module of `sources` gets to one of `targets`, with the shortest way on from there.

    Shape:  ways lead through none of `sources`, `targets` and those that they go `around`.
    """
    shut = sources | targets | around
    onward: dict[str, Import] = {}
    waiting = sorted(targets)
    for module in waiting:  # it grows while it is read: the nearest come first
        for each in imports.by_imported.get(module, ()):
            if each.importer not in onward and each.importer not in shut:
                onward[each.importer] = each
                waiting.append(each.importer)
    for first in imports.all:
        if first.importer in sources and (first.imported in targets or first.imported in onward):
            way = [first]
            while way[-1].imported not in targets:
                way.append(onward[way[-1].imported])
            yield tuple(way)
