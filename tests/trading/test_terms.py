"""9.1: of a contract is said what it needs, and nothing that nobody asks for."""

from __future__ import annotations

from typing import Any, cast

import pytest

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import (
    BarrierOptionDraft,
    Contract,
    ContractDraft,
    Direction,
    InterestRate,
    Option,
    OptionDraft,
    Volatility,
    record_contracts,
)

from ..refusals import refuses
from .trades import EXPIRES, TRADED, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def dealt(desk: Desk, **others: Any) -> dict[str, Any]:
    """What is said of 1000 ACM shares at $30, with what is to be tried."""
    return {
        "instrument": desk.acm, "long": desk.house, "short": desk.megabank,
        "amount": 1000, "price": 30, "traded": TRADED,
    } | others  # fmt: skip


def test_a_misspelt_term_is_refused_and_not_dropped(desk: Desk) -> None:
    with refuses("contract.terms") as refused:
        Contract(**dealt(desk, directoin=Direction.SHORT))

    assert "found unknown directoin" in str(refused.value)
    with refuses("contract.terms"):
        Option(**dealt(desk, expiration=EXPIRES, option_direction=Direction.LONG, strike=30))
    with refuses("contract.terms"):
        desk.barrier(rebate=1)


@pytest.mark.parametrize("missing", ["instrument", "long", "short", "amount", "price", "traded"])
def test_a_missing_term_is_named(desk: Desk, missing: str) -> None:
    said = dealt(desk)
    del said[missing]

    with refuses("contract.terms") as refused:
        Contract(**said)

    assert f"found no {missing}" in str(refused.value)


@pytest.mark.parametrize(
    ("term", "wrong"),
    [
        ("direction", "long"),
        ("direction", None),
        ("long", None),
        ("short", "Megabank"),
        ("instrument", "ACM"),
    ],
)
def test_a_text_or_nothing_stands_for_no_choice_party_or_instrument(
    desk: Desk, term: str, wrong: object
) -> None:
    with refuses("contract.terms"):
        Contract(**dealt(desk, **{term: wrong}))


@pytest.mark.parametrize(("term", "wrong"), [("option_direction", "long"), ("style", "american")])
def test_the_choices_of_an_option_are_no_texts(desk: Desk, term: str, wrong: object) -> None:
    with refuses("contract.terms"):
        desk.option(**{term: wrong})


@pytest.mark.parametrize(("term", "wrong"), [("side", "up"), ("effect", "in")])
def test_the_choices_of_a_barrier_are_no_texts(desk: Desk, term: str, wrong: object) -> None:
    with refuses("contract.terms"):
        desk.barrier(**{term: wrong})


def test_what_is_no_tenor_and_no_premium_is_refused(desk: Desk) -> None:
    with refuses("tenor.length"):
        desk.contract(tenor=5)
    with refuses("option.premium"):
        desk.option(premium=5)


def test_a_direction_that_became_a_text_is_refused_at_the_flush(session: Session, desk: Desk) -> None:
    changed = desk.contract()
    changed.direction = "long"  # type: ignore[assignment]
    session.add_all([*desk.all, changed])

    with refuses("contract.terms", Layer.FLUSH):
        session.flush()


def test_drafts_are_refused_alike_and_nothing_is_recorded(session: Session, desk: Desk) -> None:
    session.add_all(desk.all)
    session.flush()
    said: dict[str, Any] = dealt(desk)
    option: dict[str, Any] = said | {"expiration": EXPIRES, "option_direction": Direction.LONG}
    barrier = option | {"side": "up", "effect": "in", "barrier": 40, "reference": 30}
    wrong: list[Any] = [
        ContractDraft(**said | {"direction": cast("Any", "long")}),
        ContractDraft(**said | {"long": cast("Any", None)}),
        OptionDraft(**option | {"style": cast("Any", "american")}),
        BarrierOptionDraft(**barrier),
    ]

    for draft in wrong:
        with refuses("contract.terms"):
            record_contracts(session, [ContractDraft(**said), draft])

    assert session.query(Contract).count() == 0


def test_only_what_is_traded_has_a_volatility(desk: Desk) -> None:
    not_traded: Any = InterestRate(currency="USD")

    with refuses("volatility.of-an-instrument"):
        Volatility(instrument=Volatility(instrument=desk.acm))  # type: ignore[arg-type]
    with refuses("volatility.of-an-instrument"):
        Volatility(instrument=not_traded)
