"""Making measurements by protocols: find the arguments, run the formula, record the result (4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.values import Quantity
from ..band.classification import Bands, bands_of, present_in
from ..concept.observation_concept import Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import StatusType
from ..record.measurement import Measurement
from ..record.time_record import Time, TimeRecord
from .argument import Wanted, measurements_for, preferred, rejected_below, shifted
from .calculated_measurement import CalculatedMeasurement
from .measurement_protocol import CalculatedMeasurementProtocol, MeasurementProtocol
from .preference import protocols_of

_MOST_SHOWN = 5

ARGUMENTS = rule(
    "calculation.arguments",
    pattern="4.2",
    says="A measurement is calculated once there is a measurement for each of its arguments.",
)
CIRCLE = rule(
    "calculation.circle",
    pattern="4.2",
    says="No measurement is calculated from itself, however many protocols lie between.",
)
ON_REJECTED = rule(
    "calculation.on-rejected",
    pattern="4.2",
    says="No figure is given, or calculated from, that rests on a rejected one.",
)


@dataclass(eq=False, slots=True)
class Draft:
    """A measurement that was calculated, and will be recorded once all that is asked for is there."""

    protocol: CalculatedMeasurementProtocol
    wanted: Wanted
    quantity: Quantity
    sources: Sequence[Measurement | Draft]


@dataclass(slots=True)
class _Missing:
    """Why a figure could not be had: what is not there, circles, and what could not be reckoned."""

    wanted: list[Wanted] = field(default_factory=list)
    circles: list[list[Wanted]] = field(default_factory=list)
    refused: list[tuple[int, ConstraintViolation]] = field(default_factory=list)

    def violation(self, asked: Wanted) -> ConstraintViolation:
        """The error that says so."""
        if self.wanted or not (self.circles or self.refused):
            lacking = list(dict.fromkeys(each.beside(asked) for each in self.wanted if each != asked))
            lacking = lacking or [str(asked)]
            more = f", and {len(lacking) - _MOST_SHOWN} more" if len(lacking) > _MOST_SHOWN else ""
            asked_for = f": for {asked}" if self.wanted != [asked] else ""
            return ARGUMENTS.violation(
                *self.wanted,
                found=f"no {'; no '.join(lacking[:_MOST_SHOWN])}{more}{asked_for}",
                allowed="a measurement for each argument, or a protocol that makes it",
                remedy="Record what is missing, or prefer a protocol that can do without it.",
            )
        if self.refused:
            # What stands nearest to the question says most about it.
            return min(self.refused, key=itemgetter(0))[1]
        circle = self.circles[0]
        return CIRCLE.violation(
            *circle,
            found="a circle: " + " > ".join(str(each.phenomenon_type) for each in circle) + f", for {asked}",
            allowed="protocols of which one at least begins with what is recorded",
            remedy="Record one of them, or prefer a protocol that leads out of the circle.",
        )


class Calculation:
    """
    One question for figures: what was found and reckoned for it, and why something was not.

    Shape:  nothing is recorded before all that is asked for is there.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.missing = _Missing()
        self._found: dict[tuple[object, ...], Measurement | Draft | None] = {}
        self._measured: dict[tuple[object, ...], list[Measurement]] = {}
        self._path: list[Wanted] = []
        self._orders: dict[tuple[object, date], list[MeasurementProtocol]] = {}
        self._bands: dict[tuple[object, date], Bands] = {}
        self._recorded: dict[Draft, CalculatedMeasurement] = {}

    def draft(
        self, protocol: CalculatedMeasurementProtocol, wanted: Wanted, keeping: Sequence[Measurement] = ()
    ) -> Draft:
        """
        Reckon by one protocol, from measurements that are recorded already.

        Shape:  of the sources of an earlier calculation, those worth `keeping` are taken again.
        Errors: `ConstraintViolation`: `calculation.arguments` naming all that is missing, and what the
                protocol refuses.
        """
        arguments = protocol.arguments_of(self.session, wanted)
        found: list[Measurement | None] = [self._kept(each, keeping) for each in arguments]
        self._look_for([each for each, there in zip(arguments, found, strict=True) if there is None])
        found = [there or self._recorded_already(each) for each, there in zip(arguments, found, strict=True)]
        lacking = [each for each, there in zip(arguments, found, strict=True) if there is None]
        if lacking:
            raise _Missing(lacking).violation(wanted)
        return self._reckoned(protocol, wanted, [each for each in found if each is not None])

    def obtain(self, wanted: Wanted) -> Measurement | Draft | None:
        """A figure, by the protocols of its type in order of preference; None where none can make it."""
        key = wanted.key
        if key in self._found:
            return self._found[key]
        before = [each.key for each in self._path]
        if key in before:
            self.missing.circles.append([*self._path[before.index(key) :], wanted])
            return None
        circles = len(self.missing.circles)
        self._path.append(wanted)
        try:
            found = self._obtained(wanted)
        finally:
            self._path.pop()
        # What failed for a circle only may well be had where the question begins elsewhere.
        if found is not None or len(self.missing.circles) == circles:
            self._found[key] = found
        return found

    def _obtained(self, wanted: Wanted) -> Measurement | Draft | None:
        there = self._there(wanted)
        before = shifted(self.session, wanted)
        if before is not None and not there:
            found = self.obtain(before)
            if found is not None:
                return found
        order = self._order(wanted)
        for protocol in order:
            made = preferred([each for each in there if each.protocol is protocol], order)
            if made is not None:
                return made
            if isinstance(protocol, CalculatedMeasurementProtocol):
                draft = self._tried(protocol, wanted)
                if draft is not None:
                    return draft
        if not there and not any(isinstance(each, CalculatedMeasurementProtocol) for each in order):
            self.missing.wanted.append(wanted)
        return preferred(there, order)

    def _tried(self, protocol: CalculatedMeasurementProtocol, wanted: Wanted) -> Draft | None:
        try:
            arguments = protocol.arguments_of(self.session, wanted)
            self._look_for(arguments)
            found = [self.obtain(each) for each in arguments]
            sources = [each for each in found if each is not None]
            return self._reckoned(protocol, wanted, sources) if len(sources) == len(found) else None
        except ConstraintViolation as refused:
            if refused.rule is ON_REJECTED:
                raise
            self.missing.refused.append((len(self._path), refused))
            return None

    def _reckoned(
        self,
        protocol: CalculatedMeasurementProtocol,
        wanted: Wanted,
        sources: Sequence[Measurement | Draft],
    ) -> Draft:
        quantity = protocol.stated(protocol.result([each.quantity for each in sources]))
        return Draft(protocol, wanted, quantity, sources)

    def _recorded_already(self, wanted: Wanted) -> Measurement | None:
        there = self._there(wanted)
        before = shifted(self.session, wanted)
        if before is not None and not there:
            return self._recorded_already(before)
        return preferred(there, self._order(wanted))

    def _kept(self, wanted: Wanted, keeping: Sequence[Measurement]) -> Measurement | None:
        """The one of earlier sources that is what is wanted, or is what a figure of the prior year is."""
        for each in keeping:
            if wanted.is_met_by(each):
                return each
        before = shifted(self.session, wanted)
        return None if before is None else self._kept(before, keeping)

    def _look_for(self, wanted: Sequence[Wanted]) -> None:
        """Ask for the measurements of many figures at once."""
        unknown = [each for each in wanted if each.key not in self._measured]
        self._measured |= {each.key: [] for each in unknown}
        found = measurements_for(self.session, unknown)
        self._measured |= found
        rejected = rejected_below(self.session, [each for some in found.values() for each in some])
        if rejected is not None:
            raise ON_REJECTED.violation(
                rejected,
                found=f"{rejected}, rejected, below what was calculated for {unknown[0]}",
                allowed="figures that rest on what stands",
                remedy="Make them anew first: recalculate(session, by=...).",
            )

    def forget(self, wanted: Wanted) -> None:
        """Ask again for a figure, since it was recorded meanwhile."""
        self._measured.pop(wanted.key, None)

    def _there(self, wanted: Wanted) -> list[Measurement]:
        self._look_for([wanted])
        return self._measured[wanted.key]

    def _order(self, wanted: Wanted) -> list[MeasurementProtocol]:
        day = wanted.applicable.start.date()
        key = wanted.phenomenon_type.id, day
        if key not in self._orders:
            self._orders[key] = protocols_of(self.session, wanted.phenomenon_type, as_of=day)
        return self._orders[key]

    def record(self, source: Measurement | Draft, performer: Party | None = None) -> Measurement:
        """Record a draft, and first those that it rests on; give the measurement."""
        return source if isinstance(source, Measurement) else self.recorded(source, performer)

    def recorded(self, source: Draft, performer: Party | None = None) -> CalculatedMeasurement:
        """The measurement that a draft becomes."""
        if source not in self._recorded:
            sources = [self.record(each, performer) for each in source.sources]
            wanted = source.wanted
            made = CalculatedMeasurement(
                subject=wanted.subject,
                protocol=source.protocol,
                quantity=source.quantity,
                sources=sources,
                applicable=wanted.applicable.time,
                phenomenon=self._called(source),
                status_type=wanted.status_type,
                performer=performer,
            )
            self.session.add(made)
            self._recorded[source] = made
        return self._recorded[source]

    def _called(self, draft: Draft) -> Phenomenon | None:
        """Whoever makes a measurement classifies it: by the bands of the day on which it begins to apply."""
        wanted = draft.wanted
        start = wanted.applicable.start
        key = wanted.phenomenon_type.id, start.date()
        if key not in self._bands:
            self._bands[key] = bands_of(self.session, wanted.phenomenon_type, as_of=start.date())
        bands = self._bands[key]
        context = present_in(self.session, wanted.subject, start) if bands.depend_on_context else ()
        found = bands.classify(draft.quantity, context)
        return found.phenomenon if found else None


