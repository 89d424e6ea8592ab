"""Turns any text into a label that is shown and never run: one function for each format."""

from __future__ import annotations

import html
import re
import textwrap

import graphviz

LONGEST = 120
"""A label is a name, not a document: what is longer is cut, with an ellipsis."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, which neither XML nor dot takes
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what reverses the text around it
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # halves of characters, and none at all
)
_PLAIN_IN_MERMAID = re.compile(r"[^\w .,/]")
# Two underscores would underline, two stops or strokes would separate or slant.
_PLAIN_IN_PLANTUML = re.compile(r"[^\w ,]|_")


def shown(text: str, longest: int = LONGEST) -> str:
    """One line of characters that every format can hold, at most `longest` of them."""
    # Cut before the work, so that a megabyte of text costs no more than a line.
    line = " ".join(UNSHOWABLE.sub(_REPLACEMENT, text[: longest * 4]).split())
    is_cut = len(line) > longest or len(text) > longest * 4
    return f"{line[: longest - 1]}…" if is_cut else line


def wrapped(text: str, width: int) -> list[str]:
    """The shown text, in lines of at most `width` characters."""
    line = shown(text, LONGEST * 2)
    return [line] if len(line) <= width else textwrap.wrap(line, width)


def dot_string(text: str, longest: int = LONGEST) -> str:
    """A string of DOT in which nothing is an escape or a tag, for the graphviz package to quote."""
    # What it gives back is marked as no HTML; text that begins with < would be read as such.
    return graphviz.escape(shown(text, longest))


def dot_html(text: str, longest: int = LONGEST) -> str:
    """Text inside one of Graphviz's HTML-like labels."""
    return html.escape(shown(text, longest))


def mermaid(text: str, longest: int = LONGEST) -> str:
    """
    Text inside a quoted Mermaid label: whatever could mean something there is written as a code.

    Shape:  an empty label, which Mermaid refuses, becomes a blank one.
    """
    line = shown(text, longest) or "\N{NO-BREAK SPACE}"
    return _PLAIN_IN_MERMAID.sub(lambda match: f"#{ord(match[0])};", line)


def plantuml(text: str, longest: int = LONGEST) -> str:
    """
    Text anywhere in PlantUML: whatever could mean something there is written as a code.

    Shape:  as `mermaid`; a code stands for its character only after everything else was read.
    """
    line = shown(text, longest) or "\N{NO-BREAK SPACE}"
    return _PLAIN_IN_PLANTUML.sub(lambda match: f"<U+{ord(match[0]):04X}>", line)


def width_of(text: str, size: float) -> float:
    """How wide a shown text is in Helvetica, in the unit of `size`; about so for other than plain letters."""
    return size * sum(_WIDTHS.get(character) or _width(character) for character in text) / 1000


# The widths that Adobe publishes of the font, which Graphviz and PDF readers know by heart.
_OF_WIDTH = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft", 333: "()-`r", 334: "{}", 355: '"', 389: "*",
    469: "^", 500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu", 584: "+<=>~", 611: "FTZ",
    667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1015: "@",
}  # fmt: skip
_WIDTHS = {character: width for width, those in _OF_WIDTH.items() for character in those}


def _width(character: str) -> int:
    if character > "\u2e7f":
        return 1000
    return 690 if character.isupper() else 556
