"""`explain`: say what a database's answer rests on."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from . import new_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..accounting.explanation.derivation import Step
    from ..patterns.persistence.session import Session

app = new_app(help="Say what a database's answer rests on.")

Url = Annotated[
    str,
    typer.Option(
        envvar="ANALYSIS_PATTERNS_URL",
        help="The database, as sqlite:///file.db or postgresql://user@host/name.",
    ),
]
AsOf = Annotated[
    str | None, typer.Option(metavar="DAY", help="The day asked about, as 2014-09-30; else today.")
]
KnownAt = Annotated[
    str | None,
    typer.Option(metavar="INSTANT", help="As it was known at 2011-09-30T12:00Z; else as it is now."),
]
Modules = Annotated[
    list[str], typer.Option("--import", metavar="MODULE", help="An application's model that is needed.")
]
LedgerName = Annotated[str, typer.Option("--ledger", help="The ledger: its name, or its key.")]
Most = Annotated[
    int, typer.Option(min=1, help="How many entries of one kind are followed; the rest is summed up.")
]
AsDocument = Annotated[
    bool, typer.Option("--document", help="As a document, which `explain recompute` reckons again anywhere.")
]


@app.command()
def responsible(
    *,
    url: Url,
    party: Annotated[str, typer.Option(help="The party that may stand above: its name, or its key.")],
    for_: Annotated[str, typer.Option("--for", help="The party that may stand below it, likewise.")],
    type: Annotated[
        str | None, typer.Option(help="The accountability type that counts, by name; else any may.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    module: Modules = [],  # noqa: B006 - typer reads it, and nobody changes it
) -> None:
    """Tell by which accountabilities one party stands above another; fail where it does not."""
    from ..patterns.accountability import AccountabilityType, Party  # noqa: PLC0415

    day, instant = moment(as_of, known_at)
    with reading(url, module) as session:
        above, below = key_of(session, Party, party, "--party"), key_of(session, Party, for_, "--for")
        of_type = None if type is None else key_of(session, AccountabilityType, type, "--type")
        said, stands = _answer(session, (above, below, of_type), day, instant)
    typer.echo(said)
    if not stands:
        raise typer.Exit(1)


@app.command()
def entry(
    *,
    url: Url,
    ledger: LedgerName,
    transaction: Annotated[
        str, typer.Option(help="Its transaction: the key it was posted under, or its id.")
    ],
    n: Annotated[int, typer.Option(min=0, help="Which leg of the transaction, counted from 0.")] = 0,
    most: Most = 20,
    document: AsDocument = False,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Tell by which rule and from what an entry was made, down to what nobody derived."""
    from ..accounting.explanation.explanation import derivation_of  # noqa: PLC0415

    with reading(url, module) as session:
        found = _entry(session, ledger, transaction, n)
        _tell(derivation_of(found, most=most), document=document)


