"""What the database itself keeps of ledgers and accounts, so that no entry loses what it is in (6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from sqlalchemy import Table

from ...patterns.constraint import DATABASES, Rule, rule
from ...patterns.persistence.guard import Guard, guard, refuse_when
from ...patterns.persistence.version import never_truncated
from ..account.account import TYPE_FIXED, UNIQUE_NAME, Account
from ..account.ledger import UNIQUE_NAME as UNIQUE_LEDGER
from ..account.ledger import UNIT, UNIT_FIXED, Ledger, LedgerUnit
from ..account.summary import closure
from ..goods.holding import UNIQUE as UNIQUE_HOLDING
from ..posting.checkpoint import checkpoint_block, checkpoint_leaf

FIXED = rule(
    "account.fixed",
    pattern="6.1",
    says="An account stays in its ledger, of its kind, with its key, its unit and whether it is a memo, "
    "or its entries would say something else.",
    layers=DATABASES,
)
IN_USE = rule(
    "account.in-use",
    pattern="6.1",
    says="An account is deleted only while it has no entries, and is and was part of nothing.",
    layers=DATABASES,
)
LEDGER_IN_USE = rule(
    "ledger.in-use",
    pattern="6.1",
    says="A ledger is deleted only while there is nothing in it, and a unit while nothing is counted in it.",
    layers=DATABASES,
)
CLOSURE = rule(
    "summary-account.closure",
    pattern="6.3",
    says="Which accounts lie below which, however far down, is kept as their components say.",
    layers=DATABASES,
)
SUMMED = rule(
    "checkpoint.as-entries",
    pattern="6.1",
    says="What is summed ahead is what the entries come to: it is made anew, never changed.",
    layers=DATABASES,
)


_IN_ACCOUNT = {
    "accounting_entry": ("account_id",),
    "accounting_component": ("summary_id", "component_id"),
    "accounting_component_link": ("summary_id", "component_id"),
    "accounting_balance_limit": ("account_id",),
    "accounting_checkpoint_leaf": ("account_id",),
    "accounting_firing_account": ("account_id",),
    "accounting_share": ("account_id", "totalled_id"),
}
"""What refers to an account in its ledger, and by which columns."""

_IN_LEDGER = (
    "accounting_account",
    "accounting_event",
    "accounting_ledger_unit",
    "accounting_period_close",
    "accounting_practice_assignment",
    "accounting_reconsideration",
    "accounting_transaction",
)
"""What refers to a ledger."""


def _account_in_use(row: str) -> str:
    found = [
        f"EXISTS (SELECT 1 FROM {table} r WHERE r.ledger_id = {row}.ledger_id AND r.{column} = {row}.id)"
        for table, columns in _IN_ACCOUNT.items()
        for column in columns
    ]
    found.append(f"EXISTS (SELECT 1 FROM accounting_corresponding r WHERE r.account_id = {row}.id)")
    return " OR ".join(found)


def _ledger_in_use(row: str) -> str:
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} r WHERE r.ledger_id = {row}.id)" for table in _IN_LEDGER
    )


def _unit_in_use(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM accounting_account r WHERE r.ledger_id = {row}.ledger_id "
        f"AND r.unit_code = {row}.code)"
    )


def _turned_into_another(_row: str) -> str:
    # What becomes an account of another sort, or another holding, is refused as that.
    plain = " AND ".join(f'{row}."filter" IS NULL AND {row}.overlapping IS NULL' for row in ("OLD", "NEW"))
    counted = f"{_changed('unit_code')} AND OLD.goods_id IS NULL AND {plain}"
    return f"{_changed('id', 'ledger_id', 'kind', 'memo')} OR ({counted})"


def _changed(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} <distinct> OLD.{column}" for column in columns)


_Unique = tuple[Rule, tuple[str, ...]]
"""What is unique of a row, and the rule that says so."""


def _never_replaced(
    table: Table, rule: Rule, *fixed: _Unique, changing: Iterable[_Unique] = ()
) -> Iterator[Guard]:
    """
    Keep SQLite's OR REPLACE from putting a row in the place of another.

    It fires no trigger on delete where a client left recursive_triggers off, and replaces by whatever is
    unique: the number of a row as well, which is -1 here unless a client chose one.
    """
    name, because = table.name, "a row in the place of another"
    for broken, columns in (*fixed, *changing):
        stands = f"EXISTS (SELECT 1 FROM {name} o WHERE {_same(columns, 'NEW')})"
        yield refuse_when(broken, name, "INSERT", partial(_as_is, stands), because=because)
    for broken, columns in changing:
        itself = _same([each.name for each in table.primary_key], "OLD")
        another = f"EXISTS (SELECT 1 FROM {name} o WHERE {_same(columns, 'NEW')} AND NOT ({itself}))"
        yield refuse_when(broken, name, "UPDATE", partial(_as_is, another), because=because)
    number = "a number chosen for the row itself"
    yield _renamed(
        refuse_when(rule, name, "INSERT", lambda _row: "NEW.rowid <> -1", because=number), f"{name}_numbered"
    )
    yield _renamed(
        refuse_when(rule, name, "UPDATE", lambda _row: "NEW.rowid <> OLD.rowid", because=number),
        f"{name}_renumbered",
    )


def _as_is(condition: str, _row: str) -> str:
    return condition


def _same(columns: Iterable[str], row: str) -> str:
    return " AND ".join(f"o.{column} = {row}.{column}" for column in columns)


def _renamed(made: Guard, name: str) -> Guard:
    return replace(made, name=name, sqlite=tuple(sql.replace(made.name, name) for sql in made.sqlite))


def _in_sqlite(guards: Iterable[Guard]) -> Iterator[Guard]:
    for each in guards:
        yield replace(each, postgresql=())


def _table(entity: type[Ledger | LedgerUnit | Account]) -> Table:
    table: Table = entity.__table__  # type: ignore[assignment]
    return table


def _needed(row: str) -> str:
    """Whether a kept leaf is made up of a block, among others."""
    return (
        "EXISTS (SELECT 1 FROM accounting_checkpoint_leaf l "
        f"WHERE l.ledger_id = {row}.ledger_id AND l.account_id = {row}.account_id AND l.kept = TRUE "
        f"AND l.number >= ({row}.position + 1) << {row}.level "
        f"AND l.number < ({row}.position + 2) << {row}.level AND {row}.position % 2 = 0)"
    )


_account, _ledger, _unit = _table(Account), _table(Ledger), _table(LedgerUnit)

guard(
    _account,
    refuse_when(
        FIXED, _account.name, "UPDATE", _turned_into_another,
        because="an account turned into another",
    ),
    refuse_when(
        TYPE_FIXED, _account.name, "UPDATE", lambda _row: _changed("type_id", "subject_id"),
        because="an account of another type, or about another subject",
    ),
    refuse_when(IN_USE, _account.name, "DELETE", _account_in_use, because="an account in use deleted"),
    *_in_sqlite(_never_replaced(
        _account, FIXED, (FIXED, ("id",)),
        (UNIQUE_HOLDING, ("ledger_id", "goods_id", "place_id", "ordered")),
        changing=[(UNIQUE_NAME, ("ledger_id", "name"))],
    )),
)  # fmt: skip
guard(
    _ledger,
    refuse_when(
        LEDGER_IN_USE, _ledger.name, "UPDATE", lambda _row: _changed("id"),
        because="a ledger under another key",
    ),
    refuse_when(LEDGER_IN_USE, _ledger.name, "DELETE", _ledger_in_use, because="a ledger in use deleted"),
    *_in_sqlite(_never_replaced(
        _ledger, LEDGER_IN_USE, (LEDGER_IN_USE, ("id",)), changing=[(UNIQUE_LEDGER, ("name",))],
    )),
)  # fmt: skip
guard(
    _unit,
    refuse_when(LEDGER_IN_USE, _unit.name, "DELETE", _unit_in_use, because="a unit in use deleted"),
    *_in_sqlite(_never_replaced(_unit, UNIT_FIXED, (UNIT, ("ledger_id", "code")))),
)
guard(
    closure,
    refuse_when(CLOSURE, closure.name, "UPDATE", lambda _row: "1 = 1", because="what is kept rewritten"),
    never_truncated(closure.name, CLOSURE),
)
guard(
    checkpoint_block,
    refuse_when(SUMMED, checkpoint_block.name, "UPDATE", lambda _row: "1 = 1", because="a sum rewritten"),
    refuse_when(SUMMED, checkpoint_block.name, "DELETE", _needed, because="a sum that is needed deleted"),
    never_truncated(checkpoint_block.name, SUMMED),
)
guard(
    checkpoint_leaf,
    refuse_when(
        SUMMED, checkpoint_leaf.name, "UPDATE",
        lambda _row: _changed("ledger_id", "account_id", "number", "until"),
        because="a leaf that would end elsewhere",
    ),
)  # fmt: skip
