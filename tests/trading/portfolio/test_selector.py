"""9.2 Portfolio: the book's own contract selector, figure 9.6."""

from __future__ import annotations

from datetime import date, timedelta

from analysis_patterns.trading import ContractSelector, Direction

from ...refusals import refuses
from ..trades import TRADED, Desk


def test_it_chooses_by_instruments_parties_and_dates() -> None:
    desk = Desk()
    wanted = desk.contract()
    others = [
        desk.contract(instrument=desk.coffee),
        desk.contract(short=desk.client),
        desk.contract(direction=Direction.SHORT),
        desk.contract(traded=TRADED + timedelta(days=1)),
        desk.contract(traded=TRADED - timedelta(days=1)),
    ]
    selector = ContractSelector(
        instruments=[desk.acm],
        primary_parties=[desk.house, "Aroma Hedging"],
        counterparties=["Megabank"],
        start=TRADED,
        end=TRADED + timedelta(days=1),
    )

    assert selector.select_contracts([*others, wanted]) == [wanted]
    assert selector.is_included(wanted)
    assert str(selector.as_filter()) == (
        f"instrument in ('ACM') and primary in ('Aroma Hedging', key {desk.house.id}) "
        "and counterparty 'Megabank' and traded >= 1997-05-01 and traded < 1997-05-02"
    )


def test_what_it_does_not_name_does_not_matter() -> None:
    desk = Desk()
    contracts = [desk.contract(), desk.contract(instrument=desk.coffee)]

    assert ContractSelector().select_contracts(contracts) == contracts


def test_refuses_an_instrument_that_has_no_name() -> None:
    with refuses("name.text"):
        ContractSelector(instruments=[" "], end=date(1997, 1, 1)).as_filter()
