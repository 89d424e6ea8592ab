"""How a formula's text becomes something that can be worked out, and what it may not say (6.6)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import localcontext
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ..patterns.constraint import ConstraintViolation, rule
from ..patterns.values.number import ARITHMETIC, QUOTIENT, exact

LONGEST = 500
"""The most characters of a formula."""

MOST_PARTS = 120
"""The most names, figures, texts and signs of a formula; so its tree is never deeper than Python's stack."""

DEEPEST = 16
"""How many brackets may stand within one another."""

RESERVED = frozenset({"and", "or", "not", "true", "false"})
"""The words of the language."""

LENGTH = rule(
    "formula.length",
    pattern="6.6",
    says=f"A formula has at most {LONGEST} characters, and {MOST_PARTS} names, figures, texts and signs.",
)
DEPTH = rule(
    "formula.depth",
    pattern="6.6",
    says=f"At most {DEEPEST} brackets of a formula stand within one another.",
)
CONSTRUCT = rule(
    "formula.construct",
    pattern="6.6",
    says="A formula adds, subtracts, multiplies, divides, compares, and chooses; it does nothing else.",
)
SYNTAX = rule("formula.syntax", pattern="6.6", says="A formula is one whole expression.")
DECLARED = rule(
    "formula.declared", pattern="6.6", says="A formula reads only the variables that it declares."
)
TYPES = rule(
    "formula.types",
    pattern="6.6",
    says="A formula reckons with numbers, compares like with like, and decides by what is true or false.",
)
CONSTANT = rule(
    "formula.constant",
    pattern="6.6",
    says="What a formula says in figures alone is exact: a quotient of figures ends.",
)

ALLOWED = "+ - * / == != < <= > >= and, or, not, condition ? this : that, brackets, figures, texts and names"

