"""9.2 Portfolio: conditions on contracts, what each of them chooses, and what is no condition."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import aliased

from analysis_patterns.patterns import AnalysisPatternsError, Money, Party, Quantity
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import (
    BarrierSide,
    Contract,
    ContractFilter,
    Direction,
    Option,
    PartyRole,
    contract_attribute,
    hard_coded_filter,
    parse_filter,
)
from analysis_patterns.trading.portfolio import (
    AllOf,
    Among,
    AnyOf,
    Compare,
    HardCoded,
    InPortfolio,
    InRole,
    Missing,
    Not,
    OfKind,
    Within,
    read_filter,
)
from analysis_patterns.trading.portfolio.filter import DEEPEST, MOST, AnyContractFilter, depth_of, digest

from ...refusals import refuses
from ..trades import Desk
from .mixed_book import Grade, GradedContract, MarkedContract


class Deals:
    """A deal of each kind, called by a letter."""

    def __init__(self) -> None:
        self.desk = desk = Desk()
        self.share = desk.contract(tenor="2M")
        self.sale = desk.contract(
            instrument=desk.coffee, long=desk.client, short=desk.house, direction=Direction.SHORT,
            amount="0.5", price=900,
        )  # fmt: skip
        self.option = desk.option(premium=Money("12.50", "USD"), direction=Direction.LONG)
        self.put = desk.option(option_direction=Direction.SHORT, premium=Money(1500, "JPY"))
        self.barrier = desk.barrier(short=desk.client)
        self.graded = GradedContract(
            instrument=desk.coffee, long=desk.house, short=desk.client, amount=2, price=1000,
            traded=date(1997, 4, 30), grade=Grade.FINE, lots=3,
        )  # fmt: skip
        self.marked = MarkedContract(
            grade=Grade.COMMON,
            instrument=desk.acm, long=desk.megabank, short=desk.client, amount=50, price=31,
            traded=date(1997, 5, 2),
        )  # fmt: skip
        self.named = {
            "a": self.share, "b": self.sale, "c": self.option, "d": self.put, "e": self.barrier,
            "f": self.graded, "g": self.marked,
        }  # fmt: skip

    def chosen(self, session: Session, filter: ContractFilter) -> str:
        """The letters of the deals that a filter chooses, after a look whether every way agrees."""
        letters = "".join(
            key for key, each in self.named.items() if each in filter.select_contracts(self.named.values())
        )
        other = aliased(Contract)
        for question in (
            select(Contract).where(filter.condition()),
            select(other).where(filter.condition(other)),
        ):
            found = set(session.scalars(question))
            assert "".join(key for key, each in self.named.items() if each in found) == letters
        assert filter == read_filter(filter.model_dump_json())
        assert digest(parse_filter(str(filter))) == digest(filter)
        return letters


@pytest.fixture
def deals(session: Session) -> Deals:
    """The deals, stored."""
    made = Deals()
    session.add_all([*made.desk.all, *made.named.values()])
    session.commit()
    return made


CASES = {
    "everything": "abcdefg",
    "nothing": "",
    "instrument = 'ACM'": "acdg",
    "instrument <> 'ACM'": "bef",
    "instrument in ('Brazilian coffee', 'USD/JPY')": "bef",
    "market = 'New York'": "abcdefg",
    "market = 'London'": "",
    "amount > 500 kg": "f",
    "amount >= 500 kg": "bf",
    "amount <= 0.5 t": "b",
    "amount < 0.5 t": "",
    "amount = 500000 g": "b",
    "amount <> 0.5 t": "acdefg",
    "not amount < 1 t": "acdefg",
    "amount within [0.5 t, 2 t)": "b",
    "amount within (0.5 t, 2 t]": "f",
    "amount in (50 {share}, 2000 kg)": "fg",
    "price = 30.00 USD/{share}": "acd",
    "price < 31 USD/{share}": "acd",
    "strike = 30 USD/{share}": "cd",
    "not strike = 30 USD/{share}": "abefg",
    "traded within [1997-04-30, 1997-05-02)": "abcdef",
    "traded > 1997-05-01": "g",
    "delivery < 1997-05-06": "bf",
    "tenor = '2M'": "a",
    "tenor is missing": "bcdefg",
    "expiration <= 1997-09-02": "cde",
    "expiration is missing": "abfg",
    "not expiration is missing": "cde",
    "expiration <> 1997-09-02": "",
    "not expiration <> 1997-09-02": "abcdefg",
    "premium > 12.49 USD": "c",
    "premium < 12.50 USD": "",
    "premium in (12.50 USD, 1500 JPY)": "cd",
    "premium <> 1500 JPY": "c",
    "premium >= 12.50 USD": "c",
    "premium is missing": "abefg",
    "premium_paid is missing": "abcdefg",
    "direction = 'short'": "b",
    "option_kind = 'call'": "ce",
    "option_kind <> 'call'": "d",
    "option_kind in ('put')": "d",
    "option_kind is missing": "abfg",
    "option_direction = 'short'": "d",
    "style = 'european'": "cde",
    "barrier < 90 JPY/USD": "e",
    "barrier_side = 'down' and barrier_effect = 'in'": "e",
    "reference > 94 JPY/USD": "e",
    "kind 'contract'": "abcdefg",
    "kind 'option'": "cde",
    "kind 'barrier option'": "e",
    "kind 'graded contract'": "fg",
    "long 'Megabank'": "g",
    "short 'Megabank'": "acd",
    "party 'Megabank'": "acdg",
    "party in ('Megabank', 'New England Client')": "abcdefg",
    "primary 'Aroma Trading'": "abcdef",
    "counterparty 'New England Client'": "befg",
    "buyer 'Megabank'": "dg",
    "seller 'Megabank'": "ac",
    "party 'unheard of'": "",
    "grade = 'fine'": "f",
    "lots within [3, 3]": "f",
    "not lots > 3": "abcdefg",
    "mark is missing": "abcdefg",
    "not instrument = 'ACM' or amount > 999 {share} and not kind 'option'": "abef",
    "(instrument = 'ACM' or amount > 999 {share}) and not kind 'option'": "ag",
}  # fmt: skip


def test_a_condition_chooses_in_python_and_in_sql(session: Session, deals: Deals) -> None:
    assert {text: deals.chosen(session, parse_filter(text)) for text in CASES} == CASES


def test_a_party_is_meant_by_its_key_where_others_share_its_name(session: Session, deals: Deals) -> None:
    namesake = Party(name="Megabank")
    session.add_all([namesake, deals.desk.contract(short=namesake)])
    session.flush()

    one = InRole(role=PartyRole.EITHER, keys=(deals.desk.megabank.id,))

    assert deals.chosen(session, one) == "acdg"
    assert len(list(session.scalars(select(Contract).where(one.condition())))) == 4
    assert (
        len(list(session.scalars(select(Contract).where(parse_filter("party 'Megabank'").condition())))) == 5
    )


def test_values_may_be_given_as_they_are() -> None:
    said = [
        Compare.stating(attribute="amount", operator="<", value=Quantity("1.50", "t")),
        Compare.stating(attribute="expiration", operator=">=", value=date(1997, 9, 2)),
        Compare.stating(attribute="barrier_side", operator="=", value=BarrierSide.UP),
        Compare.stating(attribute="lots", operator="=", value=3),
        Among.stating(attribute="premium", values=(Money(5, "USD"), Money("4.5", "USD"), Money(5, "USD"))),
        Within.stating(attribute="traded", lower=date(1997, 1, 1), upper=date(1998, 1, 1)),
    ]

    assert [str(each) for each in said] == [
        "amount < 1.5 t",
        "expiration >= 1997-09-02",
        "barrier_side = 'up'",
        "lots = 3",
        "premium in (4.5 USD, 5 USD)",
        "traded within [1997-01-01, 1998-01-01)",
    ]


def test_filters_combine(deals: Deals) -> None:
    acm, large = parse_filter("instrument = 'ACM'"), parse_filter("amount > 500 {share}")

    assert (
        str(acm & large | ~acm) == "(instrument = 'ACM' and amount > 500 {share}) or not instrument = 'ACM'"
    )
    assert (acm & large).is_included(deals.share)
    assert not (acm & large).is_included(deals.marked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("amount > 1 t and instrument = 'ACM'", "instrument = 'ACM' and (amount > 1000 kg)"),
        ("not not kind 'option'", "kind 'option'"),
        ("kind 'option' or (direction = 'long' or kind 'option')", "direction = 'long' or kind 'option'"),
        ("style in ('european')", "style = 'european'"),
        ("amount in (1 t, 1000 kg)", "amount = 1 t"),
        ("kind 'option' and everything", "kind 'option'"),
        ("kind 'option' or everything", "everything"),
        ("kind 'option' and nothing", "nothing"),
        ("nothing or nothing", "not everything"),
        ("price = 30.00 USD/t", "price = 30 USD/t"),
        ("party in ('B', 'A')", "party in ('A', 'B', 'A')"),
    ],
)
def test_equal_filters_have_one_normal_form_and_digest(one: str, other: str) -> None:
    assert digest(parse_filter(one)) == digest(parse_filter(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("amount > 1 t", "amount >= 1 t"),
        ("amount > 1 t", "price > 1 t"),
        ("not expiration > 1997-09-02", "expiration <= 1997-09-02"),
        ("amount within [1 t, 2 t)", "amount within [1 t, 2 t]"),
        ("long 'A'", "short 'A'"),
        ("kind 'option' and direction = 'long'", "kind 'option' or direction = 'long'"),
    ],
)
def test_other_filters_have_another(one: str, other: str) -> None:
    assert digest(parse_filter(one)) != digest(parse_filter(other))


def test_filters_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        parse_filter("amount > 1 t").value = "2 t"  # type: ignore[attr-defined]


def test_filters_go_to_other_processes(deals: Deals) -> None:
    filter = parse_filter("instrument = 'ACM' and amount within [1 {share}, 5000 {share}) or lots in (1, 3)")
    chosen = filter.select_contracts(deals.named.values())

    sent = pickle.loads(pickle.dumps(filter))

    assert sent == filter
    assert hash(sent) == hash(filter)
    assert sent.select_contracts(deals.named.values()) == chosen


def test_filters_have_a_schema() -> None:
    schema = TypeAdapter(AnyContractFilter).json_schema()

    assert {"AllOf", "Compare", "InRole"} <= schema["$defs"].keys()


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"party {n}" for n in range(count))


def _listed(number: int) -> ContractFilter:
    return Among.stating(attribute="instrument", values=tuple(f"{number} {n}" for n in range(1000)))


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("portfolio-filter.attribute", lambda: Missing.stating(attribute="colour")),
    ("portfolio-filter.attribute", lambda: Compare.stating(attribute="x", operator="=", value="1")),
    ("portfolio-filter.value", lambda: parse_filter("option_kind = 'straddle'")),
    ("portfolio-filter.value", lambda: parse_filter("traded > 1997-02-30")),
    ("portfolio-filter.value", lambda: parse_filter("kind 'straddle'")),
    ("portfolio-filter.value", lambda: parse_filter("lots = '1.5'")),
    ("portfolio-filter.value", lambda: parse_filter("premium > 46116860184273879.04 USD")),
    ("portfolio-filter.value", lambda: Compare.stating(attribute="lots", operator="=", value="1" * 19)),
    ("portfolio-filter.value", lambda: InRole.stating(role=PartyRole.LONG)),
    ("quantity.written", lambda: Compare.stating(attribute="amount", operator="=", value="many")),
    ("money.whole-minor-units", lambda: parse_filter("premium > 0.001 USD")),
    ("tenor.length", lambda: parse_filter("tenor = 'soon'")),
    ("name.text", lambda: parse_filter("instrument = 'a\0b'")),
    ("portfolio-filter.ordered", lambda: parse_filter("instrument < 'ACM'")),
    ("portfolio-filter.ordered", lambda: parse_filter("direction >= 'long'")),
    ("portfolio-filter.ordered", lambda: parse_filter("tenor within ['1M', '2M']")),
    ("portfolio-filter.ordered", lambda: parse_filter("amount within [2 t, 1 t)")),
    ("portfolio-filter.ordered", lambda: parse_filter("amount within [1 t, 2 m)")),
    ("portfolio-filter.hard-coded", lambda: HardCoded.stating(function="unheard of")),
    ("portfolio-filter.form", lambda: read_filter("{}")),
    ("portfolio-filter.form", lambda: read_filter('{"by": "kind", "kind": "option", "of": 1}')),
    ("portfolio-filter.form", lambda: Compare.stating(attribute="lots", operator="=", value=1.5)),
    ("portfolio-filter.form", lambda: AllOf.stating(of=())),
    ("portfolio-filter.size", lambda: AllOf.stating(of=(OfKind(kind="option"),) * MOST)),
    ("portfolio-filter.size", lambda: AnyOf.stating(of=tuple(_listed(n) for n in range(MOST // 21 + 1)))),
    ("portfolio-filter.form", lambda: InRole.stating(role=PartyRole.EITHER, names=_names(1001))),
]


@pytest.mark.parametrize(("rule", "make"), REFUSED)
def test_refuses_what_is_no_filter(rule: str, make: Callable[[], Any]) -> None:
    with refuses(rule):
        make()


def test_refuses_what_is_nested_too_deep() -> None:
    nested: ContractFilter = OfKind(kind="option")
    for _ in range(DEEPEST - 1):
        nested = Not(of=nested)  # type: ignore[arg-type]

    with refuses("portfolio-filter.size"):
        Not.stating(of=nested)


def test_refuses_to_guess_what_another_portfolio_holds(deals: Deals) -> None:
    spoken = ~InPortfolio(portfolio="coffee")

    with refuses("portfolio-filter.known-portfolio"):
        spoken.is_included(deals.share)
    with refuses("portfolio-filter.known-portfolio"):
        spoken.condition()


@pytest.mark.parametrize(
    ("name", "mapped"),
    [
        ("amount", Contract.amount),
        ("not one word", Contract.amount),
        ("party_name", Party.name),
        ("recorded", Contract.recorded),
        ("written", Contract.long_id),
    ],
)
def test_refuses_to_declare_what_cannot_be_asked_for(name: str, mapped: Any) -> None:
    with pytest.raises(AnalysisPatternsError):
        contract_attribute(name, mapped)


def test_refuses_a_second_hard_coded_filter_of_a_name() -> None:
    with pytest.raises(AnalysisPatternsError, match="registered already"):
        hard_coded_filter("round lots", is_included=lambda _: True, located=lambda rows: rows.c.id.is_(None))


def test_an_option_is_read_by_what_only_options_have(deals: Deals) -> None:
    expiring = parse_filter("expiration = 1997-09-02").select_contracts(deals.named.values())

    assert expiring
    assert all(isinstance(each, Option) for each in expiring)


def test_a_filter_nested_as_deep_as_may_be_has_a_short_meaning() -> None:
    nested = parse_filter("kind 'option'")
    for n in range(DEEPEST - 1):
        nested = (
            Not.stating(of=nested & parse_filter("lots = 1")) if n % 2 else nested | parse_filter("lots = 2")
        )
        if depth_of(nested) >= DEEPEST - 2:
            break

    assert len(nested.normal().meaning()) < 50_000
    assert digest(parse_filter(str(nested))) == digest(nested)


def test_the_largest_filter_can_be_asked_of_a_database(session: Session) -> None:
    several = tuple(parse_filter(f"premium < {n} USD") for n in range(MOST - 1))
    listed = Among.stating(attribute="premium", values=tuple(f"{n} USD" for n in range(1000)))

    for each in (AllOf.stating(of=several), AnyOf.stating(of=several), listed):
        assert session.scalars(select(Contract).where(each.condition())).all() == []


def test_a_unit_with_a_quote_in_it_is_written_so_that_it_is_read_again() -> None:
    said = Compare.stating(attribute="amount", operator=">", value="5 '")

    assert str(said) == "amount > '5 '''"
    assert parse_filter(str(said)) == said
