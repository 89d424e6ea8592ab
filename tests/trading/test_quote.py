"""9.3 Quote: one value holds the price at which a market buys and the one at which it sells."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, mapped_column

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence.base import Base, identity
from analysis_patterns.patterns.values import Precision
from analysis_patterns.trading import Direction, Quote, Sides, quote_columns

from ..covered import Covered
from ..refusals import refuses

PRICES = st.integers(-(10**6), 10**6).flatmap(
    lambda number: st.integers(0, 5).map(lambda places: Decimal(number).scaleb(-places))
)


def _quote(bid: Decimal, offer: Decimal, kind: str) -> Quote:
    match kind:
        case "bid":
            return Quote(bid=bid)
        case "offer":
            return Quote(offer=offer)
        case "one way":
            return Quote.one_way(bid)
        case "near":  # as markets quote: both to the same place, a few steps apart
            step = Decimal(1).scaleb(int(offer.as_tuple().exponent))
            return Quote(bid=abs(offer), offer=abs(offer) + 7 * step)
        case _:
            return Quote(bid=min(bid, offer), offer=max(bid, offer))


QUOTES = st.builds(_quote, PRICES, PRICES, st.sampled_from(["bid", "offer", "one way", "near", "far"]))


class Priced(Base):
    """Something with a quote, and another that may be lacking."""

    __tablename__ = "test_priced"

    id: Mapped[Any] = identity()
    name: Mapped[str] = mapped_column()
    quote: Mapped[Quote] = quote_columns("quote")
    other: Mapped[Quote | None] = quote_columns("other", nullable=True, default=None)


@pytest.mark.parametrize(
    ("written", "bid", "offer"),
    [
        ("0.6712/5", "0.6712", "0.6715"),
        ("0.6712/6", "0.6712", "0.6716"),
        ("0.6712/0.6715", "0.6712", "0.6715"),
        ("0.6698/02", "0.6698", "0.6702"),
        ("0.6698/702", "0.6698", "0.6702"),
        ("0.9998/02", "0.9998", "1.0002"),
        ("0.6712/2", "0.6712", "0.6712"),
        ("0.6712/12", "0.6712", "0.6712"),
        ("0.6712/1", "0.6712", "0.6721"),
        ("99/9", "99", "99"),
        ("-0.25/25", "-0.25", "-0.25"),
        ("99.5/100.25", "99.5", "100.25"),
        ("99.5/100", "99.5", "100"),
        ("99/101", "99", "101"),
        ("120/25", "120", "125"),
        ("98/00", "98", "100"),
        ("0/5", "0", "5"),
        ("-0.25/-0.20", "-0.25", "-0.20"),
        ("-0.25/20", "-0.25", "-0.20"),
        ("-0.25/30", None, None),
        ("-0.25/0.10", "-0.25", "0.10"),
        ("0.6712/", "0.6712", ""),
        ("/0.6715", "", "0.6715"),
        ("1.5", "1.5", "1.5"),
        ("-0.5", "-0.5", "-0.5"),
    ],
)
def test_reads_what_traders_write(written: str, bid: str | None, offer: str | None) -> None:
    if bid is None or offer is None:
        with refuses("quote.notation"):
            Quote.parse(written)
        return

    quote = Quote.parse(written)

    assert tuple("" if side is None else str(side) for side in (quote.bid, quote.offer)) == (bid, offer)


@pytest.mark.parametrize(
    "written",
    [
        "", "/", "a/b", "1.5/x", "1,5/6", "0.6712/5/6", " 1.5", "1e3/5", "nan", "0.6712/06715",
        "\N{ARABIC-INDIC DIGIT THREE}/5",
        "1" * 41, "1/" * 100, "--1", "1.", ".5/6",
    ],
)  # fmt: skip
def test_refuses_what_no_trader_would_write(written: str) -> None:
    with refuses("quote.notation"):
        Quote.parse(written)


def test_says_what_it_could_not_read() -> None:
    not_text: Any = 1.5

    with refuses("quote.notation") as refused:
        Quote.parse("0.6712-5")
    with refuses("quote.notation"):
        Quote.parse(not_text)

    assert str(refused.value) == (
        "quote.notation: found '0.6712-5'; allowed: 0.6712/5, 0.6712/0.6715, 0.6712/, /0.6715, 1.5. "
        "Write both prices whole, with a slash between them."
    )


@pytest.mark.parametrize(
    "written",
    ["0.6712/5", "0.6698/702", "0.9998/1.0002", "0.6712/", "/0.6715", "1.5", "120/5", "99.5/100.25",
     "-0.25/-0.20", "99/101", "-11/+0", f"0.{1:038}/+123"],
)  # fmt: skip
def test_writes_what_traders_write(written: str) -> None:
    assert str(Quote.parse(written)) == written


def test_what_is_written_reads_back_and_is_written_alike() -> None:
    covered = Covered()

    @given(QUOTES)
    def reads_back(quote: Quote) -> None:
        written = str(quote)
        bid, slash, offer = written.partition("/")
        short = bool(bid and offer) and "." not in offer and len(offer) < len(bid)
        covered.case(
            two_way=quote.is_two_way, one_way=quote.is_one_way, bid_only=quote.is_bid_only,
            offer_only=quote.is_offer_only, negative=written.startswith("-"), short=short,
        )  # fmt: skip

        assert bool(slash) is not quote.is_one_way
        assert Quote.parse(written) == quote
        assert str(Quote.parse(written)) == written

    reads_back()
    covered.enough()


def test_has_a_mid_and_a_spread() -> None:
    quote = Quote.parse("0.6712/6")

    assert (str(quote.mid), str(quote.spread)) == ("0.6714", "0.0004")
    assert Quote.one_way("1.5").mid == Decimal("1.5")
    assert Quote(bid="0.0001", offer="0.0002").mid == Decimal("0.00015")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("1.5/6", "is_two_way"),
        ("1.5", "is_one_way"),
        ("1.5/", "is_bid_only"),
        ("/1.5", "is_offer_only"),
    ],
)
def test_says_what_it_is(written: str, kind: str) -> None:
    quote = Quote.parse(written)

    kinds = ("is_two_way", "is_one_way", "is_bid_only", "is_offer_only")
    assert [each for each in kinds if getattr(quote, each)] == [kind]
    assert quote.has_both_sides is (kind in {"is_two_way", "is_one_way"})


def test_who_buys_pays_the_offer_and_who_sells_gets_the_bid() -> None:
    quote = Quote.parse("0.6712/5")

    assert quote.price(Direction.LONG) == Decimal("0.6715")
    assert quote.price(Direction.SHORT) == Decimal("0.6712")


def test_is_asked_only_for_what_is_quoted() -> None:
    bid_only, offer_only = Quote.parse("1.5/"), Quote.parse("/1.5")

    questions: list[Callable[[], Decimal]] = [
        lambda: bid_only.mid,
        lambda: offer_only.spread,
        lambda: bid_only.price(Direction.LONG),
        lambda: offer_only.price(Direction.SHORT),
    ]
    said = []
    for question in questions:
        with refuses("quote.side-is-quoted") as refused:
            question()
        said.append(str(refused.value))

    assert said[-1] == (
        "quote.side-is-quoted: found the price for who is short asked of /1.5; allowed: what is quoted: "
        "the offer. Ask has_both_sides first, or find a quote with both."
    )


def test_refuses_crossed_quotes() -> None:
    with refuses("quote.not-crossed"):
        Quote(bid="0.6715", offer="0.6712")
    with refuses("quote.not-crossed"):
        Quote.parse("1.5/1.4")
    assert Quote(bid="1.50", offer="1.5").is_one_way


def test_refuses_a_quote_of_nothing_and_what_is_no_exact_number() -> None:
    inexact: Any = 0.1

    with refuses("quote.has-side"):
        Quote()
    with refuses("number.exact"):
        Quote(bid=inexact)


def test_an_inverted_quote_changes_sides() -> None:
    assert Quote.parse("2/4").inverted() == Quote(bid="0.25", offer="0.5")
    assert Quote.parse("2/").inverted() == Quote(offer="0.5")
    assert Quote(bid=-4, offer=-2).inverted() == Quote(bid="-0.5", offer="-0.25")
    assert Quote.parse("3/").inverted(Precision(places=4)) == Quote(offer="0.3333")


def test_refuses_to_invert_what_is_not_on_one_side_of_nothing_or_has_no_end() -> None:
    for quote in (Quote(bid=-1, offer=1), Quote(bid=0, offer=1), Quote(bid=-1, offer=0), Quote.one_way(0)):
        with refuses("quote.divisor"):
            quote.inverted()
    with refuses("number.quotient"):
        Quote.one_way(3).inverted()


def test_a_cross_carries_both_sides() -> None:
    usd_dem, usd_gbp = Quote.parse("1.5000/10"), Quote.parse("0.6250/6")

    cross = usd_dem.over(usd_gbp, Precision(places=4))

    assert cross == Quote(bid="2.3977", offer="2.4016")
    assert usd_gbp.inverted(Precision(places=4)) == Quote(bid="1.5985", offer="1.6")
    assert Quote.parse("1.6/7").times(usd_dem) == Quote(bid="2.4", offer="2.5517")
    assert usd_dem.times(2) == Quote(bid=3, offer="3.002")


def test_a_cross_of_one_side_has_the_side_that_can_be_known() -> None:
    bid, offer = Quote.parse("4/"), Quote.parse("/2")

    assert bid.over(offer) == Quote(bid=2)
    assert bid.times(bid) == Quote(bid=16)
    with refuses("quote.has-side"):
        bid.over(bid)
    with refuses("quote.one-sided-product"):
        bid.times(-1)


def test_both_sides_of_a_reckoning_are_the_least_and_the_most() -> None:
    spanning, above = Sides(-1, 2), Sides(3, 4)  # type: ignore[arg-type]

    assert spanning * above == Sides(-4, 8)  # type: ignore[arg-type]
    assert spanning - above == Sides(-5, -1)  # type: ignore[arg-type]
    assert 10 - above == Sides(6, 7)  # type: ignore[arg-type]
    assert spanning < above
    assert above > spanning
    assert above >= 3
    assert above <= 4
    assert hash(above) == hash(3 + Sides(0, 1))  # type: ignore[arg-type]
    assert above != "3/4"


def test_no_price_within_the_sides_leads_out_of_them() -> None:
    covered = Covered()
    part = st.fractions(0, 1, max_denominator=10)

    both_sides = QUOTES.filter(lambda quote: quote.has_both_sides)

    @given(both_sides, both_sides, part, part)
    def encloses(one: Quote, other: Quote, first: Any, second: Any) -> None:
        inside = [
            each.sides.bid + (each.sides.offer - each.sides.bid) * share  # type: ignore[operator]
            for each, share in ((one, first), (other, second))
        ]
        covered.case(
            spread=one.is_two_way and other.is_two_way,
            negative=any(each.bid is not None and each.bid < 0 for each in (one, other)),
            strictly=0 < first < 1,
        )
        for found, price in (
            (one.sides * other.sides, inside[0] * inside[1]),
            (one.sides + other.sides, inside[0] + inside[1]),
            (one.sides - other.sides, inside[0] - inside[1]),
        ):
            assert found.bid is not None
            assert found.offer is not None
            assert found.bid <= price <= found.offer

    encloses()
    covered.enough()


def test_is_shifted_by_an_amount_and_by_a_factor() -> None:
    quote = Quote.parse("1.50/2")

    assert str(quote.shifted(plus="0.01")) == "1.51/3"
    assert quote.shifted(times=2, plus=-1) == Quote(bid="2.00", offer="2.04")
    assert Quote.parse("/1.50").shifted(times="1.01") == Quote(offer="1.515")
    for factor in (0, -1):
        with refuses("quote.factor"):
            quote.shifted(times=factor)


def test_comes_back_from_a_database_digit_by_digit(session: Session) -> None:
    quotes = [Quote(bid="0.67120", offer="0.6715"), Quote(bid=-1), Quote(offer="1E+3"), Quote.one_way("0.10")]
    session.add_all(
        [Priced(name=str(n), quote=quote, other=quote if n else None) for n, quote in enumerate(quotes)]
    )
    session.commit()
    session.expunge_all()

    kept = session.scalars(select(Priced).order_by(Priced.name)).all()

    assert [(str(each.quote.bid), str(each.quote.offer)) for each in kept] == [
        ("0.67120", "0.6715"), ("-1", "None"), ("None", "1E+3"), ("0.10", "0.10"),
    ]  # fmt: skip
    assert [each.other for each in kept] == [None, *quotes[1:]]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("quote.not-crossed", "quote_bid_canonical = '~'"),
        ("quote.has-side", "quote_bid = NULL, quote_bid_canonical = NULL, quote_offer = NULL, "
         "quote_offer_canonical = NULL"),
    ],
)  # fmt: skip
def test_the_database_refuses_what_is_no_quote(
    session: Session, layer: Layer, rule: str, change: str
) -> None:
    session.add(Priced(name="a", quote=Quote.parse("1.5/6")))
    session.commit()

    with refuses(rule, layer):
        session.execute(text(f"UPDATE test_priced SET {change}"))


def test_pydantic_reads_both_forms_and_writes_every_digit() -> None:
    adapter = TypeAdapter(Quote)

    assert adapter.validate_python("0.6712/5") == Quote(bid="0.6712", offer="0.6715")
    assert adapter.validate_json('{"bid": "0.67120"}') == Quote(bid="0.6712")
    assert adapter.dump_json(Quote(bid="0.67120")) == b'{"bid":"0.67120"}'
    assert adapter.validate_python(Quote.one_way(1)) == Quote.one_way(1)
    with pytest.raises(ValidationError, match=r"quote\.not-crossed"):
        adapter.validate_python({"bid": "2", "offer": "1"})
    with pytest.raises(ValidationError):
        adapter.validate_python({"bid": 0.1})
