"""2.5: a pack is loaded whole or not at all; loading it twice, or what was exported, changes nothing."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Mapped

from analysis_patterns.patterns.accountability.accountability import Accountability
from analysis_patterns.patterns.accountability.accountability_type import AccountabilityType
from analysis_patterns.patterns.accountability.admission import Eligibility, Role
from analysis_patterns.patterns.accountability.hierarchic import LeveledAccountabilityType
from analysis_patterns.patterns.accountability.knowledge_document import AccountabilityTypeDocument
from analysis_patterns.patterns.accountability.knowledge_section import AccountabilityTypes
from analysis_patterns.patterns.accountability.party import Person
from analysis_patterns.patterns.accountability.party_type import PartyType
from analysis_patterns.patterns.accountability.scope import OperatingScopeType
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.knowledge import Header, PackError, export, load, parse_pack
from analysis_patterns.patterns.persistence.base import identity_of
from analysis_patterns.patterns.persistence.session import Session, sessions
from analysis_patterns.patterns.time import Period
from tests.refusals import refuses

from .example import CHART, CLINIC, COFFEE


class Tutelage(AccountabilityType, init=False):
    """An application's own kind of accountability type."""

    __mapper_args__ = {"polymorphic_identity": "tutelage"}


class Licence(AccountabilityType, init=False):
    """An application's own kind, with a column of its own."""

    __tablename__ = "tests_licence"
    __mapper_args__ = {"polymorphic_identity": "licence"}

    id: Mapped[UUID] = identity_of(AccountabilityType)
    board: Mapped[str]


BOTH = Header(name="both", version="1")


def refused(session: Session, text: str, *, replace: bool = False) -> list[str]:
    """What the error says that loading `text` ends in, a line each."""
    with pytest.raises(PackError) as raised:
        load(parse_pack(text, file="clinic.yaml"), session, replace=replace)
    return str(raised.value).split("\n")


def loaded(session: Session, *texts: str, replace: bool = False) -> list[str]:
    """Load packs one after the other, and tell what the last of them changed, a line each."""
    differences = [load(parse_pack(text), session, replace=replace) for text in texts]
    return str(differences[-1]).split("\n")


def dated(text: str, day: str) -> str:
    """The same pack, holding from a day on."""
    return text.replace("version: 1.0", f"version: 2.0, effective: {day}")


def test_stores_what_a_pack_states(engine: Engine, session: Session) -> None:
    loaded(session, CLINIC, CHART)
    session.commit()

    with sessions(engine)() as later:
        gp = later.scalars(select(PartyType).filter_by(name="GP")).one()
        consent = later.scalars(select(AccountabilityType).filter_by(name="patient consent")).one()
        line = later.scalars(select(LeveledAccountabilityType)).one()
        assert {each.name for each in gp.all_types()} == {"GP", "doctor"}
        assert [each.name for each in consent.admitted(Role.RESPONSIBLE, date(1997, 5, 1))] == ["doctor"]
        assert [each.name for each in line.levels] == ["operating unit", "region", "division", "sales office"]


def test_what_is_loaded_rules_what_may_be_linked(session: Session) -> None:
    loaded(session, CLINIC)
    gp = session.scalars(select(PartyType).filter_by(name="GP")).one()
    patient = session.scalars(select(PartyType).filter_by(name="patient")).one()
    consent = session.scalars(select(AccountabilityType).filter_by(name="patient consent")).one()
    edwards, smith = Person(name="Dr Edwards", types=[gp]), Person(name="John Smith", types=[patient])

    session.add(Accountability(type=consent, commissioner=smith, responsible=edwards))
    session.flush()

    with refuses("accountability.commissioner-type", Layer.CONSTRUCTOR):
        Accountability(type=consent, commissioner=edwards, responsible=smith)


def test_tells_what_it_added(session: Session) -> None:
    assert loaded(session, CLINIC) == [
        "+ party_types: patient",
        "+ party_types: doctor",
        "+ party_types: GP",
        "+ accountability_types: patient consent",
    ]


@pytest.mark.parametrize("text", [CLINIC, CHART, COFFEE, dated(CLINIC, "1995-01-01")])
def test_loading_a_pack_twice_changes_nothing(session: Session, text: str) -> None:
    loaded(session, text)
    before = export(session, BOTH)

    again = load(parse_pack(text), session)

    assert not again
    assert export(session, BOTH) == before


