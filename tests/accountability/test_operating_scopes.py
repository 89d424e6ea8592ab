"""2.8 Operating Scopes: what exactly an accountability covers, clause by clause, and where."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, ForeignKey, MetaData, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Location,
    OperatingScope,
    OperatingScopeType,
    Organization,
    PartyType,
    ProductType,
    SalesTerritory,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, quantity_columns
from analysis_patterns.patterns.persistence.base import NAMING
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values.quantity import Quantity

from ..refusals import refuses
from .figures import Hospital
from .records import changes_nothing, leaves_no_trace, overwrite, table_of, versions_of, write_version

OWN = MetaData(naming_convention=NAMING)
"""The application's own, so that nothing is added to the library's."""

SINCE_1990 = Period(date(1990, 1, 1))


class ResourceProvision(OperatingScope, init=False):
    """An application's own kind of scope: so much of something a year."""

    __tablename__ = "app_resource_provision"
    metadata = OWN
    __mapper_args__ = {"polymorphic_identity": "app_resource_provision"}

    version: Mapped[UUID] = mapped_column(ForeignKey(OperatingScope.version), primary_key=True, init=False)
    resource: Mapped[str]
    amount: Mapped[Quantity] = quantity_columns("amount")

    def __init__(
        self,
        *,
        accountability: Accountability,
        type: OperatingScopeType,
        resource: str,
        amount: Quantity,
        location: Location | None = None,
        period: Period | None = None,
    ) -> None:
        super().__init__(accountability=accountability, type=type, location=location, period=period)
        self.resource = resource
        self.amount = amount


class Trade:
    """New England answers to ACM for sales; what of, and where, is for scopes to say."""

    def __init__(self) -> None:
        company, division = PartyType(name="company"), PartyType(name="division")
        self.selling = AccountabilityType(name="sales", commissioners=[company], responsibles=[division])
        self.supply = AccountabilityType(name="supply", commissioners=[company], responsibles=[division])
        acm = Organization(name="ACM", types=[company])
        new_england = Organization(name="New England", types=[division])
        self.sales = Accountability(
            type=self.selling, commissioner=acm, responsible=new_england, period=SINCE_1990
        )
        self.supplies = Accountability(
            type=self.supply, commissioner=acm, responsible=new_england, period=SINCE_1990
        )
        self.territory = OperatingScopeType(name="sales territory", accountability_types=[self.selling])
        self.provision = OperatingScopeType(name="provision", accountability_types=[self.supply])
        self.machines = ProductType(name="coffee machines 1100")
        self.massachusetts = Location(name="Massachusetts")

    @property
    def everything(self) -> list[object]:
        """All that has to be stored."""
        return [
            self.sales, self.supplies, self.territory, self.provision, self.machines, self.massachusetts
        ]  # fmt: skip

    def cover(self, period: Period | None = None) -> SalesTerritory:
        """Let the sales cover coffee machines in Massachusetts."""
        return SalesTerritory(
            accountability=self.sales,
            type=self.territory,
            product_type=self.machines,
            location=self.massachusetts,
            period=period,
        )

    def provide(self, coffee: str, amount: Quantity) -> ResourceProvision:
        """Let the supplies cover so much of a coffee."""
        return ResourceProvision(
            accountability=self.supplies, type=self.provision, resource=coffee, amount=amount
        )


@pytest.fixture
def trade(session: Session) -> Trade:
    """ACM's sales and supplies, stored, with no scope yet."""
    made = Trade()
    session.add_all(made.everything)
    session.commit()
    return made


@pytest.fixture
def own_tables(engine: Engine) -> None:
    """The table of the application's own kind of scope."""
    OWN.create_all(engine)


def scopes_of(session: Session, accountability: Accountability) -> list[OperatingScope]:
    """The believed clauses of an accountability, in the order of their making."""
    question = (
        select(OperatingScope)
        .where(OperatingScope.accountability_id == accountability.id)
        .where(OperatingScope.holds(session.day(None), session.instant(None)))
        .order_by(OperatingScope.id)
    )
    return list(session.scalars(question))


def test_a_sales_territory_says_which_product_is_sold_where(session: Session, trade: Trade) -> None:
    session.add(trade.cover())
    session.commit()
    session.expunge_all()

    (kept,) = session.scalars(select(SalesTerritory)).all()

    assert (kept.product_type.name, str(kept.location)) == ("coffee machines 1100", "Massachusetts")
    assert str(kept.accountability.responsible) == "New England"


