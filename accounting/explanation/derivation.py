"""How a figure came about, down to what nobody derived: written so that it can be reckoned again (6.11)."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeAlias, cast

from pydantic import BeforeValidator, Field, PlainSerializer, TypeAdapter

from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document
from ...patterns.formula.value import Value
from ...patterns.provenance import Explanation
from ...patterns.time.period import ALWAYS
from ...patterns.values import AtomicUnit, Money, Quantity, parse_unit
from ...patterns.values.currency import find_currency
from .._reading import read_json
from ..event._attributes import AttributesColumn, written
from ..event._event_amount import amount_of
from ..method import AnyMethod
from ..method.condition import Condition
from ..method.given import Given
from ..rule._words import in_words

_NO_DIALECT: Any = None  # which database it is makes no difference to the text


def _read(amount: object) -> object:
    """An amount in any unit that a ledger may count in, also one of its own, such as a share."""
    if not isinstance(amount, str):
        return amount
    number, _, code = amount.partition(" ")
    if (currency := find_currency(code)) is not None:
        return Money(number, currency)
    try:
        return Quantity(number, parse_unit(code))
    except ConstraintViolation:
        return Quantity(number, AtomicUnit(code))


Amount = Annotated[Quantity, BeforeValidator(_read), PlainSerializer(str, return_type=str)]
"""A quantity that is written as a text: `3.68 USD`."""


def _read_attributes(stored: object) -> object:
    is_written = isinstance(stored, Mapping) and all(isinstance(each, list) for each in stored.values())
    return AttributesColumn().process_result_value(json.dumps(stored), _NO_DIALECT) if is_written else stored


def _write_attributes(attributes: Mapping[str, Value]) -> Any:
    return json.loads(written(attributes))


Attributes = Annotated[
    Mapping[str, Any], BeforeValidator(_read_attributes), PlainSerializer(_write_attributes)
]
"""What is said of an event, each value under the word for what it is."""


class Step(Document, ABC):
    """
    A figure and what it was reckoned from.

    Shape:  what it is, as a `statement`, and the `amount` that the books have for it.
    """

    statement: str
    amount: Amount

    @abstractmethod
    def recomputed(self) -> Quantity:
        """The figure, reckoned again from the leaves below it, whatever the books have."""

    @property
    def because(self) -> tuple[Step, ...]:
        """What it was reckoned from; nothing for a leaf."""
        return ()

    @property
    def attributes(self) -> Mapping[str, Value]:
        """What was said of the event that it goes back to, if it goes back to one."""
        return {}

    @property
    def reason(self) -> str:
        """By what it holds."""
        return ""

    @property
    def holds(self) -> bool:
        """Whether what the leaves come to is what the books have."""
        return self.recomputed() == self.amount

    def leaves(self) -> Iterator[Step]:
        """What it rests on in the end."""
        if not self.because:
            yield self
        for each in self.because:
            yield from each.leaves()

    def with_leaf(self, leaf: Step, instead: Step) -> Self:
        """The same derivation from another leaf: what the figure would have been."""
        if leaf is self:
            return cast("Self", instead)
        return self

    def explanation(self) -> Explanation:
        """The same in words."""
        return Explanation(
            self.statement, by=self.reason, because=tuple(each.explanation() for each in self.because)
        )


class Recorded(Step):
    """
    A leaf: an amount that was recorded as it is, or that several others add up to that are not followed.

    Source: Analysis Patterns 6.11.
    """

    by: Literal["record"] = "record"
    reason_given: str = ""

    def recomputed(self) -> Quantity:
        """The amount, as it was recorded."""
        return self.amount

    @property
    def reason(self) -> str:
        """Why it goes no further."""
        return self.reason_given


class Happened(Step):
    """
    A leaf: an event, with all that was said of it.

    Shape:  its `type`; the attribute `of` which it is the amount, or none: then it counts as one. What it
            counts `times`: once, or not at all if it turned out never to have happened.
    """

    by: Literal["event"] = "event"
    type: str
    said: Attributes
    of: str | None = None
    times: int = 1

    def recomputed(self) -> Quantity:
        """The attribute that counts."""
        return amount_of(self.said, self.of) * self.times

    @property
    def attributes(self) -> Mapping[str, Value]:
        """What was said of it."""
        return self.said

    @property
    def reason(self) -> str:
        """What was said of it, in words."""
        return ", ".join(f"{name} {value}" for name, value in self.said.items())


class Ruled(Step):
    """
    What a rule made of something.

    Shape:  the rule and the version of its terms, with their method, in the form of packs; the `day` it is
            about; the output keys whose results went into the account, and those that were taken from it;
            what it was `given`; and what had been posted for the same before, so that only the rest was.
    """

    by: Literal["rule"] = "rule"
    rule: str
    terms: str
    in_force: str
    practice: str
    method: AnyMethod
    eligibility: Condition | None = None
    day: date
    of: str = "amount"
    places: Mapping[str, int] = {}
    given_to: tuple[str, ...] = ()
    taken_from: tuple[str, ...] = ()
    given: AnyStep
    less: AnyStep | None = None

    def recomputed(self) -> Quantity:
        """What the method comes to on what was given, less what had been posted for it."""
        occasion = Given(amount=self.given.recomputed(), day=self.day, attributes=self.attributes, of=self.of)
        due = self.amount * 0
        if self.eligibility is None or self.eligibility.holds(occasion):
            results = self.method.apply(occasion, places=self.places)
            for keys, sign in ((self.given_to, 1), (self.taken_from, -1)):
                for key in keys:
                    if key in results:
                        due = due + sign * results[key]
        return due if self.less is None else due - self.less.recomputed()

    @property
    def because(self) -> tuple[Step, ...]:
        """What was given, and what had been posted for it."""
        return (self.given,) if self.less is None else (self.given, self.less)

    def with_leaf(self, leaf: Step, instead: Step) -> Self:
        """The same derivation from another leaf: what the figure would have been."""
        less = None if self.less is None else self.less.with_leaf(leaf, instead)
        return self.model_copy(update={"given": self.given.with_leaf(leaf, instead), "less": less})

    @property
    def attributes(self) -> Mapping[str, Value]:
        """What was said of the event that set it all off."""
        return self.given.attributes

    @property
    def reason(self) -> str:
        """The rule, how it reckons, since when, and by whose practice."""
        eligible = "" if self.eligibility is None else f", only if {self.eligibility.says}"
        less = "" if self.less is None else ", less what had been posted for it"
        since = "" if self.in_force == str(ALWAYS) else f"terms from {self.in_force}"
        reckoned = f"{self.rule}: {'; '.join(in_words(self.method))}{eligible}{less}"
        return ", ".join(filter(None, (reckoned, since, self.practice)))


class Reversed(Step):
    """What takes something back: by a reversal, or because nothing is due any more, and `why`."""

    by: Literal["reversal"] = "reversal"
    of: AnyStep
    why: str = ""

    def recomputed(self) -> Quantity:
        """As much, with the other sign."""
        return -self.of.recomputed()

    @property
    def because(self) -> tuple[Step, ...]:
        """What is taken back."""
        return (self.of,)

    def with_leaf(self, leaf: Step, instead: Step) -> Self:
        """The same derivation from another leaf: what the figure would have been."""
        return self.model_copy(update={"of": self.of.with_leaf(leaf, instead)})

    @property
    def attributes(self) -> Mapping[str, Value]:
        """What was said of the event behind what is taken back."""
        return self.of.attributes

    @property
    def reason(self) -> str:
        """Why it is taken back; or that it is a reversal."""
        return self.why or "reversal: the same amount, with the other sign"


class Totalled(Step):
    """A sum: of nothing, if it has no parts."""

    by: Literal["total"] = "total"
    parts: tuple[AnyStep, ...] = ()

    @property
    def attributes(self) -> Mapping[str, Value]:
        """What was said last of the event behind its parts."""
        return self.parts[-1].attributes if self.parts else {}

    def recomputed(self) -> Quantity:
        """The sum of its parts."""
        return sum((part.recomputed() for part in self.parts), self.amount * 0)

    @property
    def because(self) -> tuple[Step, ...]:
        """Its parts."""
        return self.parts

    def with_leaf(self, leaf: Step, instead: Step) -> Self:
        """The same derivation from another leaf: what the figure would have been."""
        return self.model_copy(update={"parts": tuple(each.with_leaf(leaf, instead) for each in self.parts)})

    @property
    def reason(self) -> str:
        """That it is a sum."""
        return f"the sum of {len(self.parts)}" if self.parts else "nothing was posted"


AnyStep: TypeAlias = Annotated[Recorded | Happened | Ruled | Reversed | Totalled, Field(discriminator="by")]
"""A step of any kind; in a document, `by` tells which."""

for _model in (Ruled, Reversed, Totalled):
    _model.model_rebuild()

_ANY: TypeAdapter[Step] = TypeAdapter(AnyStep)


def read_derivation(written: str) -> Step:
    """
    Read a derivation from its JSON, wherever it was written: all that it takes stands in it.

    Errors: `ConstraintViolation`: the rule that it breaks, or `document.form` where it is none at all.
    """
    return read_json(_ANY, written)


def write_derivation(step: Step) -> str:
    """Write a derivation as JSON, to be kept, sent or reckoned again anywhere."""
    return _ANY.dump_json(step, indent=2).decode()
