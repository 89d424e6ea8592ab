"""Which accountabilities a change of the knowledge, or of a party's types, may break (2.5, 2.6)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect

from ..constraint import require
from ..persistence.audit import Affected, audit, recheck
from ..persistence.session import Session, at_flush
from . import _conditions
from .accountability import NO_CYCLE, SINGLE_PARENT, SINGLE_RESPONSIBLE, Accountability
from .accountability_type import (
    COMMISSIONER_TYPE,
    CONNECTION,
    RESPONSIBLE_TYPE,
    AccountabilityType,
)
from .admission import ConnectionRule, Eligibility
from .hierarchic import NEXT_LEVEL, AccountabilityLevel
from .organization import PARENT_CYCLE
from .party import Party, PartyClassification
from .party_type import PartyType
from .scope import ADMITTED, OperatingScope, OperatingScopeType

audit(COMMISSIONER_TYPE, Accountability, _conditions.commissioner_type)
audit(RESPONSIBLE_TYPE, Accountability, _conditions.responsible_type)
audit(CONNECTION, Accountability, _conditions.connection)
audit(NEXT_LEVEL, Accountability, _conditions.next_level)
audit(SINGLE_PARENT, Accountability, _conditions.single_parent)
audit(SINGLE_RESPONSIBLE, Accountability, _conditions.single_responsible)
audit(NO_CYCLE, Accountability, _conditions.cycle)
audit(ADMITTED, OperatingScope, _conditions.scope_type)
audit(PARENT_CYCLE, Party, _conditions.parent_cycle)


@recheck
def _by_rules_of_types(session: Session) -> Iterator[Affected]:
    """Accountabilities whose type changes what it admits; a type made just now has none."""
    keys = {
        # What was taken out of its type's collection knows the type by its key only.
        each.accountability_type.id if each.accountability_type else each.accountability_type_id
        for each in [*session.new, *session.dirty, *session.deleted]
        if isinstance(each, ConnectionRule | Eligibility | AccountabilityLevel)
    }
    keys |= {
        each.id
        for each in session.dirty
        if isinstance(each, AccountabilityType) and session.is_modified(each)
    }
    keys -= {each.id for each in session.new if isinstance(each, AccountabilityType)}
    if keys:
        yield Affected(Accountability, "type_id", frozenset(keys))


@recheck
def _without_rules(session: Session) -> Iterator[Affected]:
    """Nothing else; but a type that loses rules is checked by what it has left."""
    for each in session.deleted:
        if isinstance(each, Eligibility | AccountabilityLevel):
            type = each.accountability_type
            if type is not None and type not in session.deleted:
                require(at_flush(type.violations()))
    yield from ()


@recheck
def _by_types_of_parties(session: Session) -> Iterator[Affected]:
    """Accountabilities of parties that are no longer classified as they were."""
    parties = frozenset(
        each.party.id
        for each in session.dirty
        if isinstance(each, PartyClassification) and not each.is_believed
    )
    if parties:
        yield Affected(Accountability, "commissioner_id", parties)
        yield Affected(Accountability, "responsible_id", parties)


@recheck
def _by_generalizations(session: Session) -> Iterator[Affected]:
    """Every accountability, where a party type loses a supertype."""
    if any(isinstance(each, PartyType) for each in session.deleted):
        yield Affected(Accountability)
        return
    for each in session.dirty:
        if isinstance(each, PartyType):
            attributes = inspect(each).attrs
            # Taken out from above, a type may not know of it yet; to read its supertypes here tells it.
            freed = [below for below in attributes.subtypes.history.deleted if each not in below.supertypes]
            if freed or attributes.supertypes.history.deleted:
                yield Affected(Accountability)
                return


@recheck
def _by_scope_types(session: Session) -> Iterator[Affected]:
    """Scopes whose type no longer names the type of their accountability."""
    keys = frozenset(
        each.id
        for each in session.dirty
        if isinstance(each, OperatingScopeType) and inspect(each).attrs.accountability_types.history.deleted
    )
    if keys:
        yield Affected(OperatingScope, "type_id", keys)
