"""The formulas by which measurements are calculated (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.formula._formula_text import LONGEST as LONGEST_FORMULA
from ...patterns.formula.arguments import argument_violations, arguments_of
from ...patterns.formula.expression import Expression
from ...patterns.formula.formula import reckoning
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.values import ONE, Quantity
from ._figure import Figure

_TABLE = "observation_method"

UNIQUE_NAME = rule(
    "observation-method.unique-name",
    pattern="4.2",
    says="A method is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
ARGUMENTS = rule(
    "observation-method.arguments",
    pattern="4.2",
    says="A method names each of its arguments once, and has one at least.",
    layers=BUILT | {Layer.FLUSH},
)
KEPT = rule(
    "observation-method.kept",
    pattern="4.2",
    says="A method is never changed: what was calculated by it would be explained by another.",
    layers=DATABASES,
)


class Method(Base, init=False):
    """
    A formula that any number of protocols may share, such as `units * price`.

    Shape:  a name, the names of its arguments in order, and the text. What stands for them are quantities.
    Units:  the formula reckons with units: metres times metres are square metres, and what does not mix is
            refused; a bare 0 is nothing of any unit.
    Errors: `ConstraintViolation`: `name.text`, `observation-method.arguments`, and those of `reckoning`.
    Source: Analysis Patterns 4.2 and 6.6, the interpreter.
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "4.2"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(LONGEST), unique=True)
    listed: Mapped[str] = mapped_column(String(LONGEST_FORMULA), info={"figure": False})
    says: Mapped[str] = mapped_column(String(LONGEST_FORMULA))

    def __init__(self, *, name: str, arguments: Iterable[str], says: str) -> None:
        given = tuple(arguments)
        require(name_violations(self, name))
        require(_misnamed(self, given))
        reckoning(says, dict.fromkeys(given, "number"))
        self.id = uuid7()
        self.name = name
        self.listed = " ".join(given)
        self.says = says

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of what it reckons with, in the order of a protocol's inputs."""
        return arguments_of(self.listed)

    def result(self, quantities: Sequence[Quantity]) -> Figure:
        """
        What the formula comes to, exactly, where these are its arguments.

        Errors: `ConstraintViolation`: `quantity.compatible-units` where units do not mix, `number.quotient`
                where something is divided by zero.
        """
        figures = map(Figure.of, quantities)
        found = self._expression.work_out(dict(zip(self.arguments, figures, strict=True)))
        return found if isinstance(found, Figure) else Figure(found, ONE)

    @property
    def _expression(self) -> Expression:
        return reckoning(self.says, dict.fromkeys(self.arguments, "number"))

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this method breaks by itself."""
        yield from name_violations(self, self.name)
        yield from _misnamed(self, self.arguments)
        try:
            reckoning(self.says, dict.fromkeys(self.arguments, "number"))
        except ConstraintViolation as unreadable:
            yield unreadable

    def __str__(self) -> str:
        return f"{self.name}: {self.says}"


def _misnamed(method: Method, arguments: tuple[str, ...]) -> Iterator[ConstraintViolation]:
    remedy = "Name each input of the protocol once, in order: arguments=('units', 'price')."
    return argument_violations(ARGUMENTS, method, arguments, remedy=remedy)


only_added(Method, KEPT)
