"""Loading a pack whole or not at all, and writing what a database holds as one (2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from ..constraint import ConstraintViolation
from ..persistence.session import Session
from .difference import Change, Difference, Known, changes_of, difference, known_to
from .errors import PackError, Problem
from .pack import Header, Pack
from .section import KnowledgeDocument, Reference, families, sections


def load(pack: Pack, session: Session, *, replace: bool = False) -> Difference:
    """
    Store what a pack states, and tell what that changed; committing is the caller's.

    Shape:  what is known already is left alone, so loading twice changes nothing. What is known otherwise
            is changed from the pack's effective day on, if it has one and if what changes has periods;
            any other change is made only where `replace` is true. Nothing is removed.
    Errors: `PackError` with the lines, where the pack names something that neither it nor the database
            has, would change what is known, or breaks a rule; nothing at all was stored then.
    """
    known = known_to(session)
    changes = changes_of(pack, known)
    problems = list(_unresolved(pack, known))
    if not replace:
        problems += _refused_changes(pack, changes)
    if problems:
        raise PackError(problems)
    _store(pack, session, [change for change in changes if change.alters])
    return difference(changes)


def export(session: Session, header: Header) -> str:
    """Write everything that a database knows as one pack, which loads into an empty one without loss."""
    known = known_to(session)
    return Pack(header, {name: dict(sorted(documents.items())) for name, documents in known.items()}).text()


def _unresolved(pack: Pack, known: Known) -> Iterator[Problem]:
    keys: dict[str, set[str]] = {}
    for section in sections():
        mine = {*known[section.name], *pack.documents.get(section.name, {})}
        for name in {section.name, section.family()}:
            keys.setdefault(name, set()).update(mine)
    for name, documents in pack.documents.items():
        for number, document in enumerate(documents.values()):
            for reference in document.references():
                if reference.key not in keys[reference.section]:
                    reason = _missing(document, reference, keys[reference.section])
                    yield pack.problem((name, number, reference.field), reason, says=reference.key)


def _missing(document: KnowledgeDocument, reference: Reference, known: set[str]) -> str:
    similar = get_close_matches(reference.key, sorted(known), n=1)
    hint = f"; did you mean {similar[0]!r}?" if similar else ""
    said = f"{document.key!r} names {reference.key!r}"
    return f"{said}, which is not among the {reference.section} of the pack or the database{hint}"


def _refused_changes(pack: Pack, changes: list[Change[Any]]) -> Iterator[Problem]:
    for change in changes:
        if change.is_additive:
            continue
        section, key = change.section.name, change.new.key
        path = pack.path_to(section, key)
        for each in change.fields:
            reason = f"{section}: {key!r} is known otherwise; {each}; replace it explicitly, if that is meant"
            yield pack.problem((*path, each.field), reason)


def _store(pack: Pack, session: Session, changes: list[Change[Any]]) -> None:
    with session.begin_nested():
        for family in families():
            mine = [change for section in family for change in changes if change.section is section]
            for step in (_write, _link):
                for change in mine:
                    with _blaming(pack, change), session.no_autoflush:
                        step(change, session)
                        session.flush()


def _write(change: Change[Any], session: Session) -> None:
    if change.old is None:
        change.section.add(session, change.new)
    else:
        change.section.change(session, change.old, change.new)


def _link(change: Change[Any], session: Session) -> None:
    change.section.link(session, change.new)


@contextmanager
def _blaming(pack: Pack, change: Change[Any]) -> Iterator[None]:
    """Turn a broken rule into a problem of the line that the document stands on."""
    section, key = change.section.name, change.new.key
    try:
        yield
    except ConstraintViolation as violation:
        problem = pack.problem(
            pack.path_to(section, key), f"{section}: {violation}", rule=violation.rule.name
        )
        raise PackError([problem]) from violation
