"""10.3: a kind of product is a set of constraints on its contracts, as data; the most specific names it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from analysis_patterns.patterns import Quantity
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.knowledge import Header, PackError, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import (
    Contract,
    Direction,
    ExerciseStyle,
    Option,
    OptionKind,
    Product,
    ProductTemplate,
    ProductTemplateDocument,
    Sale,
    Templates,
    decompose,
    draft_product,
    recognise,
    record_contracts,
    sell,
    standard_templates,
    templates_of,
)
from analysis_patterns.trading.product.matching import Matcher
from analysis_patterns.trading.product.template import LegDocument

from ..refusals import refuses
from .trades import EXPIRES, TRADED, Desk

LATER = date(1997, 12, 2)
CLOSED = [each.name for each in standard_templates() if not each.open_ended]

SAID_CLOSER = {
    "ratio spread": "put ratio spread", "backspread": "put backspread",
    "call spread": "call ratio spread", "put spread": "put ratio spread",
}  # fmt: skip

WANTED = (
    "straddle", "strangle", "strip", "strap", "bull call spread", "bear call spread", "bull put spread",
    "bear put spread", "call butterfly", "put butterfly", "iron butterfly", "call condor", "put condor",
    "iron condor", "risk reversal", "collar", "calendar spread", "diagonal spread", "box",
    "synthetic forward", "ratio spread", "backspread", "covered call", "protective put",
    "call", "put", "forward", "spread",
)  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    return Desk()


def sale(desk: Desk, **terms: Any) -> Sale:
    said: dict[str, Any] = {
        "buyer": desk.client, "seller": desk.house, "instrument": desk.acm, "traded": TRADED,
    }  # fmt: skip
    return Sale(**said | terms)


def example(desk: Desk, name: str, **changes: Any) -> Product:
    """A product of a standard template: strikes and amounts in the order of their names in it."""
    template = standard_templates()[name]
    names = template.variables()
    said: dict[str, Any] = {}
    chains = [*template.rising, *template.not_falling]
    for kind, first, step in (("strike", 20, 5), ("size", 1000, 500)):
        among = [each for each in names if names[each] == kind]
        order = sorted(among, key=lambda each: sum(chain.index(each) for chain in chains if each in chain))
        said |= {each: first + step * n for n, each in enumerate(order)}
    if {"lowest", "lower", "upper", "highest"} <= said.keys():
        said |= {"lowest": 20, "lower": 25, "upper": 30, "highest": 35}
    said |= dict.fromkeys((each for each in names if names[each] == "expiration"), EXPIRES)
    if "far" in said:
        said["far"] = LATER
    open_kind = OptionKind.PUT if any(leg.kind == "option" for leg in template.legs) else None
    return sell(
        template, sale(desk, kind=open_kind), **{k.replace(" ", "_"): v for k, v in said.items()} | changes
    )


def test_the_usual_combinations_are_all_there() -> None:
    assert set(WANTED) <= set(standard_templates().named)


@pytest.mark.parametrize("name", CLOSED)
def test_what_a_template_makes_is_recognised_as_it(desk: Desk, name: str) -> None:
    product = example(desk, name)

    found = decompose(product)

    expected = SAID_CLOSER.get(name, name)
    assert found.name == expected
    assert found.is_a(name)
    assert [part.name for part in found.parts] == [expected]
    assert (str(product), product.buyer, product.seller) == (name, desk.client, desk.house)


@pytest.mark.parametrize("name", CLOSED)
def test_what_may_be_on_either_side_is_recognised_by_the_seller_as_sold(desk: Desk, name: str) -> None:
    product = example(desk, name)

    found = recognise(product.contracts, seen_by=desk.house)

    turned = standard_templates()[name].either_side
    assert (str(found) == f"{found.name} sold") is turned
    assert (found.name == name) is turned or name in SAID_CLOSER


@pytest.mark.parametrize("name", CLOSED)
def test_a_special_case_is_all_that_its_supertypes_are(desk: Desk, name: str) -> None:
    legs = decompose(example(desk, name)).legs

    for above in standard_templates()[name].supertypes:
        alone = Templates([standard_templates()[above].model_copy(update={"supertypes": ()})])
        assert Matcher(alone).whole(legs) is not None, above


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([("call", 1, 30), ("put", 1, 30)], "straddle bought"),
        ([("call", -1, 30), ("put", -1, 30)], "straddle sold"),
        ([("call", 1, 32), ("put", 1, 28)], "strangle bought"),
        ([("call", -1, 28), ("put", -1, 32)], "strangle sold"),
        ([("call", 1, 32), ("put", -1, 28)], "risk reversal bought"),
        ([("call", -1, 32), ("put", 1, 28)], "risk reversal sold"),
        ([("call", 1, 30), ("put", -1, 30)], "synthetic forward bought"),
        ([("call", 1, 28), ("call", -1, 32)], "bull call spread"),
        ([("call", -1, 28), ("call", 1, 32)], "bear call spread"),
        ([("put", 1, 28), ("put", -1, 32)], "bull put spread"),
        ([("put", -1, 28), ("put", 1, 32)], "bear put spread"),
        ([("call", 1, 28), ("call", -2, 32)], "call ratio spread"),
        ([("call", -2, 28), ("call", 1, 32)], "call ratio spread"),
        ([("call", -1, 28), ("call", 2, 32)], "call backspread"),
        ([("call", 1, 28), ("call", -2, 30), ("call", 1, 32)], "call butterfly bought"),
        ([("call", -1, 28), ("call", 2, 30), ("call", -1, 32)], "call butterfly sold"),
        ([("call", 1, 28), ("call", -2, 30), ("call", 1, 33)], "spread"),
        ([("call", 1, 28), ("call", 2, 32)], "call bought + call bought"),
        ([("call", 1, 28), ("put", 2, 28)], "strip bought"),
        ([("call", 2, 28), ("put", 1, 28)], "strap bought"),
        ([("call", 3, 28), ("put", 1, 28)], "call bought + put bought"),
    ],
)
def test_constraints_tell_the_kinds_of_product_apart(
    desk: Desk, terms: list[tuple[str, int, int]], expected: str
) -> None:
    contracts = [option(desk, *each) for each in terms]

    assert str(recognise(contracts, seen_by=desk.house)) == expected


def option(desk: Desk, kind: str, amount: int, strike: int, **terms: Any) -> Option:
    """So many options on ACM that the house bought, or sold where the amount is below zero."""
    held = Direction.LONG if amount > 0 else Direction.SHORT
    direction = held if kind == "call" else held.opposite
    buys = direction is Direction.LONG
    parties = {
        "long": desk.house if buys else desk.megabank, "short": desk.megabank if buys else desk.house,
    }  # fmt: skip
    said = {
        "option_direction": held,
        "direction": direction,
        "amount": abs(amount),
        "price": strike,
    } | parties
    return desk.option(**said | terms)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"expiration": LATER}, "call bought + put bought"),
        ({"amount": 2}, "strip bought"),
        ({"style": ExerciseStyle.AMERICAN}, "straddle bought"),
        ({"instrument": "coffee"}, "call bought + put bought"),
    ],
)
def test_the_legs_of_a_straddle_agree_but_for_what_they_are(
    desk: Desk, change: dict[str, Any], expected: str
) -> None:
    if "instrument" in change:
        change = {"instrument": desk.coffee}

    found = recognise(
        [option(desk, "call", 1, 30), option(desk, "put", change.pop("amount", 1), 30, **change)]
    )

    assert str(found) == expected


def test_a_barrier_option_is_no_plain_leg(desk: Desk) -> None:
    put = option(desk, "put", 10_000_000, 90, instrument=desk.yen)

    found = recognise([desk.barrier(), put], seen_by=desk.house)

    assert str(found) == "barrier option bought + put bought"
    assert found.name is None
    assert not found.is_a("straddle")


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("straddle", {"amount": 0}, "contract.amount"),
        ("straddle", {"expiration": date(1997, 4, 1)}, "option.expires-after-trade"),
        ("straddle", {"strike": Quantity(30, "EUR/{share}")}, "contract.price"),
    ],
)
def test_what_is_wrong_with_a_contract_is_wrong_with_the_product(
    desk: Desk, name: str, changes: dict[str, Any], said: str
) -> None:
    with refuses(said):
        example(desk, name, **changes)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("bull call spread", {"lower": 30, "upper": 25}, "lower 30, upper 25, where lower < upper"),
        ("iron condor", {"upper": 24}, "lower 25, upper 24, where lower <= upper"),
        ("call butterfly", {"upper": 31}, "middle - lower = upper - middle"),
        ("diagonal spread", {"far_strike": 20}, "near strike <> far strike"),
        ("calendar spread", {"far": EXPIRES}, "near < far"),
        ("straddle", {"barrier": 85}, "unknown barrier"),
    ],
)
def test_a_constraint_that_does_not_hold_is_named(
    desk: Desk, name: str, changes: dict[str, Any], said: str
) -> None:
    with refuses("product.template") as refused:
        example(desk, name, **changes)

    assert said in str(refused.value)


def test_a_product_needs_what_its_template_names(desk: Desk) -> None:
    with refuses("product.template") as refused:
        sell("straddle", sale(desk), amount=1000)
    assert "no expiration, strike" in str(refused.value)

    with refuses("product.template"):
        sell("stradle", sale(desk), amount=1000)
    with refuses("product.template"):
        sell("spread", sale(desk, kind=OptionKind.CALL))
    with refuses("product.template"):
        sell("straddle", sale(desk, kind=OptionKind.CALL), amount=1, strike=30, expiration=EXPIRES)
    with refuses("product.template"):
        sell("calendar spread", sale(desk), amount=1, strike=30, near=EXPIRES, far=LATER)
    with refuses("number.exact"):
        sell("straddle", sale(desk), amount=1, strike=0.5, expiration=EXPIRES)  # type: ignore[arg-type]
    with refuses("period.days"):
        sell("straddle", sale(desk), amount=1, strike=30, expiration="1997-09-02")  # type: ignore[arg-type]


def test_a_leg_may_be_of_a_multiple_of_the_amount(desk: Desk) -> None:
    strip = sell("strip", sale(desk), amount="1000", strike="30.5", expiration=EXPIRES)

    assert sorted(each.amount.amount for each in strip.contracts) == [1000, 2000]
    assert {str(each.price.amount) for each in strip.contracts} == {"30.5"}


def test_a_covered_call_is_delivered_spot(desk: Desk) -> None:
    product = sell("covered call", sale(desk), amount=1000, price=29, strike=32, expiration=EXPIRES)

    (share,) = [each for each in product.contracts if type(each) is Contract]

    assert share.delivery == desk.new_york.spot(TRADED)
    assert share.direction_for(desk.client) is Direction.LONG
    assert decompose(product).name == "covered call"


def test_products_of_templates_are_recorded_many_at_once(session: Session, desk: Desk) -> None:
    session.add_all(desk.all)
    said: dict[str, Any] = {"amount": Decimal(1000), "expiration": EXPIRES}
    drafts = [
        draft
        for n in range(50)
        for draft in draft_product("strangle", sale(desk), put_strike=20 + n, call_strike=30 + n, **said)
    ]

    record_contracts(session, drafts)
    session.commit()
    products = session.scalars(select(Product)).all()

    assert len(products) == 50
    assert {decompose(each).name for each in products} == {"strangle"}


def test_an_application_has_templates_of_its_own(desk: Desk) -> None:
    guts = ProductTemplateDocument(
        name="guts",
        supertypes=("strangle",),
        either_side=True,
        legs=(
            LegDocument(kind="call", strike="call strike"),
            LegDocument(kind="put", strike="put strike"),
        ),
        rising=(("call strike", "put strike"),),
    )
    contracts = [option(desk, "call", 1, 28), option(desk, "put", 1, 32)]

    found = recognise(contracts, templates=standard_templates().with_own(guts))

    assert str(found) == "guts bought"
    assert found.is_a("strangle")
    assert recognise(contracts).name == "strangle"


PACK = """\
pack: {name: own, version: 1.0}

