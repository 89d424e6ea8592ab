"""Conclusions: observations that rest on evidence, by the function that was used (3.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from uuid import UUID

from sqlalchemy import ForeignKey, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from typing_extensions import Unpack

from ...patterns.catalogue import attach
from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.session import session_of
from ...patterns.picture import derived
from ...patterns.provenance import Explanation
from ..record.basis import Basis, Role, rest
from ..record.observation import CategoryObservation, Observation, Presence, Said
from ..record.standing import Standing
from ..record.time_record import Time, TimeRecord
from .associative_function import AssociativeFunction, FunctionArgument
from .grounds import evidence_picture, grounds_of

SOME_EVIDENCE = rule(
    "evidence.some",
    pattern="3.11",
    says="What was concluded rests on at least one observation that speaks for it.",
    layers=EVERYWHERE - DATABASES,
)
SAME_SUBJECT = rule(
    "evidence.same-subject",
    pattern="3.11",
    says="Evidence is observed of the thing that the conclusion is about.",
    layers=EVERYWHERE,
)
ARGUMENT = rule(
    "evidence.argument",
    pattern="3.11",
    says="Evidence for a conclusion meets an argument of its function; evidence against it contradicts one.",
    layers=EVERYWHERE,
)
ONE_SIDE = rule(
    "evidence.one-side",
    pattern="3.11",
    says="No observation speaks both for a conclusion and against it.",
    layers=EVERYWHERE - DATABASES,
)
CONDITION = rule(
    "evidence.condition",
    pattern="3.11",
    says="The evidence for a conclusion meets the condition of its function.",
    layers=EVERYWHERE - DATABASES,
)
CERTAINTY = rule(
    "evidence.certainty",
    pattern="3.11",
    says="What is concluded from a hypothesis is recorded as one; from a projection, at most as one.",
    layers=EVERYWHERE - DATABASES,
)
IN_EFFECT = rule(
    "associated-observation.in-effect",
    pattern="3.11",
    says="A conclusion is drawn by a function that is in effect on the day from which it applies.",
    layers=EVERYWHERE,
)
PRODUCT = rule(
    "associated-observation.product",
    pattern="3.11",
    says="What is concluded is that the product of the function is present.",
    layers=DATABASES | {Layer.FLUSH},
)


class AssociatedObservation(CategoryObservation):
    """
    A conclusion: the product of an associative function, because of the evidence for it.

    Shape:  one function; one or more observations as evidence for it, any number against it, all of the
            subject of the conclusion. A concept may be concluded by many functions; this has one set of
            evidence: more evidence makes another conclusion.
    Errors: `ConstraintViolation`: `evidence.some`, `evidence.same-subject`, `evidence.one-side`,
            `evidence.argument`, `evidence.condition`, `evidence.certainty`,
            `associated-observation.in-effect`, `basis.rejected`, and those of `CategoryObservation`; nothing
            is changed.
    Source: Analysis Patterns 3.11. A conclusion from a hypothesis begins as one; who confirms it later does
            so by `withdraw()`, as for any hypothesis.
    """

    __pattern__ = "3.11"
    __mapper_args__ = {"polymorphic_identity": "associated observation"}

    function_id: Mapped[UUID] = mapped_column(ForeignKey(AssociativeFunction.id), nullable=True, init=False)
    function: Mapped[AssociativeFunction] = relationship(info={"multiplicity": "1"})

    def __init__(
        self,
        *,
        function: AssociativeFunction,
        evidence: Iterable[Observation],
        against: Iterable[Observation] = (),
        applicable: Time,
        **said: Unpack[Said],
    ) -> None:
        speaks_for, speaks_against = list(dict.fromkeys(evidence)), list(dict.fromkeys(against))
        standing = said.get("standing", Standing.ACTIVE)
        require(_unfounded(self, function, speaks_for, speaks_against))
        require(_too_certain(self, speaks_for, standing))
        require(_not_in_effect(self, function, TimeRecord.of(applicable)))
        super().__init__(
            subject=speaks_for[0].subject, concept=function.product, applicable=applicable, **said
        )
        self.function = function
        rest(self, speaks_for, Role.FOR)
        rest(self, speaks_against, Role.AGAINST)

    @property
    @derived("1..*")
    def evidence(self) -> list[Observation]:
        """What speaks for it."""
        return self._sources(Role.FOR)

    @property
    @derived("*")
    def counter_evidence(self) -> list[Observation]:
        """What speaks against it."""
        return self._sources(Role.AGAINST)

    def _sources(self, role: Role) -> list[Observation]:
        return [each.source for each in self.bases if each.role is role]

    def explanation(self) -> Explanation:
        """
        The conclusion, the function by which it was drawn, and its evidence, down to what was simply seen.

        Source: Analysis Patterns 3.11.
        """
        return grounds_of(session_of(self), self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this conclusion breaks by itself."""
        yield from super().violations()
        if not inspect(self).pending:
            return
        yield from _unfounded(self, self.function, self.evidence, self.counter_evidence)
        yield from _too_certain(self, self.evidence, self.standing)
        yield from _not_in_effect(self, self.function, self.applicable)
        if self.concept is not self.function.product or self.presence is not Presence.PRESENT:
            yield PRODUCT.violation(
                self,
                self.function,
                found=f"{self}, concluded by {self.function}",
                allowed=f"{self.function.product} present",
                remedy="Leave the concept to the function, or record a category observation.",
            )


