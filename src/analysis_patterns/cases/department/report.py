"""What the publications tell: what was accepted, who stood above whom, what changed (2.7, 2.9, 15.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from ...patterns.accountability import Chain, ancestors_of, responsible, vacancies
from ...patterns.persistence.session import Session
from ...patterns.values.number import Precision, quotient
from .post import Establishment, SeniorPost
from .published import PublishedRow
from .standing import Knowledge, standings
from .upload import QuarantinedRow, Upload


@dataclass(frozen=True, slots=True)
class Acceptance:
    """
    How many rows were read, and what became of them.

    Shape:  `by_rule` counts the rows set aside under each rule; a row may break several.
    """

    read: int
    loaded: int
    quarantined: int
    by_rule: Mapping[str, int]

    @property
    def percent(self) -> Decimal:
        """How many of a hundred rows were loaded, to one place."""
        return quotient(100 * self.loaded, self.read, Precision(places=1)) if self.read else Decimal(0)


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What is otherwise on a later day.

    Shape:  the codes of the posts created and ended; of those that go on, what was and what is: the post
            above, the holder, the grade.
    """

    created: tuple[str, ...]
    ended: tuple[str, ...]
    moved: Mapping[str, tuple[str, str]]
    holders: Mapping[str, tuple[str, str]]
    regraded: Mapping[str, tuple[str, str]]


def acceptance(session: Session) -> Acceptance:
    """Count what was loaded and what was set aside, of all uploads together."""
    uploads = session.scalars(select(Upload)).all()
    set_aside = [row for upload in uploads for row in upload.quarantine]
    by_rule = Counter(refusal.rule for row in set_aside for refusal in row.refusals)
    read = sum(upload.read for upload in uploads)
    return Acceptance(read, read - len(set_aside), len(set_aside), dict(sorted(by_rule.items())))


def quarantined(session: Session) -> list[QuarantinedRow]:
    """The rows that were set aside, in the order in which they were published."""
    question = select(QuarantinedRow).join(QuarantinedRow.upload)
    return list(session.scalars(question.order_by(Upload.as_at, QuarantinedRow.line)))


def reproduced(
    session: Session, upload: Upload, *, known_at: datetime | None = None
) -> dict[int, PublishedRow]:
    """
    The rows that an upload listed, made again from what holds as of its date.

    Shape:  by line; those that were set aside are not among them.
    """
    held = standings(session, as_of=upload.as_at, known_at=known_at)
    return {listing.line: held[listing.post.code].row() for listing in upload.listings}


def tops(session: Session, *, as_of: date, known_at: datetime | None = None) -> list[str]:
    """The posts that report to nobody of the department on a day."""
    held = standings(session, as_of=as_of, known_at=known_at)
    return [code for code, each in held.items() if each.reporting is None]


def chain_above(
    session: Session, code: str, *, as_of: date, known_at: datetime | None = None
) -> Chain | None:
    """The accountabilities that lead from a post to the highest above it on a day; None for the highest."""
    posts = {each.code: each for each in session.scalars(select(SeniorPost))}
    reporting = Knowledge(session).reporting
    above = ancestors_of(session, posts[code], type=reporting, as_of=as_of, known_at=known_at)
    if not above:
        return None
    return responsible(session, above[-1], for_=posts[code], type=reporting, as_of=as_of, known_at=known_at)


def vacant(session: Session, *, as_of: date, known_at: datetime | None = None) -> list[str]:
    """The codes of the posts that are established on a day and held by nobody."""
    established = select(Establishment.post_id).where(Establishment.holds(as_of, session.instant(known_at)))
    return [each.name for each in vacancies(session, as_of=as_of, known_at=known_at, among=established)]


def establishments(session: Session, code: str, *, known_at: datetime | None = None) -> list[Establishment]:
    """The periods for which a post is established, as known at an instant, oldest first."""
    instant = session.instant(known_at)
    question = select(Establishment).join(Establishment.post)
    question = question.where(
        SeniorPost.code == code, Establishment.known_from <= instant, Establishment.known_to > instant
    )
    return list(session.scalars(question.order_by(Establishment.valid_from)))


def changes(session: Session, since: date, until: date, *, known_at: datetime | None = None) -> Changes:
    """What is otherwise on `until` than on `since`."""
    before = {code: each.row() for code, each in standings(session, as_of=since, known_at=known_at).items()}
    after = {code: each.row() for code, each in standings(session, as_of=until, known_at=known_at).items()}

    def changed(column: str) -> dict[str, tuple[str, str]]:
        pairs = {
            code: (getattr(before[code], column), getattr(after[code], column))
            for code in before
            if code in after
        }
        return {code: pair for code, pair in pairs.items() if pair[0] != pair[1]}

    return Changes(
        created=tuple(code for code in after if code not in before),
        ended=tuple(code for code in before if code not in after),
        moved=changed("reports_to"),
        holders=changed("holder"),
        regraded=changed("grade"),
    )
