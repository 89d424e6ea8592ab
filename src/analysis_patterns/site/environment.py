"""How the templates of the pages are found, and what all of them may rely on."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape


def environment() -> Environment:
    """The templates of this room: what is put into a page is escaped, and nothing may be missing."""
    site = Environment(
        loader=PackageLoader(__name__.rpartition(".")[0]),
        # Styles and scripts hold nothing of ours; whatever is put into a page is escaped.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    site.filters["prose"] = _prose
    return site


def _prose(text: str) -> Markup:
    """Escape `text`, and set what stands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - just escaped
