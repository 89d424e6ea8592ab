"""Options: the right to a trade, and not the duty (10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, NotRequired
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column
from typing_extensions import Unpack

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import identity_of
from ...patterns.persistence.composites import money_columns
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import choice
from ...patterns.picture import derived
from ...patterns.time.period import require_day
from ...patterns.values import Money, Quantity
from .contract import KEPT, Contract
from .direction import OPTION_POSITIONS, Direction, OptionKind, OptionPosition
from .terms import Terms, said_wrongly, unchosen

_TABLE = "trading_option"

NOT_BEFORE_TRADE = rule(
    "option.expires-after-trade",
    pattern="10.2",
    says="An option does not expire before the day on which it was traded.",
    layers=EVERYWHERE,
)


PREMIUM = rule(
    "option.premium",
    pattern="10.2",
    says="The premium of an option is not negative, and only where there is one was it paid on a day.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_premium_paid_for",),
)


class ExerciseStyle(Enum):
    """When an option may be exercised: on the day that it expires, or on any until then."""

    EUROPEAN = "european"
    AMERICAN = "american"


class OptionTerms(Terms):
    """
    What is said of any option.

    Shape:  as `Option` takes it.
    """

    expiration: date
    option_direction: Direction
    style: NotRequired[ExerciseStyle]
    premium: NotRequired[Money | None]
    premium_paid: NotRequired[date | None]


class Option(Contract, init=False):
    """
    That one party may, and need not, make a trade with another until a day.

    Shape:  a contract, whose price is the strike and whose direction is that of the trade; the day on which
            it expires; the option direction of the primary party: long has the right, short the duty. The
            premium that was paid for the right, and when, where that is recorded.
    Units:  delivery is spot, counted from the day on which it expires.
    Errors: `ConstraintViolation`: `option.expires-after-trade`, `option.premium`, and those of `Contract`.
    Source: Analysis Patterns 10.2, figure 10.4: a call iff both directions agree. An option is a subtype of
            contract here, and no object beside one.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        CheckConstraint("option_direction IN ('long', 'short')", name="option_direction"),
        CheckConstraint(
            "(premium_minor IS NULL OR premium_minor >= 0) "
            "AND (premium_paid IS NULL OR premium_minor IS NOT NULL)",
            name="premium_paid_for",
        ),
        CheckConstraint("style IN ('european', 'american')", name="style"),
        Index(f"ix_{_TABLE}_expiration", "expiration"),
        Index(f"ix_{_TABLE}_style", "style", "expiration"),
    )
    __pattern__ = "10.2"
    __mapper_args__ = {"polymorphic_identity": "option"}

    id: Mapped[UUID] = identity_of(Contract)
    expiration: Mapped[date]
    option_direction: Mapped[Direction] = mapped_column(choice(Direction, length=5))
    style: Mapped[ExerciseStyle] = mapped_column(choice(ExerciseStyle))
    premium: Mapped[Money | None] = money_columns("premium", nullable=True)
    premium_paid: Mapped[date | None]

    def __init__(
        self,
        *,
        expiration: date,
        option_direction: Direction,
        style: ExerciseStyle = ExerciseStyle.EUROPEAN,
        premium: Money | None = None,
        premium_paid: date | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        require(said_wrongly(self, terms, Terms))
        require(unchosen(self, option_direction=(option_direction, Direction), style=(style, ExerciseStyle)))
        require(expired(self, require_day(terms["traded"]), require_day(expiration)))
        require(unpaid(self, premium, premium_paid))
        paid = None if premium_paid is None else require_day(premium_paid)
        self.option_direction = option_direction
        self._agree(terms, terms["instrument"].market.spot(expiration))
        self.tenor_text = None
        self.expiration = expiration
        self.style = style
        self.premium = premium
        self.premium_paid = paid

    def _sold_between(self, long: Party, short: Party, direction: Direction) -> tuple[Party, Party]:
        """The holder of the right bought it from the writer."""
        return (long, short) if direction is self.option_direction else (short, long)

    @property
    @derived("1")
    def position(self) -> OptionPosition:
        """What it is to the primary party: call or put, bought or sold."""
        return OPTION_POSITIONS[self.direction, self.option_direction]

    @property
    def option_kind(self) -> OptionKind:
        """Whether it is a call or a put, which it is to both parties."""
        return self.position.kind

    @property
    def strike(self) -> Quantity:
        """The price at which the trade may be made."""
        return self.price

    @property
    @derived("1")
    def holder(self) -> Party:
        """The party that has the right."""
        return self.primary if self.option_direction is Direction.LONG else self.counterparty

    @property
    @derived("1")
    def writer(self) -> Party:
        """The party that has the duty."""
        return self.counterparty if self.option_direction is Direction.LONG else self.primary

    def option_direction_for(self, party: Party) -> Direction | None:
        """Long for the holder, short for the writer, None for any other."""
        if party is self.holder:
            return Direction.LONG
        return Direction.SHORT if party is self.writer else None

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this option breaks by itself."""
        yield from super().violations()
        yield from unchosen(
            self, option_direction=(self.option_direction, Direction), style=(self.style, ExerciseStyle)
        )
        yield from expired(self, self.traded, self.expiration)
        yield from unpaid(self, self.premium, self.premium_paid)

    def __str__(self) -> str:
        return f"{self.position}: {self.amount} {self.instrument} at {self.price}, expires {self.expiration}"


def expired(option: object, traded: date, expiration: date) -> Iterator[ConstraintViolation]:
    """Whether it would expire before it was traded."""
    if expiration < traded:
        yield NOT_BEFORE_TRADE.violation(
            option,
            found=f"traded on {traded}, expiring on {expiration}",
            allowed="a day that is not before that of the trade",
            remedy="Correct the days.",
        )


def unpaid(option: object, premium: Money | None, paid: date | None) -> Iterator[ConstraintViolation]:
    """Whether what was paid for it is no premium."""
    is_money = isinstance(premium, Money)
    if (premium is None and paid is not None) or (
        premium is not None and not (is_money and premium.amount >= 0)
    ):
        yield PREMIUM.violation(
            option,
            found=f"{'no premium' if premium is None else f'a premium of {premium}'}"
            + ("" if paid is None else f", paid on {paid}"),
            allowed="a premium of nothing or more, as money; the day is that on which it was paid",
            remedy="Turn the option direction round where the other party paid.",
        )


guard(
    Option.__table__,  # type: ignore[arg-type]
    refuse_when(
        NOT_BEFORE_TRADE,
        _TABLE,
        "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM trading_contract c WHERE c.id = {row}.id AND c.traded > {row}.expiration)"
        ),
        because="an option that expires before it was traded",
    ),
)
only_added(Option, KEPT)

attach(
    "10.2",
    types=(Option, OptionPosition, OptionKind, ExerciseStyle),
    figure="analysis_patterns.trading.contract.option:Option",
    when_not="A duty on both sides is a forward contract, however far away its delivery is.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns import Organization
>>> from analysis_patterns.trading import Direction, Instrument, Market, Option
>>> acm = Instrument(name="ACM", market=Market(name="X"), amount_unit="{share}", currency="USD")
>>> bank, client = Organization(name="bank"), Organization(name="client")
>>> said = {"instrument": acm, "amount": 1000, "price": 30, "traded": date(1997, 5, 1)}
>>> put = Option(
...     **said, long=bank, short=client, direction=Direction.SHORT,
...     option_direction=Direction.LONG, expiration=date(1997, 9, 2),
... )
>>> print(put, "=", put.position.payoff)
put bought: 1000 {share} ACM at 30 USD/{share}, expires 1997-09-02 = max(K - S, 0)
>>> print(put.holder, "bought it from", put.writer)
client bought it from bank
""",
)
