"""8.5, 8.6: protocols, resource types and policies are knowledge, and are loaded from packs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from analysis_patterns.patterns.knowledge import Header, PackError, audit, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import Plan, Protocol, plan_from

from ..refusals import refuses

SURGERY = """\
pack: {name: surgery, version: 1.0}

party_types: [{name: surgeon}]

resource_types:
  - {name: operating theatre, kind: asset_type}
  - {name: packed cells, kind: consumable_type}

protocols:
  - {name: blood test, duration: 20 min}
  - name: operation
    duration: 3 h
    requires:
      - {type: operating theatre, quantity: 3 h}
      - {type: packed cells, quantity: 4 1}
  - name: transplant
    steps:
      - {protocol: blood test}
      - {protocol: operation}
      - {protocol: blood test, name: blood test after}
    dependencies:
      - {step: operation, after: blood test}
      - {step: blood test after, after: operation, kind: start-start, lag: 6 h}

policies:
  - {name: named assets, kind: no_general_allocations, severity: hard}
  - {name: surgeons, kind: performer_of_type, severity: lazy, protocol: operation, party_type: surgeon}
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


def exported(session: Session) -> str:
    return export(session, Header(name="surgery", version="1.0"))


def test_a_pack_is_known_after_loading(session: Session) -> None:
    loaded(session, SURGERY)

    transplant = session.scalars(select(Protocol).where(Protocol.name == "transplant")).one()
    assert [str(step) for step in transplant.steps] == ["blood test", "operation", "blood test after"]
    assert [str(each) for each in transplant.dependencies] == [
        "blood test after after operation (start-start + 6:00:00)",
        "operation after blood test (finish-start)",
    ]
    assert isinstance(plan_from(transplant), Plan)


def test_what_is_exported_says_the_same(session: Session) -> None:
    loaded(session, SURGERY)

    again = parse_pack(exported(session))

    stated = parse_pack(SURGERY)
    assert {name: dict(each) for name, each in again.documents.items()} == {
        name: dict(each) for name, each in stated.documents.items()
    }


def test_loading_again_changes_nothing(session: Session) -> None:
    loaded(session, SURGERY)
    before = exported(session)

    loaded(session, SURGERY)

    assert exported(session) == before


def test_a_protocol_gets_other_steps(session: Session) -> None:
    loaded(session, SURGERY)
    other = (
        SURGERY.replace("      - {protocol: blood test}", "      - {protocol: operation, name: rehearsal}")
        .replace("after: blood test}", "after: rehearsal}")
        .replace("severity: lazy", "severity: hard")
    )

    loaded(session, other, replace=True)

    stated = parse_pack(other).documents["protocols"]
    assert dict(parse_pack(exported(session)).documents["protocols"]) == dict(stated)
    transplant = session.scalars(select(Protocol).where(Protocol.name == "transplant")).one()
    assert [str(step) for step in transplant.steps] == ["rehearsal", "operation", "blood test after"]


def test_tells_what_nothing_makes_use_of(session: Session) -> None:
    loaded(session, SURGERY)

    told = str(audit(session, [parse_pack(SURGERY)]))

    assert "operating theatre" in told
    assert "transplant" in told


@pytest.mark.parametrize(
    ("stated", "instead", "told"),
    [
        ("{protocol: operation}", "{protocol: operation, name: blood test}", "two steps 'blood test'"),
        ("after: operation, kind", "after: opening, kind", "no step 'opening'"),
        ("duration: 20 min", "duration: 20 minutes", "not a length of time"),
        ("duration: 20 min", "duration: -20 min", "duration.not-negative"),
        ("quantity: 3 h", "quantity: some", "quantity.written"),
        (", party_type: surgeon", "", "names a party type"),
        ("protocol: blood test, name", "protocol: opening, name", "opening"),
    ],
)
def test_refuses_a_pack_that_does_not_fit(session: Session, stated: str, instead: str, told: str) -> None:
    with pytest.raises(PackError, match=told):
        loaded(session, SURGERY.replace(stated, instead))


@pytest.mark.parametrize(
    ("broken", "stated", "instead"),
    [
        ("protocol.contains-itself", "duration: 3 h\n", "steps: [{protocol: transplant}]\n"),
        (
            "protocol-dependency.acyclic",
            "{step: operation, after: blood test}",
            "{step: operation, after: blood test after}",
        ),
        ("policy.kind", "no_general_allocations", "no_such_thing"),
        ("allocation.asset-time", "quantity: 3 h", "quantity: 3 kg"),
    ],
)
def test_refuses_knowledge_that_breaks_a_rule(
    session: Session, broken: str, stated: str, instead: str
) -> None:
    with refuses(broken):
        broken_by(session, SURGERY.replace(stated, instead))


@pytest.mark.parametrize(
    ("broken", "stated", "instead"),
    [
        ("resource-type.kind", "kind: consumable_type", "kind: asset_type"),
        ("policy.kind", "no_general_allocations", "performed_by_somebody"),
    ],
)
def test_refuses_to_make_something_else_of_what_is_known(
    session: Session, broken: str, stated: str, instead: str
) -> None:
    loaded(session, SURGERY)

    with refuses(broken):
        broken_by(session, SURGERY.replace(stated, instead))
