"""Accounts of goods at places: holdings, and transfers between them (6.14 Specialized Account Model)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import BUILT, DATABASES, rule
from ...patterns.persistence.guard import Guard, guard, refuse_when, trigger
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import session_of
from ...patterns.time.period import Period
from ...patterns.values.quantity import Quantity
from ..account.account import Account, DetailAccount
from ..account.account_type import AccountType
from ..account.ledger import Ledger
from ..choosing.balance import entries
from ..posting.draft import Draft
from ..posting.entry import Entry
from ..posting.transaction import Transaction
from .goods import KindOfGoods, Place

ONE_KIND = rule(
    "transfer.one-kind",
    pattern="6.14",
    says="What moves between holdings is of one kind: coffee never becomes tea on the way.",
    layers=BUILT | DATABASES,
)
WHOLE = rule(
    "holding.kind-and-place",
    pattern="6.14",
    says="A holding is of one kind of goods at one place, for good, and counts in the unit of its kind.",
    layers=DATABASES,
)
UNIQUE = rule(
    "holding.unique",
    pattern="6.14",
    says="A ledger has one holding of each kind at each place, and one more for what is ordered.",
    layers=DATABASES,
    guards=(
        "uq_accounting_account_holding",
        "accounting_account.ledger_id, accounting_account.goods_id, "
        "accounting_account.place_id, accounting_account.ordered",
    ),
)


class Holding(DetailAccount, init=False):
    """
    An account of one kind of goods at one place.

    Shape:  one kind, one place; actual, for goods that are there, or `ordered`, for goods that shall come.
            What arrives moves from the ordered holding to the actual one of the place.
    Units:  that of the kind.
    Errors: `ConstraintViolation` (`ledger.unit`) where the ledger does not count in the unit of the kind.
    Source: Analysis Patterns 6.14, figures 6.31 and 6.32.
    """

    __pattern__ = "6.14"
    __mapper_args__ = {"polymorphic_identity": "holding"}

    goods_id: Mapped[UUID | None] = mapped_column(ForeignKey(KindOfGoods.id))
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey(Place.id))
    ordered: Mapped[bool | None] = mapped_column(Boolean)
    goods: Mapped[KindOfGoods] = relationship(info={"multiplicity": "1"})
    place: Mapped[Place] = relationship(foreign_keys=[place_id], info={"multiplicity": "1"})

    def __init__(
        self,
        *,
        ledger: Ledger,
        goods: KindOfGoods,
        place: Place,
        ordered: bool = False,
        name: str | None = None,
        type: AccountType | None = None,
        subject: Referable | None = None,
        classifier: Party | None = None,
        owner: Party | None = None,
    ) -> None:
        super().__init__(
            ledger=ledger,
            name=name or f"{goods} {'ordered for' if ordered else 'in'} {place}",
            unit=goods.unit,
            type=type,
            subject=subject,
            classifier=classifier,
            owner=owner,
        )
        self.goods = goods
        self.place = place
        self.ordered = ordered

    def inventory(
        self,
        *,
        period: Period | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> list[InventoryEntry]:
        """What came and went, in the order it did; the two times as in `entries`."""
        found = entries(self, period=period, as_of=as_of, known_at=known_at)
        return [InventoryEntry(each, self) for each in found]


@dataclass(frozen=True, slots=True)
class InventoryEntry:
    """
    An entry in a holding, seen as goods that came or went.

    Source: Analysis Patterns 6.14: the kind of an entry is that of its holding.
    """

    entry: Entry
    holding: Holding

    @property
    def goods(self) -> KindOfGoods:
        """The kind of goods that moved."""
        return self.holding.goods

    @property
    def place(self) -> Place:
        """Where they came or went."""
        return self.holding.place

    @property
    def amount(self) -> Quantity:
        """How much: positive for what came, negative for what went."""
        return self.entry.amount


class Transfer(Draft):
    """
    Goods of one kind moved from one holding to another.

    Shape:  two legs. What is shared out among several places is several transfers, or a `Draft` with as
            many legs: the database holds that to one kind as well.
    Errors: `ConstraintViolation` (`transfer.one-kind`) for holdings of two kinds, and what `Leg` refuses.
    Source: Analysis Patterns 6.14.
    """

    __slots__ = ()

    def __init__(
        self,
        amount: Quantity,
        *,
        source: Holding,
        destination: Holding,
        charged: date,
        key: str | None = None,
        description: str = "",
    ) -> None:
        if source.goods is not destination.goods:
            raise ONE_KIND.violation(
                source,
                destination,
                found=f"{source.goods} from {source} to {destination}, which holds {destination.goods}",
                allowed="holdings of one kind of goods",
                remedy=f"Name the holding of {source.goods} at {destination.place}.",
            )
        moved = Draft.transfer(amount, source=source, destination=destination, charged=charged)
        super().__init__(*moved.legs, key=key, description=description)


@dataclass(frozen=True, slots=True)
class Stock:
    """
    How much of a kind of goods there is at a place, beside what was ordered for it.

    Units:  that of the kind.
    Source: Analysis Patterns 6.14, ordered and actual holdings.
    """

    actual: Quantity
    ordered: Quantity

    @property
    def expected(self) -> Quantity:
        """How much there will be once all that was ordered has come."""
        return self.actual + self.ordered


def stock(
    ledger: Ledger,
    *,
    goods: KindOfGoods,
    place: Place,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Stock:
    """
    What is at a place and what is ordered for it, where it has no holding nothing.

    Errors: `ConstraintViolation` (`ledger.unit`) where the ledger does not count in the unit of the kind.
    """
    nothing = ledger.unit(goods.unit).quantity(0)
    question = select(Holding).where(
        Holding.ledger_id == ledger.id, Holding.goods_id == goods.id, Holding.place_id == place.id
    )
    found = {
        bool(each.ordered): each.balance(as_of=as_of, known_at=known_at)
        for each in session_of(ledger).scalars(question)
    }
    return Stock(actual=found.get(False, nothing), ordered=found.get(True, nothing))


_table = Account.__table__
# It also tells by one seek that a ledger has no holdings, whose transactions need no second look.
Index(
    "uq_accounting_account_holding",
    _table.c.ledger_id,
    _table.c.goods_id,
    _table.c.place_id,
    _table.c.ordered,
    unique=True,
    sqlite_where=_table.c.goods_id.is_not(None),
    postgresql_where=_table.c.goods_id.is_not(None),
)


def _is_not_whole(row: str) -> str:
    return (
        f"({row}.goods_id IS NULL) <> ({row}.place_id IS NULL) "
        f"OR ({row}.goods_id IS NULL) <> ({row}.ordered IS NULL) "
        f"OR EXISTS (SELECT 1 FROM accounting_kind_of_goods k WHERE k.id = {row}.goods_id "
        f"AND k.unit <distinct> {row}.unit_code)"
    )


def _becomes_another(row: str) -> str:
    changes = " OR ".join(f"NEW.{each} <distinct> OLD.{each}" for each in ("goods_id", "place_id", "ordered"))
    return f"{changes} OR {_is_not_whole(row)}"


_HELD = "accounting_account a WHERE a.goods_id IS NOT NULL AND a.ledger_id"
_KINDS = """SELECT count(DISTINCT a.goods_id) FROM accounting_entry e JOIN accounting_account a
    ON a.ledger_id = e.ledger_id AND a.id = e.account_id
    WHERE e.ledger_id = {row}.ledger_id AND e.transaction_id = {row}.id"""


def _moves_one_kind() -> Guard:
    """Per transaction in SQLite, per statement in PostgreSQL."""
    named = refuse_when(
        ONE_KIND,
        Transaction.__tablename__,
        "INSERT",
        lambda row: f"EXISTS (SELECT 1 FROM {_HELD} = {row}.ledger_id) AND ({_KINDS.format(row=row)}) > 1",
        because="goods of two kinds in one transaction",
    )
    body = (
        f"IF EXISTS (SELECT 1 FROM {_HELD} IN (SELECT t.ledger_id FROM added t)) "
        f"AND EXISTS (SELECT 1 FROM added t WHERE ({_KINDS.format(row='t')}) > 1) "
        f"THEN RAISE EXCEPTION 'rule {ONE_KIND.name}: goods of two kinds in one transaction' "
        "USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
    )
    when = f"AFTER INSERT ON {named.table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
    return Guard(named.name, named.table, named.sqlite, trigger(named.name, when, body))


guard(
    _table,  # type: ignore[arg-type]
    refuse_when(
        WHOLE, Account.__tablename__, "INSERT", _is_not_whole,
        because="a holding without kind or place, or in a unit that is not its kind's",
    ),
    refuse_when(
        WHOLE, Account.__tablename__, "UPDATE", _becomes_another,
        because="a holding turned into another",
    ),
)  # fmt: skip
guard(Transaction.__table__, _moves_one_kind())  # type: ignore[arg-type]

attach(
    "6.14",
    types=(Holding, KindOfGoods, Place, Transfer, InventoryEntry, Stock),
    behaviours=(stock,),
    figure="analysis_patterns.accounting.goods.holding:Holding",
    when_not="Where the business calls it an account and a transaction anyway, subtypes that only rename "
    "them add nothing. Serial numbers, each thing for itself, are no quantity: refer to the things.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Holding, KindOfGoods, Ledger, Place, Transfer, post
>>> from analysis_patterns.patterns import Quantity, create_engine, sessions
>>> from analysis_patterns.patterns.persistence.base import Base
>>> ledger = Ledger(name="coffee trade")
>>> tonnes = ledger.count_in("t", places=3)
>>> coffee = KindOfGoods(name="Santos coffee", unit="t")
>>> places = [Place(name=name) for name in ("New York", "Boston", "Washington")]
>>> new_york, boston, washington = (Holding(ledger=ledger, goods=coffee, place=place) for place in places)
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([new_york, boston, washington])
...     session.commit()
...     for destination, amount in ((boston, 2), (washington, 3)):
...         moved = Transfer(
...             Quantity(amount, "t"), source=new_york, destination=destination, charged=date(1997, 5, 1))
...         _ = post(session, moved)
...     [str(holding.balance()) for holding in (new_york, boston, washington)]
['-5.000 t', '2.000 t', '3.000 t']
""",
)
