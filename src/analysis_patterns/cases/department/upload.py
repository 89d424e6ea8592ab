"""What was loaded: each upload, the posts that it lists, and the rows that were set aside, with reasons."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.persistence.base import Base, Level, identity
from .post import SeniorPost
from .published import PublishedRow


class Upload(Base):
    """
    One publication that was loaded.

    Shape:  the date it speaks of, whether it leaves posts out, its fingerprint; the posts that it lists;
            the rows that were set aside.
    """

    __tablename__ = "cases_upload"
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.8"

    id: Mapped[UUID] = identity()
    as_at: Mapped[date] = mapped_column(unique=True)
    partial: Mapped[bool]
    digest: Mapped[str] = mapped_column(String(64))
    listings: Mapped[list[Listing]] = relationship(
        back_populates="upload", order_by="Listing.line", default_factory=list, init=False
    )
    quarantine: Mapped[list[QuarantinedRow]] = relationship(
        back_populates="upload", order_by="QuarantinedRow.line", default_factory=list, init=False
    )

    @property
    def read(self) -> int:
        """How many rows it had."""
        return len(self.listings) + len(self.quarantine)


class Listing(Base):
    """
    That an upload lists a post, on one of its lines.

    Shape:  what it says of the post is in the facts that hold on its date, and is not said again here.
    """

    __tablename__ = "cases_listing"
    __table_args__ = (UniqueConstraint("upload_id", "post_id"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.8"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey(Upload.id), primary_key=True, init=False)
    line: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey(SeniorPost.id), init=False)
    upload: Mapped[Upload] = relationship(back_populates="listings", init=False)
    post: Mapped[SeniorPost] = relationship()


class QuarantinedRow(Base):
    """
    A row that was not loaded, as it was published, and the rules that it breaks.

    Source: Analysis Patterns 3.9: what is rejected is kept.
    """

    __tablename__ = "cases_quarantined_row"
    __table_args__ = (UniqueConstraint("upload_id", "line"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.9"

    id: Mapped[UUID] = identity()
    upload_id: Mapped[UUID] = mapped_column(ForeignKey(Upload.id), init=False)
    line: Mapped[int]
    post: Mapped[str] = mapped_column(Text)
    reports_to: Mapped[str] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(Text)
    grade: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    fte: Mapped[str] = mapped_column(Text)
    upload: Mapped[Upload] = relationship(back_populates="quarantine", init=False)
    refusals: Mapped[list[Refusal]] = relationship(
        back_populates="row", order_by="Refusal.number", default_factory=list, init=False
    )

    @property
    def row(self) -> PublishedRow:
        """The row as it was published."""
        return PublishedRow(self.post, self.reports_to, self.holder, self.grade, self.unit, self.fte)


class Refusal(Base):
    """
    Why a row was set aside: one rule that it breaks.

    Shape:  the rule by name, and what was said of the row.
    """

    __tablename__ = "cases_refusal"
    __level__ = Level.OPERATIONAL
    __pattern__ = "14.6"

    row_id: Mapped[UUID] = mapped_column(ForeignKey(QuarantinedRow.id), primary_key=True, init=False)
    number: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(100))
    said: Mapped[str] = mapped_column(Text)
    row: Mapped[QuarantinedRow] = relationship(back_populates="refusals", init=False)
