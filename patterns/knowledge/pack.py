"""A knowledge pack: what a chapter's types and rules are, as a document that people write (2.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from json import dumps
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any

from pydantic import Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from ..document import Document
from .errors import PackError, Problem
from .reader import LIMITS, Limits, Node, read_file, read_yaml
from .section import KnowledgeDocument, sections
from .writer import write_yaml

_KINDS_OF_VALUE = {
    "bool_type": "should be true or false",
    "dict_type": "should be a mapping",
    "int_type": "should be a whole number",
    "list_type": "should be a list",
    "model_type": "should be a mapping",
    "string_type": "should be text",
    "tuple_type": "should be a list",
}

Line = Annotated[str, Field(min_length=1, max_length=500)]


class Header(Document):
    """
    What a pack says of itself.

    Shape:  a name and a version; a description; the source its knowledge comes from; and, where it tells
            of a change, the day from which on it holds.
    """

    name: Line
    version: Line
    effective: date | None = None
    description: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """
    A pack that was read: every document in it is sound by itself.

    Shape:  a header; the documents of each section, by key; and the lines they stand on.
    """

    header: Header
    documents: Mapping[str, Mapping[str, KnowledgeDocument]]
    file: str = "(made here)"
    root: Node = field(default_factory=lambda: Node(0, {}), compare=False, repr=False)

    def problem(
        self, path: tuple[int | str, ...], reason: str, *, says: str | None = None, rule: str = ""
    ) -> Problem:
        """Say what is wrong with what stands at `path` (a section, a number, a field) and says `says`."""
        return Problem(self.file, self.root.line_at(path, says=says), reason, rule)

    def path_to(self, section: str, key: str) -> tuple[int | str, ...]:
        """Where in the pack a document stands."""
        return (section, list(self.documents[section]).index(key))

    def text(self) -> str:
        """The pack as YAML."""
        written: dict[str, Any] = {"pack": self.header.model_dump(mode="json", exclude_defaults=True)}
        for section, documents in self.documents.items():
            if documents:
                written[section] = [document.fields() for document in documents.values()]
        return write_yaml(written)


def read_pack(path: Path | str, *, limits: Limits = LIMITS) -> Pack:
    """
    Read a pack from a file.

    Errors: as `parse_pack`; and `PackError` where the file cannot be opened.
    """
    return _checked(read_file(path, limits=limits), str(path))


def parse_pack(text: bytes | str, *, file: str = "(text)", limits: Limits = LIMITS) -> Pack:
    """
    Read a pack from a text.

    Errors: `PackError` with every problem and its line, where the text is not YAML as we read it, has an
            unknown section or field, lacks one, has a value of another type, or says the same thing twice.
    """
    return _checked(read_yaml(text, file=file, limits=limits), file)


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of a pack, for editors and other tools."""
    return _model().model_json_schema()


def _model() -> type[Document]:
    lists: dict[str, Any] = {
        section.name: (GenericAlias(list, (section.model,)), Field(default=[])) for section in sections()
    }
    return create_model(
        "KnowledgePack", __base__=Document, __doc__="A knowledge pack.", pack=(Header, ...), **lists
    )


def _checked(root: Node, file: str) -> Pack:
    try:
        # As JSON, since strict documents take dates and choices as text there, and nowhere else.
        read = _model().model_validate_json(dumps(root.plain()))
    except ValidationError as refused:
        raise PackError(_problem(error, root, file) for error in refused.errors(include_url=False)) from None
    pack = Pack(
        getattr(read, "pack"),  # noqa: B009  # the model is made here, out of sight of type checkers
        {section.name: _by_key(getattr(read, section.name)) for section in sections()},
        file,
        root,
    )
    twice = list(_said_twice(read, root, file))
    if twice:
        raise PackError(twice)
    return pack


def _by_key(documents: list[KnowledgeDocument]) -> dict[str, KnowledgeDocument]:
    return {document.key: document for document in documents}


def _said_twice(read: Document, root: Node, file: str) -> Iterator[Problem]:
    for section in sections():
        first: dict[str, int] = {}
        for number, document in enumerate(getattr(read, section.name)):
            line = root.line_at((section.name, number))
            if document.key not in first:
                first[document.key] = line
                continue
            before = first[document.key]
            yield Problem(
                file, line, f"{section.name}: {document.key!r} a second time; the first is on line {before}"
            )


def _problem(error: ErrorDetails, root: Node, file: str) -> Problem:
    where = error["loc"]
    line = root.line_at(where)
    if error["type"] == "missing":
        return Problem(file, line, f"{_written(root, where[:-1])}{where[-1]!r} is missing")
    if error["type"] == "extra_forbidden":
        known = (
            f"; sections are pack, {', '.join(each.name for each in sections())}" if len(where) == 1 else ""
        )
        return Problem(file, line, f"{_written(root, where[:-1])}{where[-1]!r} is not known here{known}")
    said = _KINDS_OF_VALUE.get(error["type"], error["msg"])
    rule = error.get("ctx", {}).get("rule", "")
    found = "" if rule else f", not {_shortened(error['input'])}"
    return Problem(file, line, f"{_written(root, where)}{said}{found}", rule)


def _written(root: Node, where: tuple[int | str, ...]) -> str:
    known = root.known_path(where)  # pydantic's path also names which of several forms it tried
    path = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in known).lstrip(".")
    return f"{path}: " if path else ""


def _shortened(value: object) -> str:
    shown = dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
