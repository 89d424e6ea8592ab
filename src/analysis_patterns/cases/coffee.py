"""ACM's coffee machines: what was planned and what was sold, by place, product and industry (4.1 to 4.4)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from ..observation import (
    CalculatedMeasurement,
    Measurement,
    PhenomenonType,
    Sale,
    Variance,
    comparative_protocols,
    derivation_picture,
    factor_variance,
    measure,
    measured_variance,
    price_volume_mix,
)
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph, Plot, PlotBand, Series, SeriesKind
from ..patterns.values import Quantity
from ..site.case import Table
from .case import Check, WorkedCase, check
from .coffee_figures import (
    ACTUAL,
    AGAINST_PLAN,
    AGAINST_PRIOR,
    AREAS,
    BANDS,
    KEY_SEGMENT,
    PLAN,
    PRICE,
    REMEMBERED,
    REVENUE,
    UNITS,
    YEAR,
    build,
    named_type,
    sales,
    slice_of,
    status,
)
from .session import load_pack, refusal

TEXT = """\
ACM looks at its sales by three dimensions: where it sold, which product, and to which industry. Each is a
hierarchy of elements on named levels, with one root that stands for all. A segment has one element of each:
machine 11-10, in the Northeast, sold to governments. Nobody makes segments; whoever asks for one gets the
one there is.

The books hold units and average prices of small segments only: as planned for 1996 and as sold, of one
region as sold the year before, too. Revenue is calculated, by the protocol that comes first and can: combined
along the location, or the product, as units times average price, or combined along the industry. By how
much it differs from the plan, and by which share of the plan, is calculated as well, and that share falls
into a band: above 5 % good, down to -5 % OK, down to -10 % a warning, below that a problem. For a key segment
there is no warning: what is below -5 % is a problem.

Why a figure differs is said by what it was made of. What the areas of the Northeast contribute comes to the
difference of the Northeast, to the cent; so does what volume, mix and price contribute, which is another way
to split the same difference."""

_REGIONS = ("West Coast", "Midwest", "Northeast", "Europe")
_MODELS = ("11-10", "11-30", "2170", "home")


class _Books:
    """What the case's questions are about: figures, by the names of the elements that they are sliced by."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.revenue = named_type(session, REVENUE)
        self.deviations = comparative_protocols(session, self.revenue)

    def figure(self, stated: str, *names: str, of: PhenomenonType | None = None) -> Measurement:
        """A figure of 1996, found or calculated."""
        return measure(
            self.session,
            of or self.revenue,
            subject=slice_of(self.session, *names),
            applicable=YEAR,
            status_type=status(self.session, stated),
        )

    def deviation(self, *names: str, against: str = AGAINST_PLAN) -> Quantity:
        """By how much revenue differs."""
        return self.figure(against, *names, of=self.deviations.absolute.result_type).quantity

    def share(self, *names: str, against: str = AGAINST_PLAN) -> Measurement:
        """By which share of it revenue differs."""
        return self.figure(against, *names, of=self.deviations.relative.result_type)

    def split(self, *names: str) -> Variance:
        """What made revenue differ from the plan, part by part."""
        actual, planned = (self.figure(each, *names) for each in (ACTUAL, PLAN))
        if isinstance(actual, CalculatedMeasurement) and isinstance(planned, CalculatedMeasurement):
            return measured_variance(actual=actual, planned=planned)
        raise LookupError(f"revenue of {', '.join(names)} was not calculated")

    def sold(self, stated: str, *names: str) -> Sale:
        """Units and average price of one of the smallest segments, from the books."""
        units, price = (
            self.figure(stated, *names, of=named_type(self.session, each)).quantity for each in (UNITS, PRICE)
        )
        return Sale(units, price)


def run(session: Session) -> WorkedCase:
    """Build ACM's figures where the database does not hold them, and ask it what its checks are."""
    load_pack(session, "coffee")
    if session.scalars(select(PhenomenonType).where(PhenomenonType.name == REVENUE)).one_or_none() is None:
        build(session)
    books = _Books(session)
    worked = WorkedCase(
        title="ACM's sales, planned and actual",
        text=TEXT,
        patterns=("4.1", "4.2", "4.3", "4.4"),
        checks=(*_segments(books), *_figures(books), *_reasons(books)),
        tables=(_regions(books), _areas(books)),
        pictures=(_plan_and_actual(books), _shares(books), _derivation(books)),
    )
    session.commit()
    return worked


def _segments(books: _Books) -> Iterator[Check]:
    session = books.session
    segment = slice_of(session, *KEY_SEGMENT)
    yield check("A segment", expected="Northeast, 11-10, government", found=segment)
    yield check(
        "The levels of its elements",
        expected="region, model, industry",
        found=", ".join(str(each.level) for each in segment.elements.values()),
    )
    yield check(
        "The same elements once more",
        expected="the same segment",
        found="the same segment" if slice_of(session, *KEY_SEGMENT) is segment else "another segment",
    )
    location, _, industry = sales(session).dimensions
    yield check(
        "An element of another dimension",
        expected="segment.one-per-dimension",
        found=refusal(
            session,
            lambda: sales(session).elements({location: industry.element("government")}),
        ),
    )


