"""Observations written as FHIR documents: by the model, with what was kept beside it (3.4 to 3.10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ...patterns.accountability.party import Party
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.reference.identifier import identifiers_of
from ...patterns.time.instant import UNTIL_CHANGED
from ..record.measurement import Measurement
from ..record.observation import CategoryObservation, Observation, Presence
from ..record.standing import Projection, Standing
from .element import UCUM, CodeableConcept, FhirQuantity
from .fhir_file import Tree
from .finding import replaced_by
from .instant import written_as
from .json_text import Number, read_json, write_json
from .kept import DocumentPart, ObservationDocument
from .people import REFERENCES
from .problem import PROJECTED_FIGURE
from .time_writing import period_written, set_time
from .vocabulary import Vocabulary

_REASONS = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_URIS = "urn:ietf:rfc:3986"


def fhir_of(session: Session, *items: ObservationDocument | Observation) -> list[Tree]:
    """
    Documents as they are now, and observations, as FHIR R4 resources.

    Shape:  a document has what was kept of it, digit by digit, with what the model says: another figure, time
            or code where the observation was rejected by another, its status where it is. An observation
            that came in no document becomes a resource of its own: a projection a RiskAssessment.
    Units:  what the model has as it was written is written so again; else an instant in UTC, a unit by UCUM.
    Errors: `ConstraintViolation` (`fhir.projected-figure`) for a projection that something has a
            figure, or is absent.
    """
    writer = _Writer(session)
    return [
        writer.document(each) if isinstance(each, ObservationDocument) else writer.observation(each)
        for each in items
    ]


def export_fhir(session: Session, *items: ObservationDocument | Observation) -> str:
    """
    Write documents and observations as FHIR R4: one resource as it is, several as a Bundle.

    Shape:  as `fhir_of`.
    """
    resources = fhir_of(session, *items)
    if len(resources) == 1:
        return write_json(resources[0])
    entries = [{"resource": each} for each in resources]
    whole = {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}
    return write_json(whole)


def documents(session: Session, *, source: str | None = None) -> list[ObservationDocument]:
    """The last document about each resource, of one source or of all, in the order they came."""
    question = select(ObservationDocument).order_by(ObservationDocument.recorded, ObservationDocument.id)
    if source is not None:
        question = question.where(ObservationDocument.source == source)
    last: dict[object, ObservationDocument] = {}
    for each in session.scalars(question):
        # One without an id is about a resource of its own.
        last[(each.source, each.resource_type, each.logical_id) if each.logical_id else each.id] = each
    return list(last.values())


def undocumented(session: Session) -> list[Observation]:
    """The observations that came in no document, as they were recorded."""
    told = select(DocumentPart.observation_id)
    question = select(Observation).where(Observation.id.not_in(told))
    return list(session.scalars(question.order_by(Observation.recorded, Observation.id)))


class _Writer:
    """Writes what the model says over what was kept."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.vocabulary = Vocabulary(session, learning=False)

    def document(self, document: ObservationDocument) -> Tree:
        """A document as it is now."""
        tree: Tree = read_json(document.text)
        parts = {each.path: each.observation for each in document.parts}
        now = {path: replaced_by(observation) for path, observation in parts.items()}
        standing = [observation for observation in now.values() if observation is not None]
        for path, observation in now.items():
            if observation is not None:
                self._say(tree, _node(tree, path), observation, before=parts[path])
        if standing:
            self._set_circumstances(tree, standing, list(parts.values()))
            _withdraw(tree, [path for path in now if now[path] is None])
        if parts:
            _set_status(tree, parts, now)
        return tree

    def observation(self, observation: Observation) -> Tree:
        """An observation that came in no document."""
        current = replaced_by(observation)
        projected = _is_projected(observation)
        if not is_writable(observation):
            raise PROJECTED_FIGURE.violation(
                observation,
                found=f"{observation}, a projection",
                allowed="what was found, and what is expected to be present",
                remedy="Leave it out.",
            )
        status = "preliminary" if observation.standing is Standing.HYPOTHESIS else "final"
        tree: Tree = {
            "resourceType": "RiskAssessment" if projected else "Observation",
            "id": str(observation.id),
            "status": status if current is observation else "entered-in-error",
        }
        subject, sources = self._reference(observation.subject), self._sources(observation)
        if isinstance(observation, CategoryObservation) and projected:
            tree["subject"] = subject
            set_time(tree, "occurrence", observation.made_known)
            if sources:
                tree["basis"] = sources
            expected: Tree = {}
            self._set_concept(expected, "outcome", observation.concept, is_value=False)
            if observation.applicable.end != UNTIL_CHANGED:
                expected["whenPeriod"] = period_written(observation.applicable)
            tree["prediction"] = [expected]
            return tree
        tree["code"] = self._code(observation)
        tree["subject"] = subject
        set_time(tree, "effective", observation.applicable)
        tree["issued"] = written_as(observation.made_known.start)
        if observation.performer is not None:
            tree["performer"] = [self._reference(observation.performer)]
        if observation.protocol is not None:
            tree["method"] = {"text": observation.protocol.name}
        self._set_value(tree, observation, observation)
        if sources:
            tree["derivedFrom"] = sources
        return tree

    def _say(self, tree: Tree, node: Tree, observation: Observation, *, before: Observation) -> None:
        """Let a part of a document say what an observation does, as it is written there where it does."""
        if tree["resourceType"] == "RiskAssessment":
            if isinstance(observation, CategoryObservation):
                self._set_concept(node, "outcome", observation.concept, is_value=False)
            return
        self._set_code(node, observation)
        self._set_value(node, observation, before)

    def _set_circumstances(self, tree: Tree, now: list[Observation], before: list[Observation]) -> None:
        """Say when it was so, when it was told, by whom and how, where that is the same for all parts."""
        said = now[-1]
        if tree["resourceType"] == "RiskAssessment" or len({each.applicable for each in now}) > 1:
            return
        if said not in before:
            self._set_observers(tree, said, before[-1])
        set_time(tree, "effective", said.applicable)

    def _set_observers(self, tree: Tree, said: Observation, before: Observation) -> None:
        """Say when it was told, by whom and how."""
        if "issued" in tree:
            tree["issued"] = written_as(said.made_known.start)
        if said.performer is not before.performer:
            tree.pop("performer", None)
            if said.performer is not None:
                tree["performer"] = [self._reference(said.performer)]
        if said.protocol is not before.protocol:
            tree.pop("method", None)
            if said.protocol is not None:
                tree["method"] = {"text": said.protocol.name}

    def _set_code(self, node: Tree, observation: Observation) -> None:
        if isinstance(observation, CategoryObservation):
            is_value = self._is_value(node, observation)
            self._set_concept(
                node, "code", observation.phenomenon_type if is_value else observation.concept, is_value=False
            )
        elif isinstance(observation, Measurement):
            self._set_concept(node, "code", observation.phenomenon_type)

    def _code(self, observation: Observation) -> dict[str, object]:
        node: Tree = {}
        self._set_code(node, observation)
        written: dict[str, object] = node["code"]
        return written

    def _is_value(self, node: Tree, observation: CategoryObservation) -> bool:
        """
        Whether what was found is written as the value of its phenomenon type.

        Shape:  that a phenomenon is absent is no value of its type: FHIR says so of a code by yes or no.
        """
        if observation.phenomenon_type is None or observation.presence is not Presence.PRESENT:
            return False
        return not ("valueBoolean" in node and self._means(node["code"], observation.concept))

    def _means(self, written: Tree, meant: Any, *, is_value: bool = False) -> bool:
        """Whether any of the codes of a concept, or its words, mean a thing."""
        concept = CodeableConcept.model_validate(written)
        led = [self.vocabulary.thing(coding) for coding in concept.coding]
        return meant in led or concept.words == (meant.name if is_value else str(meant))

    def _set_concept(self, node: Tree, key: str, meant: Any, *, is_value: bool = True) -> None:
        """
        Let a concept be written as it was where it still means the same.

        Shape:  a phenomenon is called by its name alone where its type stands beside it: as a value.
        """
        if key not in node or not self._means(node[key], meant, is_value=is_value):
            node[key] = self.vocabulary.written(meant, words=meant.name if is_value else str(meant))

    def _set_value(self, node: Tree, observation: Observation, before: Observation) -> None:
        if isinstance(observation, Measurement):
            _set_quantity(node, observation, before)
            _set_interpretation(node, observation, is_new=observation is not before)
        elif isinstance(observation, CategoryObservation):
            if self._is_value(node, observation):
                _keep_one_value(node, "valueCodeableConcept")
                self._set_concept(node, "valueCodeableConcept", observation.concept)
            elif observation.presence is not Presence.UNKNOWN:
                _keep_one_value(node, "valueBoolean")
                node["valueBoolean"] = observation.presence is Presence.PRESENT
            else:
                _keep_one_value(node, "dataAbsentReason")
                node["dataAbsentReason"] = {"coding": [{"system": _REASONS, "code": "unknown"}]}

    def _reference(self, thing: Referable) -> dict[str, object]:
        """A party or another thing as documents referred to it, else by its key."""
        written: dict[str, object] = {"identifier": {"system": _URIS, "value": f"urn:uuid:{thing.id}"}}
        for each in identifiers_of(self.session, thing):
            if each.scheme.name.startswith(REFERENCES):
                written = {"reference": each.text}
        name = thing.name if isinstance(thing, Party) else None
        return {**written, **({"display": name} if name and name not in written.values() else {})}

    def _sources(self, observation: Observation) -> list[dict[str, str]]:
        """What an observation rests on, each by the document that it came in, or by its own key."""
        return [{"reference": self._told_in(each.source)} for each in observation.bases]

    def _told_in(self, observation: Observation) -> str:
        part = self.session.scalars(
            select(DocumentPart)
            .where(DocumentPart.observation_id == observation.id)
            .order_by(DocumentPart.recorded.desc())
        ).first()
        if part is not None and part.document.logical_id:
            return str(part.document)
        kind = "RiskAssessment" if _is_projected(observation) else "Observation"
        return f"{kind}/{observation.id}"


