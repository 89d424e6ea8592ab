"""3.4 to 3.7: concepts, phenomenon types and protocols are knowledge, and are loaded from packs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from analysis_patterns.observation import ObservationConcept, ObservationProtocol, PhenomenonType
from analysis_patterns.observation.concept.knowledge_document import (
    DescribedPhenomenon,
    NamedConcept,
    ObservationConceptDocument,
    PhenomenonTypeDocument,
)
from analysis_patterns.observation.concept.observation_concept import generalization
from analysis_patterns.patterns import Protocol
from analysis_patterns.patterns.knowledge import (
    Concern,
    Header,
    KnowledgeDocument,
    Pack,
    PackError,
    audit,
    diff,
    export,
    load,
    parse_pack,
)
from analysis_patterns.patterns.persistence import Session, sessions

from ..covered import Covered
from ..refusals import refuses
from .figures import Ward, without_guards

CLINIC = """\
pack: {name: clinic, version: 1.0}

observation_concepts:
  - name: type I diabetes
    supertypes: [diabetes]
  - name: diabetes
  - name: hypertension
  - name: essential hypertension

phenomenon_types:
  - name: blood group
    phenomena: [A, B, AB, O]
  - name: systolic blood pressure
    legal_units: ["mm[Hg]", kPa]
  - name: blood pressure
    phenomena:
      - normal
      - {name: raised, supertypes: [hypertension], subtypes: [essential hypertension]}
      - name: very high
        supertypes: [{phenomenon: raised, of: blood pressure}]

observation_protocols:
  - name: cuff
    duration: 5 min
    accuracy: 3 mm[Hg]
  - name: glucose test
    sensitivity: 0.920
    specificity: 0.97
    steps: [{protocol: drawing blood}, {protocol: assay}]
    dependencies: [{step: assay, after: drawing blood}]
  - {name: assay}

protocols:
  - name: drawing blood
  - name: check-up
    steps: [{protocol: cuff}, {protocol: glucose test}]
