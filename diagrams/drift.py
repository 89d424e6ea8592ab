"""Whether a picture that was kept is still what would be drawn, by what it says and not by how it lies."""

from __future__ import annotations

from difflib import unified_diff
from xml.etree import ElementTree as Xml

from .document import written
from .drawing import Drawing, Format
from .errors import DocumentError

_METADATA = "{http://www.w3.org/2000/svg}metadata"


def drift(drawing: Drawing, format: Format, kept: bytes, *, name: str = "kept") -> list[str]:
    """
    The lines of a unified diff from a kept picture to what would be drawn, none where they agree.

    Shape:  of an SVG, what is compared is the picture in it, as JSON, which needs no layout.
    Errors: `DocumentError` for a PNG, which says nothing of its picture, for an SVG without one, or what is
            no text.
    """
    if format is Format.PNG:
        raise DocumentError(f"{name} is a PNG, which cannot be compared: keep an SVG or a text beside it")
    try:
        text = kept.decode()
    except UnicodeDecodeError:
        raise DocumentError(f"{name} is no text in UTF-8") from None
    if format is Format.SVG:
        before, after = _embedded(text, name), written(drawing.picture)
    else:
        before, after = text.replace("\r\n", "\n"), str(drawing.written(format))
    found = unified_diff(before.splitlines(), after.splitlines(), name, "the code", lineterm="")
    lines = list(found)
    if not lines and before != after:
        return [f"{name} ends otherwise than what is drawn now"]
    return lines


def _embedded(text: str, name: str) -> str:
    # Expat refuses entities that grow; what else is in the file is not looked at.
    try:
        root = Xml.fromstring(text)  # noqa: S314
    except Xml.ParseError as refused:
        raise DocumentError(f"{name} is no SVG: {refused}") from None
    found = root.find(_METADATA)
    if found is None or not found.text:
        raise DocumentError(f"{name} does not hold the picture that it was drawn from: draw it with --output")
    return found.text
