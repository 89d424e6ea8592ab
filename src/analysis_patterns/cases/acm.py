"""ACM, who makes coffee machines: line management by levels, product support beside it (2.2 to 2.8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from ..patterns.accountability import (
    Accountability,
    AccountabilityType,
    LeveledAccountabilityType,
    Location,
    OperatingScope,
    OperatingScopeType,
    Organization,
    OrganizationStructure,
    OrganizationStructureType,
    PartyType,
    ProductType,
    SalesTerritory,
    accountabilities_on,
    network_picture,
    responsible,
)
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph
from ..patterns.time.period import Period
from ..patterns.values.quantity import Quantity
from ..site.case import Table
from .case import Check, WorkedCase, check
from .scope import Provision
from .session import load_pack, named, refusal

TEXT = """\
ACM makes coffee machines. Its line management runs by levels: an operating unit over regions, over divisions,
over sales offices, and those over service teams. The levels are data, in a knowledge pack; a party that would
skip one is refused under the rule `leveled.next-level`, and one with two managers under
`hierarchic.single-parent`.

From 1996 on, whoever repairs machines of the 2170 family is also helped by the service centre of that
family. So the Boston 2176 team has two parents, each for something else: two accountabilities of two
types, where a second parent link in a table would have had to be invented. Neither type knows of the
other, and to ask who is above the team is to ask under which of them.

What an accountability covers is said clause by clause: the sales offices have their territories, and the
grower that ACM buys from owes so many tonnes a year of each coffee."""

_LINE = (
    ("ACM", "Northeast"),
    ("ACM", "Midwest"),
    ("Northeast", "New England"),
    ("Northeast", "New York"),
    ("New England", "Boston"),
    ("New York", "Manhattan"),
    ("Boston", "Boston 2176"),
)
_KINDS = {
    "ACM": "operating unit",
    "Northeast": "region",
    "Midwest": "region",
    "New England": "division",
    "New York": "division",
    "Boston": "sales office",
    "Manhattan": "sales office",
    "Boston 2176": "service team",
    "2170 service centre": "family service centre",
    "Island Growers": "coffee grower",
}
_TERRITORIES = (
    ("Boston", "1100 family", "Massachusetts"),
    ("Boston", "2170 family", "Massachusetts"),
    ("Manhattan", "1100 family", "New York City"),
)
_COFFEES = (("Java", "3000 t/a"), ("Sumatra", "2000 t/a"))
_FOUNDED, _SUPPORTED, _TODAY = date(1990, 1, 1), date(1996, 1, 1), date(1997, 5, 1)


class _Chart:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.line = named(session, LeveledAccountabilityType, "line management")
        self.support = named(session, OrganizationStructureType, "product support")
        self.supply = named(session, AccountabilityType, "coffee supply")
        named_so = select(Organization).where(Organization.name.in_(_KINDS))
        self.parties = {each.name: each for each in session.scalars(named_so)}

    def above(self, name: str, type: AccountabilityType, *, by: str) -> str:
        """The parties from one party up to another, or `nobody`."""
        chain = responsible(self.session, self.parties[by], for_=self.parties[name], type=type, as_of=_TODAY)
        links = chain.accountabilities() if chain else []
        return " < ".join([name, *(each.commissioner.name for each in links)]) if links else "nobody"

    def parents(self, name: str, day: date) -> str:
        """Whom a party answers to on a day, and for what."""
        held = accountabilities_on(self.session, self.line, self.support, as_of=day)
        mine = [each for each in held if each.responsible.name == name]
        return ", ".join(f"{each.commissioner} ({each.type})" for each in mine)

    def scopes(self, type: AccountabilityType) -> list[OperatingScope]:
        """The clauses of all the accountabilities of a type, in the order in which they were written."""
        held = {each.id for each in accountabilities_on(self.session, type, as_of=_TODAY)}
        question = select(OperatingScope).where(
            OperatingScope.accountability_id.in_(held),
            OperatingScope.holds(_TODAY, self.session.instant(None)),
        )
        return sorted(self.session.scalars(question), key=lambda each: each.version)


def run(session: Session) -> WorkedCase:
    """Build ACM's chart where the database does not hold it, and ask it what its figures are."""
    load_pack(session, "acm")
    if session.scalars(select(Organization).where(Organization.name == "ACM")).one_or_none() is None:
        _build(session)
        session.commit()
    found = _Chart(session)
    return WorkedCase(
        title="The chart of ACM",
        text=TEXT,
        patterns=("2.1", "2.2", "2.3", "2.4", "2.5", "2.7", "2.8"),
        checks=tuple(_checks(found)),
        tables=(_territories(found), _supplies(found)),
        pictures=(_picture(found),),
    )


