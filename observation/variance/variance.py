"""By how much a figure differs from its plan, and what each part of it contributes to that (4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...patterns.constraint import rule
from ...patterns.provenance import Explanation
from ...patterns.values import Precision, Quantity, Unit, quotient

ADDS_UP = rule(
    "variance.adds-up",
    pattern="4.2",
    says="What the parts of a difference contribute comes to the difference, exactly.",
)

NAMED_ONCE = rule(
    "variance.named-once",
    pattern="4.2",
    says="No two contributions to a difference have the same name.",
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """
    What one input, or one part, contributes to a difference.

    Units:  as the variance it belongs to; positive where it raises the figure above the plan.
    """

    name: str
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Variance:
    """
    The difference between what came out and what was planned, split into contributions.

    Shape:  both figures, the `method` by which it was split, one contribution for each input or part.
    Units:  exact fractions of one unit; actual less planned.
    Errors: `ConstraintViolation`: `variance.adds-up` where the contributions come to something else,
            `variance.named-once` where two have one name.
    Source: Analysis Patterns 4.2 compares the two; that the difference is split is ours.
    """

    planned: Fraction
    actual: Fraction
    unit: Unit
    method: str
    contributions: tuple[Contribution, ...]

    def __post_init__(self) -> None:
        names = [each.name for each in self.contributions]
        if len(set(names)) < len(names):
            raise NAMED_ONCE.violation(
                self,
                found=f"contributions of {', '.join(names)}",
                allowed="a name for each",
                remedy="Add up those of one name, or tell them apart.",
            )
        split = sum((each.amount for each in self.contributions), Fraction(0))
        if split != self.difference:
            raise ADDS_UP.violation(
                self,
                found=f"contributions of {split} to a difference of {self.difference}",
                allowed="contributions that come to the difference",
                remedy="Name what is missing as a contribution of its own.",
            )

    @property
    def difference(self) -> Fraction:
        """What came out less what was planned."""
        return self.actual - self.planned

    def of(self, name: str) -> Fraction:
        """
        What one input or part contributes.

        Errors: `LookupError` where there is none of that name.
        """
        for each in self.contributions:
            if each.name == name:
                return each.amount
        raise LookupError(
            f"{name!r} contributes nothing: {', '.join(each.name for each in self.contributions)}"
        )

    def rounded(self, *, places: int) -> dict[str, Quantity]:
        """
        The contributions, rounded so that they still add up to the rounded difference.

        Units:  to `places` behind the point: down first, then what is left to those that lost most by it.
                What contributes nothing stays nothing.
        """
        step = Fraction(10) ** places
        whole = Fraction(quotient(self.difference, 1, Precision(places=places))) * step
        floors = [each.amount * step // 1 for each in self.contributions]
        lost = [each.amount * step - down for each, down in zip(self.contributions, floors, strict=True)]
        missing = int(whole) - sum(floors)
        by_loss = sorted(range(len(floors)), key=lambda n: lost[n], reverse=True)
        for n in by_loss[:missing]:
            floors[n] += 1
        return {
            each.name: Quantity(quotient(Fraction(steps) / step, 1, Precision(places=places)), self.unit)
            for each, steps in zip(self.contributions, floors, strict=True)
        }

    def explanation(self) -> Explanation:
        """What differs by how much, and what contributes how much to that."""
        return Explanation(
            f"{_written(self.actual)} {self.unit}, planned {_written(self.planned)}: "
            f"a difference of {_signed(self.difference)}",
            by=self.method,
            because=tuple(
                Explanation(f"{each.name}: {_signed(each.amount)} {self.unit}") for each in self.contributions
            ),
        )


def _written(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else str(number)


def _signed(number: Fraction) -> str:
    return f"{'+' if number > 0 else ''}{_written(number)}"
