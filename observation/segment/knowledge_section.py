"""How packs' dimensions and sets of them are read from a database and stored (4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.knowledge.section import Section, register
from ...patterns.persistence.session import Session
from .dimension import LEVEL_KEPT, Dimension, DimensionElement
from .dimension_set import KEPT, DimensionRank, DimensionSet
from .enterprise_segment import EnterpriseSegment
from .knowledge_document import DimensionDocument, DimensionSetDocument, ElementDocument
from .placement import DimensionPlacement


class Dimensions(Section[DimensionDocument]):
    """The section `dimensions`."""

    name = "dimensions"
    model = DimensionDocument
    dated = ("elements",)

    def read(self, session: Session) -> Iterator[DimensionDocument]:
        """Every dimension that the database holds, as its elements lie by what is believed now."""
        question = select(Dimension).options(
            selectinload(Dimension.levels),
            selectinload(Dimension.elements)
            .selectinload(DimensionElement.placements)
            .selectinload(DimensionPlacement.parent),
        )
        for stored in session.scalars(question):
            yield DimensionDocument(
                name=stored.name,
                root=stored.root.name,
                levels=tuple(each.name for each in stored.levels),
                elements=tuple(
                    ElementDocument(name=element.name, parent=each.parent.name, period=each.period)
                    for element in stored.elements
                    for each in element.placements
                    if each.is_believed
                ),
            )

    def add(self, session: Session, document: DimensionDocument) -> None:
        """Store a dimension with its elements."""
        made = Dimension(name=document.name, levels=document.levels, root=document.root)
        session.add(made)
        _place(made, document, document.elements)

    def change(self, session: Session, old: DimensionDocument, new: DimensionDocument) -> None:
        """Make a stored dimension say what `new` says; what it said before can still be asked for."""
        stored = session.scalars(select(Dimension).filter_by(name=old.name)).one()
        if new.levels[: len(old.levels)] != old.levels:
            raise LEVEL_KEPT.violation(
                stored,
                found=f"the levels {', '.join(new.levels)}",
                allowed=f"{', '.join(old.levels)}, and further ones below",
                remedy="Make another dimension, whose elements lie on other levels.",
            )
        with session.no_autoflush:
            for level in new.levels[len(old.levels) :]:
                stored.add_level(level)
            stored.root.name = new.root
            said = {(each.name, each.parent, each.period) for each in new.elements}
            for placement in [each for one in stored.elements for each in one.placements if each.is_believed]:
                key = placement.element.name, placement.parent.name, placement.period
                if key in said:
                    said.remove(key)
                else:
                    placement.withdraw()
            _place(
                stored, new, [each for each in new.elements if (each.name, each.parent, each.period) in said]
            )

    def unused(self, session: Session) -> Iterator[str]:
        """The dimensions that are in no set."""
        used = exists().where(DimensionRank.dimension_id == Dimension.id)
        yield from session.scalars(select(Dimension.name).where(~used).order_by(Dimension.name))


class DimensionSets(Section[DimensionSetDocument]):
    """The section `dimension_sets`."""

    name = "dimension_sets"
    model = DimensionSetDocument
    after = ("dimensions",)

    def read(self, session: Session) -> Iterator[DimensionSetDocument]:
        """Every set of dimensions that the database holds."""
        for stored in session.scalars(select(DimensionSet).options(selectinload(DimensionSet.ranks))):
            yield DimensionSetDocument(
                name=stored.name, dimensions=tuple(each.name for each in stored.dimensions)
            )

    def add(self, session: Session, document: DimensionSetDocument) -> None:
        """Store a set of dimensions."""
        named = {
            each.name: each
            for each in session.scalars(select(Dimension).where(Dimension.name.in_(document.dimensions)))
        }
        session.add(
            DimensionSet(name=document.name, dimensions=[named[name] for name in document.dimensions])
        )

    def change(self, session: Session, old: DimensionSetDocument, new: DimensionSetDocument) -> None:
        """
        Refuse: by its dimensions a set tells segments apart.

        Errors: `ConstraintViolation` (`dimension-set.kept`).
        """
        raise KEPT.violation(
            found=f"{new.name!r} with the dimensions {', '.join(new.dimensions)}",
            allowed=", ".join(old.dimensions),
            remedy="Give the other set another name.",
        )

    def unused(self, session: Session) -> Iterator[str]:
        """The sets that tell no segments apart."""
        used = exists().where(EnterpriseSegment.dimension_set_id == DimensionSet.id)
        yield from session.scalars(select(DimensionSet.name).where(~used).order_by(DimensionSet.name))


def _place(dimension: Dimension, document: DimensionDocument, elements: Iterable[ElementDocument]) -> None:
    """Let elements lie where a document says, those above first; what is there already is moved."""
    depths = document.depths()
    named = {each.name: each for each in dimension.elements}
    for each in sorted(elements, key=lambda one: depths[one.name]):
        parent = named[each.parent]
        if each.name in named:
            DimensionPlacement(element=named[each.name], parent=parent, period=each.period)
        else:
            named[each.name] = DimensionElement(name=each.name, parent=parent, period=each.period)


register(Dimensions())
register(DimensionSets())
