"""6.11: an entry that claims a rule is what the rule makes of what it names, or is found when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from analysis_patterns.accounting import (
    Adjustment,
    Draft,
    EntryKey,
    Leg,
    Recorded,
    Unfounded,
    post,
    reconsider,
    unfounded,
)
from analysis_patterns.patterns import inconsistencies
from analysis_patterns.patterns.persistence import Session

from .books import usd
from .supply import OCTOBER, Supply


@pytest.fixture
def supply(session: Session) -> Supply:
    """The books of a supplier, stored in `session`."""
    return Supply.kept(session)


def claimed(
    supply: Supply, amount: str, *, sources: Sequence[EntryKey] = (), event: UUID | None = None
) -> None:
    """Tax that somebody posts by hand, and says that the rule has made it."""
    legs = [
        Leg(supply.account(name), usd(steps), charged=OCTOBER)
        for name, steps in (("tax payable", f"-{amount}"), ("tax", amount))
    ]
    (terms,) = supply.rules["tax"].terms
    post(supply.session, Draft(*legs, creator=terms.version, sources=sources, event=event))
    supply.passes()


def found(supply: Supply) -> list[Unfounded]:
    """What does not recompute, in the account for tax."""
    return [each for each in unfounded(supply.session, supply.ledger) if each.entry.account.name == "tax"]


def test_what_rules_have_made_is_founded(supply: Supply) -> None:
    first, second = supply.used(50), supply.used(30)
    supply.fire()
    supply.corrected(first, 60, Adjustment.REVERSAL)
    supply.corrected(second, 20, Adjustment.DIFFERENCE)
    supply.fire()
    reconsider(supply.session, supply.ledger, *supply.replaced("power", "12 USD/(kW.h)"))
    supply.fire()

    assert list(unfounded(supply.session, supply.ledger)) == []
    assert len(supply.entries("tax")) > 5


def test_what_names_a_rule_and_nothing_else_is_found(supply: Supply) -> None:
    supply.used(50)
    claimed(supply, "7.00")

    (forged,) = found(supply)

    assert forged.entry.amount == usd(7)
    assert isinstance(forged.derivation, Recorded)
    assert str(forged).endswith("posted by tax, of something that is not recorded")
    assert list(inconsistencies(supply.session)) == []


@pytest.mark.parametrize("with_event", [False, True])
def test_what_does_not_follow_from_what_it_names_is_found(supply: Supply, *, with_event: bool) -> None:
    event = supply.used(50)
    (charge,) = supply.entries("charges")
    claimed(supply, "7.00", sources=[charge.key], event=event.id if with_event else None)

    (forged,) = found(supply)

    assert forged.entry.amount == usd(7)
    assert forged.derivation.recomputed() == usd("27.50")
    assert str(forged).endswith("but from what is known of it now, 27.50 USD")


def test_what_recomputes_is_founded_whoever_posted_it(supply: Supply) -> None:
    supply.used(50)
    (charge,) = supply.entries("charges")
    claimed(supply, "27.50", sources=[charge.key])

    assert found(supply) == []
