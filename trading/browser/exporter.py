"""Exporters: a contract of each class as a document that any of our databases reads back exactly (10.5)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import create_model
from sqlalchemy import inspect, select

from ...patterns.accountability import Party
from ...patterns.constraint import rule
from ...patterns.document import Document
from ...patterns.persistence.session import Session
from ..contract import Contract, Product
from ..term import ContractClassification, ContractType, TermType
from ..term.value import parsed, written
from .form import FORMS, C, Form
from .registry import Registry

K = TypeVar("K", Contract, Product)

KNOWN_KIND = rule(
    "document.known-kind",
    pattern="10.5",
    says="A document of a contract is of a kind that there is an exporter for.",
)
KNOWN_NAME = rule(
    "document.known-name",
    pattern="10.5",
    says="The types that a document of a contract names, and its parties, are in the database.",
)
NEW = rule(
    "document.new",
    pattern="10.5",
    says="A contract that a document tells of is not known yet where it is read.",
)


class ProductDocument(Document):
    """
    The product that a contract is sold as part of.

    Source: Analysis Patterns 10.3.
    """

    id: UUID
    buyer: UUID
    seller: UUID
    name: str | None = None


class ContractDocument(Document):
    """
    A contract as it leaves a database: what was agreed, of which kind and type it is, and its terms.

    Shape:  `agreed` is its form, filled in; parties and instruments are named by their keys.
    Source: Analysis Patterns 10.5.
    """

    kind: str
    id: UUID
    delivery: date
    agreed: Document
    product: ProductDocument
    type: str | None = None
    terms: dict[str, str | bool] = {}


class Exporter(Generic[C]):
    """
    Writes the contracts of one class as documents, and reads them back.

    Shape:  one form, whose class of contract it is for.
    Errors: pydantic's `ValidationError` for what is no such document; `ConstraintViolation`:
            `document.new`, `document.known-name`, `form.known-reference`, and those of contracts and terms.
    Source: Analysis Patterns 10.5. Parties and instruments have to be known where it is read; the product
            is made there where it is not.
    """

    def __init__(self, form: Form[C]) -> None:
        self.form = form
        self.kind = str(inspect(form.contract).polymorphic_identity)
        model: Any = create_model(
            f"{form.contract.__name__}Document", __base__=ContractDocument, agreed=(form.document, ...)
        )
        self.document: type[ContractDocument] = model

    def write(self, session: Session, contract: C) -> ContractDocument:
        """The document of a contract, with its terms as they are believed now."""
        classified = session.scalars(
            select(ContractClassification).where(ContractClassification.contract_id == contract.id)
        ).one_or_none()
        values = {} if classified is None else classified.values()
        product = contract.product
        return self.document(
            kind=self.kind,
            id=contract.id,
            delivery=contract.delivery,
            agreed=self.form.read(contract),
            product=ProductDocument(
                id=product.id, buyer=product.buyer.id, seller=product.seller.id, name=product.name
            ),
            type=None if classified is None else classified.type.name,
            terms={name: written(value) for name, value in values.items()},
        )

    def read(self, session: Session, document: ContractDocument) -> C:
        """Add to a session the contract that a document tells of, with its product and its terms."""
        with session.no_autoflush:
            there = _found(session, Contract, document.id)
            if there is not None:
                raise NEW.violation(
                    there,
                    found=f"{there}, which is known here",
                    allowed="contracts that are new here",
                    remedy="Leave it out: what was agreed does not change.",
                )
            product = _found(session, Product, document.product.id) or _product(session, document.product)
            type = None if document.type is None else _named(session, ContractType, document.type)
            terms = {_named(session, TermType, name): value for name, value in document.terms.items()}
            made = self.form.make(session, document.agreed, product=product)
            # What the market reckoned on that day stays, whatever its calendars say today.
            made.id, made.delivery = document.id, document.delivery
            added: list[Any] = [product, made]
            if type is not None:
                said = {each: parsed(each.kind, value) for each, value in terms.items()}
                added.append(ContractClassification(contract=made, type=type, terms=said))
            session.add_all(added)
        return made


EXPORTERS: Registry[Exporter[Any]] = Registry("exporter")
"""The exporter of each class of contract; an application registers those of its own classes."""


def exported(session: Session, contract: Contract) -> str:
    """A contract as JSON, by the exporter of its class."""
    return EXPORTERS.of(contract).write(session, contract).model_dump_json(exclude_none=True)


def imported(session: Session, text: str) -> Contract:
    """
    The contract that `exported` wrote, added to a session of this database, or another.

    Errors: `ConstraintViolation` (`document.known-kind`) where no exporter is for its kind, and those of
            `Exporter`; nothing was added.
    """
    kind = json.loads(text).get("kind")
    for each in map(EXPORTERS.of, EXPORTERS):
        if each.kind == kind:
            read: Contract = each.read(session, each.document.model_validate_json(text))
            return read
    raise KNOWN_KIND.violation(
        found=f"a document of kind {str(kind)[:40]!r}",
        allowed=", ".join(sorted(EXPORTERS.of(each).kind for each in EXPORTERS)),
        remedy="Register an exporter for its class.",
    )


def _found(session: Session, kind: type[K], key: UUID) -> K | None:
    """What has a key, in the database or waiting to be written."""
    return next(iter(session.waiting(kind, _key, key)), None) or session.get(kind, key)


def _key(entity: Any) -> Any:
    return entity.id


def _product(session: Session, document: ProductDocument) -> Product:
    buyer, seller = (_party(session, key) for key in (document.buyer, document.seller))
    made = Product(buyer=buyer, seller=seller, name=document.name)
    made.id = document.id
    return made


def _party(session: Session, key: UUID) -> Party:
    found = session.get(Party, key)
    if found is None:
        raise KNOWN_NAME.violation(
            found=f"the party {key}, who is not known here",
            allowed="parties that the database holds",
            remedy="Store the parties and instruments before the contracts.",
        )
    return found


def _named(session: Session, kind: Any, name: str) -> Any:
    found = session.scalars(select(kind).where(kind.name == name)).one_or_none()
    if found is None:
        raise KNOWN_NAME.violation(
            kind,
            found=f"{name!r}, which is no {kind.__name__} that is known here",
            allowed="types that the database holds",
            remedy="Load the pack that states it first.",
        )
    return found


for _form in map(FORMS.of, FORMS):
    EXPORTERS.register(_form.contract, Exporter(_form))