@pytest.mark.parametrize("text", [CLINIC, CHART, COFFEE])
def test_what_is_exported_is_the_pack_that_was_loaded(session: Session, text: str) -> None:
    pack = parse_pack(text)
    load(pack, session)
    session.commit()

    exported = parse_pack(export(session, pack.header))

    assert (exported.header, exported.documents) == (pack.header, pack.documents)


def test_a_scope_type_admits_the_accountability_types_that_it_names(session: Session) -> None:
    loaded(session, COFFEE)
    session.commit()

    admitted = {
        each.name: [named.name for named in each.accountability_types]
        for each in session.scalars(select(OperatingScopeType))
    }

    assert admitted == {"sales territory": ["sales"], "advertising": []}


def test_what_is_exported_makes_another_database_know_the_same(engine: Engine, session: Session) -> None:
    loaded(session, CLINIC, CHART, dated(CLINIC.replace("[patient]", "[patient, doctor]"), "1996-01-01"))
    exported = export(session, BOTH)
    session.rollback()

    loaded(session, exported)

    assert export(session, BOTH) == exported


def test_a_pack_may_name_what_only_the_database_has(session: Session) -> None:
    loaded(session, CLINIC)

    added = loaded(
        session, "pack: {name: more, version: 1}\nparty_types: [{name: surgeon, supertypes: [doctor]}]"
    )

    assert added == ["+ party_types: surgeon"]


def test_refuses_a_pack_that_names_what_nobody_has_and_stores_nothing(session: Session) -> None:
    text = CLINIC.replace("[doctor]\n", "[doctro]\n").replace("[patient]", "[nobody]")

    said = refused(session, text)

    names = "which is not among the party_types of the pack or the database"
    assert said == [
        f"clinic.yaml:7: 'GP' names 'doctro', {names}; did you mean 'doctor'?",
        f"clinic.yaml:11: 'patient consent' names 'nobody', {names}",
        f"clinic.yaml:12: 'patient consent' names 'doctro', {names}; did you mean 'doctor'?",
    ]
    assert session.scalar(select(func.count()).select_from(PartyType)) == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "  - name: doctor\n",
            "  - name: doctor\n    supertypes: [GP]\n",
            (
                "clinic.yaml:7: party_types: party-type.acyclic: found doctor as a supertype of GP, "
                "of which it is a subtype already; allowed: supertypes that are not subtypes as well. "
                "Remove the other generalization first, or use one type for both."
            ),
        ),
        (
            "    commissioners: [patient]\n",
            "",
            (
                "clinic.yaml:10: accountability_types: accountability-type.parties: "
                "found no type of commissioner for 'patient consent'; "
                "allowed: at least one party type at either end. "
                "Give commissioners= and responsibles=, or connections= of pairs."
            ),
        ),
        (
            "    commissioners: [patient]\n    responsibles: [doctor]\n",
            "    levels: [patient]\n",
            (
                "clinic.yaml:10: accountability_types: leveled.levels: found the levels patient; "
                "allowed: two levels or more, each once. Give levels=[highest, ..., lowest]."
            ),
        ),
        (
            "    commissioners: [patient]\n",
            "    commissioners: [patient]\n    kind: hierarchic\n",
            (
                "clinic.yaml:10: accountability_types: hierarchic.shape: "
                "found the shape of a network for 'patient consent'; allowed: Shape.TREE or Shape.DAG. "
                "Choose one, or use a plain AccountabilityType."
            ),
        ),
    ],
)
def test_refuses_a_pack_that_breaks_a_rule_and_stores_nothing(
    session: Session, old: str, new: str, said: str
) -> None:
    assert refused(session, CLINIC.replace(old, new)) == [said]

    assert session.scalar(select(func.count()).select_from(PartyType)) == 0
    assert loaded(session, CLINIC)


def test_keeps_the_name_of_the_rule_that_a_pack_breaks(session: Session) -> None:
    pack = parse_pack(CLINIC.replace("    commissioners: [patient]\n", ""))

    with pytest.raises(PackError) as raised:
        load(pack, session)

    assert [problem.rule for problem in raised.value.problems] == ["accountability-type.parties"]


def test_what_the_session_did_before_survives_a_refused_pack(session: Session) -> None:
    session.add(PartyType(name="nurse"))

    refused(session, CLINIC.replace("    commissioners: [patient]\n", ""))

    assert session.scalars(select(PartyType.name)).all() == ["nurse"]


