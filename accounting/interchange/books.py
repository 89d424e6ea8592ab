"""Books as a whole: read from files, complete, and checked as Beancount checks them (6.1)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...patterns.constraint import ConstraintViolation
from .assertion import padded, require_balances
from .booking import Accounts, require_balance
from .directive import Directive, Open, Transaction, in_order
from .lifetime import require_lifetimes, require_single_declarations
from .lots import Inventory
from .options import Options
from .parser import Parse, Skipped, parse
from .problem import INCLUDE, Place, Problems
from .source import LIMITS, Limits, checked, found, included, read_text
from .written import WrittenTransaction


@dataclass(frozen=True, slots=True)
class Books:
    """
    All that files of books say.

    Shape:  `options` as given; `directives` in order, transactions whole, each pad followed by the
            transactions that it stands for; what was `skipped`, and where it stands; the `files` read.
    """

    options: Options
    directives: tuple[Directive, ...]
    skipped: tuple[Skipped, ...] = ()
    files: int = 1

    @property
    def transactions(self) -> tuple[Transaction, ...]:
        """Everything that moves something, in order."""
        return tuple(each for each in self.directives if isinstance(each, Transaction))

    def counts(self) -> Mapping[str, int]:
        """How many directives of each kind were taken over, by the word for it."""
        return dict(sorted(Counter(type(each).__name__.lower() for each in self.directives).items()))

    def holdings(self) -> dict[str, Inventory]:
        """What each account holds after everything, lot by lot; accounts that hold nothing are left out."""
        held: dict[str, Inventory] = {}
        for transaction in self.transactions:
            for posting in transaction.postings:
                held.setdefault(posting.account, Inventory()).add(posting.units, posting.lot)
        return {account: inventory for account, inventory in sorted(held.items()) if len(inventory)}


def read_books(path: Path | str, *, limits: Limits = LIMITS) -> Books:
    """
    Read a file in Beancount's notation, and what it includes.

    Errors: `BooksError`, a `ConstraintViolation` of the first rule that is broken, with all that is wrong,
            each with its file and line; where a line is wrong, balances are not compared, since they would
            be off because of it.

    Source: Beancount's language, version 3. Plugins are not run, documents not looked for: `Books.skipped`.
    """
    named = Path(path)
    problems = Problems()
    parses = _Files(named, limits, problems).read()
    return _whole(parses, problems)


def books_of_text(text: str, *, file: str = "books", limits: Limits = LIMITS) -> Books:
    """
    Read a text in Beancount's notation, which includes no files.

    Errors: `BooksError`, as for `read_books`.
    """
    problems = Problems()
    with problems.at(Place(file, 0)):
        text = checked(text, limits)
    problems.require_none()
    parsed = parse(text, file=file, problems=problems)
    for place, name in parsed.includes:
        problems.add(
            place,
            INCLUDE.violation(
                found=f"the file {name[:200]!r}", allowed="no file, in a text", remedy="Read it from a file."
            ),
        )
    return _whole([parsed], problems)


class _Files:
    """Reads the file that was named and what it includes, each file once, those named first first."""

    def __init__(self, named: Path, limits: Limits, problems: Problems) -> None:
        self._named = named
        self._limits = limits
        self._problems = problems
        self._bytes = 0

    def read(self) -> list[Parse]:
        named = Place(str(self._named), 0)
        waiting: deque[tuple[Path, Place, int]] = deque()
        with self._problems.at(named):
            waiting.append((found(self._named), named, 0))
        seen: set[Path] = set()
        parses: list[Parse] = []
        root = waiting[0][0].parent if waiting else self._named
        while waiting:
            path, place, depth = waiting.popleft()
            with self._problems.at(place):
                self._require_new(path, seen, depth)
                seen.add(path)
                text = self._text(path)
                name = str(self._named) if depth == 0 else str(self._named.parent / path.relative_to(root))
                including = parses[0].options if parses else None
                parsed = parse(text, file=name, problems=self._problems, including=including)
                parses.append(parsed)
                for at, written in parsed.includes:
                    with self._problems.at(at):
                        waiting.extend(
                            (each, at, depth + 1)
                            for each in included(written, by=path, root=root, limits=self._limits)
                        )
        return parses

    def _text(self, path: Path) -> str:
        text = read_text(path, self._limits)
        self._bytes += len(text)
        if self._bytes > self._limits.all_bytes:
            raise _too_much(f"more than {self._limits.all_bytes:,} characters in all files together")
        return text

    def _require_new(self, path: Path, seen: set[Path], depth: int) -> None:
        if path in seen:
            raise _too_much(f"{path.name} a second time")
        if depth > self._limits.depth:
            raise _too_much(f"files that include one another {depth} deep")
        if len(seen) >= self._limits.files:
            raise _too_much(f"more than {self._limits.files:,} files")


def _too_much(found: str) -> ConstraintViolation:
    return INCLUDE.violation(
        found=found,
        allowed=f"each file once, {LIMITS.files:,} at most, {LIMITS.depth} deep at most",
        remedy="Take the include directive out.",
    )


def _whole(parses: list[Parse], problems: Problems) -> Books:
    if not parses:
        problems.require_none()
    options = _options(parses)
    written = sorted((each for parsed in parses for each in parsed.directives), key=in_order)
    directives = list(_booked(written, options, problems))
    books = Books(options, tuple(directives), _skipped(parses), len(parses))
    return completed(books, problems)


def completed(books: Books, problems: Problems) -> Books:
    """
    Check books, and add what their pads stand for.

    Errors: `BooksError` with everything in `problems`, and all that is found wrong here.
    """
    directives = books.directives
    for each in directives:
        if isinstance(each, Transaction):
            with problems.at(each.place):
                require_balance(each, books.options)
    require_lifetimes(directives, problems)
    require_single_declarations(directives, problems)
    problems.require_none()
    filled = padded(directives, books.options, problems)
    require_balances(filled, books.options, problems)
    problems.require_none()
    return replace(books, directives=tuple(filled))


def _booked(
    directives: Iterable[Directive | WrittenTransaction], options: Options, problems: Problems
) -> Iterator[Directive]:
    listed = list(directives)
    methods = {
        each.account: each.booking for each in listed if isinstance(each, Open) and each.booking is not None
    }
    accounts = Accounts(options, methods)
    for each in listed:
        if isinstance(each, WrittenTransaction):
            with problems.at(each.place):
                yield accounts.book(each)
        else:
            yield each


def _options(parses: list[Parse]) -> Options:
    options = parses[0].options
    for parsed in parses[1:]:
        for name, value in parsed.options.written:
            if name == "operating_currency" and (name, value) not in options.written:
                options = options.with_option(name, value)
    return options


def _skipped(parses: list[Parse]) -> tuple[Skipped, ...]:
    return tuple(each for parsed in parses for each in parsed.skipped)
