"""The phrases that directives are made of: accounts, amounts, lots, legs, metadata, tags and links (6.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ...patterns.constraint import ConstraintViolation
from .arithmetic import BEANCOUNT, begins_number, read_number
from .directive import Amount, Kind, Value, Word, account_name, commodity_name
from .options import Options
from .problem import ACCOUNT, SYNTAX, Place
from .words import Cursor
from .written import LEFT_OUT, Figure, WrittenAmount, WrittenCost, WrittenPosting

_FLAGS = ("*", "#", "!", "&", "?", "%")
_BARE: dict[str, bool | None] = {"TRUE": True, "FALSE": False, "NULL": None}


def read_account(cursor: Cursor, options: Options) -> str:
    """
    Read the name of an account.

    Errors: `ConstraintViolation`: `books.account` where it stands under none of the five roots.
    """
    name = account_name(cursor.expect_kind("account", "an account"))
    root = name.partition(":")[0]
    if root not in options.roots:
        raise ACCOUNT.violation(
            found=name,
            allowed=f"an account under {', '.join(options.roots)}",
            remedy="Check the first word, or name the root by an option, such as name_assets.",
        )
    return name


def read_day(cursor: Cursor) -> date:
    """
    Read a day.

    Errors: `ConstraintViolation` (`books.syntax`) where the calendar has no such day.
    """
    written = cursor.expect_kind("date", "a date")
    year, month, day = written.replace("/", "-").split("-")
    try:
        # Only as many digits as a calendar has: a thousand would take their time.
        return date(int(year[:6]), int(month[:3]), int(day[:3]))
    except ValueError:
        raise SYNTAX.violation(
            found=f"the date {written[:20]}",
            allowed="a day of the calendar, from year 1 to 9999",
            remedy="Write for example 2024-12-31.",
        ) from None


def read_commodity(cursor: Cursor) -> str:
    """Read the name of a commodity."""
    return commodity_name(cursor.expect_kind("name", "a commodity"))


def read_amount(cursor: Cursor) -> Amount:
    """Read a number and a commodity."""
    return Amount(read_number(cursor), read_commodity(cursor))


def read_tags_and_links(cursor: Cursor) -> tuple[set[str], set[str]]:
    """Read tags and links, in any order, as far as there are any."""
    tags: set[str] = set()
    links: set[str] = set()
    while cursor.next_is("tag", "link"):
        token = cursor.take()
        (tags if token.kind == "tag" else links).add(token.text)
    return tags, links


def read_value(cursor: Cursor, options: Options) -> Value:
    """Read what a key of the metadata says; nothing at all is None."""
    if cursor.next_is("account"):
        return Word(Kind.ACCOUNT, read_account(cursor, options))
    if cursor.next_is("date"):
        return read_day(cursor)
    if cursor.next_is("text", "tag", "name"):
        kind, written = cursor.take()
        return written if kind == "text" else _read_word(kind, written)
    if begins_number(cursor):
        number = read_number(cursor)
        is_amount = cursor.next_is("name") and cursor.peek not in _BARE
        return Amount(number, read_commodity(cursor)) if is_amount else number
    return None


def _read_word(kind: str, written: str) -> Value:
    if kind == "tag":
        return Word(Kind.TAG, written)
    return _BARE[written] if written in _BARE else Word(Kind.COMMODITY, commodity_name(written))


def read_posting(cursor: Cursor, options: Options, place: Place) -> WrittenPosting:
    """
    Read a leg.

    Errors: `ConstraintViolation`: `books.syntax`, `books.account`, `number.exact`.
    """
    flag = read_flag(cursor)
    account = read_account(cursor, options)
    if cursor.at_end:
        return WrittenPosting(account=account, flag=flag, place=place)
    units = _read_written_amount(cursor)
    cost = _read_cost(cursor)
    price = _read_price(cursor, units)
    cursor.expect_end()
    if cost and price and None not in (cost.commodity, price.commodity) and cost.commodity != price.commodity:
        raise SYNTAX.violation(
            found=f"a cost in {cost.commodity} and a price in {price.commodity}",
            allowed="both in one commodity",
            remedy="Write the price in the commodity of the cost.",
        )
    return WrittenPosting(account=account, units=units, cost=cost, price=price, flag=flag, place=place)


def read_flag(cursor: Cursor) -> str | None:
    """Read a flag, a mark or a capital letter, if there is one; the word `txn` is an asterisk."""
    if cursor.next_is("word") and cursor.peek == "txn":
        cursor.take()
        return "*"
    is_letter = cursor.next_is("name") and len(cursor.peek) == 1
    return cursor.take().text if is_letter or cursor.next_is_mark(*_FLAGS) else None


def read_key(cursor: Cursor, found: dict[str, Value], options: Options) -> None:
    """
    Read a key and what it says, and add both to `found`.

    Errors: `ConstraintViolation` (`books.syntax`) where the key is there already.
    """
    key = cursor.expect_kind("key", "a key, such as note:")
    cursor.expect(":")
    value = read_value(cursor, options)
    cursor.expect_end()
    if key in found:
        raise SYNTAX.violation(
            found=f"{key[:40]}: a second time", allowed="each key once", remedy="Take one of them out."
        )
    found[key] = value


def _read_written_amount(cursor: Cursor) -> WrittenAmount:
    number: Figure = read_number(cursor) if begins_number(cursor) else LEFT_OUT
    return WrittenAmount(number, read_commodity(cursor) if cursor.next_is("name") else None)


def _read_price(cursor: Cursor, units: WrittenAmount) -> WrittenAmount | None:
    is_total = cursor.accept("@@")
    if not is_total and not cursor.accept("@"):
        return None
    price = _read_written_amount(cursor)
    if price.number is LEFT_OUT:
        if is_total and units.number is LEFT_OUT:
            raise _total_of_nothing()
        return price
    if price.number < 0:
        raise SYNTAX.violation(
            found=f"the price {price.number:f}", allowed="zero or more", remedy="Turn the sign of the units."
        )
    if not is_total:
        return price
    if units.number is LEFT_OUT:
        raise _total_of_nothing()
    each = BEANCOUNT.divide(price.number, units.number.copy_abs()) if units.number else Decimal(0)
    return WrittenAmount(each, price.commodity)


def _total_of_nothing() -> ConstraintViolation:
    return SYNTAX.violation(
        found="a price for all units, without their number",
        allowed="@@ after a number",
        remedy="Write the number of units, or the price of each after @.",
    )


def _read_cost(cursor: Cursor) -> WrittenCost | None:
    is_total = cursor.accept("{{")
    if not is_total and not cursor.accept("{"):
        return None
    closing = "}}" if is_total else "}"
    parts = _CostParts(is_total)
    while not cursor.accept(closing):
        parts.read(cursor)
        if not cursor.next_is_mark(closing):
            cursor.expect(",")
            if cursor.next_is_mark(closing):
                raise cursor.unexpected("what a lot is known by")
    return parts.cost()


class _CostParts:
    """What is found between the braces, each part at most once."""

    def __init__(self, is_total: bool) -> None:
        self._is_total = is_total
        self._amount: tuple[Figure, Figure | None, str | None] | None = None
        self._day: date | None = None
        self._label: str | None = None

    def read(self, cursor: Cursor) -> None:
        if cursor.next_is("date"):
            self._require_first(self._day, "date")
            self._day = read_day(cursor)
        elif cursor.next_is("text"):
            self._require_first(self._label, "label")
            self._label = cursor.take().text
        elif cursor.next_is_mark("*"):
            raise SYNTAX.violation(
                found="{*}, which merges lots",
                allowed="lots that are told apart",
                remedy="Beancount does not merge lots either: name the lot.",
            )
        else:
            self._require_first(self._amount, "cost")
            self._amount = self._read_amount(cursor)

    def _read_amount(self, cursor: Cursor) -> tuple[Figure, Figure | None, str | None]:
        each: Figure = read_number(cursor) if begins_number(cursor) else LEFT_OUT
        if cursor.accept("#"):
            if self._is_total:
                raise SYNTAX.violation(
                    found="a cost of each unit between double braces",
                    allowed="what all of them cost together",
                    remedy="Write {1.00 # 9.95 USD}.",
                )
            together: Figure = read_number(cursor) if begins_number(cursor) else LEFT_OUT
            return each, together, read_commodity(cursor)
        if each is LEFT_OUT:
            return each, None, read_commodity(cursor)
        return each, None, read_commodity(cursor) if cursor.next_is("name") else None

    @staticmethod
    def _require_first(known: object, what: str) -> None:
        if known is not None:
            raise SYNTAX.violation(
                found=f"a second {what} for one lot", allowed="one", remedy="Take one of the two out."
            )

    def cost(self) -> WrittenCost:
        if self._amount is None:
            return WrittenCost(day=self._day, label=self._label)
        each, together, commodity = self._amount
        if self._is_total:
            together, each = each, Decimal(0)
        return WrittenCost(each, together, commodity, self._day, self._label)
