"""A mixed book of many contracts, an application's own among them, and random filters to choose from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import Enum
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Enum as EnumColumn
from sqlalchemy import String, type_coerce
from sqlalchemy.orm import Mapped, mapped_column
from typing_extensions import Unpack

from analysis_patterns.patterns import Money, Quantity, identity_of, quantity_columns
from analysis_patterns.trading import (
    BarrierEffect,
    BarrierSide,
    Contract,
    ContractFilter,
    Direction,
    ExerciseStyle,
    PartyRole,
    Product,
    contract_attribute,
    hard_coded_filter,
)
from analysis_patterns.trading.contract.terms import Terms
from analysis_patterns.trading.portfolio import (
    ATTRIBUTES,
    AllOf,
    Among,
    AnyOf,
    Compare,
    Everything,
    HardCoded,
    InRole,
    Missing,
    Not,
    OfKind,
    Within,
)
from analysis_patterns.trading.portfolio.value_kind import ORDERING

from ..trades import Desk

FIRST = date(1997, 1, 1)
KINDS = ("option", "barrier option", "contract", "graded contract")
OPERATORS = ("=", "<>", *ORDERING)


class Grade(Enum):
    """How good what is delivered has to be."""

    FINE = "fine"
    COMMON = "common"


class GradedContract(Contract, init=False):
    """An application's own contract: with a grade, a number of lots and a tolerance, where known."""

    __tablename__ = "app_graded_contract"
    __mapper_args__ = {"polymorphic_identity": "graded contract"}

    id: Mapped[UUID] = identity_of(Contract)
    grade: Mapped[Grade] = mapped_column(EnumColumn(Grade, native_enum=False))
    lots: Mapped[int | None]
    tolerance: Mapped[Quantity | None] = quantity_columns("tolerance", nullable=True)

    def __init__(
        self,
        *,
        grade: Grade,
        lots: int | None = None,
        tolerance: Quantity | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(**terms)
        self.grade = grade
        self.lots = lots
        self.tolerance = tolerance


class MarkedContract(GradedContract, init=False):
    """One of them without a table of its own: with a mark, where it has one."""

    __mapper_args__ = {"polymorphic_identity": "marked contract"}

    mark: Mapped[str | None] = mapped_column(init=False)


contract_attribute("grade", GradedContract.grade)
contract_attribute("lots", GradedContract.lots)
contract_attribute("tolerance", GradedContract.tolerance, owner=GradedContract)
contract_attribute("mark", MarkedContract.mark)

ROUND_LOTS: HardCoded = hard_coded_filter(
    "round lots",
    is_included=lambda contract: contract.amount.amount % 1000 == 0,
    located=lambda rows: type_coerce(rows.c.amount_number, String).like("%000"),
)
UNHEARD: HardCoded = hard_coded_filter(
    "tenor ends in M",
    is_included=lambda contract: contract.tenor is not None and str(contract.tenor).endswith("M"),
    located=lambda rows: rows.c.tenor_text.like("%M"),
)


class MixedBook:
    """
    Many contracts of every kind, each with something left out somewhere.

    Shape:  `size` of them, the same for the same seed.
    """

    def __init__(self, size: int, seed: int = 92) -> None:
        self.desk = Desk()
        self.random = Random(seed)
        self.contracts: list[Contract] = [self._contract(n) for n in range(size)]

    @property
    def all(self) -> list[Any]:
        """What a session has to be given for the contracts to be stored with it."""
        return [*self.desk.all, *self.contracts]

    def _contract(self, n: int) -> Contract:
        random, desk = self.random, self.desk
        long, short = random.sample([desk.house, desk.other_book, desk.megabank, desk.client], 2)
        instrument = random.choice([desk.acm, desk.coffee, desk.yen])
        terms: dict[str, Any] = {
            "instrument": instrument,
            "long": long,
            "short": short,
            "amount": random.choice([1, 2, 5, 10]) * 10 ** random.randrange(4),
            "price": random.choice(["28", "29.5", "30", "30.0", "31.25", "100", "0.25"]),
            "traded": FIRST + timedelta(days=random.randrange(100)),
            "direction": random.choice(list(Direction)),
        }
        if random.random() < 0.2:
            terms["product"] = Product(buyer=short, seller=long)
        kind = n % 5
        if kind in {3, 4}:
            terms |= self._option_terms(terms["traded"])
            if kind == 3:
                return self.desk.option(**terms)
            side = random.choice(list(BarrierSide))
            barrier, reference = (95, 90) if side is BarrierSide.UP else (85, 90)
            effect = random.choice(list(BarrierEffect))
            return self.desk.barrier(**terms, side=side, effect=effect, barrier=barrier, reference=reference)
        terms["tenor"] = random.choice([None, "1M", "2M", "1Y", "10D"])
        if kind == 0:
            return self.desk.contract(**terms)
        if kind == 1:
            marked = MarkedContract(grade=Grade.COMMON, **terms)
            marked.mark = random.choice([None, "red", "green"])
            return marked
        lots, tolerance = random.choice([None, 1, 2, 3, 10]), random.choice([None, "5 %", "1 kg", "0.001 t"])
        return GradedContract(
            grade=random.choice(list(Grade)),
            lots=lots,
            tolerance=None if tolerance is None else Quantity.parse(tolerance),
            **terms,
        )

    def _option_terms(self, traded: date) -> dict[str, Any]:
        random = self.random
        premium = random.choice([None, Money("12.50", "USD"), Money(1500, "JPY"), Money(100, "USD")])
        return {
            "expiration": traded + timedelta(days=random.randrange(1, 100)),
            "option_direction": random.choice(list(Direction)),
            "style": random.choice(list(ExerciseStyle)),
            "premium": premium,
            "premium_paid": None if premium is None or random.random() < 0.5 else traded + timedelta(days=2),
        }


class FilterMaker:
    """
    Makes random filters whose values are such as the contracts of a book have, or close by.

    Shape:  the same for the same seed.
    """

    def __init__(self, book: MixedBook, seed: int) -> None:
        self.random = Random(seed)
        self.names = [each.name for each in book.desk.all[:4]]
        self.keys = [each.id for each in book.desk.all[:4]]
        self.values = {
            name: sorted(
                {each.kind.write(value) for one in book.contracts if (value := each.read(one)) is not None}
            )
            for name, each in ATTRIBUTES.items()
        }
        self.values = {name: values for name, values in self.values.items() if values}
        self.values["amount"] += ["2000 g", "0.5 t", "1 kg", "7 JPY", "3 m"]
        self.values["price"] += ["0.03 USD/g", "3 m", "29.5 USD/{share}"]
        self.values["tolerance"] += ["0.001 t", "1000 g", "0.05 1"]
        self.values["premium"] += ["100.01 USD", "0 EUR"]
        self.values["lots"] += ["0", "-5", "100000000"]
        self.values["instrument"].append("unheard of")

    def filter(self, depth: int) -> ContractFilter:
        """A filter that is nested at most so deep."""
        random = self.random
        if depth <= 1 or random.random() < 0.2:
            return self.condition()
        how = random.randrange(5)
        if how == 0:
            return Not(of=self.filter(depth - 1))  # type: ignore[arg-type]
        parts = tuple(self.filter(depth - 1) for _ in range(random.randrange(1, 4)))
        return AllOf(of=parts) if how in {1, 2} else AnyOf(of=parts)  # type: ignore[arg-type]

    def condition(self) -> ContractFilter:
        """A single condition."""
        makers: list[Callable[[], ContractFilter]] = [
            *[self._compare] * 6, *[self._within] * 2, *[self._among] * 2, self._missing, self._role,
            lambda: OfKind(kind=self.random.choice(KINDS)),
            lambda: self.random.choice([ROUND_LOTS, UNHEARD, Everything()]),
        ]  # fmt: skip
        return self.random.choice(makers)()

    def _compare(self) -> ContractFilter:
        name, operator = self._attribute(), self.random.choice(OPERATORS)
        if not ATTRIBUTES[name].kind.is_ordered and operator in ORDERING:
            operator = "<>"
        return Compare.stating(attribute=name, operator=operator, value=self.random.choice(self.values[name]))

    def _within(self) -> ContractFilter:
        name = self.random.choice([each for each in self.values if ATTRIBUTES[each].kind.is_ordered])
        kind = ATTRIBUTES[name].kind
        readings = {each: kind.reading(kind.read(each)) for each in self.values[name]}
        first = self.random.choice(self.values[name])
        scale = [each for each in readings if readings[each].scale == readings[first].scale]
        lower, upper = sorted((first, self.random.choice(scale)), key=lambda each: readings[each].position)
        included = {f"{end}_included": self.random.random() < 0.5 for end in ("lower", "upper")}
        return Within.stating(attribute=name, lower=lower, upper=upper, **included)

    def _among(self) -> ContractFilter:
        name = self._attribute()
        values = tuple(self.random.choices(self.values[name], k=self.random.randrange(1, 4)))
        return Among.stating(attribute=name, values=values)

    def _missing(self) -> ContractFilter:
        return Missing(attribute=self._attribute())

    def _role(self) -> ContractFilter:
        random = self.random
        names = tuple(random.sample(self.names, random.randrange(2)))
        keys = tuple(random.sample(self.keys, random.randrange(0 if names else 1, 3)))
        return InRole(role=random.choice(list(PartyRole)), names=names, keys=keys)

    def _attribute(self) -> str:
        return self.random.choice(sorted(self.values))


def conditions(filter: ContractFilter) -> Iterator[ContractFilter]:
    """The single conditions of a filter."""
    return (each for each in filter.walk() if not each.parts)
