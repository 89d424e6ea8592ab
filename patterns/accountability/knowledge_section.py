"""How packs' party types and accountability types are read from a database and stored (2.5, 2.6, 2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from sqlalchemy import exists, inspect, select

from ..constraint import BUILT, rule
from ..knowledge.section import Section, register
from ..persistence.session import Session
from ..time.period import Period
from .accountability import Accountability
from .accountability_type import AccountabilityType, ConnectionRule, Eligibility, Role
from .hierarchic import AccountabilityLevel, HierarchicAccountabilityType, LeveledAccountabilityType
from .knowledge_document import (
    AccountabilityTypeDocument,
    Admission,
    Connection,
    Kind,
    PartyTypeDocument,
)
from .party import PartyClassification
from .party_type import PartyType, closure

KIND = rule(
    "accountability-type.kind",
    pattern="2.7",
    says="An accountability type stays of the kind it was made: plain, hierarchic or leveled.",
    layers=BUILT,
)


class PartyTypes(Section[PartyTypeDocument]):
    """The section `party_types`."""

    name = "party_types"
    model = PartyTypeDocument

    def read(self, session: Session) -> Iterator[PartyTypeDocument]:
        """Every party type that the database holds."""
        for party_type in session.scalars(select(PartyType)):
            supertypes = tuple(each.name for each in party_type.supertypes)
            yield PartyTypeDocument(name=party_type.name, supertypes=supertypes)

    def add(self, session: Session, document: PartyTypeDocument) -> None:
        """Store a party type, still without supertypes."""
        session.add(PartyType(name=document.name))

    def change(self, session: Session, old: PartyTypeDocument, new: PartyTypeDocument) -> None:
        """Nothing but its supertypes can change, and `link` sets those."""

    def link(self, session: Session, document: PartyTypeDocument) -> None:
        """Give a party type the supertypes that the document names."""
        party_type = party_type_named(session, document.name)
        named = [party_type_named(session, name) for name in document.supertypes]
        for supertype in [each for each in party_type.supertypes if each not in named]:
            party_type.supertypes.remove(supertype)
        party_type.supertypes.extend(each for each in named if each not in party_type.supertypes)

    def unused(self, session: Session) -> Iterator[str]:
        """The party types of which no party ever was, directly or by a subtype."""
        classified = exists().where(
            closure.c.supertype_id == PartyType.id, PartyClassification.type_id == closure.c.subtype_id
        )
        yield from session.scalars(select(PartyType.name).where(~classified).order_by(PartyType.name))


_KINDS: dict[type[AccountabilityType], Kind] = {
    AccountabilityType: Kind.PLAIN,
    HierarchicAccountabilityType: Kind.HIERARCHIC,
    LeveledAccountabilityType: Kind.LEVELED,
}


class AccountabilityTypes(Section[AccountabilityTypeDocument]):
    """The section `accountability_types`; an application's own subtypes have a section of their own."""

    name = "accountability_types"
    model = AccountabilityTypeDocument
    after = ("party_types",)
    dated = ("commissioners", "responsibles", "connections")

    def read(self, session: Session) -> Iterator[AccountabilityTypeDocument]:
        """Every accountability type of our kinds that the database holds."""
        for stored in session.scalars(select(AccountabilityType)):
            if type(stored) in _KINDS:
                yield _document_of(stored)

    def add(self, session: Session, document: AccountabilityTypeDocument) -> None:
        """Store an accountability type."""
        stored = _made(session, document)
        session.add(stored)
        _set_rules(session, stored, document)

    def change(
        self, session: Session, old: AccountabilityTypeDocument, new: AccountabilityTypeDocument
    ) -> None:
        """Make a stored accountability type say what `new` says."""
        stored = session.scalars(select(AccountabilityType).filter_by(name=old.name)).one()
        if new.kind is not old.kind:
            raise KIND.violation(
                stored,
                found=f"{new.name!r} as {new.kind}, which is {old.kind}",
                allowed="the kind that it was made as",
                remedy="Give the new kind another name.",
            )
        stored.shape = new.shape
        stored.single_responsible = new.single_responsible
        _set_rules(session, stored, new)
        if isinstance(stored, LeveledAccountabilityType):
            _set_levels(session, stored, new)

    def unused(self, session: Session) -> Iterator[str]:
        """The accountability types of which there never was an accountability."""
        used = exists().where(Accountability.type_id == AccountabilityType.id)
        yield from session.scalars(
            select(AccountabilityType.name).where(~used).order_by(AccountabilityType.name)
        )


