"""The command `observation` takes FHIR documents over, all or nothing, and writes them back (3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.observation import Measurement, PhenomenonType, Standing
from analysis_patterns.observation.interchange import read_fhir
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import create_engine, sessions
from analysis_patterns.patterns.values import Quantity
from tests.databases import SqliteFolder
from tests.schemas import create_schema

from .fhir import EXAMPLES, FILES, observation


@pytest.fixture
def url(sqlite: SqliteFolder) -> Iterator[str]:
    """A database of our tables, with a clerk and a projected figure in it."""
    with sqlite.fresh(create_schema) as made:
        engine = create_engine(made)
        with sessions(engine)() as session:
            clerk = Person(name="Clerk")
            session.add_all([clerk, Person(name="Twin"), Person(name="Twin")])
            session.commit()
        engine.dispose()
        yield made


def expect(url: str) -> None:
    """Record a figure that is expected."""
    engine = create_engine(url)
    with sessions(engine)() as session:
        patient = Person(name="John Smith")
        weight = PhenomenonType(name="weight")
        expected = Measurement(
            subject=patient, phenomenon_type=weight, quantity=Quantity(80, "kg"),
            applicable=datetime(2030, 1, 1, tzinfo=UTC), standing=Standing.PROJECTION,
        )  # fmt: skip
        session.add_all([patient, expected])
        session.commit()
    engine.dispose()


def test_takes_a_folder_over_once_and_writes_it_as_it_came(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["observation", "import", str(EXAMPLES), "--url", url]) == 0
    first = capsys.readouterr().out.splitlines()
    assert main(["observation", "import", *map(str, FILES), "--url", url]) == 0
    again = capsys.readouterr().out.splitlines()
    written = tmp_path / "out.json"
    assert main(["observation", "export", "--url", url, "--output", str(written)]) == 0

    assert first[0] == "resources: 6 accepted, 0 known already"
    assert "learnt: person Patient/example" in first
    assert 'kept beside: Observation-example.json: Observation.valueQuantity.unit: "lbs"' in first
    assert again[0] == "resources: 0 accepted, 6 known already"
    assert capsys.readouterr().out.strip() == str(written)
    assert [each.text for each in read_fhir(written).resources] == [file.read_text() for file in FILES]


def test_only_tells_what_would_be_taken_over_where_it_is_a_trial(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["observation", "import", str(EXAMPLES), "--url", url, "--dry-run"]) == 0
    assert main(["observation", "export", "--url", url]) == 0

    assert capsys.readouterr().out.endswith('"type": "collection"\n}\n')


def test_says_line_by_line_what_is_wrong_and_changes_nothing(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(observation(status="finished", issued="2016"))

    code = main(["observation", "import", str(EXAMPLES), str(wrong), "--url", url])

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert [line.split(": fhir")[0] for line in said.err.splitlines()] == [
        "wrong.json: Observation.status",
        "wrong.json: Observation.issued",
    ]
    assert main(["observation", "export", "--url", url]) == 0
    assert "entry" not in capsys.readouterr().out


def test_refuses_what_is_not_known_where_told_to(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["observation", "import", str(EXAMPLES), "--url", url, "--known"])

    assert code == 1
    assert "fhir.known-subject" in capsys.readouterr().err


def test_whoever_is_named_rejects_what_was_entered_in_error(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "weight.json"
    document.write_text(observation(valueQuantity={"value": 185, "unit": "lbs"}))
    main(["observation", "import", str(document), "--url", url, "--source", "ward", "--unit", "lbs=[lb_av]"])
    document.write_text(observation(status="entered-in-error"))

    for by, code in (("Nobody", 2), ("Twin", 2), ("Clerk", 0)):
        arguments = ["import", str(document), "--url", url, "--source", "ward", "--by", by]
        assert main(["observation", *arguments]) == code
    assert "earlier ones rejected: 1" in capsys.readouterr().out

    assert main(["observation", "export", "--url", url, "--source", "ward"]) == 0
    assert '"status": "entered-in-error"' in capsys.readouterr().out


def test_tells_what_it_does_not_write(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    expect(url)

    assert main(["observation", "export", "--url", url]) == 0

    said = capsys.readouterr()
    assert said.err == "not exported, since it is only expected: weight 80 kg\n"
    assert "entry" not in said.out


def test_says_what_was_asked_wrongly(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["observation", "import", str(EXAMPLES), "--url", url, "--unit", "lbs"]) == 2
    assert "is not as in lbs=[lb_av]" in capsys.readouterr().err
    empty = tmp_path / "empty.db"
    empty.touch()
    assert main(["observation", "export", "--url", f"sqlite:///{empty}"]) == 1
    assert "has no tables of ours" in capsys.readouterr().err