def is_writable(item: ObservationDocument | Observation) -> bool:
    """Whether FHIR R4 has a place for it: not where a figure is expected, or that something is absent."""
    if not isinstance(item, Observation) or not _is_expected(item):
        return True
    return isinstance(item, CategoryObservation) and item.presence is Presence.PRESENT


def _is_projected(observation: Observation) -> bool:
    """Whether a resource for it is a RiskAssessment: a projection that is no figure, rejected or not."""
    return isinstance(observation, CategoryObservation) and _is_expected(observation)


def _is_expected(observation: Observation) -> bool:
    return any(isinstance(each, Projection) for each in observation.qualifications)


def _node(tree: Tree, path: str) -> Tree:
    key, _, at = path.removesuffix("]").partition("[")
    node: Tree = tree[key][int(at)] if path else tree
    return node


def _withdraw(tree: Tree, paths: list[str]) -> None:
    """Let a component say that it was entered in error, since it has no status; a prediction is left out."""
    withdrawn = [_node(tree, path) for path in paths if path]
    if tree["resourceType"] == "RiskAssessment":
        tree["prediction"] = [each for each in tree["prediction"] if each not in withdrawn]
        return
    for node in withdrawn:
        _keep_one_value(node, "dataAbsentReason")
        node["dataAbsentReason"] = {"coding": [{"system": _REASONS, "code": "error"}]}


