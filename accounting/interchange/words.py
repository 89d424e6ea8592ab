"""The words of a file of books: logical lines, and the tokens on them (6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...patterns.constraint import ConstraintViolation
from .problem import SYNTAX

MOST_LINES = 64
"""The most lines that one text between quotes may take."""

_LONGEST_SHOWN = 40

# Everything up to a comment, the end of the line, or a quote that nothing closes. Nothing has to follow, so
# that a hostile line costs one pass; possessive, Python before 3.11.5 would go past the quote.
_CONTENT = re.compile(r'(?:[^";\n]+|"(?:[^"\\]|\\.)*")*', re.DOTALL)
_IGNORED = re.compile(r"[*:!&?%][^\n]|#(?![A-Za-z0-9_/.-])[^\n]")
_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\n]+)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<date>[0-9]{4,}[-/][0-9]+[-/][0-9]+)
    | (?P<number>(?:[0-9][0-9,]*[0-9]|[0-9])(?:\.[0-9]*)?)
    | (?P<account>[A-Z\x80-\U0010ffff][A-Za-z0-9\x80-\U0010ffff-]*
                  (?::[A-Z0-9\x80-\U0010ffff][A-Za-z0-9\x80-\U0010ffff-]*)+)
    | (?P<name>[A-Z][A-Z0-9'._-]*[A-Z0-9]|/[A-Z0-9'._-]*[A-Z](?:[A-Z0-9'._-]*[A-Z0-9])?|[A-Z](?=\s|$|[,}]))
    | (?P<key>[a-z][A-Za-z0-9_-]+(?=:))
    | (?P<word>[a-z]+)
    | (?P<tag>\#[A-Za-z0-9_/.-]+)
    | (?P<link>\^[A-Za-z0-9_/.-]+)
    | (?P<mark>@@|@|\{\{|\{|\}\}|\}|[,~+\-/()#*:|!&?%])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPES = {'"': '\\"', "\\": "\\\\", **{meant: "\\" + letter for letter, meant in _ESCAPED.items()}}


class Token(NamedTuple):
    """A word: its kind, and what it says; of a text, what stands between the quotes."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line, with the lines that a text between quotes on it reaches into.

    Shape:  its `number`, from 1; whether it is `indented`; its `content` without the comment, or None where
            a quote is never closed.
    """

    number: int
    indented: bool
    content: str | None
    has_comment: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on it."""
        return self.content is not None and not self.content.strip()


def lines_of(text: str) -> Iterator[Line]:
    """Divide `text`, whose lines end in a line feed, into lines that hold together."""
    position, number, end = 0, 1, len(text)
    while position < end:
        content_end = position if _IGNORED.match(text, position) else _content_end(text, position)
        stop = text.find("\n", content_end)
        stop = end if stop < 0 else stop
        content = text[position:content_end]
        is_open = content_end < end and text[content_end] == '"'
        has_comment = content_end < stop and not is_open
        yield Line(number, text[position] in " \t", None if is_open else content, has_comment)
        if is_open:
            return
        number += text.count("\n", position, stop) + 1
        position = stop + 1


def _content_end(text: str, position: int) -> int:
    found = _CONTENT.match(text, position)
    return position if found is None else found.end()


class Cursor:
    """
    Reads the tokens of a line, one after the other.

    Errors: `ConstraintViolation` (`books.syntax`) for what is no token, and where another one comes next.
    """

    def __init__(self, line: Line) -> None:
        self._tokens = _tokens(line)
        self._position = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._position == len(self._tokens)

    def next_is(self, *kinds: str) -> bool:
        """Whether a token of one of these kinds comes next."""
        return not self.at_end and self._tokens[self._position].kind in kinds

    @property
    def peek(self) -> str:
        """What the next token says, nothing at the end."""
        return "" if self.at_end else self._tokens[self._position].text

    def next_is_mark(self, *marks: str) -> bool:
        """Whether one of these marks comes next."""
        return self.next_is("mark") and self.peek in marks

    def take(self) -> Token:
        """Go past the next token, and give it."""
        token = self._tokens[self._position]
        self._position += 1
        return token

    def accept(self, mark: str) -> bool:
        """Go past `mark` where it comes next, and tell whether it did."""
        is_next = self.next_is_mark(mark)
        self._position += is_next
        return is_next

    def expect(self, mark: str) -> None:
        """Go past `mark`, which has to come next."""
        if not self.accept(mark):
            raise self.unexpected(repr(mark))

    def expect_kind(self, kind: str, allowed: str) -> str:
        """Go past a token of this kind, which has to come next, and give what it says."""
        if not self.next_is(kind):
            raise self.unexpected(allowed)
        return self.take().text

    def expect_end(self) -> None:
        """Refuse whatever is left."""
        if not self.at_end:
            raise self.unexpected("the end of the line")

    def unexpected(self, allowed: str) -> ConstraintViolation:
        """Make the error that says what comes next, where only `allowed` may."""
        following = "the end of the line" if self.at_end else repr(self.peek[:_LONGEST_SHOWN])
        return SYNTAX.violation(
            found=following, allowed=allowed, remedy="Write the directive as Beancount has it."
        )


def _tokens(line: Line) -> list[Token]:
    if line.content is None:
        raise SYNTAX.violation(
            found="a quote that nothing closes",
            allowed="texts between two quotes",
            remedy='Close it; a quote within a text is written \\".',
        )
    result = []
    position, content = 0, line.content
    while position < len(content):
        found = _TOKEN.match(content, position)
        if found is None:
            raise SYNTAX.violation(
                found=repr(content[position : position + _LONGEST_SHOWN]),
                allowed="a date, a text in quotes, an account, a number, a commodity, a tag, a link or a key",
                remedy="Write the directive as Beancount has it.",
            )
        position = found.end()
        kind = found.lastgroup or ""
        if kind == "text":
            result.append(Token(kind, _unquoted(found[0])))
        elif kind != "blank":
            result.append(Token(kind, found[0][1:] if kind in {"tag", "link"} else found[0]))
    return result


def _unquoted(quoted: str) -> str:
    if quoted.count("\n") >= MOST_LINES:
        raise SYNTAX.violation(
            found=f"a text of {quoted.count(chr(10)) + 1:,} lines",
            allowed=f"texts of at most {MOST_LINES} lines",
            remedy="Look for a quote that was left open.",
        )
    return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), quoted[1:-1])


def quoted(text: str) -> str:
    """Write `text` between quotes, on one line, so that it can be read back."""
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'
