"""A department's posts and people: what an application adds to the library's own parties (2.1, 2.9)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.accountability import Party, Person, Post
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.base import Base, Level, identity_of
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import ExactDecimal
from ...patterns.persistence.version import Versioned, keep_history, versioned_table_args
from ...patterns.time.period import ALWAYS, Period

_TABLE = "cases_establishment"

FULL_TIME = rule(
    "establishment.full-time",
    pattern="2.9",
    says="A post is established at more than nothing, and at no more than full time.",
    layers=BUILT | {Layer.FLUSH},
)
ONE_AT_A_TIME = rule(
    "establishment.one-at-a-time",
    pattern="2.9",
    says="A post is established once at a time.",
    layers=DATABASES,
)


class SeniorPost(Post):
    """
    A senior post of the department.

    Shape:  known by its code, which no other has.
    """

    __tablename__ = "cases_senior_post"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.9"
    __mapper_args__ = {"polymorphic_identity": "senior_post"}

    id: Mapped[UUID] = identity_of(Party)
    code: Mapped[str] = mapped_column(String(50), unique=True)


class Holder(Person):
    """
    A person who holds a senior post.

    Shape:  `published_as` is a pseudonym, the same for the same name; of those whose name is withheld, each
            is taken for somebody else.
    """

    __tablename__ = "cases_holder"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_identity": "senior_post_holder"}

    id: Mapped[UUID] = identity_of(Party)
    published_as: Mapped[str] = mapped_column(String(50), index=True)


class Establishment(Versioned, Base, init=False):
    """
    That there is a post, for a period, whether or not anybody holds it.

    Shape:  one post, and how much of full time it is.
    Units:  1 is full time; the digits are kept as published.
    Errors: `ConstraintViolation`: `establishment.full-time`; from the database
            `establishment.one-at-a-time`.
    """

    __tablename__ = _TABLE
    __table_args__ = versioned_table_args(_TABLE)
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.9"

    post_id: Mapped[UUID] = mapped_column(ForeignKey(SeniorPost.id), index=True, init=False)
    full_time_equivalent: Mapped[Decimal] = mapped_column(ExactDecimal)
    post: Mapped[SeniorPost] = relationship()

    def __init__(self, *, post: SeniorPost, full_time_equivalent: Decimal, period: Period = ALWAYS) -> None:
        self._begin(period)
        self.full_time_equivalent = full_time_equivalent
        require(self.violations())
        self.post = post

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        yield from full_time_violations(self, self.full_time_equivalent)

    def __str__(self) -> str:
        return f"{self.post} at {self.full_time_equivalent} of full time from {self.period}"


def full_time_violations(subject: object, full_time_equivalent: Decimal) -> Iterator[ConstraintViolation]:
    """Whether a post cannot be that much of full time."""
    if not 0 < full_time_equivalent <= 1:
        yield FULL_TIME.violation(
            subject,
            found=f"a post of {full_time_equivalent} of full time",
            allowed="more than 0, up to 1",
            remedy="Divide by full time: four days of five are 0.8.",
        )


def _established_twice(row: str) -> str:
    at_once = f"o.valid_from < {row}.valid_to AND o.valid_to > {row}.valid_from AND o.known_to = <forever>"
    other = f"o.post_id = {row}.post_id AND o.id <> {row}.id"
    return f"EXISTS (SELECT 1 FROM cases_establishment o WHERE {other} AND {at_once})"  # noqa: S608 - no input


keep_history(Establishment.__table__)  # type: ignore[arg-type]
guard(
    Establishment.__table__,  # type: ignore[arg-type]
    refuse_when(ONE_AT_A_TIME, _TABLE, "INSERT", _established_twice, because="a post established twice"),
)