def test_a_scope_need_not_be_limited_to_a_place(session: Session, trade: Trade) -> None:
    session.add(SalesTerritory(accountability=trade.sales, type=trade.territory, product_type=trade.machines))
    session.commit()

    (kept,) = scopes_of(session, trade.sales)

    assert kept.location is None


def test_a_scope_holds_as_long_as_its_accountability_unless_another_period_is_given(trade: Trade) -> None:
    one_year = Period(date(1996, 1, 1), date(1997, 1, 1))

    assert trade.cover().period == SINCE_1990
    assert trade.cover(one_year).period == one_year


@pytest.mark.usefixtures("own_tables")
def test_twenty_liver_transplants_a_year_in_south_east_london(session: Session, hospital: Hospital) -> None:
    consent = Accountability(
        type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark, period=SINCE_1990
    )
    care = OperatingScopeType(name="clinical care", accountability_types=[hospital.consent])
    london = Location(name="south-east London")
    session.add(
        ResourceProvision(
            accountability=consent,
            type=care,
            resource="liver transplant",
            amount=Quantity(20, "/a"),
            location=london,
        )
    )
    session.commit()
    session.expunge_all()

    kept = session.scalars(select(ResourceProvision)).one()

    assert (kept.resource, kept.amount, str(kept.location)) == (
        "liver transplant",
        Quantity(20, "/a"),
        "south-east London",
    )


@pytest.mark.usefixtures("own_tables")
def test_java_and_sumatra_are_two_scopes_of_one_accountability(session: Session, trade: Trade) -> None:
    for coffee, amount in (("Java", "3000"), ("Sumatra", "2000")):
        session.add(trade.provide(coffee, Quantity(amount, "t/a")))
    session.commit()
    session.expire_all()

    clauses = scopes_of(session, trade.supplies)

    assert [(each.resource, str(each.amount)) for each in clauses if isinstance(each, ResourceProvision)] == [
        ("Java", "3000 t/a"),
        ("Sumatra", "2000 t/a"),
    ]


@pytest.mark.usefixtures("own_tables")
def test_an_amount_comes_back_as_written_and_is_found_by_what_it_means(
    session: Session, trade: Trade
) -> None:
    written = Quantity("3000.10", "t/a")
    session.add(trade.provide("Java", written))
    session.commit()
    session.expunge_all()

    found = session.scalars(
        select(ResourceProvision).where(ResourceProvision.amount == Quantity("3000100", "kg/a"))
    ).one()

    assert str(found.amount) == "3000.10 t/a"


def test_the_constructor_refuses_a_scope_on_another_type_of_accountability(
    session: Session, trade: Trade
) -> None:
    with changes_nothing(session), refuses("scope.admitted") as refused:
        SalesTerritory(accountability=trade.supplies, type=trade.territory, product_type=trade.machines)

    assert str(refused.value) == (
        "scope.admitted: found a scope of type 'sales territory' on an accountability of type 'supply'; "
        "allowed: sales. Choose another scope type, or add the accountability type to this one."
    )
    assert refused.value.objects == (trade.territory, trade.supplies)


def test_a_scope_type_that_names_no_accountability_type_admits_no_scope(trade: Trade) -> None:
    with refuses("scope.admitted") as refused:
        OperatingScope(accountability=trade.sales, type=OperatingScopeType(name="unused"))

    assert refused.value.allowed == "none"


def test_the_flush_refuses_a_scope_whose_type_changed_after_it_was_made(
    session: Session, trade: Trade
) -> None:
    with leaves_no_trace(session), refuses("scope.admitted", Layer.FLUSH):
        session.add(trade.cover())
        trade.territory.accountability_types = [trade.supply]
        session.commit()


def test_the_flush_refuses_a_change_of_a_scope_type_that_its_scopes_do_not_bear(
    session: Session, trade: Trade
) -> None:
    session.add(trade.cover())

    with leaves_no_trace(session), refuses("scope.admitted", Layer.FLUSH) as refused:
        trade.territory.accountability_types.remove(trade.selling)
        session.commit()

    assert isinstance(refused.value.objects[0], SalesTerritory)


