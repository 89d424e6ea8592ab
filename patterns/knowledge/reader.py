"""A reader of YAML from strangers: plain data with line numbers, or one clear error (2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from .errors import PackError, Problem

Plain: TypeAlias = "str | bool | list[Plain] | dict[str, Plain] | None"
"""What is read: text, true, false, nothing, lists, and mappings from text."""

Held: TypeAlias = "str | bool | list[Node] | dict[str, Node] | None"
"""The same, with a line for each part."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How much a reader takes.

    Units:  bytes of the file; scalars, lists and mappings in it; lists and mappings around one another.
    """

    bytes: int = 1 << 20
    nodes: int = 100_000
    depth: int = 20


LIMITS = Limits()
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Node:
    """
    A scalar, list or mapping, and the line on which it, or the key before it, stands.

    Shape:  `value` is text, true, false or None; a list of nodes; or a dictionary of nodes.
    """

    line: int
    value: Held

    def plain(self) -> Plain:
        """The same without the lines."""
        if isinstance(self.value, list):
            return [each.plain() for each in self.value]
        if isinstance(self.value, dict):
            return {key: each.plain() for key, each in self.value.items()}
        return self.value

    def line_at(self, path: tuple[int | str, ...], *, says: str | None = None) -> int:
        """
        Give the line of what stands at `path`, or of the nearest thing around it, where nothing does.

        Shape:  where `says` is given, the line of the first text in there that says so.
        """
        node = [self, *(node for node, _ in self._walk(path))][-1]
        return next((text.line for text in node._texts() if text.value == says), node.line)

    def _texts(self) -> Iterator[Node]:
        if isinstance(self.value, list | dict):
            for inner in self.value.values() if isinstance(self.value, dict) else self.value:
                yield from inner._texts()
        else:
            yield self

    def known_path(self, path: tuple[int | str, ...]) -> tuple[int | str, ...]:
        """The steps of `path` that lead somewhere, without those that stand for nothing here."""
        return tuple(step for _, step in self._walk(path))

    def _walk(self, path: tuple[int | str, ...]) -> Iterator[tuple[Node, int | str]]:
        node = self
        for step in path:
            inner: Node | None = None
            if isinstance(node.value, dict) and isinstance(step, str):
                inner = node.value.get(step)
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                inner = node.value[step]
            if inner is not None:
                node = inner
                yield node, step


def read_file(path: Path | str, *, limits: Limits = LIMITS) -> Node:
    """
    Read a YAML file.

    Errors: as `read_yaml`; and `PackError` where the file cannot be opened.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as opened:
            given = opened.read(limits.bytes + 1)
    except OSError as refused:
        raise PackError([Problem(name, 0, f"cannot be read: {refused.strerror}")]) from refused
    return read_yaml(given, file=name, limits=limits)


def read_yaml(given: bytes | str, *, file: str, limits: Limits = LIMITS) -> Node:
    """
    Read one YAML document that may come from anybody.

    Shape:  `true`, `false` and `null` (or nothing) are what they say; every other scalar is text, so that
            NO stays a country, 010 a code, and 1.10 keeps its zero. Whoever wants a number says so.
    Errors: `PackError` with the line, for what is not UTF-8 or not YAML, is too large or too deep, has an
            alias, an anchor, a tag, a directive, a second document, a key twice or a key that is not text.
    """
    text = _decoded(given, file, limits)
    builder = _Builder(file, limits)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise builder.refusal(_reason(error), _line(error)) from error
    except ValueError as error:  # from an escape such as "\U00110000"
        raise builder.refusal("an escape for a character that does not exist") from error
    if builder.root is None:
        raise builder.refusal("there is nothing in it", 0)
    return builder.root


def _decoded(given: bytes | str, file: str, limits: Limits) -> str:
    if len(given) > limits.bytes:
        raise PackError([Problem(file, 0, f"is larger than {limits.bytes:,} bytes")])
    try:
        text = given.decode("utf-8") if isinstance(given, bytes) else given
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise PackError([Problem(file, line, reason)]) from error
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable is not None:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise PackError([Problem(file, line, _unwelcome(unprintable[0]))])
    return text


def _unwelcome(character: str) -> str:
    return f"character U+{ord(character):04X} cannot stand in a pack"


def _reason(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.problem, error.context) if part]
    return "not YAML: " + ", ".join(parts)


def _line(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return 0 if mark is None else mark.line + 1


class _Open:
    """A list or mapping that is being read; `key` waits for its value."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.key: str | None = None
        self.key_line = 0


class _Builder:
    """Makes nodes of parser events, without recursion."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.root: Node | None = None
        self._file = file
        self._limits = limits
        self._open: list[_Open] = []
        self._nodes = 0
        self._line = 0

    def refusal(self, reason: str, line: int | None = None) -> PackError:
        return PackError([Problem(self._file, self._line if line is None else line, reason)])

    def take(self, event: yaml.Event) -> None:
        if event.start_mark is not None:
            self._line = event.start_mark.line + 1
        for reason in self._objections(event):
            raise self.refusal(reason)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([])
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({})
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _objections(self, event: yaml.Event) -> Iterator[str]:
        if isinstance(event, yaml.AliasEvent):
            yield f"an alias, *{event.anchor}; write out what it stands for"
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            yield f"an anchor, &{event.anchor}; a pack has none"
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            self._nodes += 1
            if event.tag is not None:
                yield f"a tag, {event.tag}; a pack has none"
            if self._nodes > self._limits.nodes:
                yield f"more than {self._limits.nodes:,} values"
        elif isinstance(event, yaml.DocumentStartEvent):
            if event.version is not None or event.tags:
                yield "a directive, %; a pack has none"
            if self.root is not None:
                yield "a second document; a pack is one"

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        for character in event.value:
            if character == "\0" or "\ud800" <= character <= "\udfff":
                raise self.refusal(_unwelcome(character))
        if self._awaits_key():
            self._take_key(event.value)
        elif event.implicit[0] and event.value in _WORDS:
            self._add(_WORDS[event.value])
        else:
            self._add(event.value)

    def _begin(self, value: list[Node] | dict[str, Node]) -> None:
        if self._awaits_key():
            raise self.refusal("a list or mapping as a key; keys are text")
        if len(self._open) == self._limits.depth:
            raise self.refusal(f"more than {self._limits.depth} lists and mappings around one another")
        self._open.append(_Open(self._add(value)))

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].node.value, dict) and self._open[-1].key is None

    def _take_key(self, key: str) -> None:
        within = self._open[-1].node.value
        if isinstance(within, dict) and key in within:
            raise self.refusal(f"the key {key!r} a second time; the first is on line {within[key].line}")
        self._open[-1].key = key
        self._open[-1].key_line = self._line

    def _add(self, value: Held) -> Node:
        node = Node(self._line, value)
        if not self._open:
            self.root = node
            return node
        around = self._open[-1]
        match around.node.value:
            case list() as items:
                items.append(node)
            case dict() as entries if around.key is not None:
                node = entries[around.key] = Node(around.key_line, value)
                around.key = None
        return node
