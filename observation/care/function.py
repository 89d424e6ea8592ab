"""What is known of a protocol: what it looks at, as an argument, a target or a side effect (8.7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from enum import Enum
from typing import TypeAlias, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.composites import period_columns
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import choice
from ...patterns.planning.protocol import Protocol
from ...patterns.time.period import Period
from ..concept.observation_concept import ObservationConcept

_TABLE, _TERMS = "observation_knowledge_function", "observation_function_term"

UNIQUE_NAME = rule(
    "knowledge-function.unique-name",
    pattern="8.7",
    says="A knowledge function is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
ONE_PART = rule(
    "knowledge-function.one-part",
    pattern="8.7",
    says="What speaks for a protocol does not speak against it, and no target is a side effect.",
    layers=EVERYWHERE,
    guards=(
        f"uq_{_TERMS}_concept",
        f"uq_{_TERMS}_condition",
        f"uq_{_TERMS}_protocol",
        f"{_TERMS}.function_id, {_TERMS}.concept_id",
        f"{_TERMS}.function_id, {_TERMS}.protocol_id",
    ),
)
FITTING_PART = rule(
    "knowledge-function.fitting-part",
    pattern="8.7",
    says="Start functions have indications and contraindications; outcome functions targets and the like.",
    layers=EVERYWHERE,
)
Argument: TypeAlias = "ObservationConcept | Protocol"
"""What a knowledge function looks at: whether something is present, or was done."""


class Part(Enum):
    """What something is to a knowledge function."""

    INDICATION = "indication"
    CONTRAINDICATION = "contraindication"
    CONDITION = "condition"
    TARGET = "target"
    SIDE_EFFECT = "side effect"


class KnowledgeFunction(KnownByName, Base, init=False):
    """
    What is known of a protocol: when to follow it, or what comes of it.

    Shape:  a name; one protocol; a period of days for which it holds; its terms, each an observation concept,
            or a protocol that was followed before. What it said before it was changed is not kept.
    Errors: `ConstraintViolation`: `name.text`, `knowledge-function.one-part`,
            `knowledge-function.fitting-part`; `knowledge-function.unique-name` by the database.
    Source: Analysis Patterns 8.7.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.7"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(20), init=False)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    period: Mapped[Period] = period_columns("valid")
    terms: Mapped[list[FunctionTerm]] = relationship(
        back_populates="function",
        cascade="all, delete-orphan",
        order_by="FunctionTerm.position",
        default_factory=list,
        init=False,
    )

    def _begin(self, name: str, period: Period, parts: dict[Part, tuple[Argument, ...]]) -> None:
        """Assign what every function has; a subtype has checked the rest."""
        require(name_violations(self, name))
        require(_in_two_parts(self, [(part, each) for part, group in parts.items() for each in group]))
        self.id = uuid7()
        self.name = name
        self.period = period
        self._set(parts)

    def _set(self, parts: dict[Part, tuple[Argument, ...]]) -> None:
        for part, arguments in parts.items():
            for argument in arguments:
                FunctionTerm(function=self, part=part, argument=argument)

    def part(self, part: Part) -> list[Argument]:
        """What plays a part, in the order in which it was said."""
        return [each.argument for each in self.terms if each.part is part]

    @classmethod
    def holds(cls, day: date) -> ColumnElement[bool]:
        """The SQL condition that a function holds on a day."""
        # The columns of a composite stand in its table only.
        columns = KnowledgeFunction.__table__.c
        return and_(columns.valid_from <= day, columns.valid_to > day)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this function breaks by itself."""
        yield from super().violations()
        yield from _in_two_parts(self, [(each.part, each.argument) for each in self.terms])


class FunctionTerm(Base, init=False):
    """
    That a concept, or a protocol, plays a part in a knowledge function.

    Shape:  one function, one part, one concept or one protocol; targets and side effects are concepts.
    Errors: `ConstraintViolation`: `knowledge-function.fitting-part`.
    Source: Analysis Patterns 8.7.
    """

    __tablename__ = _TERMS
    __table_args__ = (
        CheckConstraint("(concept_id IS NULL) <> (protocol_id IS NULL)", name="one_argument"),
        Index(f"uq_{_TERMS}_protocol", "function_id", "protocol_id", unique=True),
        *(
            Index(
                f"uq_{_TERMS}_{name}",
                "function_id",
                "concept_id",
                unique=True,
                sqlite_where=text(f"part {sign} 'condition'"),
                postgresql_where=text(f"part {sign} 'condition'"),
            )
            for name, sign in (("concept", "<>"), ("condition", "="))
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.7"

    id: Mapped[UUID] = identity()
    function_id: Mapped[UUID] = mapped_column(ForeignKey(KnowledgeFunction.id), init=False)
    part: Mapped[Part] = mapped_column(choice(Part))
    position: Mapped[int]
    concept_id: Mapped[UUID | None] = mapped_column(ForeignKey(ObservationConcept.id), index=True, init=False)
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    function: Mapped[KnowledgeFunction] = relationship(back_populates="terms")
    concept: Mapped[ObservationConcept | None] = relationship()
    protocol: Mapped[Protocol | None] = relationship()

    def __init__(self, *, function: KnowledgeFunction, part: Part, argument: Argument) -> None:
        require(_unfitting(self, function, part, argument))
        self.id = uuid7()
        self.part = part
        self.position = len(function.terms)
        if isinstance(argument, Protocol):
            self.protocol = argument
        else:
            self.concept = argument
        function.terms.append(self)

    @property
    def argument(self) -> Argument:
        """The concept, or the protocol."""
        return cast("Argument", self.concept or self.protocol)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this term breaks, by itself or with the others of its function."""
        function: KnowledgeFunction | None = self.function
        if function is not None:
            yield from _unfitting(self, function, self.part, self.argument)
            yield from function.violations()

    def __str__(self) -> str:
        return f"{self.argument} as {self.part.value} of {self.function}"


