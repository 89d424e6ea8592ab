"""4.2: whatever is combined, corrected and combined anew comes to what one would reckon by hand, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.observation import (
    Combination,
    CombinationMethod,
    Dimension,
    DimensionElement,
    DimensionSet,
    Measurement,
    Method,
    PhenomenonType,
    combination_protocols,
    combine,
    measure,
    recalculate,
    segment_for,
)
from analysis_patterns.observation.calculation import _figure
from analysis_patterns.patterns import Base, Person, create_engine
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import ONE, Quantity, parse_unit

from ..covered import Covered, with_fault

YEAR = Interval(datetime(1997, 1, 1, tzinfo=UTC), datetime(1998, 1, 1, tzinfo=UTC))
TREE = {"north": ("n1", "n2", "n3"), "south": ("s1", "s2")}
LEAVES = [leaf for leaves in TREE.values() for leaf in leaves]
AMOUNTS = st.decimals(-1000, 1000, places=3)
WEIGHTS = st.sampled_from([0, 0, 0, 1, 7, 50])


@pytest.fixture(scope="module")
def memory() -> Iterator[Session]:
    """A database in memory: what is reckoned with is the same in each."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with sessions(engine)() as session:
        yield session
    engine.dispose()


class Company:
    """A company with two regions of areas, whose figures of one type combine in one way."""

    def __init__(self, session: Session, way: CombinationMethod) -> None:
        self.session, self.way = session, way
        self.place = Dimension(name="place", levels=["region", "area"])
        self.named = {self.place.root.name: self.place.root}
        for region, areas in TREE.items():
            self.named[region] = DimensionElement(name=region, parent=self.place.root)
            for area in areas:
                self.named[area] = DimensionElement(name=area, parent=self.named[region])
        self.of = DimensionSet(name="all", dimensions=[self.place])
        self.measured, self.weight = PhenomenonType(name="measured"), PhenomenonType(name="weight")
        weighs = self.weight if way is CombinationMethod.WEIGHTED_AVERAGE else None
        session.add_all(
            [
                self.of,
                Combination(phenomenon_type=self.measured, way=way, weight=weighs),
                *self.named.values(),
            ]
        )
        session.flush()
        (self.protocol,) = combination_protocols(session, self.measured, [self.place], places=6)

    def record(self, measured: PhenomenonType, at: str, amount: object) -> Measurement:
        """Record a figure of an area."""
        subject = segment_for(self.session, {self.place: self.named[at]}, of=self.of)
        made = Measurement(
            subject=subject, phenomenon_type=measured, quantity=Quantity(str(amount), "USD"), applicable=YEAR
        )
        self.session.add(made)
        return made

    def combine(self) -> None:
        """Combine the figures of all areas at once."""
        combine(self.session, self.protocol, of=self.of, level=self.place.levels[-1], applicable=YEAR)

    def figure(self, at: str) -> Quantity:
        """The combined figure of a region, or of all."""
        subject = segment_for(self.session, {self.place: self.named[at]}, of=self.of)
        return measure(self.session, self.measured, subject=subject, applicable=YEAR).quantity


def by_hand(way: CombinationMethod, amounts: list[Fraction], weights: list[Fraction]) -> Fraction:
    """What amounts come to together."""
    if way is CombinationMethod.SUM:
        return sum(amounts, Fraction(0))
    if way is CombinationMethod.WEIGHTED_AVERAGE:
        pairs = zip(amounts, weights, strict=True)
        return sum((amount * weight for amount, weight in pairs), Fraction(0)) / sum(weights, Fraction(0))
    return min(amounts) if way is CombinationMethod.LEAST else max(amounts)


CASES = st.fixed_dictionaries(
    {
        "way": st.sampled_from([*CombinationMethod, *[CombinationMethod.WEIGHTED_AVERAGE] * 2]),
        "amounts": st.fixed_dictionaries(dict.fromkeys(LEAVES, AMOUNTS)),
        "weights": st.fixed_dictionaries(dict.fromkeys(LEAVES, WEIGHTS)),
        "corrected": st.one_of(st.none(), st.tuples(st.sampled_from(LEAVES), AMOUNTS)),
        "at_once": st.booleans(),
    }
)


def test_a_tree_combines_as_by_hand_also_after_a_correction(memory: Session) -> None:
    covered = Covered()

    @settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(case=CASES)
    def combines(case: dict[str, Any]) -> None:
        savepoint = memory.begin_nested()
        try:
            _combines_as_by_hand(memory, covered, **case)
        finally:
            savepoint.rollback()

    combines()

    covered.enough()


