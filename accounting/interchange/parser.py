"""From the text of one file to its directives, with everything that is wrong about them (6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from ...patterns.constraint import ConstraintViolation
from .declaration import DECLARATIONS
from .directive import (
    Balance,
    Close,
    Commodity,
    Custom,
    Event,
    Metadata,
    Note,
    Open,
    Pad,
    Price,
    Query,
    Value,
)
from .options import Options
from .phrase import read_day, read_flag, read_key, read_posting, read_tags_and_links, read_value
from .problem import OPTION, SYNTAX, Place, Problems
from .words import Cursor, Line, lines_of
from .written import WrittenPosting, WrittenTransaction

MOST_PUSHED = 20
"""The most tags and keys that are pushed at a time."""

Parsed: TypeAlias = (
    Open | Close | Commodity | Price | Balance | Pad | Note | Event | Query | Custom | WrittenTransaction
)
"""What a file says: directives, transactions as they are written."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is understood, and left out of an import: its place, what it is, and why."""

    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass
class Parse:
    """
    What was found in the text of one file.

    Shape:  its directives in the order written, the `options` after it, the names of files to include, and
            what is left out.
    """

    options: Options
    directives: list[Parsed] = field(default_factory=list)
    includes: list[tuple[Place, str]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def parse(text: str, *, file: str, problems: Problems, including: Options | None = None) -> Parse:
    """
    Read the text of a file, whose lines end in a line feed.

    Shape:  `including` are the options of the file that includes this one; they count here too.
    Errors: none; what is wrong is added to `problems`, and reading goes on after it.
    """
    parser = _Parser(file, including, problems)
    for block in _blocks(text):
        parser.read(block)
    parser.finish()
    return parser.found


def _blocks(text: str) -> Iterator[list[Line]]:
    """A line that is not indented, and those below it that are, up to an empty one."""
    block: list[Line] = []
    for line in lines_of(text):
        if line.is_blank and line.indented and line.has_comment:
            continue  # it does not even end a directive
        if block and (line.is_blank or not line.indented):
            yield block
            block = []
        if not line.is_blank:
            block.append(line)
    if block:
        yield block


@dataclass
class _Body:
    """What stands below the first line of a transaction."""

    tags: set[str]
    links: set[str]
    metadata: dict[str, Value] = field(default_factory=dict)
    postings: list[WrittenPosting] = field(default_factory=list)
    keys: list[dict[str, Value]] = field(default_factory=list)

    def read(self, cursor: Cursor, options: Options, place: Place) -> None:
        if cursor.next_is("key"):
            read_key(cursor, self.keys[-1] if self.keys else self.metadata, options)
        elif cursor.next_is("tag", "link"):
            if self.postings:
                raise cursor.unexpected("tags and links above the first leg only")
            tags, links = read_tags_and_links(cursor)
            cursor.expect_end()
            self.tags |= tags
            self.links |= links
        else:
            self.postings.append(read_posting(cursor, options, place))
            self.keys.append({})

    def whole_postings(self) -> tuple[WrittenPosting, ...]:
        return tuple(
            posting.saying(tuple(keys.items())) if keys else posting
            for posting, keys in zip(self.postings, self.keys, strict=True)
        )


class _Parser:
    """Reads block after block, and keeps what is pushed and not yet popped."""

    def __init__(self, file: str, including: Options | None, problems: Problems) -> None:
        self.found = Parse(including or Options())
        self._file = file
        self._is_included = including is not None
        self._problems = problems
        self._tags: list[tuple[str, Place]] = []
        self._pushed: dict[str, list[tuple[Value, Place]]] = {}

    def read(self, block: list[Line]) -> None:
        head, *below = block
        place = self._place(head)
        with self._problems.at(place):
            if head.indented:
                raise _belongs_to_nothing()
            cursor = Cursor(head)
            if not cursor.next_is("date"):
                self._read_undated(cursor, place)
                self._refuse(below)
                return
            day = read_day(cursor)
            if cursor.next_is("word") and cursor.peek != "txn":
                self._read_declaration(cursor, day, place, below)
            else:
                self._read_transaction(cursor, day, place, below)

    def finish(self) -> None:
        for tag, place in self._tags:
            self._problems.add(place, _unpaired(f"#{tag}, pushed and never popped"))
        for key, values in self._pushed.items():
            for _, place in values:
                self._problems.add(place, _unpaired(f"{key}:, pushed and never popped"))

    def _place(self, line: Line) -> Place:
        return Place(self._file, line.number)

    def _refuse(self, lines: list[Line]) -> None:
        for line in lines:
            self._problems.add(self._place(line), _belongs_to_nothing())

    def _each(self, lines: list[Line], read: Callable[[Cursor, Place], None]) -> bool:
        """Read every line, whatever is wrong with others; tell whether nothing is."""
        before = self._problems.count
        for line in lines:
            with self._problems.at(self._place(line)):
                read(Cursor(line), self._place(line))
        return self._problems.count == before

    def _read_declaration(self, cursor: Cursor, day: date, place: Place, below: list[Line]) -> None:
        word = cursor.take().text
        if word not in DECLARATIONS:
            raise SYNTAX.violation(
                found=repr(word[:40]), allowed=f"txn, {', '.join(DECLARATIONS)}", remedy="Check the word."
            )
        kind, says = DECLARATIONS[word](cursor, self.found.options)
        cursor.expect_end()
        keys: dict[str, Value] = {}
        if not self._each(below, lambda line, _: read_key(line, keys, self.found.options)):
            return
        if kind is None:
            self.found.skipped.append(Skipped(place, f"{word}: what it points at lies outside of the books"))
            return
        if kind is Note:
            says["tags"] |= {tag for tag, _ in self._tags}
        made: Any = kind
        self.found.directives.append(made(day=day, metadata=tuple(keys.items()), place=place, **says))

    def _read_transaction(self, cursor: Cursor, day: date, place: Place, below: list[Line]) -> None:
        flag = read_flag(cursor)
        texts = []
        while cursor.next_is("text"):
            texts.append(cursor.take().text)
        if flag is None or len(texts) > 2:
            raise SYNTAX.violation(
                found=f"{len(texts)} texts" if flag else "no flag",
                allowed="* or another flag, then a payee and a narration, or a narration",
                remedy='Write for example 2024-12-31 * "Grocer" "Apples".',
            )
        body = _Body(*read_tags_and_links(cursor))
        cursor.expect_end()
        if self._each(below, lambda line, at: body.read(line, self.found.options, at)):
            self.found.directives.append(
                WrittenTransaction(
                    day=day,
                    metadata=(*self._pushed_metadata(body.metadata), *body.metadata.items()),
                    place=place,
                    flag=flag,
                    payee=texts[0] if len(texts) == 2 else None,
                    narration=texts[-1] if texts else "",
                    tags=frozenset(body.tags) | {tag for tag, _ in self._tags},
                    links=frozenset(body.links),
                    postings=body.whole_postings(),
                )
            )

    def _pushed_metadata(self, own: dict[str, Value]) -> Metadata:
        return tuple((key, values[-1][0]) for key, values in self._pushed.items() if key not in own)

    def _read_undated(self, cursor: Cursor, place: Place) -> None:
        readers = {
            "option": self._option,
            "include": self._include,
            "plugin": self._plugin,
            "pushtag": self._push_tag,
            "poptag": self._pop_tag,
            "pushmeta": self._push_metadata,
            "popmeta": self._pop_metadata,
        }
        if not cursor.next_is("word") or cursor.peek not in readers:
            raise cursor.unexpected(f"a date, {', '.join(readers)}")
        readers[cursor.take().text](cursor, place)
        cursor.expect_end()

    def _push_tag(self, cursor: Cursor, place: Place) -> None:
        self._require_few()
        self._tags.append((cursor.expect_kind("tag", "a tag"), place))

    def _pop_tag(self, cursor: Cursor, _place: Place) -> None:
        tag = cursor.expect_kind("tag", "a tag")
        at = next((at for at, (pushed, _) in enumerate(self._tags) if pushed == tag), None)
        if at is None:
            raise _unpaired(f"#{tag[:40]}, popped and never pushed")
        del self._tags[at]

    def _push_metadata(self, cursor: Cursor, place: Place) -> None:
        self._require_few()
        key = cursor.expect_kind("key", "a key")
        cursor.expect(":")
        self._pushed.setdefault(key, []).append((read_value(cursor, self.found.options), place))

    def _pop_metadata(self, cursor: Cursor, _place: Place) -> None:
        key = cursor.expect_kind("key", "a key")
        cursor.expect(":")
        if key not in self._pushed:
            raise _unpaired(f"{key[:40]}:, popped and never pushed")
        self._pushed[key].pop()
        if not self._pushed[key]:
            del self._pushed[key]

    def _require_few(self) -> None:
        # Each transaction gets all of them: a file could make itself a million times as large.
        if len(self._tags) + sum(map(len, self._pushed.values())) >= MOST_PUSHED:
            raise SYNTAX.violation(
                found=f"more than {MOST_PUSHED} pushes that are not popped",
                allowed=f"at most {MOST_PUSHED} at a time",
                remedy="Write the tags and keys where they belong.",
            )

    def _option(self, cursor: Cursor, place: Place) -> None:
        name = cursor.expect_kind("text", "the name of an option, in quotes")
        value = cursor.expect_kind("text", "its value, in quotes")
        if self._is_included and name != "operating_currency":
            Options().with_option(name, value)
            if (name, value) not in self.found.options.written:
                self._skip(place, f"option {name}: it counts in the file that was named only")
            return
        changed = self.found.options.with_option(name, value)
        left = {*self.found.options.roots} - {*changed.roots}
        if any(root in left for each in self.found.directives for root in _roots(each)):
            raise _too_late(name, left)
        if Options.unsupported(name):
            self._skip(place, f"option {name}: an import does not obey it")
        else:
            self.found.options = changed

    def _include(self, cursor: Cursor, place: Place) -> None:
        self.found.includes.append((place, cursor.expect_kind("text", "a file, in quotes")))

    def _plugin(self, cursor: Cursor, place: Place) -> None:
        name = cursor.expect_kind("text", "a plugin, in quotes")
        if cursor.next_is("text"):
            cursor.take()
        self._skip(place, f"plugin {name[:80]}: no code of others is run")

    def _skip(self, place: Place, what: str) -> None:
        self.found.skipped.append(Skipped(place, what))


def _roots(directive: Parsed) -> Iterator[str]:
    """The first words of the accounts that a directive is about."""
    accounts = [getattr(directive, name) for name in ("account", "source") if hasattr(directive, name)]
    accounts += [posting.account for posting in getattr(directive, "postings", ())]
    yield from (account.partition(":")[0] for account in accounts)


def _too_late(name: str, left: set[str]) -> ConstraintViolation:
    return OPTION.violation(
        found=f"option {name!r} below accounts under {', '.join(sorted(left))}",
        allowed="names of the roots above the accounts under them",
        remedy="Move the option to the top of the file, and name those accounts by it.",
    )


def _belongs_to_nothing() -> ConstraintViolation:
    return SYNTAX.violation(
        found="an indented line that belongs to nothing",
        allowed="indented lines right below a directive with a date",
        remedy="Take out the empty line before it, or the indentation.",
    )


def _unpaired(found: str) -> ConstraintViolation:
    return SYNTAX.violation(
        found=found, allowed="pushes and pops in pairs, in one file", remedy="Add the other one."
    )
