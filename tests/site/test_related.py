"""Patterns are related where their types are: by associations, generalizations and values."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from analysis_patterns.patterns.catalogue import Head, catalogue
from analysis_patterns.site.related import MOST_REASONS, Related, related

from ..catalogue.made_up import HEAD, OTHER, built, recorded

THIRD = Head("100.1", "Herd", 100, "Keeping", "Sheep stray.", "Keep them together.")


@dataclass(frozen=True)
class Weight:
    pounds: int


@dataclass(frozen=True)
class Wool:
    weight: Weight


class Base(DeclarativeBase):
    pass


class Herd(Base):
    __tablename__ = "herd"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sheep: Mapped[list[Sheep]] = relationship(back_populates="herd")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "herd"}


class Flock(Herd):
    __mapper_args__ = {"polymorphic_identity": "flock"}


class Sheep(Base):
    __tablename__ = "sheep"

    id: Mapped[int] = mapped_column(primary_key=True)
    herd_id: Mapped[int] = mapped_column(ForeignKey(Herd.id))
    herd: Mapped[Herd] = relationship(back_populates="sheep")


def test_relates_patterns_by_associations_and_generalizations_both_ways() -> None:
    found = related([built(types=(Sheep,)), built(OTHER, types=(Flock,)), built(THIRD, types=(Herd,))])

    assert found["99.1"] == (Related("100.1", ("`Sheep.herd` is one `Herd`",)),)
    assert found["99.2"] == (Related("100.1", ("`Flock` is a kind of `Herd`",)),)
    assert [each.number for each in found["100.1"]] == ["99.1", "99.2"]


def test_relates_a_value_to_what_is_built_with_it() -> None:
    found = related([built(types=(Weight,)), built(OTHER, types=(Wool,))])

    assert [(each.number, each.reasons) for each in found["99.1"]] == [
        ("99.2", ("`Wool.weight` is one `Weight`",))
    ]


def test_finds_no_relation_within_a_pattern_nor_to_what_is_not_built() -> None:
    assert related([built(types=(Sheep, Herd, Flock)), recorded(None, OTHER)]) == {}
    assert related([recorded(None, HEAD)]) == {}


def test_a_type_that_two_patterns_share_does_not_relate_them() -> None:
    assert related([built(types=(Sheep, Herd)), built(OTHER, types=(Herd,))]) == {}


def test_a_page_names_some_of_many_reasons_and_counts_the_others() -> None:
    many = Related("2.1", tuple(f"`Sheep.{n}` is one `Party`" for n in range(MOST_REASONS + 3)))

    assert (len(many.named), many.unnamed) == (MOST_REASONS, 3)


@pytest.fixture(scope="module")
def whole() -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        number: {each.number: each.reasons for each in found}
        for number, found in related(catalogue()).items()
    }


def test_accountability_is_related_as_the_book_relates_it(
    whole: dict[str, dict[str, tuple[str, ...]]],
) -> None:
    assert "`Accountability.commissioner` is one `Party`" in whole["2.4"]["2.1"]
    assert whole["2.4"]["2.5"] == ("`Accountability.type` is one `AccountabilityType`",)
    assert whole["2.9"]["2.4"] == ("`Appointment` is a kind of `Accountability`",)


def test_every_relation_is_told_from_both_sides(whole: dict[str, dict[str, tuple[str, ...]]]) -> None:
    pairs = {(one, other): reasons for one, found in whole.items() for other, reasons in found.items()}

    assert len(pairs) > 100
    assert all(pairs[other, one] == reasons for (one, other), reasons in pairs.items())
