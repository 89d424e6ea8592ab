"""A module attaches what it builds beside its code; a pattern that nothing attaches to is not built."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from analysis_patterns.patterns.catalogue import (
    ATTACHED,
    Attachment,
    Head,
    PatternRecord,
    attach,
    complete,
    record,
)
from analysis_patterns.patterns.constraint import rule
from analysis_patterns.patterns.errors import AnalysisPatternsError

from .made_up import HEAD, Tally, count

STATED = rule("tally.stated", pattern="99.1", says="A tally says what it counts.")


@pytest.fixture(autouse=True)
def _nothing_stays_attached() -> Iterator[None]:
    before = dict(ATTACHED)
    yield
    record._ATTACHED.clear()
    record._ATTACHED.update(before)


def test_a_pattern_is_not_built_until_something_is_attached() -> None:
    tally = PatternRecord.of(HEAD)

    assert not tally.built
    assert tally.state == "not built"
    assert tally.module == ""
    assert tally.attachment is None


def test_a_pattern_is_built_once_something_is_attached() -> None:
    attach(
        "99.1",
        types=[Tally],
        behaviours=[count],
        example=">>> 1",
        figure="here",
        when_not="Nothing is counted.",
    )

    tally = PatternRecord.of(HEAD)

    assert tally.built
    assert tally.state == "built"
    assert tally.attachment == Attachment((Tally,), (count,), ">>> 1", "here", "Nothing is counted.")


def test_the_module_is_read_from_the_types() -> None:
    attach("99.1", types=[Tally])

    assert PatternRecord.of(HEAD).module == Tally.__module__


def test_the_module_is_read_from_the_behaviours_where_there_are_no_types() -> None:
    attach("99.1", behaviours=[count])

    assert PatternRecord.of(HEAD).module == count.__module__


def test_what_is_attached_without_parts_has_no_module() -> None:
    attach("99.1")

    assert PatternRecord.of(HEAD).module == ""


def test_the_constraints_are_the_rules_that_name_the_pattern() -> None:
    assert PatternRecord.of(HEAD).constraints == (STATED,)


def test_a_floor_above_completes_a_pattern() -> None:
    attach("99.1", types=[Tally], when_not="Never.")

    complete("99.1", types=[Head], behaviours=[count])

    assert ATTACHED["99.1"].parts == (Tally, Head, count)
    assert ATTACHED["99.1"].when_not == "Never."


def test_only_what_is_attached_is_completed() -> None:
    with pytest.raises(AnalysisPatternsError, match=r"pattern 99\.1 is not attached"):
        complete("99.1", types=[Tally])


def test_a_pattern_is_attached_only_once() -> None:
    attach("99.1", types=[Tally])

    with pytest.raises(AnalysisPatternsError) as refused:
        attach("99.1")

    assert str(refused.value) == f"pattern 99.1 is already attached by {Tally.__module__}"
    assert ATTACHED["99.1"].types == (Tally,)


def test_attaching_costs_no_heavy_import() -> None:
    program = (
        "import sys; from analysis_patterns.patterns.catalogue import attach; "
        "print({'sqlalchemy', 'pydantic', 'yaml', 'jinja2', 'doctest', 'tomllib'} & sys.modules.keys())"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "set()"


def test_the_package_offers_its_names_and_no_others() -> None:
    from analysis_patterns.patterns import catalogue

    assert all(hasattr(catalogue, name) for name in catalogue.__all__)
    assert catalogue.__all__ == sorted(catalogue.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Manager'"):
        catalogue.Manager  # noqa: B018