def _combines_as_by_hand(
    session: Session,
    covered: Covered,
    *,
    way: CombinationMethod,
    amounts: dict[str, Decimal],
    weights: dict[str, int],
    corrected: tuple[str, Decimal] | None,
    at_once: bool,
) -> None:
    company = Company(session, way)
    recorded = {at: company.record(company.measured, at, amount) for at, amount in amounts.items()}
    for at, weight in weights.items():
        company.record(company.weight, at, weight)
    session.flush()
    weightless = not all(any(weights[leaf] for leaf in leaves) for leaves in TREE.values())
    averages = way is CombinationMethod.WEIGHTED_AVERAGE
    covered.case(
        averages=averages, corrected=corrected is not None, at_once=at_once, weightless=weightless,
        negative=min(amounts.values()) < 0,
    )  # fmt: skip
    if averages and weightless:
        with pytest.raises(ConstraintViolation, match=r"number\.quotient"):
            company.combine() if at_once else [company.figure(region) for region in TREE]
        return
    if at_once:
        company.combine()
    before = {region: company.figure(region) for region in TREE}
    if corrected is not None:
        auditor = Person(name="auditor")
        session.add(recorded[corrected[0]].reject(by=auditor, why="wrong"))
        amounts = {**amounts, corrected[0]: corrected[1]}
        company.record(company.measured, *corrected)
        touched = recalculate(session, by=auditor)
        assert (len(touched.made), touched.not_made) == (1, {})
    for region, leaves in TREE.items():
        said = [Fraction(amounts[leaf]) for leaf in leaves], [Fraction(weights[leaf]) for leaf in leaves]
        assert abs(Fraction(company.figure(region).amount) - by_hand(way, *said)) <= Fraction(1, 2_000_000)
        if corrected is None or corrected[0] not in leaves:
            assert company.figure(region) == before[region]


UNITS = ("m", "cm", "[ft_i]")


@given(
    x=st.decimals(1, 1000, places=2),
    y=st.decimals(1, 1000, places=2),
    units=st.tuples(st.sampled_from(UNITS), st.sampled_from(UNITS)),
    says=st.sampled_from(["x + y", "x - y", "(x - y) / y", "x * y", "x < y ? x : y", "y == 0 ? 0 : x / y"]),
)
def test_a_formula_comes_to_the_same_in_any_units(
    x: object, y: object, units: tuple[str, str], says: str
) -> None:
    method = Method(name="tried", arguments=("x", "y"), says=says)
    given = [Quantity(str(number), unit) for number, unit in zip((x, y), units, strict=True)]
    in_millimetres = [Quantity(Fraction(each.amount) * _ratio(each), "mm") for each in given]

    found, other = method.result(given), method.result(in_millimetres)

    assert found.counted_in(other.unit) == other.number


def _ratio(quantity: Quantity) -> Fraction:
    return Fraction({"m": "1000", "cm": "10", "[ft_i]": "304.8"}[quantity.unit.code])


FAULTS = [
    (
        "self.number + sign * other.counted_in(self.unit), self.unit",
        "self.number + other.counted_in(self.unit), self.unit",
    ),
    (
        "self.number * factor.number, self.unit * factor.unit",
        "self.number * factor.number, self.unit / factor.unit",
    ),
    ("return self.number * ratio(self.unit, unit)", "return self.number / ratio(self.unit, unit)"),
    ("lambda mine, theirs: mine < theirs", "lambda mine, theirs: mine > theirs"),
    ("return Figure(sign * other.number, other.unit)", "return Figure(other.number, other.unit)"),
    ("return Figure(-self.number, self.unit)", "return Figure(self.number, self.unit)"),
]


@pytest.mark.parametrize(("right", "wrong"), FAULTS)
def test_notices_a_deliberate_fault(right: str, wrong: str) -> None:
    faulty = with_fault(_figure, right, wrong)

    assert _samples(faulty) != _samples(_figure)


def _samples(module: ModuleType) -> list[str]:
    foot, metre = (module.Figure(Fraction(3), parse_unit(code)) for code in ("[ft_i]", "m"))
    nothing = module.Figure(Fraction(0), ONE)
    return [
        str(each)
        for each in (
            foot + metre, foot - metre, foot * metre, foot / metre, -foot, foot < metre, metre < foot,
            nothing - foot, 0 - foot, foot == 0, Fraction(2) * foot, Fraction(1) / foot, foot > 0,
        )
    ]  # fmt: skip


def test_a_bare_zero_is_nothing_of_any_unit() -> None:
    foot = _figure.Figure(Fraction(3), parse_unit("[ft_i]"))

    assert Fraction(0) + foot == foot
    assert (foot - foot) == 0
    assert foot != 0
    with pytest.raises(ConstraintViolation):
        _ = foot + Fraction(1)
