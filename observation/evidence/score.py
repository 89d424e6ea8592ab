"""How good projections were: what was expected against what was observed (3.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from ...patterns.catalogue import attach
from ...patterns.constraint import rule
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.planning.protocol import Protocol
from ...patterns.provenance import Explanation
from ...patterns.values import Quantity, Unit
from ..concept.phenomenon_type import PhenomenonType
from ..record.measurement import Measurement
from ..record.observation import Observation, Presence
from ..record.question import observations
from ..record.rejection import was_rejected
from ..record.standing import Hypothesis, Projection, Qualification, Standing
from ._claim import told_by
from .fulfilment import Fulfilment, answered, bears_on, excludes

COMPARABLE = rule(
    "score.comparable",
    pattern="3.10",
    says="Errors of measurements are added up in one unit, so they have one dimension.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """
    What was expected against what was observed.

    Shape:  of measurements the `error`, observed less expected, and the `relative_error`, that divided by
            what was expected, None where that is zero; of concepts whether it was a hit, None where what was
            observed does not tell. The presence of a phenomenon is the absence of the others of its type.
    Units:  the error in the unit of one of the two; the relative error is an exact fraction.
    Source: Analysis Patterns 3.10; the deviations are those of 4.2.
    """

    fulfilment: Fulfilment
    error: Quantity | None = None
    relative_error: Fraction | None = None
    is_hit: bool | None = None

    def explanation(self) -> Explanation:
        """The score, and what it compares."""
        return Explanation(str(self), "observed less expected", (self.fulfilment.explanation(),))

    def __str__(self) -> str:
        if self.error is not None:
            relative = "" if self.relative_error is None else f" ({self.relative_error} of what was expected)"
            return f"{self.fulfilment.projection}: off by {self.error}{relative}"
        said = {True: "came true", False: "did not come true", None: "could not be told"}[self.is_hit]
        return f"{self.fulfilment.projection}: {said}"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """
    How far off the projections of one phenomenon type were.

    Units:  `mean_error` in `unit`, an exact fraction; `mean_relative` of the magnitudes of the relative
            errors, of those that have one.
    Source: Analysis Patterns 3.10.
    """

    phenomenon_type: PhenomenonType
    count: int
    unit: Unit
    mean_error: Fraction
    mean_relative: Fraction | None


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """
    How good a number of projections were.

    Shape:  how many of concepts came true, did not, or could not be told; the accuracy of measurements, by
            phenomenon type.
    Source: Analysis Patterns 3.10.
    """

    hits: int
    misses: int
    undecided: int
    measured: tuple[Accuracy, ...]


def score_of(fulfilment: Fulfilment) -> Score:
    """
    Compare what was expected with what was observed.

    Errors: `ConstraintViolation` (`quantity.compatible-units`) for measurements in units that do not mix.
    Source: Analysis Patterns 3.10.
    """
    expected, observed = fulfilment.projection, fulfilment.observation
    if isinstance(expected, Measurement) and isinstance(observed, Measurement):
        error = observed.quantity - expected.quantity
        of, _ = expected.quantity.base()
        return Score(fulfilment, error, error.base()[0] / of if of else None)
    return Score(fulfilment, is_hit=_is_hit(expected, observed))


def scores(
    session: Session,
    *,
    protocol: Protocol | None = None,
    subject: Referable | None = None,
    known_at: datetime | None = None,
) -> list[Score]:
    """
    The scores of all projections that were fulfilled: those made by one protocol, of one thing, or any.

    Shape:  in the order in which the fulfilments were recorded; neither side was rejected.
    Units:  as known at an instant, by default the session's now.
    Source: Analysis Patterns 3.10.
    """
    known = session.instant(known_at)
    projection, observed = aliased(Observation), aliased(Observation)
    question = (
        select(Fulfilment)
        .join(projection, projection.id == Fulfilment.projection_id)
        .join(observed, observed.id == Fulfilment.observation_id)
        .where(Fulfilment.recorded <= known, ~was_rejected(projection, known), ~was_rejected(observed, known))
        .order_by(Fulfilment.recorded, Fulfilment.projection_id)
    )
    if protocol is not None:
        question = question.where(projection.protocol_id == protocol.id)
    if subject is not None:
        question = question.where(projection.subject_id == subject.id)
    return [score_of(each) for each in session.scalars(question)]


def summary(judged: Iterable[Score]) -> ScoreSummary:
    """
    Add up scores: how many hits and misses, how far off on average.

    Errors: `ConstraintViolation` (`score.comparable`) for measurements of one type in units that do not mix.
    Source: Analysis Patterns 3.10.
    """
    hits = misses = undecided = 0
    by_type: dict[PhenomenonType, list[Score]] = {}
    for score in judged:
        expected = score.fulfilment.projection
        if isinstance(expected, Measurement):
            by_type.setdefault(expected.phenomenon_type, []).append(score)
        else:
            hits += score.is_hit is True
            misses += score.is_hit is False
            undecided += score.is_hit is None
    measured = (_accuracy(kind, of_kind) for kind, of_kind in by_type.items())
    return ScoreSummary(
        hits, misses, undecided, tuple(sorted(measured, key=lambda each: each.phenomenon_type.name))
    )


def unfulfilled(
    session: Session,
    *,
    subject: Referable | None = None,
    due: datetime | None = None,
    known_at: datetime | None = None,
) -> Select[Any]:
    """
    Ask for the projections of which nobody has recorded yet what came of them.

    Shape:  of one thing, or any; those that apply from `due` or before, by default the session's now; to be
            narrowed further.
    Source: Analysis Patterns 3.10.
    """
    known = session.instant(known_at)
    standing = frozenset({Standing.PROJECTION})
    asked = observations(session, subject=subject, standing=standing, known_at=known)
    begins: Any = Observation.applicable_from  # type: ignore[attr-defined]
    return asked.where(~answered(Observation, known), begins <= session.instant(due))


def _is_hit(expected: Observation, observed: Observation) -> bool | None:
    hoped, told = told_by(expected), told_by(observed)
    if hoped is None or told is None:
        return None
    (concept, presence), (found, seen) = hoped, told
    if seen is Presence.UNKNOWN:
        return True if presence is Presence.UNKNOWN else None
    if bears_on(concept, found, seen):
        return seen is presence
    if seen is Presence.PRESENT and excludes(found, concept):
        return presence is Presence.ABSENT
    return None  # that another is absent, or something more general present, tells nothing of it


def _accuracy(kind: PhenomenonType, of_kind: list[Score]) -> Accuracy:
    errors = [each.error for each in of_kind if each.error is not None]
    unit = errors[0].unit
    amounts = []
    for error in errors:
        times, base = error.base()
        one, own = Quantity(1, unit).base()
        if base != own:
            raise COMPARABLE.violation(
                kind,
                found=f"errors of {kind} in {unit} and in {error.unit}",
                allowed="units of one dimension",
                remedy="Sum up the projections in each unit apart.",
            )
        amounts.append(times / one)
    relative = [abs(each.relative_error) for each in of_kind if each.relative_error is not None]
    mean = sum(relative, Fraction()) / len(relative) if relative else None
    return Accuracy(kind, len(errors), unit, sum(amounts, Fraction()) / len(amounts), mean)


attach(
    "3.10",
    types=(Qualification, Hypothesis, Projection, Fulfilment, Score, ScoreSummary),
    behaviours=(score_of, scores, summary, unfulfilled),
    figure="analysis_patterns.observation.record.standing:Qualification",
    when_not="How probable something is, nobody could say: the clinicians whom the book asked refused such "
    "numbers. What is acted on is active, whatever doubts remain.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import *
>>> from analysis_patterns.patterns import Person, Quantity
>>> ann, weight = Person(name="Ann"), PhenomenonType(name="body weight", legal_units=["kg"])
>>> soon = datetime(1997, 6, 1, tzinfo=UTC)
>>> expected, observed = (
...     Measurement(subject=ann, phenomenon_type=weight, quantity=Quantity(number, "kg"), applicable=soon,
...                 standing=standing)
...     for number, standing in (("70", Standing.PROJECTION), ("71.4", Standing.ACTIVE)))
>>> print(score_of(Fulfilment(projection=expected, observation=observed)))
body weight 70 kg: off by 1.4 kg (1/50 of what was expected)
""",
)
