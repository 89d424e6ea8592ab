"""What the specifications of FHIR documents share: the published examples, and small documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "src/analysis_patterns/cases/data/fhir"
FILES = sorted(EXAMPLES.glob("*.json"))


def observation(**elements: Any) -> str:
    """A FHIR Observation as JSON: a weight of 80 kg, but for what `elements` say; None leaves one out."""
    said = {
        "resourceType": "Observation",
        "id": "weight",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]},
        "subject": {"reference": "Patient/example"},
        "effectiveDateTime": "2016-03-28",
        "valueQuantity": {"value": 80, "system": "http://unitsofmeasure.org", "code": "kg"},
    }
    said.update(elements)
    return json.dumps({key: value for key, value in said.items() if value is not None})


def bundle(*resources: str, urls: tuple[str, ...] = ()) -> str:
    """A FHIR Bundle of resources."""
    named = [*({"fullUrl": url} for url in urls), *({} for _ in resources[len(urls) :])]
    entries = [{**name, "resource": json.loads(each)} for name, each in zip(named, resources, strict=True)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def coded(words: str, code: str = "", system: str = "http://snomed.info/sct") -> dict[str, Any]:
    """A FHIR CodeableConcept of one code, or of words alone."""
    coding = {"coding": [{"system": system, "code": code}]} if code else {}
    return {**coding, "text": words}
