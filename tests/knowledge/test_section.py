"""2.5: a chapter, or an application, puts its own kind of knowledge into packs."""

from collections.abc import Iterator
from datetime import date
from graphlib import CycleError
from typing import ClassVar

import pytest

from analysis_patterns.patterns.accountability.knowledge_document import Admission
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.knowledge import (
    Header,
    KnowledgeDocument,
    PackError,
    Reference,
    Section,
    Whole,
    audit,
    diff,
    export,
    from_day_on,
    load,
    parse_pack,
    register,
    section,
    sections,
    tidied,
)
from analysis_patterns.patterns.persistence.session import Session
from analysis_patterns.patterns.time import ALWAYS, Period


class Speciality(KnowledgeDocument):
    """What a doctor may be specialised in."""

    name: str
    for_type: str = ""
    years: Whole = 0

    @property
    def key(self) -> str:
        return self.name

    def references(self) -> Iterator[Reference]:
        if self.for_type:
            yield Reference("party_types", self.for_type, "for_type")


class Specialities(Section[Speciality]):
    """A section that keeps its documents in a dictionary."""

    name = "a_specialities"
    model = Speciality
    after: ClassVar[tuple[str, ...]] = ("party_types",)

    def __init__(self) -> None:
        self.held: dict[str, Speciality] = {}

    def read(self, session: Session) -> Iterator[Speciality]:
        yield from self.held.values()

    def add(self, session: Session, document: Speciality) -> None:
        self.held[document.name] = document

    def change(self, session: Session, old: Speciality, new: Speciality) -> None:
        self.held[old.name] = new

    def doubts(self, session: Session) -> Iterator[tuple[str, str]]:
        yield from ((each.name, "no year is meant") for each in self.held.values() if each.years == 99)


@pytest.fixture
def specialities(monkeypatch: pytest.MonkeyPatch) -> Specialities:
    """An application's section, registered for one test."""
    monkeypatch.setattr(section, "_SECTIONS", dict(section._SECTIONS))  # apart from the next test's
    registered = Specialities()
    register(registered)
    return registered


PACK = """
pack: {name: app, version: 1}
a_specialities: [{name: surgery, for_type: doctor}]
party_types: [{name: doctor}]
"""


def test_sections_come_after_those_that_they_refer_to(specialities: Specialities) -> None:
    names = [each.name for each in sections()]

    assert names.index("party_types") < names.index("a_specialities")
    assert names.index("party_types") < names.index("accountability_types")


class Subspeciality(Speciality):
    """A speciality within another."""

    within: str = ""

    def references(self) -> Iterator[Reference]:
        if self.within:
            yield Reference("a_specialities", self.within, "within")


class Subspecialities(Specialities):
    """A section within that of specialities, which comes before it by name."""

    name = "a_further"
    within = "a_specialities"
    model = Subspeciality
    after = ("a_specialities", "party_types")


def test_sections_within_another_come_together_and_are_referred_to_alike(
    session: Session, specialities: Specialities
) -> None:
    further = Subspecialities()
    register(further)
    text = """
pack: {name: app, version: 1}
a_further: [{name: hands, within: surgery}, {name: nerves, within: hands}]
a_specialities: [{name: surgery}]
"""

    load(parse_pack(text), session)

    names = [each.name for each in sections()]
    assert names.index("a_further") == names.index("a_specialities") + 1
    assert set(further.held) == {"hands", "nerves"}
    with pytest.raises(PackError, match="'nerves' names 'noses', which is not among the a_specialities"):
        load(parse_pack(text.replace("within: hands", "within: noses")), session)


def test_an_audit_tells_what_a_section_doubts(session: Session, specialities: Specialities) -> None:
    load(parse_pack("{pack: {name: app, version: 1}, a_specialities: [{name: old, years: 99}]}"), session)

    assert "a_specialities: old: hardly meant so (no year is meant)" in map(str, audit(session))


