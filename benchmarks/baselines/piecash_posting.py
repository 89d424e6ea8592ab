"""Posting with piecash, run in a virtual environment of its own; prints the seconds that it took."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from time import perf_counter
from typing import Any

ACCOUNTS = 100


def main(path: str, count: int) -> float:
    """Post so many two-legged transactions in a SQLite file, and save them all at once."""
    piecash: Any = import_module("piecash")
    book = piecash.create_book(sqlite_file=path, currency="USD", overwrite=True)
    accounts = [
        piecash.Account(
            name=f"account {n}", type="ASSET", parent=book.root_account, commodity=book.default_currency
        )
        for n in range(ACCOUNTS)
    ]
    book.save()
    started = perf_counter()
    for number in range(count):
        amount = Decimal(number % 997 + 1)
        piecash.Transaction(
            currency=book.default_currency,
            description="delivered as ordered",
            post_date=date(2026, 1, 1) + timedelta(number % 365),
            splits=[
                piecash.Split(account=accounts[number % ACCOUNTS], value=-amount),
                piecash.Split(account=accounts[(number + 1) % ACCOUNTS], value=amount),
            ],
        )
    book.save()
    return perf_counter() - started


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