@app.command()
def balance(
    *,
    url: Url,
    ledger: LedgerName,
    account: Annotated[str, typer.Option(help="The account: its name, or its key.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    most: Most = 20,
    document: AsDocument = False,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Tell by which rules and from what a balance came about."""
    from ..accounting import Account, Ledger  # noqa: PLC0415
    from ..accounting.explanation.explanation import derivation_of_balance  # noqa: PLC0415

    day, instant = moment(as_of, known_at)
    with reading(url, module) as session:
        books = key_of(session, Ledger, ledger, "--ledger")
        key = key_of(session, Account, account, "--account", Account.ledger_id == books)
        found = session.get_one(Account, key)
        _tell(derivation_of_balance(found, as_of=day, known_at=instant, most=most), document=document)


@app.command()
def recompute(
    file: Annotated[Path, typer.Argument(help="A document that `explain entry` or `explain balance` wrote.")],
) -> None:
    """Reckon a figure again from its leaves, without any database; fail where it comes out otherwise."""
    from ..accounting.explanation.derivation import read_derivation  # noqa: PLC0415

    try:
        written = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unread:
        raise typer.BadParameter(f"{file} cannot be read: {unread}", param_hint="FILE") from None
    derivation = read_derivation(written)
    again = derivation.recomputed()
    if again != derivation.amount:
        typer.echo(f"{again}, where {derivation.amount} was posted")
        raise typer.Exit(1)
    typer.echo(f"{again}, as it was posted, from {len(list(derivation.leaves()))} leaves")


def _tell(derivation: Step, *, document: bool) -> None:
    from ..accounting.explanation.derivation import write_derivation  # noqa: PLC0415

    typer.echo(write_derivation(derivation) if document else str(derivation.explanation()))


def _entry(session: Session, ledger: str, transaction: str, n: int) -> Any:
    """The entry that is meant."""
    from ..accounting import Entry, Ledger, Transaction  # noqa: PLC0415

    books = key_of(session, Ledger, ledger, "--ledger")
    key = key_of(
        session, Transaction, transaction, "--transaction", Transaction.ledger_id == books, name="key"
    )
    found = session.get(Entry, (books, key, n))
    if found is None:
        raise typer.BadParameter(f"that transaction has no leg {n}", param_hint="--n")
    return found


@contextmanager
def reading(url: str, modules: list[str]) -> Iterator[Session]:
    """A session that only reads, with all the models that are needed."""
    from .. import cases  # noqa: F401, PLC0415 - or what the tour made could not be read
    from ..database import engine_for  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..patterns.persistence.session import sessions  # noqa: PLC0415

    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # so that a project's own modules are found, as by `python -m`
    for each in modules:
        import_module(each)
    with sessions(engine_for(url), read_only=True)() as session:
        yield session


def moment(as_of: str | None, known_at: str | None) -> tuple[date | None, datetime | None]:
    """
    The day and the instant that were typed.

    Errors: `typer.BadParameter` for what is none.
    """
    day = None if as_of is None else _read(date, as_of, "--as-of")
    instant = None if known_at is None else _read(datetime, known_at, "--known-at")
    return day, instant


def _answer(
    session: Session,
    asked: tuple[UUID, UUID, UUID | None],
    as_of: date | None,
    known_at: datetime | None,
) -> tuple[str, bool]:
    """The chain from one party down to another, or when else there is one; and whether it is there."""
    from ..patterns.accountability import chain_periods, responsible  # noqa: PLC0415
    from ..patterns.provenance import explain  # noqa: PLC0415

    above, below, type = asked
    chain = responsible(session, above, for_=below, type=type, as_of=as_of, known_at=known_at)
    if chain is not None:
        return str(explain(chain)), True
    periods = chain_periods(session, above, for_=below, type=type, known_at=known_at)
    if not periods:
        return "not on any day", False
    return f"not on {session.day(as_of)}, but from {' and from '.join(map(str, periods))}", False


def _read(kind: Any, typed: str, option: str) -> Any:
    try:
        return kind.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"{typed!r} is no {kind.__name__} in ISO form", param_hint=option) from None


def key_of(session: Session, kind: Any, typed: str, option: str, *among: Any, name: str = "name") -> UUID:
    """
    The key of the one thing of a kind that is meant; only its columns are read, whatever it is.

    Errors: `typer.BadParameter` where nothing is called so, or several things are.
    """
    from sqlalchemy import or_, select  # noqa: PLC0415

    named = getattr(kind, name) == typed
    try:
        is_meant = or_(named, kind.id == UUID(typed))
    except ValueError:
        is_meant = named
    keys: list[UUID] = list(session.scalars(select(kind.id).where(is_meant, *among).order_by(kind.id)))
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise typer.BadParameter(f"nothing is called {typed!r} there", param_hint=option)
    raise typer.BadParameter(
        f"{len(keys)} are called {typed!r}; give the key of one: {', '.join(map(str, keys))}",
        param_hint=option,
    )
