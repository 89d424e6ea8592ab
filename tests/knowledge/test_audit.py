"""2.5: an audit finds knowledge in no pack, otherwise than its pack says, or unused."""

from datetime import date

from sqlalchemy import select, update

from analysis_patterns.patterns.accountability.accountability import Accountability
from analysis_patterns.patterns.accountability.accountability_type import AccountabilityType
from analysis_patterns.patterns.accountability.admission import Eligibility, Role
from analysis_patterns.patterns.accountability.organization import Organization
from analysis_patterns.patterns.accountability.party import Person
from analysis_patterns.patterns.accountability.party_type import PartyType
from analysis_patterns.patterns.accountability.scope import OperatingScopeType, ProductType, SalesTerritory
from analysis_patterns.patterns.knowledge import Concern, audit, load, parse_pack
from analysis_patterns.patterns.persistence.session import Session

from .example import CHART, CLINIC, COFFEE


def found(session: Session, *texts: str, concern: Concern | None = None) -> list[str]:
    """What an audit finds, beside the packs `texts`."""
    findings = audit(session, [parse_pack(text) for text in texts])
    return [str(finding) for finding in findings if concern in (None, finding.concern)]


def use(session: Session) -> None:
    """Let a GP treat a patient with consent."""
    named = {each.name: each for each in session.scalars(select(PartyType))}
    smith = Person(name="John Smith", types=[named["patient"]])
    edwards = Person(name="Dr Edwards", types=[named["GP"]])
    consent = session.scalars(select(AccountabilityType)).one()
    session.add(Accountability(type=consent, commissioner=smith, responsible=edwards))
    session.flush()


def test_finds_nothing_where_all_is_in_packs_and_used(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    use(session)

    assert found(session, CLINIC) == []


def test_finds_what_breaks_a_rule(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    use(session)
    session.execute(
        update(Eligibility).where(Eligibility.role == Role.RESPONSIBLE).values(valid_to=date(1995, 1, 1))
    )
    session.expire_all()

    assert found(session, CLINIC, concern=Concern.BREAKS_A_RULE) == [
        (
            "accountability.responsible-type: breaks a rule (found Dr Edwards, who on 1995-01-01 is GP, "
            "as responsible of 'patient consent'; allowed: nobody)"
        )
    ]


def test_finds_what_nobody_uses(session: Session) -> None:
    load(parse_pack(CLINIC), session)

    assert found(session) == [
        "party_types: GP: unused",
        "party_types: doctor: unused",
        "party_types: patient: unused",
        "accountability_types: patient consent: unused",
    ]


def test_finds_products_and_scope_types_that_nobody_uses(session: Session) -> None:
    load(parse_pack(COFFEE), session)
    named = {each.name: each for each in session.scalars(select(PartyType))}
    region = Organization(name="Northeast", types=[named["region"]])
    office = Organization(name="Boston", types=[named["sales office"]])
    sales = session.scalars(select(AccountabilityType)).one()
    scope_types = {each.name: each for each in session.scalars(select(OperatingScopeType))}
    products = {each.name: each for each in session.scalars(select(ProductType))}
    boston = Accountability(type=sales, commissioner=region, responsible=office)
    territory = SalesTerritory(
        accountability=boston, type=scope_types["sales territory"], product_type=products["2170"]
    )
    session.add_all([boston, territory])
    session.flush()

    assert found(session, COFFEE) == [
        "product_types: 11-10: unused",
        "operating_scope_types: advertising: unused",
    ]


def test_a_supertype_is_used_through_its_subtypes(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    session.add(
        Person(name="Dr Edwards", types=[session.scalars(select(PartyType).filter_by(name="GP")).one()])
    )
    session.flush()

    assert found(session) == ["party_types: patient: unused", "accountability_types: patient consent: unused"]


def test_finds_what_is_in_no_pack(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    session.add(PartyType(name="nurse"))

    assert found(session, CLINIC, concern=Concern.IN_NO_PACK) == ["party_types: nurse: in no pack"]


def test_asks_for_no_packs_where_none_is_given(session: Session) -> None:
    load(parse_pack(CLINIC), session)

    assert found(session, concern=Concern.IN_NO_PACK) == []


def test_finds_what_was_changed_or_lost_since_it_was_loaded(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    session.scalars(select(AccountabilityType)).one().single_responsible = True
    session.flush()
    text = CLINIC.replace("  - name: GP\n", "  - name: nurse\n  - name: GP\n")

    assert found(session, text, concern=Concern.OTHERWISE) == [
        "party_types: nurse: otherwise than in the pack (clinic: missing)",
        (
            "accountability_types: patient consent: otherwise than in the pack "
            "(clinic: single_responsible: true -> (not said))"
        ),
    ]


def test_of_two_packs_that_state_the_same_the_latest_counts(session: Session) -> None:
    later = CLINIC.replace("[patient]", "[patient, doctor]")
    load(parse_pack(CLINIC), session)
    load(parse_pack(later), session, replace=True)

    assert found(session, CLINIC, later, CHART, concern=Concern.OTHERWISE)[0].startswith(
        "party_types: operating"
    )
    assert found(session, later, CLINIC, concern=Concern.OTHERWISE) == [
        (
            "accountability_types: patient consent: otherwise than in the pack "
            '(clinic: commissioners: ["doctor","patient"] -> ["patient"])'
        )
    ]
