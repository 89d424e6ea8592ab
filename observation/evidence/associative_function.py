"""Which observations speak for which conclusion: knowledge that proposes, and people decide (3.11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, exists, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.composites import period_columns
from ...patterns.persistence.guard import Condition, Event, guard, refuse_when
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.types import choice
from ...patterns.time.effectivity import Effectivity
from ...patterns.time.period import ALWAYS, Period
from ..concept.observation_concept import ObservationConcept
from ..record.observation import Observation, Presence
from ._claim import told_by

if TYPE_CHECKING:
    from ...patterns.persistence.session import Session

_TABLE, _ARGUMENT = "observation_associative_function", "observation_function_argument"

UNIQUE_NAME = rule(
    "associative-function.unique-name",
    pattern="3.11",
    says="An associative function is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
SOME_ARGUMENT = rule(
    "associative-function.some-argument",
    pattern="3.11",
    says="An associative function has at least one argument.",
    layers=BUILT | {Layer.FLUSH},
)
ARGUMENT_ONCE = rule(
    "associative-function.argument-once",
    pattern="3.11",
    says="An associative function names each concept once among its arguments.",
    layers=BUILT | DATABASES,
    guards=(f"pk_{_ARGUMENT}", f"{_ARGUMENT}.function_id, {_ARGUMENT}.concept_id"),
)
AT_LEAST = rule(
    "associative-function.at-least",
    pattern="3.11",
    says="An associative function needs at least one of what has to be present, and no more than there are.",
    layers=BUILT | {Layer.FLUSH},
)
PRODUCT = rule(
    "associative-function.product",
    pattern="3.11",
    says="What an associative function concludes is none of its arguments.",
    layers=EVERYWHERE,
)
IN_USE = rule(
    "associative-function.in-use",
    pattern="3.11",
    says="A function that something was concluded by keeps its arguments and its product; it can be ended.",
    layers=DATABASES | {Layer.FLUSH},
)


class AssociativeFunction(Effectivity, KnownByName, Referable, Base, init=False):
    """
    That some findings together speak for another: weight loss, thirst and polyuria for diabetes.

    Shape:  one product, a concept; one or more arguments, concepts that have to be present or absent. It is
            met where `at_least` so many of those to be present are, all of them unless said otherwise, and
            all of those to be absent are absent. It is in effect during a period of days, and is ended; what
            it said before it was restated is not kept.
    Errors: `ConstraintViolation`: `name.text`, `associative-function.some-argument`,
            `associative-function.argument-once`, `associative-function.at-least`,
            `associative-function.product`, `associative-function.in-use`; nothing is changed.
    Source: Analysis Patterns 3.11. The book leaves open how arguments are weighed; these conditions are what
            clinicians write down.
    """

    __tablename__ = _TABLE
    __table_args__ = (CheckConstraint("at_least >= 0", name="at_least"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.11"

    product_id: Mapped[UUID] = mapped_column(ForeignKey(ObservationConcept.id), index=True, init=False)
    at_least: Mapped[int]
    period: Mapped[Period] = period_columns("period")
    product: Mapped[ObservationConcept] = relationship()
    arguments: Mapped[list[FunctionArgument]] = relationship(
        back_populates="function",
        cascade="all, delete-orphan",
        order_by="FunctionArgument.position",
        default_factory=list,
        init=False,
        info={"multiplicity": "1..*"},
    )

    def __init__(
        self,
        *,
        name: str,
        product: ObservationConcept,
        arguments: Iterable[ObservationConcept] = (),
        absent: Iterable[ObservationConcept] = (),
        at_least: int | None = None,
        period: Period = ALWAYS,
    ) -> None:
        require(name_violations(self, name))
        said = _said(arguments, absent)
        needed = _needed(said, at_least)
        require(objections(self, product, [concept for concept, _ in said], _needed(said), needed))
        self.id = uuid7()
        self.name = name
        self.period = period
        self._take(product, said, needed)

    def restate(
        self,
        *,
        product: ObservationConcept,
        arguments: Iterable[ObservationConcept] = (),
        absent: Iterable[ObservationConcept] = (),
        at_least: int | None = None,
    ) -> None:
        """
        Let the function say something else, while nothing was concluded by it.

        Errors: those of the constructor, and at the flush `associative-function.in-use`; nothing is changed.
        """
        said = _said(arguments, absent)
        needed = _needed(said, at_least)
        require(objections(self, product, [concept for concept, _ in said], _needed(said), needed))
        self._take(product, said, needed)

    def _take(
        self, product: ObservationConcept, said: list[tuple[ObservationConcept, Presence]], needed: int
    ) -> None:
        self.product = product
        self.at_least = needed
        kept = {each.concept: each for each in self.arguments}
        taken: list[FunctionArgument] = []
        for position, (concept, presence) in enumerate(said):
            argument = kept.get(concept)
            if argument is None:
                argument = FunctionArgument(concept=concept, presence=presence, position=position)
            argument.presence, argument.position = presence, position
            taken.append(argument)
        self.arguments = taken

    def concepts(self, presence: Presence) -> list[ObservationConcept]:
        """The arguments that have to be present, or those that have to be absent, in order."""
        return [each.concept for each in self.arguments if each.presence is presence]

    def is_met_by(self, met: Collection[FunctionArgument]) -> bool:
        """Whether the function concludes its product where these of its arguments are met."""
        absent = [each for each in self.arguments if each.presence is Presence.ABSENT]
        present = [each for each in self.arguments if each.presence is Presence.PRESENT and each in met]
        return all(each in met for each in absent) and len(present) >= self.at_least

    @property
    def condition(self) -> str:
        """What has to be found, in words."""
        present = " and ".join(str(each) for each in self.concepts(Presence.PRESENT))
        among = self.concepts(Presence.PRESENT)
        if self.at_least < len(among):
            present = f"at least {self.at_least} of {', '.join(str(each) for each in among)}"
        absent = " and ".join(f"no {each}" for each in self.concepts(Presence.ABSENT))
        return " and ".join(filter(None, [present, absent]))

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this function breaks by itself."""
        yield from super().violations()
        concepts = [each.concept for each in self.arguments]
        present = len(self.concepts(Presence.PRESENT))
        yield from objections(self, self.product, concepts, present, self.at_least)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        state = inspect(self)
        said = ("product", "product_id", "at_least", "arguments")
        if state.persistent and any(state.attrs[each].history.has_changes() for each in said):
            # Where a conclusion names its function is in the table of observations.
            concluded = Observation.__table__.c.function_id == self.id
            if session.scalar(select(exists().where(concluded))):
                yield IN_USE.violation(
                    self,
                    found=f"another condition or product of {self}, by which something was concluded",
                    allowed="what it was when that was concluded",
                    remedy="End it, by end(on), and state another function under a name of its own.",
                )


