"""`analysis-patterns picture` draws what a database holds, and says in one line what was asked wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, select

from analysis_patterns.cases import barrier, clinic, consultant, rates, surgery
from analysis_patterns.cli import main
from analysis_patterns.observation import Measurement, Observation
from analysis_patterns.patterns.persistence import create_engine, sessions

from ..databases import Databases, SqliteFolder
from ..schemas import create_schema

DAY = ("--as-of", "1997-05-01")


def with_several_cases(url: str) -> None:
    """Work a case of each chapter that is quickly worked."""
    create_schema(url)
    for case in (consultant, clinic, rates, surgery, barrier):
        with sessions(create_engine(url, poolclass=NullPool))() as session:
            case.run(session)


@pytest.fixture
def cases_url(databases: Databases) -> Iterator[str]:
    """The URL of a database of each kind in turn, with several cases."""
    with databases.fresh(with_several_cases) as made:
        yield made


def drawn(capfdbinary: pytest.CaptureFixture[bytes], url: str, *asked: str, format: str = "mermaid") -> str:
    """What the command prints, as Mermaid unless told otherwise."""
    code = main(["picture", *asked, "--url", url, "--format", format])
    out, err = capfdbinary.readouterr()
    assert (code, err) == (0, b"")
    return out.decode()


def test_draws_who_answers_to_whom_around_a_party(
    worked_url: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = drawn(capfdbinary, worked_url, "network", "--party", "Boston", "--type", "line management", *DAY)

    assert {"Boston<br/>sales office", "New England<br/>division"} <= set(text.split('"'))
    assert "Northeast" not in text
    whole = drawn(capfdbinary, worked_url, "network", *DAY)
    assert "Northeast" in whole
    assert "Transplant surgeon" in whole


def test_draws_a_picture_of_each_kind(cases_url: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with sessions(create_engine(cases_url, poolclass=NullPool))() as session:
        seen = session.scalars(select(Observation.id).order_by(Observation.id)).first()
        measured = session.scalars(select(Measurement.id).order_by(Measurement.id)).first()
    plan = "Mary Jones's transplant"
    asked = {
        ("practice", "income tax of a consultant"): "flowchart TB",
        ("evidence", str(seen)): "flowchart TB",
        ("calculation", str(measured)): "flowchart TB",
        ("scenario", "dearer dollar"): "times 1.",
        ("plan", plan): "-->",
        ("plan", plan, "--gantt"): "gantt",
        ("life-cycle", "knock-in option", "--state", "active"): "-->",
        ("object", "LifeCycle", "option"): "option#58; LifeCycle",
    }

    for question, said in asked.items():
        assert said in drawn(capfdbinary, cases_url, *question)


def test_draws_rows_as_objects_by_name_key_or_the_first_ones(
    worked_url: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    boston = drawn(capfdbinary, worked_url, "object", "Party", "Boston", "--depth", "1")
    some = drawn(capfdbinary, worked_url, "object", "Party", "--most", "3")

    assert "Boston#58; Organization" in boston
    assert "PartyClassification" in boston
    assert some.count("    n") == 3
    whole = "analysis_patterns.patterns.accountability.party:Party"
    assert drawn(capfdbinary, worked_url, "object", whole, "Boston", "--depth", "1") == boston


def test_writes_a_file_in_the_format_that_its_name_ends_in(
    worked_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "network.png"

    code = main(["picture", "network", "--url", worked_url, *DAY, "-o", str(file)])

    assert (code, capsys.readouterr().out) == (0, f"{file}\n")
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("network", "--party", "Nobody"), "Invalid value for --party: nothing is called 'Nobody' there"),
        (("network", "--type", "love"), "Invalid value for --type: nothing is called 'love' there"),
        (("network", "--as-of", "today"), "Invalid value for --as-of: 'today' is no date in ISO form"),
        (("scenario", "Nothing"), "Invalid value for NAME: nothing is called 'Nothing' there"),
        (("evidence", "x"), "Invalid value for KEY: 'x' is no key"),
        (("evidence", str(uuid4())), "Invalid value for KEY: there is no Observation of the key"),
        (
            ("object", "Partie"),
            "Invalid value for CLASS: no mapped class is called 'Partie'; did you mean Party?",
        ),
        (("object", "Xyzzyx"), "no mapped class is called 'Xyzzyx'; --import its module"),
        (("object", "Party", "Nobody"), "Invalid value for NAME: no Party is called 'Nobody'"),
        (("tea",), "No such command 'tea'"),
    ],
)
def test_says_what_was_asked_wrongly(
    worked_url: str, asked: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = ("--url", worked_url) if asked != ("tea",) else ()

    code = main(["picture", *asked, *url])

    assert code == 2
    assert said in capsys.readouterr().err


def test_nothing_to_draw_is_a_failure_and_overwrites_nothing(
    worked_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "network.svg"
    file.write_text("what was there", encoding="utf-8")

    code = main(
        ["picture", "network", "--url", worked_url, "--known-at", "1990-01-01T00:00Z", *DAY, "-o", str(file)]
    )

    assert code == 1
    assert "there is nothing to draw: Nobody answers to anybody on 1997-05-01" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "what was there"


def test_rows_that_are_not_there_are_a_failure(worked_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["picture", "object", "Scenario", "--url", worked_url])

    assert (code, capsys.readouterr().err) == (1, "analysis-patterns: there is no object to draw\n")


def test_a_database_without_our_tables_is_a_failure(
    sqlite: SqliteFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite.fresh() as url:
        create_engine(url).connect().close()

        code = main(["picture", "network", "--url", url])

    assert code == 1
    assert "no tables of ours; `analysis-patterns db upgrade` makes them" in capsys.readouterr().err
