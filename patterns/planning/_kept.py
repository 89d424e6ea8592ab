"""Actions are only added, and withdrawn once: by the database, and before a flush (8.1, 15.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect

from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, rule
from ..persistence.guard import Guard, refuse_when
from ..persistence.session import Session
from ..persistence.version import APPEND_ONLY, BEGINS_BELIEVED, CLOSED_ONCE, never_truncated

_TABLE = "patterns_action"
_FIXED = (
    "id", "kind", "nature", "name", "known_from", "location_id", "protocol_id", "parent_id", "proposed_id",
)  # fmt: skip
_RESTING = (
    ("patterns_action_ending", "action_id"),
    ("patterns_suspension", "action_id"),
    ("patterns_action_reference", "action_id"),
    ("patterns_action_reference", "plan_id"),
    ("patterns_resource_allocation", "action_id"),
    ("patterns_plan_replacement", "replacing_id"),
    ("patterns_plan_replacement", "replaced_id"),
    ("patterns_action", "proposed_id"),
    ("patterns_action", "parent_id"),
)

_COLLECTIONS = (
    "endings", "suspensions", "allocations", "included_in", "references", "replacements", "replaced_by",
    "implementations", "parts",
)  # fmt: skip

WITHDRAWN_ALONE = rule(
    "action.withdrawn-alone",
    pattern="8.1",
    says="An action is withdrawn once nothing believed rests on it: no plan, part, ending or allocation.",
    layers=DATABASES | {Layer.FLUSH},
)
STILL_BELIEVED = rule(
    "action.still-believed",
    pattern="8.1",
    says="Nothing ends, suspends, is a part of or is allocated to an action that was withdrawn.",
    layers=EVERYWHERE,
)


def withdrawn_while_used(row: str) -> str:
    """The action is believed no more, and something that is believed rests on it."""
    uses = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} u WHERE u.{column} = {row}.id AND u.known_to = <forever>)"
        for table, column in _RESTING
    )
    return f"{row}.known_to <> <forever> AND ({uses})"


def withdrawn_violations(fact: object, action: Any) -> Iterator[ConstraintViolation]:
    """Whether something would be recorded of an action that nobody believes any more."""
    if not action.is_believed:
        yield STILL_BELIEVED.violation(
            fact,
            action,
            found=f"{type(fact).__name__} of {action}, withdrawn on {action.known_to:%Y-%m-%d %H:%M} UTC",
            allowed="an action that is believed",
            remedy="Record the action again, and this of the new one.",
        )


def refuse_of_withdrawn(table: str, key: str = "action_id") -> Guard:
    """The guard that keeps a table of facts from telling of actions that were withdrawn."""
    return refuse_when(
        STILL_BELIEVED, table, "INSERT",
        lambda row: f"EXISTS (SELECT 1 FROM {_TABLE} w WHERE w.id = {row}.{key} AND w.known_to <> <forever>)",
        because="a fact of an action that was withdrawn",
    )  # fmt: skip


def action_guards() -> Iterator[Guard]:
    """The guards that keep the table of actions."""
    overwritten = " OR ".join(f"NEW.{name} <distinct> OLD.{name}" for name in _FIXED)
    overwritten += " OR NEW.revision < OLD.revision"  # it only counts on
    yield refuse_when(
        APPEND_ONLY, _TABLE, "INSERT",
        lambda row: f"EXISTS (SELECT 1 FROM {_TABLE} o WHERE o.id = {row}.id)",
        because="a recorded action would be replaced",
    )  # fmt: skip
    yield refuse_when(
        APPEND_ONLY, _TABLE, "UPDATE", lambda _row: overwritten,
        because="a recorded action would be overwritten",
    )  # fmt: skip
    yield refuse_when(
        APPEND_ONLY, _TABLE, "DELETE", lambda _row: "1 = 1", because="a recorded action would be deleted"
    )
    yield never_truncated(_TABLE)
    yield refuse_when(
        BEGINS_BELIEVED, _TABLE, "INSERT", lambda row: f"{row}.known_to <> <forever>",
        because="an action that is withdrawn already",
    )  # fmt: skip
    yield refuse_when(
        CLOSED_ONCE, _TABLE, "UPDATE",
        lambda row: f"OLD.known_to <> <forever> OR {row}.known_to = <forever>",
        because="an action that was withdrawn before", of="known_to",
    )  # fmt: skip
    yield refuse_when(
        WITHDRAWN_ALONE, _TABLE, "UPDATE", withdrawn_while_used,
        because="an action that something believed rests on", of="known_to",
    )  # fmt: skip


def changes(session: Session, action: Any) -> Iterator[ConstraintViolation]:
    """Whether a recorded action would be changed in anything but that it is withdrawn now."""
    state = inspect(action)
    for name in (*_FIXED, "location", "protocol", "parent", "proposed"):
        history = state.attrs[name].history if name in state.attrs else None
        if history is not None and history.has_changes():
            yield APPEND_ONLY.violation(
                action,
                found=f"another {name}: {history.added[0]}",
                allowed="what was recorded of an action",
                remedy="Withdraw the action and record another, or call retime(...) for its time.",
                layer=Layer.FLUSH,
            )
    withdrawn = state.attrs["known_to"].history.has_changes()
    if withdrawn:
        yield from _uses(action)
    if withdrawn and action.known_to != max(session.recorded, action.known_from):
        yield CLOSED_ONCE.violation(
            action,
            found=f"known_to set to {action.known_to.isoformat()}",
            allowed=f"the instant of this transaction, {session.recorded.isoformat()}",
            remedy="Call withdraw().",
            layer=Layer.FLUSH,
        )


def _uses(action: Any) -> Iterator[ConstraintViolation]:
    for collection in _COLLECTIONS:
        for each in getattr(action, collection, ()):
            if each.is_believed:
                yield WITHDRAWN_ALONE.violation(
                    action,
                    each,
                    found=f"{action} withdrawn, though this is believed: {each}",
                    allowed="an action that nothing else rests on",
                    remedy="Withdraw what rests on it first.",
                    layer=Layer.FLUSH,
                )
