"""How a formula's text becomes something that can be worked out, and what it may not say (6.6)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any

from ..constraint import ConstraintViolation, rule
from ..values.number import QUOTIENT, exact
from ._formula_text import ALLOWED, CONSTRUCT, Part, scanned, shown

SYNTAX = rule("formula.syntax", pattern="6.6", says="A formula is one whole expression.")
DECLARED = rule(
    "formula.declared", pattern="6.6", says="A formula reads only the variables that it declares."
)
TYPES = rule(
    "formula.types",
    pattern="6.6",
    says="A formula reckons with numbers, compares like with like, and decides by what is true or false.",
)


class Kind(Enum):
    """What a part of a formula stands for."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    DATE = "date"
    TIME = "time"
    INSTANT = "instant"


_ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.INSTANT})
_READERS: Mapping[Kind, Callable[[str], object]] = {
    Kind.DATE: date.fromisoformat,
    Kind.TIME: time.fromisoformat,
    Kind.INSTANT: datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Expression:
    """
    A formula, or a part of one, ready to be worked out.

    Shape:  the `kind` of its result; `work_out`, from the values of its variables; `text`, where it is one.
    """

    kind: Kind
    work_out: Callable[[Mapping[str, Any]], Any]
    text: str | None = None


@lru_cache(maxsize=1024)
def compiled(says: str, kinds: tuple[tuple[str, Kind], ...]) -> Expression:
    """
    Read a formula whose variables are of these kinds.

    Errors: `ConstraintViolation`: `formula.length`, `formula.depth`, `formula.construct` and
            `formula.declared` before anything is parsed; then `formula.syntax` and `formula.types`.
    """
    parts = list(scanned(says))
    operands = {
        f"operand{number}": _operand(part, dict(kinds))
        for number, part in enumerate(parts)
        if part.is_operand
    }
    return _Reader(says, operands).read(_parsed(says, parts))


def _operand(part: Part, kinds: Mapping[str, Kind]) -> Expression:
    match part.kind, part.text:
        case "figure", figure:
            return _constant(Kind.NUMBER, Fraction(exact(figure)))
        case "text", quoted:
            return _constant(Kind.TEXT, quoted[1:-1], quoted[1:-1])
        case _, ("true" | "false") as truth:
            return _constant(Kind.TRUTH, truth == "true")
        case _, name:
            if name not in kinds:
                raise DECLARED.violation(
                    found=f"the name {name!r}",
                    allowed=", ".join(sorted(kinds)) or "no name at all, since no variable is declared",
                    remedy="Declare it among the variables, with its unit.",
                )
            return Expression(kinds[name], operator.itemgetter(name))


def _constant(kind: Kind, value: object, text: str | None = None) -> Expression:
    return Expression(kind, lambda _: value, text)


def _parsed(says: str, parts: list[Part]) -> Any:
    """
    Give the parser's tree of a formula.

    Shape:  the parser sees no more than how signs and numbered operands follow one another. It would reckon
            with figures in binary or decimal arithmetic of its own; so it gets none, nor any text or name.
    """
    # Half a second to import, of which nobody needs any who has no formula.
    from rule_engine import Context, Rule  # noqa: PLC0415
    from rule_engine.errors import EngineError, RuleSyntaxError  # noqa: PLC0415

    skeleton = [f"operand{number}" if part.is_operand else part.text for number, part in enumerate(parts)]
    try:
        return Rule(" ".join(skeleton), Context(default_timezone="utc")).statement.expression
    except RuleSyntaxError as error:
        starts = accumulate((len(each) + 1 for each in skeleton), initial=0)
        stands = dict(zip(starts, parts, strict=False)).get(getattr(error.token, "lexpos", -1))
        raise SYNTAX.violation(
            found=f"{shown(says)}, which is wrong at "
            + (f"{stands.text!r}, position {stands.at + 1}" if stands else "its end"),
            allowed="one whole expression",
            remedy="Check the brackets, and that each sign stands between two operands.",
        ) from None
    except EngineError:
        # It knows of itself that a comparison comes to no number.
        raise _mistyped(says, "a condition for a number, or a number for a condition") from None


class _Reader:
    """Makes an expression of the parser's tree, node by node; a node that is not listed here is refused."""

    def __init__(self, says: str, operands: Mapping[str, Expression]) -> None:
        self.says = says
        self.operands = operands

    def read(self, node: Any) -> Expression:
        read = _NODES.get(type(node).__name__)
        if read is None:
            raise CONSTRUCT.violation(
                found=f"{type(node).__name__} in {shown(self.says)}",
                allowed=ALLOWED,
                remedy="Say it in these, or name a Python function.",
            )
        return read(self, node)

    def operand(self, node: Any) -> Expression:
        return self.operands[node.name]

    def prefix(self, node: Any) -> Expression:
        inner = self.read(node.right)
        kind, work = {"uminus": (Kind.NUMBER, operator.neg), "not": (Kind.TRUTH, operator.not_)}[node.type]
        self._require(kind, inner)
        return Expression(kind, lambda values: work(inner.work_out(values)))

    def arithmetic(self, node: Any) -> Expression:
        work = _ARITHMETIC[node.type]
        left, right = self.read(node.left), self.read(node.right)
        self._require(Kind.NUMBER, left, right)
        return Expression(Kind.NUMBER, lambda values: work(left.work_out(values), right.work_out(values)))

    def logic(self, node: Any) -> Expression:
        left, right = self.read(node.left), self.read(node.right)
        self._require(Kind.TRUTH, left, right)
        if node.type == "and":
            return Expression(Kind.TRUTH, lambda values: left.work_out(values) and right.work_out(values))
        return Expression(Kind.TRUTH, lambda values: left.work_out(values) or right.work_out(values))

    def comparison(self, node: Any) -> Expression:
        left, right = self.read(node.left), self.read(node.right)
        left, right = self._dated(left, right.kind), self._dated(right, left.kind)
        self._require(left.kind, right)
        if node.type not in ("eq", "ne") and left.kind not in _ORDERED:
            raise _mistyped(self.says, f"an order of {left.kind.value}s")
        work = _COMPARISONS[node.type]
        return Expression(Kind.TRUTH, lambda values: work(left.work_out(values), right.work_out(values)))

    def choice(self, node: Any) -> Expression:
        condition = self.read(node.condition)
        this, that = self.read(node.case_true), self.read(node.case_false)
        self._require(Kind.TRUTH, condition)
        self._require(this.kind, that)
        return Expression(
            this.kind,
            lambda values: (this if condition.work_out(values) else that).work_out(values),
        )

    def _dated(self, part: Expression, kind: Kind) -> Expression:
        """Read a text that stands beside a day, a time or an instant as one."""
        if part.text is None or kind not in _READERS:
            return part
        try:
            value = _READERS[kind](part.text)
        except ValueError:
            raise _mistyped(self.says, f"{part.text!r} as {kind.value}") from None
        if kind is not Kind.DATE and (getattr(value, "tzinfo", None) is None) is (kind is Kind.INSTANT):
            raise _mistyped(self.says, f"{part.text!r} as {kind.value}")
        return Expression(kind, lambda _: value)

    def _require(self, kind: Kind, *parts: Expression) -> None:
        for part in parts:
            if part.kind is not kind:
                raise _mistyped(self.says, f"{part.kind.value} for {kind.value}")


def _mistyped(says: str, found: str) -> ConstraintViolation:
    return TYPES.violation(
        found=f"{found} in {shown(says)}",
        allowed="numbers for arithmetic, conditions for and, or, not; days as '1999-10-01', "
        "times as '19:00', instants as '1999-10-01T19:00+00:00'",
        remedy="Check the kinds of the variables, and what stands beside them.",
    )


def _divided(dividend: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise QUOTIENT.violation(
            found=f"{dividend} divided by zero",
            allowed="a divisor other than zero",
            remedy="Choose: divisor == 0 ? 0 : dividend / divisor.",
        )
    return dividend / divisor


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "tdiv": _divided,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_NODES: Mapping[str, Callable[[_Reader, Any], Expression]] = {
    "SymbolExpression": _Reader.operand,
    "UnaryExpression": _Reader.prefix,
    "AddExpression": _Reader.arithmetic,
    "SubtractExpression": _Reader.arithmetic,
    "ArithmeticExpression": _Reader.arithmetic,
    "LogicExpression": _Reader.logic,
    "ComparisonExpression": _Reader.comparison,
    "ArithmeticComparisonExpression": _Reader.comparison,
    "TernaryExpression": _Reader.choice,
}
