"""How packs' resource types, protocols and policies are read from a database and stored (8.5, 8.6)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import ColumnElement, exists, inspect, or_, select

from ..accountability.party_type import PartyType
from ..constraint import rule
from ..knowledge.section import Section, register
from ..knowledge.usage import is_used
from ..persistence.session import Session
from .allocation import ResourceAllocation
from .knowledge_document import (
    DependencyDocument,
    PolicyDocument,
    ProtocolDocument,
    RequirementDocument,
    ResourceTypeDocument,
    StepDocument,
)
from .policy import PerformerOfType, Policy
from .protocol import Protocol, ProtocolReference
from .requirement import ResourceRequirement
from .resource_type import AssetType, ConsumableType, ResourceType, asset_classification

RESOURCE_KIND = rule(
    "resource-type.kind",
    pattern="8.6",
    says="A resource type stays one of assets, or of consumables, as it was made.",
)
POLICY_KIND = rule(
    "policy.kind",
    pattern="8.6",
    says="A policy asks for something that the program knows how to look for, and goes on asking for it.",
)

P = TypeVar("P", bound=ProtocolDocument)

_KINDS = {"asset_type": AssetType, "consumable_type": ConsumableType}


class ResourceTypes(Section[ResourceTypeDocument]):
    """The section `resource_types`."""

    name = "resource_types"
    model = ResourceTypeDocument

    def read(self, session: Session) -> Iterator[ResourceTypeDocument]:
        """Every resource type of our kinds that the database holds."""
        for stored in session.scalars(select(ResourceType).where(ResourceType.kind.in_(_KINDS))):
            kind = "asset_type" if isinstance(stored, AssetType) else "consumable_type"
            yield ResourceTypeDocument(name=stored.name, kind=kind)  # type: ignore[arg-type]

    def add(self, session: Session, document: ResourceTypeDocument) -> None:
        """Store a resource type."""
        session.add(_KINDS[document.kind](name=document.name))

    def change(self, session: Session, old: ResourceTypeDocument, new: ResourceTypeDocument) -> None:
        """Refuse another kind: nothing else can change."""
        raise RESOURCE_KIND.violation(
            found=f"{new.name!r} as {new.kind}, which is {old.kind}",
            allowed="the kind that it was made as",
            remedy="Give the new kind another name.",
        )

    def unused(self, session: Session) -> Iterator[str]:
        """The resource types that nothing was ever allocated of, and that no asset is of."""
        used = or_(
            exists().where(ResourceAllocation.resource_type_id == ResourceType.id),
            exists().where(asset_classification.c.asset_type_id == ResourceType.id),
        )
        yield from session.scalars(select(ResourceType.name).where(~used).order_by(ResourceType.name))


class ProtocolSection(Section[P]):
    """
    A section of protocols of one kind: `made` and `said` add what a subtype has of its own.

    Shape:  a step may be a protocol of any kind, so all their sections stand within `protocols`.
    """

    within = "protocols"
    after = ("resource_types",)
    entity: ClassVar[type[Protocol]]

    @abstractmethod
    def made(self, document: P) -> Protocol:
        """A protocol of this kind, still without steps."""

    def said(self, stored: Any) -> dict[str, Any]:
        """What a stored protocol says beyond what any protocol does."""
        return {}

    def set(self, stored: Any, document: P) -> None:
        """Let a stored protocol say what its document says beyond what any does."""

    def document_of(self, stored: Protocol) -> P:
        """Say what the database holds."""
        return cast("P", self.model(**_fields_of(stored), **self.said(stored)))

    def read(self, session: Session) -> Iterator[P]:
        """Every protocol of this kind that the database holds."""
        for stored in session.scalars(select(self.entity).where(self._is_mine())):
            yield self.document_of(stored)

    def add(self, session: Session, document: P) -> None:
        """Store a protocol, still without steps."""
        session.add(self.made(document))

    def change(self, session: Session, old: P, new: P) -> None:
        """Give a protocol another duration, and what its kind has; `link` sees to the rest."""
        stored = _protocol(session, new.name)
        stored.duration = new.duration
        self.set(stored, new)

    def link(self, session: Session, document: P) -> None:
        """Give a protocol the steps, dependencies and requirements that the document names."""
        stored = _protocol(session, document.name)
        if self.document_of(stored) == document:
            return
        _drop(session, stored, document)
        by_name = {step.name: step for step in stored.steps}
        for position, step in enumerate(document.steps):
            made = by_name.get(step.name) or stored.add_step(
                _protocol(session, step.protocol), name=step.name
            )
            made.position = position
            by_name[step.name] = made
        for each in document.dependencies:
            stored.depends(by_name[each.step], on=by_name[each.after], kind=each.kind, lag=each.lag)
        for required in document.requires:
            type = session.scalars(select(ResourceType).where(ResourceType.name == required.type)).one()
            ResourceRequirement(protocol=stored, type=type, quantity=required.quantity)

    def unused(self, session: Session) -> Iterator[str]:
        """The protocols that nothing follows, and that are no step of another."""
        used = or_(
            is_used(Protocol, Protocol.id),
            exists().where(ProtocolReference.referred_id == Protocol.id),
        )
        yield from session.scalars(
            select(Protocol.name).where(self._is_mine(), ~used).order_by(Protocol.name)
        )

    def _is_mine(self) -> ColumnElement[bool]:
        return Protocol.kind == inspect(self.entity).polymorphic_identity


class Protocols(ProtocolSection[ProtocolDocument]):
    """The section `protocols`, of plain ones."""

    name = "protocols"
    within = ""
    model = ProtocolDocument
    entity = Protocol

    def made(self, document: ProtocolDocument) -> Protocol:
        """A plain protocol."""
        return Protocol(name=document.name, duration=document.duration)


class Policies(Section[PolicyDocument]):
    """The section `policies`."""

    name = "policies"
    model = PolicyDocument
    after = ("party_types", "protocols")

    def read(self, session: Session) -> Iterator[PolicyDocument]:
        """Every policy that the database holds."""
        for stored in session.scalars(select(Policy)):
            yield PolicyDocument(
                name=stored.name,
                kind=stored.kind,
                severity=stored.severity,
                protocol="" if stored.protocol is None else stored.protocol.name,
                party_type=stored.party_type.name if isinstance(stored, PerformerOfType) else "",
            )

    def add(self, session: Session, document: PolicyDocument) -> None:
        """Store a policy."""
        kinds = {each.polymorphic_identity: each.class_ for each in inspect(Policy).self_and_descendants}
        if document.kind not in kinds:
            raise POLICY_KIND.violation(
                found=f"the kind {document.kind!r} of {document.name!r}",
                allowed=", ".join(sorted(kind for kind in kinds if kind)),
                remedy="Name a kind that the program has.",
            )
        given = {"party_type": _party_type(session, document)} if document.party_type else {}
        made = kinds[document.kind](
            name=document.name,
            severity=document.severity,
            protocol=_protocol(session, document.protocol) if document.protocol else None,
            **given,
        )
        session.add(made)

    def change(self, session: Session, old: PolicyDocument, new: PolicyDocument) -> None:
        """Make a stored policy as strict, and for those, as `new` says."""
        stored = session.scalars(select(Policy).where(Policy.name == old.name)).one()
        if new.kind != old.kind:
            raise POLICY_KIND.violation(
                stored,
                found=f"{new.name!r} as {new.kind}, which is {old.kind}",
                allowed="the kind that it was made as",
                remedy="Give the new kind another name.",
            )
        stored.severity = new.severity
        stored.protocol = _protocol(session, new.protocol) if new.protocol else None
        if isinstance(stored, PerformerOfType):
            stored.party_type = _party_type(session, new)


def _protocol(session: Session, name: str) -> Protocol:
    return session.scalars(select(Protocol).where(Protocol.name == name)).one()


def _party_type(session: Session, document: PolicyDocument) -> PartyType:
    return session.scalars(select(PartyType).where(PartyType.name == document.party_type)).one()


def _drop(session: Session, stored: Protocol, document: ProtocolDocument) -> None:
    """Take away what the document does not say, so that the rest finds room."""
    wanted = {(step.name, step.protocol) for step in document.steps}
    stored.dependencies.clear()
    stored.requirements.clear()
    session.flush()
    for step in [each for each in stored.steps if (each.name, each.referred.name) not in wanted]:
        stored.steps.remove(step)
    session.flush()


def _fields_of(stored: Protocol) -> dict[str, Any]:
    return {
        "name": stored.name,
        "duration": stored.duration,
        "steps": tuple(StepDocument(protocol=step.referred.name, name=step.name) for step in stored.steps),
        "dependencies": tuple(
            DependencyDocument(
                after=each.predecessor.name, step=each.successor.name, kind=each.kind, lag=each.lag
            )
            for each in stored.dependencies
        ),
        "requires": tuple(
            RequirementDocument(type=each.type.name, quantity=each.quantity) for each in stored.requirements
        ),
    }


register(ResourceTypes())
register(Protocols())
register(Policies())
