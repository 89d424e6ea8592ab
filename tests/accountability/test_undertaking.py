"""2.5, figure 2.9: what is done under an accountability may be anything that is in the registry."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, MetaData, String, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Accountability,
    Base,
    Person,
    Referable,
    Undertaking,
    accountabilities_for,
    actions_under,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.base import NAMING
from analysis_patterns.patterns.time.period import Period

from .figures import Hospital
from .records import leaves_no_trace, table_of

OWN = MetaData(naming_convention=NAMING)
"""The application's own, so that nothing is added to the library's."""


class Operation(Referable, Base):
    """An application's own kind of action, in a table of its own."""

    __tablename__ = "app_operation"
    metadata = OWN

    name: Mapped[str] = mapped_column(String(100))


@pytest.fixture(autouse=True)
def own_tables(engine: Engine) -> None:
    """The table of the application's actions."""
    OWN.create_all(engine)


@pytest.fixture
def consent(session: Session, hospital: Hospital) -> Accountability:
    """John Smith's consent to be treated by Mark Thursz."""
    given = Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark)
    session.add(given)
    session.commit()
    return given


def operate(session: Session, name: str, *under: Accountability) -> Operation:
    """Record an operation that was done under some accountabilities."""
    operation = Operation(name=name)
    session.add(operation)
    session.add_all(Undertaking(accountability=each, action=operation) for each in under)
    session.commit()
    return operation


def test_an_applications_action_is_done_under_an_accountability(
    session: Session, consent: Accountability
) -> None:
    transplant = operate(session, "liver transplant", consent)

    assert actions_under(session, consent) == [transplant.id]
    assert accountabilities_for(session, transplant) == [consent]


def test_the_action_is_found_again_by_its_key(session: Session, consent: Accountability) -> None:
    operate(session, "liver transplant", consent)

    (key,) = actions_under(session, consent)
    session.expunge_all()

    assert session.get_one(Operation, key).name == "liver transplant"


def test_many_actions_are_done_under_one_accountability_in_their_order(
    session: Session, consent: Accountability
) -> None:
    made = [operate(session, name, consent) for name in ("biopsy", "transplant", "after-care")]

    assert actions_under(session, consent) == [each.id for each in made]


def test_one_action_is_done_under_many_accountabilities(
    session: Session, hospital: Hospital, consent: Accountability
) -> None:
    second = Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards)
    session.add(second)

    transplant = operate(session, "liver transplant", consent, second)

    assert accountabilities_for(session, transplant) == [consent, second]


def test_nothing_is_done_under_an_accountability_until_it_is_recorded(
    session: Session, consent: Accountability
) -> None:
    unrelated = operate(session, "appendectomy")

    assert actions_under(session, consent) == []
    assert accountabilities_for(session, unrelated) == []


def test_anything_in_the_registry_may_be_meant(session: Session, consent: Accountability) -> None:
    anne = Person(name="Anne")
    session.add_all([anne, Undertaking(accountability=consent, action=anne)])
    session.commit()

    assert actions_under(session, consent) == [anne.id]


def test_what_was_done_stays_done_under_an_accountability_that_is_corrected(
    session: Session, consent: Accountability
) -> None:
    transplant = operate(session, "liver transplant", consent)

    corrected = consent.corrected(period=Period(date(1997, 1, 1)))
    session.commit()
    session.expire_all()

    assert accountabilities_for(session, transplant) == [corrected]
    assert actions_under(session, corrected) == [transplant.id]
    assert session.get_one(Undertaking, (consent.id, transplant.id)).accountability is corrected


def test_an_accountability_that_never_was_is_none_to_act_under(
    session: Session, consent: Accountability
) -> None:
    transplant = operate(session, "liver transplant", consent)

    consent.withdraw()
    session.commit()

    assert accountabilities_for(session, transplant) == []
    assert actions_under(session, consent) == [transplant.id]


def test_an_action_made_together_with_its_accountability_is_stored_with_it(
    session: Session, hospital: Hospital
) -> None:
    consent = Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark)

    transplant = operate(session, "liver transplant", consent)

    assert actions_under(session, consent) == [transplant.id]


@pytest.mark.parametrize("missing", ["accountability_id", "action_id"])
def test_the_database_refuses_to_link_what_it_does_not_hold(
    session: Session, consent: Accountability, missing: str
) -> None:
    keys: dict[str, UUID] = {"accountability_id": consent.id, "action_id": consent.commissioner.id}
    keys[missing] = uuid7()

    with leaves_no_trace(session), pytest.raises(IntegrityError):
        session.execute(insert(table_of(Undertaking)).values(keys))


def test_refuses_an_action_that_is_not_stored(session: Session, consent: Accountability) -> None:
    with leaves_no_trace(session):
        session.add(Undertaking(accountability=consent, action=Operation(name="never added")))
        with pytest.raises(IntegrityError):
            session.commit()
