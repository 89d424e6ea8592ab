"""When something was so, written over what a document says of it (3.8)."""

from __future__ import annotations

from ...patterns.time.instant import SINCE_EVER, UNTIL_CHANGED
from ..record.time_record import TimeRecord
from .fhir_file import Tree
from .instant import bound_written, span_of, span_written

_ALWAYS = {
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "valueCode": "not-applicable",
}


def set_time(tree: Tree, name: str, record: TimeRecord) -> None:
    """Say when it was so, under the keys that begin with `name`, unless that is what is written there."""
    dated = next((key for key in (f"{name}DateTime", f"{name}Instant") if key in tree), None)
    period = f"{name}Period"
    if dated is not None and TimeRecord(*span_of(tree[dated])) == record:
        return
    if period in tree and _read_period(tree[period]) == record:
        return
    told = tree.get("issued") if dated is None and period not in tree else None
    if told is not None and TimeRecord(*span_of(told)) == record:
        return  # it was said to be so when it was told
    for key in (dated, period):
        tree.pop(key or "", None)
    whole = span_written(record.start, record.end)
    if whole is not None:
        tree[f"{name}DateTime"] = whole
    else:
        # Without any bound it would be an empty object, which FHIR has none of.
        tree[period] = period_written(record) or {"extension": [_ALWAYS]}


def _read_period(period: Tree) -> TimeRecord:
    return TimeRecord(
        span_of(period["start"])[0] if "start" in period else SINCE_EVER,
        span_of(period["end"])[1] if "end" in period else UNTIL_CHANGED,
    )


def period_written(record: TimeRecord) -> dict[str, str]:
    """A period as FHIR has it; an open end is left out."""
    bounds = {"start": (record.start, SINCE_EVER), "end": (record.end, UNTIL_CHANGED)}
    return {
        name: bound_written(instant, is_end=name == "end")
        for name, (instant, none) in bounds.items()
        if instant != none
    }
