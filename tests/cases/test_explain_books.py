"""`analysis-patterns explain entry`, `balance` and `recompute`: where a figure comes from, and again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, select

from analysis_patterns.accounting import Account
from analysis_patterns.cases import consultant
from analysis_patterns.cli import main
from analysis_patterns.patterns.persistence import create_engine, sessions

from ..databases import Databases
from ..schemas import create_schema

TAX = ("--ledger", "Consultant", "--account", "Tax to be paid", "--as-of", "1997-12-31")


def with_the_consultant(url: str) -> None:
    """Keep the consultant's books."""
    create_schema(url)
    with sessions(create_engine(url, poolclass=NullPool))() as session:
        consultant.run(session)


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    """The URL of a database of each kind in turn, with the consultant's books."""
    with databases.fresh(with_the_consultant) as made:
        yield made


def transaction_of(url: str, account: str) -> str:
    """The id of the transaction of the last entry of an account."""
    with sessions(create_engine(url, poolclass=NullPool))() as session:
        found = session.scalars(select(Account).where(Account.name == account)).one()
        return str(found.entries()[-1].transaction_id)


def test_a_balance_is_explained_line_by_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["explain", "balance", "--url", url, *TAX])

    lines = [line.partition(", charged")[0] for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert lines[0].startswith("2700.00 USD in Tax to be paid at the end of 1997-12-31, as known at ")
    assert lines[1:] == [
        "  2700.00 USD from the rule tax set aside, 2 entries  [the sum of 2]",
        "    1800.00 USD in Tax to be paid",
        "      4000.00 USD in Fees of ACM",
        "    900.00 USD in Tax to be paid",
        "      2000.00 USD in Fees of ACM",
    ]


def test_as_many_entries_are_followed_as_was_asked_for(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["explain", "balance", "--url", url, *TAX, "--most", "1"])

    said = capsys.readouterr().out
    assert code == 0
    assert "1800.00 USD from 1 earlier entry  [summed up: only the latest 1 are followed]" in said


def test_an_entry_is_found_by_the_id_of_its_transaction(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    transaction = transaction_of(url, "Tax to be paid")

    code = main(["explain", "entry", "--url", url, "--ledger", "Consultant", "--transaction", transaction])

    said = capsys.readouterr().out.splitlines()
    assert code == 0
    assert said[0].startswith("900.00 USD in Tax to be paid, charged 1997-03-03")
    assert said[0].endswith("[tax set aside: 45 %, by income tax of a consultant (income tax)]")
    assert said[1].startswith("  2000.00 USD in Fees of ACM")


def test_a_document_is_reckoned_again_without_the_database(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "balance", "--url", url, *TAX, "--document"])
    file = tmp_path / "tax.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")

    code = main(["explain", "recompute", str(file)])

    assert (code, capsys.readouterr().out) == (0, "2700.00 USD, as it was posted, from 2 leaves\n")


def test_a_document_with_another_leaf_comes_out_otherwise(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "balance", "--url", url, *TAX, "--document"])
    file = tmp_path / "tax.json"
    file.write_text(capsys.readouterr().out.replace('"2000.00 USD"', '"3000.00 USD"'), encoding="utf-8")

    code = main(["explain", "recompute", str(file)])

    assert (code, capsys.readouterr().out) == (1, "3150.00 USD, where 2700.00 USD was posted\n")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("balance", "--ledger", "None", "--account", "Card"), "nothing is called 'None' there"),
        (("balance", "--ledger", "Consultant", "--account", "None"), "nothing is called 'None' there"),
        (
            ("entry", "--ledger", "Consultant", "--transaction", "None"),
            "Invalid value for --transaction: nothing is called 'None' there",
        ),
        (
            ("balance", "--ledger", "Consultant", "--account", "Card", "--as-of", "today"),
            "'today' is no date in ISO form",
        ),
        (("balance", "--ledger", "Consultant", "--account", "Card", "--most", "0"), "--most"),
    ],
)
def test_says_what_was_asked_wrongly(
    url: str, question: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *options = question

    code = main(["explain", command, "--url", url, *options])

    assert code == 2
    assert said in capsys.readouterr().err


def test_says_that_a_transaction_has_no_such_leg(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    transaction = transaction_of(url, "Card")

    code = main(
        ["explain", "entry", "--url", url, "--ledger", "Consultant", "--transaction", transaction, "--n", "7"]
    )

    assert code == 2
    assert "that transaction has no leg 7" in capsys.readouterr().err


def test_says_that_a_file_is_no_derivation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}", encoding="utf-8")

    assert main(["explain", "recompute", str(file)]) == 1
    assert "document.form" in capsys.readouterr().err
    assert main(["explain", "recompute", str(tmp_path / "missing.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
