"""The colours of the house, by light and by dark."""

from __future__ import annotations

from dataclasses import dataclass

from ..patterns.picture import Change


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour on paper, and what it becomes where the surroundings are dark."""

    light: str
    dark: str


CHANGES = {
    Change.ADDED: Colour("#17703a", "#6fd08c"),
    Change.REMOVED: Colour("#b3261e", "#ff9a8f"),
    Change.CHANGED: Colour("#7a4f00", "#e8b64c"),
}
"""What became of something; each is told by a sign too, for those who see no colours."""

MEANINGS = {Change.ADDED: "added", Change.REMOVED: "removed", Change.CHANGED: "changed"}