_PARTS = re.compile(
    r"(?P<blank>[ \t\n]+)"
    r"|(?P<figure>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![\w.]))"
    r"""|(?P<text>"[^"\\\n]*"|'[^'\\\n]*')"""
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?![\w\"']))"
    r"|(?P<sign>[=!<>]=(?!~)|<(?!<)|>(?!>)|\*(?!\*)|/(?!/)|\?(?!\?)|[-+():])"
)
_REFUSED_WORDS = {
    "for": "a comprehension",
    "in": "a look into a list",
    "if": "the word 'if'",
    "elif": "the word 'elif'",
    "else": "the word 'else'",
    "while": "a loop",
    "null": "the word 'null'",
    "inf": "an infinity",
    "nan": "NaN, which is no number",
}
# The longer ones first: "**" is a power, not a product.
_REFUSED_SIGNS = {
    "**": "a power",
    "//": "a quotient without its remainder",
    "=~": "a regular expression",
    "!~": "a regular expression",
    "<<": "a shift of bits",
    ">>": "a shift of bits",
    "??": "a choice of what is not null",
    "&.": "an attribute",
    "&[": "a look into a list",
    "&": "arithmetic of bits",
    "|": "arithmetic of bits",
    "^": "arithmetic of bits",
    "%": "a remainder",
    ".": "an attribute",
    "[": "a list",
    "{": "a set or mapping",
    "$": "a built-in",
    "#": "a comment",
    ",": "a list",
}


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

    Errors: `ConstraintViolation`: `formula.length`, `formula.depth` and `formula.construct` before anything
            is parsed; then `formula.syntax`, `formula.declared`, `formula.types` and `formula.constant`.
    """
    _scan(says)
    known = dict(kinds)
    return _Reader(says, known).read(_parsed(says, known))


def _scan(says: str) -> None:
    """Refuse what would take long to parse, or is no part of the language, before it is parsed."""
    if len(says) > LONGEST:
        raise LENGTH.violation(
            found=f"{len(says)} characters",
            allowed=f"at most {LONGEST}",
            remedy="Split it: several rules, or a Python function by its name.",
        )
    at, depth, parts, before = 0, 0, 0, ""
    while at < len(says):
        match = _PARTS.match(says, at)
        if match is None:
            raise _refused(says, _named(says[at:]), at)
        at, part, kind = match.end(), match[0], match.lastgroup
        if kind == "blank":
            continue
        if part in _REFUSED_WORDS:
            raise _refused(says, _REFUSED_WORDS[part], match.start())
        if kind == "figure":
            exact(part)
        if part == "(" and before == "operand":
            raise _refused(says, "a call of a function", match.start())
        depth += (part == "(") - (part == ")")
        parts += 1
        before = "operand" if part == ")" or (kind != "sign" and part not in ("and", "or", "not")) else ""
        if depth > DEEPEST or parts > MOST_PARTS:
            raise _excess(depth)


def _excess(depth: int) -> ConstraintViolation:
    if depth > DEEPEST:
        return DEPTH.violation(
            found=f"{depth} brackets within one another",
            allowed=f"at most {DEEPEST}",
            remedy="Leave out brackets that change nothing, or split the formula.",
        )
    return LENGTH.violation(
        found=f"more than {MOST_PARTS} names, figures, texts and signs",
        allowed=f"at most {MOST_PARTS}",
        remedy="Split it: several rules, or a Python function by its name.",
    )


def _named(rest: str) -> str:
    for sign, name in _REFUSED_SIGNS.items():
        if rest.startswith(sign):
            return name
    if rest[0] in "\"'":
        return "a text without its end, or with a backslash"
    return f"{rest[:12]!r}"


def _refused(says: str, what: str, at: int) -> ConstraintViolation:
    return CONSTRUCT.violation(
        found=f"{what} at position {at + 1} of {_shown(says)}",
        allowed=ALLOWED,
        remedy="Say it in these, or name a Python function.",
    )


def _shown(says: str) -> str:
    return repr(says if len(says) <= 60 else f"{says[:60]}…")


def _parsed(says: str, kinds: Mapping[str, Kind]) -> Any:
    # Half a second to import, of which nobody needs any who has no formula.
    import rule_engine  # noqa: PLC0415
    from rule_engine import errors  # noqa: PLC0415

    types = {Kind.NUMBER: rule_engine.DataType.FLOAT, Kind.TRUTH: rule_engine.DataType.BOOLEAN}
    declared = {name: types.get(kind, rule_engine.DataType.STRING) for name, kind in kinds.items()}
    context = rule_engine.Context(
        type_resolver=rule_engine.type_resolver_from_dict(declared), default_timezone="utc"
    )
    try:
        # Figures among themselves are reckoned with while parsing: exactly, or not at all.
        with localcontext(ARITHMETIC):
            return rule_engine.Rule(says, context).statement.expression
    except errors.SymbolResolutionError as error:
        raise _undeclared(error.symbol_name, kinds) from None
    except errors.ArithmeticError:
        raise CONSTANT.violation(
            found=_shown(says),
            allowed="figures whose quotient ends",
            remedy="Divide last: 'fee / 3' is rounded once, at the end; '1 / 3 * fee' cannot be written.",
        ) from None
    except errors.EvaluationError as error:
        raise TYPES.violation(
            found=f"{error.message} in {_shown(says)}",
            allowed="numbers with numbers, texts with texts, conditions with conditions",
            remedy="Check the kinds of the variables.",
        ) from None
    except errors.EngineError as error:
        raise SYNTAX.violation(
            found=f"{error.message} in {_shown(says)}",
            allowed="one whole expression",
            remedy="Check the brackets, and that each sign stands between two operands.",
        ) from None


def _undeclared(name: str, kinds: Mapping[str, Kind]) -> ConstraintViolation:
    return DECLARED.violation(
        found=f"the name {name!r}",
        allowed=", ".join(sorted(kinds)) or "no name at all, since no variable is declared",
        remedy="Declare it among the variables, with its unit.",
    )


class _Reader:
    """Makes an expression of the parser's tree, node by node; a node that is not listed here is refused."""

    def __init__(self, says: str, kinds: Mapping[str, Kind]) -> None:
        self.says = says
        self.kinds = kinds

    def read(self, node: Any) -> Expression:
        read = _NODES.get(type(node).__name__)
        if read is None:
            raise CONSTRUCT.violation(
                found=f"{type(node).__name__} in {_shown(self.says)}",
                allowed=ALLOWED,
                remedy="Say it in these, or name a Python function.",
            )
        return read(self, node)

    def figure(self, node: Any) -> Expression:
        value = Fraction(node.value)
        return Expression(Kind.NUMBER, lambda _: value)

    def truth(self, node: Any) -> Expression:
        value = bool(node.value)
        return Expression(Kind.TRUTH, lambda _: value)

    def text(self, node: Any) -> Expression:
        value = str(node.value)
        return Expression(Kind.TEXT, lambda _: value, value)

    def name(self, node: Any) -> Expression:
        name: str = node.name
        return Expression(self.kinds[name], operator.itemgetter(name))

    def prefix(self, node: Any) -> Expression:
        inner = self.read(node.right)
        kind, work = {"uminus": (Kind.NUMBER, operator.neg), "not": (Kind.TRUTH, operator.not_)}[node.type]
        self._require(kind, inner)
        return Expression(kind, lambda values: work(inner.work_out(values)))

    def arithmetic(self, node: Any) -> Expression:
        work = _ARITHMETIC.get(node.type)
        if work is None:
            raise _refused(self.says, node.type, 0)
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
            raise self._mistyped(f"an order of {left.kind.value}s")
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
            raise self._mistyped(f"{part.text!r} as {kind.value}") from None
        if kind is not Kind.DATE and (getattr(value, "tzinfo", None) is None) is (kind is Kind.INSTANT):
            raise self._mistyped(f"{part.text!r} as {kind.value}")
        return Expression(kind, lambda _: value)

    def _require(self, kind: Kind, *parts: Expression) -> None:
        for part in parts:
            if part.kind is not kind:
                raise self._mistyped(f"{part.kind.value} for {kind.value}")

    def _mistyped(self, found: str) -> ConstraintViolation:
        return TYPES.violation(
            found=f"{found} in {_shown(self.says)}",
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
    "FloatExpression": _Reader.figure,
    "BooleanExpression": _Reader.truth,
    "StringExpression": _Reader.text,
    "SymbolExpression": _Reader.name,
    "UnaryExpression": _Reader.prefix,
    "AddExpression": _Reader.arithmetic,
    "SubtractExpression": _Reader.arithmetic,
    "ArithmeticExpression": _Reader.arithmetic,
    "LogicExpression": _Reader.logic,
    "ComparisonExpression": _Reader.comparison,
    "ArithmeticComparisonExpression": _Reader.comparison,
    "TernaryExpression": _Reader.choice,
}
