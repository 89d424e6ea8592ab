"""Where in the site a thing is shown: the names of its files."""

from __future__ import annotations

import re

from ..patterns.catalogue import Head
from .case import Case


def slug(shown: Head | Case) -> str:
    """The name of its files, without folder and ending."""
    words = f"{shown.number} {shown.name}" if isinstance(shown, Head) else shown.title
    return re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-")


def page(shown: Head | Case, ending: str = "html") -> str:
    """The path of its page below the site's folder."""
    return f"{'patterns' if isinstance(shown, Head) else 'cases'}/{slug(shown)}.{ending}"
