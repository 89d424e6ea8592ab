"""The people and organizations that documents refer to, known by how they are referred to (5.2)."""

from __future__ import annotations

from sqlalchemy import select

from ...patterns.accountability.organization import Organization
from ...patterns.accountability.party import Party, Person
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.reference.identification_scheme import IdentificationScheme
from ...patterns.reference.identifier import Identifier, identified
from .element import Reference

_KINDS: dict[str, type[Party]] = {
    "Patient": Person,
    "Person": Person,
    "Practitioner": Person,
    "RelatedPerson": Person,
    "Organization": Organization,
}
_LONGEST = 100

REFERENCES = "FHIR references"
"""How the names of the schemes begin, under which references are identifiers."""


class References:
    """
    Finds the parties that documents of one source refer to; makes those that nobody knows yet, if told to.

    Shape:  called with a reference it gives the thing that it leads to, or None: each reference, such as
            Patient/example, is an identifier under a scheme of the source. `learnt` tells who was made.
    """

    def __init__(self, session: Session, *, source: str = "", learning: bool = False) -> None:
        self.session = session
        self.learning = learning
        self.learnt: list[str] = []
        self._name = f"{REFERENCES} of {source}" if source else REFERENCES
        self._scheme: IdentificationScheme | None = None

    def __call__(self, reference: Reference) -> Referable | None:
        """The thing that a reference leads to."""
        text = reference.reference
        if text is None or not 1 <= len(text) <= _LONGEST or text.startswith("#"):
            return None
        scheme = self._known_scheme()
        found = None if scheme is None else identified(self.session, scheme, text)
        kind = _KINDS.get(text.split("/")[-2] if "/" in text else "")
        if found is not None or kind is None or not self.learning:
            return found
        made = kind(name=reference.display or text)
        self.session.add(made)
        self.session.add(Identifier(scheme=self._scheme_made(), text=text, thing=made))
        self.learnt.append(f"{kind.__name__.lower()} {made.name}")
        return made

    def _known_scheme(self) -> IdentificationScheme | None:
        if self._scheme is None:
            named = select(IdentificationScheme).where(IdentificationScheme.name == self._name)
            self._scheme = self.session.scalars(named).first()
        return self._scheme

    def _scheme_made(self) -> IdentificationScheme:
        if self._scheme is None:
            self._scheme = IdentificationScheme(name=self._name)
            self.session.add(self._scheme)
        return self._scheme