def _build(session: Session) -> None:
    line = named(session, LeveledAccountabilityType, "line management")
    support = named(session, OrganizationStructureType, "product support")
    supply = named(session, AccountabilityType, "coffee supply")
    parties = {
        name: Organization(name=name, types=[named(session, PartyType, kind)])
        for name, kind in _KINDS.items()
    }
    since = Period(_FOUNDED)
    links = {
        below: Accountability(
            type=line, commissioner=parties[above], responsible=parties[below], period=since
        )
        for above, below in _LINE
    }
    session.add_all(links.values())
    centre, team = parties["2170 service centre"], parties["Boston 2176"]
    session.add(
        OrganizationStructure(type=support, parent=centre, subsidiary=team, period=Period(_SUPPORTED))
    )
    bought = Accountability(
        type=supply, commissioner=parties["ACM"], responsible=parties["Island Growers"], period=since
    )
    session.add(bought)
    places = {place: Location(name=place) for _, _, place in _TERRITORIES}
    for office, family, place in _TERRITORIES:
        session.add(
            SalesTerritory(
                accountability=links[office],
                type=named(session, OperatingScopeType, "sales territory"),
                product_type=named(session, ProductType, family),
                location=places[place],
            )
        )
    yearly = named(session, OperatingScopeType, "yearly supply")
    for coffee, amount in _COFFEES:
        session.add(Provision(accountability=bought, type=yearly, covers=coffee, amount=_read(amount)))


def _read(amount: str) -> Quantity:
    number, unit = amount.split()
    return Quantity(number, unit)


def _checks(found: _Chart) -> Iterator[Check]:
    session, line, support, parties = found.session, found.line, found.support, found.parties
    team = parties["Boston 2176"]
    yield check(
        "Levels of line management",
        expected="operating unit > region > division > sales office > service team",
        found=" > ".join(level.name for level in line.levels),
    )
    yield check(
        "Parents of the Boston 2176 team",
        expected="Boston (line management), 2170 service centre (product support)",
        found=found.parents(team.name, _TODAY),
    )
    yield check(
        "Its parents the day before the service centre helped it",
        expected="Boston (line management)",
        found=found.parents(team.name, date(1995, 12, 31)),
    )
    yield check(
        "ACM above the team, by line management",
        expected="Boston 2176 < Boston < New England < Northeast < ACM",
        found=found.above(team.name, line, by="ACM"),
    )
    yield check(
        "ACM above the team, by product support",
        expected="nobody",
        found=found.above(team.name, support, by="ACM"),
    )
    yield check(
        "A sales office right below a region",
        expected="leveled.next-level",
        found=refusal(session, lambda: session.add(_linked(line, parties["Midwest"], parties["Boston"]))),
    )
    yield check(
        "A second manager of the team",
        expected="hierarchic.single-parent",
        found=refusal(session, lambda: session.add(_linked(line, parties["Manhattan"], team))),
    )
    bought = [each for each in found.scopes(found.supply) if isinstance(each, Provision)]
    yield check(
        "Coffee bought",
        expected="Java: 3000 t/a; Sumatra: 2000 t/a",
        found="; ".join(str(each) for each in bought),
    )
    yield check(
        "Coffee bought, together",
        expected="5000 t/a",
        found=sum((each.amount for each in bought), Quantity(0, "t/a")),
    )


def _linked(type: AccountabilityType, above: Organization, below: Organization) -> Accountability:
    return Accountability(type=type, commissioner=above, responsible=below, period=Period(_TODAY))


def _territories(found: _Chart) -> Table:
    held = [each for each in found.scopes(found.line) if isinstance(each, SalesTerritory)]
    return Table(
        "Sales territories",
        ("Sales office", "Product type", "Where"),
        tuple(
            (each.accountability.responsible.name, each.product_type.name, str(each.location))
            for each in held
        ),
    )


def _supplies(found: _Chart) -> Table:
    held = [each for each in found.scopes(found.supply) if isinstance(each, Provision)]
    return Table(
        "What the grower supplies",
        ("Coffee", "Amount"),
        tuple((each.covers, str(each.amount)) for each in held),
    )


def _picture(found: _Chart) -> Graph:
    return network_picture(found.session, found.line, found.support, as_of=_TODAY, title=f"ACM on {_TODAY}")