def _figures(books: _Books) -> Iterator[Check]:
    for names, planned, actual, difference, share, band in (
        ((), "194400000", "192378888", "-2021112", "-1.04", "OK"),
        (("West Coast",), "43200000", "46296144", "3096144", "7.17", "good"),
        (("Europe",), "57600000", "54247680", "-3352320", "-5.82", "warning"),
        (("New Hampshire",), "7200000", "6263064", "-936936", "-13.01", "problem"),
        (KEY_SEGMENT, "3240000", "3052800", "-187200", "-5.78", "problem"),
    ):
        found = books.share(*names)
        yield check(
            f"Revenue of {slice_of(books.session, *names)}: planned, actual, difference, share, band",
            expected=f"{planned} USD, {actual} USD, {difference} USD, {share} %, {band}",
            found=", ".join(
                (
                    *(_whole(books.figure(each, *names).quantity) for each in (PLAN, ACTUAL)),
                    _whole(books.deviation(*names)),
                    str(found.quantity),
                    found.phenomenon.name if found.phenomenon else "no band",
                )
            ),
        )
    yield check(
        f"Revenue of {REMEMBERED} against the prior year",
        expected="19.07 %",
        found=books.share(REMEMBERED, against=AGAINST_PRIOR).quantity,
    )
    yield check(
        "Revenue of home machines, latest forecast, which nobody recorded",
        expected="calculation.arguments",
        found=refusal(books.session, lambda: books.figure("latest forecast", "home")),
    )


def _reasons(books: _Books) -> Iterator[Check]:
    yield check(
        "What the areas contribute to the difference of the Northeast",
        expected="Massachusetts -1947672, New Hampshire -936936, New York 1069560: -1815048",
        found=_said(books.split("Northeast")),
    )
    leaf = ("Massachusetts", "11-30")
    yield check(
        "What units and average price contribute, of 11-30 in Massachusetts",
        expected="ACM units sold -320760, ACM average price -104760: -425520",
        found=_said(books.split(*leaf)),
    )
    planned, actual = books.sold(PLAN, *leaf), books.sold(ACTUAL, *leaf)
    yield check(
        "The same, units first and then the price",
        expected="units -324000, price -101520: -425520",
        found=_said(
            factor_variance(
                lambda given: given["units"] * given["price"],
                planned={"units": planned.units, "price": planned.price},
                actual={"units": actual.units, "price": actual.price},
                unit=planned.price.unit,
                order=("units", "price"),
            )
        ),
    )
    yield check(
        f"Volume, mix and price of what {REMEMBERED} bought",
        expected="volume 3499200, mix -345600, price -57456: 3096144",
        found=_said(
            price_volume_mix(
                planned={each: books.sold(PLAN, REMEMBERED, each) for each in _MODELS},
                actual={each: books.sold(ACTUAL, REMEMBERED, each) for each in _MODELS},
            )
        ),
    )


def _said(split: Variance) -> str:
    return f"{', '.join(f'{each.name} {each.amount}' for each in split.contributions)}: {split.difference}"


def _whole(quantity: Quantity) -> str:
    """What came out in whole dollars, as it is said."""
    return f"{quantity.amount.normalize():f} {quantity.unit}"


def _thousands(quantity: Quantity) -> str:
    return f"{quantity.rounded(places=0).amount / 1000:,.0f}"


def _regions(books: _Books) -> Table:
    return Table(
        "Revenue of 1996, in thousand USD",
        ("Region", "Planned", "Actual", "Difference", "Share", "Band"),
        tuple(
            (
                name,
                _thousands(books.figure(PLAN, name).quantity),
                _thousands(books.figure(ACTUAL, name).quantity),
                _thousands(books.deviation(name)),
                str(books.share(name).quantity),
                str(getattr(books.share(name).phenomenon, "name", "")),
            )
            for name in (*_REGIONS, "US", "ACM")
        ),
    )


def _areas(books: _Books) -> Table:
    split = books.split("Northeast").rounded(places=0)
    return Table(
        "What the areas contribute to the difference of the Northeast",
        ("Area", "Contribution"),
        tuple((name, str(amount)) for name, amount in split.items()),
    )


def _plan_and_actual(books: _Books) -> Plot:
    def of(stated: str) -> tuple[Quantity, ...]:
        return tuple(books.figure(stated, name).quantity for name in _REGIONS)

    return Plot(
        "Revenue of 1996 by region",
        _REGIONS,
        tuple(
            Series(stated, tuple(each.amount / 1_000_000 for each in of(stated)), kind)
            for stated, kind in ((PLAN, SeriesKind.PLANNED), (ACTUAL, SeriesKind.ACTUAL))
        ),
        unit="million USD",
        description="Planned and actual revenue of four regions, side by side.",
    )


def _shares(books: _Books) -> Plot:
    places = (*_REGIONS, *AREAS)
    return Plot(
        "How far revenue of 1996 is from its plan",
        places,
        (Series(AGAINST_PLAN, tuple(books.share(name).quantity.amount for name in places)),),
        unit="% of the plan",
        bands=tuple(PlotBand(name, lower, upper) for name, (lower, upper) in BANDS.items()),
        description="The deviation of revenue from plan of regions and areas, over the bands that name it.",
        remarks=("The last three are the areas of the Northeast.",),
    )


def _derivation(books: _Books) -> Graph:
    return derivation_picture(books.share("New Hampshire", "11-10", "government"))