def test_an_applications_knowledge_is_loaded_and_exported(
    session: Session, specialities: Specialities
) -> None:
    pack = parse_pack(PACK)

    load(pack, session)

    assert specialities.held == {"surgery": Speciality(name="surgery", for_type="doctor")}
    assert parse_pack(export(session, pack.header)).documents == pack.documents
    assert not diff(pack, session)


@pytest.mark.parametrize(("written", "meant"), [("6", 6), ("0", 0), ("-1", -1), ("'6'", 6)])
def test_a_field_that_says_so_holds_a_whole_number(
    specialities: Specialities, written: str, meant: int
) -> None:
    pack = parse_pack(f"{{pack: {{name: app, version: 1}}, a_specialities: [{{name: a, years: {written}}}]}}")

    assert pack.documents["a_specialities"]["a"] == Speciality(name="a", years=meant)
    assert parse_pack(pack.text()).documents == pack.documents


@pytest.mark.parametrize(
    "written", ["010", "6.0", "0x6", "1_000", "'٦'", "six", "-0", "true", "9999999999999999999"]
)
def test_a_whole_number_is_written_plainly_or_refused(specialities: Specialities, written: str) -> None:
    with pytest.raises(PackError, match=r"a_specialities\[1\].years: should be a whole number, not"):
        parse_pack(f"{{pack: {{name: app, version: 1}}, a_specialities: [{{name: a, years: {written}}}]}}")


def test_an_applications_knowledge_is_changed_where_told_to(
    session: Session, specialities: Specialities
) -> None:
    load(parse_pack(PACK), session)

    load(parse_pack(PACK.replace(", for_type: doctor", "")), session, replace=True)

    assert specialities.held == {"surgery": Speciality(name="surgery")}


def test_a_section_that_does_not_know_its_use_finds_nothing_unused(
    session: Session, specialities: Specialities
) -> None:
    load(parse_pack("pack: {name: app, version: 1}\na_specialities: [{name: surgery}]"), session)

    assert audit(session) == []


@pytest.mark.parametrize("name", ["a_specialities", "pack"])
def test_refuses_a_section_whose_name_is_taken(specialities: Specialities, name: str) -> None:
    class Second(Specialities):
        pass

    Second.name = name

    with pytest.raises(AnalysisPatternsError) as raised:
        register(Second())

    assert str(raised.value) == f"knowledge packs have a section {name!r} already"


def test_sections_that_wait_for_each_other_are_a_programming_error(specialities: Specialities) -> None:
    class Waiting(Specialities):
        name = "waiting"
        after = ("waiting",)

    register(Waiting())

    with pytest.raises(CycleError):
        sections()


def test_a_document_of_a_section_need_not_refer_to_anything() -> None:
    assert list(Header.model_fields) == ["name", "version", "effective", "description", "source"]
    assert list(KnowledgeDocument.references(Speciality(name="a"))) == []


JANUARY = Period(date(1996, 1, 1), date(1996, 2, 1))
FEBRUARY = Period(date(1996, 2, 1), date(1996, 3, 1))
LATER = Period(date(1996, 3, 1))


def test_what_has_periods_is_said_in_one_way() -> None:
    things = [
        Admission("b"),
        Admission("a", FEBRUARY),
        Admission("a", JANUARY),
        Admission("a", Period(JANUARY.start)),
    ]

    assert tidied(things) == (Admission("a", Period(JANUARY.start)), Admission("b"))
    assert tidied([Admission("a", LATER), Admission("a", JANUARY)]) == (
        Admission("a", JANUARY),
        Admission("a", LATER),
    )


def test_a_change_from_a_day_on_keeps_what_held_before() -> None:
    before = [Admission("a"), Admission("b", JANUARY), Admission("c", LATER)]
    after = [Admission("a"), Admission("d"), Admission("e", JANUARY)]

    changed = from_day_on(before, after, Period(FEBRUARY.start))

    assert changed == (
        Admission("a", ALWAYS),
        Admission("b", JANUARY),
        Admission("d", Period(FEBRUARY.start)),
    )
