"""The rules of chapter 8 as SQL: each gives what is true of a row that breaks it, for triggers and audits."""

from __future__ import annotations

from ..persistence.guard import Guard, trigger

_BELIEVED = "known_to = <forever>"


def reaches(start: str, goal: str, table: str, tail: str, head: str, *, believed: bool = False) -> str:
    """Going through the rows of `table` from their `tail` to their `head` leads from `start` to `goal`."""
    # SQLite would index all the believed rows by being believed, and read every one of them in every step.
    step = f"AND <unindexed>o.{_BELIEVED}" if believed else ""
    return (
        f"EXISTS (WITH RECURSIVE way(key) AS (SELECT {start} UNION SELECT o.{head} "
        f"FROM way <each {table} o> <joins o.{tail} way.key> {step}<end o>) "
        f"SELECT 1 FROM way WHERE way.key = {goal})"
    )


def locks(table: str, on: str, key: str, *, owner: str, only_if: str = "") -> Guard:
    """
    Make those who change rows of one owner wait for each other on PostgreSQL, or fail to serialize.

    SQLite has one writer at a time anyway. The owner's row is updated, and not only locked, so that a
    transaction that reads an older snapshot is refused instead of deciding by it.
    """
    # PostgreSQL fires triggers in the order of their names: the lock comes first.
    name = f"{table}_aa_lock_{on.lower()}_{key.removesuffix('_id')}"
    # Once a transaction will do, and each reader would pass over a thousand versions of one row.
    body = (
        f"UPDATE {owner} SET revision = revision + 1 WHERE id = NEW.{key} "
        f"AND xmin <> pg_current_xact_id()::xid {only_if}; RETURN NEW;"
    )
    return Guard(name, table, (), trigger(name, f"BEFORE {on} ON {table} FOR EACH ROW", body))


def locks_all(table: str, on: str, scope: str, *, only_if: str = "true") -> Guard:
    """Make those who change a hierarchy that no single row owns wait for each other on PostgreSQL."""
    name = f"{table}_aa_lock_all_{on.lower()}"
    body = (
        f"IF {only_if} THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('{scope}', 0) "
        "ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW;"
    )
    return Guard(name, table, (), trigger(name, f"BEFORE {on} ON {table} FOR EACH ROW", body))
