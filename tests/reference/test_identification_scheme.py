"""5.2 Identification Scheme: what its identifiers look like, who issues it, and how packs state it."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import IdentificationScheme, Identifier, Organization, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.knowledge import PackError, audit, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.reference._check_digit import checked, validator
from analysis_patterns.patterns.reference._format import fault_of, fits
from analysis_patterns.patterns.reference.scheme_section import IdentificationSchemes, SchemeDocument

from ..refusals import refuses
from .figures import Hospitals, changes_nothing, leaves_no_trace, table_of

PACK = """
pack: {name: numbers, version: 1}
identification_schemes:
  - {name: ISBN, check: isbn}
  - name: General hospital number
    issuer: General hospital
    format: "JS[0-9]{3}"
    ignored: " -"
    capitals: true
    aliases: false
"""


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("isbn", "9780201895421", "9780201895422"),
        ("gb.nhs", "9434765919", "9434765918"),
        ("luhn", "79927398713", "79927398710"),
        ("iban", "GB82WEST12345698765432", "GB83WEST12345698765432"),
    ],
)
def test_check_digits_are_those_of_a_library(check: str, good: str, bad: str) -> None:
    scheme = IdentificationScheme(name="checked", check=check)

    assert scheme.text_of(good) == good
    with refuses("identifier.check-digit"):
        scheme.text_of(bad)


def test_what_is_kept_is_what_fits_the_format() -> None:
    printed = IdentificationScheme(name="printed", check="isbn", format="[0-9]{3}-[0-9]{10}")
    kept = IdentificationScheme(name="kept", check="isbn", format="[0-9]{13}")

    assert kept.text_of("978-0-201-89542-1") == "9780201895421"
    with refuses("identifier.format"):
        printed.text_of("978-0201895421")


@pytest.mark.parametrize("typed", ["\u03b0", "stra\u00dfe", "js 123", "\u0390x"])
def test_what_is_kept_in_capitals_stays_as_it_is(typed: str) -> None:
    scheme = IdentificationScheme(name="capitals", capitals=True)

    kept = scheme.text_of(typed)

    assert scheme.text_of(kept) == kept


def test_digits_of_another_alphabet_are_no_check_digits() -> None:
    # One module of the library looks each of them up among those that it knows.
    with refuses("identifier.check-digit"):
        IdentificationScheme(name="id", check="pt.cc").text_of("31\u0663 9695")


def test_every_validator_keeps_what_it_kept() -> None:
    for check, text in (("isbn", "0-201-89542-0"), ("iban", "GB82 WEST 1234 5698 7654 32")):
        kept = checked(check, text)

        assert kept is not None
        assert checked(check, kept) == kept


@pytest.mark.parametrize(
    "check",
    [
        "os",
        "..os",
        "isbn.validate",
        "util",
        "exceptions",
        "gb",
        "numdb",
        "no_such",
        "iso9362",
        "ISBN",
        "a.b.c",
    ],
)
def test_a_check_is_a_validator_of_that_library_and_nothing_else(check: str) -> None:
    assert validator(check) is None
    assert checked(check, "1") is None
    with refuses("scheme.known-check"):
        IdentificationScheme(name="unchecked", check=check)


def test_a_flush_refuses_a_check_that_became_unknown(session: Session, hospitals: Hospitals) -> None:
    with leaves_no_trace(session), refuses("scheme.known-check", Layer.FLUSH):
        hospitals.nhs.check = "os"
        session.commit()


@pytest.mark.parametrize(
    "format",
    [
        "(",
        "(a+)+",
        "(a|a)*b",
        r"(a)\1",
        "(?=a)b",
        "x" * 201,
        r"\d*\d*\d*",
        "(a|a){1000}",
        "(" * 9000,
        "(?u)a",
        "[[a]",
    ],
)
def test_refuses_a_format_that_is_none_or_may_run_for_long(format: str) -> None:
    with refuses("scheme.safe-format") as refused:
        IdentificationScheme(name="bad", format=format)

    assert "characters, classes, groups" in refused.value.allowed


def test_a_flush_refuses_a_format_that_may_run_for_long(session: Session, hospitals: Hospitals) -> None:
    with leaves_no_trace(session), refuses("scheme.safe-format", Layer.FLUSH):
        hospitals.numbers.format = "(a+)+"
        session.commit()


PIECES = st.recursive(
    st.sampled_from(["a", "[ab]", ".", "a?", "a*", "a+", "a{0,5}"]),
    lambda inner: st.one_of(
        st.builds("({}|{})".format, inner, inner),
        st.builds("({})*".format, inner),
        st.builds("({}{}){{0,4}}".format, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join))
def test_no_format_that_is_allowed_makes_anybody_wait(pattern: str) -> None:
    if fault_of(pattern):
        return

    begun = perf_counter()
    fits(f"{pattern}b", "a" * 100)

    assert perf_counter() - begun < 1


@pytest.mark.parametrize(
    "typed", ["", "  ", "JS12", "JS1234", "xJS123", "JS123\n4", "J\0S", "JS\u0661\u0662\u0663", "x" * 101]
)
def test_refuses_what_does_not_fit_the_format(hospitals: Hospitals, typed: str) -> None:
    with refuses("identifier.format"):
        hospitals.numbers.text_of(typed)


@pytest.mark.parametrize("typed", [None, 123, b"JS123"])
def test_refuses_what_is_no_text(hospitals: Hospitals, typed: object) -> None:
    with refuses("identifier.format"):
        hospitals.numbers.text_of(typed)  # type: ignore[arg-type]


def test_a_malformed_identifier_leaves_no_trace(session: Session, hospitals: Hospitals) -> None:
    with changes_nothing(session), refuses("identifier.format"):
        Identifier(scheme=hospitals.numbers, text="nonsense", thing=hospitals.john)


@pytest.mark.parametrize(
    ("rule", "scheme"), [("identifier.format", "numbers"), ("identifier.check-digit", "nhs")]
)
def test_a_flush_refuses_what_was_changed_past_the_constructor(
    session: Session, hospitals: Hospitals, rule: str, scheme: str
) -> None:
    typed = {"numbers": "JS123", "nhs": "943 476 5919"}[scheme]
    identifier = Identifier(scheme=getattr(hospitals, scheme), text=typed, thing=hospitals.john)
    identifier.text = "9434765918"

    with leaves_no_trace(session), refuses(rule, Layer.FLUSH):
        session.add(identifier)
        session.commit()


def test_identifiers_that_no_longer_fit_their_scheme_are_reported(
    session: Session, hospitals: Hospitals
) -> None:
    session.add(Identifier(scheme=hospitals.numbers, text="JS123", thing=hospitals.john))
    session.commit()

    hospitals.numbers.format = "JS[0-9]{4}"
    session.commit()

    assert [each.rule.name for each in inconsistencies(session)] == ["identifier.format"]


def test_refuses_a_scheme_without_a_name() -> None:
    with refuses("name.text"):
        IdentificationScheme(name=" ")


def test_the_database_refuses_two_schemes_of_one_name(
    session: Session, hospitals: Hospitals, layer: Layer
) -> None:
    row = {"format": "", "check": "", "ignored": "", "capitals": False, "aliases": True}

    with leaves_no_trace(session), refuses("scheme.unique-name", layer):
        session.execute(insert(table_of(IdentificationScheme)).values(id=uuid7(), name="NHS number", **row))


class TestPack:
    """The section `identification_schemes` of knowledge packs."""

    def test_what_it_states_is_known_and_exported_as_it_was(self, session: Session) -> None:
        session.add(Organization(name="General hospital"))
        pack = parse_pack(PACK)

        load(pack, session)

        assert parse_pack(export(session, pack.header)).documents == pack.documents
        assert not load(pack, session)
        unused = [str(each) for each in audit(session, [pack])]
        assert unused == [
            "identification_schemes: General hospital number: unused", "identification_schemes: ISBN: unused"
        ]  # fmt: skip

    def test_what_a_later_pack_states_otherwise_replaces_it(self, session: Session) -> None:
        session.add(Organization(name="General hospital"))
        load(parse_pack(PACK), session)
        later = parse_pack(PACK.replace("{3}", "{4}").replace("    issuer: General hospital\n", ""))

        load(later, session, replace=True)

        assert parse_pack(export(session, later.header)).documents == later.documents

    @pytest.mark.parametrize(("right", "wrong", "rule"), [
        ("isbn", "os", "scheme.known-check"), ("{3}", "+[0-9]+[0-9]+", "scheme.safe-format")
    ])  # fmt: skip
    def test_refuses_what_is_no_scheme_with_its_line(self, right: str, wrong: str, rule: str) -> None:
        with pytest.raises(PackError, match=rule) as refused:
            parse_pack(PACK.replace(right, wrong))

        assert refused.value.problems[0].line in (4, 5)

    @pytest.mark.parametrize(("parties", "found"), [(0, "no party"), (2, "several parties")])
    def test_refuses_an_issuer_that_is_not_one_party(
        self, session: Session, parties: int, found: str
    ) -> None:
        session.add_all(Organization(name="General hospital") for _ in range(parties))
        session.commit()
        document = SchemeDocument(name="n", issuer="General hospital")

        with leaves_no_trace(session), pytest.raises(PackError, match=r"scheme\.known-issuer"):
            load(parse_pack(PACK), session)
        with refuses("scheme.known-issuer") as refused:
            IdentificationSchemes().add(session, document)

        assert refused.value.found == f"{found} called 'General hospital'"
