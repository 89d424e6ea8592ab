"""Filters as one readable line, and read back from it: instrument = 'ACM' and amount > 1000 {share} (9.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn
from uuid import UUID

from ...patterns.constraint import rule
from .attribute import ATTRIBUTES
from .attribute_condition import Among, Compare, Missing, Within
from .filter import DEEPEST, EVERYTHING, NOTHING, InPortfolio, combined
from .filter_kind import ContractFilter, InRole, OfKind, PartyRole
from .hard_coded import HardCoded

NOTATION = rule(
    "portfolio-filter.notation",
    pattern="9.2",
    says="The text of a filter consists of conditions joined by and, or, not and brackets.",
)

_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_OPERATOR = re.compile(r"<>|<=|>=|=|<|>")
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_KEY = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ROLES = {each.value: each for each in PartyRole}
_WHOLE: dict[str, ContractFilter] = {"everything": EVERYTHING, "nothing": NOTHING}
_NAMING: dict[str, tuple[type[ContractFilter], str]] = {
    "kind": (OfKind, "kind"),
    "portfolio": (InPortfolio, "portfolio"),
    "function": (HardCoded, "function"),
}


def parse_filter(text: str) -> ContractFilter:
    """
    Read a filter from one line, as `str` writes it.

    Shape:  `and` binds closer than `or`, `not` closest; the words of the notation are small letters. Names
            and choices stand in quotes, a quote in them twice; numbers and days do not.
    Errors: `ConstraintViolation`: `portfolio-filter.notation`, with the position that cannot be read; or the
            rule that a condition breaks.

    >>> print(parse_filter("not instrument = 'ACM' or (amount>=1000 {share} and party 'Megabank')"))
    not instrument = 'ACM' or (amount >= 1000 {share} and party 'Megabank')
    """
    reader = _Reader(text)
    read = reader.either()
    if not reader.is_at_end:
        reader.refuse("and, or, or the end")
    return read


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.deep = 0

    def skip_blanks(self) -> int:
        """Go past the blanks here, and say where that is."""
        self.at = _BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.at

    @property
    def is_at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        return self.skip_blanks() == len(self.text)

    def refuse(self, expected: str) -> NoReturn:
        """Say where the text cannot be read, and what could stand there."""
        found = "the end" if self.is_at_end else f"{self.text[self.at : self.at + 20]!r}"
        raise NOTATION.violation(
            found=f"{found} at position {self.at + 1} of {self.text!r:.200}",
            allowed=expected,
            remedy="Write it as in: instrument = 'ACM' and amount > 1000 {share} and not party 'Megabank'.",
        )

    def taken(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What matches a pattern here, if anything: it is read then."""
        found = pattern.match(self.text, self.skip_blanks())
        if found is not None:
            self.at = found.end()
        return found

    def takes(self, token: str) -> bool:
        """Whether a word or a sign stands here: it is read then."""
        start = self.skip_blanks()
        end = start + len(token)
        follows = self.text[end : end + 1]
        if not self.text.startswith(token, start) or (
            token[-1:].isalpha() and (follows.isalnum() or follows == "_")
        ):
            return False
        self.at = end
        return True

    def need(self, token: str) -> None:
        """Read a sign, which has to stand here."""
        if not self.takes(token):
            self.refuse(repr(token))

    def either(self) -> ContractFilter:
        """Filters joined by `or`."""
        return self._joined("any", "or", self.both)

    def both(self) -> ContractFilter:
        """Filters joined by `and`."""
        return self._joined("all", "and", self.one)

    def _joined(self, how: str, word: str, part: Callable[[], ContractFilter]) -> ContractFilter:
        parts = [part()]
        while self.takes(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else combined(how, *parts)

    def one(self) -> ContractFilter:
        """A condition, a negation, or what stands in brackets."""
        self.deep += 1
        if self.deep > DEEPEST:
            self.refuse(f"at most {DEEPEST} brackets and negations inside one another")
        if self.takes("not"):
            read: ContractFilter = combined("not", self.one())
        elif self.takes("("):
            read = self.either()
            self.need(")")
        else:
            read = self.condition()
        self.deep -= 1
        return read

    def condition(self) -> ContractFilter:
        """One condition: its first word says what it is about."""
        start = self.at
        found = self.taken(_WORD)
        word = found[0] if found else ""
        if word in _ROLES:
            return InRole.stating(role=_ROLES[word], **self._parties())
        if word in _NAMING:
            kind, field = _NAMING[word]
            return kind.stating(**{field: self._name()})
        if word in _WHOLE:
            return _WHOLE[word]
        if word in ATTRIBUTES:
            return self._on(word)
        self.at = start
        known = (*sorted(ATTRIBUTES), *_ROLES, *_NAMING, *_WHOLE)
        return self.refuse(f"not, a bracket, or one of {', '.join(known)}")

    def _parties(self) -> dict[str, tuple[Any, ...]]:
        said = [self._party()] if not self.takes("in") else self._several(self._party)
        return {
            "names": tuple(each for each in said if isinstance(each, str)),
            "keys": tuple(each for each in said if isinstance(each, UUID)),
        }

    def _party(self) -> str | UUID:
        if not self.takes("key"):
            return self._name()
        found = self.taken(_KEY)
        return UUID(found[0]) if found else self.refuse("the key of a party")

    def _several(self, one: Callable[[], Any]) -> list[Any]:
        self.need("(")
        said = [one()]
        while self.takes(","):
            said.append(one())
        self.need(")")
        return said

    def _name(self) -> str:
        found = self.taken(_QUOTED)
        return found[1].replace("''", "'") if found else self.refuse("a name in quotes")

    def _on(self, attribute: str) -> ContractFilter:
        """What is said of an attribute."""
        if self.takes("is"):
            self.need("missing")
            return Missing.stating(attribute=attribute)
        if self.takes("within"):
            return self._range(attribute)
        if self.takes("in"):
            values = self._several(lambda: self._value(attribute))
            return Among.stating(attribute=attribute, values=tuple(values))
        found = self.taken(_OPERATOR)
        if found is None:
            self.refuse("=, <>, <, <=, >, >=, in, within, or is missing")
        return Compare.stating(attribute=attribute, operator=found[0], value=self._value(attribute))

    def _range(self, attribute: str) -> ContractFilter:
        lower_included = self.takes("[")
        if not lower_included:
            self.need("(")
        lower = self._value(attribute)
        self.need(",")
        upper = self._value(attribute)
        upper_included = self.takes("]")
        if not upper_included:
            self.need(")")
        return Within.stating(
            attribute=attribute, lower=lower, upper=upper,
            lower_included=lower_included, upper_included=upper_included,
        )  # fmt: skip

    def _value(self, attribute: str) -> str:
        found = self.taken(_QUOTED)
        if found:
            return found[1].replace("''", "'")
        kind = ATTRIBUTES[attribute].kind
        plain = self.taken(re.compile(kind.written)) if kind.written else None
        if plain is None:
            self.refuse(kind.example)
        return plain[0]
