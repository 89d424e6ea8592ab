"""A graph of mapped classes says what their mapping says: who refers to whom, how many, and what they are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Numeric, String
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    composite,
    declared_attr,
    mapped_column,
    relationship,
)

from analysis_patterns.diagrams import (
    Association,
    Attribute,
    HintError,
    Inheritance,
    TargetError,
    TypeGraph,
    type_graph,
)
from analysis_patterns.patterns.picture import derived

from .sample import Base, Money

GRAPH = type_graph(Base)


def attribute(type_name: str, name: str, graph: TypeGraph = GRAPH) -> Attribute:
    """The attribute of a type, by name."""
    return next(each for each in graph.named(type_name).attributes if each.name == name)


def seen(source: str, target: str) -> list[str]:
    """Every association between two types, as text: multiplicity and role at either end."""
    return [
        f"{each.source.multiplicity} {each.source.role} - {each.target.multiplicity} {each.target.role}"
        for each in GRAPH.associations
        if [each.source.type, each.target.type] == [GRAPH.named(name).key for name in (source, target)]
    ]


def only(source: str, target: str) -> Association:
    """The one association between two types."""
    [found] = [
        each
        for each in GRAPH.associations
        if (each.source.type, each.target.type) == (GRAPH.named(source).key, GRAPH.named(target).key)
    ]
    return found


def test_a_type_says_its_level_its_pattern_its_table_and_what_it_is() -> None:
    product_type = GRAPH.named("ProductType")

    assert product_type.level == "knowledge"
    assert product_type.pattern == "14.1"
    assert product_type.table == "product_type"
    assert product_type.summary == "A kind of product."
    assert not product_type.abstract


def test_a_type_without_docstring_or_level_says_nothing() -> None:
    tag = GRAPH.named("Tag")

    assert (tag.level, tag.pattern, tag.summary) == ("", "", "")


def test_an_abstract_type_is_told_apart() -> None:
    assert GRAPH.named("Customer").abstract


def test_an_attribute_has_the_type_that_was_written() -> None:
    assert attribute("Purchase", "placed").type == "date"
    assert attribute("Purchase", "price").type == "Money"
    assert attribute("Person", "born").type == "date"


def test_a_value_has_its_type_whoever_makes_it_of_its_columns() -> None:
    def read(amount: Decimal, currency: str) -> Money:
        return Money(amount, currency)

    def maker(*parts: Any) -> Any:
        return Money(*parts)

    class Base(DeclarativeBase):
        pass

    class Priced:
        @declared_attr
        @classmethod
        def price(cls) -> Mapped[Money]:
            return composite(maker, mapped_column("price_a", Numeric), mapped_column("price_c", String))

    class Offer(Priced, Base):
        __tablename__ = "offer"

        id: Mapped[int] = mapped_column(primary_key=True)
        paid: Mapped[Money] = composite(
            maker, mapped_column("paid_a", Numeric), mapped_column("paid_c", String)
        )
        lent = composite(read, mapped_column("lent_a", Numeric), mapped_column("lent_c", String))
        owed = composite(Money, Column("owed_a", Numeric), Column("owed_c", String))

    graph = type_graph(Base)

    assert attribute("Offer", "price", graph).type == "Money"
    assert attribute("Offer", "paid", graph).type == "Money"
    assert attribute("Offer", "lent", graph).type == "Money"
    assert attribute("Offer", "owed", graph).type == "Money"


def test_an_attribute_says_whether_it_may_be_missing() -> None:
    assert attribute("Person", "born").optional
    assert not attribute("Purchase", "placed").optional


def test_an_attribute_says_its_columns_comment_and_choices() -> None:
    assert attribute("Purchase", "price").column == "price_amount, price_currency"
    assert attribute("ProductType", "name").comment == "as printed on the label"
    assert attribute("Purchase", "state").choices == ("OPEN", "SHIPPED")


def test_the_parts_of_a_value_foreign_keys_and_discriminators_are_no_attributes() -> None:
    names = [each.name for each in GRAPH.named("Purchase").attributes]

    assert names == ["price", "id", "region", "number", "placed", "state"]
    assert [each.name for each in GRAPH.named("Customer").attributes] == ["id"]


def test_the_key_is_told_apart() -> None:
    assert attribute("Purchase", "id").identity
    assert not attribute("Purchase", "number").identity


def test_a_column_can_be_left_out() -> None:
    assert "secret" not in [each.name for each in GRAPH.named("ProductType").attributes]


def test_what_is_computed_is_derived() -> None:
    margin = attribute("ProductType", "margin")

    assert (margin.type, margin.derived, margin.optional) == ("Decimal", True, True)
    assert attribute("Invoice", "doubled").derived


def test_two_relationships_that_are_each_others_back_are_one_association() -> None:
    assert seen("Purchase", "Line") == ["1 purchase - * lines"]


def test_the_whole_is_the_source_of_its_parts() -> None:
    assert only("Purchase", "Line").source.type == GRAPH.named("Purchase").key


def test_whoever_refers_is_the_source_otherwise() -> None:
    assert seen("Line", "ProductType") == ["*  - 1 product_type"]


def test_a_reference_that_may_be_missing_is_to_one_at_most() -> None:
    assert seen("ProductType", "ProductType") == ["*  - 1..* all_types", "* children - 0..1 parent"]


def test_a_unique_reference_is_from_one_at_most() -> None:
    assert seen("Passport", "Customer") == ["0..1 passport - 1 customer"]


def test_a_table_in_between_makes_many_to_many() -> None:
    assert seen("Purchase", "Tag") == ["*  - * tags"]


def test_a_foreign_key_counts_without_a_relationship() -> None:
    assert "*  - 0..1 approver" in seen("Purchase", "Customer")


def test_a_unique_foreign_key_of_several_columns_counts_too() -> None:
    assert seen("Invoice", "Purchase") == ["0..1  - 1 "]


def test_a_multiplicity_can_be_told() -> None:
    assert "2..* purchases - 1 customer" in seen("Purchase", "Customer")


def test_an_ordered_collection_is_a_list() -> None:
    [purchases] = [each.source for each in GRAPH.associations if each.source.role == "purchases"]

    assert purchases.ordered


def test_a_read_only_relationship_is_derived() -> None:
    [shipped] = [each for each in GRAPH.associations if each.source.role == "shipped"]

    assert shipped.derived
    assert shipped.source.derived
    assert not shipped.target.derived


def test_a_computed_property_that_gives_types_is_a_derived_association() -> None:
    [all_types] = [each for each in GRAPH.associations if each.target.role == "all_types"]

    assert all_types.derived
    assert str(all_types.target.multiplicity) == "1..*"


def test_a_class_that_hides_is_shown_by_the_relationship_over_its_table() -> None:
    [customers] = [each for each in GRAPH.associations if each.target.role == "customers"]

    assert "Admission" not in [each.name for each in GRAPH.types]
    assert not customers.derived
    assert str(customers.target.multiplicity) == "1..*"


def test_subtypes_say_where_they_are_kept() -> None:
    kept = {each.subtype.split(":")[1]: each.inheritance for each in GRAPH.generalizations}

    assert kept == {"Person": Inheritance.SINGLE_TABLE, "Company": Inheritance.JOINED}


def test_a_subtype_repeats_nothing_of_its_supertype() -> None:
    assert GRAPH.named("Company").attributes == ()
    assert [each.name for each in GRAPH.named("Person").attributes] == ["born"]
    assert seen("Passport", "Company") == []


def test_everything_comes_sorted() -> None:
    assert [each.key for each in GRAPH.types] == sorted(each.key for each in GRAPH.types)


def test_refuses_a_multiplicity_that_cannot_be_read_and_says_whose() -> None:
    class Small(DeclarativeBase):
        pass

    class Parent(Small):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        children = relationship("Parent", info={"multiplicity": "lots"})

    with pytest.raises(HintError, match=r"Parent\.children: a multiplicity reads 1, .* not 'lots'"):
        type_graph(Small)


def test_refuses_a_derived_multiplicity_that_cannot_be_read_and_says_whose() -> None:
    class Small(DeclarativeBase):
        pass

    class Parent(Small):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

        @derived("lots")
        def sum(self) -> int:
            """A sum."""
            return 0

    with pytest.raises(HintError, match=r"Parent\.sum: a multiplicity reads 1, .* not 'lots'"):
        type_graph(Small)


def test_refuses_classes_that_cannot_be_configured() -> None:
    class Small(DeclarativeBase):
        pass

    class Parent(Small):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        other = relationship("Nobody")

    with pytest.raises(TargetError, match=r"SQLAlchemy cannot configure these classes: .*Nobody"):
        type_graph(Small)


def test_a_concrete_subtype_keeps_its_own_table() -> None:
    class Small(DeclarativeBase):
        pass

    class Parent(Small):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Parent):
        __tablename__ = "child"
        __mapper_args__ = {"concrete": True}
        id: Mapped[int] = mapped_column(primary_key=True)

    graph = type_graph(Small)

    assert [each.inheritance for each in graph.generalizations] == [Inheritance.CONCRETE]


def test_a_class_may_lead_to_one_of_another_base() -> None:
    class One(DeclarativeBase):
        pass

    class Other(DeclarativeBase):
        pass

    class Far(Other):
        __tablename__ = "far"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Near(One):
        __tablename__ = "near"
        id: Mapped[int] = mapped_column(primary_key=True)
        far_id: Mapped[int] = mapped_column(ForeignKey(Far.id))
        far: Mapped[Any] = relationship(Far)

    graph = type_graph(Near)

    assert [(each.name, each.outside) for each in graph.types] == [("Far", True), ("Near", False)]
    assert [str(each.target.multiplicity) for each in graph.associations] == ["1"]


def test_a_subtype_in_the_table_of_its_supertype_says_itself_what_it_always_has() -> None:
    class Own(DeclarativeBase):
        pass

    class Maker(Own):
        __tablename__ = "maker"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Part(Own):
        __tablename__ = "part"
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "part"}
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        maker_id: Mapped[int | None] = mapped_column(ForeignKey("maker.id"))

    class Bought(Part):
        __mapper_args__ = {"polymorphic_identity": "bought"}
        price: Mapped[int] = mapped_column(nullable=True)
        rebate: Mapped[int | None] = mapped_column()
        maker: Mapped[Maker] = relationship()

    graph = type_graph(Own)
    bought = graph.named("Bought")
    [made] = [each for each in graph.associations if each.source.type == bought.key]

    assert {each.name: each.optional for each in bought.attributes} == {"price": False, "rebate": True}
    assert str(made.target.multiplicity) == "1"
