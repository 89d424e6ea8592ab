"""15.3, 15.3.1: a history tells a value as of a day, and as it was known at an instant."""

from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import ModuleType

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.time import (
    FixedClock,
    History,
    Period,
    TwoDimensionalHistory,
    history,
    temporal,
)
from tests.covered import Covered, with_fault
from tests.refusals import refuses

FEB_25 = date(1997, 2, 25)


def noon(month: int, day: int) -> datetime:
    return datetime(1997, month, day, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(noon(1, 1))


@pytest.fixture
def rate(clock: FixedClock) -> TwoDimensionalHistory[int]:
    """The book's salary: $100 a day from 1 January, and what was learned of it later."""
    rate = TwoDimensionalHistory[int](clock=clock)
    rate.set(100, date(1997, 1, 1))
    clock.set(noon(3, 15))
    rate.set(110, date(1997, 2, 15))
    clock.set(noon(4, 4))
    rate.set(112, date(1997, 2, 21))
    return rate


def test_a_history_tells_todays_value_and_that_of_any_day(clock: FixedClock) -> None:
    rate = History[int](clock=clock)
    rate.set(100, date(1996, 1, 1))

    rate.set(110)

    assert rate.get() == 110
    assert rate.get(date(1996, 12, 31)) == 100


def test_a_history_changes_a_stretch_in_the_middle(clock: FixedClock) -> None:
    rate = History[int](clock=clock)
    rate.set(100)

    rate.insert(110, Period(date(1997, 2, 1), date(1997, 3, 1)))
    rate.clear(Period(date(1997, 4, 1)))

    assert rate.get_history() == {
        Period(date(1997, 1, 1), date(1997, 2, 1)): 100,
        Period(date(1997, 2, 1), date(1997, 3, 1)): 110,
        Period(date(1997, 3, 1), date(1997, 4, 1)): 100,
    }


def test_a_history_is_read_and_replaced_in_bulk(clock: FixedClock) -> None:
    rate, copy = History[int](clock=clock), History[int](clock=clock)
    rate.set(100)
    rate.set(110, date(1997, 6, 1))

    copy.set_history(rate.get_history())

    assert copy.get_history() == rate.get_history()


def test_the_dictionary_handed_out_is_not_the_history(clock: FixedClock) -> None:
    rate = History[int](clock=clock)
    rate.set(100)

    rate.get_history().clear()

    assert rate.get() == 100


def test_refuses_a_bulk_history_that_overlaps_and_keeps_the_old_one(clock: FixedClock) -> None:
    rate = History[int](clock=clock)
    rate.set(100)

    with refuses("history.overlap", Layer.CONSTRUCTOR):
        rate.set_history({Period(): 1, Period(date(1997, 1, 1)): 2})

    assert rate.get_history() == {Period(date(1997, 1, 1)): 100}


def test_refuses_to_set_before_the_last_change_and_keeps_the_value(clock: FixedClock) -> None:
    rate = History[int](clock=clock)
    rate.set(100)

    with refuses("history.additive", Layer.CONSTRUCTOR):
        rate.set(90, date(1996, 1, 1))

    assert rate.get() == 100


def test_refuses_to_tell_a_value_before_the_first(clock: FixedClock) -> None:
    rate = History[int](clock=clock)
    rate.set(100)

    with refuses("history.covered", Layer.CONSTRUCTOR):
        rate.get(date(1996, 12, 31))


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [(noon(2, 25), 100), (noon(3, 26), 110), (noon(4, 5), 112), (noon(12, 31), 112)],
)
def test_the_salary_of_25_february_depends_on_when_it_is_asked(
    rate: TwoDimensionalHistory[int], known_at: datetime, expected: int
) -> None:
    assert rate.get(FEB_25, known_at=known_at) == expected


def test_what_is_known_changes_at_the_very_instant_it_is_learned(rate: TwoDimensionalHistory[int]) -> None:
    just_before = noon(3, 15) - timedelta(microseconds=1)

    assert rate.get(FEB_25, known_at=just_before) == 100
    assert rate.get(FEB_25, known_at=noon(3, 15)) == 110