_PARTS = {
    "start": frozenset({Part.INDICATION, Part.CONTRAINDICATION}),
    "outcome": frozenset({Part.TARGET, Part.SIDE_EFFECT, Part.CONDITION}),
}
_CONCEPTS_ONLY = frozenset({Part.TARGET, Part.SIDE_EFFECT})


def _unfitting(
    term: FunctionTerm, function: KnowledgeFunction, part: Part, argument: Argument
) -> Iterator[ConstraintViolation]:
    fitting = _PARTS[function.kind]
    if part not in fitting or (part in _CONCEPTS_ONLY and isinstance(argument, Protocol)):
        kinds = "observation concepts" if part in _CONCEPTS_ONLY & fitting else "concepts and protocols"
        yield FITTING_PART.violation(
            term,
            function,
            found=f"the {type(argument).__name__} {argument} as {part.value} of a {function.kind} function",
            allowed=f"{kinds}, as {', '.join(sorted(each.value for each in fitting))}",
            remedy="Say it of a function of the other kind, or of a concept.",
        )


def _in_two_parts(
    function: KnowledgeFunction, terms: list[tuple[Part, Argument]]
) -> Iterator[ConstraintViolation]:
    played: dict[Argument, Part] = {}
    for part, argument in terms:
        if part is Part.CONDITION:
            continue
        before = played.setdefault(argument, part)
        if before is not part:
            yield ONE_PART.violation(
                function,
                argument,
                found=f"{argument} as {before.value} and as {part.value}",
                allowed="one of them",
                remedy="Decide, or make two functions with conditions that tell them apart.",
            )


def _is_unfitting(row: str) -> str:
    by_kind = " OR ".join(
        f"f.kind = '{kind}' AND {row}.part NOT IN ({_spelled(parts)})" for kind, parts in _PARTS.items()
    )
    return (
        f"({row}.concept_id IS NULL AND {row}.part IN ({_spelled(_CONCEPTS_ONLY)})) OR "
        f"EXISTS (SELECT 1 FROM {_TABLE} f WHERE f.id = {row}.function_id AND ({by_kind}))"
    )


def _spelled(parts: Collection[Part]) -> str:
    return ", ".join(sorted(f"'{each.value}'" for each in parts))


def _is_of_another_kind(row: str) -> str:
    """What has terms already would become, or be replaced by, a function that has no such parts."""
    by_kind = " OR ".join(
        f"{row}.kind = '{kind}' AND t.part NOT IN ({_spelled(parts)})" for kind, parts in _PARTS.items()
    )
    return f"EXISTS (SELECT 1 FROM {_TERMS} t WHERE t.function_id = {row}.id AND ({by_kind}))"


guard(
    KnowledgeFunction.__table__,  # type: ignore[arg-type]
    *(
        refuse_when(
            FITTING_PART, _TABLE, on, _is_of_another_kind, because="a function that has not such parts"
        )
        for on in ("INSERT", "UPDATE")
    ),
)
guard(
    FunctionTerm.__table__,  # type: ignore[arg-type]
    *(
        refuse_when(FITTING_PART, _TERMS, on, _is_unfitting, because="a part that such a function has not")
        for on in ("INSERT", "UPDATE")
    ),
)
