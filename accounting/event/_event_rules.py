"""What may be said of an event, before it becomes one (Accounting Patterns: Event)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ...patterns.constraint import BUILT, DATABASES, rule
from ...patterns.time.instant import require_aware

_TABLE = "accounting_event"

KEY = rule(
    "event.key",
    pattern="6.5",
    says="A key has 1 to 200 characters; two events of a ledger with one key say the same, and are one.",
    layers=DATABASES | BUILT,
    guards=(f"uq_{_TABLE}_ledger_id_key", f"{_TABLE}.ledger_id, {_TABLE}.key"),
)
OCCURRED = rule(
    "event.occurred-day",
    pattern="6.5",
    says="The day of an event is the day of its instant, somewhere on earth.",
)
HAPPENED = rule(
    "event.happened",
    pattern="6.5",
    says="Only an event that adjusts another one says that nothing happened, and then nothing more.",
    layers=DATABASES | BUILT,
    guards=(f"ck_{_TABLE}_happened",),
)


def require_day_of(day: date, instant: datetime | None) -> None:
    """
    Refuse an instant that cannot lie on `day`.

    Errors: `ConstraintViolation` (`event.occurred-day`).
    """
    # Noon in one zone is the day before in another, and never two days away.
    if instant is not None and abs((require_aware(instant).astimezone(UTC).date() - day).days) > 1:
        raise OCCURRED.violation(
            found=f"an event on {day}, at {instant.isoformat()}",
            allowed="the day of that instant in some time zone",
            remedy="Give occurred_at.date() in the zone where it happened.",
        )


def require_key(key: str | None) -> None:
    """
    Refuse a key that no database could hold.

    Errors: `ConstraintViolation` (`event.key`).
    """
    if key is None:
        return
    halves = any("\ud800" <= character <= "\udfff" for character in key)
    if not 1 <= len(key) <= 200 or "\0" in key or halves:
        raise KEY.violation(
            found=f"a key of {len(key)} characters, beginning {key[:40]!r}",
            allowed="1 to 200 characters that a database can hold",
            remedy="Shorten it, or leave it out.",
        )


def require_adjusting(adjusts: bool, says_more: bool) -> None:
    """
    Refuse an event that did not happen, unless that is all it says of another one.

    Errors: `ConstraintViolation` (`event.happened`).
    """
    if says_more or not adjusts:
        raise HAPPENED.violation(
            found="an event that did not happen, "
            + ("and has attributes" if says_more else "and adjusts none"),
            allowed="one that adjusts another and has no attributes",
            remedy="Say event.rejected(noticed=...) of the event that never was.",
        )