def test_refuses_to_change_what_is_known_and_shows_how(session: Session) -> None:
    loaded(session, CLINIC)
    before = export(session, BOTH)
    text = CLINIC.replace("    responsibles: [doctor]\n", "    responsibles: [GP]\n    shape: dag\n")

    said = refused(session, text.replace("supertypes: [doctor]", "supertypes: []"))

    doctors = '["doctor"] -> (not said)'
    meant = "replace it explicitly, if that is meant"
    consent = "accountability_types: 'patient consent' is known otherwise;"
    assert said == [
        f"clinic.yaml:7: party_types: 'GP' is known otherwise; supertypes: {doctors}; {meant}",
        f'clinic.yaml:12: {consent} responsibles: ["doctor"] -> ["GP"]; {meant}',
        f'clinic.yaml:13: {consent} shape: (not said) -> "dag"; {meant}',
    ]
    assert export(session, BOTH) == before


def test_changes_what_is_known_where_it_is_told_to(session: Session) -> None:
    loaded(session, CLINIC, CHART)
    text = CHART.replace("[operating unit, region, division, sales office]", "[region, sales office]")
    text = text.replace("single_responsible: true", "single_responsible: false")
    text = text.replace(
        "{commissioner: region, responsible: sales office}", "{commissioner: region, responsible: region}"
    )

    changed = loaded(session, text, replace=True)

    assert changed == [
        "~ accountability_types: line management",
        '    levels: ["operating unit","region","division","sales office"] -> ["region","sales office"]',
        "~ accountability_types: product support",
        (
            "    connections: "
            '[{"commissioner":"division","responsible":"sales office",'
            '"period":{"start":"1995-01-01","end":"1996-01-01"}},'
            '{"commissioner":"region","responsible":"sales office"}] -> '
            '[{"commissioner":"division","responsible":"sales office",'
            '"period":{"start":"1995-01-01","end":"1996-01-01"}},'
            '{"commissioner":"region","responsible":"region"}]'
        ),
        "~ accountability_types: sponsorship",
        "    single_responsible: true -> (not said)",
    ]
    session.commit()
    pack = parse_pack(text)
    stated = parse_pack(export(session, pack.header)).documents
    assert stated["accountability_types"].items() >= pack.documents["accountability_types"].items()


@pytest.mark.parametrize(
    "text",
    [
        CHART.replace("[operating unit, region, division, sales office]", "[sales office, division, region]"),
        CHART.replace(
            "[operating unit, region, division, sales office]",
            "[region, operating unit, division, sales office]",
        ),
        CLINIC.replace("supertypes: [doctor]", "supertypes: [patient]"),
        CLINIC.replace("[patient]", "[patient, doctor, GP]"),
        CLINIC.replace("[patient]", "[{type: patient, period: {start: 1995-01-01}}]"),
        CHART.replace("      - {commissioner: region, responsible: sales office}\n", ""),
        CHART.replace("end: 1996-01-01", "end: 1997-01-01"),
        COFFEE.replace("advertising\n", "advertising\n    accountability_types: [sales]\n"),
        COFFEE.replace("    accountability_types: [sales]\n", ""),
    ],
)
def test_whatever_is_changed_is_then_known_as_the_pack_states_it(session: Session, text: str) -> None:
    loaded(session, CLINIC, CHART, COFFEE)
    pack = parse_pack(text)

    load(pack, session, replace=True)
    session.commit()

    known = parse_pack(export(session, pack.header)).documents
    for section, documents in pack.documents.items():
        assert known[section].items() >= documents.items()


def test_refuses_to_make_another_kind_of_an_accountability_type(session: Session) -> None:
    loaded(session, CLINIC)
    text = CLINIC.replace("[patient]\n", "[patient]\n    shape: tree\n")

    said = refused(session, text, replace=True)

    assert said == [
        (
            "clinic.yaml:10: accountability_types: accountability-type.kind: "
            "found 'patient consent' as hierarchic, which is accountability_type; "
            "allowed: the kind that it was made as. Give the new kind another name."
        )
    ]
    tree = parse_pack(text).documents["accountability_types"]["patient consent"]
    plain = parse_pack(CLINIC).documents["accountability_types"]["patient consent"]
    assert isinstance(tree, AccountabilityTypeDocument)
    assert isinstance(plain, AccountabilityTypeDocument)
    with refuses("accountability-type.kind", Layer.CONSTRUCTOR):
        AccountabilityTypes().change(session, plain, tree)


