"""How a test proves that a rule is refused, and leaves the proof on record for `catalogue check`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from analysis_patterns.patterns.constraint import RULES, ConstraintViolation, Layer

RECORD = Path(__file__).parent.parent / "build" / "refusals.jsonl"


@contextmanager
def refuses(rule: str, layer: Layer = Layer.CONSTRUCTOR) -> Iterator[SimpleNamespace]:
    """Pass only where the block breaks `rule` and `layer` refuses it; the error is `refused.value`."""
    refused = SimpleNamespace(value=None)
    with pytest.raises(ConstraintViolation) as raised:
        yield refused
    refused.value = raised.value
    assert raised.value.rule.name == rule, str(raised.value)
    assert raised.value.layer is layer, f"{rule} was refused by {raised.value.layer}, not by {layer}"
    assert layer in RULES[rule].layers, f"{rule} does not claim to be enforced by {layer}"
    RECORD.parent.mkdir(exist_ok=True)
    with RECORD.open("a", encoding="utf-8") as record:
        record.write(json.dumps({"rule": rule, "layer": layer.value}) + "\n")