def _unfounded(
    conclusion: AssociatedObservation,
    function: AssociativeFunction,
    speaks_for: list[Observation],
    speaks_against: list[Observation],
) -> Iterator[ConstraintViolation]:
    if not speaks_for:
        yield SOME_EVIDENCE.violation(
            conclusion,
            function,
            found=f"{function.product} concluded by {function} from nothing",
            allowed="one observation or more that speaks for it",
            remedy="Give the evidence, or record a category observation.",
        )
        return
    subject = speaks_for[0].subject_id
    for source in (*speaks_for, *speaks_against):
        if source.subject_id != subject:
            yield SAME_SUBJECT.violation(
                conclusion,
                source,
                found=f"{source}, which is of another thing than {speaks_for[0]}",
                allowed="observations of one thing",
                remedy="Leave out what was observed of others.",
            )
    yield from _on_both_sides(conclusion, function, speaks_for, speaks_against)
    for source, speaks in (
        *((each, True) for each in speaks_for),
        *((each, False) for each in speaks_against),
    ):
        if all(argument.judged_by(source) is not speaks for argument in function.arguments):
            yield ARGUMENT.violation(
                conclusion,
                source,
                function,
                found=f"{source} {'for' if speaks else 'against'} {function.product}",
                allowed=f"what {'meets' if speaks else 'contradicts'} an argument: {function.condition}",
                remedy="Leave it out, or state a function that has it among its arguments.",
            )
    met = {each for each in function.arguments if any(each.judged_by(source) for source in speaks_for)}
    if not function.is_met_by(met):
        yield CONDITION.violation(
            conclusion,
            function,
            found=f"{', '.join(str(each) for each in function.arguments if each in met) or 'nothing'}",
            allowed=function.condition,
            remedy="Observe what is missing, or record what is suspected as a hypothesis of its own.",
        )


def _on_both_sides(
    conclusion: AssociatedObservation,
    function: AssociativeFunction,
    speaks_for: list[Observation],
    speaks_against: list[Observation],
) -> Iterator[ConstraintViolation]:
    for source in speaks_for:
        if source in speaks_against:
            yield ONE_SIDE.violation(
                conclusion,
                source,
                found=f"{source}, for {function.product} and against it",
                allowed="observations that speak for it, and others against it",
                remedy="Leave it out of what speaks against it: it was enough to conclude from.",
            )


def _too_certain(
    conclusion: AssociatedObservation, speaks_for: list[Observation], standing: Standing
) -> Iterator[ConstraintViolation]:
    for source in speaks_for:
        allowed = _AT_MOST.get(source.standing)
        if allowed is not None and standing not in allowed:
            yield CERTAINTY.violation(
                conclusion,
                source,
                found=f"{standing.value}, concluded from {source}, which is a {source.standing.value}",
                allowed=" or ".join(f"a {each.value}" for each in allowed),
                remedy="Record it as such, or wait until what it rests on is confirmed.",
            )


_AT_MOST = {
    Standing.HYPOTHESIS: (Standing.HYPOTHESIS,),
    Standing.PROJECTION: (Standing.PROJECTION, Standing.HYPOTHESIS),
}


def _not_in_effect(
    conclusion: AssociatedObservation, function: AssociativeFunction, applicable: TimeRecord
) -> Iterator[ConstraintViolation]:
    day = applicable.start.astimezone(UTC).date()
    if not function.is_effective(day):
        yield IN_EFFECT.violation(
            conclusion,
            function,
            found=f"{function.product} as of {day}, concluded by {function}",
            allowed=f"a function in effect on that day; this one is {function.period}",
            remedy="Use the function of that time.",
        )


attach(
    "3.11",
    types=(AssociativeFunction, FunctionArgument, AssociatedObservation, Basis),
    behaviours=(grounds_of, evidence_picture),
    figure="analysis_patterns.observation.evidence.associated_observation:AssociatedObservation",
    when_not="What is computed from other measurements is a calculated measurement (4.2); a conclusion that "
    "always follows is no observation but a supertype (3.6).",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import *
>>> from analysis_patterns.patterns import Base, Person, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> session = sessions(engine)()
>>> ann = Person(name="Ann")
>>> thirst, polyuria, diabetes = (
...     ObservationConcept(name=name) for name in ("thirst", "polyuria", "diabetes"))
>>> function = AssociativeFunction(name="the signs", product=diabetes, arguments=[thirst, polyuria])
>>> session.add_all([ann, function])
>>> then = datetime(1997, 5, 1, tzinfo=UTC)
>>> seen = [CategoryObservation(subject=ann, concept=each, applicable=then) for each in (thirst, polyuria)]
>>> conclusion = AssociatedObservation(function=function, evidence=seen, applicable=then)
>>> session.add(conclusion)
>>> session.commit()
>>> print([step.statement for _, step in conclusion.explanation().walk()][1])
thirst present, 1997-05-01 00:00 UTC
>>> AssociatedObservation(function=function, evidence=seen[:1], applicable=then)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: evidence.condition: ...
""",
)
