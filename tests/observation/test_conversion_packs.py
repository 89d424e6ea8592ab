"""Knowledge packs state the conversions of phenomenon types, with their sources and periods (3.2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from analysis_patterns.observation import PhenomenonConversion, PhenomenonType, convert
from analysis_patterns.patterns.knowledge import PackError, audit, export, load, parse_pack
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

HEADER = "pack: {name: laboratory, version: 1}\n"
TYPES = "phenomenon_types:\n- {name: Glucose, legal_units: [mmol/L, mg/dL]}\n"
STATED = """\
phenomenon_conversions:
- phenomenon_type: Glucose
  ratios:
  - {unit: mmol/L, equals: 18.0156 mg/dL, source: molar mass 180.156 g/mol}
"""
PACK = HEADER + TYPES + STATED


def loaded(session: Session, text: str, *, replace: bool = False) -> None:
    """Load a pack."""
    load(parse_pack(text), session, replace=replace)
    session.commit()


def converted(session: Session, *, as_of: date | None = None, known_at: datetime | None = None) -> str:
    """7 mmol/L of glucose in mg/dL."""
    glucose = session.scalars(select(PhenomenonType)).one()
    seven = Quantity(7, "mmol/L")
    return str(convert(session, seven, to="mg/dL", phenomenon_type=glucose, as_of=as_of, known_at=known_at))


def test_a_pack_states_a_conversion_once(session: Session) -> None:
    loaded(session, PACK)
    loaded(session, PACK)

    assert converted(session) == "126.1092 mg/dL"
    assert session.scalars(select(func.count()).select_from(PhenomenonConversion)).one() == 1


def test_what_is_exported_says_the_same(session: Session) -> None:
    loaded(session, PACK)

    header = parse_pack(PACK).header
    text = export(session, header)

    assert "18.0156" in text
    assert "molar mass 180.156 g/mol" in text
    again = load(parse_pack(text), session)
    assert not again.added + again.changed
    assert export(session, header) == text


def test_another_ratio_ends_the_belief_in_the_one_before(session: Session, clock: FixedClock) -> None:
    loaded(session, PACK)
    before = clock.now()
    clock.advance(timedelta(days=1))

    rounded = PACK.replace("18.0156", "18.02").replace("molar mass 180.156 g/mol", "rounded")

    with pytest.raises(PackError, match="known otherwise"):
        loaded(session, rounded)
    loaded(session, rounded, replace=True)

    assert converted(session) == "126.14 mg/dL"
    assert converted(session, known_at=before) == "126.1092 mg/dL"


def test_a_pack_that_holds_from_a_day_on_leaves_the_days_before(session: Session) -> None:
    loaded(session, PACK)
    later = PACK.replace("version: 1", "version: 2, effective: 1997-06-01").replace("18.0156", "18.02")

    loaded(session, later)

    assert converted(session, as_of=date(1997, 5, 31)) == "126.1092 mg/dL"
    assert converted(session, as_of=date(1997, 6, 1)) == "126.14 mg/dL"


@pytest.mark.parametrize(
    ("said", "instead", "rule"),
    [
        ("18.0156 mg/dL", "-1 mg/dL", "phenomenon-conversion.positive"),
        ("18.0156 mg/dL", "1 mol/L", "phenomenon-conversion.apart"),
        ("mmol/L, equals", "mmole/L, equals", "unit.known"),
        ("source: molar mass 180.156 g/mol", "source: ' '", "name.text"),
        ("phenomenon_type: Glucose", "phenomenon_type: Urea", ""),
    ],
)
def test_refuses_a_pack_that_states_nonsense_and_names_the_line(
    session: Session, said: str, instead: str, rule: str
) -> None:
    with pytest.raises(PackError) as raised:
        loaded(session, PACK.replace(said, instead))

    (problem,) = raised.value.problems
    assert (problem.rule, problem.line > 3) == (rule, True)
    session.rollback()
    assert session.scalars(select(PhenomenonType)).all() == []


def test_refuses_a_pack_with_two_sources_for_one_day(session: Session) -> None:
    other = "  - {unit: mg/dL, equals: 0.0555 mmol/L, source: another book}\n"

    with pytest.raises(PackError, match=r"phenomenon-conversion\.one-source"):
        loaded(session, PACK + other)


def test_legal_units_that_a_conversion_relates_are_no_cause_for_doubt(session: Session) -> None:
    loaded(session, HEADER + TYPES)
    before = [str(each) for each in audit(session)]

    loaded(session, PACK)

    assert any("do not convert" in each for each in before)
    assert not any("do not convert" in str(each) for each in audit(session))