def create_measurement(
    session: Session,
    protocol: CalculatedMeasurementProtocol,
    *,
    subject: Referable,
    applicable: Time,
    status_type: StatusType | None = None,
    performer: Party | None = None,
) -> CalculatedMeasurement:
    """
    Calculate and record a measurement by one protocol, from measurements that are recorded already.

    Shape:  it is classified by the bands of its type; its sources are kept. Each call records another one:
            `measure` gives the one that there is.
    Errors: `ConstraintViolation`: `calculation.arguments`, which names each that is missing,
            `calculation.on-rejected` where one rests on what was rejected, `number.quotient` where something
            is divided by zero, and what else the protocol refuses; nothing is recorded.
    Source: Analysis Patterns 4.2.
    """
    calculation = Calculation(session)
    wanted = Wanted(protocol.result_type, subject, status_type, TimeRecord.of(applicable))
    made = calculation.recorded(calculation.draft(protocol, wanted), performer)
    session.flush()
    return made


def measure(
    session: Session,
    phenomenon_type: PhenomenonType,
    *,
    subject: Referable,
    applicable: Time,
    status_type: StatusType | None = None,
    performer: Party | None = None,
) -> Measurement:
    """
    Give a figure: one that is recorded, or one that is calculated now, by the preferred protocol that can.

    Shape:  the protocols are tried in the order of the day on which the figure begins to apply; arguments
            that are not there are calculated in the same way, and recorded with it. What is recorded is
            taken where it applies to exactly that time or, for a point in time, to a period that includes it.
    Errors: `ConstraintViolation`: `calculation.arguments`, which names what is missing at the bottom,
            `calculation.on-rejected` where what is recorded rests on what was rejected,
            `calculation.circle` where protocols lead back to one another, or what the last resort refused;
            nothing is recorded.
    Source: Analysis Patterns 4.2.
    """
    calculation = Calculation(session)
    wanted = Wanted(phenomenon_type, subject, status_type, TimeRecord.of(applicable))
    found = calculation.obtain(wanted)
    if found is None:
        raise calculation.missing.violation(wanted)
    made = calculation.record(found, performer)
    session.flush()
    return made