def test_without_an_instant_it_tells_what_is_known_now(
    rate: TwoDimensionalHistory[int], clock: FixedClock
) -> None:
    assert rate.get(FEB_25) == 112
    assert rate.get() == 112

    clock.set(noon(3, 26))

    assert rate.get(FEB_25) == 110


def test_the_whole_history_can_be_read_as_it_was_known(rate: TwoDimensionalHistory[int]) -> None:
    assert rate.get_history(known_at=noon(3, 26)) == {
        Period(date(1997, 1, 1), date(1997, 2, 15)): 100,
        Period(date(1997, 2, 15)): 110,
    }
    assert rate.get_history() == {
        Period(date(1997, 1, 1), date(1997, 2, 15)): 100,
        Period(date(1997, 2, 15), date(1997, 2, 21)): 110,
        Period(date(1997, 2, 21)): 112,
    }


def test_keeps_everything_that_was_ever_believed(rate: TwoDimensionalHistory[int]) -> None:
    assert [(learned, known.at(FEB_25)) for learned, known in rate.beliefs()] == [
        (noon(1, 1), 100),
        (noon(3, 15), 110),
        (noon(4, 4), 112),
    ]


def test_nothing_was_known_before_the_first_was_learned(rate: TwoDimensionalHistory[int]) -> None:
    with refuses("history.covered", Layer.CONSTRUCTOR) as refused:
        rate.get(FEB_25, known_at=datetime(1996, 12, 31, tzinfo=UTC))

    assert refused.value.allowed == "none: nothing is set"


def test_refuses_to_learn_before_what_is_known_and_changes_nothing(
    rate: TwoDimensionalHistory[int], clock: FixedClock
) -> None:
    clock.set(noon(3, 26))

    with refuses("history.learned", Layer.CONSTRUCTOR) as refused:
        rate.set(120, date(1997, 5, 1))

    assert len(rate.beliefs()) == 3
    assert str(refused.value) == (
        "history.learned: found a change learned at 1997-03-26 12:00:00+00:00; "
        "allowed: an instant not before the last change, 1997-04-04 12:00:00+00:00. "
        "Set the clock on; what was known at an earlier instant stays as it was."
    )


def test_refuses_to_be_asked_with_a_naive_instant(rate: TwoDimensionalHistory[int]) -> None:
    with refuses("time.aware", Layer.CONSTRUCTOR):
        rate.get(FEB_25, known_at=datetime(1997, 3, 26))  # noqa: DTZ001  (naive on purpose)


DAYS = [date(1997, 1, 1) + timedelta(days=n) for n in range(8)]
INSTANTS = [noon(6, n) for n in range(1, 8)]


@dataclass(frozen=True)
class Fact:
    """One thing learned, for the naive model: from `learned` on, `value` held from `start` to `end`."""

    learned: datetime
    start: date
    end: date
    value: int | None


def naive(facts: list[Fact], day: date, known_at: datetime) -> int | None:
    """The last fact about the day that had been learned by then."""
    value = None
    for fact in facts:
        if fact.learned <= known_at and fact.start <= day < fact.end:
            value = fact.value
    return value


def told(subject: TwoDimensionalHistory[int], day: date, known_at: datetime) -> int | None:
    """The answer of the history, None where it has no value."""
    known = subject.known(known_at)
    return subject.get(day, known_at=known_at) if known.covers(day) else None


Step = tuple[str, int, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "insert", "insert", "clear", "replace"]),
        st.integers(0, 2),
        st.integers(0, 7),
        st.integers(1, 8),
        st.integers(1, 99),
    ),
    min_size=1,
    max_size=8,
)


def learn(subject: TwoDimensionalHistory[int], kind: str, period: Period, value: int) -> bool:
    """Do one step; tell whether it was taken: an additive update is refused before the last change."""
    if kind == "set" and any(period.start <= held.start for held in subject.get_history()):
        with pytest.raises(ConstraintViolation, match=r"history\.additive"):
            subject.set(value, period.start)
        return False
    if kind == "set":
        subject.set(value, period.start)
    elif kind == "insert":
        subject.insert(value, period)
    elif kind == "clear":
        subject.clear(period)
    else:
        subject.set_history({period: value})
    return True


