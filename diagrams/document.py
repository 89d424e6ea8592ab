"""Pictures and models as JSON: a documented, versioned document that reads back to what it was made of."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from enum import Enum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..patterns.picture import Bars, Graph, Grid, Plot
from .errors import DocumentError
from .model import Association, Generalization, Type, TypeGraph
from .text import UNSHOWABLE, shown

Picture = TypeGraph | Graph | Bars | Plot | Grid

# Halves of characters are no text anywhere; what is left of these may stand in JSON as a code.
_HALVES = re.compile("[\ud800-\udfff]")
_CODED = re.compile(f"{UNSHOWABLE.pattern}|<")


class Types(BaseModel):
    """
    A model's types and how they are connected, as `TypeGraph` has them.

    Errors: none of its own: `Document` sees to it that keys are unique and links lead somewhere.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    types: tuple[Type, ...]
    associations: tuple[Association, ...] = ()
    generalizations: tuple[Generalization, ...] = ()
    partial: tuple[str, ...] = ()


class Document(BaseModel):
    """
    One picture or model, written down.

    Shape:  `kind` says which of the others is there, and only that one is. What has its usual value is left
            out; decimals and instants are strings; `version` changes when a reader of before would misread.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Literal["analysis-patterns picture"] = "analysis-patterns picture"
    version: Literal[1] = 1
    kind: Literal["types", "graph", "bars", "plot", "grid"]
    types: Types | None = Field(default=None, description="A model: types, associations, generalizations.")
    graph: Graph | None = Field(default=None, description="Boxes and lines.")
    bars: Bars | None = Field(default=None, description="Bars over time.")
    plot: Plot | None = Field(default=None, description="Figures side by side.")
    grid: Grid | None = Field(default=None, description="Figures in rows and columns.")


def written(picture: Picture) -> str:
    """
    A picture or a model as JSON, the same for the same.

    Shape:  half a character, which no file can hold, becomes the sign for what cannot be shown.
    """
    if isinstance(picture, TypeGraph):
        types = Types(
            title=picture.title,
            types=picture.types,
            associations=picture.associations,
            generalizations=picture.generalizations,
            partial=picture.partial,
        )
        document = Document(kind="types", types=types)
    else:
        document = Document.model_validate({"kind": _kind(picture), _kind(picture): picture})
    # The headings have their usual values, and are told all the same.
    headings = {"document": document.document, "version": document.version}
    contents = headings | document.model_dump(exclude_defaults=True)
    text = json.dumps(contents, default=_plain, ensure_ascii=False, indent=1) + "\n"
    return _CODED.sub(lambda match: f"\\u{ord(match[0]):04x}", _HALVES.sub("\N{REPLACEMENT CHARACTER}", text))


def read(text: str | bytes) -> Picture:
    """
    What `written` made of a picture or a model.

    Errors: `DocumentError` where it is no such document, is of another version, or does not hold together;
            `AnalysisPatternsError` where the picture in it breaks a rule of pictures.
    """
    try:
        document = Document.model_validate_json(text, strict=True)
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise DocumentError(f"not a picture of ours as JSON: {shown(place)}: {shown(first['msg'])}") from None
    found = {name: getattr(document, name) for name in ("types", "graph", "bars", "plot", "grid")}
    present = [name for name, each in found.items() if each is not None]
    if present != [document.kind]:
        raise DocumentError(f"a document of kind {document.kind} holds {', '.join(present) or 'nothing'}")
    content = found[document.kind]
    return _graph(content) if isinstance(content, Types) else content


def read_types(text: str | bytes) -> TypeGraph:
    """
    A model that was written down.

    Errors: as `read`, and `DocumentError` where it is a picture of another kind.
    """
    found = read(text)
    if not isinstance(found, TypeGraph):
        raise DocumentError(f"that is a picture of kind {_kind(found)}, and no model")
    return found


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _kind(picture: Graph | Bars | Plot | Grid) -> str:
    return type(picture).__name__.lower()


def _graph(content: Types) -> TypeGraph:
    keys = Counter(type_.key for type_ in content.types)
    twice = [key for key, count in keys.items() if count > 1]
    if twice:
        raise DocumentError(f"the document has two types of one key: {shown(twice[0])}")
    ends = [end.type for each in content.associations for end in (each.source, each.target)]
    ends += [key for each in content.generalizations for key in (each.subtype, each.supertype)]
    unknown = [key for key in ends if key not in keys]
    if unknown:
        raise DocumentError(f"a line of the document ends at no type: {shown(unknown[0])}")
    links: list[Association | Generalization] = [*content.associations, *content.generalizations]
    return TypeGraph(content.title, content.types, links, partial=content.partial)