def test_the_database_refuses_a_scope_on_another_type_of_accountability(
    session: Session, trade: Trade, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("scope.admitted", layer):
        write_version(
            session,
            OperatingScope,
            period=SINCE_1990,
            kind="operating_scope",
            type_id=trade.territory.id,
            accountability_id=trade.supplies.id,
        )


def test_the_database_keeps_a_scope_that_is_admitted(session: Session, trade: Trade) -> None:
    key = write_version(
        session,
        OperatingScope,
        period=SINCE_1990,
        kind="operating_scope",
        type_id=trade.territory.id,
        accountability_id=trade.sales.id,
    )

    assert [each.version for each in scopes_of(session, trade.sales)] == [key]


def test_the_database_refuses_a_sales_territory_of_no_product(
    session: Session, trade: Trade, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("scope.territory-product", layer):
        write_version(
            session,
            OperatingScope,
            period=SINCE_1990,
            kind="sales_territory",
            type_id=trade.territory.id,
            accountability_id=trade.sales.id,
        )


@pytest.mark.parametrize("kind", [Location, ProductType, OperatingScopeType])
def test_no_two_places_products_or_scope_types_share_a_name(
    session: Session, layer: Layer, kind: type[Location]
) -> None:
    session.add(kind(name="Java"))

    with leaves_no_trace(session), refuses("scope.unique-name", layer):
        session.add(kind(name="Java"))
        session.commit()


def test_a_correction_of_a_scope_keeps_what_was_believed(
    session: Session, clock: FixedClock, trade: Trade
) -> None:
    territory = trade.cover()
    session.add(territory)
    session.commit()
    first_known = clock.now()
    clock.advance(timedelta(days=30))

    corrected = territory.corrected(period=Period(date(1991, 1, 1)))
    session.commit()

    assert (corrected.product_type, corrected.location) == (trade.machines, trade.massachusetts)
    assert versions_of(session, territory) == [territory, corrected]
    assert [territory.was_believed(each) for each in (first_known, clock.now())] == [True, False]
    assert (territory.period.start, corrected.period.start) == (date(1990, 1, 1), date(1991, 1, 1))


@pytest.mark.usefixtures("own_tables")
def test_an_applications_scope_is_corrected_with_all_that_it_says(session: Session, trade: Trade) -> None:
    java = trade.provide("Java", Quantity(3000, "t/a"))
    session.add(java)
    session.commit()

    ended = java.ended(date(1998, 1, 1))
    session.commit()
    session.expire_all()

    assert (ended.resource, ended.amount) == ("Java", Quantity(3000, "t/a"))
    assert ended.period == Period(date(1990, 1, 1), date(1998, 1, 1))


@pytest.mark.usefixtures("own_tables")
def test_what_an_applications_scope_says_is_not_overwritten(session: Session, trade: Trade) -> None:
    java = trade.provide("Java", Quantity(3000, "t/a"))
    session.add(java)

    with leaves_no_trace(session), refuses("history.append-only", Layer.FLUSH):
        java.amount = Quantity(2000, "t/a")
        session.commit()

    assert java.amount == Quantity(3000, "t/a")


def test_the_database_neither_overwrites_nor_deletes_a_scope(
    session: Session, trade: Trade, layer: Layer
) -> None:
    territory = trade.cover()
    session.add(territory)
    session.commit()
    table, key = table_of(OperatingScope), territory.version

    with leaves_no_trace(session), refuses("history.append-only", layer):
        overwrite(session, OperatingScope, table.c.version == key, location_id=None)
    with leaves_no_trace(session), refuses("history.append-only", layer):
        session.execute(delete(table).where(table.c.version == key))


def test_a_scope_belongs_to_its_accountability_however_often_that_is_corrected(
    session: Session, trade: Trade
) -> None:
    territory = trade.cover()
    session.add(territory)
    session.commit()

    corrected = trade.sales.corrected(period=Period(date(1989, 1, 1)))
    session.commit()
    session.expire_all()

    assert territory.accountability is corrected


def test_a_scope_stays_on_record_where_its_accountability_never_was(session: Session, trade: Trade) -> None:
    territory = trade.cover()
    session.add(territory)
    session.commit()

    trade.sales.withdraw()
    session.commit()
    session.expire_all()

    assert territory.is_believed
    assert list(territory.violations()) == []
