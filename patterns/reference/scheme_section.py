"""Identification schemes as knowledge packs write them, and how they are stored (5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator
from sqlalchemy import exists, select

from ..accountability.knowledge_document import NamedDocument
from ..accountability.party import Party
from ..constraint import ConstraintViolation, require, rule
from ..document import in_pydantic
from ..knowledge.section import Section, register
from ..persistence.session import Session
from .identification_scheme import IdentificationScheme
from .identifier import Identifier

ISSUER = rule(
    "scheme.known-issuer",
    pattern="5.2",
    says="The issuer that a pack names for a scheme is the one party of that name.",
)


class SchemeDocument(NamedDocument):
    """
    An identification scheme: its name, and what its identifiers look like.

    Shape:  the issuer by its name; the rest as `IdentificationScheme` has it.
    Errors: `scheme.safe-format` and `scheme.known-check`.
    Source: Analysis Patterns 5.2.
    """

    issuer: str = ""
    format: str = ""
    check: str = ""
    ignored: str = ""
    capitals: bool = False
    aliases: bool = True

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            require(self.made(None).violations())
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        return self

    def made(self, issuer: Party | None) -> IdentificationScheme:
        """The scheme that this states."""
        return IdentificationScheme(
            name=self.name,
            issuer=issuer,
            format=self.format,
            check=self.check,
            ignored=self.ignored,
            capitals=self.capitals,
            aliases=self.aliases,
        )


class IdentificationSchemes(Section[SchemeDocument]):
    """The section `identification_schemes`."""

    name = "identification_schemes"
    model = SchemeDocument

    def read(self, session: Session) -> Iterator[SchemeDocument]:
        """Every identification scheme that the database holds."""
        for stored in session.scalars(select(IdentificationScheme)):
            yield SchemeDocument(
                name=stored.name,
                issuer=stored.issuer.name if stored.issuer else "",
                format=stored.format,
                check=stored.check,
                ignored=stored.ignored,
                capitals=stored.capitals,
                aliases=stored.aliases,
            )

    def add(self, session: Session, document: SchemeDocument) -> None:
        """Store a scheme."""
        session.add(document.made(_issuer(session, document)))

    def change(self, session: Session, old: SchemeDocument, new: SchemeDocument) -> None:
        """Let a stored scheme say what `new` says; identifiers that no longer fit stay, and are reported."""
        stored = session.scalars(select(IdentificationScheme).filter_by(name=old.name)).one()
        stored.issuer = _issuer(session, new)
        for field in ("format", "check", "ignored", "capitals", "aliases"):
            setattr(stored, field, getattr(new, field))

    def unused(self, session: Session) -> Iterator[str]:
        """The schemes of which there never was an identifier."""
        used = exists().where(Identifier.scheme_id == IdentificationScheme.id)
        yield from session.scalars(
            select(IdentificationScheme.name).where(~used).order_by(IdentificationScheme.name)
        )


def _issuer(session: Session, document: SchemeDocument) -> Party | None:
    if not document.issuer:
        return None
    named = session.scalars(select(Party).where(Party.name == document.issuer).limit(2)).all()
    if len(named) != 1:
        raise ISSUER.violation(
            document,
            found=f"{'no party' if not named else 'several parties'} called {document.issuer!r}",
            allowed="one party of that name",
            remedy="Store the party before the pack, or leave the issuer out.",
        )
    return named[0]


register(IdentificationSchemes())
