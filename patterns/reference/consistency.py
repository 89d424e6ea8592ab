"""What a change of a scheme, or a verdict, may break that was recorded before (5.2, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect, select

from ..persistence.audit import Affected, recheck
from ..persistence.guard import guard, refuse_when
from ..persistence.session import Session
from . import _merging, essence, supersession
from .essence_merge import EssenceMerge
from .identification_scheme import IdentificationScheme
from .identifier import Identifier, IdentifierUse
from .match import MatchVerdict


@recheck
def _by_aliases(session: Session) -> Iterator[Affected]:
    """Identifiers of a scheme that has no aliases any more."""
    for each in session.dirty:
        if isinstance(each, IdentificationScheme) and inspect(each).attrs.aliases.history.has_changes():
            with session.no_autoflush:
                numbered = session.scalars(select(Identifier.id).where(Identifier.scheme_id == each.id)).all()
            yield Affected(IdentifierUse, "identifier_id", frozenset(numbered))


@recheck
def _by_appearances(session: Session) -> Iterator[Affected]:
    """Merges of things whose appearance is closed: they are to appear as one again."""
    closed = frozenset(
        each.thing_id
        for each in session.dirty
        if isinstance(each, essence.Appearance) and not each.is_believed
    )
    if closed:
        yield Affected(EssenceMerge, "one_id", closed)
        yield Affected(EssenceMerge, "other_id", closed)


_VERDICT = MatchVerdict.__tablename__


def _merged_already(row: str) -> str:
    """Two things that a verdict says to be different are merged, by superseding or by essence."""
    return f"(({supersession.merged_already(row)}) OR ({essence.merged_already(row)}))"


guard(
    MatchVerdict.__table__,  # type: ignore[arg-type]
    _merging.turn(_VERDICT),
    refuse_when(
        _merging.SAID_DIFFERENT, _VERDICT, "INSERT", _merged_already, because="things that are merged"
    ),
)
