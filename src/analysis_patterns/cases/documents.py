"""Documents of other hospitals: taken over once, written back digit by digit, corrected (3.2 to 3.11)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy import select

from ..observation import (
    CategoryObservation,
    Converted,
    Measurement,
    Observation,
    PhenomenonType,
    Standing,
    convert,
)
from ..observation.interchange import (
    FhirImport,
    ObservationDocument,
    References,
    export_fhir,
    fhir_of,
    import_fhir,
    read_fhir,
)
from ..patterns.accountability import Person
from ..patterns.constraint import ConstraintViolation
from ..patterns.errors import AnalysisPatternsError
from ..patterns.persistence.session import Session
from ..patterns.provenance import explain, graph
from ..patterns.reference import identified
from ..patterns.reference.identifier import scheme_named
from ..patterns.values import Precision, Quantity
from ..site.case import Table
from .case import Check, WorkedCase, check
from .session import load_pack

TEXT = """\
HL7 publishes examples of its FHIR documents: a blood pressure, a weight, a body mass index, a blood group, a
Glasgow coma score, and what is to be expected of a stroke. Each becomes observations of what it is about. The
two parts of the blood pressure are measurements of their own; the score rests on its three parts; what is
expected is a projection. Codes become identifiers of the phenomenon types, phenomena and concepts that they
mean. One code means two things in these examples: it leads to the first, and the second is known by another.

What the model has no place for, such as the text for people or the words of a unit, is kept beside: a
document is written back as it came, to the last byte. Taken over again, nothing is made twice. Where a weight
turns out to have been misread, it is rejected by the right one, and its document says the right one from then
on.

Glucose is measured in mmol/L here and in mg/dL there. No ratio leads from the one to the other, for what a
mole weighs depends on the substance: the conversion belongs to the phenomenon type, and names its source."""

_SOURCE = "HL7 examples"
_TWICE = "http://acme.ec/codes"


def run(session: Session) -> WorkedCase:
    """Take the documents over where the database does not hold them, and ask what their figures are."""
    load_pack(session, "laboratory")
    _taken_over(session)
    session.commit()
    kept = {each.logical_id: each for each in _documents(session)}
    return WorkedCase(
        title="Documents of other hospitals",
        text=TEXT,
        patterns=("3.2", "3.4", "3.5", "3.8", "3.9", "3.10", "3.11", "5.2"),
        checks=(*_exchange(session, kept), *_correction(session, kept), *_conversion(session)),
        tables=(_observed(kept),),
        pictures=(graph(explain(_converted(session, "7.0 mmol/L", "g/L"))),),
    )


def documents() -> dict[str, str]:
    """The published documents, by the names of their files."""
    folder = files(__name__.rpartition(".")[0]) / "data" / "fhir"
    named = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
    return {name: named[name] for name in sorted(named) if name.endswith(".json")}


def _taken_over(session: Session) -> FhirImport:
    read = [read_fhir(text, name=name) for name, text in documents().items()]
    people = References(session, source=_SOURCE, learning=True)
    return import_fhir(session, *read, subjects=people, source=_SOURCE)


def _documents(session: Session) -> list[ObservationDocument]:
    ours = ObservationDocument.source == _SOURCE
    return list(session.scalars(select(ObservationDocument).where(ours).order_by(ObservationDocument.id)))


def _observed_in(document: ObservationDocument) -> list[Observation]:
    return [each.observation for each in document.parts]


def _exchange(session: Session, kept: dict[str, ObservationDocument]) -> Iterator[Check]:
    observed = [each for document in kept.values() for each in _observed_in(document)]
    yield check("Documents", expected=6, found=len(kept))
    yield check(
        "Measurements, and observations of categories",
        expected="5, 5",
        found=", ".join(
            str(sum(isinstance(each, kind) for each in observed))
            for kind in (Measurement, CategoryObservation)
        ),
    )
    yield check(
        "What is only expected",
        expected="permanent weakness of the left arm present",
        found=", ".join(str(each) for each in observed if each.standing is Standing.PROJECTION),
    )
    yield check(
        "The blood pressure",
        expected="Systolic blood pressure 107 mm[Hg], Diastolic blood pressure 60 mm[Hg]",
        found=", ".join(map(str, _observed_in(kept["blood-pressure"]))),
    )
    score = _whole(kept["glasgow"])
    yield check(
        "What the coma score rests on",
        expected="13 {score}: GCS Motor, GSC Verbal, Eyes",
        found=f"{score.quantity}: {', '.join(_quality(each.source) for each in score.bases)}",
    )
    as_published = documents()
    yield check(
        "Documents that come back to the last byte",
        expected="6 of 6",
        found=f"{sum(_comes_back(session, each, as_published) for each in kept.values())} of {len(kept)}",
    )
    again = _taken_over(session)
    yield check(
        "Taken over again: new, and known already",
        expected="0, 6",
        found=f"{again.accepted}, {again.unchanged}",
    )
    scheme = scheme_named(session, _TWICE)
    yield check(
        "The code 4, which stands for two findings there, leads to",
        expected="GSC Verbal: 4 (Confused, disoriented)",
        found=identified(session, scheme, "4"),
    )


def _comes_back(session: Session, document: ObservationDocument, published: dict[str, str]) -> bool:
    return export_fhir(session, document) in {text.rstrip("\n") for text in published.values()}


def _correction(session: Session, kept: dict[str, ObservationDocument]) -> Iterator[Check]:
    """What the weight's document says once the weight was rejected; it is not, afterwards."""
    wrong = _whole(kept["example"])
    savepoint = session.begin_nested()
    clerk = Person(name="Clerk")
    right = Measurement(
        subject=wrong.subject,
        phenomenon_type=wrong.phenomenon_type,
        quantity=Quantity("158.50", "[lb_av]"),
        applicable=wrong.applicable.time,
    )
    session.add_all([clerk, right])
    session.add(wrong.reject(by=clerk, why="digits swapped", rejecting=right))
    session.flush()
    (said,) = fhir_of(session, kept["example"])
    savepoint.rollback()
    session.expire_all()
    yield check(
        "The document of a weight that was misread",
        expected="corrected: 158.50 lbs",
        found=f"{said['status']}: {said['valueQuantity']['value']} {said['valueQuantity']['unit']}",
    )


