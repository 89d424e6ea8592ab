"""What the telephone company's accounts are about: a class of an application, which books know nothing of."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..patterns.accountability import Person
from ..patterns.persistence.base import Base, Level
from ..patterns.persistence.registry import Referable


class PhoneLine(Referable, Base):
    """
    A telephone line of a customer.

    Shape:  a number, which no other line has, and one customer.
    Source: Analysis Patterns 7.1: an account is about anything; its package never sees the domain's.
    """

    __tablename__ = "cases_phone_line"
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    number: Mapped[str] = mapped_column(String(50), unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), init=False)
    customer: Mapped[Person] = relationship()

    def __str__(self) -> str:
        return self.number