def replay(
    subject: TwoDimensionalHistory[int], clock: FixedClock, steps: list[Step]
) -> tuple[list[Fact], set[str]]:
    """Do `steps` to `subject`; give the facts that they amount to, and what kinds of step they were."""
    facts: list[Fact] = []
    kinds: set[str] = set()
    for kind, later, first, length, value in steps:
        clock.set(INSTANTS[min(INSTANTS.index(clock.now()) + later, len(INSTANTS) - 1)])
        start = DAYS[first]
        period = (
            Period(start, start + timedelta(days=length)) if kind in ("insert", "clear") else Period(start)
        )
        if facts and facts[-1].learned == clock.now():
            kinds.add("at one instant")
        if facts and start < facts[-1].start:
            kinds.add("backdated")
        if not learn(subject, kind, period, value):
            kinds.add("refused")
            continue
        kinds.add(kind)
        if kind == "replace":
            facts.append(Fact(clock.now(), date.min, date.max, None))
        facts.append(Fact(clock.now(), period.start, period.end, None if kind == "clear" else value))
    return facts, kinds


KINDS = ("set", "insert", "clear", "replace", "refused", "backdated", "at one instant")


def agreement(
    module: ModuleType, covered: Covered, phases: Collection[Phase] = tuple(Phase)
) -> Callable[[], None]:
    """The property: whatever is learned, and whenever it is asked, `module` and the model agree."""

    @settings(max_examples=300, derandomize=True, deadline=None, phases=phases)
    @given(STEPS)
    def agrees(steps: list[Step]) -> None:
        clock = FixedClock(INSTANTS[0])
        subject = module.TwoDimensionalHistory(clock=clock)
        facts, kinds = replay(subject, clock, steps)
        covered.case(**{kind: kind in kinds for kind in KINDS}, several=len(subject.beliefs()) > 2)
        for day in DAYS:
            for known_at in INSTANTS:
                assert told(subject, day, known_at) == naive(facts, day, known_at)

    return agrees


def test_a_two_dimensional_history_agrees_with_a_list_of_facts() -> None:
    covered = Covered()

    agreement(history, covered)()

    covered.enough()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("bisect_right(self._learned_at, instant)", "bisect_left(self._learned_at, instant)"),
        ("self._beliefs[n - 1] if n else", "self._beliefs[-1] if n else"),
        ("self._beliefs[n - 1] if n else TemporalProperty()", "self._beliefs[n - 1]"),
        ("now < self._learned_at[-1]", "now <= self._learned_at[-1]"),
        ("        super()._learn(held)", "        pass"),
        ("self._held.inserted(value, period)", "TemporalProperty(((period, value),))"),
        ("self._held.cleared(period)", "self._held"),
    ],
)
def test_the_agreement_would_notice_a_fault_of_the_history(right: str, wrong: str) -> None:
    faulty = with_fault(history, right, wrong)
    vars(faulty)["bisect_left"] = bisect_left

    with pytest.raises((AssertionError, pytest.fail.Exception, ConstraintViolation, IndexError)):
        agreement(faulty, Covered(), [Phase.generate])()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<= self.stretches[-1][0].start:", "< self.stretches[-1][0].start:"),
        ("last is not None and last[0].includes(day)", "last is not None"),
        ("self.stretches[n - 1] if n", "self.stretches[n - 1] if n > 1"),
        ("(*self.cleared(period), (period, value))", "(*self.stretches, (period, value))"),
        ("for left in held.minus(period)", "for left in held.minus(period)[:1]"),
        ("bisect_right(self.stretches,", "bisect_left(self.stretches,"),
        ("tuple(sorted(self.stretches, key=_period))", "self.stretches"),
    ],
)
def test_the_agreement_would_notice_a_fault_of_the_property_beneath(right: str, wrong: str) -> None:
    faulty = with_fault(temporal, right, wrong)
    vars(faulty)["bisect_left"] = bisect_left
    above = with_fault(history, "from .temporal import TemporalProperty", "TemporalProperty = object")
    vars(above)["TemporalProperty"] = faulty.TemporalProperty

    with pytest.raises((AssertionError, pytest.fail.Exception, ConstraintViolation, IndexError)):
        agreement(above, Covered(), [Phase.generate])()
