"""The check finds each way in which a catalogue can be untrue, and leaves the truth in peace (14.6)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis_patterns.patterns.catalogue import Attachment, Finding, Proof, findings
from analysis_patterns.patterns.catalogue.check import (
    failure_of,
    faults_of_docstrings,
    faults_of_numbers,
    faults_of_pattern,
    faults_of_proof,
)
from analysis_patterns.patterns.constraint import DATABASES, Layer, Rule
from analysis_patterns.patterns.errors import AnalysisPatternsError

from .made_up import ALONE, HEAD, Tally, built, count, recorded


class Mute(Tally):
    pass


@dataclass
class MuteValue:
    marks: int


def mutely() -> int:
    return 0


def lines(found: Iterable[Finding]) -> list[str]:
    return [str(finding) for finding in found]


def write_record(folder: Path, *refused: tuple[Rule, Layer], complete: bool = True, broken: str = "") -> Path:
    entries = [json.dumps({"rule": rule.name, "layer": layer.value}) for rule, layer in refused]
    (folder / "refusals.jsonl").write_text("\n".join([*entries, broken]).strip(), encoding="utf-8")
    (folder / "test-run.json").write_text(json.dumps({"complete": complete}), encoding="utf-8")
    return folder


def test_finds_nothing_where_everything_is_attached() -> None:
    assert lines(faults_of_pattern(built())) == []


def test_finds_nothing_wrong_with_a_pattern_that_is_honestly_not_built() -> None:
    assert lines(faults_of_pattern(recorded(None))) == []


def test_finds_a_built_pattern_without_types_or_behaviours() -> None:
    found = faults_of_pattern(built(types=()))

    assert lines(found) == ["pattern 99.1 Tally: attached without types or behaviours"]


def test_takes_behaviours_for_types() -> None:
    behaving = recorded(Attachment((), (count,), ">>> 1\n1", "here", "Never."))

    found = faults_of_pattern(behaving)

    assert lines(found) == []


def test_finds_a_behaviour_without_docstring() -> None:
    mute = recorded(Attachment((), (mutely,), ">>> 1\n1", "here", "Never."))

    found = faults_of_pattern(mute)

    assert lines(found) == ["pattern 99.1 Tally: mutely has no docstring"]


def test_finds_a_built_pattern_without_example() -> None:
    assert lines(faults_of_pattern(built(example=" "))) == ["pattern 99.1 Tally: attached without example"]


def test_finds_a_built_pattern_without_figure() -> None:
    assert lines(faults_of_pattern(built(figure=""))) == ["pattern 99.1 Tally: attached without figure"]


def test_finds_a_built_pattern_that_does_not_say_when_not_to_use_it() -> None:
    assert lines(faults_of_pattern(built(when_not=""))) == ["pattern 99.1 Tally: attached without when_not"]


def test_finds_an_example_whose_result_differs() -> None:
    found = lines(faults_of_pattern(built(example=">>> 1 + 1\n3")))

    assert len(found) == 1
    assert found[0].startswith("pattern 99.1 Tally: its example fails: ")
    assert found[0].endswith("Failed example: 1 + 1 Expected: 3 Got: 2")


def test_finds_an_example_that_raises() -> None:
    assert "NameError: name 'tally' is not defined" in failure_of(">>> tally")


def test_finds_an_example_that_shows_nothing() -> None:
    assert failure_of("tally = 1") == "it has no line that starts with >>>"


def test_examples_do_not_see_each_other() -> None:
    assert failure_of(">>> mark = 1") == ""
    assert "NameError" in failure_of(">>> mark")


def test_finds_a_figure_that_cannot_be_drawn() -> None:
    def draw(target: str) -> None:
        raise AnalysisPatternsError(f"there is no module {target}")

    found = faults_of_pattern(built(), draw)

    assert lines(found) == [
        "pattern 99.1 Tally: its figure cannot be drawn: there is no module tests.catalogue"
    ]


def test_draws_every_figure_it_is_given() -> None:
    drawn: list[str] = []

    found = lines(faults_of_pattern(built(), drawn.append))

    assert found == []
    assert drawn == ["tests.catalogue"]


def test_finds_a_public_type_without_docstring() -> None:
    found = lines(faults_of_docstrings([Tally, Mute, MuteValue]))

    assert found == [
        f"type {__name__}.Mute: has no docstring",
        f"type {__name__}.MuteValue: has no docstring",
    ]


def test_finds_a_rule_whose_pattern_is_not_in_the_table() -> None:
    astray = Rule("tally.astray", "98.1", "A tally is never lost.")

    found = lines(faults_of_numbers([HEAD], [], [ALONE, astray]))

    assert found == [
        "rule tally.astray: belongs to pattern '98.1', which the table of patterns does not have"
    ]


def test_finds_what_is_attached_to_a_number_that_is_not_in_the_table() -> None:
    found = lines(faults_of_numbers([HEAD], ["99.1", "99.2"], []))

    assert found == ["pattern 99.2: attached, but the table of patterns has no such number"]


def test_finds_nothing_where_every_layer_was_seen_to_refuse() -> None:
    proof = Proof(frozenset((ALONE.name, layer) for layer in Layer), complete=True)

    assert lines(faults_of_proof(proof, [ALONE])) == []


def test_finds_each_layer_that_no_test_saw_refuse() -> None:
    proof = Proof(frozenset({(ALONE.name, Layer.CONSTRUCTOR), ("tally.other", Layer.FLUSH)}), complete=True)

    found = lines(faults_of_proof(proof, [ALONE]))

    assert found == [
        "rule tally.alone: no test saw it refused by flush",
        "rule tally.alone: no test saw it refused by sqlite",
        "rule tally.alone: no test saw it refused by postgresql",
    ]


def test_asks_only_for_the_layers_that_a_rule_claims() -> None:
    guarded = Rule("tally.guarded", "99.1", "A tally is guarded.", DATABASES)
    proof = Proof(frozenset((guarded.name, layer) for layer in DATABASES), complete=True)

    assert lines(faults_of_proof(proof, [guarded])) == []


def test_finds_a_rule_that_claims_no_layer() -> None:
    idle = Rule("tally.idle", "99.1", "A tally is idle.", frozenset())

    assert lines(faults_of_proof(Proof(frozenset(), complete=True), [idle])) == [
        "rule tally.idle: claims no layer that enforces it"
    ]


def test_finds_a_test_run_that_was_not_complete_and_judges_no_rule_by_it() -> None:
    found = lines(faults_of_proof(Proof(frozenset(), complete=False), [ALONE]))

    assert found == ["proof: the last test run was not complete; run all the tests"]


def test_reads_what_the_tests_saw_refused(tmp_path: Path) -> None:
    folder = write_record(tmp_path, (ALONE, Layer.CONSTRUCTOR), (ALONE, Layer.SQLITE))

    proof = Proof.read(folder)

    assert proof.complete
    assert proof.layers(ALONE) == {Layer.CONSTRUCTOR, Layer.SQLITE}


@pytest.mark.parametrize("missing", ["test-run.json", "refusals.jsonl"])
def test_refuses_to_judge_without_a_record(tmp_path: Path, missing: str) -> None:
    write_record(tmp_path)
    (tmp_path / missing).unlink()

    with pytest.raises(AnalysisPatternsError) as refused:
        Proof.read(tmp_path)

    assert str(refused.value) == (
        f"no record of a test run: {tmp_path / missing} is missing; run the tests first"
    )


@pytest.mark.parametrize("broken", ["{", "[]", '{"rule": "tally.alone"}', '{"rule": "x.y", "layer": "roof"}'])
def test_refuses_a_record_that_is_broken(tmp_path: Path, broken: str) -> None:
    folder = write_record(tmp_path, broken=broken)

    with pytest.raises(AnalysisPatternsError, match=r"cannot be read .*; run the tests again"):
        Proof.read(folder)


def test_a_missing_record_is_itself_a_finding(tmp_path: Path) -> None:
    found = [finding for finding in findings(tmp_path) if finding.subject == "proof"]

    assert [finding.fault for finding in found] == [
        f"no record of a test run: {tmp_path / 'test-run.json'} is missing; run the tests first"
    ]


def test_the_library_itself_has_nothing_amiss_but_what_a_whole_test_run_proves(tmp_path: Path) -> None:
    # In a process of its own: the tests of this one state rules and attach patterns of their own.
    program = (
        "import sys; from pathlib import Path; from analysis_patterns.patterns.catalogue import findings; "
        "print('\\n'.join(map(str, findings(Path(sys.argv[1])))))"
    )

    checked = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )

    assert [line for line in checked.stdout.splitlines() if not line.startswith("proof: ")] == []
