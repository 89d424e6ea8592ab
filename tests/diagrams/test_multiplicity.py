"""How many of one type belong to each of another is written as the book writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_patterns.diagrams import HintError, Multiplicity


@pytest.mark.parametrize(
    ("written", "fewest", "most"),
    [("1", 1, 1), ("0..1", 0, 1), ("*", 0, None), ("1..*", 1, None), ("2", 2, 2), ("2..5", 2, 5)],
)
def test_reads_what_it_writes(written: str, fewest: int, most: int | None) -> None:
    read = Multiplicity.read(written)

    assert read == Multiplicity(fewest, most)
    assert str(read) == written


def test_writes_zero_or_more_in_one_sign() -> None:
    assert str(Multiplicity.read("0..*")) == "*"


@pytest.mark.parametrize("written", ["", "many", "1..", "..1", "-1", "1..2..3", "*..1", "¹", " 1", None, 1])
def test_refuses_what_is_no_multiplicity(written: object) -> None:
    with pytest.raises(HintError, match=r"a multiplicity reads 1, 0\.\.1, \*, 1\.\.\* or the like, not "):
        Multiplicity.read(written)


@pytest.mark.parametrize("written", ["0", "0..0", "5..2"])
def test_refuses_what_no_number_satisfies(written: str) -> None:
    with pytest.raises(HintError, match="no number satisfies the multiplicity"):
        Multiplicity.read(written)


@given(st.integers(0, 9), st.one_of(st.none(), st.integers(1, 9)))
def test_every_multiplicity_survives_being_written(fewest: int, extra: int | None) -> None:
    multiplicity = Multiplicity(fewest, None if extra is None else fewest + extra)

    assert Multiplicity.read(str(multiplicity)) == multiplicity
