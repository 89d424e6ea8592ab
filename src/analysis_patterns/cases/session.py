"""What the cases have in common: their packs, their tables, and the questions that all of them ask."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TypeVar

from sqlalchemy import Engine, select

from ..accounting import Account, AccountType, EventType
from ..accounting.rule.posting_rule import PostingRule
from ..accounting.rule.practice import AccountingPractice
from ..patterns.accountability import AccountabilityType, OperatingScopeType, PartyType, ProductType
from ..patterns.knowledge import Pack, load, parse_pack
from ..patterns.persistence.audit import preview
from ..patterns.persistence.base import Base
from ..patterns.persistence.session import Session
from ..patterns.planning import Protocol, ResourceType

PREFIX = "cases_"
"""How the names of the cases' own tables begin."""

N = TypeVar(
    "N",
    bound=PartyType
    | AccountabilityType
    | ProductType
    | OperatingScopeType
    | Account
    | AccountType
    | AccountingPractice
    | EventType
    | PostingRule
    | Protocol
    | ResourceType,
)


def create_tables(engine: Engine) -> None:
    """Make the cases' own tables and their guards beside the library's; those that stand stay."""
    own = [table for table in Base.metadata.sorted_tables if table.name.startswith(PREFIX)]
    Base.metadata.create_all(engine, tables=own)


def load_pack(session: Session, name: str) -> None:
    """Let the database know what a case's pack states; what it knows already is left alone."""
    load(pack_of(name), session)


def pack_of(name: str) -> Pack:
    """The pack of a case."""
    file = files(__name__.rpartition(".")[0]) / "packs" / f"{name}.yaml"
    return parse_pack(file.read_bytes(), file=file.name)


def named(session: Session, kind: type[N], name: str) -> N:
    """The one thing of a kind that is known by a name."""
    return session.scalars(select(kind).where(kind.name == name)).one()


def refusal(session: Session, change: Callable[[], object]) -> str:
    """The names of the rules that `change` would break, or `admitted`; it is not made either way."""
    broken = preview(session, change)
    return ", ".join(each.rule.name for each in broken) or "admitted"
