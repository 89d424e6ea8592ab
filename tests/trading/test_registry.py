"""10.5: what an application has for each class of contract is found by the class, and none is forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from analysis_patterns.patterns import AnalysisPatternsError
from analysis_patterns.trading import (
    EXPORTERS,
    FORMS,
    BarrierOption,
    Contract,
    NothingRegistered,
    Option,
    RegisteredAlready,
    Registry,
    contract_classes,
    gaps,
)
from analysis_patterns.trading.valuation import PRICERS

from .trades import Desk


def test_every_class_of_contract_has_a_form_an_exporter_and_a_pricer() -> None:
    assert gaps([FORMS, EXPORTERS, PRICERS], within="analysis_patterns.") == []


def test_a_class_that_has_no_pricer_is_named() -> None:
    class Unpriced(Contract, init=False):
        """An application's own contract, without a pricer."""

        __mapper_args__ = {"polymorphic_identity": "unpriced contract"}

    assert "Unpriced has no pricer" in gaps([PRICERS], within=__name__)


def test_a_class_that_was_forgotten_is_named() -> None:
    letters: Registry[str] = Registry("letter")
    letters.register(Contract, "C")
    letters.register(BarrierOption, "B")

    assert gaps([letters, FORMS], within="analysis_patterns.trading.contract.") == ["Option has no letter"]


def test_an_entry_is_for_its_class_alone() -> None:
    pricers: Registry[str] = Registry("pricer")
    pricers.register(Option, "as an option")
    pricers.register(Contract, "as a forward")

    with pytest.raises(NothingRegistered) as refused:
        pricers.of(Desk().barrier())

    assert str(refused.value) == (
        "there is no pricer for BarrierOption, only for Contract, Option; "
        "register one: register(BarrierOption, ...)"
    )
    assert (refused.value.what, refused.value.contract) == ("pricer", BarrierOption)


def test_says_so_where_there_is_nothing_at_all() -> None:
    with pytest.raises(NothingRegistered, match="only for no class"):
        Registry[str]("pricer").of(Contract)


def test_where_the_supertypes_does_a_subtype_is_served_by_the_nearest() -> None:
    icons: Registry[str] = Registry("icon", inherited=True)
    icons.register(Contract, "page")
    icons.register(Option, "fork")

    assert [icons.of(each) for each in (Contract, Option, BarrierOption)] == ["page", "fork", "fork"]
    assert gaps([icons]) == []
    assert list(icons) == [Contract, Option]


def test_there_is_one_entry_for_a_class_unless_another_is_meant() -> None:
    letters: Registry[str] = Registry("letter")
    letters.register(Contract, "C")

    with pytest.raises(RegisteredAlready) as refused:
        letters.register(Contract, "K")

    assert str(refused.value) == (
        "there is a letter for Contract already; say replace=True if another is meant"
    )
    assert letters.of(Contract) == "C"
    assert letters.register(Contract, "K", replace=True) == letters.of(Contract) == "K"


@pytest.mark.parametrize("other", [int, "Contract", None])
def test_nothing_is_registered_for_what_is_no_contract(other: Any) -> None:
    with pytest.raises(AnalysisPatternsError, match="a letter is registered for a class of contract, not"):
        Registry[str]("letter").register(other, "X")


def test_supertypes_come_before_their_subtypes() -> None:
    classes = contract_classes("analysis_patterns.trading.contract.")

    assert classes == [Contract, Option, BarrierOption]
