"""Models that nobody here wrote, out of packages that many use: read right, on a sheet of a good size."""

from __future__ import annotations

import re

import pytest

from analysis_patterns.diagrams import AssociationEnd, Drawing, Notation, TypeGraph, draw, type_graph
from analysis_patterns.diagrams.engine import engine
from analysis_patterns.diagrams.labels import placed
from analysis_patterns.diagrams.layout import laid_out
from analysis_patterns.diagrams.notation import picture_of
from analysis_patterns.patterns.picture import Graph, Node

HUB, STUDIES = "jupyterhub.orm", "optuna.storages._rdb.models"


@pytest.fixture(scope="module")
def hub() -> TypeGraph:
    """Who may use which server of a JupyterHub, and by which token."""
    return type_graph(HUB)


@pytest.fixture(scope="module")
def studies() -> TypeGraph:
    """The studies of Optuna, their trials, and what each of them tried and found."""
    return type_graph(STUDIES)


def lines(graph: TypeGraph) -> set[str]:
    """Each association as `Source 1 Target *`."""
    return {f"{written(each.source)} {written(each.target)}" for each in graph.associations}


def written(end: AssociationEnd) -> str:
    return f"{end.type.split(':')[1]} {end.multiplicity}"


def size_of(svg: str) -> tuple[float, float]:
    width, height = re.findall(r'(?:width|height)="([0-9.]+)pt"', svg)[:2]
    return float(width), float(height)


def test_reads_the_studies_of_optuna(studies: TypeGraph) -> None:
    found = lines(studies)

    assert len(studies.types) == 12
    assert studies.generalizations == ()
    assert "StudyModel 1 StudyDirectionModel *" in found  # the column is not nullable
    assert "StudyModel 0..1 TrialModel *" in found  # here it is
    assert len(found) == 10


def test_reads_the_users_and_servers_of_jupyterhub(hub: TypeGraph) -> None:
    found = lines(hub)

    assert {"User", "Group", "Role", "Spawner", "Server", "APIToken"} < {each.name for each in hub.types}
    assert "Group * User *" in found
    assert "Role * User *" in found
    assert "User 0..1 Spawner *" in found
    assert "OAuthClient 0..1 Spawner 0..1" in found


def test_tells_two_roles_of_one_type_apart(hub: TypeGraph) -> None:
    between = [
        each
        for each in hub.associations
        if (each.source.type, each.target.type) == (f"{HUB}:User", f"{HUB}:Share")
    ]

    assert sorted(each.source.role for each in between) == ["owner", "user"]


def test_names_a_type_of_somebodys_own_by_its_name(hub: TypeGraph) -> None:
    (scopes,) = (each for each in hub.named("Role").attributes if each.name == "scopes")

    assert scopes.type == "JSONList"


@pytest.mark.parametrize("notation", list(Notation))
@pytest.mark.parametrize("target", [HUB, STUDIES])
def test_draws_them_on_a_sheet_that_a_screen_can_show(target: str, notation: Notation) -> None:
    width, height = size_of(Drawing(type_graph(target), notation=notation).svg())

    assert 300 < width < 1700
    assert 200 < height < 1700


def test_writes_a_name_as_its_owner_would_say_it(hub: TypeGraph) -> None:
    assert ">OAuth Client<" in Drawing(hub).svg()


def test_labels_in_a_row_do_not_read_as_one(studies: TypeGraph) -> None:
    picture = picture_of(studies)

    boxes = list(placed(picture, laid_out(picture, engine())).values())

    pairs = [(one, other) for n, one in enumerate(boxes) for other in boxes[:n]]
    assert [pair for pair in pairs if pair[0].grown(2.0).overlap(pair[1])] == []


def test_boxes_without_lines_stand_in_rows_and_not_in_a_strip() -> None:
    nodes = tuple(Node(f"t{n:02}", f"Table {n}", ("a: String", "b: Integer")) for n in range(23))

    width, height = size_of(draw(Graph("A database that keeps no foreign keys", nodes)))

    assert width < 1000
    assert height > width / 4
