"""What filters may ask of contracts: declared attributes, an application's among them (9.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    String,
    Table,
    and_,
    case,
    exists,
    inspect,
    select,
    true,
)
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.orm import Composite

from ...patterns.constraint import rule
from ...patterns.errors import AnalysisPatternsError
from ...patterns.values import Money, Quantity
from ..contract import BarrierOption, Contract, Option, OptionKind
from ..market.indicator import Instrument
from ..market.market import Market
from ..market.tenor import Tenor
from .value_kind import ChoiceKind, DayKind, MoneyKind, QuantityKind, Reading, TextKind, ValueKind, WholeKind

DECLARED = rule(
    "portfolio-filter.attribute",
    pattern="9.2",
    says="A filter asks for attributes of contracts that are declared.",
)

Test = Callable[[Sequence[ColumnElement[Any]]], ColumnElement[bool]]
"""Makes the SQL condition on the columns of a value, none of which is NULL."""

_ATTRIBUTES: dict[str, ContractAttribute] = {}

ATTRIBUTES: Mapping[str, ContractAttribute] = MappingProxyType(_ATTRIBUTES)
"""Every attribute that filters may ask for, by name."""


@dataclass(frozen=True, slots=True)
class ContractAttribute:
    """
    Something that a filter may ask of a contract.

    Shape:  a name; the kind of its values; `read` gives the value of a contract, or None where it has none;
            `located` gives the SQL condition that a row of contracts has a value, which a test is true of.
    """

    name: str
    kind: ValueKind
    read: Callable[[Any], Any]
    located: Callable[[FromClause, Test], ColumnElement[bool]]

    def reading(self, contract: Contract) -> Reading | None:
        """What its value of a contract is to comparisons; None where the contract has none."""
        value = self.read(contract)
        return None if value is None else self.kind.reading(value)


class Facts:
    """What a contract says, read where a filter asks for it, and once."""

    __slots__ = ("_readings", "contract")

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._readings: dict[str, Reading | None] = {}

    def reading(self, attribute: ContractAttribute) -> Reading | None:
        """What the contract says of an attribute, if anything."""
        name = attribute.name
        if name not in self._readings:
            self._readings[name] = attribute.reading(self.contract)
        return self._readings[name]


def attribute_named(name: object) -> ContractAttribute:
    """
    The attribute that is declared under a name.

    Errors: `ConstraintViolation` (`portfolio-filter.attribute`).
    """
    found = ATTRIBUTES.get(name) if isinstance(name, str) else None
    if found is None:
        raise DECLARED.violation(
            found=f"the attribute {name!r}",
            allowed=", ".join(sorted(ATTRIBUTES)),
            remedy="Declare it first: contract_attribute('desk', DeskContract.desk).",
        )
    return found


def contract_attribute(
    name: str, mapped: Any, *, kind: ValueKind | None = None, owner: type[Contract] | None = None
) -> ContractAttribute:
    """
    Let filters ask for a mapped attribute of contracts, or of a subclass of theirs, under a name.

    Shape:  a quantity, money, a day, a whole number, a text, or a closed choice, unless another `kind` is
            given; it is missing in contracts of other classes than its own, or than the `owner`.
    Errors: `AnalysisPatternsError` where the name is taken or is no identifier, or the attribute is of
            another kind, or of no contract.
    """
    held_by, columns = owner or mapped.class_, tuple(mapped.property.columns)
    if not issubclass(held_by, Contract):
        raise AnalysisPatternsError(f"{mapped} is an attribute of {held_by.__name__}, which is no contract")

    def read(contract: Contract) -> object:
        return getattr(contract, mapped.key) if isinstance(contract, held_by) else None

    def located(contracts: FromClause, test: Test) -> ColumnElement[bool]:
        return _stands_in(contracts, held_by, columns, held, test)

    held = kind or _kind_of(mapped)
    return declare(ContractAttribute(name, held, read, located))


def declare(attribute: ContractAttribute) -> ContractAttribute:
    """
    Let filters ask for an attribute.

    Errors: `AnalysisPatternsError` where the name is taken, or is no identifier.
    """
    if attribute.name in _ATTRIBUTES or not attribute.name.isidentifier():
        raise AnalysisPatternsError(f"an attribute {attribute.name!r} is declared already, or cannot be")
    _ATTRIBUTES[attribute.name] = attribute
    return attribute


def kinds_of(contract: type[Contract]) -> list[str]:
    """What the rows of a class of contracts, and of its subclasses, say of their kind."""
    return sorted(str(each.polymorphic_identity) for each in inspect(contract).self_and_descendants)


def class_of(kind: str) -> type[Contract] | None:
    """The class of contracts whose rows say that they are of a kind; None for no kind."""
    mapper = inspect(Contract).polymorphic_map.get(kind)
    return None if mapper is None else mapper.class_


def _kind_of(mapped: Any) -> ValueKind:
    column = mapped.property.columns[0]
    if isinstance(mapped.property, Composite):
        composed: dict[Any, type[QuantityKind | MoneyKind]] = {Quantity: QuantityKind, Money: MoneyKind}
        held = composed.get(mapped.property.info.get("value"))
        if held is not None:
            return held()
    elif isinstance(column.type, EnumColumn) and column.type.enum_class is not None:
        choices: type[Enum] = column.type.enum_class
        return ChoiceKind(choices)
    else:
        kinds: dict[Any, type[DayKind | WholeKind | TextKind]] = {
            Date: DayKind,
            Integer: WholeKind,
            String: TextKind,
        }
        for stored, kind in kinds.items():
            if isinstance(column.type, stored):
                return kind()
    raise AnalysisPatternsError(f"filters cannot compare what {mapped} holds")


def _stands_in(
    contracts: FromClause,
    owner: type[Contract],
    columns: Sequence[Any],
    kind: ValueKind,
    test: Test,
) -> ColumnElement[bool]:
    """That a value which stands in columns of an owner's table, or of one above it, is there and passes."""
    table: Table = columns[0].table
    of_root = table is Contract.__table__
    rows = contracts if of_root else table.alias()
    values = [rows.c[columns[n].key] for n in kind.columns_used]
    passes = test(values)
    if columns[0].nullable:
        passes = and_(values[0].is_not(None), passes)
    if not of_root:
        (key,) = (rows.c[each.key] for each in table.primary_key)
        # Not EXISTS: SQLite starts from a list of keys that is shorter, and never from that.
        passes = contracts.c.id.in_(select(key).where(passes))
    return passes if owner is Contract else and_(contracts.c.kind.in_(kinds_of(owner)), passes)


