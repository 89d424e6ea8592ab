"""A picture written as JSON reads back to what it was made of, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.diagrams import (
    Association,
    AssociationEnd,
    Attribute,
    Document,
    DocumentError,
    Generalization,
    Inheritance,
    Key,
    Kind,
    Multiplicity,
    Type,
    TypeGraph,
    draw,
    read_picture,
    read_types,
    type_graph,
)
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.picture import Graph, Node

from . import sample

GRAPH = type_graph(sample)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ATTRIBUTES = st.builds(
    Attribute,
    TEXT,
    TEXT,
    optional=st.booleans(),
    choices=st.lists(TEXT, max_size=2).map(tuple),
    keys=st.sets(st.sampled_from([Key.PRIMARY, Key.FOREIGN, Key.UNIQUE])).map(
        lambda found: Key(sum(key.value for key in found))
    ),
)


@st.composite
def graphs(draw_: st.DrawFn) -> TypeGraph:
    """Models with up to four types and a few lines between them."""
    keys = draw_(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    types = [
        Type(
            key,
            draw_(TEXT),
            kind=draw_(st.sampled_from(Kind)),
            attributes=tuple(draw_(st.lists(ATTRIBUTES, max_size=3))),
            constraints=tuple(draw_(st.lists(TEXT, max_size=1))),
            outside=draw_(st.booleans()),
        )
        for key in keys
    ]
    some = st.sampled_from(keys)
    many = st.sampled_from([Multiplicity(0, None), Multiplicity(1, 1), Multiplicity(2, 7)])
    ends = st.builds(AssociationEnd, some, many, TEXT, st.booleans(), st.booleans())
    links: list[Association | Generalization] = [
        *draw_(st.lists(st.builds(Association, ends, ends), max_size=3)),
        *draw_(st.lists(st.builds(Generalization, some, some, st.sampled_from(Inheritance)), max_size=1)),
    ]
    return TypeGraph(draw_(TEXT), types, links)


def test_a_model_reads_back_to_an_equal_one() -> None:
    assert read_types(draw(GRAPH, format="json")) == GRAPH


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_any_model_reads_back_to_an_equal_one(graph: TypeGraph) -> None:
    written = draw(graph, format="json")

    assert read_types(written) == graph
    assert draw(read_types(written), format="json") == written
    assert read_types(written.encode()) == graph


def test_models_that_differ_are_not_equal() -> None:
    other = TypeGraph(GRAPH.title, GRAPH.types, (*GRAPH.associations[1:], *GRAPH.generalizations))

    assert other != GRAPH
    assert other != "a model"
    assert hash(GRAPH) == hash(read_types(draw(GRAPH, format="json")))


def test_a_document_says_what_it_is_and_leaves_out_what_is_usual() -> None:
    attribute = Attribute("id", "int", keys=Key.PRIMARY | Key.UNIQUE)
    graph = TypeGraph("shop", [Type("shop:Order", "Order", attributes=(attribute,))])

    assert json.loads(draw(graph, format="json")) == {
        "document": "analysis-patterns picture",
        "version": 1,
        "kind": "types",
        "types": {
            "title": "shop",
            "types": [
                {
                    "key": "shop:Order",
                    "name": "Order",
                    "attributes": [{"name": "id", "type": "int", "keys": ["primary", "unique"]}],
                }
            ],
        },
    }


def test_the_form_of_a_document_is_itself_a_document() -> None:
    schema = Document.model_json_schema()

    assert schema["properties"]["kind"]["enum"] == ["types", "graph", "bars", "plot", "grid"]
    assert schema["$defs"]["Attribute"]["properties"]["keys"]["items"] == {
        "enum": ["primary", "foreign", "unique"]
    }


def changed(**changes: Any) -> str:
    """A document with something else in its place."""
    contents = json.loads(draw(TypeGraph("t", [Type("a:A", "A"), Type("a:B", "B")]), format="json"))
    return json.dumps(contents | changes)


TYPE = {"key": "a:A", "name": "A"}
END = {"type": "a:A", "multiplicity": {"fewest": 0, "most": None}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the whole: Invalid JSON"),
        ("{}", "kind: Field required"),
        ("[" * 100_000, "the whole: Invalid JSON"),
        (changed(version=2), "version: Input should be 1"),
        (changed(document="another"), "document: Input should be 'analysis-patterns picture'"),
        (changed(kind="graph"), "a document of kind graph holds types"),
        (changed(types=None), "a document of kind types holds nothing"),
        (changed(graph={"title": "t", "nodes": []}), "a document of kind types holds types, graph"),
        (changed(more=1), "more: Extra inputs are not permitted"),
        (changed(types={"title": "t", "types": [TYPE | {"x": 1}]}), "types.types.0.x: Unexpected keyword"),
        (changed(types={"title": 1, "types": []}), "types.title: Input should be a valid string"),
        (
            changed(
                types={
                    "title": "t",
                    "types": [TYPE | {"attributes": [{"name": "n", "type": "t", "keys": [1]}]}],
                }
            ),
            "types.types.0.attributes.0.keys: Value error, keys are a list of primary, foreign, unique",
        ),
        (changed(types={"title": "t", "types": [TYPE, TYPE]}), "two types of one key: a:A"),
        (
            changed(
                types={
                    "title": "t",
                    "types": [TYPE],
                    "associations": [{"source": END, "target": END | {"type": "a:X"}}],
                }
            ),
            "a line of the document ends at no type: a:X",
        ),
    ],
)
def test_says_why_something_is_no_document(text: str, said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_picture(text)

    assert said in str(refused.value)


def test_a_picture_that_breaks_the_rules_of_pictures_is_refused_as_ever() -> None:
    text = draw(Graph("t", (Node("a", "A"),)), format="json").replace('"a"', '"a"', 1)
    twice = json.loads(text)
    twice["graph"]["nodes"] *= 2

    with pytest.raises(AnalysisPatternsError, match="two nodes with one key"):
        read_picture(json.dumps(twice))


def test_a_picture_is_no_model() -> None:
    with pytest.raises(DocumentError, match="a picture of kind graph, and no model"):
        read_types(draw(Graph("t", ()), format="json"))
