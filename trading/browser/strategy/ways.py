"""The five ways, told with what each costs and what goes wrong with it unseen (10.5)."""

from __future__ import annotations

from ....patterns.catalogue import attach
from ...term import ContractClassification, ContractType, Term, TermRule, TermType, having
from ..exporter import Exporter
from ..form import Form
from ..registry import Registry, gaps
from . import exceptions, loaded_row, run_time_attributes, type_check, wide_interface
from .strategy import Strategy

STRATEGIES = (
    Strategy(
        "type check",
        type_check.fill,
        subtype_lines=3,
        column_lines=3,
        touches_domain=False,
        silent="A subtype that nobody asks for is shown as its supertype, its own columns empty or missing.",
    ),
    Strategy(
        "wide interface",
        wide_interface.fill,
        subtype_lines=8,
        column_lines=7,
        touches_domain=True,
        silent="A subtype that forgets to answer has the supertype's None, which looks like an answer.",
    ),
    Strategy(
        "run-time attributes",
        run_time_attributes.fill,
        subtype_lines=2,
        column_lines=1,
        touches_domain=False,
        silent="Two subtypes that mean different things by one name share a column.",
    ),
    Strategy(
        "loaded row",
        loaded_row.fill,
        subtype_lines=5,
        column_lines=1,
        touches_domain=True,
        silent="A subtype that does not call its supertype's loading leaves the supertype's cells empty.",
    ),
    Strategy(
        "exceptions",
        exceptions.fill,
        subtype_lines=8,
        column_lines=7,
        touches_domain=True,
        silent="A contract that refuses by mistake, such as one of a class that forgot to answer, is empty.",
    ),
)
"""The five ways, in the order of the book; their costs are measured by the specifications."""

attach(
    "10.5",
    types=(
        ContractType,
        TermType,
        TermRule,
        ContractClassification,
        Term,
        Registry,
        Form,
        Exporter,
        Strategy,
    ),
    behaviours=(
        type_check.fill,
        wide_interface.fill,
        run_time_attributes.fill,
        loaded_row.fill,
        exceptions.fill,
        having,
        gaps,
    ),
    figure="analysis_patterns.trading.term",
    when_not="Where an application shows one kind of contract, or each kind by itself, there is no second "
    "hierarchy: write the form of that kind. A term that a program reckons with wants a class and an "
    "attribute of its own; run-time terms are for what is only recorded, shown and searched for.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns import Organization
>>> from analysis_patterns.trading import (
...     STRATEGIES, Contract, Direction, Instrument, Market, Option)
>>> new_york = Market(name="New York", calendars=["US"])
>>> acm = Instrument(name="ACM", market=new_york, amount_unit="{share}", currency="USD")
>>> deal = dict(instrument=acm, long=Organization(name="Aroma"), short=Organization(name="Megabank"),
...     amount=1000, price=30, traded=date(1997, 5, 1))
>>> shares = Contract(**deal)
>>> call = Option(**deal, expiration=date(1997, 9, 2), option_direction=Direction.LONG)
>>> tables = [strategy.fill([shares, call]) for strategy in STRATEGIES]
>>> [row[6] for row in tables[0].written]
['', 'call bought']
>>> all(table == tables[0] for table in tables)
True
""",
)
