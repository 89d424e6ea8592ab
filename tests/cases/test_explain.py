"""`analysis-patterns explain responsible` says by which accountabilities one party stands above another."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import NullPool, select

from analysis_patterns.cli import main
from analysis_patterns.patterns.accountability import Party
from analysis_patterns.patterns.persistence import create_engine, sessions

DAY = ("--as-of", "1997-05-01")


def asked(url: str, above: str, below: str, *more: str) -> int:
    """Ask the command line, and give its exit code."""
    return main(["explain", "responsible", "--url", url, "--party", above, "--for", below, *more])


def key_of(url: str, name: str) -> UUID:
    """The key of the party of a name."""
    with sessions(create_engine(url, poolclass=NullPool))() as session:
        return session.scalars(select(Party.id).where(Party.name == name)).one()


def test_prints_the_chain_from_the_lowest_to_the_highest(
    worked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = asked(worked_url, "Northeast", "Boston", "--type", "line management", *DAY)

    said = [line.partition("  [")[0] for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert said == [
        "Northeast stands above Boston",
        "  Boston responsible to New England (line management) from 1990-01-01 until further notice",
        "  New England responsible to Northeast (line management) from 1990-01-01 until further notice",
    ]


def test_takes_keys_for_names(worked_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    above, below = str(key_of(worked_url, "ACM")), str(key_of(worked_url, "Northeast"))

    code = asked(worked_url, above, below, *DAY)

    assert code == 0
    assert capsys.readouterr().out.startswith("ACM stands above Northeast")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("Boston", "ACM", *DAY), "not on any day"),
        (("ACM", "Boston 2176", "--type", "product support", *DAY), "not on any day"),
        (
            ("2170 service centre", "Boston 2176", "--as-of", "1995-12-31"),
            "not on 1995-12-31, but from 1996-01-01 until further notice",
        ),
        (("ACM", "Boston", "--known-at", "1990-01-01T00:00Z", *DAY), "not on any day"),
    ],
)
def test_fails_where_it_does_not_and_says_when_it_does(
    worked_url: str, question: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = asked(worked_url, *question)

    assert (code, capsys.readouterr().out) == (1, f"{said}\n")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("Nobody", "ACM"), "Invalid value for --party: nothing is called 'Nobody' there"),
        (("ACM", "Nobody"), "Invalid value for --for: nothing is called 'Nobody' there"),
        (("ACM", "Boston", "--type", "love"), "Invalid value for --type: nothing is called 'love' there"),
        (("ACM", "Boston", "--as-of", "today"), "Invalid value for --as-of: 'today' is no date in ISO form"),
        (("ACM", "Boston", "--known-at", "soon"), "Invalid value for --known-at: 'soon' is no datetime"),
    ],
)
def test_says_what_was_asked_wrongly(
    worked_url: str, question: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = asked(worked_url, *question)

    assert code == 2
    assert said in capsys.readouterr().err


def test_asks_for_a_key_where_several_have_the_name(
    worked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with sessions(create_engine(worked_url, poolclass=NullPool))() as session:
        session.add(Party(name="ACM"))
        session.commit()

    code = asked(worked_url, "ACM", "Boston")

    assert code == 2
    assert "2 are called 'ACM'; give the key of one: " in capsys.readouterr().err


def test_refuses_an_instant_without_its_zone(worked_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = asked(worked_url, "ACM", "Boston", "--known-at", "1997-05-01T00:00")

    assert code == 1
    assert "time.aware" in capsys.readouterr().err


def test_imports_what_an_application_adds(worked_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = asked(worked_url, "ACM", "Boston", "--import", "no_such_module_anywhere")

    assert code == 1
    assert "No module named 'no_such_module_anywhere'" in capsys.readouterr().err
