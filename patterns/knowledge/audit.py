"""What is of concern about the knowledge in a database: in no pack, otherwise than in it, unused (2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from ..persistence.session import Session
from .difference import Known, changes_of, known_to
from .pack import Pack
from .section import sections


class Concern(Enum):
    """Why a piece of knowledge is worth a look."""

    IN_NO_PACK = "in no pack"
    OTHERWISE = "otherwise than in the pack"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that an audit found: the piece of knowledge, by section and key, and what is of concern."""

    section: str
    key: str
    concern: Concern
    detail: str = ""

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.section}: {self.key}: {self.concern.value}{detail}"


def audit(session: Session, packs: Iterable[Pack] = ()) -> list[AuditFinding]:
    """
    Look through the knowledge of a database.

    Shape:  `packs` are those that it was loaded from, the latest last; without any, only use is looked at.
            Of two packs that state the same thing, the latest counts.
    """
    known = known_to(session)
    given = list(packs)
    latest = {
        (section, key): pack for pack in given for section, stated in pack.documents.items() for key in stated
    }
    return [
        *(_in_no_pack(known, latest) if given else ()),
        *(finding for pack in given for finding in _otherwise(pack, known, latest)),
        *_unused(session),
    ]


def _in_no_pack(known: Known, latest: Mapping[tuple[str, str], Pack]) -> Iterator[AuditFinding]:
    for section, documents in known.items():
        for key in sorted(documents):
            if (section, key) not in latest:
                yield AuditFinding(section, key, Concern.IN_NO_PACK)


def _otherwise(pack: Pack, known: Known, latest: Mapping[tuple[str, str], Pack]) -> Iterator[AuditFinding]:
    for change in changes_of(pack, known):
        section, key = change.section.name, change.new.key
        if change.alters and latest[section, key] is pack:
            detail = "; ".join(map(str, change.fields)) or "missing"
            yield AuditFinding(section, key, Concern.OTHERWISE, f"{pack.header.name}: {detail}")


def _unused(session: Session) -> Iterator[AuditFinding]:
    for section in sections():
        for key in section.unused(session):
            yield AuditFinding(section.name, key, Concern.UNUSED)
