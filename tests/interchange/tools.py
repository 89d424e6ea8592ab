"""What Beancount and hledger themselves say of books, and ours in the same form."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data, realization

from analysis_patterns.accounting.interchange import Books

EXAMPLE = Path(__file__).parents[2] / "src/analysis_patterns/cases/data/bean_example_2023_2024.beancount"
"""Two years of a household's books, made by Beancount's own generator."""

Lot = tuple[Decimal, str, date, str | None]
Holdings = Mapping[str, Mapping[tuple[str, Lot | None], Decimal]]
"""By account, by commodity and lot: how many."""

FINE = 15
"""To how many places sums are compared: Beancount rounds sums to 28 digits, and we do not."""


BROKE_DOWN = "broke down"
"""What the complaint begins with where Beancount ends in an error of its own."""


def rounded(holdings: Holdings) -> Holdings:
    """The same to `FINE` places, without what is zero then."""
    found = {
        account: {key: round(number, FINE) for key, number in held.items() if round(number, FINE)}
        for account, held in holdings.items()
    }
    return {account: held for account, held in found.items() if held}


def beancount_says(text: str) -> tuple[Holdings | None, list[str]]:
    """What Beancount's own loader holds after `text`, None where it finds fault with it."""
    try:
        entries, errors, _ = loader.load_string(text)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return None, [f"{BROKE_DOWN}: {type(error).__name__}"]
    if errors:
        return None, [str(error.message) for error in errors]
    return rounded(_held(entries)), []


def _held(entries: data.Directives) -> Holdings:
    found: dict[str, dict[tuple[str, Lot | None], Decimal]] = {}
    accounts = realization.iter_children(realization.realize(entries))  # type: ignore[no-untyped-call]
    for account in accounts:
        for position in account.balance:
            cost = position.cost
            lot = None if cost is None else (cost.number, cost.currency, cost.date, cost.label)
            found.setdefault(account.account, {})[position.units.currency, lot] = position.units.number
    return found


def we_say(books: Books) -> Holdings:
    """What our books hold."""
    found: dict[str, dict[tuple[str, Lot | None], Decimal]] = {}
    for account, inventory in books.holdings().items():
        for units, lot in inventory:
            known = None if lot is None else (lot.cost.number, lot.cost.commodity, lot.acquired, lot.label)
            found.setdefault(account, {})[units.commodity, known] = units.number
    return rounded(found)


def units_of(holdings: Holdings) -> dict[tuple[str, str], Decimal]:
    """How many units of each commodity an account holds, whatever the lots."""
    sums: dict[tuple[str, str], Decimal] = {}
    for account, held in holdings.items():
        for (commodity, _), number in held.items():
            sums[account, commodity] = sums.get((account, commodity), Decimal(0)) + number
    return {key: number for key, number in sums.items() if number}


Asked = Callable[..., str]


def hledger(journal: Path) -> Asked:
    """Ask hledger something of a journal; skip the test where it is not installed."""
    program = shutil.which("hledger")
    if program is None:
        pytest.skip("hledger is not installed")

    def ask(*arguments: str) -> str:
        done = subprocess.run(
            [program, "-f", str(journal), *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ask


def hledger_says(text: str, folder: Path) -> dict[tuple[str, str], Decimal]:
    """The balances that hledger finds in a journal which it has checked."""
    journal = folder / "books.journal"
    journal.write_text(text, encoding="utf-8")
    ask = hledger(journal)
    ask("check", "balancednoautoconversion", "accounts", "commodities", "ordereddates")
    table = ask("bal", "--flat", "--no-total", "--layout", "bare", "-O", "csv")
    rows = csv.DictReader(table.splitlines())
    found = {(row["account"], row["commodity"]): Decimal(row["balance"]) for row in rows}
    return {key: number for key, number in found.items() if number}
