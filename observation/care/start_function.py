"""When to follow a protocol: what indicates it, and what speaks against it (8.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import BUILT, ConstraintViolation, Layer, require, rule
from ...patterns.planning.protocol import Protocol
from ...patterns.time.period import ALWAYS, Period
from ..concept.observation_concept import ObservationConcept
from .function import Argument, KnowledgeFunction, Part

INDICATED = rule(
    "start-function.indicated",
    pattern="8.7",
    says="Something indicates a protocol, and of the indications at least one has to be met.",
    layers=BUILT | {Layer.FLUSH},
)
POSSIBLE = rule(
    "start-function.possible",
    pattern="8.7",
    says="No indication is a special case of a contraindication.",
    layers=BUILT | {Layer.FLUSH},
)


class StartFunction(KnowledgeFunction, init=False):
    """
    When to follow a protocol: what indicates it, and what speaks against it.

    Shape:  one protocol that is indicated; at least one indication; how many of them have to be met, all
            unless `at_least` says otherwise; any number of contraindications, of which one is enough.
    Errors: `ConstraintViolation`: `start-function.indicated`, `start-function.possible`, and those of
            `KnowledgeFunction`; nothing is changed.
    Source: Analysis Patterns 8.7.
    """

    __mapper_args__ = {"polymorphic_identity": "start"}

    at_least: Mapped[int | None] = mapped_column(init=False)
    indicated: Mapped[Protocol] = relationship()

    def __init__(
        self,
        *,
        name: str,
        indicated: Protocol,
        indications: Iterable[Argument],
        contraindications: Iterable[Argument] = (),
        at_least: int | None = None,
        period: Period = ALWAYS,
    ) -> None:
        pro, contra = tuple(dict.fromkeys(indications)), tuple(dict.fromkeys(contraindications))
        require(_not_indicated(self, pro, at_least))
        require(_impossible(self, pro, contra))
        self._begin(name, period, {Part.INDICATION: pro, Part.CONTRAINDICATION: contra})
        self.at_least = at_least
        self.indicated = indicated

    @property
    def indications(self) -> list[Argument]:
        """What indicates the protocol."""
        return self.part(Part.INDICATION)

    @property
    def contraindications(self) -> list[Argument]:
        """What speaks against the protocol."""
        return self.part(Part.CONTRAINDICATION)

    @property
    def needed(self) -> int:
        """How many of the indications have to be met."""
        return len(self.indications) if self.at_least is None else self.at_least

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this function breaks by itself."""
        yield from super().violations()
        yield from _not_indicated(self, self.indications, self.at_least)
        yield from _impossible(self, self.indications, self.contraindications)


def _not_indicated(
    function: StartFunction, indications: Iterable[Argument], at_least: int | None
) -> Iterator[ConstraintViolation]:
    number = len(list(indications))
    if not number or (at_least is not None and not 1 <= at_least <= number):
        yield INDICATED.violation(
            function,
            found=f"{number} indications" + ("" if at_least is None else f", {at_least} of them to be met"),
            allowed="an indication at least, and from one to all of them to be met",
            remedy="Name what indicates the protocol.",
        )


def _impossible(
    function: StartFunction, indications: Iterable[Argument], contraindications: Iterable[Argument]
) -> Iterator[ConstraintViolation]:
    against = set(contraindications)
    for indication in indications:
        above = indication.all_concepts() - {indication} if isinstance(indication, ObservationConcept) else ()
        for general in against.intersection(above):
            yield POSSIBLE.violation(
                function,
                indication,
                general,
                found=f"{indication} as indication, a special case of {general}, a contraindication",
                allowed="indications under which the protocol may be followed",
                remedy="Leave one of them out, or name the special cases that speak against it.",
            )
