"""2.5: what a pack says and what a database holds are compared by section, key and field."""

from datetime import date

from analysis_patterns.patterns.knowledge import Difference, FieldChange, diff, load, parse_pack
from analysis_patterns.patterns.persistence.session import Session

from .example import CHART, CLINIC


def test_an_empty_database_lacks_everything(session: Session) -> None:
    difference = diff(parse_pack(CLINIC), session)

    assert [change.new.key for change in difference.added] == ["patient", "doctor", "GP", "patient consent"]
    assert not difference.changed
    assert not difference.removed


def test_there_is_no_difference_from_the_pack_that_was_loaded(session: Session) -> None:
    load(parse_pack(CLINIC), session)

    difference = diff(parse_pack(CLINIC), session)

    assert difference == Difference()
    assert not difference
    assert str(difference) == ""


def test_tells_what_only_the_database_has(session: Session) -> None:
    load(parse_pack(CLINIC), session)

    difference = diff(parse_pack(CLINIC.replace("  - name: GP\n    supertypes: [doctor]\n", "")), session)

    assert difference.removed == (("party_types", "GP"),)
    assert str(difference) == "- party_types: GP"


def test_tells_which_fields_differ_and_how(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    text = CLINIC.replace("responsibles: [doctor]", "responsibles: [doctor]\n    single_responsible: true")

    (change,) = diff(parse_pack(text.replace("[patient]", "[patient, GP]")), session).changed

    assert (change.section.name, change.new.key) == ("accountability_types", "patient consent")
    assert change.fields == (
        FieldChange("single_responsible", None, True),
        FieldChange("commissioners", ["patient"], ["GP", "patient"]),
    )
    assert str(change) == (
        "~ accountability_types: patient consent\n"
        "    single_responsible: (not said) -> true\n"
        '    commissioners: ["patient"] -> ["GP","patient"]'
    )


def test_only_a_change_of_what_has_periods_from_a_known_day_on_is_additive(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    more = CLINIC.replace("[patient]", "[patient, GP]")
    from_1996 = more.replace("version: 1.0", "version: 1.1, effective: 1996-01-01")

    (undated,) = diff(parse_pack(more), session).changed
    (dated,) = diff(parse_pack(from_1996), session).changed
    (both,) = diff(parse_pack(from_1996.replace("[GP]", "[GP]\n    shape: dag")), session).changed

    assert (undated.is_additive, dated.is_additive) == (False, True)
    assert both.effective == date(1996, 1, 1)


def test_whatever_is_not_shared_is_a_difference(session: Session) -> None:
    load(parse_pack(CLINIC), session)
    more = diff(parse_pack(CLINIC.replace("  - name: GP\n", "  - name: nurse\n  - name: GP\n")), session)
    less = diff(parse_pack(CLINIC.replace("  - name: GP\n    supertypes: [doctor]\n", "")), session)
    other = diff(parse_pack(CLINIC.replace("[patient]", "[patient, GP]")), session)

    assert [(len(each.added), len(each.changed), len(each.removed)) for each in (more, less, other)] == [
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]
    assert more
    assert less
    assert other


def test_comparing_changes_nothing(session: Session) -> None:
    load(parse_pack(CLINIC), session)

    diff(parse_pack(CHART), session)

    assert not session.new
    assert not session.dirty
