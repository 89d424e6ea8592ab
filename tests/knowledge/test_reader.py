"""2.5: knowledge is data that comes from strangers: it is read as plain text, or refused with its line."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.knowledge.errors import PackError, Problem
from analysis_patterns.patterns.knowledge.reader import Limits, Plain, read_file, read_yaml


def read(text: bytes | str, limits: Limits | None = None) -> Plain:
    return read_yaml(text, file="pack.yaml", limits=limits or Limits()).plain()


def refused(text: bytes | str, limits: Limits | None = None) -> str:
    """What the one error says that reading `text` ends in."""
    with pytest.raises(PackError) as raised:
        read(text, limits)
    return str(raised.value)


def test_reads_text_lists_and_mappings() -> None:
    text = """
# Who may be whose patient
party_types:
  - name: doctor
  - {name: GP, supertypes: [doctor]}
note: |
  two
  lines
"""

    assert read(text) == {
        "party_types": [{"name": "doctor"}, {"name": "GP", "supertypes": ["doctor"]}],
        "note": "two\nlines\n",
    }


@pytest.mark.parametrize(
    "written",
    ["NO", "yes", "on", "y", "1:30", "010", "0x1F", "1.10", "1e3", "1100", "1_000", ".inf", "1995-01-01",
     "True", "Null", "<<", "=", "2 176", "é", "東京", "😀"],
)  # fmt: skip
def test_whatever_is_not_true_false_or_null_stays_the_text_it_was(written: str) -> None:
    assert read(f"value: {written}") == {"value": written}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('""', ""),
    ],
)
def test_true_false_and_nothing_are_what_they_say_unless_quoted(written: str, meant: Plain) -> None:
    assert read(f"value: {written}") == {"value": meant}


def test_keys_are_text_as_written() -> None:
    assert read("{true: a, 010: b, null: c, '': d}") == {"true": "a", "010": "b", "null": "c", "": "d"}


def test_a_byte_order_mark_at_the_start_is_no_text() -> None:
    assert read(b"\xef\xbb\xbfname: doctor") == {"name": "doctor"}


def test_every_value_knows_its_line() -> None:
    node = read_yaml("a: 1\nb:\n  - x\n  -\n    c: >\n      long\n      text\n", file="pack.yaml")

    lines = {path: node.line_at(path) for path in [("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "c")]}

    assert lines == {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 5, ("b", 1, "c"): 5}


def test_what_is_missing_has_the_line_of_what_is_around_it() -> None:
    node = read_yaml("a: 1\nb:\n  - c: 2\n", file="pack.yaml")

    assert node.line_at(("b", 0, "name")) == 3
    assert node.line_at(("b", 1)) == 2
    assert node.line_at(("a", "deeper")) == 1


DEEP = "[" * 900
NOT = "pack.yaml:2: not YAML:"
SCANNING = "while scanning for the next token"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "pack.yaml: there is nothing in it"),
        ("# only a comment\n", "pack.yaml: there is nothing in it"),
        (BOMB, "pack.yaml:1: an anchor, &a; a pack has none"),
        ("a: b\nc: *a\n", "pack.yaml:2: an alias, *a; write out what it stands for"),
        ("- &a\n", "pack.yaml:1: an anchor, &a; a pack has none"),
        ("a:\n  !!python/object/apply:os.system [ls]",
         "pack.yaml:2: a tag, tag:yaml.org,2002:python/object/apply:os.system; a pack has none"),
        ("a: !!str 1", "pack.yaml:1: a tag, tag:yaml.org,2002:str; a pack has none"),
        ("a: !own 1", "pack.yaml:1: a tag, !own; a pack has none"),
        ("%YAML 1.1\n---\na: 1", "pack.yaml:1: a directive, %; a pack has none"),
        ("%TAG ! tag:example.org,2000:\n---\na: 1", "pack.yaml:1: a directive, %; a pack has none"),
        ("a: 1\n---\nb: 2", "pack.yaml:2: a second document; a pack is one"),
        ("a: 1\nb: 2\na: 3", "pack.yaml:3: the key 'a' a second time; the first is on line 1"),
        ("x: {a: 1, 'a': 2}", "pack.yaml:1: the key 'a' a second time; the first is on line 1"),
        ("? [a, b]\n: c", "pack.yaml:1: a list or mapping as a key; keys are text"),
        (DEEP, "pack.yaml:1: more than 20 lists and mappings around one another"),
        (DEEP + "]" * 900, "pack.yaml:1: more than 20 lists and mappings around one another"),
        ("{a: " * 900, "pack.yaml:1: more than 20 lists and mappings around one another"),
        ("- " * 900, "pack.yaml:1: more than 20 lists and mappings around one another"),
        ("a: 1\nb: \0", "pack.yaml:2: character U+0000 cannot stand in a pack"),
        ("a: 1\nb: \ud800", "pack.yaml:2: character U+D800 cannot stand in a pack"),
        ("a: \x07", "pack.yaml:1: character U+0007 cannot stand in a pack"),
        ('a: 1\nb: "\\0"', "pack.yaml:2: character U+0000 cannot stand in a pack"),
        ('a: 1\nb: "\\ud800"', "pack.yaml:2: character U+D800 cannot stand in a pack"),
        ('a: 1\n"\\udfff": b', "pack.yaml:2: character U+DFFF cannot stand in a pack"),
        ('a: "\\U00110000"', "pack.yaml:1: an escape for a character that does not exist"),
        (b"a: 1\nb: \xff", "pack.yaml:2: byte 0xff is not UTF-8"),
        (b"\xff\xfea\x00", "pack.yaml:1: byte 0xff is not UTF-8"),
        (b"a: \xed\xa0\x80", "pack.yaml:1: byte 0xed is not UTF-8"),
        ("a: 1\nb: c: d", f"{NOT} mapping values are not allowed here"),
        ("a: 1\nb: @c", f"{NOT} found character '@' that cannot start any token, {SCANNING}"),
        ("a: 1\nb: 'x", f"{NOT} found unexpected end of stream, while scanning a quoted scalar"),
        ("a: [1, 2\nb: 3", f"{NOT} expected ',' or ']', but got ':', while parsing a flow sequence"),
        ("a: 1\nb: ]", f"{NOT} expected the node content, but found ']', while parsing a block node"),
    ],
)  # fmt: skip
def test_refuses_what_is_not_plain_data_and_says_where(text: bytes | str, said: str) -> None:
    assert refused(text) == said


def test_refuses_a_file_that_is_too_large_without_reading_it_all() -> None:
    assert refused(b"#" * 101, Limits(bytes=100)) == "pack.yaml: is larger than 100 bytes"
    assert refused("x" * (1 << 20) + "x") == "pack.yaml: is larger than 1,048,576 bytes"


def test_takes_as_much_as_the_limits_allow() -> None:
    assert read("- a\n- b\n", Limits(nodes=3, depth=1, bytes=8)) == ["a", "b"]


def test_refuses_too_many_values() -> None:
    assert refused("- a\n- b\n- c\n", Limits(nodes=3)) == "pack.yaml:3: more than 3 values"


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"

    with pytest.raises(PackError) as raised:
        read_file(missing)

    assert str(raised.value) == f"{missing}: cannot be read: No such file or directory"


def test_refuses_a_folder(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        read_file(tmp_path)

    assert str(raised.value) == f"{tmp_path}: cannot be read: Is a directory"


def test_reads_a_file_up_to_the_limit_only(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text("name: doctor")

    assert read_file(pack, limits=Limits(bytes=12)).plain() == {"name": "doctor"}
    with pytest.raises(PackError, match="is larger than 11 bytes"):
        read_file(pack, limits=Limits(bytes=11))


def test_an_error_names_every_problem_in_the_order_of_the_lines() -> None:
    error = PackError([Problem("a.yaml", 7, "second"), Problem("a.yaml", 2, "first", rule="name.text")])

    assert isinstance(error, AnalysisPatternsError)
    assert str(error) == "a.yaml:2: first\na.yaml:7: second"
    assert error.problems[0].rule == "name.text"


def test_an_error_survives_pickling() -> None:
    error = PackError([Problem("a.yaml", 7, "wrong")])

    copy = pickle.loads(pickle.dumps(error))

    assert (str(copy), copy.problems) == (str(error), error.problems)


PUNCTUATION = st.sampled_from("ab:-? []{},\n\t'\"|>&*!%#@0\\~<")


@settings(max_examples=500, deadline=None)
@given(st.text(PUNCTUATION | st.characters(), max_size=40) | st.binary(max_size=40))
def test_whatever_comes_in_ends_in_plain_data_or_one_clear_error(given: bytes | str) -> None:
    try:
        said = str(read(given))
    except PackError as error:
        said = f"{error}: refused"

    assert said.startswith("pack.yaml:") or not said.endswith(": refused")
