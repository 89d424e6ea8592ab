"""Loads publications, oldest first: what changed is ended and begun anew, the rest goes on (2.9, 3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.session import Session
from ...patterns.time.clock import FixedClock
from ..session import load_pack
from .attempt import Attempt
from .post import SeniorPost
from .published import Publication
from .screening import Refused, screened
from .standing import Knowledge
from .upload import Listing, QuarantinedRow, Refusal, Upload

IN_ORDER = rule(
    "upload.in-order",
    pattern="3.8",
    says="Publications are loaded in the order of their dates, each once and as it was.",
)


def load_publications(session: Session, publications: Iterable[Publication]) -> list[Upload]:
    """
    Load what was not loaded yet, and give what was.

    Shape:  each publication is a transaction, and becomes known at the start of the day it speaks of. A row
            that breaks a rule is set aside, and what was believed of its post stays; a post that is listed
            no more has ended, unless the publication is partial.
    Errors: `ConstraintViolation` (`upload.in-order`) where one is older than the last, or was loaded
            otherwise; those before it stay loaded.
    """
    load_pack(session, "department")
    session.commit()
    loaded = []
    for publication in sorted(publications, key=lambda each: each.as_at):
        with _standing_at(session, publication.as_at):
            if _is_new(session, publication):
                loaded.append(_load(session, publication))
                session.commit()
    return loaded


def learned(as_at: date) -> datetime:
    """The instant at which a publication becomes known: the start of the day that it speaks of, UTC."""
    return datetime.combine(as_at, time(), UTC)


@contextmanager
def _standing_at(session: Session, day: date) -> Iterator[None]:
    clock = session.clock
    session.clock = FixedClock(learned(day))
    try:
        yield
    finally:
        session.clock = clock


def _is_new(session: Session, publication: Publication) -> bool:
    uploads = {each.as_at: each for each in session.scalars(select(Upload))}
    same = uploads.get(publication.as_at)
    if same is not None and (same.digest, same.partial) == (publication.digest, publication.partial):
        return False
    if uploads and publication.as_at <= max(uploads):
        raise IN_ORDER.violation(
            publication,
            found=f"a publication as at {publication.as_at}"
            + (", which was loaded otherwise" if same else ""),
            allowed=f"one after {max(uploads)}, or what was loaded already",
            remedy="Load publications in order, into a database of their own.",
        )
    return True


def _load(session: Session, publication: Publication) -> Upload:
    known_posts = set(session.scalars(select(SeniorPost.code)))
    rows, refused = screened(publication, grades=Knowledge(session).grades, known_posts=known_posts)
    one_by_one = False
    while True:
        savepoint = session.begin_nested()
        attempt = Attempt(session, publication, rows, refused)
        try:
            clashing = attempt.made(one_by_one=one_by_one)
        except ConstraintViolation:
            if one_by_one:
                raise
            savepoint.rollback()
            one_by_one = True
            continue
        if not clashing:
            savepoint.commit()
            return _recorded(session, publication, attempt, refused)
        # Of a post whose row is set aside, what was believed stays: so begin again without these rows.
        savepoint.rollback()
        refused |= clashing
        rows = {line: row for line, row in rows.items() if line not in clashing}


def _recorded(session: Session, publication: Publication, made: Attempt, refused: Refused) -> Upload:
    upload = Upload(as_at=publication.as_at, partial=publication.partial, digest=publication.digest)
    upload.listings += [Listing(line=line, post=made.posts[row.post]) for line, row in made.rows.items()]
    for line, broken in sorted(refused.items()):
        row = QuarantinedRow(line=line, **asdict(publication.rows[line - 1]))
        row.refusals += [
            Refusal(number=number, rule=each.rule.name, said=str(each)) for number, each in enumerate(broken)
        ]
        upload.quarantine.append(row)
    session.add(upload)
    session.flush()
    return upload