def test_an_effective_day_changes_the_rules_from_that_day_on(session: Session) -> None:
    loaded(session, CLINIC)
    text = dated(CLINIC.replace("responsibles: [doctor]", "responsibles: [GP]"), "1996-01-01")

    changed = loaded(session, text)

    assert changed == [
        "~ accountability_types: patient consent",
        (
            '    responsibles: ["doctor"] -> [{"type":"GP","period":{"start":"1996-01-01"}},'
            '{"type":"doctor","period":{"end":"1996-01-01"}}]'
        ),
    ]
    consent = session.scalars(select(AccountabilityType).filter_by(name="patient consent")).one()
    names = [
        [each.name for each in consent.admitted(Role.RESPONSIBLE, day)]
        for day in (date(1995, 12, 31), date(1996, 1, 1))
    ]
    assert names == [["doctor"], ["GP"]]


def test_an_effective_day_is_the_first_day_of_what_is_new(session: Session) -> None:
    loaded(session, dated(CLINIC, "1995-01-01"))

    rows = session.execute(select(Eligibility.valid_from, Eligibility.valid_to)).all()

    assert [tuple(row) for row in rows] == [(date(1995, 1, 1), date.max)] * 2


def test_an_effective_day_changes_nothing_of_what_has_no_periods(session: Session) -> None:
    loaded(session, CLINIC)

    said = refused(session, dated(CLINIC.replace("    supertypes: [doctor]\n", ""), "1996-01-01"))

    assert said == [
        (
            "clinic.yaml:6: party_types: 'GP' is known otherwise; "
            'supertypes: ["doctor"] -> (not said); replace it explicitly, if that is meant'
        )
    ]


def test_refuses_to_change_from_a_day_before_the_last_change(session: Session) -> None:
    later = dated(CLINIC.replace("[patient]", "[patient, doctor]"), "1997-01-01")
    loaded(session, CLINIC, later)

    said = refused(session, dated(CLINIC, "1996-01-01"))

    assert said == [
        (
            "clinic.yaml:11: accountability_types: 'patient consent' is known otherwise; "
            'commissioners: [{"type":"doctor","period":{"start":"1997-01-01"}},"patient"] -> ["patient"]; '
            "replace it explicitly, if that is meant"
        )
    ]


def test_refuses_to_change_what_accountabilities_rest_on(session: Session) -> None:
    loaded(session, CLINIC)
    named = {each.name: each for each in session.scalars(select(PartyType))}
    smith = Person(name="John Smith", types=[named["patient"]])
    edwards = Person(name="Dr Edwards", types=[named["GP"]])
    consent = session.scalars(select(AccountabilityType)).one()
    session.add(Accountability(type=consent, commissioner=smith, responsible=edwards))
    session.commit()

    by_rule = refused(
        session, CLINIC.replace("responsibles: [doctor]", "responsibles: [patient]"), replace=True
    )
    by_supertype = refused(session, CLINIC.replace("    supertypes: [doctor]\n", ""), replace=True)

    broken = "accountability_types: accountability.responsible-type: found Dr Edwards, who from the beginning"
    assert by_rule[0].startswith(f"clinic.yaml:10: {broken}")
    assert by_supertype[0].startswith(
        "clinic.yaml:6: party_types: accountability.responsible-type: found Dr Edw"
    )
    assert parse_pack(export(session, BOTH)).documents == parse_pack(CLINIC).documents


def test_keeps_the_kind_of_an_application(session: Session) -> None:
    loaded(session, CLINIC.replace("[patient]\n", "[patient]\n    kind: tutelage\n"))
    session.commit()

    stored = session.scalars(select(AccountabilityType)).one()

    assert isinstance(stored, Tutelage)
    assert "kind: tutelage" in export(session, BOTH)


def test_leaves_a_kind_with_columns_of_its_own_to_its_application(session: Session) -> None:
    loaded(session, CLINIC)
    patient = session.scalars(select(PartyType).filter_by(name="patient")).one()
    licence = Licence(name="licence", commissioners=[patient], responsibles=[patient])
    licence.board = "Massachusetts"
    session.add(licence)

    assert list(parse_pack(export(session, BOTH)).documents["accountability_types"]) == ["patient consent"]


def test_a_rule_with_several_periods_is_exported_and_loaded_as_it_is(session: Session) -> None:
    loaded(session, CLINIC)
    gp = session.scalars(select(PartyType).filter_by(name="GP")).one()
    consent = session.scalars(select(AccountabilityType).filter_by(name="patient consent")).one()
    for period in (Period(date(1990, 1, 1), date(1991, 1, 1)), Period(date(1995, 1, 1))):
        session.add(consent.admit(gp, Role.COMMISSIONER, period))
    exported = export(session, BOTH)
    session.rollback()

    loaded(session, exported)

    assert export(session, BOTH) == exported
    assert exported.count("type: GP") == 2
