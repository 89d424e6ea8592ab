"""9.2 Portfolio: contracts that a stored filter chooses, as of a day and as known at an instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Period, inconsistencies
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, Thing, sessions
from analysis_patterns.patterns.time import FixedClock
from analysis_patterns.trading import (
    Cancellation,
    Contract,
    FilterVersion,
    Option,
    Portfolio,
    PortfolioFilter,
    parse_filter,
    portfolio_for,
)
from analysis_patterns.trading.portfolio import complement, difference, intersection, union
from analysis_patterns.trading.portfolio.filter import digest

from ...refusals import refuses
from ..trades import TRADED, Desk

JUNE = date(1997, 6, 1)
ACM = "instrument = 'ACM'"


@pytest.fixture
def desk(session: Session) -> Desk:
    """Parties and instruments, stored."""
    made = Desk()
    session.add_all(made.all)
    session.commit()
    return made


@pytest.fixture
def share(session: Session, desk: Desk) -> Contract:
    """1000 ACM shares, stored."""
    made = desk.contract()
    session.add(made)
    session.commit()
    return made


class TestContracts:
    """What a portfolio holds."""

    def test_a_portfolio_holds_what_its_filter_chooses(self, session: Session, desk: Desk) -> None:
        shares, coffee = desk.contract(), desk.contract(instrument=desk.coffee, amount=5, price=900)
        session.add_all([shares, coffee])

        assert portfolio_for(session, ACM).contracts(session) == [shares]

    def test_it_changes_by_itself_as_contracts_are_made(
        self, session: Session, desk: Desk, share: Contract, clock: FixedClock
    ) -> None:
        portfolio, before = portfolio_for(session, ACM), clock.now()
        session.commit()
        clock.advance(timedelta(days=1))
        later = desk.contract(traded=clock.today())
        session.add(later)
        session.commit()

        assert portfolio.contracts(session) == [share, later]
        assert portfolio.contracts(session, known_at=before) == [share]
        assert portfolio.contracts(session, as_of=TRADED) == [share]
        assert portfolio.contracts(session, as_of=TRADED - timedelta(days=1)) == []

    def test_what_was_cancelled_is_in_it_no_more(
        self, session: Session, desk: Desk, share: Contract, clock: FixedClock
    ) -> None:
        portfolio, before = portfolio_for(session, ACM), clock.now()
        session.commit()
        clock.advance(timedelta(hours=1))
        session.add(Cancellation(contract=share, by=desk.house, why="entered twice"))
        session.commit()

        assert portfolio.contracts(session) == []
        assert portfolio.contracts(session, known_at=before) == [share]

    def test_whether_it_is_stored_makes_no_difference(self, session: Session, share: Contract) -> None:
        passing, stored = Portfolio(filter=ACM), portfolio_for(session, ACM)

        assert passing.contracts(session) == stored.contracts(session) == [share]

    def test_subclasses_are_read_with_it_and_not_row_by_row(self, session: Session, desk: Desk) -> None:
        session.add_all([desk.option(), desk.barrier(), desk.option()])
        session.commit()
        session.expunge_all()
        portfolio = portfolio_for(session, "kind 'option'")
        contracts = portfolio.contracts(session)
        session.connection().close()  # whatever is not read by now fails

        assert [each.expiration for each in contracts if isinstance(each, Option)] == [date(1997, 9, 2)] * 3

    def test_its_question_can_be_made_narrower(self, session: Session, share: Contract) -> None:
        question = portfolio_for(session, ACM).selection(session)

        assert session.scalar(select(func.count()).select_from(question.subquery())) == 1
        assert session.scalars(question.where(Contract.traded > TRADED)).all() == []


class TestVersions:
    """A named filter says something else from a day on; yesterday's portfolio stays yesterday's."""

    def test_yesterdays_portfolio_is_told_as_of_yesterday(
        self, session: Session, desk: Desk, share: Contract, clock: FixedClock
    ) -> None:
        coffee = desk.contract(instrument=desk.coffee, amount=5, price=900)
        chosen = PortfolioFilter(name="desk", says=ACM)
        portfolio = Portfolio(filter=chosen)
        session.add_all([coffee, portfolio])
        session.commit()
        before = clock.now()
        clock.advance(timedelta(days=40))

        chosen.redefine("instrument = 'Brazilian coffee'", on=JUNE)
        session.commit()

        assert portfolio.contracts(session) == [coffee]
        assert portfolio.contracts(session, as_of=JUNE) == [coffee]
        assert portfolio.contracts(session, as_of=JUNE - timedelta(days=1)) == [share]
        assert portfolio.contracts(session, as_of=JUNE, known_at=before) == [share]

    def test_what_was_wrong_from_the_start_is_restated(
        self, session: Session, share: Contract, clock: FixedClock
    ) -> None:
        chosen = PortfolioFilter(name="desk", says="nothing", period=Period(TRADED))
        portfolio = portfolio_for(session, chosen)
        session.commit()
        before = clock.now()
        clock.advance(timedelta(hours=1))

        chosen.redefine(ACM, on=TRADED)
        session.commit()

        assert portfolio.contracts(session) == [share]
        assert portfolio.contracts(session, known_at=before) == []
        assert [each.digest for each in chosen.versions if each.is_believed] == [digest(parse_filter(ACM))]

    def test_it_may_begin_and_end(self, session: Session, share: Contract) -> None:
        chosen = PortfolioFilter(name="desk")
        portfolio = portfolio_for(session, chosen)
        chosen.redefine(ACM, on=TRADED)
        session.flush()

        assert portfolio.contracts(session) == [share]
        with refuses("portfolio-filter.known-portfolio"):
            portfolio.contracts(session, as_of=TRADED - timedelta(days=1))

    def test_a_filter_is_asked_like_the_portfolio(self, session: Session, share: Contract) -> None:
        chosen = PortfolioFilter(name="desk", says=ACM)
        session.add(chosen)

        assert chosen.is_included(share)
        assert chosen.select_contracts([share]) == [share]
        assert PortfolioFilter(says="kind 'option'").select_contracts([share]) == []


class TestEqualFilters:
    """A portfolio with an equal filter is found, not made again."""

    def test_an_equal_filter_has_the_same_portfolio(self, session: Session) -> None:
        one = portfolio_for(session, "instrument = 'ACM' and amount > 1 t")
        session.commit()

        assert portfolio_for(session, "amount > 1000 kg and (instrument = 'ACM')") is one
        assert portfolio_for(session, one.filter) is one
        assert portfolio_for(session, "amount > 1 t") is not one

    def test_an_equal_filter_that_is_not_stored_finds_the_portfolio(self, session: Session) -> None:
        one = portfolio_for(session, ACM)

        assert portfolio_for(session, PortfolioFilter(says=f"({ACM})")) is one

    def test_a_named_filter_has_a_portfolio_of_its_own(self, session: Session) -> None:
        chosen = PortfolioFilter(name="desk", says=ACM)

        own = portfolio_for(session, chosen)

        assert portfolio_for(session, chosen) is own
        assert portfolio_for(session, ACM) is not own

    def test_many_who_ask_at_once_get_one(self, engine: Engine) -> None:
        together, found = Barrier(4), list[object]()

        def ask() -> None:
            with sessions(engine)() as session:
                together.wait(10)
                found.append(portfolio_for(session, ACM).id)
                session.commit()

        threads = [Thread(target=ask) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(60)

        assert len(found) == 4
        assert len(set(found)) == 1

    def test_the_database_refuses_a_second_portfolio_of_a_filter(
        self, session: Session, layer: Layer
    ) -> None:
        one = portfolio_for(session, ACM)

        with refuses("portfolio.one-per-filter", layer):
            session.add(Portfolio(filter=one.filter))
            session.flush()

    def test_the_database_refuses_a_second_equal_filter(self, session: Session, layer: Layer) -> None:
        portfolio_for(session, ACM)

        with refuses("portfolio-filter.equal-once", layer):
            session.add(PortfolioFilter(says=ACM))
            session.flush()

    def test_what_is_refused_otherwise_is_not_taken_for_an_equal_one(self, session: Session) -> None:
        with refuses("portfolio-filter.stored-portfolio", Layer.FLUSH):
            portfolio_for(session, union("unheard of", "neither"))

        assert session.scalars(select(PortfolioFilter)).all() == []


class TestSetOperations:
    """Portfolios that are chosen from others."""

    @pytest.fixture
    def deals(self, session: Session, desk: Desk) -> dict[str, Contract]:
        named = {
            "a": desk.contract(), "b": desk.contract(long=desk.client),
            "c": desk.contract(long=desk.client, instrument=desk.coffee, amount=1, price=9),
            "d": desk.contract(instrument=desk.coffee, amount=1, price=9),
        }  # fmt: skip
        session.add_all([*named.values(), PortfolioFilter(name="shares", says=ACM)])
        session.add(PortfolioFilter(name="client", says="party 'New England Client'"))
        session.commit()
        return named

    @pytest.mark.parametrize(
        ("says", "chosen"),
        [
            (union("shares", "client"), "abc"),
            (intersection("shares", "client"), "b"),
            (difference("shares", "client"), "a"),
            (complement("shares"), "cd"),
            (parse_filter("not (portfolio 'shares' or portfolio 'client') or amount > 999 {share}"), "abd"),
        ],
    )
    def test_a_set_is_made_of_portfolios(
        self, session: Session, deals: dict[str, Contract], says: Any, chosen: str
    ) -> None:
        portfolio = portfolio_for(session, says)

        found = portfolio.contracts(session)

        assert found == [deals[key] for key in chosen]
        assert portfolio.filter.select_contracts(deals.values()) == found

    def test_sets_follow_what_they_are_made_of(
        self, session: Session, deals: dict[str, Contract], clock: FixedClock
    ) -> None:
        outer = PortfolioFilter(name="outer", says=complement("shares"))
        session.add(outer)
        nested = portfolio_for(session, complement("outer"))
        session.commit()
        clock.advance(timedelta(days=32))
        session.scalars(select(PortfolioFilter).filter_by(name="shares")).one().redefine("nothing", on=JUNE)
        session.commit()

        assert nested.contracts(session) == []
        assert nested.contracts(session, as_of=TRADED) == [deals["a"], deals["b"]]

    def test_sets_of_sets_that_grow_too_large_are_refused(self, session: Session) -> None:
        session.add(PortfolioFilter(name="0", says=f"{ACM} or kind 'option'"))
        for n in range(9):
            session.flush()
            session.add(
                PortfolioFilter(name=f"{n + 1}", says=f"portfolio '{n}' and {ACM} or not portfolio '{n}'")
            )

        with refuses("portfolio-filter.size"):
            portfolio_for(session, "portfolio '9'").contracts(session)


def circle(session: Session) -> None:
    """Three portfolios, each chosen from another."""
    session.add(PortfolioFilter(name="a", says=ACM))
    session.flush()
    session.add(PortfolioFilter(name="b", says=complement("a")))
    session.flush()
    session.add(PortfolioFilter(name="c", says=union("a", "b")))
    session.flush()


class TestAcyclic:
    """portfolio-filter.acyclic and stored-portfolio: sets of portfolios lead to conditions on contracts."""

    def test_a_flush_refuses_a_portfolio_of_itself(self, session: Session) -> None:
        with refuses("portfolio-filter.acyclic", Layer.FLUSH):
            session.add(PortfolioFilter(name="a", says=complement("a")))
            session.flush()

    def test_a_flush_refuses_a_circle_and_tells_it(self, session: Session) -> None:
        circle(session)
        first = session.scalars(select(PortfolioFilter).filter_by(name="a")).one()

        with refuses("portfolio-filter.acyclic", Layer.FLUSH) as refused:
            first.redefine("portfolio 'c'", on=JUNE)
            session.flush()
        assert refused.value.found in {
            "'a' is chosen from 'c' is chosen from 'b' is chosen from 'a'",
            "'a' is chosen from 'c' is chosen from 'a'",
        }

    def test_on_different_days_two_may_be_chosen_from_each_other(self, session: Session) -> None:
        one = PortfolioFilter(name="a", says=ACM, period=Period(end=JUNE))
        session.add(one)
        session.flush()
        session.add(PortfolioFilter(name="b", says=complement("a"), period=Period(end=JUNE)))
        session.flush()
        session.scalars(select(PortfolioFilter).filter_by(name="b")).one().redefine(ACM, on=JUNE)
        session.flush()

        one.redefine(complement("b"), on=JUNE)
        session.flush()

        assert len(one.versions) == 2

    def test_a_circle_that_came_in_past_the_flush_is_refused_when_asked(self, session: Session) -> None:
        first, second = PortfolioFilter(name="a"), PortfolioFilter(name="b", says=complement("a"))
        session.add_all([first, second])
        session.flush()
        row = _row(second.versions[0], filter_id=first.id, says=complement("b"))
        session.connection().execute(insert(FilterVersion), [row])
        session.expire_all()

        with refuses("portfolio-filter.acyclic", Layer.CONSTRUCTOR):
            portfolio_for(session, "portfolio 'a'").contracts(session)
        assert "portfolio-filter.acyclic" in {each.rule.name for each in inconsistencies(session)}

    def test_a_flush_refuses_what_speaks_of_an_unknown_portfolio(self, session: Session) -> None:
        with refuses("portfolio-filter.stored-portfolio", Layer.FLUSH) as refused:
            session.add(PortfolioFilter(name="a", says=complement("b")))
            session.flush()
        assert refused.value.found == "a, which speaks of the portfolio 'b'"

    def test_what_is_stored_together_may_speak_of_one_another(self, session: Session) -> None:
        session.add_all(
            [PortfolioFilter(name="a", says=complement("b")), PortfolioFilter(name="b", says=ACM)]
        )
        session.flush()

    def test_refuses_to_look_up_what_is_not_stored(self, session: Session) -> None:
        with refuses("portfolio-filter.known-portfolio"):
            Portfolio(filter="portfolio 'b'").contracts(session)


class TestRules:
    """What a stored filter is refused for, and by whom."""

    def test_the_database_refuses_a_second_filter_of_a_name(self, session: Session, layer: Layer) -> None:
        session.add(PortfolioFilter(name="desk", says=ACM))
        session.flush()

        with refuses("portfolio-filter.unique-name", layer):
            session.add(PortfolioFilter(name="desk"))
            session.flush()

    @pytest.mark.parametrize(
        "make",
        [
            PortfolioFilter,
            lambda: PortfolioFilter(says=ACM, period=Period(JUNE)),
            lambda: PortfolioFilter(says=ACM).redefine("nothing", on=JUNE),
            lambda: FilterVersion(filter=PortfolioFilter(says=ACM), says="nothing"),
        ],
    )
    def test_refuses_to_let_a_filter_without_a_name_change(self, make: Callable[[], object]) -> None:
        with refuses("portfolio-filter.fixed"):
            make()

    def test_a_flush_refuses_to_let_a_filter_without_a_name_change(self, session: Session) -> None:
        fixed = portfolio_for(session, ACM).filter
        session.commit()

        with refuses("portfolio-filter.fixed", Layer.FLUSH):
            fixed.versions[0].restated(says=parse_filter("nothing"))
            session.flush()

    @pytest.mark.parametrize(
        "said", [{"digest": "0" * 64}, {"name": "desk", "digest": None}, {"name": "desk"}]
    )
    def test_the_database_refuses_to_change_what_a_filter_is_known_by(
        self, session: Session, layer: Layer, said: dict[str, Any]
    ) -> None:
        fixed = portfolio_for(session, ACM).filter

        with refuses("portfolio-filter.fixed", layer):
            session.connection().execute(
                update(PortfolioFilter.__table__).where(PortfolioFilter.id == fixed.id).values(**said)  # type: ignore[arg-type]
            )

    @pytest.mark.parametrize("change", [lambda said: said.ended(JUNE), lambda said: said.withdraw()])
    def test_what_a_filter_without_a_name_says_is_not_ended_or_withdrawn(
        self, session: Session, layer: Layer, change: Callable[[FilterVersion], object]
    ) -> None:
        said = portfolio_for(session, ACM).filter.versions[0]
        session.commit()

        with refuses("portfolio-filter.fixed", Layer.FLUSH):
            change(said)
            session.flush()
        session.rollback()
        with refuses("portfolio-filter.fixed", layer):
            session.connection().execute(
                update(FilterVersion.__table__).values(known_to=session.recorded)  # type: ignore[arg-type]
            )

    def test_a_named_filter_that_is_stored_keeps_its_name(self, session: Session, layer: Layer) -> None:
        named = PortfolioFilter(name="desk", says=ACM)
        named.name = "the desk"
        session.add_all([named, PortfolioFilter(name="all of it", says="portfolio 'the desk'")])
        session.commit()

        with refuses("portfolio-filter.name-stays"):
            named.name = "floor"
        assert named.name == "the desk"
        with refuses("portfolio-filter.name-stays", layer):
            session.connection().execute(update(PortfolioFilter.__table__).values(name="floor"))  # type: ignore[arg-type]

    def test_what_is_defined_where_a_filter_says_nothing_lasts_until_it_says_something_again(
        self, session: Session
    ) -> None:
        named = PortfolioFilter(name="desk", says=ACM, period=Period(JUNE))
        session.add(named)
        session.commit()

        between = named.redefine("nothing", on=TRADED)
        session.commit()

        assert between.period == Period(TRADED, JUNE)
        believed = [each for each in named.versions if each.is_believed]
        assert [each.says for each in believed] == [parse_filter("nothing"), parse_filter(ACM)]

    def test_the_database_refuses_another_filter_under_a_digest(self, session: Session, layer: Layer) -> None:
        fixed = portfolio_for(session, ACM).filter
        with refuses("portfolio-filter.fixed", layer):
            session.connection().execute(insert(FilterVersion), [_row(fixed.versions[0], digest="0" * 64)])

    def test_a_flush_refuses_a_second_version_on_a_day(self, session: Session) -> None:
        chosen = PortfolioFilter(name="desk", says=ACM)
        session.add(chosen)
        session.flush()

        with refuses("portfolio-filter.one-at-a-time", Layer.FLUSH):
            FilterVersion(filter=chosen, says="nothing", period=Period(JUNE))
            session.flush()

    def test_the_database_refuses_a_second_version_on_a_day(self, session: Session, layer: Layer) -> None:
        chosen = PortfolioFilter(name="desk", says=ACM)
        session.add(chosen)
        session.flush()

        with refuses("portfolio-filter.one-at-a-time", layer):
            session.connection().execute(insert(FilterVersion), [_row(chosen.versions[0])])

    def test_what_was_said_is_never_overwritten(self, session: Session) -> None:
        chosen = PortfolioFilter(name="desk", says=ACM)
        session.add(chosen)
        session.commit()

        with refuses("history.append-only", Layer.FLUSH):
            chosen.versions[0].says = parse_filter("nothing")
            session.flush()

    def test_a_filter_with_a_bad_name_is_refused(self) -> None:
        with refuses("name.text"):
            PortfolioFilter(name=" ", says=ACM)

    def test_a_refused_filter_leaves_no_trace(self, session: Session) -> None:
        with pytest.raises(ConstraintViolation):
            portfolio_for(session, "instrument ACM")

        assert not session.new
        assert (
            session.scalar(select(func.count()).select_from(Thing).where(Thing.kind == "trading_portfolio"))
            == 0
        )


def _row(version: FilterVersion, **said: Any) -> dict[str, Any]:
    """Another version of the same filter and days, as a row."""
    key = uuid7()
    row = {
        "version": key, "id": key, "filter_id": version.filter_id, "digest": version.digest,
        "says": version.says, "valid_from": version.valid_from, "valid_to": version.valid_to,
        "known_from": version.known_from, "known_to": version.known_to,
    }  # fmt: skip
    return row | said


class TestWhy:
    """A portfolio says why a contract is in it, or is not."""

    def test_it_says_what_decides(self, session: Session, share: Contract) -> None:
        portfolio = portfolio_for(session, f"{ACM} and (kind 'option' or amount >= 1000 {{share}})")

        assert str(portfolio.why(share)) == "\n".join(
            [
                f"{share} is in {portfolio}",
                f"  {share} is chosen  [filter: {ACM} and (amount >= 1000 {{share}} or kind 'option')]",
                "    instrument = 'ACM': so, instrument is 'ACM'",
                "    amount >= 1000 {share}: so, amount is 1000 {share}",
            ]
        )

    def test_it_says_what_keeps_a_contract_out(
        self, session: Session, desk: Desk, share: Contract, clock: FixedClock
    ) -> None:
        portfolio, before = portfolio_for(session, "kind 'option'"), clock.now()
        assert "kind 'option': not so, the kind is 'contract'" in str(portfolio.why(share))
        session.commit()
        clock.advance(timedelta(hours=1))
        session.add(Cancellation(contract=share, by=desk.house, why="entered twice"))

        assert "it was cancelled by Aroma Trading: entered twice" in str(portfolio.why(share))
        assert "kind 'option': not so" in str(portfolio.why(share, known_at=before))
        assert "not yet on 1997-04-30" in str(portfolio.why(share, as_of=date(1997, 4, 30)))
        assert "not known yet" in str(portfolio.why(share, known_at=before - timedelta(seconds=1)))
