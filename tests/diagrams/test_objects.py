"""Rows are drawn as objects with their values and links, whoever mapped them, and nothing is written."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Column, ForeignKey, Table, create_engine, event, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    WriteOnlyMapped,
    composite,
    mapped_column,
    relationship,
)

from analysis_patterns.diagrams import TargetError, draw, object_picture
from analysis_patterns.patterns import Session as OurSession
from analysis_patterns.patterns.accountability import (
    Accountability,
    AccountabilityType,
    Organization,
    PartyType,
)
from analysis_patterns.patterns.picture import Graph
from analysis_patterns.patterns.time import Period


class Base(DeclarativeBase):
    """The base of somebody's library of books."""


class Binding(enum.Enum):
    """How a book is held together."""

    SEWN = "thread"


@dataclass(frozen=True)
class Size:
    """How wide and high a book is."""

    wide: int
    high: int

    def __str__(self) -> str:
        return f"{self.wide} x {self.high}"


wrote = Table(
    "wrote",
    Base.metadata,
    Column("author_id", ForeignKey("author.id"), primary_key=True),
    Column("book_id", ForeignKey("book.id"), primary_key=True),
)


class Author(Base):
    """Whoever writes. And is written about."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    password: Mapped[str] = mapped_column(info={"figure": False})
    rival_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    rival: Mapped[Author | None] = relationship(remote_side="Author.id", post_update=True)
    books: Mapped[list[Book]] = relationship(secondary=wrote, back_populates="authors", order_by="Book.id")
    diaries: Mapped[list[Diary]] = relationship(info={"figure": False})

    def __str__(self) -> str:
        return self.name


class Book(Base):
    """What is read."""

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    binding: Mapped[Binding | None]
    cover: Mapped[bytes | None]
    text: Mapped[str | None] = mapped_column(deferred=True)
    size: Mapped[Size] = composite(mapped_column("wide"), mapped_column("high"))
    authors: Mapped[list[Author]] = relationship(secondary=wrote, back_populates="books")
    copies: Mapped[list[Copy]] = relationship(back_populates="book")
    lent: Mapped[list[Copy]] = relationship(
        primaryjoin="and_(Book.id == Copy.book_id, Copy.is_lent)", viewonly=True
    )


class Copy(Base):
    """A book to take away."""

    __tablename__ = "copy"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    is_lent: Mapped[bool]
    book: Mapped[Book] = relationship(back_populates="copies")
    stamps: WriteOnlyMapped[Stamp] = relationship(order_by="Stamp.day")


class Stamp(Base):
    """A day on which a copy was brought back."""

    __tablename__ = "stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id"))
    day: Mapped[date]


class Diary(Base):
    """What nobody may see."""

    __tablename__ = "diary"
    __figure__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(overlaps="diaries")


@pytest.fixture
def shelf() -> Iterator[Session]:
    """A session of a database with two authors of one book, of which there are three copies."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        book = Book(
            id=1, title="Ulysses", binding=Binding.SEWN, cover=b"abc", text="Stately", size=Size(5, 7)
        )
        joyce = Author(id=1, name="Joyce", password="s3cret", books=[book], diaries=[Diary(id=1)])
        woolf = Author(id=2, name="Woolf", password="Woolf", rival=joyce, books=[book])
        joyce.rival = woolf
        copies = [Copy(id=n, is_lent=n == 3, book=book) for n in (1, 2, 3)]
        session.add_all([joyce, woolf, *copies])
        session.flush()
        session.add_all(Stamp(copy_id=1, day=date(1922, 2, n)) for n in range(1, 10))
        session.commit()
        yield session
    engine.dispose()


def labels(picture: Graph) -> list[str]:
    """The headings of the boxes."""
    return [node.label for node in picture.nodes]


def said(picture: Graph) -> list[str]:
    """What is told of the lines."""
    return [edge.note for edge in picture.edges]


def test_an_object_stands_with_its_name_its_type_and_its_values(shelf: Session) -> None:
    book = shelf.get_one(Book, 1)

    (node,) = object_picture(book).nodes

    assert node.label == "1: Book"
    assert node.lines == ("size = 5 x 7", "title = Ulysses", "binding = SEWN", "cover = 3 bytes")
    assert (node.note, node.outside) == ("Book: What is read.", False)


def test_a_link_between_two_objects_is_one_line_with_both_roles(shelf: Session) -> None:
    picture = object_picture(shelf.get_one(Book, 1), shelf.get_one(Copy, 1))

    (edge,) = picture.edges
    assert (edge.tail, edge.head) == ("o0", "o1")
    assert (edge.tail_end.label, edge.head_end.label) == ("book", "copies")
    assert edge.note == "1: Book has copies 1: Copy"


def test_what_is_within_reach_is_drawn_too_and_dashed(shelf: Session) -> None:
    picture = object_picture(shelf.get_one(Copy, 1), depth=2)

    assert labels(picture)[:2] == ["1: Copy", "1: Book"]
    assert {"Joyce: Author", "2: Copy"} <= set(labels(picture))
    assert [node.outside for node in picture.nodes] == [False, *[True] * (len(picture.nodes) - 1)]
    assert picture.remarks == ("What was not asked for itself is dashed.",)


def test_a_read_only_link_is_dashed_and_derived(shelf: Session) -> None:
    picture = object_picture(shelf.get_one(Book, 1), shelf.get_one(Copy, 3))

    assert [(edge.dashed, edge.head_end.label) for edge in picture.edges] == [
        (False, "copies"),
        (True, "/ lent"),
    ]


