"""Any text is shown as text in every format, and nothing in it is ever run."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_patterns.diagrams.statements import words
from analysis_patterns.diagrams.text import LONGEST, dot_html, dot_string, mermaid, shown, width_of, wrapped


@pytest.mark.parametrize(
    ("text", "as_shown"),
    [
        ("Party Type", "Party Type"),
        ("two\nlines\t and  blanks ", "two lines and blanks"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("half \ud800 a pair", "half \N{REPLACEMENT CHARACTER} a pair"),
        ("\u202eturned", "\N{REPLACEMENT CHARACTER}turned"),
        ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("größer 大 👩‍👧", "größer 大 👩‍👧"),
        ("", ""),
    ],
)
def test_shows_one_line_of_what_can_be_shown(text: str, as_shown: str) -> None:
    assert shown(text) == as_shown


def test_cuts_what_is_too_long() -> None:
    assert shown("x" * LONGEST) == "x" * LONGEST
    assert shown("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "…"
    assert shown(" " * 20_000 + "x") == "…"
    assert sum(map(len, wrapped("word " * 20_000, 30))) <= LONGEST * 2


def test_wraps_a_long_label_and_keeps_an_empty_one() -> None:
    assert wrapped("a few words", 5) == ["a few", "words"]
    assert wrapped("", 5) == [""]


def test_quotes_what_means_something_in_each_format() -> None:
    hostile = '<b>"x"</b>\\N & `y`'

    assert dot_string(hostile) == '<b>"x"</b>\\\\N & `y`'
    assert dot_html(hostile) == "&lt;b&gt;&quot;x&quot;&lt;/b&gt;\\N &amp; `y`"
    assert mermaid(hostile) == "#60;b#62;#34;x#34;#60;/b#62;#92;N #38; #96;y#96;"


@given(st.text())
def test_mermaid_can_always_be_read_back(text: str) -> None:
    written = mermaid(text)

    assert re.fullmatch(r"(?:[\w .,/]|#\d+;)*", written)
    assert re.sub(r"#(\d+);", lambda match: chr(int(match[1])), written) == (shown(text) or "\xa0")


@given(st.text(alphabet=st.characters()))
def test_what_is_shown_is_one_line_that_xml_can_hold(text: str) -> None:
    line = shown(text)

    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", line)
    assert shown(line) == line


def test_a_wider_text_is_wider() -> None:
    assert 0 < width_of("il", 10) < width_of("aa", 10) < width_of("WM", 10) < width_of("大大", 10)


@pytest.mark.parametrize(
    ("name", "as_words"),
    [
        ("PartyType", "Party Type"),
        ("HTTPRequest", "HTTP Request"),
        ("all_types", "all types"),
        ("x2Y", "x2 Y"),
    ],
)
def test_a_name_is_told_as_words(name: str, as_words: str) -> None:
    assert words(name) == as_words
