"""Guards: triggers that are part of the schema, stated once for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, MetaData, Table, TextClause, event, text

from ..constraint import Rule
from ..errors import AnalysisPatternsError

LONGEST_NAME = 63
"""The most characters that PostgreSQL keeps of a name; it drops the rest without an error."""

Event = Literal["INSERT", "UPDATE", "DELETE"]
Condition = Callable[[str], str]
"""Gives SQL that is true of a row that breaks the rule; the row is called by the name passed in."""

_DIALECTS: dict[str, dict[str, str]] = {
    "sqlite": {
        "forever": "'9999-12-30 00:00:00.000000'",
        "least": "min",
        "greatest": "max",
        "distinct": "IS NOT",
        "unindexed": "+",
        # SQLite 3.40 builds a Bloom filter over the whole table for `=` in a recursive join.
        "joins": "{0} BETWEEN {1} AND {1}",
        "aside": "+{0}",
        "day": "substr({0}, 1, 10)",
        "each": "JOIN {0} {1} ON",
        "end": "",
    },
    "postgresql": {
        "forever": "'9999-12-30 00:00:00+00'::timestamptz",
        "least": "least",
        "greatest": "greatest",
        "distinct": "IS DISTINCT FROM",
        "unindexed": "",
        "joins": "{0} = {1}",
        "aside": "({0} + 0)",
        "day": "({0} AT TIME ZONE 'UTC')::date",
        # PostgreSQL keeps a trigger's plan from when the table was small, and would read all of it in every
        # step; what it must ask row by row, it asks by index.
        "each": "CROSS JOIN LATERAL (SELECT * FROM {0} {1} WHERE",
        "end": " OFFSET 0) {0}",
    },
}


def spelled(sql: str, dialect: str) -> str:
    """
    Spell `sql` for a dialect.

    Shape:  `<forever>`, `<least>`, `<greatest>`, `<distinct>` and `<joins a b>` are replaced; so is
            `<unindexed>` before a column that SQLite's planner must not choose an index by,
            `<aside day>` of a day that neither planner may, `<day instant>` for an instant's day in UTC, and
            `<each table t>` with `<end t>` around the condition of a join in a recursive step.
    """
    words = _DIALECTS[dialect]
    for word in ("forever", "least", "greatest", "distinct", "unindexed"):
        sql = sql.replace(f"<{word}>", words[word])
    for word in ("joins", "aside", "day", "each", "end"):
        while f"<{word} " in sql:
            before, _, rest = sql.partition(f"<{word} ")
            names, _, after = rest.partition(">")
            sql = before + words[word].format(*names.split()) + after
    return sql


@dataclass(frozen=True, slots=True)
class Guard:
    """
    A trigger: its name, its table, and the statements that make and remove it in each dialect.

    Errors: `AnalysisPatternsError` for a name that PostgreSQL would cut short: see `short`.
    """

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_NAME:
            raise AnalysisPatternsError(
                f"a guard's name has at most {LONGEST_NAME} characters, unlike {self.name}"
            )

    def create(self, dialect: str) -> tuple[str, ...]:
        """The statements that make this guard."""
        return self.sqlite if dialect == "sqlite" else self.postgresql

    def drop(self, dialect: str) -> tuple[str, ...]:
        """The statements that remove this guard where it stands."""
        if dialect == "sqlite":
            return (f"DROP TRIGGER IF EXISTS {self.name}",)
        return (
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"DROP FUNCTION IF EXISTS {self.name}()",
        )


def refuse_when(
    rule: Rule,
    table: str,
    on: Event,
    condition: Condition,
    *,
    because: str,
    of: str = "",
    where: str = "",
) -> Guard:
    """
    Make the guard that refuses any row for which `condition` holds.

    Shape:  `on` says which change is looked at; `of` limits an update to one column; `where` is SQL about
            the row alone, so that others cost next to nothing; `because` is what the error says was found.
    """
    row = "OLD" if on == "DELETE" else "NEW"
    name = short(f"{table}_{on.lower()}_{rule.name.replace('.', '_').replace('-', '_')}")
    message = f"rule {rule.name}: {because}".replace("'", "''")
    event_text = f"{on} OF {of}" if of else on
    when = f"{where} AND ({condition(row)})" if where else condition(row)
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE {event_text} ON {table} FOR EACH ROW "
        f"WHEN {spelled(when, 'sqlite')} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
    )
    body = (
        f"IF {spelled(condition(row), 'postgresql')} THEN "
        f"RAISE EXCEPTION '{message.replace('%', '%%')}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {row};"
    )
    rows = f"FOR EACH ROW WHEN ({where})" if where else "FOR EACH ROW"
    return Guard(name, table, sqlite, trigger(name, f"BEFORE {event_text} ON {table} {rows}", body))


def short(name: str) -> str:
    """`name` in the 63 characters that PostgreSQL keeps of it, still told from others that begin alike."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{sha256(name.encode()).hexdigest()[:8]}"


def trigger(name: str, when: str, body: str) -> tuple[str, str]:
    """The two statements of a PostgreSQL trigger: its function and itself."""
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {body} END $guard$",
        f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()",
    )


def one_at_a_time(table: str, lock: str, on: str = "INSERT") -> Guard:
    """
    Make the guard that lets PostgreSQL change a table one transaction at a time, as far as `lock` says.

    Shape:  `lock` is what follows SELECT, with the row as NEW. SQLite has one writer at a time as it is.
    """
    # PostgreSQL fires triggers in the order of their names: the lock comes first.
    name = short(f"{table}_aa_lock")
    body = f"PERFORM {lock}; RETURN NEW;"
    return Guard(name, table, (), trigger(name, f"BEFORE {on} ON {table} FOR EACH ROW", body))


def guard(table: Table, *guards: Guard) -> None:
    """Make `guards` part of the schema of `table`: they are created right after it."""
    table.info.setdefault("guards", []).extend(guards)

    def created(_table: Table, connection: Connection, **_: Any) -> None:
        for each in guards:
            _run(connection, each.create(connection.dialect.name))

    event.listen(table, "after_create", created)


def guards_of(metadata: MetaData) -> Iterator[Guard]:
    """Every guard of the schema, by table."""
    for table in metadata.tables.values():
        yield from table.info.get("guards", ())


def create_guards(connection: Connection, metadata: MetaData) -> None:
    """Make every guard again; drop them first."""
    for each in guards_of(metadata):
        _run(connection, each.create(connection.dialect.name))


def drop_guards(connection: Connection, metadata: MetaData) -> None:
    """Remove every guard: around SQLite's batch migrations, or a bulk load that is checked afterwards."""
    for each in guards_of(metadata):
        _run(connection, each.drop(connection.dialect.name))


def _run(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(verbatim(statement))


def verbatim(statement: str) -> TextClause:
    """`statement` as SQLAlchemy's text, without a parameter in it, however many colons it has."""
    return text(statement.replace(":", "\\:"))
