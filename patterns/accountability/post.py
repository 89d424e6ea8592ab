"""Duties that belong to the job and not to its holder (2.9 Post)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, select

from ..catalogue import attach
from ..constraint import BUILT, ConstraintViolation, Layer, rule
from ..persistence.session import Session
from ..picture import derived
from ..time.period import ALWAYS, Period
from .accountability import Accountability
from .accountability_type import AccountabilityType
from .admission import Role
from .party import Party, Person
from .party_type import PartyType

POST_AND_PERSON = rule(
    "appointment.post-and-person",
    pattern="2.9",
    says="An appointment links a post to the person who holds it.",
    layers=BUILT | {Layer.FLUSH},
)


class Post(Party):
    """
    A job that stays while its holders change, and that is itself answerable to others.

    Source: Analysis Patterns 2.9. Use it only where duties are fixed by the job and holders rotate.
    """

    __pattern__ = "2.9"
    __mapper_args__ = {"polymorphic_identity": "post"}


class AppointmentType(AccountabilityType, init=False):
    """
    A kind of accountability by which people hold posts.

    Shape:  types of post and of person; a post has one holder at a time unless `shared`.
    Source: Analysis Patterns 2.9.
    """

    __pattern__ = "2.9"
    __mapper_args__ = {"polymorphic_identity": "appointment_type"}

    def __init__(
        self, *, name: str, posts: Iterable[PartyType], people: Iterable[PartyType], shared: bool = False
    ) -> None:
        super().__init__(name=name, commissioners=posts, responsibles=people, single_responsible=not shared)

    def misfits(self, role: Role, party: Party) -> Iterator[ConstraintViolation]:
        """What this type has against `party`: that it is no post, or no person, where one is wanted."""
        kind = Post if role is Role.COMMISSIONER else Person
        if not isinstance(party, kind):
            yield POST_AND_PERSON.violation(
                self,
                party,
                found=f"{type(party).__name__} {party} where {self.name!r} wants a {kind.__name__}",
                allowed="a post and a person",
                remedy="Appoint with post= and person=, not the other way round.",
            )


class Appointment(Accountability, init=False):
    """
    That a person holds a post, for a period.

    Shape:  one post, one person, one type, one period.
    Errors: `ConstraintViolation`: `appointment.post-and-person`; at the flush and by the database
            `accountability.single-responsible`, where the post is held already.
    Source: Analysis Patterns 2.9: the appointment is itself an accountability, of the person to the post.
    """

    __pattern__ = "2.9"
    __mapper_args__ = {"polymorphic_identity": "appointment"}

    def __init__(self, *, type: AppointmentType, post: Post, person: Person, period: Period = ALWAYS) -> None:
        super().__init__(type=type, commissioner=post, responsible=person, period=period)

    @property
    @derived("1")
    def post(self) -> Post:
        """The post that is held: the commissioner."""
        return cast("Post", self.commissioner)

    @property
    @derived("1")
    def person(self) -> Person:
        """The person who holds it: the responsible party."""
        return cast("Person", self.responsible)


def holders(
    session: Session, post: Post, *, as_of: date | None = None, known_at: datetime | None = None
) -> list[Person]:
    """
    The people who hold a post on a day, by name; none where it is vacant.

    Source: Analysis Patterns 2.9.
    """
    question = (
        select(Person)
        .join(Accountability, Accountability.responsible_id == Person.id)
        .where(Accountability.commissioner_id == post.id, _is_appointment(session, as_of, known_at))
        .order_by(Person.name, Person.id)
    )
    return list(session.scalars(question))


def vacancies(
    session: Session,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    among: Select[Any] | None = None,
) -> list[Post]:
    """
    The posts that nobody holds on a day, by name.

    Shape:  every post there is, or those whose keys `among` selects: posts that stand in some hierarchy.
    Source: Analysis Patterns 2.9.
    """
    held = exists().where(
        Accountability.commissioner_id == Post.id, _is_appointment(session, as_of, known_at)
    )
    question = select(Post).where(~held).order_by(Post.name, Post.id)
    if among is not None:
        question = question.where(Post.id.in_(among))
    return list(session.scalars(question))


def _is_appointment(session: Session, as_of: date | None, known_at: datetime | None) -> ColumnElement[bool]:
    appointment_types = select(AppointmentType.id)
    return and_(
        Accountability.type_id.in_(appointment_types),
        Accountability.holds(session.day(as_of), session.instant(known_at)),
    )


attach(
    "2.9",
    types=(Post, Appointment, AppointmentType),
    behaviours=(holders, vacancies),
    figure="analysis_patterns.patterns.accountability.post:Appointment",
    when_not="Where duties follow the person, who takes them along to the next job, a post only stands "
    "between the two. Use it for jobs that outlast their holders, and for no others.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns.accountability import (
...     Appointment, AppointmentType, PartyType, Person, Post)
>>> from analysis_patterns.patterns.time import Period
>>> surgeon, job = PartyType(name="surgeon"), PartyType(name="surgeon's post")
>>> appointment = AppointmentType(name="appointment", posts=[job], people=[surgeon])
>>> transplants = Post(name="Transplant surgeon", types=[job])
>>> for name, period in (("Dr Ash", Period(date(1996, 1, 1), date(1997, 7, 1))),
...                      ("Dr Birch", Period(date(1997, 7, 1)))):
...     holder = Person(name=name, types=[surgeon])
...     print(Appointment(type=appointment, post=transplants, person=holder, period=period))
Dr Ash responsible to Transplant surgeon (appointment) from 1996-01-01 until 1997-07-01
Dr Birch responsible to Transplant surgeon (appointment) from 1997-07-01 until further notice
""",
)
