"""8.7: start functions and outcome functions are knowledge, and are loaded from packs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from analysis_patterns.observation import FunctionTerm, OutcomeFunction, StartFunction
from analysis_patterns.patterns.knowledge import Header, PackError, diff, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session

from ...refusals import refuses

HEART = """\
pack: {name: heart, version: 1.0}

observation_concepts:
  - {name: hypertension, supertypes: [heart disease]}
  - {name: angina, supertypes: [heart disease]}
  - name: heart disease
  - name: asthma
  - name: tiredness

phenomenon_types:
  - {name: blood pressure, phenomena: [normal, high]}

protocols:
  - name: beta-blocker
  - name: exercise test

start_functions:
  - name: when to give it
    indicated: beta-blocker
    indications: [hypertension, angina, {phenomenon: high, of: blood pressure}, {protocol: exercise test}]
    contraindications: [asthma]
    at_least: 2
    period: {start: 1990-01-01}

outcome_functions:
  - name: what it does
    protocol: beta-blocker
    targets: [{phenomenon: normal, of: blood pressure}]
    side_effects: [tiredness]
    conditions: [{protocol: exercise test}, angina]
"""


def loaded(session: Session, text: str, *, replace: bool = False) -> None:
    load(parse_pack(text), session, replace=replace)
    session.commit()
    session.expire_all()


def broken_by(session: Session, text: str) -> None:
    """Load a pack in place of what is known, and raise the violation behind its problem."""
    try:
        loaded(session, text, replace=True)
    except PackError as refused:
        raise refused.__cause__ or refused from None


def test_a_pack_is_known_after_loading(session: Session) -> None:
    loaded(session, HEART)

    start, outcome = (
        session.scalars(select(StartFunction)).one(),
        session.scalars(select(OutcomeFunction)).one(),
    )
    assert sorted(map(str, start.indications)) == [
        "angina", "blood pressure: high", "exercise test", "hypertension",
    ]  # fmt: skip
    assert (str(start.indicated), start.needed, str(start.period)) == (
        "beta-blocker", 2, "1990-01-01 until further notice",
    )  # fmt: skip
    assert list(map(str, outcome.targets)) == ["blood pressure: normal"]
    assert sorted(map(str, outcome.conditions)) == ["angina", "exercise test"]


def test_what_is_exported_says_the_same(session: Session) -> None:
    loaded(session, HEART)

    again = parse_pack(export(session, Header(name="heart", version="1.0")))

    stated = parse_pack(HEART)
    assert {name: dict(each) for name, each in again.documents.items()} == {
        name: dict(each) for name, each in stated.documents.items()
    }
    assert not diff(stated, session)
    assert not load(again, session)


def test_what_plays_another_part_is_changed_where_it_stands(session: Session) -> None:
    loaded(session, HEART)
    before = set(session.scalars(select(FunctionTerm.id)))
    other = (
        HEART.replace("[hypertension, angina, {phen", "[asthma, angina, {phen")
        .replace("contraindications: [asthma]", "contraindications: [hypertension]")
        .replace("at_least: 2", "at_least: 1")
        .replace("side_effects: [tiredness]", "side_effects: [angina]")
        .replace("{protocol: exercise test}, angina]", "angina, tiredness]")
        .replace("    protocol: beta-blocker", "    protocol: exercise test")
        .replace("1990-01-01", "1991-01-01")
    )

    with pytest.raises(PackError, match="known otherwise"):
        loaded(session, other)
    loaded(session, other, replace=True)

    assert not diff(parse_pack(other), session)
    kept = set(session.scalars(select(FunctionTerm.id)))
    assert len(before & kept) == 8
    loaded(session, HEART, replace=True)
    assert not diff(parse_pack(HEART), session)


@pytest.mark.parametrize(
    ("stated", "instead", "said"),
    [
        ("indicated: beta-blocker", "indicated: beta-bloker", "did you mean 'beta-blocker'"),
        ("contraindications: [asthma]", "contraindications: [astma]", "did you mean 'asthma'"),
        ("{protocol: exercise test}]", "{protocol: test}]", "'test'"),
        ("{protocol: exercise test}]", "{protocol: exercise test, of: it}]", "'of' is not known here"),
        ("at_least: 2", "at_least: two", "should be a whole number"),
        ("    indicated: beta-blocker\n", "", "'indicated' is missing"),
        ("targets: [{phen", "targets: [{protocol: exercise test}, {phen", "targets"),
    ],
)
def test_refuses_a_pack_that_does_not_fit(session: Session, stated: str, instead: str, said: str) -> None:
    assert stated in HEART
    with pytest.raises(PackError, match=said):
        loaded(session, HEART.replace(stated, instead))


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize(
    ("broken", "stated", "instead"),
    [
        ("start-function.indicated", "at_least: 2", "at_least: 5"),
        ("start-function.possible", "contraindications: [asthma]", "contraindications: [heart disease]"),
        ("knowledge-function.one-part", "contraindications: [asthma]", "contraindications: [angina]"),
        ("phenomenon.known", "phenomenon: normal", "phenomenon: low"),
        (
            "outcome-function.aim",
            "    targets: [{phenomenon: normal, of: blood pressure}]\n    side_effects: [tiredness]\n",
            "",
        ),
    ],
)
def test_refuses_functions_that_break_a_rule(
    session: Session, is_known: bool, broken: str, stated: str, instead: str
) -> None:
    assert stated in HEART
    if is_known:
        loaded(session, HEART)

    with pytest.raises(PackError) as refused:
        loaded(session, HEART.replace(stated, instead), replace=True)

    (problem,) = refused.value.problems
    assert problem.rule == broken


def test_a_function_that_breaks_a_rule_is_refused_by_name(session: Session) -> None:
    with refuses("start-function.indicated"):
        broken_by(session, HEART.replace("at_least: 2", "at_least: 5"))
