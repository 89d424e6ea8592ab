"""These specifications know the sections of chapter 2, whatever else was loaded before them."""

import pytest

from analysis_patterns.patterns.accountability import knowledge_section, scope_section  # noqa: F401
from analysis_patterns.patterns.knowledge import section

CHAPTER_2 = ("accountability_types", "operating_scope_types", "party_types", "product_types")


@pytest.fixture(autouse=True)
def chapter_2_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the sections of chapter 2, and nobody else's."""
    monkeypatch.setattr(section, "_SECTIONS", {name: section._SECTIONS[name] for name in CHAPTER_2})