class FunctionArgument(Base):
    """
    A concept that a function looks at, and whether it has to be present or absent.

    Source: Analysis Patterns 3.11.
    """

    __tablename__ = _ARGUMENT
    __table_args__ = (CheckConstraint("presence IN ('present', 'absent')", name="presence"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.11"

    function_id: Mapped[UUID] = mapped_column(
        ForeignKey(AssociativeFunction.id), primary_key=True, init=False
    )
    concept_id: Mapped[UUID] = mapped_column(
        ForeignKey(ObservationConcept.id), primary_key=True, index=True, init=False
    )
    presence: Mapped[Presence] = mapped_column(choice(Presence, length=10))
    position: Mapped[int]
    function: Mapped[AssociativeFunction] = relationship(back_populates="arguments", init=False)
    concept: Mapped[ObservationConcept] = relationship()

    def judged_by(self, observation: Observation) -> bool | None:
        """
        Whether an observation meets this argument, or contradicts it; None where it tells nothing of it.

        Shape:  what is present is so for all supertypes, what is absent for all subtypes.
        """
        told = told_by(observation)
        if told is None:
            return None
        concept, presence = told
        if presence is Presence.PRESENT:
            concerns = self.concept in concept.all_concepts()
        elif presence is Presence.ABSENT:
            concerns = concept in self.concept.all_concepts()
        else:
            concerns = False
        return presence is self.presence if concerns else None

    def __str__(self) -> str:
        return f"{self.concept} {self.presence.value}"


def objections(
    function: object, product: object, concepts: Sequence[object], present: int, at_least: int
) -> Iterator[ConstraintViolation]:
    """Why a function of these arguments, so many of them to be present, cannot be."""
    if not concepts:
        yield SOME_ARGUMENT.violation(
            function,
            found=f"a function for {product} of nothing",
            allowed="one argument or more",
            remedy="Name what has to be present, or absent, for the conclusion.",
        )
    for concept in dict.fromkeys(concepts):
        if concepts.count(concept) > 1:
            yield ARGUMENT_ONCE.violation(
                function,
                concept,
                found=f"{concept} among the arguments more than once",
                allowed="each concept once, to be present or to be absent",
                remedy="Leave out the second.",
            )
    if not min(present, 1) <= at_least <= present:
        yield AT_LEAST.violation(
            function,
            found=f"at least {at_least} of {present} concepts",
            allowed=f"from {min(present, 1)} to {present}",
            remedy="Count those that have to be present only; leave it out where all of them have to be.",
        )
    if product in concepts:
        yield PRODUCT.violation(
            function,
            product,
            found=f"{product} concluded from itself",
            allowed="a product that is none of the arguments",
            remedy="Leave it out of the arguments.",
        )


def _said(
    present: Iterable[ObservationConcept], absent: Iterable[ObservationConcept]
) -> list[tuple[ObservationConcept, Presence]]:
    return [
        *((concept, Presence.PRESENT) for concept in present),
        *((concept, Presence.ABSENT) for concept in absent),
    ]


def _needed(said: list[tuple[ObservationConcept, Presence]], at_least: int | None = None) -> int:
    """How many have to be present: all of those, unless it is said."""
    return sum(presence is Presence.PRESENT for _, presence in said) if at_least is None else at_least


def _is_product(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} f "
        f"WHERE f.id = {row}.function_id AND f.product_id = {row}.concept_id)"
    )


def _is_argument(row: str) -> str:
    same = f"a.function_id = {row}.id AND a.concept_id = {row}.product_id"
    return f"EXISTS (SELECT 1 FROM {_ARGUMENT} a WHERE {same})"


def _concluded_by(key: str) -> str:
    return f"EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = {key})"


def _is_in_use(row: str) -> str:
    return _concluded_by(f"{row}.function_id")


def _was_in_use(row: str) -> str:
    """What is moved to another function is taken from one."""
    return f"{_concluded_by('OLD.function_id')} OR {_is_in_use(row)}"


_CHANGES: tuple[tuple[Event, Condition], ...] = (
    ("INSERT", _is_in_use),
    ("UPDATE", _was_in_use),
    ("DELETE", _is_in_use),
)
guard(
    AssociativeFunction.__table__,  # type: ignore[arg-type]
    *(
        refuse_when(PRODUCT, _TABLE, on, _is_argument, because="a product that is an argument")
        for on in ("INSERT", "UPDATE")
    ),
    # INSERT OR REPLACE would put another function in the place of one, without an update.
    refuse_when(
        IN_USE, _TABLE, "INSERT",
        lambda row: _concluded_by(f"{row}.id"),
        because="another function in the place of one that something was concluded by",
    ),
    refuse_when(
        IN_USE, _TABLE, "UPDATE",
        lambda row: (
            f"({row}.product_id <> OLD.product_id OR {row}.at_least <> OLD.at_least) "
            f"AND {_concluded_by('OLD.id')}"
        ),
        because="another function under the name of one that something was concluded by",
    ),
)  # fmt: skip
guard(
    FunctionArgument.__table__,  # type: ignore[arg-type]
    refuse_when(PRODUCT, _ARGUMENT, "INSERT", _is_product, because="an argument that is the product"),
    refuse_when(PRODUCT, _ARGUMENT, "UPDATE", _is_product, because="an argument that is the product"),
    *(
        refuse_when(
            IN_USE, _ARGUMENT, on, condition,
            because="another argument of a function that something was concluded by",
        )
        for on, condition in _CHANGES
    ),
)  # fmt: skip
