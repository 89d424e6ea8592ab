"""Where boxes and lines go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..patterns.picture import Graph
from .dot import POINTS_PER_INCH, clusters_of, dot, names_of
from .engine import run
from .geometry import Box, Route
from .loops import looped
from .room import SMALL_SIZE, Size
from .spread import spread
from .stacks import Fold
from .text import shown, width_of

_INSET = 6.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The boxes by node key, the routes in the order of the graph's edges, the frames by cluster."""

    boxes: dict[str, Box]
    routes: tuple[Route, ...]
    frames: dict[str, Box] = field(default_factory=dict)

    def captions(self) -> dict[str, Box]:
        """Where the name of each frame stands: in its upper left corner."""
        return {
            name: Box(
                frame.left + _INSET,
                frame.top - _INSET - SMALL_SIZE * 1.2,
                frame.left + _INSET + width_of(shown(name), SMALL_SIZE) + 4,
                frame.top - _INSET,
            )
            for name, frame in self.frames.items()
        }


def laid_out(graph: Graph, program: Path) -> Layout:
    """
    Ask the engine where everything goes, subtypes stacked under their supertype to save room.

    Errors: `EngineError` where it fails.
    """
    fold = Fold(graph)
    sizes = {key: box.size for key, box in _asked(fold.stacked, program).boxes.items()} if fold.stacks else {}
    folded = _asked(fold.folded, program, fold.stack_sizes(sizes))
    routes = looped(fold.folded, folded.boxes, folded.routes)
    routes = spread(fold.folded, folded.boxes, routes)
    boxes, routes = fold.unfolded(folded.boxes, routes, sizes)
    return Layout(boxes, tuple(routes), folded.frames)


def _asked(graph: Graph, program: Path, sizes: Mapping[str, Size] | None = None) -> Layout:
    answer = json.loads(run(program, dot(graph, banded=False, sizes=sizes), "-Kdot", "-Tjson0"))
    objects = {each["name"]: each for each in answer.get("objects", ())}
    boxes = {}
    for key, name in names_of(graph).items():
        x, y = objects[name]["pos"].split(",")
        width, height = (float(objects[name][side]) * POINTS_PER_INCH for side in ("width", "height"))
        boxes[key] = Box.around((float(x), float(y)), width, height)
    edges = {each["id"]: each["pos"] for each in answer.get("edges", ()) if "id" in each}
    frames = {
        cluster: Box(*(float(side) for side in objects[f"cluster_c{index}"]["bb"].split(",")))
        for index, cluster in enumerate(clusters_of(graph))
    }
    return Layout(boxes, tuple(Route.read(edges[f"e{index}"]) for index in range(len(graph.edges))), frames)
