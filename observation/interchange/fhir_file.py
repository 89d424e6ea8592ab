"""Files, bundles and folders of FHIR R4 documents, read as a whole or not at all (3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ...patterns.constraint import RULES, ConstraintViolation
from .json_text import read_json, require_readable, shown, write_json
from .problem import FILE, MODIFIED, REQUIRED, RESOURCE, TYPE, Place, Problems
from .resource import ObservationResource, RiskAssessmentResource

MOST_BYTES = 4 * 1024 * 1024
"""The most bytes of one file."""

MOST_ENTRIES = 1000
"""The most entries of a Bundle, and the most files of a folder."""

Tree = dict[str, Any]
"""A resource as the document has it: objects in the order of their keys, numbers as `Number`."""

_MODELS: dict[str, type[ObservationResource | RiskAssessmentResource]] = {
    "Observation": ObservationResource,
    "RiskAssessment": RiskAssessmentResource,
}
_OF_BUNDLES = frozenset({"resourceType", "type", "entry"})
_OF_ENTRIES = frozenset({"resource", "fullUrl"})
_MODIFIERS = frozenset({"modifierExtension", "implicitRules"})


@dataclass(frozen=True, slots=True)
class FhirResource:
    """
    One Observation or RiskAssessment of a document.

    Shape:  where it stands; all of it as it is written (`tree`); what we read in it (`content`); the URL
            that a Bundle gives it, if any.
    """

    place: Place
    tree: Tree
    content: ObservationResource | RiskAssessmentResource
    full_url: str = ""

    @property
    def text(self) -> str:
        """All of it, as JSON with every digit that was written."""
        return write_json(self.tree)

    @property
    def digest(self) -> str:
        """A fingerprint of its text."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """What other resources refer to it by."""
        relative = f"{self.content.resource_type}/{self.content.id}" if self.content.id else ""
        return tuple(name for name in (relative, self.full_url) if name)


@dataclass(frozen=True, slots=True)
class FhirFile:
    """
    The resources that were read, in order, and what else the documents hold.

    Shape:  `passed_over` are resources of other types, in Bundles, and what these say beside resources:
            their place, and what they are.
    """

    resources: tuple[FhirResource, ...]
    passed_over: tuple[tuple[Place, str], ...] = ()


def read_fhir(*sources: str | bytes | Path, name: str = "") -> FhirFile:
    """
    Read FHIR R4 documents: texts, bytes, files, and folders of files that end in `.json`.

    Shape:  each document is an Observation, a RiskAssessment or a Bundle; `name` is what texts and bytes are
            called where something is wrong with them.
    Errors: `FhirError` with everything that is wrong in any of them, by its path.

    >>> file = read_fhir('{"resourceType": "Observation", "status": "final", "code": {"text": "weight"}}')
    >>> [each.content.status for each in file.resources]
    ['final']
    """
    problems = Problems()
    resources: list[FhirResource] = []
    passed_over: list[tuple[Place, str]] = []
    for file, content in _contents(sources, name, problems):
        try:
            tree = read_json(content)
        except ConstraintViolation as violation:
            problems.add(Place(file), violation)
            continue
        for place, each, url in _resources(tree, file, problems):
            if each.get("resourceType") in _MODELS:
                resources.extend(_read(place, each, url, problems))
            else:
                passed_over.append((place, f"a resource of type {shown(each['resourceType'])[1:-1]}"))
        passed_over.extend(_beside(tree, file))
    problems.require_none()
    return FhirFile(tuple(resources), tuple(passed_over))


def _contents(
    sources: Iterable[str | bytes | Path], name: str, problems: Problems
) -> Iterator[tuple[str, str]]:
    for source in sources:
        if isinstance(source, Path):
            for path in _files(source, problems):
                for content in _bytes_of(path, problems):
                    yield from _decoded(path.name, content, problems)
        elif isinstance(source, bytes):
            yield from _decoded(name, source, problems)
        elif len(source) > MOST_BYTES:
            problems.add(Place(name), _too_long())
        else:
            yield name, source


def _files(path: Path, problems: Problems) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.iterdir() if each.suffix == ".json" and each.is_file())
    if not 0 < len(found) <= MOST_ENTRIES:
        problems.add(
            Place(path.name),
            FILE.violation(
                found=f"a folder of {len(found):,} files that end in .json",
                allowed=f"1 to {MOST_ENTRIES:,}",
                remedy="Name the files, or divide the folder.",
            ),
        )
        return []
    return found


def _bytes_of(path: Path, problems: Problems) -> Iterator[bytes]:
    try:
        with path.open("rb") as opened:
            yield opened.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problems.add(
            Place(path.name),
            FILE.violation(found=reason, allowed="a file that can be read", remedy="Check its name."),
        )


def _decoded(file: str, content: bytes, problems: Problems) -> Iterator[tuple[str, str]]:
    if len(content) > MOST_BYTES:
        problems.add(Place(file), _too_long())
        return
    try:
        yield file, content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(
            Place(file),
            FILE.violation(
                found=f"a byte at position {error.start} that is no UTF-8",
                allowed="UTF-8",
                remedy="Save the file as UTF-8.",
            ),
        )


def _too_long() -> ConstraintViolation:
    return FILE.violation(
        found=f"more than {MOST_BYTES:,} bytes",
        allowed=f"{MOST_BYTES:,} at most",
        remedy="Divide the file: each resource of a Bundle may stand in a file of its own.",
    )


def _resources(tree: Any, file: str, problems: Problems) -> Iterator[tuple[Place, Tree, str]]:
    """Each resource of a document, with its place and the URL that a Bundle gives it."""
    kind = tree.get("resourceType") if isinstance(tree, dict) else None
    if kind == "Bundle":
        yield from _entries(tree, file, problems)
    elif kind in _MODELS:
        yield Place(file, str(kind)), tree, ""
    else:
        problems.add(Place(file), _no_resource(f"a document of type {shown(kind)}"))


def _entries(bundle: Tree, file: str, problems: Problems) -> Iterator[tuple[Place, Tree, str]]:
    entries = bundle.get("entry", [])
    _require_unmodified(
        {key: each for key, each in bundle.items() if key != "entry"}, Place(file, "Bundle"), problems
    )
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        many = f"a list of {len(entries):,}" if isinstance(entries, list) else "no list"
        problems.add(Place(file, "Bundle.entry"), _no_resource(f"entries that are {many}"))
        return
    for at, entry in enumerate(entries):
        place = Place(file, f"Bundle.entry[{at}].resource")
        if isinstance(entry, dict):
            around = {key: each for key, each in entry.items() if key != "resource"}
            _require_unmodified(around, Place(file, f"Bundle.entry[{at}]"), problems)
        resource = entry.get("resource") if isinstance(entry, dict) else None
        url = entry.get("fullUrl", "") if isinstance(entry, dict) else ""
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            yield place, resource, url if isinstance(url, str) else ""
        else:
            problems.add(place, _no_resource(f"an entry that holds {shown(resource)}"))


def _beside(tree: Any, file: str) -> Iterator[tuple[Place, str]]:
    """What a Bundle says beside its resources, and the URLs that it gives them."""
    if not isinstance(tree, dict) or tree.get("resourceType") != "Bundle":
        return
    said = [("Bundle", key, each) for key, each in tree.items() if key not in _OF_BUNDLES]
    entries: Any = tree.get("entry", [])
    for at, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            path = f"Bundle.entry[{at}]"
            said += [(path, key, each) for key, each in entry.items() if key not in _OF_ENTRIES]
    for path, key, each in said:
        yield Place(file, f"{path}.{key}"), f"no part of a resource: {shown(each)}"


def _no_resource(found: str) -> ConstraintViolation:
    return RESOURCE.violation(
        found=found,
        allowed=f"an Observation, a RiskAssessment, or a Bundle of at most {MOST_ENTRIES:,} entries",
        remedy="Ask the sender for one of these.",
    )


def _read(place: Place, tree: Tree, url: str, problems: Problems) -> Iterator[FhirResource]:
    before = problems.count
    require_readable(tree, place, problems)
    _require_unmodified(tree, place, problems)
    if problems.count > before:
        return
    try:
        content = _MODELS[tree["resourceType"]].model_validate(tree)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=True):
            problems.add(Place(place.file, _path(place.path, error["loc"])), _violation(error))
        return
    yield FhirResource(place, tree, content, url)


def _require_unmodified(tree: Any, place: Place, problems: Problems) -> None:
    if isinstance(tree, dict):
        for key, value in tree.items():
            at = Place(place.file, f"{place.path}.{key}")
            if key in _MODIFIERS:
                problems.add(
                    at,
                    MODIFIED.violation(
                        found=f"{key} {shown(value)}",
                        allowed="resources that mean what they say",
                        remedy="Have them read by a program that knows what this changes.",
                    ),
                )
            else:
                _require_unmodified(value, at, problems)
    elif isinstance(tree, list):
        for n, value in enumerate(tree):
            _require_unmodified(value, Place(place.file, f"{place.path}[{n}]"), problems)


def _path(start: str, steps: tuple[int | str, ...]) -> str:
    return start + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _violation(error: ErrorDetails) -> ConstraintViolation:
    """What pydantic refuses, as a broken rule of ours."""
    said = error.get("ctx", {})
    if error["type"] in RULES:
        return RULES[error["type"]].violation(
            found=said["found"], allowed=said["allowed"], remedy=said["remedy"]
        )
    if error["type"] == "missing":
        return REQUIRED.violation(found="nothing", allowed="what FHIR R4 requires there", remedy="Say it.")
    allowed = str(said.get("expected") or error["msg"])
    return TYPE.violation(found=shown(error["input"]), allowed=allowed, remedy="Correct the element.")
