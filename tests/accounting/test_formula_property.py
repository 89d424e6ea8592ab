"""6.6: any text is a formula or refused by name, and what is one reckons as Python's fractions do."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import ModuleType

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.formula import expression
from analysis_patterns.patterns.formula.expression import Kind, compiled
from analysis_patterns.patterns.formula.formula import Formula
from tests.covered import with_fault

pytestmark = pytest.mark.slow


def worked_out(says: str, a: int, b: int) -> Fraction:
    formula = Formula(variables={"a": "number", "b": "number"}, says=says)
    number = formula.worked_out({"a": a, "b": b})
    assert isinstance(number, Fraction)
    return number


_GRAMMAR = st.recursive(
    st.sampled_from(["a", "b", "x", "1", "'t'", "true"]),
    lambda inner: st.one_of(
        st.builds(
            lambda left, sign, right: f"({left} {sign} {right})",
            inner,
            st.sampled_from(["+", "-", "*", "/", "<", "<=", "==", "!=", ">", "and", "or"]),
            inner,
        ),
        st.builds(lambda sign, part: f"{sign} {part}", st.sampled_from(["-", "not"]), inner),
        st.builds(lambda one, this, that: f"({one} ? {this} : {that})", inner, inner, inner),
    ),
    max_leaves=10,
)


@given(_GRAMMAR | st.text(max_size=60) | st.text("abx01.()+-*/<>=!?:&|'\"[] \n", max_size=60))
@example("(" * 20)
@example("\x00")
@example("(a > 1) + 1")
@example("a ? b : (b ? a : x) * (a == b)")
def test_any_text_is_worked_out_or_refused_by_name(says: str) -> None:
    kinds = (("a", Kind.NUMBER), ("b", Kind.TRUTH), ("x", Kind.TEXT))
    values = {"a": Fraction(3), "b": True, "x": "t"}

    verdict = _verdict(lambda: compiled(says, kinds).work_out(values))

    event(verdict)
    assert verdict == "worked out" or verdict.startswith(("formula.", "number."))


def _verdict(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except ConstraintViolation as violation:
        return violation.rule.name
    return "worked out"


_PARTS = st.sampled_from(["a", "b", "2", "0.5", "10", "-1"])
_ARITHMETIC = st.recursive(
    _PARTS,
    lambda inner: st.builds(lambda x, sign, y: f"({x} {sign} {y})", inner, st.sampled_from("+-*/"), inner),
    max_leaves=12,
)


@given(_ARITHMETIC, st.integers(-50, 50), st.integers(-50, 50))
@example("((a - 1) / b)", 1, 0)
def test_agrees_with_fractions_reckoned_by_python(says: str, a: int, b: int) -> None:
    reckoned: list[Fraction] = []

    verdict = _verdict(lambda: reckoned.append(worked_out(says, a, b)))

    event(verdict)
    assert verdict in {"worked out", "number.quotient", "formula.depth"}
    if verdict == "worked out":
        assert reckoned == [_by_python(ast.parse(says, mode="eval").body, {"a": a, "b": b})]
    if verdict == "number.quotient":
        with pytest.raises(ZeroDivisionError):
            _by_python(ast.parse(says, mode="eval").body, {"a": a, "b": b})


_SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _by_python(node: ast.expr, names: Mapping[str, int]) -> Fraction:
    match node:
        case ast.BinOp():
            left, right = _by_python(node.left, names), _by_python(node.right, names)
            return Fraction(_SIGNS[type(node.op)](left, right))
        case ast.UnaryOp():
            return -_by_python(node.operand, names)
        case ast.Name():
            return Fraction(names[node.id])
        case ast.Constant():
            return Fraction(str(node.value))
        case _:
            raise AssertionError(ast.dump(node))


FAULTS = [
    ('"sub": operator.sub', '"sub": operator.add'),
    ('"le": operator.le', '"le": operator.lt'),
    ("left.work_out(values) and right.work_out(values)", "left.work_out(values)"),
    ("left.work_out(values) or right.work_out(values)", "right.work_out(values)"),
    ("(this if condition.work_out(values) else that)", "(that if condition.work_out(values) else this)"),
    ("return dividend / divisor", "return dividend // divisor"),
    ('truth == "true"', 'truth != "true"'),
    ("(Kind.NUMBER, operator.neg)", "(Kind.NUMBER, operator.pos)"),
]


@pytest.mark.parametrize(("right", "wrong"), FAULTS)
def test_notices_a_deliberate_fault(right: str, wrong: str) -> None:
    faulty = with_fault(expression, right, wrong)

    assert _samples(faulty) != _samples(expression)


def _samples(module: ModuleType) -> list[object]:
    samples = (
        "a - b", "a <= 3 and a <= 2", "a <= 2 or b <= 2", "true ? a : b", "a / b", "-a <= b", "a <= a",
        "b <= a or a <= b",
    )  # fmt: skip
    kinds = (("a", module.Kind.NUMBER), ("b", module.Kind.NUMBER))
    values = {"a": Fraction(3), "b": Fraction(2)}
    return [module.compiled(says, kinds).work_out(values) for says in samples]
