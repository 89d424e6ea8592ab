"""Takes FHIR documents over: each becomes observations, and is kept beside them; once (3.4 to 3.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from pathlib import Path
from typing import TypeAlias

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation, Layer
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.values import Unit, parse_unit
from ..record.observation import Observation
from ..record.standing import Standing
from .element import Reference
from .fhir_file import FhirFile, FhirResource, read_fhir
from .finding import Circumstances, Finding, become, replaced_by
from .json_text import read_json
from .kept import DocumentPart, ObservationDocument, latest_document, same_document
from .problem import IN_ORDER, KNOWN_SUBJECT, WHO_REJECTS, Place, Problems
from .reading import WITHOUT_RESULT, NoPlaceError, Reader, Reading, Resolver, when
from .report import FhirImport, LeftOut, unplaced
from .resource import ObservationResource, RiskAssessmentResource
from .vocabulary import Vocabulary

_WITHDRAWN = "entered-in-error"

Subjects: TypeAlias = Mapping[str, Referable] | Callable[[Reference], Referable | None]
"""What references lead to: by their text, or by a function of the reference."""


def import_fhir(
    session: Session,
    *sources: str | bytes | Path | FhirFile,
    subjects: Subjects,
    by: Party | None = None,
    source: str = "",
    learning: bool = True,
    units: Mapping[str, str] | None = None,
) -> FhirImport:
    """
    Take FHIR R4 Observations and RiskAssessments over, as a whole or not at all.

    Shape:  `subjects` finds who or what is observed, and who observes; `by` rejects what a document marks as
            entered in error or says otherwise than the one before it. A resource is told by its id among
            those of a `source`; what was taken over before is left alone. `units` are UCUM's codes for units
            that documents name in words only. Codes that nobody knows are learnt, unless not `learning`.
    Units:  figures keep the digits they are written with. A date without a time is a day in UTC.
    Errors: `FhirError` with all that is wrong, each with its place; nothing is changed then. Of ours:
            `fhir.known-subject`, `fhir.one-meaning`, `fhir.known-code`, `fhir.who-rejects`,
            `fhir.in-order`, and what observations are refused for; what `parse_unit` refuses of `units`.
    Source: Analysis Patterns 3.4 to 3.10. A preliminary result is a hypothesis, a prediction a projection.
    """
    files = [each if isinstance(each, FhirFile) else read_fhir(each) for each in sources]
    resources = _in_order([resource for each in files for resource in each.resources])
    meant = {words: parse_unit(code) for words, code in (units or {}).items()}
    find = subjects if callable(subjects) else _by_text(subjects)
    # A failed flush leaves nothing of all this in the session, and what waited before stays.
    with session.begin_nested():
        vocabulary = Vocabulary(session, learning=learning)
        taking = _Taking(vocabulary, find, by=by, source=source, units=meant)
        for resource in resources:
            taking.take(resource)
        taking.problems.require_none()
    taking.report.learnt = vocabulary.learnt
    taking.report.passed_over = [
        LeftOut(place, reason) for each in files for place, reason in each.passed_over
    ]
    return taking.report


def _by_text(subjects: Mapping[str, Referable]) -> Resolver:
    return lambda reference: subjects.get(reference.reference or "")


class _Taking:
    """One import: what is taken over, and what is wrong with the rest."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        things: Resolver,
        *,
        by: Party | None,
        source: str,
        units: Mapping[str, Unit],
    ) -> None:
        self.session = vocabulary.session
        self.vocabulary = vocabulary
        self.things = things
        self.by = by
        self.source = source
        self.report = FhirImport()
        self.problems = Problems()
        self.reader = Reader(self.vocabulary, things=things, sources=self._sources, units=units)
        self._made: dict[str, ObservationDocument] = {}

    def take(self, resource: FhirResource) -> None:
        """Take one resource over, and note what is wrong with it."""
        try:
            document = same_document(self.session, self.source, resource)
            if document is None:
                document = self._taken(resource)
            elif document.parts or document is not (self._latest(resource) or document):
                self.report.unchanged += 1
            else:
                self._fill(document, resource, {}, is_new=False)  # a unit may be known by now
            self._made |= dict.fromkeys(resource.names, document)
        except ConstraintViolation as violation:
            self.problems.add(resource.place, violation)
            if violation.layer is not Layer.CONSTRUCTOR:
                self.problems.require_none()  # what a flush refuses, the next one would refuse again

    def _latest(self, resource: FhirResource) -> ObservationDocument | None:
        content = resource.content
        return latest_document(self.session, self.source, content.resource_type, content.id or "")

    def _taken(self, resource: FhirResource) -> ObservationDocument:
        earlier = _standing_of(self._latest(resource), resource.content.status)
        document = ObservationDocument(source=self.source, resource=resource)
        self._fill(document, resource, earlier, is_new=True)
        return document

    def _fill(
        self,
        document: ObservationDocument,
        resource: FhirResource,
        earlier: dict[str, Observation],
        *,
        is_new: bool,
    ) -> None:
        """Record what a document tells; of one that is not new, tell only where it became something."""
        reading = Reading()
        try:
            made = self._made_of(resource, reading, earlier)
        except NoPlaceError as no_place:
            reading.left_out[""] = str(no_place)
            made = {}
        if not (made or is_new):
            self.report.unchanged += 1
            return
        self.session.add(document)
        for path, observation in made.items():
            self.session.add(DocumentPart(document=document, path=path, observation=observation))
        self.session.flush()
        self._reject(resource.content, made, earlier)
        self._tell(resource, reading, made)
        self.report.accepted += 1

    def _made_of(
        self, resource: FhirResource, reading: Reading, earlier: dict[str, Observation]
    ) -> dict[str, Observation]:
        """The observations of a resource, by path: new ones, or those that say the same already."""
        content = resource.content
        if content.status in WITHOUT_RESULT:
            raise NoPlaceError(f"a status of {content.status} means that there is no result")
        if content.status == _WITHDRAWN and earlier:
            reading.placed |= {"resourceType", "id", "status"}
            return earlier
        subject = self._subject(content, reading)
        circumstances = self.reader.circumstances(resource, reading)
        self.reader.read(resource, reading)
        made: dict[str, Observation] = {}
        for finding in reading.findings:
            told = self._told(content, finding, circumstances)
            old = earlier.get(finding.path)
            if old is not None and finding.is_said_by(old, subject, told, made):
                become(old, told.standing)
                made[finding.path] = old
                if old.rejection is not None:  # to send it again is no reason to believe it
                    reading.left_out[finding.path] = f"rejected by {old.rejection.by}: {old.rejection.why}"
            else:
                made[finding.path] = new = finding.recorded(subject, told, made)
                self.session.add(new)
        return made

    def _told(
        self,
        content: ObservationResource | RiskAssessmentResource,
        finding: Finding,
        circumstances: Circumstances,
    ) -> Circumstances:
        if isinstance(content, ObservationResource):
            return circumstances
        at = int(finding.path.removeprefix("prediction[").removesuffix("]"))
        return replace(
            circumstances,
            applicable=when(content.prediction[at], circumstances),
            made_known=circumstances.applicable,
        )

    def _subject(self, content: ObservationResource | RiskAssessmentResource, reading: Reading) -> Referable:
        reference = content.subject
        if reference is None:
            raise NoPlaceError("it has no subject")
        found = self.things(reference)
        if found is None:
            raise KNOWN_SUBJECT.violation(
                found=f"the subject {reference.reference or reference.display or 'without a name'}",
                allowed="subjects that are known",
                remedy="Say what it leads to, in `subjects`.",
            )
        reading.placed.add("subject.reference")
        if isinstance(found, Party) and found.name == reference.display:
            reading.placed.add("subject.display")
        return found

    def _reject(
        self,
        content: ObservationResource | RiskAssessmentResource,
        made: dict[str, Observation],
        earlier: dict[str, Observation],
    ) -> None:
        """Reject what was entered in error, and what is said otherwise than before."""
        wrong: dict[Observation, Observation | None]
        if content.status == _WITHDRAWN:
            wrong = dict.fromkeys(made.values())
            why = f"entered in error: {content.resource_type}/{content.id}"
        else:
            wrong = {old: made.get(path) for path, old in earlier.items() if old not in made.values()}
            why = f"sent again as {content.status}: {content.resource_type}/{content.id}"
        for old, new in wrong.items():
            if old.rejection is None:
                by = self.by or old.performer
                if by is None:
                    raise WHO_REJECTS.violation(
                        old,
                        found=f"{old}, {why}, and nobody who says so",
                        allowed="a party that rejects it",
                        remedy="Say by whom, in `by`.",
                    )
                shows = new if new is not None and new.standing is Standing.ACTIVE else None
                self.session.add(old.reject(by=by, why=why[:500], rejecting=shows))
                self.report.rejected.append(old)
        self.session.flush()

    def _tell(self, resource: FhirResource, reading: Reading, made: dict[str, Observation]) -> None:
        place = resource.place
        self.report.observations += made.values()
        self.report.kept += unplaced(resource.tree, reading.placed, place)
        for path, reason in reading.left_out.items():
            at = Place(place.file, f"{place.path}.{path}" if path else place.path)
            self.report.left_out.append(LeftOut(at, reason))

    def _sources(self, reference: str) -> list[Observation]:
        """The observations that a reference leads to, of this import or an earlier one, but rejected ones."""
        document = self._made.get(reference)
        if document is None:
            kind, _, logical_id = reference.partition("/")
            document = latest_document(self.session, self.source, kind, logical_id)
        if document is None:
            return []
        whole = [each.observation for each in document.parts if not each.path]
        parts = whole or [each.observation for each in document.parts]
        return [each for each in parts if each.rejection is None]


