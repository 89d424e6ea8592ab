"""10.5 and 13: a form asks what a contract's constructor asks; each attribute has its five facets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from typing_extensions import Unpack

from analysis_patterns.patterns import AnalysisPatternsError, Money, Quantity, Session
from analysis_patterns.trading import (
    FORMS,
    BarrierOption,
    BarrierSide,
    Contract,
    Direction,
    ExerciseStyle,
    Option,
    OptionTerms,
)
from analysis_patterns.trading.browser.form import attributes_of

from ..refusals import refuses
from .trades import EXPIRES, TRADED, Desk

SHARED = ["instrument", "long", "short", "amount", "price", "traded", "direction", "product"]
OPTIONS = ["expiration", "option_direction", "style", "premium", "premium_paid"]


@pytest.fixture
def desk(session: Session) -> Desk:
    """Parties and instruments, stored."""
    made = Desk()
    session.add_all(made.all)
    session.commit()
    return made


def entered(desk: Desk, **said: Any) -> dict[str, object]:
    """What a user enters of an option, unless told otherwise."""
    return {
        "instrument": desk.acm.id, "long": desk.house.id, "short": desk.megabank.id,
        "amount": Quantity(1000, "{share}"), "price": Quantity(30, "USD/{share}"), "traded": TRADED,
        "expiration": EXPIRES, "option_direction": Direction.LONG,
    } | said  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "asked"),
    [
        (Contract, [*SHARED, "tenor", "delivery"]),
        (Option, [*SHARED, *OPTIONS]),
        (BarrierOption, [*SHARED, *OPTIONS, "side", "effect", "barrier", "reference"]),
    ],
)
def test_a_form_asks_what_the_constructor_of_its_class_asks(contract: Any, asked: list[str]) -> None:
    assert [each.name for each in FORMS.of(contract).attributes] == asked


def test_what_may_be_left_out_is_not_mandatory() -> None:
    form = FORMS.of(Option)

    assert [each.name for each in form.attributes if not each.mandatory] == [
        "direction", "product", "style", "premium", "premium_paid"
    ]  # fmt: skip
    assert form.document.model_json_schema()["required"] == [
        "instrument", "long", "short", "amount", "price", "traded", "expiration", "option_direction"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["contract", "option", "barrier"])
def test_a_contract_fills_its_form_and_the_form_makes_it_again(
    session: Session, desk: Desk, kind: str
) -> None:
    more = (
        {"premium": Money("1.50", "USD"), "premium_paid": TRADED} if kind != "contract" else {"tenor": "2M"}
    )
    contract = getattr(desk, kind)(**more)
    session.add(contract)
    session.commit()
    form = FORMS.of(contract)

    filled = form.read(contract)
    read = form.document.model_validate_json(filled.model_dump_json())
    again = form.make(session, read)

    assert read == filled
    assert form.read(again) == filled
    assert (type(again), again.product, again.delivery) == (
        type(contract),
        contract.product,
        contract.delivery,
    )
    assert again.id != contract.id


def test_a_draft_begins_with_the_defaults(session: Session) -> None:
    draft = FORMS.of(BarrierOption).draft(session)

    assert draft == {
        "traded": date(1997, 5, 1), "direction": Direction.LONG, "style": ExerciseStyle.EUROPEAN
    }  # fmt: skip


def test_what_is_entered_is_validated_at_once_and_the_old_draft_stays(session: Session) -> None:
    form = FORMS.of(Option)
    draft = form.draft(session)

    later = form.update(draft, "premium", Money(5, "USD"))

    assert "premium" not in draft
    assert later["premium"] == Money(5, "USD")
    assert "premium" not in form.update(later, "premium", None)
    for name, wrong in (("premium", 5), ("traded", "1997-05-01"), ("style", "asian"), ("amount", 0.1)):
        with pytest.raises(ValidationError):
            form.update(draft, name, wrong)


def test_a_plain_number_is_so_much_of_the_unit_of_the_instrument(session: Session, desk: Desk) -> None:
    form = FORMS.of(Option)
    draft: dict[str, object] = entered(desk)
    for name, said in (("amount", "2000"), ("price", 31)):
        draft = form.update(draft, name, said)

    made = form.make(session, form.document.model_validate(draft))

    assert (made.amount, made.price) == (Quantity(2000, "{share}"), Quantity(31, "USD/{share}"))


def test_legal_values_are_those_that_there_are(session: Session, desk: Desk) -> None:
    form = FORMS.of(BarrierOption)

    instruments = form.attribute("instrument").legal_values(session) or []
    assert [each.label for each in instruments] == ["ACM", "Brazilian coffee", "USD/JPY"]
    assert instruments[0].value == desk.acm.id
    parties = form.attribute("long").legal_values(session) or []
    assert [each.label for each in parties] == [
        "Aroma Hedging", "Aroma Trading", "Megabank", "New England Client"
    ]  # fmt: skip
    sides = form.attribute("side").legal_values(session) or []
    assert [each.value for each in sides] == [BarrierSide.UP, BarrierSide.DOWN]
    assert form.attribute("traded").legal_values(session) is None


def test_says_all_that_a_draft_lacks(session: Session, desk: Desk) -> None:
    form = FORMS.of(Option)
    draft = entered(desk)
    del draft["expiration"], draft["long"]

    assert form.problems(session, draft) == ["long: Field required", "expiration: Field required"]


def test_says_which_rule_a_draft_breaks_and_leaves_no_trace(session: Session, desk: Desk) -> None:
    form, sold = FORMS.of(Option), desk.option()
    session.add(sold)
    session.commit()

    late = form.problems(session, entered(desk, expiration=date(1997, 1, 1)))
    alone = form.problems(session, entered(desk, short=desk.house.id))
    sound = form.problems(session, entered(desk, product=sold.product.id))

    assert [each.partition(":")[0] for each in late] == ["option.expires-after-trade"]
    assert [each.partition(":")[0] for each in alone] == ["contract.two-parties"]
    assert sound == []
    assert sold.product.contracts == [sold]
    assert not session.new


@pytest.mark.parametrize("name", ["instrument", "long", "product"])
def test_refuses_to_refer_to_what_is_not_there(session: Session, desk: Desk, name: str) -> None:
    form = FORMS.of(Option)
    filled = form.document.model_validate(entered(desk, **{name: desk.acm.market.id}))

    with refuses("form.known-reference") as refused:
        form.make(session, filled)

    assert refused.value.found.startswith(f"{name}: {desk.acm.market.id}, which is no ")


def test_a_subtype_of_an_applications_own_has_its_form_at_once() -> None:
    class Averaged:
        def __init__(self, *, fixings: int = 12, **terms: Unpack[OptionTerms]) -> None: ...

    names = [each for each, _ in _asked(Averaged)]

    assert names == [*SHARED, *OPTIONS, "fixings"]


def test_says_what_a_constructor_has_to_say() -> None:
    class Vague:
        def __init__(self, **terms: Any) -> None: ...

    with pytest.raises(AnalysisPatternsError, match=r"Vague does not say what it passes on: write \*\*terms"):
        _asked(Vague)


def _asked(contract: type[Any]) -> list[tuple[str, bool]]:
    """The attributes that a constructor asks for, of a class that need not be mapped."""
    return [(each.name, each.mandatory) for each in attributes_of(contract.__init__, contract.__name__)]
