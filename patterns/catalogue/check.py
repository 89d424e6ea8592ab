"""Whether the catalogue tells the truth: what is called built is complete, explained, and proved by tests."""

from __future__ import annotations

import doctest
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..constraint import RULES, Layer, Rule
from ..errors import AnalysisPatternsError
from .record import ATTACHED, Attachment, Head, PatternRecord
from .table import heads
from .whole import catalogue, loaded_modules, public_types

_RUN, _REFUSALS = "test-run.json", "refusals.jsonl"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that is wrong with the catalogue.

    Shape:  the `subject` (a pattern, a type, a rule) and what is its `fault`.
    """

    subject: str
    fault: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What the last run of the tests saw refused.

    Shape:  pairs of a rule's name and the layer that refused a breach of it; `complete` is whether
            every test ran.
    """

    refused: frozenset[tuple[str, Layer]]
    complete: bool

    @staticmethod
    def is_in(record: Path) -> bool:
        """Whether the folder `record` holds the record of a test run."""
        return (record / _RUN).is_file() and (record / _REFUSALS).is_file()

    @classmethod
    def read(cls, record: Path) -> Proof:
        """
        Read the record that the tests leave in the folder `record`.

        Errors: `AnalysisPatternsError` where there is none, or it is not what the tests write.
        """
        try:
            run = json.loads((record / _RUN).read_text(encoding="utf-8"))
            lines = (record / _REFUSALS).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError as missing:
            raise AnalysisPatternsError(
                f"no record of a test run: {missing.filename} is missing; run the tests first"
            ) from None
        try:
            refused = frozenset((entry["rule"], Layer(entry["layer"])) for entry in map(json.loads, lines))
            return cls(refused, complete=run["complete"] is True)
        except (KeyError, TypeError, ValueError) as broken:
            raise AnalysisPatternsError(
                f"the record of the test run in {record} cannot be read ({broken}); run the tests again"
            ) from None

    def layers(self, rule: Rule) -> frozenset[Layer]:
        """The layers that were seen to refuse a breach of `rule`."""
        return frozenset(layer for name, layer in self.refused if name == rule.name)


def findings(record: Path, *, draw: Callable[[str], object] | None = None) -> list[Finding]:
    """
    Everything that is wrong with the catalogue, given the tests' record in the folder `record`.

    Shape:  `draw`, where given, is tried on every figure's target.
    Errors: none; a record that is missing or broken is itself a finding.
    """
    modules = loaded_modules()
    whole = catalogue()
    found = [
        *faults_of_numbers(heads(), ATTACHED, RULES.values()),
        *(fault for pattern in whole for fault in faults_of_pattern(pattern, draw)),
        *faults_of_docstrings(public_types(modules)),
    ]
    try:
        found += faults_of_proof(Proof.read(record), RULES.values())
    except AnalysisPatternsError as unread:
        found.append(Finding("proof", str(unread)))
    return found


def faults_of_numbers(
    table: Iterable[Head], attached: Iterable[str], rules: Iterable[Rule]
) -> Iterator[Finding]:
    """Attachments and rules whose pattern is not in the table."""
    known = {head.number for head in table}
    for number in attached:
        if number not in known:
            yield Finding(f"pattern {number}", "attached, but the table of patterns has no such number")
    for rule in rules:
        if rule.pattern not in known:
            yield Finding(
                f"rule {rule.name}",
                f"belongs to pattern {rule.pattern!r}, which the table of patterns does not have",
            )


def faults_of_pattern(
    pattern: PatternRecord, draw: Callable[[str], object] | None = None
) -> Iterator[Finding]:
    """What a built pattern leaves out, and whether its example runs and its figure can be drawn."""
    if pattern.attachment is None:
        return
    subject = f"pattern {pattern.number} {pattern.name}"
    for fault in _omissions(pattern.attachment):
        yield Finding(subject, fault)
    if pattern.attachment.example.strip() and (failure := failure_of(pattern.attachment.example)):
        yield Finding(subject, f"its example fails: {failure}")
    if pattern.attachment.figure.strip() and draw is not None:
        try:
            draw(pattern.attachment.figure)
        except AnalysisPatternsError as refused:
            yield Finding(subject, f"its figure cannot be drawn: {refused}")


def _omissions(attachment: Attachment) -> Iterator[str]:
    if not attachment.parts:
        yield "attached without types or behaviours"
    for built in attachment.parts:
        if not _has_docstring(built):
            yield f"{built.__qualname__} has no docstring"
    for part in ("example", "figure", "when_not"):
        if not getattr(attachment, part).strip():
            yield f"attached without {part}"


def faults_of_docstrings(types: Iterable[type]) -> Iterator[Finding]:
    """Public types that say nothing of themselves."""
    for kind in types:
        if not _has_docstring(kind):
            yield Finding(f"type {kind.__module__}.{kind.__qualname__}", "has no docstring")


def _has_docstring(built: type | Callable[..., Any]) -> bool:
    # A dataclass without a docstring is given its signature for one; a subclass would inherit its parent's.
    said = (vars(built).get("__doc__") if isinstance(built, type) else built.__doc__) or ""
    return bool(said.strip()) and not said.startswith(f"{built.__name__}(")


def faults_of_proof(proof: Proof, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Rules that the tests did not see refused in each layer that they claim."""
    if not proof.complete:
        yield Finding("proof", "the last test run was not complete; run all the tests")
        return
    for rule in rules:
        if not rule.layers:
            yield Finding(f"rule {rule.name}", "claims no layer that enforces it")
        for layer in sorted(rule.layers - proof.layers(rule), key=list(Layer).index):
            yield Finding(f"rule {rule.name}", f"no test saw it refused by {layer.value}")


def failure_of(example: str) -> str:
    """What goes wrong when `example` is run as a doctest, in one line; empty where nothing does."""
    test = doctest.DocTestParser().get_doctest(example, {"__name__": "__main__"}, "example", None, 0)
    if not test.examples:
        return "it has no line that starts with >>>"
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS | doctest.FAIL_FAST)
    runner.run(test, out=report.append)
    return " ".join("".join(report).split()).removeprefix("*" * 70).strip()
