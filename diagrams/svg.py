"""Finishes the engine's SVG: checked, described for screen readers, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml
from zlib import crc32

from ..patterns.errors import AnalysisPatternsError
from ..patterns.picture import require_link
from .colours import CHANGES
from .dot import BAND, FAINT, GRID, INK, PAPER
from .errors import UnsafePictureError
from .text import shown, width_of

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_ELEMENTS = {
    "svg",
    "g",
    "title",
    "desc",
    "style",
    "path",
    "polygon",
    "polyline",
    "ellipse",
    "text",
    "a",
    "metadata",
}
_ATTRIBUTES = {
    "id", "class", "role", "aria-labelledby", "width", "height", "viewBox", "transform", "fill", "stroke",
    "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity", "points", "d", "cx", "cy", "rx",
    "ry", "x", "y", "text-anchor", "font-family", "font-size", "font-weight", "textLength", "lengthAdjust",
    "{http://www.w3.org/XML/1998/namespace}space",
}  # fmt: skip
_CLASS = "analysis-patterns-figure"
_DARK = {INK: "#e4e9ef", FAINT: "#9aa7b5", PAPER: "#161a1f", GRID: "#2b333c", BAND: "#1e242b"}
_DARK |= {colour.light: colour.dark for colour in CHANGES.values()}


def finished(
    svg: bytes,
    *,
    title: str,
    description: str,
    notes: Mapping[str, str],
    links: Mapping[str, str] | None = None,
    metadata: str = "",
) -> str:
    """
    The engine's SVG, ready to be handed out.

    Shape:  `notes` say, by the id of a box or line, what a pointing reader is told, `links` where whoever
            follows it gets; `metadata` is text that nobody is shown.
    Errors: `UnsafePictureError` where it holds anything but shapes, text and links nearby or of https.
    """
    Xml.register_namespace("", _SVG)
    root = Xml.fromstring(svg)  # noqa: S314 - what the engine wrote, whose labels went in quoted
    _simplify(root)
    for group in list(root.iter(f"{{{_SVG}}}g")):
        _annotate(group, notes, links or {})
    check(root)
    for text in root.iter(f"{{{_SVG}}}text"):
        _fit(text)
    # Several figures may stand in one page, so their names there must differ.
    name = f"figure-{crc32(svg):08x}"
    root.set("class", _CLASS)
    # A picture is one thing to a screen reader, unless something in it can be followed.
    root.set("role", "group" if links else "img")
    root.set("aria-labelledby", f"{name}-title {name}-description")
    head = (
        _element("title", shown(title), id=f"{name}-title"),
        _element("desc", shown(description, 10_000), id=f"{name}-description"),
        _element("style", _style()),
        *((_element("metadata", metadata),) if metadata else ()),
    )
    for position, element in enumerate(head):
        root.insert(position, element)
    return Xml.tostring(root, encoding="unicode") + "\n"


def check(root: Xml.Element) -> None:
    """
    Refuse whatever a browser might run or fetch.

    Errors: `UnsafePictureError` for any element or attribute that a figure does not need.
    """
    for element in root.iter():
        name = str(element.tag).removeprefix(f"{{{_SVG}}}")
        if name not in _ELEMENTS:
            raise UnsafePictureError(f"the picture holds an element <{shown(name)}>, and is not handed out")
        for attribute, value in element.attrib.items():
            is_link = name == "a" and attribute == "href" and _is_safe(value)
            if not is_link and (attribute not in _ATTRIBUTES or "url(" in value.lower()):
                raise UnsafePictureError(
                    f"the picture holds an attribute {shown(attribute)}, and is not handed out"
                )


def _is_safe(link: str) -> bool:
    try:
        require_link(link)
    except AnalysisPatternsError:
        return False
    return True


def _simplify(root: Xml.Element) -> None:
    """Replace each link that the engine makes for a tooltip, `g > a > shapes`, by the shapes."""
    for parent in list(root.iter()):
        for child in list(parent):
            link = child[0] if len(child) == 1 and child.tag == f"{{{_SVG}}}g" else None
            if link is not None and link.tag == f"{{{_SVG}}}a" and set(link.attrib) <= {f"{{{_XLINK}}}title"}:
                position = list(parent).index(child)
                parent.remove(child)
                for offset, shape in enumerate(list(link)):
                    parent.insert(position + offset, shape)


def _annotate(group: Xml.Element, notes: Mapping[str, str], links: Mapping[str, str]) -> None:
    """Give a box or line its note as title, and its link; the engine titles them with names nobody knows."""
    title = group.find(f"{{{_SVG}}}title")
    if title is not None:
        name = group.attrib.pop("id", "")
        note = notes.get(name, "")
        if links.get(name):
            link = Xml.Element(f"{{{_SVG}}}a", {"href": links[name]})
            for shape in list(group)[1:]:
                group.remove(shape)
                link.append(shape)
            group.append(link)
        if note:
            title.text = shown(note, 1_000)
        else:
            group.remove(title)


def _fit(text: Xml.Element) -> None:
    """Let a text take the room that it was given, in whatever font a reader has instead of Helvetica."""
    if text.text and text.get("font-weight") is None:
        text.set("textLength", f"{width_of(text.text, float(text.get('font-size', '0'))):.2f}")
        text.set("lengthAdjust", "spacingAndGlyphs")


def _element(tag: str, text: str, **attributes: str) -> Xml.Element:
    element = Xml.Element(f"{{{_SVG}}}{tag}", attributes)
    element.text = text
    return element


def _style() -> str:
    """The house colours by dark; by light, the attributes of each shape hold."""
    rules = [
        f'.{_CLASS} [{paint}="{light}"]{{{paint}:{dark}}}'
        for light, dark in _DARK.items()
        for paint in ("fill", "stroke")
    ]
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"
