"""What is of concern about the knowledge in a database, and about what rests on it (2.5, 14.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from ..persistence.audit import inconsistencies
from ..persistence.session import Session
from .difference import Known, changes_of, known_to
from .pack import Pack
from .section import sections


class Concern(Enum):
    """Why something is worth a look."""

    BREAKS_A_RULE = "breaks a rule"
    IN_NO_PACK = "in no pack"
    OTHERWISE = "otherwise than in the pack"
    DOUBTFUL = "hardly meant so"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """
    One thing that an audit found.

    Shape:  the `subject` is a piece of knowledge, as `section: key`, or the rule that something breaks.
    """

    subject: str
    concern: Concern
    detail: str = ""

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.subject}: {self.concern.value}{detail}"


def audit(session: Session, packs: Iterable[Pack] = ()) -> list[AuditFinding]:
    """
    Look through a database for what breaks a rule, and knowledge in no pack, otherwise, odd, or unused.

    Shape:  `packs` are those that it was loaded from, the latest last; without any, none is asked for. Of
            two packs that state the same thing, the latest counts.
    """
    known = known_to(session)
    given = list(packs)
    latest = {
        (section, key): pack for pack in given for section, stated in pack.documents.items() for key in stated
    }
    return [
        *_breaches(session),
        *(_in_no_pack(known, latest) if given else ()),
        *(finding for pack in given for finding in _otherwise(pack, known, latest)),
        *_doubtful(session),
        *_unused(session),
    ]


def _breaches(session: Session) -> Iterator[AuditFinding]:
    for violation in inconsistencies(session):
        detail = f"found {violation.found}; allowed: {violation.allowed}"
        yield AuditFinding(violation.rule.name, Concern.BREAKS_A_RULE, detail)


def _in_no_pack(known: Known, latest: Mapping[tuple[str, str], Pack]) -> Iterator[AuditFinding]:
    for section, documents in known.items():
        for key in sorted(documents):
            if (section, key) not in latest:
                yield AuditFinding(f"{section}: {key}", Concern.IN_NO_PACK)


def _otherwise(pack: Pack, known: Known, latest: Mapping[tuple[str, str], Pack]) -> Iterator[AuditFinding]:
    for change in changes_of(pack, known):
        section, key = change.section.name, change.new.key
        if change.alters and latest[section, key] is pack:
            detail = "; ".join(map(str, change.fields)) or "missing"
            yield AuditFinding(f"{section}: {key}", Concern.OTHERWISE, f"{pack.header.name}: {detail}")


def _doubtful(session: Session) -> Iterator[AuditFinding]:
    for section in sections():
        for key, oddity in section.doubts(session):
            yield AuditFinding(f"{section.name}: {key}", Concern.DOUBTFUL, oddity)


def _unused(session: Session) -> Iterator[AuditFinding]:
    for section in sections():
        for key in section.unused(session):
            yield AuditFinding(f"{section.name}: {key}", Concern.UNUSED)
