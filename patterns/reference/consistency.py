"""Which identifiers a change of their scheme may break (5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect, select

from ..persistence.audit import Affected, recheck
from ..persistence.session import Session
from .identification_scheme import IdentificationScheme
from .identifier import Identifier, IdentifierUse


@recheck
def _by_aliases(session: Session) -> Iterator[Affected]:
    """Identifiers of a scheme that has no aliases any more."""
    for each in session.dirty:
        if isinstance(each, IdentificationScheme) and inspect(each).attrs.aliases.history.has_changes():
            with session.no_autoflush:
                numbered = session.scalars(select(Identifier.id).where(Identifier.scheme_id == each.id))
                yield Affected(IdentifierUse, "identifier_id", frozenset(numbered))