def party_type_named(session: Session, name: str) -> PartyType:
    """The party type of that name, which is known to be there."""
    return session.scalars(select(PartyType).filter_by(name=name)).one()


def _document_of(stored: AccountabilityType) -> AccountabilityTypeDocument:
    return AccountabilityTypeDocument(
        name=stored.name,
        kind=_KINDS[type(stored)],
        shape=stored.shape,
        single_responsible=stored.single_responsible,
        commissioners=_admissions(stored, Role.COMMISSIONER),
        responsibles=_admissions(stored, Role.RESPONSIBLE),
        connections=tuple(
            Connection(
                commissioner=each.commissioner.name, responsible=each.responsible.name, period=each.period
            )
            for each in stored.connections
        ),
        levels=tuple(each.name for each in getattr(stored, "levels", ())),
    )


def _admissions(stored: AccountabilityType, role: Role) -> tuple[Admission, ...]:
    return tuple(
        Admission(each.party_type.name, each.period) for each in stored.eligibilities if each.role is role
    )


def _made(session: Session, document: AccountabilityTypeDocument) -> AccountabilityType:
    commissioners = _admitted(session, document.commissioners)
    responsibles = _admitted(session, document.responsibles)
    name, shape = document.name, document.shape
    made: AccountabilityType
    if document.kind is Kind.LEVELED:
        levels = [party_type_named(session, level) for level in document.levels]
        made = LeveledAccountabilityType(name=name, levels=levels, shape=shape)
    elif document.kind is Kind.HIERARCHIC:
        made = HierarchicAccountabilityType(
            name=name, commissioners=commissioners, responsibles=responsibles, shape=shape
        )
    else:
        made = AccountabilityType(
            name=name, commissioners=commissioners, responsibles=responsibles, shape=shape
        )
    made.single_responsible = document.single_responsible
    return made


def _admitted(session: Session, admissions: Iterable[Admission]) -> list[PartyType]:
    return [party_type_named(session, each.type) for each in admissions]


def _set_rules(session: Session, stored: AccountabilityType, document: AccountabilityTypeDocument) -> None:
    """Let the eligibilities and connection rules be those of the document, touching only what differs."""
    ends = {
        (role, each.type, each.period.start): each.period.end
        for role in Role
        for each in getattr(document, f"{role.value}s")
    }
    for row in list(stored.eligibilities):
        end = ends.pop((row.role, row.party_type.name, row.valid_from), None)
        _keep_or_drop(session, stored.eligibilities, row, end)
    for (role, name, start), end in ends.items():
        session.add(stored.admit(party_type_named(session, name), role, Period(start, end)))
    pairs = {
        (each.commissioner, each.responsible, each.period.start): each.period.end
        for each in document.connections
    }
    for pair in list(stored.connections):
        end = pairs.pop((pair.commissioner.name, pair.responsible.name, pair.valid_from), None)
        _keep_or_drop(session, stored.connections, pair, end)
    for (commissioner, responsible, start), end in pairs.items():
        connected = stored.connect(
            commissioner=party_type_named(session, commissioner),
            responsible=party_type_named(session, responsible),
            period=Period(start, end),
        )
        session.add(connected)


R = TypeVar("R", Eligibility, ConnectionRule)


def _keep_or_drop(session: Session, rows: list[R], row: R, end: date | None) -> None:
    if end is not None:
        row.valid_to = end
        return
    rows.remove(row)
    _forget(session, row)


def _set_levels(
    session: Session, stored: LeveledAccountabilityType, document: AccountabilityTypeDocument
) -> None:
    named = [party_type_named(session, name) for name in document.levels]
    for rank in stored.ranks[len(named) :]:
        stored.ranks.remove(rank)
        _forget(session, rank)
    for position, party_type in enumerate(named):
        if position < len(stored.ranks):
            stored.ranks[position].party_type = party_type
        else:
            session.add(
                AccountabilityLevel(accountability_type=stored, position=position, party_type=party_type)
            )


def _forget(session: Session, row: object) -> None:
    if inspect(row).pending:
        session.expunge(row)
    else:
        session.delete(row)


register(PartyTypes())
register(AccountabilityTypes())
