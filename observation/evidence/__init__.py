"""What observations say together: presence, evidence, and what one rejection makes doubtful (3.6 to 3.12)."""

from .presence import Finding, findings, presence_of, subjects_with

__all__ = ["Finding", "findings", "presence_of", "subjects_with"]
