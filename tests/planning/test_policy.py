"""8.6: what is asked of actions beyond the rules is refused outright, or found by those who look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Period, Person, Quantity, inconsistencies
from analysis_patterns.patterns.accountability import PartyType
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    Abandonment,
    Asset,
    AssetType,
    GeneralResourceAllocation,
    ImplementedAction,
    NoGeneralAllocations,
    NothingHeldOnceEnded,
    Performance,
    PerformedBySomebody,
    PerformerOfType,
    Plan,
    Policy,
    ProposedAction,
    Protocol,
    Severity,
    TemporalResource,
    findings,
    is_consistent,
)

from ..refusals import refuses
from .records import at, between, leaves_no_trace, table_of


class Theatre:
    """An operation that is planned and done, and the four ways in which it may go against a policy."""

    def __init__(self) -> None:
        self.surgeon = PartyType(name="surgeon")
        self.protocol = Protocol(name="operation")
        self.ito = Person(name="Dr Ito")
        self.ito.classify(self.surgeon, Period(at(1).date()))
        self.ames = Person(name="Nurse Ames")
        self.theatre = AssetType(name="operating theatre")
        self.one = Asset(name="Theatre 1", types=[self.theatre])
        self.plan = Plan(name="the day")
        self.proposed = ProposedAction(name="operation", protocol=self.protocol)
        self.plan.include(self.proposed)

    def operate(self, *performers: Person) -> ImplementedAction:
        """Do what was proposed."""
        return ImplementedAction(proposed=self.proposed, time=at(2), performers=performers)

    def general(self, session: Session) -> None:
        """Use some theatre or other."""
        GeneralResourceAllocation(action=self.operate(self.ito), type=self.theatre, quantity=Quantity(1, "h"))

    def nobody(self, session: Session) -> None:
        """Let nobody do it."""
        self.operate()

    def nurse(self, session: Session) -> None:
        """Let somebody do it who may not."""
        self.operate(self.ames)

    def held(self, session: Session) -> None:
        """Give it up, and keep what was booked."""
        TemporalResource(action=self.proposed, asset=self.one, interval=between(at(2), at(3)))
        Abandonment(action=self.proposed, at=at(1))


BREACHES = [
    (NoGeneralAllocations, Theatre.general, "policy.no-general-allocations"),
    (PerformedBySomebody, Theatre.nobody, "policy.performed-by-somebody"),
    (PerformerOfType, Theatre.nurse, "policy.performer-type"),
    (NothingHeldOnceEnded, Theatre.held, "policy.nothing-held-once-ended"),
]


@pytest.fixture
def theatre(session: Session) -> Theatre:
    """The theatre, stored; nothing is done yet."""
    made = Theatre()
    session.add_all([made.plan, made.one, made.ito, made.ames])
    session.commit()
    return made


def policy(
    theatre: Theatre, kind: type[Policy], severity: Severity, protocol: Protocol | None = None
) -> Policy:
    if kind is PerformerOfType:
        return PerformerOfType(
            name="house rule", severity=severity, party_type=theatre.surgeon, protocol=protocol
        )
    return kind(name="house rule", severity=severity, protocol=protocol)


@pytest.mark.parametrize(("kind", "breach", "broken"), BREACHES)
def test_the_flush_refuses_what_a_hard_policy_forbids(
    session: Session,
    theatre: Theatre,
    kind: type[Policy],
    breach: Callable[[Theatre, Session], None],
    broken: str,
) -> None:
    session.add(policy(theatre, kind, Severity.HARD))

    with leaves_no_trace(session), refuses(broken, Layer.FLUSH):
        breach(theatre, session)
        session.commit()


@pytest.mark.parametrize(("kind", "breach", "broken"), BREACHES)
def test_a_lazy_policy_is_broken_and_found(
    session: Session,
    theatre: Theatre,
    kind: type[Policy],
    breach: Callable[[Theatre, Session], None],
    broken: str,
) -> None:
    session.add(policy(theatre, kind, Severity.LAZY))
    assert is_consistent(session, theatre.plan)

    breach(theatre, session)
    session.commit()

    (found,) = findings(session, theatre.plan)
    assert found.rule.name == broken
    assert findings(session)[0].rule.name == broken
    assert not is_consistent(session, theatre.plan)
    assert list(inconsistencies(session)) == []


@pytest.mark.parametrize(("kind", "breach", "broken"), BREACHES)
def test_what_was_there_before_a_hard_policy_is_an_inconsistency(
    session: Session,
    theatre: Theatre,
    kind: type[Policy],
    breach: Callable[[Theatre, Session], None],
    broken: str,
) -> None:
    breach(theatre, session)
    session.commit()
    session.add(policy(theatre, kind, Severity.HARD))
    session.commit()

    assert [each.rule.name for each in inconsistencies(session)] == [broken]


@pytest.mark.parametrize("kind", [kind for kind, _, _ in BREACHES])
def test_what_a_policy_asks_for_passes(session: Session, theatre: Theatre, kind: type[Policy]) -> None:
    session.add(policy(theatre, kind, Severity.HARD))
    done = theatre.operate(theatre.ito)
    TemporalResource(action=done, asset=theatre.one, interval=between(at(2), at(3)))
    session.commit()

    assert findings(session) == []


def test_a_policy_may_be_for_one_protocol_only(session: Session, theatre: Theatre) -> None:
    session.add(policy(theatre, PerformedBySomebody, Severity.HARD, theatre.protocol))
    session.add(ImplementedAction(name="train emergency", time=at(2)))
    session.commit()

    with leaves_no_trace(session), refuses("policy.performed-by-somebody", Layer.FLUSH) as refused:
        theatre.nobody(session)
        session.commit()

    assert str(refused.value) == (
        "policy.performed-by-somebody: found operation, which is implemented by nobody; allowed: one "
        "performer or more, by the policy 'house rule'. Name who did it."
    )


def test_a_policy_holds_from_the_flush_on_that_states_it(session: Session, theatre: Theatre) -> None:
    with (
        leaves_no_trace(session),
        refuses("policy.performed-by-somebody", Layer.FLUSH),
        session.no_autoflush,
    ):
        session.add(policy(theatre, PerformedBySomebody, Severity.HARD))
        theatre.nobody(session)
        session.flush()


def test_taking_the_last_performer_away_breaks_a_hard_policy(session: Session, theatre: Theatre) -> None:
    session.add(policy(theatre, PerformedBySomebody, Severity.HARD))
    done = theatre.operate(theatre.ito)
    session.commit()

    with leaves_no_trace(session), refuses("policy.performed-by-somebody", Layer.FLUSH):
        done.performances[0].withdraw()
        session.commit()


def test_a_performer_is_asked_for_on_the_day_of_the_action(session: Session, theatre: Theatre) -> None:
    session.add(policy(theatre, PerformerOfType, Severity.LAZY))
    early = ImplementedAction(name="early", time=between(at(1), at(2)))
    session.add(early)
    Performance(action=early, performer=theatre.ito)
    session.commit()
    assert findings(session) == []

    early.retime(at(1) - (at(2) - at(1)))
    session.commit()

    assert [each.rule.name for each in findings(session)] == ["policy.performer-type"]


def test_the_database_refuses_a_second_policy_of_a_name(
    session: Session, theatre: Theatre, layer: Layer
) -> None:
    session.add(policy(theatre, PerformedBySomebody, Severity.LAZY))
    row = {"id": uuid7(), "kind": "performed_by_somebody", "name": "house rule", "severity": Severity.LAZY}

    with leaves_no_trace(session), refuses("policy.unique-name", layer):
        session.execute(insert(table_of(Policy)).values(**row))
