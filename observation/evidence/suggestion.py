"""What the functions make of what was observed of a thing: proposals, which people decide on (3.12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload
from typing_extensions import Unpack

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session, session_of
from ...patterns.provenance import Explanation
from ..concept.observation_concept import ObservationConcept, closure
from ..record.basis import Basis
from ..record.observation import Observation, Presence, Said
from ..record.question import ACTIVE, known_as
from ..record.standing import Standing
from ..record.time_record import Time
from ._claim import every_kind, says
from .associated_observation import AssociatedObservation
from .associative_function import AssociativeFunction, FunctionArgument
from .contradiction import Contradiction, contradictions
from .dismissal import Dismissal, DismissedEvidence
from .presence import Finding, findings
from .staleness import reconsider


@dataclass(frozen=True, slots=True, eq=False)
class Suggestion:
    """
    What a function makes of a thing at an instant.

    Shape:  the function, and for each of its arguments what was found. Where its condition is met it proposes
            its product; a person accepts or dismisses that. Otherwise it says what is still to be observed.
    Source: Analysis Patterns 3.12.
    """

    function: AssociativeFunction
    found: tuple[tuple[FunctionArgument, Finding], ...]
    as_of: datetime

    @property
    def product(self) -> ObservationConcept:
        """What is proposed."""
        return self.function.product

    @property
    def is_met(self) -> bool:
        """Whether the condition of the function is met."""
        return self.function.is_met_by(
            {each for each, finding in self.found if finding.presence is each.presence}
        )

    @property
    def evidence(self) -> list[Observation]:
        """What speaks for it; what is contradicted speaks neither for it nor against it."""
        return list(dict.fromkeys(self._speaking(speaks_for=True)))

    @property
    def counter_evidence(self) -> list[Observation]:
        """What speaks against it, by one argument, and for it by none."""
        speaks_for = set(self.evidence)
        against = dict.fromkeys(self._speaking(speaks_for=False))
        return [each for each in against if each not in speaks_for]

    @property
    def missing(self) -> list[ObservationConcept]:
        """What is still to be observed: nothing was, or it could not be told."""
        return [each.concept for each, finding in self.found if finding.presence not in _TOLD]

    def _speaking(self, *, speaks_for: bool) -> Iterator[Observation]:
        for argument, finding in self.found:
            if finding.presence in _TOLD and (finding.presence is argument.presence) is speaks_for:
                yield from finding.present if finding.presence is Presence.PRESENT else finding.absent

    def accept(
        self, *, by: Party, applicable: Time | None = None, **said: Unpack[Said]
    ) -> AssociatedObservation:
        """
        Record the conclusion, as somebody decided; a hypothesis where the evidence is one.

        Shape:  it applies from the instant that was asked about, unless said otherwise; `by` performs it.
        Errors: those of `AssociatedObservation`; nothing is changed.
        """
        uncertain = [each.standing for each in self.evidence if each.standing is not Standing.ACTIVE]
        hypothetical = Standing.HYPOTHESIS in uncertain
        expected = (
            Standing.HYPOTHESIS if hypothetical else Standing.PROJECTION if uncertain else Standing.ACTIVE
        )
        given: Said = {"performer": by, "standing": expected, **said}
        accepted = AssociatedObservation(
            function=self.function,
            evidence=self.evidence,
            against=self.counter_evidence,
            applicable=applicable or self.as_of,
            **given,
        )
        session_of(self.function).add(accepted)
        return accepted

    def dismiss(self, *, by: Party, why: str) -> Dismissal:
        """
        Record that somebody decided against it: the same evidence proposes it no more.

        Errors: those of `Dismissal`; nothing is changed.
        """
        dismissed = Dismissal(function=self.function, evidence=self.evidence, by=by, why=why)
        session_of(self.function).add(dismissed)
        return dismissed

    def explanation(self) -> Explanation:
        """What each argument was found to be, and why."""
        return Explanation(
            str(self),
            f"{self.function}: {self.function.condition}",
            tuple(finding.explanation() for _, finding in self.found),
        )

    def __str__(self) -> str:
        if self.is_met:
            return f"{self.product}, proposed because of {', '.join(str(each) for each in self.evidence)}"
        return (
            f"{self.product}, to be looked at: {', '.join(str(each) for each in self.missing) or 'nothing'}"
        )


_FUNCTION = AssociativeFunction.__table__.c
_TOLD = (Presence.PRESENT, Presence.ABSENT)


def suggestions(
    session: Session,
    subject: Referable | UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    standing: Collection[Standing] = ACTIVE,
) -> list[Suggestion]:
    """
    What is proposed of a thing: functions whose condition is met by evidence that nobody decided on yet.

    Shape:  ordered by the names of the functions. What was accepted or dismissed with the same evidence, or
            more, is proposed no more, even if it was rejected since; further evidence proposes it again.
            From active observations, unless another `standing` is asked for.
    Units:  instants, by default the session's now; a function has to be in effect on the day.
    Source: Analysis Patterns 3.12.
    """
    met = [
        each
        for each in evaluations(session, subject, as_of=as_of, known_at=known_at, standing=standing)
        if each.is_met
    ]
    decided = _decided(session, subject, [each.function for each in met], session.instant(known_at))
    return [
        each
        for each in met
        if not any({source.id for source in each.evidence} <= before for before in decided[each.function.id])
    ]


def evaluations(
    session: Session,
    subject: Referable | UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    standing: Collection[Standing] = ACTIVE,
) -> list[Suggestion]:
    """
    What every function that is touched by what was observed of a thing makes of it, met or not.

    Shape:  a function is touched where something that was observed is one of its arguments, or below or
            above one; `missing` says what else to observe. A fixed number of statements.
    Units:  as `suggestions`.
    Source: Analysis Patterns 3.12.
    """
    instant, known = session.instant(as_of), session.instant(known_at)
    touched = session.scalars(_touched(subject, instant, known, standing)).all()
    concepts = list(dict.fromkeys(each.concept for function in touched for each in function.arguments))
    told = findings(session, subject, concepts, as_of=instant, known_at=known, standing=standing)
    by_concept = dict(zip(concepts, told, strict=True))
    return [
        Suggestion(function, tuple((each, by_concept[each.concept]) for each in function.arguments), instant)
        for function in touched
        if any(by_concept[each.concept].presence is not None for each in function.arguments)
    ]


def _touched(
    subject: Referable | UUID, instant: datetime, known: datetime, standing: Collection[Standing]
) -> Select[Any]:
    """The functions in effect that have an argument of which something was observed."""
    key = subject if isinstance(subject, UUID) else subject.id
    day = instant.astimezone(UTC).date()
    told = every_kind()
    below, above, argument = closure.c.subtype_id, closure.c.supertype_id, FunctionArgument.concept_id
    ways = ((Presence.PRESENT, below, above), (Presence.ABSENT, above, below))
    observed = (
        told.subject_id == key,
        told.applicable_from <= instant,
        *known_as(told, standing, known),
    )
    touched = [
        select(FunctionArgument.function_id)
        .select_from(told)
        .join(closure, said == told.concept_id)
        .join(FunctionArgument, argument == concerned)
        .where(*observed, says(told, presence))
        for presence, said, concerned in ways
    ]
    return (
        select(AssociativeFunction)
        .where(
            or_(*(AssociativeFunction.id.in_(each) for each in touched)),
            _FUNCTION.period_from <= day,
            _FUNCTION.period_to > day,
        )
        .options(selectinload(AssociativeFunction.arguments).selectinload(FunctionArgument.concept))
        .order_by(AssociativeFunction.name)
    )


def _decided(
    session: Session, subject: Referable | UUID, functions: Iterable[AssociativeFunction], known: datetime
) -> dict[UUID, list[set[UUID]]]:
    """For each function the evidence on which somebody has decided before, for or against it."""
    key = subject if isinstance(subject, UUID) else subject.id
    keys = [each.id for each in functions]
    accepted = (
        select(AssociatedObservation.function_id, AssociatedObservation.id, Basis.source_id)
        .join(Basis, Basis.observation_id == AssociatedObservation.id)
        .where(
            AssociatedObservation.subject_id == key,
            AssociatedObservation.function_id.in_(keys),
            AssociatedObservation.recorded <= known,
        )
    )
    dismissed = (
        select(Dismissal.function_id, Dismissal.id, DismissedEvidence.observation_id)
        .join(DismissedEvidence, DismissedEvidence.dismissal_id == Dismissal.id)
        .where(Dismissal.subject_id == key, Dismissal.function_id.in_(keys), Dismissal.recorded <= known)
    )
    together: dict[tuple[UUID, UUID], set[UUID]] = {}
    for question in (accepted, dismissed):
        for function, decision, source in session.execute(question):
            together.setdefault((function, decision), set()).add(source)
    found: dict[UUID, list[set[UUID]]] = {each: [] for each in keys}
    for (function, _), sources in together.items():
        found[function].append(sources)
    return found


attach(
    "3.12",
    types=(Suggestion, Dismissal, DismissedEvidence, Contradiction),
    behaviours=(suggestions, evaluations, contradictions, reconsider),
    figure="analysis_patterns.observation.evidence.dismissal:Dismissal",
    when_not="Where nobody is there to decide, nothing is to be proposed: what follows without judgement is "
    "a supertype (3.6) or a calculation (4.2).",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import *
>>> from analysis_patterns.patterns import Base, Person, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> session = sessions(engine)()
>>> ann, hale = Person(name="Ann"), Person(name="Dr Hale")
>>> thirst, polyuria, diabetes = (
...     ObservationConcept(name=name) for name in ("thirst", "polyuria", "diabetes"))
>>> function = AssociativeFunction(name="the signs", product=diabetes, arguments=[thirst, polyuria])
>>> session.add_all([ann, hale, function])
>>> then = datetime(1997, 5, 1, tzinfo=UTC)
>>> session.add(CategoryObservation(subject=ann, concept=thirst, applicable=then))
>>> print(*evaluations(session, ann))
diabetes, to be looked at: polyuria
>>> session.add(CategoryObservation(subject=ann, concept=polyuria, applicable=then))
>>> (found,) = suggestions(session, ann)
>>> print(found)
diabetes, proposed because of thirst present, polyuria present
>>> _ = found.accept(by=hale)
>>> suggestions(session, ann)
[]
""",
)