def _set_interpretation(node: Tree, observation: Measurement, *, is_new: bool) -> None:
    kept = [CodeableConcept.model_validate(each).words for each in node.get("interpretation", [])]
    name = None if observation.phenomenon is None else observation.phenomenon.name
    if is_new or (name is not None and name not in kept):
        node.pop("interpretation", None)  # it was said of another figure
        if name is not None:
            node["interpretation"] = [{"text": name}]


def _keep_one_value(node: Tree, key: str) -> None:
    for other in [each for each in node if each.startswith("value") or each == "dataAbsentReason"]:
        if other != key:
            del node[other]


def _set_status(tree: Tree, parts: dict[str, Observation], now: dict[str, Observation | None]) -> None:
    status = _status(tree["status"], parts, now)
    changed = any(now[path] is not observation for path, observation in parts.items())
    if changed or status != tree["status"]:
        tree.pop("text", None)  # what it says to people, it says of what was written before
    tree["status"] = status


def _status(kept: str, parts: dict[str, Observation], now: dict[str, Observation | None]) -> str:
    if all(observation is None for observation in now.values()):
        return "entered-in-error"
    if any(now[path] is not observation for path, observation in parts.items()):
        return kept if kept in {"corrected", "amended"} else "corrected"
    standings = {observation.standing for observation in parts.values()}
    if Standing.HYPOTHESIS in standings:
        return kept if kept in {"preliminary", "unknown"} else "preliminary"
    return "final" if kept in {"preliminary", "unknown"} and standings == {Standing.ACTIVE} else kept


def _set_quantity(node: Tree, observation: Measurement, before: Observation) -> None:
    quantity = observation.quantity
    if "valueInteger" in node and str(quantity) == f"{node['valueInteger']} 1":
        return
    _keep_one_value(node, "valueQuantity")
    kept = FhirQuantity.model_validate(node.get("valueQuantity", {}))
    written: dict[str, Any] = dict(node.get("valueQuantity", {}))
    if kept.value is None or str(kept.value.amount) != str(quantity.amount):
        written["value"] = Number.of(quantity.amount)
    unit = quantity.unit
    # What it was recorded in was said there: by a code, however that is spelled, in words, or not at all.
    is_same = isinstance(before, Measurement) and before.quantity.unit == unit
    if kept.value is None or not is_same:
        written |= {"unit": unit.code, "system": UCUM, "code": unit.code}
    node["valueQuantity"] = written


def everything(session: Session) -> list[ObservationDocument | Observation]:
    """All that can be exported: the last document about each resource, and what came in none."""
    kept = documents(session)
    now = {replaced_by(part.observation) for document in kept for part in document.parts}
    return [*kept, *(each for each in undocumented(session) if each not in now)]
