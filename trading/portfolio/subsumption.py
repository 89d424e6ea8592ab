"""Whether one filter chooses whatever another does, known without a look at any contract (9.2)."""

from __future__ import annotations

from .filter import EVERYTHING, NOTHING, AllOf, AnyOf, Not
from .filter_kind import Among, Compare, ContractFilter, InRole, Missing, OfKind, Within
from .value_kind import Operator, Reading

_FOLLOWS: dict[Operator, frozenset[Operator]] = {
    "<": frozenset({"<", "<=", "<>"}),
    "<=": frozenset({"<="}),
    ">": frozenset({">", ">=", "<>"}),
    ">=": frozenset({">="}),
    "<>": frozenset({"<>"}),
}
"""What else is true of whatever compares so with a value."""


def includes(broader: ContractFilter, narrower: ContractFilter) -> bool:
    """
    Whether one filter is sure to choose every contract that another chooses.

    Shape:  sound, not complete: what it says is so; where it cannot tell it says no. Portfolios and
            hard-coded filters include themselves only, as long as they are not looked up.
    Source: the Specifications paper, of subsumption.

    >>> from .notation import parse_filter
    >>> includes(parse_filter("amount > 5 t"), parse_filter("amount within [6000 kg, 7 t) and kind 'option'"))
    True
    """
    return _includes(broader.normal(), narrower.normal())


def _includes(broader: ContractFilter, narrower: ContractFilter) -> bool:
    if broader.meaning() == narrower.meaning() or broader == EVERYTHING or narrower == NOTHING:
        return True
    if isinstance(narrower, AnyOf):
        return all(_includes(broader, each) for each in narrower.of)
    if isinstance(broader, AllOf):
        return all(_includes(each, narrower) for each in broader.of)
    if isinstance(broader, Within):
        return all(_includes(each, narrower) for each in broader.ends)
    return _by_a_part(broader, narrower) or _single(broader, narrower)


def _by_a_part(broader: ContractFilter, narrower: ContractFilter) -> bool:
    """Whether a part of the broader, or one of the narrower, is enough."""
    if isinstance(broader, AnyOf) and any(_includes(each, narrower) for each in broader.of):
        return True
    return isinstance(narrower, AllOf) and any(_includes(broader, each) for each in narrower.of)


def _single(broader: ContractFilter, narrower: ContractFilter) -> bool:
    """The same of two conditions, either of which may be denied."""
    match broader, narrower:
        case Not(), Not():
            return _includes(narrower.of, broader.of)
        case Not(), _:
            return _excludes(broader.of, narrower)
        case InRole(), InRole():
            named = set(narrower.names) <= set(broader.names) and set(narrower.keys) <= set(broader.keys)
            return broader.role is narrower.role and named
        case OfKind(), OfKind():
            return issubclass(narrower.contract_class, broader.contract_class)
        case ((Compare() | Within() | Among()), (Compare() | Within() | Among())):
            return broader.attribute == narrower.attribute and _fits_all(broader, narrower)
        case _:
            return False


def _fits_all(broader: Compare | Within | Among, narrower: Compare | Within | Among) -> bool:
    """Whether every value that fits one condition is sure to fit another on the same attribute."""
    if isinstance(narrower, Among):
        return all(broader.fits(each) for each in narrower.readings)
    said = narrower.comparisons
    if len(said) == 1 and said[0][0] == "=":
        return broader.fits(said[0][1])
    if isinstance(broader, Among):
        return False
    return all(any(_implies(*each, *wanted) for each in said) for wanted in broader.comparisons)


def _excludes(denied: ContractFilter, narrower: ContractFilter) -> bool:
    """Whether whatever a condition chooses, another is sure not to."""
    match denied, narrower:
        case AnyOf(), _:
            return all(_excludes(each, narrower) for each in denied.of)
        case Missing(), (Compare() | Within() | Among()):
            return denied.attribute == narrower.attribute
        case ((Compare() | Within() | Among()), Missing()):
            return denied.attribute == narrower.attribute
        case ((Compare() | Within() | Among()), (Compare() | Among())):
            return denied.attribute == narrower.attribute and _fits_none(denied, narrower)
        case _:
            return False


def _fits_none(denied: Compare | Within | Among, narrower: Compare | Among) -> bool:
    """Whether the values that fit a condition, where they are told one by one, do not fit another."""
    if isinstance(narrower, Among):
        return not any(denied.fits(each) for each in narrower.readings)
    return narrower.operator == "=" and not denied.fits(narrower.reading)


def _implies(operator: Operator, reading: Reading, wanted: Operator, than: Reading) -> bool:
    """Whether what compares so with one value is sure to compare as wanted with another."""
    if reading == than:
        return wanted in _FOLLOWS[operator]
    beyond: Operator | None = {"<": "<", "<=": "<", ">": ">", ">=": ">"}.get(operator)  # type: ignore[assignment]
    # What is below one value is below whatever lies above that.
    return beyond is not None and reading.compares(beyond, than) and wanted in _FOLLOWS[beyond]