product_templates:
  - {name: pair, legs: [{kind: call}, {kind: put}]}
  - {name: twin, supertypes: [pair], legs: [{kind: call}, {kind: put, strike: strike}]}
"""


def test_templates_are_kept_in_a_database(session: Session, desk: Desk) -> None:
    load(parse_pack(PACK), session)
    session.commit()
    contracts = [option(desk, "call", 1, 30), option(desk, "put", 1, 30)]

    assert recognise(contracts, templates=templates_of(session)).name == "twin"
    exported = export(session, Header(name="own", version="1.0"))
    assert parse_pack(exported).documents == parse_pack(PACK).documents
    load(
        parse_pack(PACK.replace("{kind: put, strike: strike}", "{kind: put, side: sold}")),
        session,
        replace=True,
    )
    assert recognise(contracts, templates=templates_of(session)).name == "pair"


def test_the_standard_templates_are_a_pack_like_any_other(session: Session) -> None:
    for each in standard_templates():
        session.add(ProductTemplate(document=each))
    session.commit()
    session.expunge_all()

    assert {each.name: each for each in templates_of(session)} == dict(standard_templates().named)


def test_no_two_stored_templates_share_a_name(session: Session, layer: Layer) -> None:
    call = standard_templates()["call"]
    session.add_all([ProductTemplate(document=call), ProductTemplate(document=call)])

    with refuses("product-template.unique-name", layer):
        session.flush()


def test_templates_have_an_order() -> None:
    legs = (LegDocument(kind="call"),)
    first, second, third = (
        ProductTemplateDocument(name=name, supertypes=(above,), legs=legs)
        for name, above in (("a", "c"), ("b", "a"), ("c", "b"))
    )

    with refuses("product-template.ordered") as refused:
        Templates([first, second, third])
    with refuses("product-template.ordered"):
        Templates([first])

    assert "a is a special case of c" in str(refused.value)


def test_a_pack_whose_templates_have_no_order_is_refused(session: Session) -> None:
    cyclic = PACK.replace("{name: pair, ", "{name: pair, supertypes: [twin], ")

    with pytest.raises(PackError, match=r"product-template\.ordered"):
        load(parse_pack(cyclic), session)
    session.rollback()

    assert session.scalars(select(ProductTemplate)).all() == []


@pytest.mark.parametrize(
    "said",
    [
        {"legs": ()},
        {"legs": (LegDocument(kind="call"),) * 9},
        {"legs": (LegDocument(kind="call", times=0),)},
        {"legs": (LegDocument(kind="call", size="strike"),)},
        {"legs": (LegDocument(kind="call", expiration="strike"),)},
        {"legs": (LegDocument(kind="forward", size="price"),)},
        {"legs": (LegDocument(kind="call"), LegDocument(kind="put", strike="amount"))},
        {"legs": (LegDocument(kind="call"),), "rising": (("strike",),)},
        {"legs": (LegDocument(kind="call"),), "rising": (("strike", "other"),)},
        {"legs": (LegDocument(kind="call"),), "rising": (("strike", "expiration"),)},
        {"legs": (LegDocument(kind="call"),), "different": (("strike", "amount"),)},
        {"legs": (LegDocument(kind="call"),), "equal_steps": ((),)},
        {
            "legs": (LegDocument(kind="call", strike="a"), LegDocument(kind="call", strike="b")),
            "open_ended": True,
            "not_falling": (("a", "b"),),
        },
    ],
)
def test_a_template_says_what_can_be_looked_up(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"product-template\.well-formed"):
        ProductTemplateDocument(name="wrong", **said)
