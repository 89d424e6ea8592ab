"""What an import keeps beside the ledger, so that an export gives it back: lots, prices, remarks (6.1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, rule
from ...patterns.document import Document
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import Instant
from ...patterns.persistence.version import never_truncated
from .._stored_document import StoredDocument
from ..account.ledger import Ledger

AS_IMPORTED = rule(
    "books.as-imported",
    pattern="6.1",
    says="What an import keeps beside its ledger stays as it was written.",
    layers=DATABASES,
)


class KeptLot(Document):
    """What each unit of a lot cost, when it was acquired, and its label."""

    cost: str
    commodity: str
    acquired: str
    label: str | None = None


class KeptLeg(Document):
    """
    What was written of a leg, and an entry does not hold.

    Shape:  `n` is the number of the entry; None for a leg of zero, which stands for itself, `account` and
            all. `number` is the figure, where it was written otherwise than to the step of its unit.
    """

    n: int | None = None
    account: str | None = None
    commodity: str | None = None
    number: str | None = None
    flag: str | None = None
    lot: KeptLot | None = None
    price: str | None = None
    price_in: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


class KeptTransaction(Document):
    """
    What was written of a transaction.

    Shape:  entries that none of the `legs` speaks of are trading legs, which the import added. Values of
            the metadata stand in Beancount's notation.
    """

    flag: str = "*"
    payee: str | None = None
    narration: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    legs: tuple[KeptLeg, ...] = ()
    is_padding: bool = False


class Imported(Document):
    """
    How much was taken over.

    Shape:  how many directives of each kind, by the word for it; what was skipped and where it stood; how
            many trading legs were added; how many figures without an end were rounded to the ledger's step.
    """

    options: tuple[tuple[str, str], ...] = ()
    counts: dict[str, int] = {}
    skipped: tuple[str, ...] = ()
    added: int = 0
    rounded: int = 0


class _StoredImported(StoredDocument):
    document = Imported
    cache_ok = True


class _StoredTransaction(StoredDocument):
    document = KeptTransaction
    cache_ok = True


class BooksImport(Base, init=False):
    """
    The record that a ledger was made from books of another tool.

    Shape:  one for a ledger at most; what was read (`source`), when, and how much of it.
    Source: not in the book.
    """

    __tablename__ = "accounting_books_import"
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), primary_key=True)
    source: Mapped[str] = mapped_column(String(500))
    imported: Mapped[datetime] = mapped_column(Instant)
    document: Mapped[Imported] = mapped_column(_StoredImported, info={"figure": False})
    ledger: Mapped[Ledger] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"import of {self.source}"


class BooksDirective(Base, init=False):
    """
    A directive that moves nothing, such as a price, as the books have it.

    Shape:  the `n`th of its ledger's books; `text` is in Beancount's notation.
    Source: not in the book.
    """

    __tablename__ = "accounting_books_directive"
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    ledger: Mapped[Ledger] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.day}"


class BooksTransaction(Base, init=False):
    """
    What the books say of a transaction, and the ledger does not hold: its lots, prices, tags and links.

    Shape:  at most one for a transaction; the `n`th directive of its ledger's books.
    Source: not in the book.
    """

    __tablename__ = "accounting_books_transaction"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ledger_id", "transaction_id"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id"],
            name="fk_accounting_books_transaction_transaction",
        ),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    ledger_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    document: Mapped[KeptTransaction] = mapped_column(_StoredTransaction, info={"figure": False})

    def __str__(self) -> str:
        return f"what was written of transaction {self.n}"


def _keep(table: Table) -> None:
    for event in ("UPDATE", "DELETE"):
        guard(
            table,
            refuse_when(
                AS_IMPORTED,
                table.name,
                event,
                lambda _row: "1 = 1",
                because="what was imported would be changed",
            ),
        )
    guard(table, never_truncated(table.name, AS_IMPORTED))


for _kept in (BooksImport, BooksDirective, BooksTransaction):
    _keep(_kept.__table__)  # type: ignore[arg-type]
