"""Files from strangers are read in time, or refused by name; none leads out of its folder (6.1)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analysis_patterns.accounting.interchange import BooksError, books_of_text, read_books
from analysis_patterns.accounting.interchange.source import Limits
from tests.refusals import refuses

ACCOUNTS = "2024-01-01 open Assets:Cash\n2024-01-01 open Equity:Opening\n"
OPENED = """\
2024-01-02 * "opening"
  Assets:Cash  1 USD
  Equity:Opening
"""


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where the block takes longer than that."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def test_reads_what_is_included_from_the_same_folder(tmp_path: Path) -> None:
    main = written(tmp_path / "main.beancount", f'include "years/*.beancount"\n{ACCOUNTS}')
    written(tmp_path / "years/2024.beancount", 'include "../cash.beancount"\n')
    written(tmp_path / "cash.beancount", f'option "operating_currency" "USD"\n{OPENED}')

    books = read_books(main)

    assert books.files == 3
    assert len(books.transactions) == 1
    assert books.transactions[0].place.file == str(tmp_path / "cash.beancount")
    assert ("operating_currency", "USD") in books.options.written


def test_an_option_of_an_included_file_does_not_count(tmp_path: Path) -> None:
    main = written(tmp_path / "main.beancount", 'option "title" "Ours"\ninclude "other.beancount"\n')
    written(tmp_path / "other.beancount", 'option "title" "Theirs"\noption "title" "Ours"\n')

    books = read_books(main)

    assert books.options.title == "Ours"
    assert [each.what for each in books.skipped] == [
        "option title: it counts in the file that was named only"
    ]


@pytest.mark.parametrize(
    "way", ["../secret.beancount", "deep/../../secret.beancount", "../*.beancount", "{absolute}", "{root}/*"]
)
def test_refuses_to_leave_its_folder(tmp_path: Path, way: str) -> None:
    secret = written(tmp_path / "secret.beancount", OPENED)
    name = way.format(absolute=secret, root=tmp_path)
    main = written(tmp_path / "books/main.beancount", f'\ninclude "{name}"\n')
    written(tmp_path / "books/deep/here.beancount", "")

    with refuses("books.include") as refused:
        read_books(main)

    assert "leads out of books" in str(refused.value)
    assert refused.value.problems[0].place.line == 2


@pytest.mark.parametrize("name", ["link.beancount", "*.bean*", "folder/secret.beancount"])
def test_refuses_a_link_that_leads_out(tmp_path: Path, name: str) -> None:
    secret = written(tmp_path / "secret/secret.beancount", OPENED)
    main = written(tmp_path / "books/main.books", f'include "{name}"\n')
    (tmp_path / "books/link.beancount").symlink_to(secret)
    (tmp_path / "books/folder").symlink_to(tmp_path / "secret")

    with refuses("books.include") as refused:
        read_books(main)

    assert "leads out of books" in str(refused.value)


def test_refuses_files_that_include_one_another(tmp_path: Path) -> None:
    main = written(tmp_path / "a.beancount", 'include "b.beancount"\n')
    written(tmp_path / "b.beancount", '\n\ninclude "a.beancount"\n')

    with refuses("books.include") as refused:
        read_books(main)

    assert f"{tmp_path / 'b.beancount'}:3: books.include: found a.beancount a second time" in str(
        refused.value
    )


def test_refuses_a_link_to_itself(tmp_path: Path) -> None:
    main = written(tmp_path / "a.beancount", 'include "loop.beancount"\n')
    (tmp_path / "loop.beancount").symlink_to(tmp_path / "loop.beancount")

    with refuses("books.include"):
        read_books(main)


def test_refuses_includes_that_go_too_deep(tmp_path: Path) -> None:
    for depth in range(30):
        written(tmp_path / f"{depth}.beancount", f'include "{depth + 1}.beancount"\n')
    written(tmp_path / "30.beancount", "")

    with refuses("books.include") as refused:
        read_books(tmp_path / "0.beancount")

    assert "21 deep" in str(refused.value)


def test_refuses_too_many_files(tmp_path: Path) -> None:
    main = written(tmp_path / "main.beancount", 'include "many/*"\n')
    for number in range(12):
        written(tmp_path / f"many/{number}", "")

    with refuses("books.include") as refused:
        read_books(main, limits=Limits(files=10))

    assert "more than 10 files" in str(refused.value)


def test_refuses_too_much_in_all_files_together(tmp_path: Path) -> None:
    main = written(tmp_path / "main.beancount", 'include "many/*"\n')
    for number in range(4):
        written(tmp_path / f"many/{number}", ";" * 400)

    with refuses("books.include") as refused:
        read_books(main, limits=Limits(all_bytes=1000))

    assert "more than 1,000 characters in all files" in str(refused.value)


@pytest.mark.parametrize(
    "name", ["missing.beancount", "missing*", "**missing", "**/**/*", "folder", "a\0b", "x" * 5000]
)
def test_refuses_an_include_of_what_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    main = written(tmp_path / "main.beancount", f'include "{name}"\n')

    with refuses("books.file" if "\0" in name else "books.include"):
        read_books(main)


@pytest.mark.parametrize("name", ["missing.beancount", ".", "a\0b"])
def test_refuses_to_read_what_is_no_file(tmp_path: Path, name: str) -> None:
    with refuses("books.file"):
        read_books(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.beancount")

    with refuses("books.file"), within(5):
        read_books(tmp_path / "pipe.beancount")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (b"; ok\n; \xff", "byte 0xff on line 2"),
        (b"; ok\n; \xed\xa0\x80", "byte 0xed on line 2"),
        (b"; ok\n\n; \x00", "character U+0000 on line 3"),
        (b"; ok\n; \x1b[2J", "character U+001B on line 2"),
        (b";" * 70_000, "line 1 of 70,000 characters"),
    ],
)
def test_refuses_what_is_no_text(tmp_path: Path, given: bytes, found: str) -> None:
    with refuses("books.file") as refused:
        read_books(written(tmp_path / "main.beancount", given))

    assert found in str(refused.value)


def test_refuses_half_characters_in_a_text() -> None:
    with refuses("books.file") as refused:
        books_of_text('2024-01-01 event "a" "\ud800"')

    assert "character U+D800 on line 1" in str(refused.value)


def test_refuses_a_line_of_100_megabytes_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "main.beancount"
    with path.open("wb") as opened:
        opened.truncate(100 << 20)  # a file of zeros, which takes no room

    with refuses("books.file") as refused, within(5):
        read_books(path)

    assert "more than 16,777,216 bytes" in str(refused.value)


def test_a_text_may_not_be_larger_than_a_file() -> None:
    with refuses("books.file"):
        books_of_text(";" * 2000, limits=Limits(bytes=1000))


LEG = '2024-01-02 * "t"\n  Assets:Cash  {} USD\n  Equity:Opening\n'
HEAVY = {
    "huge number": LEG.format("9" * 60_000),
    "huge scale": LEG.format("0." + "0" * 60_000 + "1"),
    "huge product": LEG.format("*".join(["99999999999999999999"] * 500)),
    "many brackets": LEG.format("(" * 30_000 + "1" + ")" * 30_000),
    "many signs": LEG.format("-" * 60_000 + "1"),
    "many braces": LEG.format("1 X " + "{" * 60_000),
    "many braces in pairs": LEG.format("1 X " + "{}" * 30_000),
    "many quotes": '2024-01-02 * "' + '\\"' * 30_000,
    "many quotes on lines": '"\n' * 100_001,
    "many slashes": LEG.format("/" * 60_000),
    "many dots": LEG.format("1 A" + "." * 60_000),
    "many commas": LEG.format("1" + "," * 60_000),
    "a deep account": "2024-01-01 open Assets" + ":A" * 30_000,
    "many tags": '2024-01-02 * "t" ' + "#" * 60_000,
    "many keys": "2024-01-01 commodity X\n" + "  key: 1\n" * 20_000,
    "many pushes": "pushtag #a\n" * 20_000,
    "many lines of nothing": "x\n" * 200_000,
    "a huge date": "9" * 60_000 + "-01-01 open Assets:Cash",
    "a huge month": "2024-" + "9" * 60_000 + "-01 open Assets:Cash",
}


def test_reads_many_lots_in_time() -> None:
    bought = "".join(
        f'2024-01-02 * "t"\n  Assets:Broker  1 X {{{number} USD}}\n  Assets:Cash\n'
        for number in range(1, 5001)
    )
    padded = "".join(
        f"2024-01-01 open Assets:P{number}\n2024-01-02 pad Assets:P{number} Equity:Opening\n"
        f"2024-01-03 balance Assets:P{number} 1 USD\n"
        for number in range(1000)
    )

    with within(20):
        books = books_of_text(f"{ACCOUNTS}2024-01-01 open Assets:Broker\n{bought}{padded}")

    assert len(books.transactions) == 6000


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_refuses_in_time_what_is_meant_to_take_long(text: str) -> None:
    with within(20), pytest.raises(BooksError):
        books_of_text(ACCOUNTS + text)


def test_reads_in_any_thread_alike() -> None:
    found: list[int] = []

    def read() -> None:
        found.append(len(books_of_text(ACCOUNTS + LEG.format("100 / 3")).transactions))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()

    assert found == [1]
