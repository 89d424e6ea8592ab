"""A way of numbering things: who issues it, what its identifiers look like (5.2 Identification Scheme)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accountability.name import name_violations
from ..accountability.party import Party
from ..constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level, identity
from . import _check_digit, _format

_TABLE = "patterns_identification_scheme"
_CHECKED = BUILT | {Layer.FLUSH}

SCHEME_NAME = rule(
    "scheme.unique-name",
    pattern="5.2",
    says="An identification scheme is known by its name, so no two share one.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_name", f"{_TABLE}.name"),
)
SCHEME_FORMAT = rule(
    "scheme.safe-format",
    pattern="5.2",
    says="A format is a regular expression of at most 200 characters that no text makes run for long.",
    layers=_CHECKED,
)
SCHEME_CHECK = rule(
    "scheme.known-check",
    pattern="5.2",
    says="Check digits are those of a module of python-stdnum, named as there: isbn, luhn, gb.nhs.",
    layers=_CHECKED,
)
FORMAT = rule(
    "identifier.format",
    pattern="5.2",
    says="An identifier is 1 to 100 characters that can be printed, as the format of its scheme says.",
    layers=_CHECKED,
)
CHECK_DIGIT = rule(
    "identifier.check-digit",
    pattern="5.2",
    says="An identifier has the check digits that its scheme asks for.",
    layers=_CHECKED,
)


class IdentificationScheme(Base):
    """
    A set of identifiers, each of which leads to one thing.

    Shape:  a name, at most one issuer; a `format`, a regular expression that the whole of a text fits, and
            a `check`, a module of python-stdnum, or neither. Of what is typed, the characters in `ignored`
            are left out, and it is written in capitals where `capitals` says so. Where there are no
            `aliases`, a thing has one identifier of the scheme at a time.
    Errors: `ConstraintViolation`: `scheme.safe-format`, `scheme.known-check`, `name.text`.
    Source: Analysis Patterns 5.2. What a string says of the thing is no business of the scheme.

    >>> nhs = IdentificationScheme(name="NHS number", check="gb.nhs", ignored=" -")
    >>> nhs.text_of("943 476-5919")
    '9434765919'
    """

    __tablename__ = _TABLE
    __level__ = Level.KNOWLEDGE
    __pattern__ = "5.2"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)
    issuer_id: Mapped[UUID | None] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    issuer: Mapped[Party | None] = relationship(default=None)
    format: Mapped[str] = mapped_column(String(_format.LONGEST_FORMAT), default="")
    check: Mapped[str] = mapped_column(String(50), default="")
    ignored: Mapped[str] = mapped_column(String(20), default="")
    capitals: Mapped[bool] = mapped_column(default=False)
    aliases: Mapped[bool] = mapped_column(default=True)

    def __post_init__(self) -> None:
        require(self.violations())

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this scheme breaks by itself."""
        yield from name_violations(self, self.name)
        fault = _format.fault_of(self.format)
        if fault:
            yield SCHEME_FORMAT.violation(
                self,
                found=f"{self.format[:40]!r}: {fault}",
                allowed="characters, classes, groups, choices, and few repetitions that vary",
                remedy="Say how often what repeats may do so: [0-9]{6} instead of ([0-9]+)*.",
            )
        if self.check and _check_digit.validator(self.check) is None:
            yield SCHEME_CHECK.violation(
                self,
                found=repr(self.check),
                allowed="the name of a module of python-stdnum that validates",
                remedy="Name it as there, such as isbn, iban or gb.nhs, or leave it empty.",
            )

    def text_of(self, typed: str) -> str:
        """
        An identifier of this scheme as it is kept and compared, from how somebody typed it.

        Errors: `ConstraintViolation`: `identifier.format` or `identifier.check-digit`.
        """
        compact = self._compact(typed)
        # What is compared and checked again later is what is kept, and the validator may leave more out.
        kept = (_check_digit.checked(self.check, compact) or compact) if self.check else compact
        require(self._misfits(kept))
        return kept

    def objections(self, text: str) -> Iterator[ConstraintViolation]:
        """What this scheme has against `text`, which should be as it is kept."""
        yield from self._misfits(text)

    def _compact(self, typed: object) -> str:
        if not isinstance(typed, str):
            return ""
        kept = "".join(each for each in unicodedata.normalize("NFC", typed) if each not in self.ignored)
        # Capitals of what is composed may be in parts.
        written = unicodedata.normalize("NFC", kept.upper()) if self.capitals else kept
        return written.strip()

    def _misfits(self, text: str) -> Iterator[ConstraintViolation]:
        if not 1 <= len(text) <= _format.LONGEST_TEXT or not text.isprintable():
            yield FORMAT.violation(
                self,
                found=f"{len(text)} characters, {text[:40]!r}",
                allowed=f"1 to {_format.LONGEST_TEXT} characters that can be printed",
                remedy="Give the identifier as it stands on its document.",
            )
        elif not _format.fits(self.format, text):
            yield FORMAT.violation(
                self,
                found=repr(text),
                allowed=f"{self.format} in {self.name!r}",
                remedy="Correct what was typed, or choose the scheme that it belongs to.",
            )
        elif self.check and _check_digit.checked(self.check, text) is None:
            yield CHECK_DIGIT.violation(
                self,
                found=repr(text),
                allowed=f"check digits as {self.check} has them",
                remedy="Correct what was typed: most often one digit is wrong, or two are swapped.",
            )

    def __str__(self) -> str:
        return self.name