"""
HEADER = Header(name="clinic", version="1.0")


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


def told(session: Session, concern: Concern, *sections: str) -> list[str]:
    """What an audit finds of a concern in some sections."""
    return [
        str(each)
        for each in audit(session)
        if each.concern is concern and each.subject.split(":")[0] in sections
    ]


def test_a_pack_is_known_after_loading(session: Session) -> None:
    loaded(session, CLINIC)

    pressure = session.scalars(select(PhenomenonType).filter_by(name="blood pressure")).one()
    essential = session.scalars(select(ObservationConcept).filter_by(name="essential hypertension")).one()
    assert {str(each) for each in pressure.phenomenon("very high").all_concepts()} == {
        "blood pressure: very high",
        "blood pressure: raised",
        "hypertension",
    }
    assert pressure.phenomenon("raised") in essential.all_concepts()
    systolic = session.scalars(select(PhenomenonType).filter_by(name="systolic blood pressure")).one()
    assert [unit.code for unit in systolic.legal_units] == ["mm[Hg]", "kPa"]


def test_a_step_may_be_a_protocol_of_any_kind(session: Session) -> None:
    loaded(session, CLINIC)

    check_up = session.scalars(select(Protocol).filter_by(name="check-up")).one()
    test = session.scalars(select(ObservationProtocol).filter_by(name="glucose test")).one()
    assert [str(each) for each in check_up.components] == ["cuff", "glucose test"]
    assert [str(each) for each in test.components] == ["drawing blood", "assay"]
    assert (str(test.sensitivity), str(test.specificity)) == ("0.920", "0.97")


def test_what_is_exported_says_the_same(session: Session) -> None:
    loaded(session, CLINIC)

    again = parse_pack(export(session, HEADER))

    stated = parse_pack(CLINIC)
    assert {name: dict(each) for name, each in again.documents.items()} == {
        name: dict(each) for name, each in stated.documents.items()
    }
    assert not diff(stated, session)
    assert not load(again, session)


def test_a_pack_changes_supertypes_units_and_how_far_to_trust(session: Session) -> None:
    loaded(session, CLINIC)
    other = (
        CLINIC.replace("supertypes: [diabetes]", "supertypes: [hypertension]")
        .replace('["mm[Hg]", kPa]', '[kPa, "mm[Hg]", "cm[H2O]"]')
        .replace("raised, supertypes: [hypertension], subtypes: [essential", "raised, subtypes: [type I")
        .replace("type I hypertension]", "type I diabetes]")
        .replace("phenomena: [A, B, AB, O]", "phenomena: [A, B, AB, O, Bombay]")
        .replace("accuracy: 3 mm[Hg]", "sensitivity: 1")
    )

    with pytest.raises(PackError, match="known otherwise"):
        loaded(session, other)
    loaded(session, other, replace=True)

    assert not diff(parse_pack(other), session)
    assert diff(parse_pack(CLINIC), session)


@pytest.mark.parametrize(
    ("stated", "instead", "said"),
    [
        ("supertypes: [diabetes]", "supertypes: [diabetis]", "did you mean 'diabetes'"),
        ("kPa]", "kPa, kPa]", "the unit 'kPa' twice"),
        ("kPa]", "kQa]", "unit.known"),
        ("[A, B, AB, O]", "[A, B, A]", "the phenomenon 'A' twice"),
        ("[A, B, AB, O]", "[A, B, '']", "name.text"),
        ("{phenomenon: raised, of: blood pressure}", "{phenomenon: raised}", "'of' is missing"),
        ("{phenomenon: raised, of: blood pressure}", "{phenomenon: raised, of: no such}", "no such"),
        ("sensitivity: 0.920", "sensitivity: most", "number.exact"),
        ("accuracy: 3 mm[Hg]", "accuracy: some", "quantity.written"),
        ("{protocol: cuff}", "{protocol: cuf}", "did you mean 'cuff'"),
    ],
)
def test_refuses_a_pack_that_does_not_fit(session: Session, stated: str, instead: str, said: str) -> None:
    assert stated in CLINIC
    with pytest.raises(PackError, match=said):
        loaded(session, CLINIC.replace(stated, instead))


@pytest.mark.parametrize(
    ("broken", "stated", "instead"),
    [
        (
            "observation-concept.acyclic",
            "- name: diabetes",
            "- {name: diabetes, supertypes: [type I diabetes]}",
        ),
        (
            "phenomenon.known",
            "{phenomenon: raised, of: blood pressure}",
            "{phenomenon: raised, of: blood group}",
        ),
        ("observation-protocol.share", "specificity: 0.97", "specificity: 97"),
        ("observation-protocol.accuracy", "accuracy: 3", "accuracy: -3"),
        ("protocol.contains-itself", "{name: assay}", "{name: assay, steps: [{protocol: glucose test}]}"),
    ],
)
def test_refuses_knowledge_that_breaks_a_rule(
    session: Session, broken: str, stated: str, instead: str
) -> None:
    assert stated in CLINIC
    with refuses(broken):
        broken_by(session, CLINIC.replace(stated, instead))


def test_takes_no_phenomenon_away(session: Session) -> None:
    loaded(session, CLINIC)

    with refuses("phenomenon-type.phenomena-stay") as refused:
        broken_by(session, CLINIC.replace("[A, B, AB, O]", "[A, B]"))

    assert "'blood group' without AB, O" in str(refused.value)
    assert not diff(parse_pack(CLINIC), session)


def test_tells_what_was_never_observed(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(ward.type_1), ward.weighed(), ward.found(ward.a)])
    session.add(ObservationConcept(name="gout"))
    session.commit()

    unused = told(session, Concern.UNUSED, "observation_concepts", "phenomenon_types")

    assert unused == [
        "observation_concepts: gout: unused",
        "observation_concepts: type II diabetes: unused",
        "phenomenon_types: body temperature: unused",
    ]


def test_a_protocol_that_something_was_observed_by_is_used(session: Session, ward: Ward) -> None:
    loaded(session, CLINIC.replace("blood group", "ABO group"))
    cuff = session.scalars(select(Protocol).filter_by(name="cuff")).one()
    session.delete(session.scalars(select(Protocol).filter_by(name="check-up")).one())
    session.add(ward.weighed(protocol=cuff))
    session.commit()

    unused = told(session, Concern.UNUSED, "observation_protocols", "protocols")

    assert unused == ["observation_protocols: glucose test: unused"]


def test_doubts_units_that_do_not_convert(session: Session) -> None:
    session.add(PhenomenonType(name="glucose", legal_units=["mg/dL", "g/L", "mmol/L"]))
    session.add(PhenomenonType(name="weight", legal_units=["kg", "[lb_av]"]))
    session.commit()

    (doubt,) = told(session, Concern.DOUBTFUL, "phenomenon_types")

    assert "phenomenon_types: glucose: hardly meant so (g/L" in doubt
    assert "mmol/L" in doubt


def test_finds_a_circle_that_went_past_the_guards(session: Session, ward: Ward) -> None:
    assert not told(session, Concern.BREAKS_A_RULE, "observation-concept.acyclic")
    circle = {"subtype_id": ward.diabetes.id, "supertype_id": ward.type_1.id}
    without_guards(session).execute(generalization.insert().values(circle))
    session.expire_all()

    (found,) = told(session, Concern.BREAKS_A_RULE, "observation-concept.acyclic")

    assert "a circle: diabetes > type I diabetes > diabetes" in found or (
        "a circle: type I diabetes > diabetes > type I diabetes" in found
    )


NAMES = ["raised", "NO", "010", "a: b", "{c}", "'d'", "é\u2028東京😀", " f", "#g", "a"]


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    types = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    phenomena = [
        (of, name) for of in types for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    ]
    # One order for all: each may have those before it as supertypes, so that there is no circle.
    order = draw(st.permutations([*(("", name) for name in names), *phenomena]))
    above = {
        each: draw(st.lists(st.sampled_from(order[:at]), max_size=2, unique=True)) if at else []
        for at, each in enumerate(order)
    }
    concepts: dict[str, KnowledgeDocument] = {
        name: ObservationConceptDocument(
            name=name, supertypes=tuple(one for of, one in above["", name] if not of)
        )
        for name in names
    }
    kinds: dict[str, KnowledgeDocument] = {
        of: PhenomenonTypeDocument(
            name=of,
            legal_units=tuple(
                draw(st.lists(st.sampled_from(["kg", "g", "mol/L", "%"]), max_size=3, unique=True))
            ),
            phenomena=tuple(
                DescribedPhenomenon(
                    name,
                    tuple(NamedConcept(one, over) for over, one in above[of, name]),
                    tuple(one for one in names if (of, name) in above["", one]),
                )
                for over, name in phenomena
                if over == of
            ),
        )
        for of in types
    }
    return Pack(HEADER, {"observation_concepts": concepts, "phenomenon_types": kinds})


def test_whatever_a_pack_states_is_exported_as_it_was_stated(engine: Engine) -> None:
    covered = Covered()

    @settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(packs())
    def holds(stated: Pack) -> None:
        said = [
            phenomenon
            for each in stated.documents["phenomenon_types"].values()
            if isinstance(each, PhenomenonTypeDocument)
            for phenomenon in each.phenomena
        ]
        covered.case(
            without_types=not stated.documents["phenomenon_types"],
            above=any(each.supertypes for each in said),
            below=any(each.subtypes for each in said),
            among_concepts=any(
                each.fields().get("supertypes") for each in stated.documents["observation_concepts"].values()
            ),
        )
        with sessions(engine)() as session:
            load(parse_pack(stated.text()), session)

            exported = parse_pack(export(session, HEADER))
            assert {name: dict(each) for name, each in exported.documents.items() if each} == {
                name: dict(each) for name, each in stated.documents.items() if each
            }
            assert not load(exported, session)

    holds()

    covered.enough()
