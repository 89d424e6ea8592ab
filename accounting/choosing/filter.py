"""Which entries are meant: conditions that can be combined, stored and asked of a database (6.9)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from sqlalchemy import ColumnElement, and_, not_, or_

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import in_pydantic
from .._reading import read_json, violation_of
from .._stored_document import StoredDocument
from ..account.ledger import Ledger
from ..posting.entry import Entry
from .filter_kind import (
    AccountFilter,
    Adjusting,
    Amounting,
    Charged,
    Concerning,
    CreatedBy,
    Described,
    FollowsFrom,
    InAccount,
    InUnit,
    IsMemo,
    OfAccountType,
)

MOST = 100
"""How many conditions a filter may be made of."""

DEEPEST = 16
"""How many times a filter may be made of filters."""

SIZE = rule(
    "account-filter.size",
    pattern="6.9",
    says=f"A filter is made of at most {MOST} conditions, nested at most {DEEPEST} deep.",
)


class _Combined(AccountFilter):
    """What is made of other filters."""

    @model_validator(mode="after")
    def _small(self) -> Self:
        size = sum(1 for _ in self.walk())
        depth = _depth(self)
        if size > MOST or depth > DEEPEST:
            raise in_pydantic(_too_large(size, depth))
        return self


class AllOf(_Combined):
    """Entries that every one of several filters chooses."""

    by: Literal["all"] = "all"
    of: tuple[AnyFilter, ...] = Field(min_length=1)

    def is_included(self, entry: Entry) -> bool:
        """Whether all of them choose the entry."""
        return all(each.is_included(entry) for each in self.of)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """All of their conditions."""
        return and_(*(each.condition(ledger, known_at) for each in self.of))

    @property
    def parts(self) -> tuple[AccountFilter, ...]:
        """The filters that all have to choose."""
        return self.of

    @property
    def unit(self) -> str | None:
        """The unit that any of them asks for."""
        return next((each.unit for each in self.of if each.unit is not None), None)


class AnyOf(_Combined):
    """Entries that at least one of several filters chooses."""

    by: Literal["any"] = "any"
    of: tuple[AnyFilter, ...] = Field(min_length=1)

    def is_included(self, entry: Entry) -> bool:
        """Whether one of them chooses the entry."""
        return any(each.is_included(entry) for each in self.of)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """One of their conditions."""
        return or_(*(each.condition(ledger, known_at) for each in self.of))

    @property
    def parts(self) -> tuple[AccountFilter, ...]:
        """The filters of which one has to choose."""
        return self.of

    @property
    def unit(self) -> str | None:
        """The unit that all of them ask for."""
        units = {each.unit for each in self.of}
        return units.pop() if len(units) == 1 else None


class Not(_Combined):
    """Entries that a filter does not choose."""

    by: Literal["not"] = "not"
    of: AnyFilter

    def is_included(self, entry: Entry) -> bool:
        """Whether it does not choose the entry."""
        return not self.of.is_included(entry)

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """Its condition does not hold."""
        return not_(self.of.condition(ledger, known_at))

    @property
    def parts(self) -> tuple[AccountFilter, ...]:
        """The filter that must not choose."""
        return (self.of,)


AnyFilter = Annotated[
    InAccount
    | OfAccountType
    | InUnit
    | Charged
    | Concerning
    | Amounting
    | Described
    | CreatedBy
    | FollowsFrom
    | IsMemo
    | Adjusting
    | AllOf
    | AnyOf
    | Not,
    Field(discriminator="by"),
]
"""Every kind of filter; a document tells them apart by `by`."""

for _made_of_others in (AllOf, AnyOf, Not):
    _made_of_others.model_rebuild()

_ANY: TypeAdapter[AccountFilter] = TypeAdapter(AnyFilter)


def read_filter(written: str) -> AccountFilter:
    """
    Read a filter from its JSON.

    Errors: `ConstraintViolation`: `account-filter.size`, or `document.form` for what is no filter.
    """
    return read_json(_ANY, written)


class FilterColumn(StoredDocument):
    """A column that keeps a filter."""

    document: ClassVar[object] = AnyFilter


def combined(how: str, *filters: AccountFilter) -> AccountFilter:
    """
    Combine filters: `all` of them, `any` of them, or `not` the one.

    Errors: `ConstraintViolation` (`account-filter.size`).
    """
    kind = _COMBINED[how]
    of = filters[0] if kind is Not else tuple(part for each in filters for part in _alike(kind, each))
    try:
        return kind.model_validate({"of": of})
    except ValidationError as refused:
        raise violation_of(refused) from None


_COMBINED: dict[str, type[_Combined]] = {"all": AllOf, "any": AnyOf, "not": Not}


def _alike(kind: type[_Combined], each: AccountFilter) -> tuple[AccountFilter, ...]:
    return each.parts if isinstance(each, kind) else (each,)


def _depth(each: AccountFilter) -> int:
    return 1 + max((_depth(part) for part in each.parts), default=0)


def _too_large(size: int, depth: int) -> ConstraintViolation:
    return SIZE.violation(
        found=f"{size} conditions, {depth} deep",
        allowed=f"at most {MOST} conditions, at most {DEEPEST} deep",
        remedy="Name a summary account instead of many accounts, or ask several times.",
    )
