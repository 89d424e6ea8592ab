"""How packs' party types and accountability types are read from a database and stored (2.5, 2.6, 2.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import exists, inspect, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value
from uuid_utils.compat import uuid7

from ..constraint import BUILT, rule
from ..knowledge.section import Section, register
from ..persistence.session import Session
from ..time.period import Period
from .accountability import Accountability
from .accountability_type import AccountabilityType
from .admission import ConnectionRule, Eligibility, Role
from .hierarchic import AccountabilityLevel, LeveledAccountabilityType
from .knowledge_document import (
    AccountabilityTypeDocument,
    Admission,
    Connection,
    PartyTypeDocument,
    kinds,
)
from .party import PartyClassification
from .party_type import PartyType, closure

KIND = rule(
    "accountability-type.kind",
    pattern="2.7",
    says="An accountability type stays of the kind that it was made as.",
    layers=BUILT,
)


class PartyTypes(Section[PartyTypeDocument]):
    """The section `party_types`."""

    name = "party_types"
    model = PartyTypeDocument

    def read(self, session: Session) -> Iterator[PartyTypeDocument]:
        """Every party type that the database holds."""
        for party_type in session.scalars(select(PartyType).options(selectinload(PartyType.supertypes))):
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


class AccountabilityTypes(Section[AccountabilityTypeDocument]):
    """
    The section `accountability_types`.

    Shape:  subtypes are told by their kind; one with columns of its own needs a section of its own.
    """

    name = "accountability_types"
    model = AccountabilityTypeDocument
    after = ("party_types",)
    dated = ("commissioners", "responsibles", "connections")

    def read(self, session: Session) -> Iterator[AccountabilityTypeDocument]:
        """Every accountability type of our kinds that the database holds."""
        question = select(AccountabilityType).options(
            selectinload(AccountabilityType.eligibilities), selectinload(AccountabilityType.connections)
        )
        for stored in session.scalars(question):
            if stored.kind in kinds():
                yield _document_of(stored)

    def add(self, session: Session, document: AccountabilityTypeDocument) -> None:
        """Store an accountability type."""
        made = inspect(kinds()[document.kind]).class_manager.new_instance()
        made.id, made.kind, made.name = uuid7(), document.kind, document.name
        session.add(made)
        _set(session, made, document)

    def change(
        self, session: Session, old: AccountabilityTypeDocument, new: AccountabilityTypeDocument
    ) -> None:
        """Make a stored accountability type say what `new` says."""
        stored = session.scalars(select(AccountabilityType).filter_by(name=old.name)).one()
        if new.kind != old.kind:
            raise KIND.violation(
                stored,
                found=f"{new.name!r} as {new.kind}, which is {old.kind}",
                allowed="the kind that it was made as",
                remedy="Give the new kind another name.",
            )
        _set(session, stored, new)

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
        kind=stored.kind,
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


def _set(session: Session, stored: AccountabilityType, document: AccountabilityTypeDocument) -> None:
    stored.shape = document.shape
    stored.single_responsible = document.single_responsible
    _set_rules(session, stored, document)
    if isinstance(stored, LeveledAccountabilityType):
        _set_levels(session, stored, document)


def _set_rules(session: Session, stored: AccountabilityType, document: AccountabilityTypeDocument) -> None:
    """Let the eligibilities and connection rules be those of the document, touching only what differs."""
    ends = {
        (role, each.type, each.period.start): each.period.end
        for role in Role
        for each in getattr(document, f"{role.value}s")
    }
    kept = {
        row: ends.pop((row.role, row.party_type.name, row.valid_from), None) for row in stored.eligibilities
    }
    _keep(session, stored, "eligibilities", kept)
    for (role, name, start), end in ends.items():
        session.add(stored.admit(party_type_named(session, name), role, Period(start, end)))
    pairs = {
        (each.commissioner, each.responsible, each.period.start): each.period.end
        for each in document.connections
    }
    kept_pairs = {
        row: pairs.pop((row.commissioner.name, row.responsible.name, row.valid_from), None)
        for row in stored.connections
    }
    _keep(session, stored, "connections", kept_pairs)
    for (commissioner, responsible, start), end in pairs.items():
        connected = stored.connect(
            commissioner=party_type_named(session, commissioner),
            responsible=party_type_named(session, responsible),
            period=Period(start, end),
        )
        session.add(connected)


def _keep(
    session: Session,
    stored: AccountabilityType,
    collection: str,
    ends: Mapping[Eligibility, date | None] | Mapping[ConnectionRule, date | None],
) -> None:
    """Let each row of a collection end on its day, and delete those that have none."""
    for row, end in ends.items():
        if end is not None:
            row.valid_to = end
    _delete(session, stored, collection, [row for row, end in ends.items() if end is None])


def _delete(session: Session, stored: AccountabilityType, collection: str, rows: Sequence[object]) -> None:
    """Delete rows from a collection; what is checked before the flush reads from them whose they were."""
    for row in rows:
        session.delete(row)
    if rows:
        # Removing them one by one would make them forget whose they were.
        set_committed_value(
            stored, collection, [row for row in getattr(stored, collection) if row not in rows]
        )


def _set_levels(
    session: Session, stored: LeveledAccountabilityType, document: AccountabilityTypeDocument
) -> None:
    named = [party_type_named(session, name) for name in document.levels]
    _delete(session, stored, "ranks", stored.ranks[len(named) :])
    for position, party_type in enumerate(named):
        if position < len(stored.ranks):
            stored.ranks[position].party_type = party_type
        else:
            session.add(
                AccountabilityLevel(accountability_type=stored, position=position, party_type=party_type)
            )


register(PartyTypes())
register(AccountabilityTypes())
