"""How the templates of the pages are found, and what all of them may rely on."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment() -> Environment:
    """The templates of this room: what is put into a page is escaped, and nothing may be missing."""
    return Environment(
        loader=PackageLoader(__name__.rpartition(".")[0]),
        # Styles and scripts hold nothing of ours; whatever is put into a page is escaped.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
