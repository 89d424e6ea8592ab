"""Knowledge packs: the knowledge level as documents, checked, loaded whole, exported, compared (2.5)."""

from .audit import AuditFinding, Concern, audit
from .difference import Change, Difference, FieldChange, diff
from .errors import PackError, Problem
from .loading import export, load
from .pack import Header, Pack, pack_schema, parse_pack, read_pack
from .reader import Limits
from .section import KnowledgeDocument, Reference, Section, Whole, from_day_on, register, sections, tidied

__all__ = [
    "AuditFinding",
    "Change",
    "Concern",
    "Difference",
    "FieldChange",
    "Header",
    "KnowledgeDocument",
    "Limits",
    "Pack",
    "PackError",
    "Problem",
    "Reference",
    "Section",
    "Whole",
    "audit",
    "diff",
    "export",
    "from_day_on",
    "load",
    "pack_schema",
    "parse_pack",
    "read_pack",
    "register",
    "sections",
    "tidied",
]