def _conversion(session: Session) -> Iterator[Check]:
    for written, to, expected in (
        ("7.0 mmol/L", "mg/dL", "126.1092 mg/dL"),
        ("126.1092 mg/dL", "mmol/L", "7 mmol/L"),
        ("100 mg/dL", "mmol/L", "5.55 mmol/L"),
    ):
        yield check(f"Glucose, {written}", expected=expected, found=_converted(session, written, to).quantity)
    try:
        found = str(Quantity("7.0", "mmol/L") + Quantity(100, "mg/dL"))
    except ConstraintViolation as refused:
        found = refused.rule.name
    yield check("7.0 mmol/L + 100 mg/dL", expected="quantity.compatible-units", found=found)


def _converted(session: Session, written: str, to: str) -> Converted:
    glucose = session.scalars(select(PhenomenonType).where(PhenomenonType.name == "Glucose")).one()
    quantity = Quantity.parse(written)
    rounded = Precision(places=2) if written.startswith("100 ") else None
    return convert(session, quantity, to=to, phenomenon_type=glucose, precision=rounded)


def _whole(document: ObservationDocument) -> Measurement:
    """The measurement that a document as a whole became."""
    (whole,) = (each.observation for each in document.parts if not each.path)
    if not isinstance(whole, Measurement):
        raise AnalysisPatternsError(f"{document} tells of {whole}, which is no measurement")
    return whole


def _quality(observation: Observation) -> str:
    return str(observation).partition(":")[0]


def _observed(kept: dict[str, ObservationDocument]) -> Table:
    return Table(
        "What was taken over",
        ("Document", "Part", "Observation", "When it was so"),
        tuple(
            (str(document), part.path or "all of it", str(part.observation), str(part.observation.applicable))
            for document in kept.values()
            for part in document.parts
        ),
    )
