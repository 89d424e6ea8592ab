"""Posting with django-hordak, run in a virtual environment of its own; prints the seconds that it took."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from importlib import import_module
from time import perf_counter
from typing import Any

ACCOUNTS = 100
APPLICATIONS = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"]


def main(host: str, database: str, count: int) -> float:
    """Post so many two-legged transactions on a PostgreSQL, and commit them all at once."""
    settings: Any = import_module("django.conf").settings
    server = {
        "ENGINE": "django.db.backends.postgresql", "HOST": host, "PORT": "5432", "USER": "postgres",
        "NAME": database,
    }  # fmt: skip
    settings.configure(
        INSTALLED_APPS=APPLICATIONS, DATABASES={"default": server}, USE_TZ=True, SECRET_KEY="none",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", DEFAULT_CURRENCY="USD", CURRENCIES=["USD"],
    )  # fmt: skip
    import_module("django").setup()
    import_module("django.core.management").call_command("migrate", verbosity=0)
    models, atomic = import_module("hordak.models"), import_module("django.db.transaction").atomic
    money = import_module("moneyed").Money
    accounts = [
        models.Account.objects.create(name=f"account {n}", code=f"{n:03}", type="AS", currencies=["USD"])
        for n in range(ACCOUNTS)
    ]
    started = perf_counter()
    with atomic():
        for number in range(count):
            amount = money(number % 997 + 1, "USD")
            made = models.Transaction.objects.create(
                description="delivered as ordered", date=date(2026, 1, 1) + timedelta(number % 365)
            )
            giver, taker = accounts[number % ACCOUNTS], accounts[(number + 1) % ACCOUNTS]
            models.Leg.objects.create(transaction=made, account=giver, credit=amount)
            models.Leg.objects.create(transaction=made, account=taker, debit=amount)
    return perf_counter() - started


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
