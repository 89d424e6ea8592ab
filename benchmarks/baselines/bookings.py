"""What a specialist would write by hand: the asset's row locked, the overlap looked for, one insert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

_TABLES = """
CREATE TABLE bare_asset (id uuid PRIMARY KEY, revision int NOT NULL DEFAULT 0);
CREATE TABLE bare_booking (
    id uuid PRIMARY KEY, asset_id uuid NOT NULL REFERENCES bare_asset,
    booked_from timestamptz NOT NULL, booked_to timestamptz NOT NULL, CHECK (booked_from < booked_to)
);
CREATE INDEX bare_booking_of_asset ON bare_booking (asset_id, booked_from, booked_to);
"""
_LOCK = "UPDATE bare_asset SET revision = revision + 1 WHERE id = %s"
_BOOK = """
INSERT INTO bare_booking SELECT %(id)s, %(asset)s, %(start)s, %(end)s WHERE NOT EXISTS (
    SELECT 1 FROM bare_booking WHERE asset_id = %(asset)s AND booked_from < %(end)s AND booked_to > %(start)s
)
"""


@dataclass(frozen=True)
class Wish:
    """One booking that somebody wants."""

    id: UUID
    asset: UUID
    action: UUID
    start: datetime
    end: datetime


def make_tables(url: str, assets: Sequence[UUID]) -> None:
    """Create the tables, and the assets in them."""
    with psycopg.connect(url) as connection:
        connection.execute(_TABLES)
        for asset in assets:
            connection.execute("INSERT INTO bare_asset (id) VALUES (%s)", (asset,))


def book(url: str, wishes: Sequence[Wish]) -> None:
    """Book each of `wishes` that fits, one transaction each."""
    with psycopg.connect(url) as connection:
        for wish in wishes:
            connection.execute(_LOCK, (wish.asset,))
            connection.execute(
                _BOOK, {"id": wish.id, "asset": wish.asset, "start": wish.start, "end": wish.end}
            )
            connection.commit()
