"""9.2 Portfolio: a filter chooses the same contracts in SQL, on either database, and in Python."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import settings
from sqlalchemy import select

from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import Contract, ContractFilter, parse_filter
from analysis_patterns.trading.portfolio import Among, AnyOf, Compare, Missing, Not, Within, read_filter
from analysis_patterns.trading.portfolio.attribute import ATTRIBUTES, Facts
from analysis_patterns.trading.portfolio.filter import depth_of, digest

from ...covered import Covered
from .mixed_book import OPERATORS, FilterMaker, MixedBook, conditions


def stored(session: Session, size: int) -> tuple[MixedBook, dict[UUID, Facts]]:
    """A mixed book, stored; and what its contracts say, by key, as read back."""
    book = MixedBook(size)
    session.add_all(book.all)
    session.commit()
    return book, {each.id: Facts(each) for each in session.scalars(select(Contract))}


def count(covered: Covered, filter: ContractFilter, facts: Sequence[Facts], chosen: set[UUID]) -> None:
    """Count what kind of case a filter is."""
    singles = list(conditions(filter))
    operators = {each.operator for each in singles if isinstance(each, Compare)}
    attributes = {getattr(each, "attribute", "traded") for each in singles}
    lacks = [n for n in attributes if ATTRIBUTES[n].reading(facts[3].contract) is None]
    covered.case(
        **{f"operator {each}": each in operators for each in OPERATORS},
        missing_values=bool(lacks),
        asks_for_missing=any(isinstance(each, Missing) for each in singles),
        ranges=any(isinstance(each, Within) for each in singles),
        lists=any(isinstance(each, Among) for each in singles),
        negations=any(isinstance(each, Not) for each in filter.walk()),
        alternatives=any(isinstance(each, AnyOf) for each in filter.walk()),
        deep=depth_of(filter) >= 5,
        none_chosen=not chosen,
        all_chosen=len(chosen) == len(facts),
        some_chosen=0 < len(chosen) < len(facts),
    )


def differences(session: Session, *, trees: int, contracts: int, seed: int) -> int:
    """In how many random filters SQL and Python differ, after a look whether the cases were worth it."""
    book, facts = stored(session, contracts)
    maker, covered, differ = FilterMaker(book, seed), Covered(), 0
    in_python = list(facts.values())
    for n in range(trees):
        filter = maker.filter(2 + n % 6)
        chosen = set(session.scalars(select(Contract.id).where(filter.condition())))
        expected = {each.contract.id for each in in_python if filter.includes_facts(each)}
        differ += chosen != expected
        count(covered, filter, in_python, chosen)
    covered.enough()
    return differ


def test_a_filter_chooses_alike_in_sql_and_in_python(session: Session) -> None:
    assert differences(session, trees=300, contracts=120, seed=7) == 0


@pytest.mark.slow
def test_many_filters_choose_alike_of_a_thousand_contracts(session: Session) -> None:
    thorough = settings().max_examples >= 2_000

    assert differences(session, trees=5_000 if thorough else 500, contracts=1_000, seed=92) == 0


def test_a_filter_says_the_same_in_its_normal_form_as_text_and_as_json() -> None:
    book = MixedBook(60)
    maker, covered = FilterMaker(book, 3), Covered()
    facts = [Facts(each) for each in book.contracts]
    for n in range(300):
        filter = maker.filter(2 + n % 5)
        normal = filter.normal()

        verdicts = [filter.includes_facts(each) for each in facts]

        assert [normal.includes_facts(each) for each in facts] == verdicts
        assert normal.normal() == normal
        assert digest(parse_filter(str(filter))) == digest(filter)
        assert parse_filter(str(normal)).normal() == normal
        assert read_filter(filter.model_dump_json()) == filter
        covered.case(altered=normal != filter, combined=bool(normal.parts), text=len(str(normal)) > 100)
    covered.enough()
