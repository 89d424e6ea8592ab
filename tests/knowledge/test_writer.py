"""2.5: what is exported is read back as it was, whatever characters the names are made of."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.knowledge.reader import Plain, read_yaml
from analysis_patterns.patterns.knowledge.writer import write_yaml
from tests.covered import Covered

LINE_ENDS = "\n\r\x85\u2028\u2029"
TEXT = st.text(st.sampled_from(LINE_ENDS + ": -'\"#a"), max_size=8) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
DATA = st.recursive(
    TEXT
    | st.sampled_from(["NO", "true", "null", "~", "1:30", "010", "1.10", "1995-01-01", "<<", ""])
    | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def parts(data: Plain) -> Iterator[Plain]:
    """`data` itself, and everything in it."""
    yield data
    if isinstance(data, dict):
        yield from data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from parts(inner)


def test_writes_short_lists_on_one_line_and_keeps_the_order() -> None:
    data: Plain = {"name": "GP", "supertypes": ["doctor"], "codes": ["010", "NO", "true"]}

    assert write_yaml([data]) == "- name: GP\n  supertypes: [doctor]\n  codes: ['010', 'NO', 'true']\n"


def test_writes_letters_as_they_are() -> None:
    assert write_yaml({"name": "Café 東京 😀"}) == "{name: Café 東京 😀}\n"


def test_writes_what_stands_twice_twice() -> None:
    shared: list[Plain] = ["doctor"]

    assert write_yaml({"a": shared, "b": shared}) == "a: [doctor]\nb: [doctor]\n"


@pytest.mark.parametrize(
    "text", ["\x85", "a\u2028b", "'\u2029'", "\ufeff", "two\nlines\n", "\r", "\ttab", "😀", "\x1b"]
)
def test_no_character_is_lost(text: str) -> None:
    assert read_yaml(write_yaml(text), file="written").value == text


def test_whatever_is_written_is_read_back() -> None:
    covered = Covered()

    @settings(max_examples=400, derandomize=True, deadline=None)
    @given(DATA)
    @example({"a": []})
    def holds_for(data: Plain) -> None:
        covered.case(
            lists=any(isinstance(part, list) for part in parts(data)),
            mappings=any(isinstance(part, dict) for part in parts(data)),
            booleans=any(isinstance(part, bool) for part in parts(data)),
            line_ends=any(isinstance(part, str) and set(part) & set(LINE_ENDS) for part in parts(data)),
        )

        assert read_yaml(write_yaml(data), file="written").plain() == data

    holds_for()

    covered.enough()
