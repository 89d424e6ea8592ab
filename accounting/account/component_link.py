"""What a summary account was made up of, as known at any instant (6.3, 15.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, exists, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, one_at_a_time, refuse_when
from ...patterns.persistence.link import Links, keep_links
from ...patterns.persistence.seek import seek, unindexed
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Believed, believed_table_args
from ...patterns.time.instant import UNTIL_CHANGED
from ._known import as_instant
from .account import Account
from .ledger import Ledger
from .summary import SummaryAccount, component

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

_TABLE = "accounting_component_link"

LINK_KNOWN = rule(
    "summary-account.link-known",
    pattern="6.3",
    says="A summary account has the components that it is believed to have: none without a link in its "
    "history, none whose link is closed.",
    layers=DATABASES,
)
LINK_SETTLED = rule(
    "summary-account.link-settled",
    pattern="6.3",
    says="Components come and go after the instant up to which their ledger is settled, so that a report as "
    "known then can be told again.",
    layers=DATABASES,
)


class ComponentLink(Believed, Base, init=False):
    """
    That an account is a component of a summary account, from when until when that was known.

    Shape:  one summary account and one component, of the same ledger. A session writes it whenever
            `components` or `summaries` change. It has no days: whatever day is asked about, an account
            lies where it was known to lie at the instant that is asked about.
    Source: Analysis Patterns 6.3 and 15.3; that a summary's past can be told again is ours.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        *(
            # The accounts may be written after their link, in the same flush.
            ForeignKeyConstraint(
                ["ledger_id", f"{end}_id"],
                ["accounting_account.ledger_id", "accounting_account.id"],
                name=f"fk_{_TABLE}_{end}",
                deferrable=True,
                initially="DEFERRED",
            )
            for end in ("summary", "component")
        ),
        # Without the ledger, by which SQLite would filter all links of it before it climbs.
        Index(f"ix_{_TABLE}_below", "summary_id", "known_to"),
        Index(f"ix_{_TABLE}_above", "component_id", "known_to"),
        Index(f"ix_{_TABLE}_known_from", "ledger_id", "known_from"),
        Index(f"ix_{_TABLE}_known_to", "ledger_id", "known_to"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.3"

    ledger_id: Mapped[UUID] = mapped_column(init=False)
    summary_id: Mapped[UUID] = mapped_column(init=False)
    component_id: Mapped[UUID] = mapped_column(init=False)
    summary: Mapped[SummaryAccount] = relationship(
        primaryjoin=lambda: SummaryAccount.id == ComponentLink.summary_id,
        foreign_keys=lambda: ComponentLink.summary_id,
        viewonly=True,
    )
    component: Mapped[Account] = relationship(
        primaryjoin=lambda: Account.id == ComponentLink.component_id,
        foreign_keys=lambda: ComponentLink.component_id,
        viewonly=True,
    )

    def __init__(self, *, summary: SummaryAccount, component: Account) -> None:
        self._begin_belief()
        self.ledger_id = summary.ledger_id or summary.ledger.id
        self.summary_id = summary.id
        self.component_id = component.id

    def __str__(self) -> str:
        return f"{self.component} below {self.summary}"


def changed_since(session: Session, ledger: UUID, known_at: datetime) -> bool:
    """Whether any summary account of a ledger is known by now to be made up otherwise than at an instant."""
    link = ComponentLink
    changed = or_(
        exists().where(link.ledger_id == ledger, link.known_from > known_at),
        exists().where(link.ledger_id == ledger, link.known_to > known_at, link.known_to < UNTIL_CHANGED),
    )
    return session.scalar(select(changed)) is True


def lying_below(ledger: Any, known_at: Any, *tops: ColumnElement[bool]) -> AnySelect:
    """
    The keys of some accounts of a ledger, and of all that lay below them as known at an instant.

    Shape:  `tops` is what is true of an `Account` to begin with; each key once.
    """
    account = Account.__table__
    below = (
        select(account.c.id.label("account_id"))
        .where(account.c.ledger_id == ledger, *tops)
        .cte(recursive=True)
    )
    link = aliased(ComponentLink)
    further = select(link.component_id).where(
        unindexed(link.ledger_id) == ledger,
        seek(link.summary_id, below.c.account_id),
        link.known_from <= known_at,
        link.known_to > known_at,
    )
    below = below.union(further)
    return select(below.c.account_id)


def lying_above(ledger: UUID, known_at: datetime, account: UUID) -> AnySelect:
    """The keys of an account, and of all that it lay below as known at an instant."""
    own = Account.__table__
    above = select(own.c.id.label("account_id")).where(own.c.id == account).cte(recursive=True)
    link = aliased(ComponentLink)
    further = select(link.summary_id).where(
        unindexed(link.ledger_id) == ledger,
        seek(link.component_id, above.c.account_id),
        link.known_from <= known_at,
        link.known_to > known_at,
    )
    above = above.union(further)
    return select(above.c.account_id)


BELOW_AS_KNOWN = f"""
WITH RECURSIVE below(account_id) AS (
    SELECT a.id FROM accounting_account a WHERE a.ledger_id = :ledger AND a.id = :account
    UNION
    SELECT k.component_id FROM below b CROSS JOIN {_TABLE} k WHERE <unindexed>k.ledger_id = :ledger
    AND <joins k.summary_id b.account_id> AND k.known_from <= :known_at AND k.known_to > :known_at
) SELECT account_id FROM below
"""
"""SQL, to be spelled for a dialect, of what lay below an `:account` of a `:ledger` `:known_at` an instant."""

ALL_BELOW_AS_KNOWN = f"""
WITH RECURSIVE below(summary_id, component_id) AS (
    SELECT k.summary_id, k.component_id FROM {_TABLE} k WHERE k.ledger_id = :ledger
    AND k.known_from <= :known_at AND k.known_to > :known_at
    UNION
    SELECT b.summary_id, k.component_id FROM below b CROSS JOIN {_TABLE} k
    WHERE <unindexed>k.ledger_id = :ledger
    AND <joins k.summary_id b.component_id> AND k.known_from <= :known_at AND k.known_to > :known_at
) SELECT summary_id, component_id FROM below
"""
"""The same of all summary accounts of a ledger: which, and what lay below it."""


def _after_settling(session: Session, accounts: Iterable[Any]) -> None:
    """What changes from here on is known after the barrier of its ledger, which stays until all is over."""
    for ledger in sorted({each.ledger_id or each.ledger.id for each in accounts}):
        held = select(Ledger.barrier).where(Ledger.id == ledger).with_for_update(key_share=True)
        barrier = session.scalar(held)
        session.recorded_after(None if barrier is None else as_instant(barrier))


def _is_settled(row: str, column: str) -> str:
    return f"{row}.{column} <= (SELECT l.barrier FROM accounting_ledger l WHERE l.id = {row}.ledger_id)"


keep_links(
    Links(
        history=ComponentLink,
        whole="summary",
        part="component",
        now=component,
        directions=((SummaryAccount, "components"), (Account, "summaries")),
        rule=LINK_KNOWN,
        settle=_after_settling,
    )
)
guard(
    ComponentLink.__table__,  # type: ignore[arg-type]
    # Whoever closes or settles a ledger waits for the links under way, raw SQL too.
    one_at_a_time(
        _TABLE, "1 FROM accounting_ledger l WHERE l.id = NEW.ledger_id FOR NO KEY UPDATE", "INSERT OR UPDATE"
    ),
    refuse_when(
        LINK_SETTLED, _TABLE, "INSERT", lambda row: _is_settled(row, "known_from"),
        because="a component put in when its ledger was settled already",
    ),
    refuse_when(
        LINK_SETTLED, _TABLE, "UPDATE", lambda row: _is_settled(row, "known_to"),
        because="a component taken out when its ledger was settled already", of="known_to",
    ),
)  # fmt: skip