def _standing_of(document: ObservationDocument | None, status: str) -> dict[str, Observation]:
    """What stands for the parts of an earlier document, by path; nothing, where that was withdrawn."""
    if document is None:
        return {}
    if status != _WITHDRAWN and read_json(document.text)["status"] == _WITHDRAWN:
        return {}
    return {each.path: replaced_by(each.observation) or each.observation for each in document.parts}


def _in_order(resources: list[FhirResource]) -> list[FhirResource]:
    """Each resource after those that it is derived from or replaces; as they came where that says nothing."""
    named = {name: at for at, each in enumerate(resources) for name in each.names}
    order: TopologicalSorter[int] = TopologicalSorter()
    before: dict[str, int] = {}
    for at, each in enumerate(resources):
        order.add(at, *(named[name] for name in _references(each) if name in named))
        # What is told twice of one resource: the last one counts, so it comes last.
        order.add(at, *(before[name] for name in each.names if name in before))
        before |= dict.fromkeys(each.names, at)
    try:
        order.prepare()
    except CycleError as circle:
        problems = Problems()
        path = " > ".join(str(resources[at].place) for at in circle.args[1])
        problems.add(
            resources[circle.args[1][0]].place,
            IN_ORDER.violation(
                found=f"a circle: {path}",
                allowed="sources that are not derived from it themselves",
                remedy="Ask the sender which one was observed first.",
            ),
        )
        problems.require_none()
    result: list[FhirResource] = []
    ready: list[int] = []
    while order.is_active():
        for at in order.get_ready():
            heappush(ready, at)
        next_one = heappop(ready)
        result.append(resources[next_one])
        order.done(next_one)
    return result


def _references(resource: FhirResource) -> Iterator[str]:
    content = resource.content
    groups = (
        (content.derived_from, content.has_member)
        if isinstance(content, ObservationResource)
        else (content.basis,)
    )
    for group in groups:
        for each in group:
            if each.reference:
                yield each.reference
