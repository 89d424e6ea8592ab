"""4.2: whoever reckons by an explanation, from what it says alone, comes to the figure that it explains."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.observation import (
    CausalProtocol,
    Measurement,
    Method,
    PhenomenonType,
    measure,
    prefer,
)
from analysis_patterns.patterns import Base, Explanation, Organization, create_engine, explain
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.values import Quantity

from ..covered import Covered
from .sales import QUARTER

CENTIMETRES = {"m": Fraction(100), "cm": Fraction(1), "[ft_i]": Fraction("30.48"), "%": Fraction(1, 100)}
LENGTHS = ("m", "cm", "[ft_i]")
BETWEEN: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "a - b / 3": lambda a, b: a - b / 3,
    "b + a": lambda a, b: b + a,
    "2 * a - b": lambda a, b: 2 * a - b,
    "a < b ? a : b": min,
}
SHARES: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "(c - a) / a": lambda c, a: (c - a) / a,
    "c / a": lambda c, a: c / a,
}
FIGURE = re.compile(r"\w+ (-?[\d.]+) (\S+) of ACM,")
RATIO = re.compile(r"1 (\S+) = (\S+) (\S+)")


def reckoned(step: Explanation) -> Fraction:
    """What a step says that its figure is, once all below it was found to come to what it says."""
    found = FIGURE.match(step.statement)
    assert found is not None
    said, unit = Fraction(found[1]), CENTIMETRES[found[2]]
    if step.by != "observed":
        sources = [reckoned(each) for each in step.because if FIGURE.match(each.statement)]
        formula = step.by.partition(": ")[2]
        comes_to = {**BETWEEN, **SHARES}[formula](*sources) / unit
        last_place = Fraction(10) ** int(Decimal(found[1]).as_tuple().exponent)
        assert abs(comes_to - said) <= last_place / 2
    return said * unit


def ratios(step: Explanation) -> list[bool]:
    """Of each conversion between lengths that is told anywhere, whether its ratio is right."""
    told = [RATIO.fullmatch(each.statement) for _, each in step.walk() if each.by == "conversion ratios"]
    return [
        Fraction(each[2]) * CENTIMETRES[each[3]] == CENTIMETRES[each[1]]
        for each in told
        if each is not None and {each[1], each[3]} <= set(LENGTHS)
    ]


class Lengths:
    """Two lengths of a company, a third from both, and which share that is of the first."""

    def __init__(self, session: Session, between: str, share: str) -> None:
        self.session = session
        self.a, self.b = (PhenomenonType(name=name, legal_units=LENGTHS) for name in ("a", "b"))
        self.c = PhenomenonType(name="c", legal_units=["m"])
        self.d = PhenomenonType(name="d", legal_units=["%"])
        for result, inputs, says in ((self.c, (self.a, self.b), between), (self.d, (self.c, self.a), share)):
            method = Method(name=f"for {result}", arguments=map(str, inputs), says=says)
            protocol = CausalProtocol(
                name=f"{result} by rote", result_type=result, input_types=inputs, method=method, places=4
            )
            session.add(protocol)
            prefer(session, result, [protocol])
        self.company = Organization(name="ACM")
        session.add(self.company)

    def record(self, measured: PhenomenonType, quantity: Quantity) -> None:
        """Load a length."""
        self.session.add(
            Measurement(subject=self.company, phenomenon_type=measured, quantity=quantity, applicable=QUARTER)
        )


def test_an_explanation_comes_to_the_figure_that_it_explains() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    covered = Covered()

    @settings(max_examples=40)
    @given(
        amounts=st.tuples(st.decimals(1, 100, places=2), st.decimals(-100, 100, places=2)),
        units=st.tuples(st.sampled_from(LENGTHS), st.sampled_from(LENGTHS)),
        between=st.sampled_from(sorted(BETWEEN)),
        share=st.sampled_from(sorted(SHARES)),
    )
    def explains(amounts: tuple[Decimal, Decimal], units: tuple[str, str], between: str, share: str) -> None:
        with sessions(engine)() as session:  # nothing is committed: each case has the database to itself
            lengths = Lengths(session, between, share)
            for measured, amount, unit in zip((lengths.a, lengths.b), amounts, units, strict=True):
                lengths.record(measured, Quantity(amount, unit))

            made = measure(session, lengths.d, subject=lengths.company, applicable=QUARTER)
            told = explain(made)

            covered.case(
                mixed=units[0] != units[1], negative=made.quantity.amount < 0, thirds="/ 3" in between
            )
            assert reckoned(told) == Fraction(made.quantity.amount) / 100
            assert all(ratios(told))
            assert bool(ratios(told)) or set(units) == {"m"}

    explains()

    engine.dispose()
    covered.enough()
