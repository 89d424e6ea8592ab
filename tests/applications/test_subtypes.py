"""An application's own subtypes, each with a table for what it adds."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, MetaData, String, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from analysis_patterns.migrations import upgrade
from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Money,
    Party,
    PartyType,
    Period,
    Person,
    Session,
    create_engine,
    identity_of,
    money_columns,
    sessions,
)
from analysis_patterns.patterns.persistence import schema_of

from ..databases import Databases
from ..refusals import refuses


class Employee(Person):
    """A person with a badge."""

    __tablename__ = "app_employee"
    __mapper_args__ = {"polymorphic_identity": "employee"}
    metadata = MetaData()

    id: Mapped[UUID] = identity_of(Party)
    badge: Mapped[str] = mapped_column(String(10))


class Manager(Employee):
    """An employee with a budget: a subtype of a subtype."""

    __tablename__ = "app_manager"
    __mapper_args__ = {"polymorphic_identity": "manager"}

    id: Mapped[UUID] = identity_of(Employee)
    budget: Mapped[Money] = money_columns("budget")


class Employment(Accountability, init=False):
    """An accountability with a salary; a correction carries it over."""

    __tablename__ = "app_employment"
    __mapper_args__ = {"polymorphic_identity": "employment"}
    metadata = Employee.metadata

    version: Mapped[UUID] = identity_of(Accountability)
    salary: Mapped[Money] = money_columns("salary")

    def __init__(
        self,
        *,
        type: AccountabilityType,
        commissioner: Party,
        responsible: Party,
        period: Period,
        salary: Money,
    ) -> None:
        super().__init__(type=type, commissioner=commissioner, responsible=responsible, period=period)
        self.salary = salary


YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


def create_tables(url: str) -> None:
    engine = create_engine(url)
    upgrade(engine)
    Employee.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    with databases.fresh(create_tables) as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with sessions(engine)() as made:
        yield made


@pytest.fixture
def employment(session: Session) -> Employment:
    employer, staff = PartyType(name="employer"), PartyType(name="staff")
    works_for = AccountabilityType(name="employment", commissioners=[employer], responsibles=[staff])
    made = Employment(
        type=works_for,
        commissioner=Party(name="Acme", types=[employer]),
        responsible=Employee(name="Anne", badge="A-1", types=[staff]),
        period=YEAR,
        salary=Money("2500.00", "EUR"),
    )
    session.add(made)
    session.commit()
    return made


def test_a_subtype_is_kept_in_both_tables_under_one_key(session: Session) -> None:
    anne = Employee(name="Anne", badge="A-1")
    session.add(anne)
    session.flush()
    session.expunge_all()

    found = session.scalars(select(Party)).one()

    assert isinstance(found, Employee)
    assert (found.id, found.name, found.badge) == (anne.id, "Anne", "A-1")
    columns = inspect(session.connection()).get_columns("app_employee")
    assert [column["name"] for column in columns] == ["id", "badge"]


def test_a_subtype_may_have_subtypes(session: Session) -> None:
    session.add(Manager(name="Bert", badge="B-2", budget=Money(10, "EUR")))
    session.commit()
    session.expunge_all()

    found = session.scalars(select(Employee)).one()

    assert isinstance(found, Manager)
    assert found.budget == Money(10, "EUR")


def test_an_argument_that_is_missing_is_named() -> None:
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'badge'"):
        Employee(name="Anne")  # type: ignore[call-arg]


def test_an_argument_that_there_is_not_is_named() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'salary'"):
        Employee(name="Anne", badge="A-1", salary=1)  # type: ignore[call-arg]


def test_what_holds_of_parties_holds_of_subtypes() -> None:
    with refuses("name.text"):
        Employee(name=" ", badge="A-1")


def test_a_subtype_of_a_fact_is_a_fact(session: Session, employment: Employment) -> None:
    ended = employment.ended(date(1997, 7, 1))
    session.flush()
    session.expunge_all()

    question = select(Accountability).order_by(Accountability.valid_to)
    shorter, first = session.scalars(question)
    assert isinstance(shorter, Employment)
    assert (shorter.version, shorter.salary) == (ended.version, Money("2500.00", "EUR"))
    assert (first.is_believed, first.period) == (False, YEAR)


def test_what_a_type_does_not_admit_its_subtypes_do_not_either(employment: Employment) -> None:
    with refuses("accountability.responsible-type"):
        Employment(
            type=employment.type,
            commissioner=employment.commissioner,
            responsible=Person(name="Nobody"),
            period=YEAR,
            salary=Money(1, "EUR"),
        )


def test_its_document_has_what_it_adds() -> None:
    assert list(schema_of(Manager).model_fields) == ["id", "kind", "name", "badge", "budget"]
