"""What a database holds of the department's posts on a day, as known at an instant (2.9, 15.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ...patterns.accountability import (
    Accountability,
    AppointmentType,
    HierarchicAccountabilityType,
    Organization,
    PartyClassification,
    PartyType,
)
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Versioned
from ..session import named
from .post import Establishment, Holder, SeniorPost
from .published import OUTSIDE, PublishedRow


class Knowledge:
    """The department's types, by what they are for."""

    def __init__(self, session: Session) -> None:
        self.post = named(session, PartyType, "senior post")
        self.person = named(session, PartyType, "senior civil servant")
        self.unit = named(session, PartyType, "departmental unit")
        self.reporting = named(session, HierarchicAccountabilityType, "reporting line")
        self.membership = named(session, HierarchicAccountabilityType, "unit membership")
        self.appointment = named(session, AppointmentType, "senior appointment")
        self.grades = {each.name: each for each in self.post.subtypes}


@dataclass(slots=True)
class Standing:
    """
    What holds of one post on one day.

    Shape:  that it is established, of a grade, in a unit; perhaps a post above it; perhaps a holder.
    """

    post: SeniorPost
    establishment: Establishment | None = None
    grade: PartyClassification | None = None
    membership: Accountability | None = None
    reporting: Accountability | None = None
    appointment: Accountability | None = None

    def facts(self) -> dict[str, Versioned | None]:
        """The facts, by the column of a published row that each stands for."""
        return {
            "fte": self.establishment,
            "grade": self.grade,
            "unit": self.membership,
            "reports_to": self.reporting,
            "holder": self.appointment,
        }

    def row(self) -> PublishedRow:
        """The same, as the department publishes it."""
        superior = self.reporting and self.reporting.commissioner
        holder = self.appointment and self.appointment.responsible
        return PublishedRow(
            post=self.post.code,
            reports_to=superior.code if isinstance(superior, SeniorPost) else OUTSIDE,
            holder=holder.published_as if isinstance(holder, Holder) else "",
            grade=self.grade.type.name if self.grade else "",
            unit=self.membership.commissioner.name if self.membership else "",
            fte=str(self.establishment.full_time_equivalent) if self.establishment else "",
        )


def standings(
    session: Session, *, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Standing]:
    """
    What holds of every post that is established on a day, as known at an instant.

    Shape:  by the posts' codes, in order; a handful of selects, however many posts.
    """
    day, instant = session.day(as_of), session.instant(known_at)
    types = Knowledge(session)
    found = {
        post.id: Standing(post, fact)
        for fact, post in session.execute(
            select(Establishment, SeniorPost)
            .join(Establishment.post)
            .where(Establishment.holds(day, instant))
            .order_by(SeniorPost.code)
        )
    }
    graded = select(PartyClassification).where(
        PartyClassification.type_id.in_([each.id for each in types.grades.values()]),
        PartyClassification.holds(day, instant),
    )
    for grade in session.scalars(graded):
        if grade.party_id in found:
            found[grade.party_id].grade = grade
    ends = (
        ("reporting", types.reporting, "responsible_id", Accountability.commissioner.of_type(SeniorPost)),
        ("membership", types.membership, "responsible_id", Accountability.commissioner.of_type(Organization)),
        ("appointment", types.appointment, "commissioner_id", Accountability.responsible.of_type(Holder)),
    )
    for name, type, near, far in ends:
        held = select(Accountability).join(far).options(contains_eager(far))
        held = held.where(Accountability.type_id == type.id, Accountability.holds(day, instant))
        for fact in session.scalars(held):
            if getattr(fact, near) in found:
                setattr(found[getattr(fact, near)], name, fact)
    return {each.post.code: each for each in found.values()}
