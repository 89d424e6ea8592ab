"""Persistence: the base of entities, their keys, versions and guards, engines and sessions."""

from .audit import inconsistencies, preview
from .base import Base, KeywordOnly, Level, identity, identity_of
from .composites import (
    QuantityText,
    interval_columns,
    money_columns,
    period_columns,
    quantity_columns,
    range_columns,
)
from .engine import create_engine, prepare
from .guard import Guard, create_guards, drop_guards, guard, guards_of, refuse_when
from .link import Links, keep_links
from .registry import Referable, Thing
from .retry import CommitInDoubt, Patience, transact
from .schema import schema_of
from .seek import Keys, Question
from .session import Session, session_of, sessions
from .types import Instant, Key
from .version import Believed, Versioned, believed_table_args, keep_history, versioned_table_args

__all__ = [
    "Base",
    "Believed",
    "CommitInDoubt",
    "Guard",
    "Instant",
    "Key",
    "Keys",
    "KeywordOnly",
    "Level",
    "Links",
    "Patience",
    "QuantityText",
    "Question",
    "Referable",
    "Session",
    "Thing",
    "Versioned",
    "believed_table_args",
    "create_engine",
    "create_guards",
    "drop_guards",
    "guard",
    "guards_of",
    "identity",
    "identity_of",
    "inconsistencies",
    "interval_columns",
    "keep_history",
    "keep_links",
    "money_columns",
    "period_columns",
    "prepare",
    "preview",
    "quantity_columns",
    "range_columns",
    "refuse_when",
    "schema_of",
    "session_of",
    "sessions",
    "transact",
    "versioned_table_args",
]