def test_circles_come_to_an_end(shelf: Session) -> None:
    joyce, woolf = shelf.get_one(Author, 1), shelf.get_one(Author, 2)

    picture = object_picture(joyce, depth=9)

    assert "Joyce: Author has rival 2: Author" in said(picture)
    assert "2: Author has rival Joyce: Author" in said(picture)
    woolf.rival = woolf
    assert said(object_picture(woolf)) == ["2: Author has rival 2: Author"]


def test_what_is_not_for_figures_is_nowhere_in_the_picture(shelf: Session) -> None:
    authors = list(shelf.scalars(select(Author).order_by(Author.id)))

    picture = object_picture(*authors, depth=3)

    # The second one's name is its password: not even what it calls itself may tell it.
    assert labels(picture)[:2] == ["Joyce: Author", "2: Author"]
    assert "s3cret" not in repr(picture)
    assert "password" not in repr(picture)
    assert "Diary" not in repr(picture)


def test_a_large_collection_is_neither_read_nor_drawn_whole(shelf: Session) -> None:
    copy = shelf.get_one(Copy, 1)
    read: list[object] = []
    event.listen(shelf, "loaded_as_persistent", lambda _session, loaded: read.append(loaded))

    picture = object_picture(copy, depth=1, most=4)

    assert labels(picture) == ["1: Copy", "1: Book", "1: Stamp", "2: Stamp"]
    assert sum(isinstance(each, Stamp) for each in read) == 5
    assert picture.remarks[0] == "There are more objects: 4 are drawn, the rest is left out."


def test_a_picture_that_just_holds_all_says_nothing_of_more(shelf: Session) -> None:
    authors = list(shelf.scalars(select(Author)))

    assert object_picture(*authors, most=2).remarks == ()
    assert object_picture(*authors, most=1).remarks == (
        "There are more objects: 1 are drawn, the rest is left out.",
    )


def test_nothing_is_written_and_what_waits_is_drawn(shelf: Session) -> None:
    book = shelf.get_one(Book, 1)
    book.title = "Finnegans Wake"
    fourth = Copy(id=4, is_lent=False, book=book)
    shelf.add(fourth)
    written: list[str] = []
    event.listen(
        shelf.get_bind(),
        "before_cursor_execute",
        lambda _c, _u, statement, *_: written.append(statement.split()[0]),
    )

    picture = object_picture(book, depth=1)

    assert set(written) <= {"SELECT"}
    assert "title = Finnegans Wake" in picture.nodes[0].lines
    assert labels(picture).count("new: Copy") == 1
    assert fourth in shelf.new


def test_says_what_is_out_of_reach_of_a_session(shelf: Session) -> None:
    book = shelf.get_one(Book, 1)
    shelf.expunge_all()

    picture = object_picture(book, depth=1)

    assert labels(picture) == ["1: Book"]
    assert picture.remarks == (
        "Not loaded, and out of reach of a session: Book.authors, Book.copies, Book.lent.",
    )


def test_an_object_that_is_in_no_database_is_drawn_from_memory() -> None:
    book = Book(id=7, title="Dubliners", size=Size(1, 2))
    copy = Copy(book=book, is_lent=True)

    picture = object_picture(copy, depth=1, title="A draft")

    assert picture.title == "A draft"
    assert said(picture) == ["new: Book has copies new: Copy"]


@pytest.mark.parametrize(
    ("given", "options", "refused"),
    [
        ((), {}, "there is no object to draw"),
        ((3,), {}, "int is no object of a mapped class"),
        ((Book,), {}, "DeclarativeAttributeIntercept is no object of a mapped class"),
        ((Diary(id=1),), {}, "there is no object to draw"),
        ((Stamp(id=1),), {"depth": -1}, "a depth from 0 and room for 1, not -1 and 60"),
        ((Stamp(id=1),), {"most": 0}, "a depth from 0 and room for 1, not 0 and 0"),
    ],
)
def test_refuses_what_cannot_be_drawn(
    given: tuple[object, ...], options: dict[str, int], refused: str
) -> None:
    with pytest.raises(TargetError, match=refused):
        object_picture(*given, **options)  # type: ignore[arg-type]


def test_values_hostile_to_markup_are_text(shelf: Session) -> None:
    book = Book(id=9, title='<script>alert("1")</script>', size=Size(1, 2))

    assert "<script" not in draw(object_picture(book))


def test_knowledge_stands_above_what_it_is_knowledge_of(session: OurSession) -> None:
    line = AccountabilityType(
        name="line", commissioners=[office := PartyType(name="office")], responsibles=[office]
    )
    north, boston = (Organization(name=name, types=[office]) for name in ("North", "Boston"))
    linked = Accountability(
        type=line, commissioner=north, responsible=boston, period=Period(date(1990, 1, 1))
    )
    session.add(linked)
    session.commit()
    session.expire_all()

    picture = object_picture(linked, depth=1)

    assert picture.levels == ("Knowledge level", "Operational level")
    tails = {edge.tail: edge.tail_end.label for edge in picture.edges}
    names = {node.key: node.label for node in picture.nodes}
    assert {names[key]: role for key, role in tails.items()} == {
        "line: AccountabilityType": "type",
        "North: Organization": "commissioner",
        "Boston: Organization": "responsible",
    }
    assert picture.nodes[0].lines == ("period = 1990-01-01 until further notice",)
