"""2.5: whatever a sound pack states is known after loading it, and is exported as it was stated."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from analysis_patterns.patterns.accountability.accountability_type import Shape
from analysis_patterns.patterns.accountability.knowledge_document import (
    AccountabilityTypeDocument,
    Admission,
    Connection,
    PartyTypeDocument,
)
from analysis_patterns.patterns.knowledge import Header, KnowledgeDocument, Pack, export, load, parse_pack
from analysis_patterns.patterns.persistence.session import sessions
from analysis_patterns.patterns.time import ALWAYS, Period
from tests.covered import Covered

NAMES = ["region", "NO", "010", "true", "1:30", "a: b", "- c", "'d'", "[e]", "é\u2028東京😀", " f", "#g"]
DAYS = [date(1995, 1, 1) + timedelta(days=n) for n in range(6)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    bounds = draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True).map(sorted))
    return draw(st.sampled_from([ALWAYS, Period(bounds[0]), Period(end=bounds[0]), Period(*bounds)]))


@st.composite
def accountability_types(draw: st.DrawFn, name: str, known: list[str]) -> AccountabilityTypeDocument:
    one_of = st.sampled_from(known)
    if draw(st.booleans()):
        levels = draw(st.lists(one_of, min_size=2, max_size=4, unique=True))
        return AccountabilityTypeDocument(name=name, levels=tuple(levels), shape=draw(st.sampled_from(Shape)))
    admissions = st.lists(st.builds(Admission, one_of, periods()), min_size=1, max_size=4).map(tuple)
    connections = st.lists(
        st.builds(Connection, commissioner=one_of, responsible=one_of, period=periods()), max_size=3
    ).map(tuple)
    return AccountabilityTypeDocument(
        name=name,
        commissioners=draw(admissions),
        responsibles=draw(admissions),
        connections=draw(connections),
        shape=draw(st.sampled_from(Shape)),
        single_responsible=draw(st.booleans()),
    )


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    known = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    party_types: dict[str, KnowledgeDocument] = {}
    for number, name in enumerate(known):
        above = draw(st.lists(st.sampled_from(known[:number]), max_size=2)) if number else []
        party_types[name] = PartyTypeDocument(name=name, supertypes=tuple(above))
    kinds: dict[str, KnowledgeDocument] = {
        name: draw(accountability_types(name, known))
        for name in draw(st.sets(st.sampled_from(NAMES), max_size=3))
    }
    return Pack(Header(name="any", version="1"), {"party_types": party_types, "accountability_types": kinds})


def admissions_of(pack: Pack) -> Iterator[Admission]:
    for document in pack.documents["accountability_types"].values():
        assert isinstance(document, AccountabilityTypeDocument)
        yield from (*document.commissioners, *document.responsibles)


@pytest.mark.parametrize("order", ["as stated", "backwards"])
def test_a_pack_is_known_after_loading_as_it_was_stated(engine: Engine, order: str) -> None:
    covered = Covered()

    @settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(packs())
    def holds(stated: Pack) -> None:
        kinds = stated.documents["accountability_types"].values()
        covered.case(
            generalized=any(
                each.fields().get("supertypes") for each in stated.documents["party_types"].values()
            ),
            leveled=any("levels" in each.fields() for each in kinds),
            connected=any("connections" in each.fields() for each in kinds),
            dated=any(each.period != ALWAYS for each in admissions_of(stated)),
            without_types=not kinds,
        )
        written = {name: dict(list(each.items())[::-1]) for name, each in stated.documents.items()}
        text = Pack(stated.header, written if order == "backwards" else stated.documents).text()
        with sessions(engine)() as session:
            load(parse_pack(text), session)

            exported = export(session, stated.header)
            assert {
                section: documents
                for section, documents in parse_pack(exported).documents.items()
                if documents
            } == {section: documents for section, documents in stated.documents.items() if documents}
            assert not load(parse_pack(exported), session)

    holds()

    covered.enough()
