"""The catalogue of the 76 patterns: what each is about, and what here builds it (14.5)."""

from .record import ATTACHED, Attachment, Head, PatternRecord, attach, record_of

__all__ = ["ATTACHED", "Attachment", "Head", "PatternRecord", "attach", "record_of"]
