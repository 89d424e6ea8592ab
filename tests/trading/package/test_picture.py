"""A declaration is drawn: packages, what they see, by which level, and who holds whose subtypes (11)."""

from __future__ import annotations

import pytest

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.picture import Edge, Mark
from analysis_patterns.trading.package import (
    Declaration,
    Layering,
    Package,
    layering_picture,
    package_picture,
)

from .house import declared


def line(edge: Edge) -> tuple[str, str, Mark, Mark, str, bool]:
    """What is drawn of a line."""
    return edge.tail, edge.head, edge.tail_end.mark, edge.head_end.mark, edge.label, edge.dashed


INSIDE = "- {users: [portfolio]}\n      - {name: inside, shows: [house.contract.terms], users: [party]}"
LINES = [line(edge) for edge in package_picture(declared()).edges]


def test_each_package_is_drawn_with_the_levels_that_show_more_than_the_facade() -> None:
    picture = package_picture(declared())

    assert [(node.label, node.lines) for node in picture.nodes if node.lines] == [
        ("scenario", ("structure: structure, sources.**",))
    ]
    assert [node.label for node in picture.nodes if node.level == "seen by everybody"] == ["money"]


def test_an_arrow_leads_to_a_facade_that_is_seen() -> None:
    assert ("portfolio", "contract", Mark.NONE, Mark.ARROW, "", False) in LINES
    assert ("risk", "scenario", Mark.NONE, Mark.ARROW, "", False) in LINES


def test_a_dashed_arrow_leads_to_what_another_level_shows() -> None:
    assert ("risk", "scenario", Mark.NONE, Mark.ARROW, "structure", True) in LINES


def test_one_line_with_two_arrows_stands_for_mutual_visibility() -> None:
    between = [each for each in LINES if {each[0], each[1]} == {"contract", "party"}]

    assert between == [("party", "contract", Mark.ARROW, Mark.ARROW, "", False)]


def test_a_triangle_stands_below_the_supertype() -> None:
    assert ("contract", "barrier", Mark.SUPERTYPE, Mark.NONE, "", False) in LINES


def test_mutual_packages_of_which_one_shows_no_facade_have_a_line_each() -> None:
    inside = declared(
        (
            "- {users: [portfolio, party]}",
            INSIDE,
        )
    )

    lines = [line(edge) for edge in package_picture(inside).edges]

    assert ("party", "contract", Mark.NONE, Mark.ARROW, "inside", True) in lines
    assert ("contract", "party", Mark.NONE, Mark.ARROW, "", False) in lines


def test_the_picture_is_also_told_in_words() -> None:
    picture = package_picture(declared())

    assert "risk sees structure of scenario" in picture.description
    assert "contract and party see each other" in picture.description.replace(
        "party and contract", "contract and party"
    )
    assert len(picture.remarks) == 3
    assert picture.title == "Packages of house"


def test_a_layering_is_drawn_from_the_top_down() -> None:
    picture = layering_picture(declared(), "house")

    assert [node.label for node in picture.nodes] == [
        "risk",
        "portfolio",
        "contract : party",
        "scenario",
        "(calendar) | money",
    ]
    assert [(edge.tail, edge.head) for edge in picture.edges] == [
        ("0", "1"),
        ("1", "2"),
        ("2", "3"),
        ("3", "4"),
    ]
    assert picture.title == "Risk stands on portfolios, those on contracts"


def test_what_is_exempt_is_drawn_dashed_once() -> None:
    def exemption(importer: str, imported: str) -> str:
        return f"{{importer: {importer}, imported: {imported}, reason: as in the book}}"

    exempt = ", ".join(
        [
            exemption("house.scenario", "house.risk"),
            exemption("house.scenario.structure", "house.risk"),
            exemption("house.elsewhere", "house.risk"),
        ]
    )
    picture = layering_picture(declared(("complete: true", f"exemptions: [{exempt}]")), "house")

    assert [line(edge) for edge in picture.edges if edge.dashed] == [
        ("0", "3", Mark.ARROW, Mark.NONE, "", True)
    ]
    assert picture.edges[-1].note == "as in the book"


def test_both_pictures_can_be_drawn() -> None:
    assert "scenario" in draw(package_picture(declared(), title="The trading house"))
    assert "portfolio" in draw(layering_picture(declared(), "house"))


def test_nothing_is_drawn_where_nothing_is_declared() -> None:
    layers = Layering(name="rooms", within="house", layers=("risk",))
    package = Package(name="risk", module="house.risk")

    with pytest.raises(AnalysisPatternsError, match="no packages are declared, so there is nothing to draw"):
        package_picture(Declaration(roots=("house",), layerings=(layers,)))
    with pytest.raises(AnalysisPatternsError, match="no layering 'house' is declared; known: rooms"):
        layering_picture(Declaration(roots=("house",), layerings=(layers,)), "house")
    with pytest.raises(AnalysisPatternsError, match="no layering 'house' is declared; known: there is none"):
        layering_picture(Declaration(roots=("house",), packages=(package,)), "house")
