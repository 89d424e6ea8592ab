"""Which contracts and terms a change of the knowledge, or a withdrawn term, may break (10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect

from ...patterns.persistence.audit import Affected, recheck
from ...patterns.persistence.session import Session
from .contract_type import ContractType, TermRule
from .term import ContractClassification, Term


@recheck
def _by_rules(session: Session) -> Iterator[Affected]:
    """Contracts, where a type makes a term mandatory; terms of a type that is admitted no more."""
    rules = [each for each in (*session.new, *session.dirty) if isinstance(each, TermRule)]
    if any(each.mandatory for each in rules):
        yield Affected(ContractClassification)
    removed = [each for each in session.deleted if isinstance(each, TermRule)]
    for each in session.dirty:
        if isinstance(each, ContractType):
            # What is taken out of the collection is deleted by the flush itself, which comes later.
            removed += inspect(each).attrs.rules.history.deleted
    if removed:
        yield Affected(Term, "type_id", frozenset(each.term_type_id for each in removed))


@recheck
def _by_types_generalized(session: Session) -> Iterator[Affected]:
    """All of them, where a type of contract gets another supertype or loses one."""
    if any(
        inspect(each).attrs.supertypes.history.has_changes()
        for each in session.dirty
        if isinstance(each, ContractType)
    ):
        yield Affected(ContractClassification)
        yield Affected(Term)


@recheck
def _by_withdrawn_terms(session: Session) -> Iterator[Affected]:
    """The contracts whose terms are no longer believed."""
    contracts = frozenset(
        each.contract_id for each in session.dirty if isinstance(each, Term) and not each.is_believed
    )
    if contracts:
        yield Affected(ContractClassification, "contract_id", contracts)