def _instrument_name(contracts: FromClause, test: Test) -> ColumnElement[bool]:
    rows = Instrument.__table__.alias()
    return contracts.c.instrument_id.in_(select(rows.c.id).where(test([rows.c.name])))


def _market_name(contracts: FromClause, test: Test) -> ColumnElement[bool]:
    rows, markets = Instrument.__table__.alias(), Market.__table__.alias()
    there = select(rows.c.id).join(markets, markets.c.id == rows.c.market_id)
    return contracts.c.instrument_id.in_(there.where(test([markets.c.name])))


def _option_kind(contracts: FromClause, test: Test) -> ColumnElement[bool]:
    rows = Option.__table__.alias()
    # A call iff both directions agree: ruling 8, and figure 10.4.
    kind = case((rows.c.option_direction == contracts.c.direction, OptionKind.CALL.value), else_=_PUT)
    return exists().where(rows.c.id == contracts.c.id, test([kind])).correlate(contracts)


_PUT = OptionKind.PUT.value


class TenorKind(TextKind):
    """Lengths of time as traders write them, such as `2M`; without an order, and 12M is not 1Y."""

    def read(self, text: str) -> str:
        """The tenor as it is written."""
        return str(Tenor.parse(text))


class _OptionKinds(ChoiceKind):
    """Calls and puts, which no column says: a database is told the words."""

    def bound(self, value: Any) -> Any:
        return value.value


def _of_option(contract: Contract) -> object:
    return contract.option_kind if isinstance(contract, Option) else None


for _name, _mapped in {
    "amount": Contract.amount,
    "price": Contract.price,
    "traded": Contract.traded,
    "delivery": Contract.delivery,
    "direction": Contract.direction,
    "expiration": Option.expiration,
    "option_direction": Option.option_direction,
    "style": Option.style,
    "premium": Option.premium,
    "premium_paid": Option.premium_paid,
    "barrier": BarrierOption.barrier,
    "barrier_side": BarrierOption.side,
    "barrier_effect": BarrierOption.effect,
    "reference": BarrierOption.reference,
}.items():
    contract_attribute(_name, _mapped)
contract_attribute("strike", Contract.price, owner=Option)
contract_attribute("tenor", Contract.tenor_text, kind=TenorKind())
declare(ContractAttribute("instrument", TextKind(), lambda each: each.instrument.name, _instrument_name))
declare(ContractAttribute("market", TextKind(), lambda each: each.instrument.market.name, _market_name))
declare(ContractAttribute("option_kind", _OptionKinds(OptionKind), _of_option, _option_kind))


def is_there(_columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """The test that any value passes."""
    return true()
