"""What stands in accounts, summed from the blocks of checkpoints and the entries after them (6.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Date, bindparam, text

from ...patterns.persistence.guard import spelled
from ...patterns.persistence.seek import Question, key_of
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Instant, Key
from ..account.component_link import BELOW_AS_KNOWN

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

LEVELS = ", ".join(f"({level})" for level in range(32))
"""The levels that a block can have: 2**32 leaves are more than a database holds."""

_LAST = """(SELECT {what} FROM accounting_checkpoint_leaf k
  WHERE k.ledger_id = w.ledger_id AND k.account_id = w.account_id AND k.kept = TRUE {known}
  ORDER BY k.until DESC LIMIT 1)"""

_PARTS = """
SELECT {own} b.high AS high, b.low AS low
FROM {wanted} w CROSS JOIN accounting_checkpoint_leaf l CROSS JOIN (VALUES {levels}) v
CROSS JOIN accounting_checkpoint_block b
WHERE l.ledger_id = w.ledger_id AND l.account_id = w.account_id AND l.number = {number}
  AND (l.number >> v.column1) & 1 = 1
  AND b.ledger_id = w.ledger_id AND b.account_id = w.account_id
  AND b.level = v.column1 AND b.position = (l.number >> v.column1) - 1
  AND b.charged = (SELECT max(x.charged) FROM accounting_checkpoint_block x
    WHERE x.ledger_id = w.ledger_id AND x.account_id = w.account_id
      AND x.level = v.column1 AND x.position = (l.number >> v.column1) - 1 AND x.charged <= {day})
UNION ALL
SELECT {own} e.steps >> 32, e.steps & 4294967295
FROM {wanted} w CROSS JOIN accounting_entry e
WHERE e.ledger_id = w.ledger_id AND e.account_id = w.account_id
  AND e.booked > coalesce({until}, '0001-01-01 00:00:00') {booked} AND <aside e.charged> <= {day}
"""


def parts(*, wanted: str, day: str, known: str = "", own: str = "") -> str:
    """
    SQL, to be spelled for a dialect, of the parts of what stands in accounts: sum `high` * 2**32 + `low`.

    Shape:  `wanted` is a table of `ledger_id` and `account_id`, called `w` here; `day` and `known` are SQL
            for the two times, `known` left out for everything there is; `own` are columns of `w` to keep.
            An entry after the last leaf is found by the instant it was booked: a planner that went by the
            day, of which it knows more, would read most of a long history.
    """
    bound = f"AND k.until <= {known}" if known else ""
    return _PARTS.format(
        own=own,
        wanted=wanted,
        levels=LEVELS,
        day=day,
        number=_LAST.format(what="k.number", known=bound),
        until=_LAST.format(what="k.until", known=bound),
        booked=f"AND e.booked <= {known}" if known else "",
    )


Wanted = Mapping[str, Any]
"""The parameters of a question: a `ledger`, an `account` of it, and the times `as_of` and `known_at`."""

_OWN = "(SELECT :ledger AS ledger_id, :account AS account_id)"
_BELOW = """(SELECT c.ledger_id, c.component_id AS account_id, a.unit_code
  FROM accounting_account_closure c CROSS JOIN accounting_account a
  WHERE c.ledger_id = :ledger AND c.summary_id = :account
    AND a.ledger_id = c.ledger_id AND a.id = c.component_id AND a.unit_code IS NOT NULL)"""
_BELOW_THEN = f"""(SELECT a.ledger_id, a.id AS account_id, a.unit_code
  FROM ({BELOW_AS_KNOWN}) then_below CROSS JOIN accounting_account a
  WHERE a.ledger_id = :ledger AND a.id = then_below.account_id AND a.unit_code IS NOT NULL)"""
_EVERY = """(SELECT a.ledger_id, a.id AS account_id FROM accounting_account a
  WHERE a.ledger_id = :ledger AND a.unit_code IS NOT NULL)"""


_SUM = "SELECT sum(part.high), sum(part.low) FROM ({each}) part"
# Each unit or account has a row, whether or not anything was ever posted in it.
_SUM_BY = """SELECT part.{by}, sum(part.high), sum(part.low)
FROM (SELECT w.{by}, 0 AS high, 0 AS low FROM {wanted} w UNION ALL {each}) part GROUP BY part.{by}"""
_TYPES: Mapping[str, Any] = {
    "ledger": Key, "account": Key, "as_of": Date, "after": Date, "before": Date, "known_at": Instant
}  # fmt: skip


def questions(sql: str) -> Mapping[str, Question]:
    """The question that `sql`, to be spelled for a dialect, asks of each kind of database."""

    def asked(dialect: str) -> AnySelect:
        binds = [bindparam(name, type_=_TYPES[name]) for name in _TYPES if f":{name}" in sql]
        return cast("AnySelect", text(spelled(sql, dialect)).bindparams(*binds))

    return {dialect: Question(partial(asked, dialect)) for dialect in ("sqlite", "postgresql")}


def _standing(wanted: str, *, by: str = "") -> Mapping[str, Question]:
    each = parts(wanted=wanted, day=":as_of", known=":known_at", own=f"w.{by}, " if by else "")
    return questions((_SUM_BY if by else _SUM).format(by=by, wanted=wanted, each=each))


_STANDING = _standing(_OWN)
_STANDING_BELOW = _standing(_BELOW, by="unit_code")
_STANDING_BELOW_THEN = _standing(_BELOW_THEN, by="unit_code")
_STANDING_EACH = _standing(_EVERY, by="account_id")


def own_steps(session: Session, wanted: Wanted) -> int:
    """The sum of an account's own entries, charged up to a day and booked up to an instant."""
    ((high, low),) = ask(session, _STANDING, wanted)
    return _whole(high, low)


def steps_below(session: Session, wanted: Wanted, *, as_known: bool) -> dict[str, int]:
    """
    The same of all accounts below a summary account, each once, by the codes of their units.

    Shape:  `as_known` where they may be others now than at that instant: that takes longer.
    """
    asked = _STANDING_BELOW_THEN if as_known else _STANDING_BELOW
    return {code: _whole(high, low) for code, high, low in ask(session, asked, wanted)}


def steps_of_each(session: Session, wanted: Wanted) -> dict[UUID, int]:
    """The same of every account of a ledger that takes entries, by its key, in one statement."""
    return {key_of(key): _whole(high, low) for key, high, low in ask(session, _STANDING_EACH, wanted)}


def ask(session: Session, questions: Mapping[str, Question], parameters: Wanted) -> Sequence[Any]:
    """The answer to the question of the session's kind of database; a rule may ask it during a flush."""
    if session.autoflush and (session.new or session.dirty or session.deleted):
        session.flush()
    connection = session.connection()
    question = questions[connection.dialect.name]
    return question.ask_driver(connection.connection, connection.dialect, parameters)


def _whole(high: Any, low: Any) -> int:
    return (int(high or 0) << 32) + int(low or 0)
