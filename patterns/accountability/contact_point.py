"""Where a party can be reached (2.1 Party)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalogue import attach
from ..constraint import BUILT, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..time.period import ALWAYS, Period
from .name import name_violations
from .party import Party, Person

_TABLE = "patterns_contact_point"

EMAIL = rule(
    "contact-point.email",
    pattern="2.1",
    says="An e-mail address has one @ with something on either side of it, and no blanks.",
    layers=BUILT | {Layer.FLUSH},
)


class ContactPoint(Versioned, Base, init=False):
    """
    A way to reach a party, for a period.

    Shape:  one party, one text; a party has any number of contact points of each kind.
    Errors: `ConstraintViolation` (`name.text`) for a blank text.
    Source: Analysis Patterns 2.1, where each kind stands once on the party.
    """

    __tablename__ = _TABLE
    __table_args__ = versioned_table_args(_TABLE)
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "contact_point"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    text: Mapped[str] = mapped_column(String(500))
    party_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    party: Mapped[Party] = relationship(back_populates="contact_points")

    def __init__(self, *, party: Party, text: str, period: Period = ALWAYS) -> None:
        self.text = text
        self._begin(period)
        require(self.violations())
        party.contact_points.append(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this contact point breaks by itself."""
        yield from name_violations(self, self.text)

    def __str__(self) -> str:
        return self.text


class PostalAddress(ContactPoint, init=False):
    """
    Where letters reach a party.

    Source: Analysis Patterns 2.1.
    """

    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_identity": "postal_address"}


class TelephoneNumber(ContactPoint, init=False):
    """
    Where calls reach a party.

    Source: Analysis Patterns 2.1.
    """

    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_identity": "telephone_number"}


class EmailAddress(ContactPoint, init=False):
    """
    Where e-mail reaches a party.

    Errors: `ConstraintViolation` (`contact-point.email`) where the text cannot be an address.
    Source: Analysis Patterns 2.1.
    """

    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_identity": "email_address"}

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this address breaks by itself."""
        yield from super().violations()
        name, at, host = self.text.partition("@")
        if not (name and at and host) or "@" in host or any(each.isspace() for each in self.text):
            yield EMAIL.violation(
                self,
                found=repr(self.text[:80]),
                allowed="name@host",
                remedy="Give the address alone, without a display name.",
            )


keep_history(ContactPoint.__table__)  # type: ignore[arg-type]


attach(
    "2.1",
    types=(Party, Person, ContactPoint, PostalAddress, TelephoneNumber, EmailAddress),
    figure="analysis_patterns.patterns.accountability.party:Party",
    when_not="Where only people matter, or only organizations, and that will stay so, the supertype is one "
    "type too many. A user account is no party: it belongs to one.",
    example="""
>>> from analysis_patterns.patterns.accountability import Organization, PartyType, Person, TelephoneNumber
>>> customer = PartyType(name="customer")
>>> parties = [Person(name="Adams", types=[customer]), Organization(name="ACM", types=[customer])]
>>> for party in parties:
...     _ = TelephoneNumber(party=party, text="617 123 1234")
>>> [str(point) for party in parties for point in party.contact_points]
['617 123 1234', '617 123 1234']
""",
)
