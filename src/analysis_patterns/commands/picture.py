"""`picture`: draw what a database holds."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from . import new_app
from .diagram import Format, format_of
from .explain import AsOf, KnownAt, Modules, Url, key_of, moment, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..patterns.persistence.session import Session
    from ..patterns.picture import Bars, Graph

app = new_app(help="Draw what a database holds: who answers to whom, what rests on what, any rows.")

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed.")
]
Written = Annotated[
    Format | None, typer.Option("--format", "-f", help="By default what FILE ends in, or svg.")
]
Depth = Annotated[int, typer.Option(min=0, max=9, help="How many steps around what was asked for.")]
Most = Annotated[int, typer.Option(min=1, max=2000, help="How many boxes at most; the rest is left out.")]
Name = Annotated[str, typer.Argument(help="Its name, or its key.")]


@app.command()
def network(
    *,
    url: Url,
    type: Annotated[list[str], typer.Option(help="An accountability type by name; else all.")] = [],  # noqa: B006
    party: Annotated[list[str], typer.Option(help="Only around this party: its name, or its key.")] = [],  # noqa: B006
    depth: Depth = 1,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    most: Most = 100,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - typer reads these lists, and nobody changes them
) -> None:
    """Draw who answers to whom, as of a day."""
    from ..patterns.accountability import AccountabilityType, Party, network_picture  # noqa: PLC0415

    day, instant = moment(as_of, known_at)
    with _drawing(url, module) as session:
        types = [_found(session, AccountabilityType, each, "--type") for each in type]
        around = [_found(session, Party, each, "--party") for each in party]
        picture = network_picture(
            session, *types, around=around, depth=depth, as_of=day, known_at=instant, most=most
        )
        _write(picture, output, format)


@app.command()
def practice(
    name: Name,
    *,
    url: Url,
    as_of: AsOf = None,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw an accounting practice: its rules, and what flows between which accounts."""
    from ..accounting import AccountingPractice, practice_picture  # noqa: PLC0415

    day, _ = moment(as_of, None)
    with _drawing(url, module) as session:
        found = _found(session, AccountingPractice, name, "NAME")
        _write(practice_picture(found, as_of=day), output, format)


@app.command()
def evidence(
    key: Annotated[str, typer.Argument(help="The key of an observation.")],
    *,
    url: Url,
    known_at: KnownAt = None,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw what an observation rests on, and what speaks against it."""
    from ..observation import Observation, evidence_picture  # noqa: PLC0415

    _, instant = moment(None, known_at)
    with _drawing(url, module) as session:
        found = _keyed(session, Observation, key)
        _write(evidence_picture(session, found, known_at=instant), output, format)


@app.command()
def calculation(
    key: Annotated[str, typer.Argument(help="The key of a measurement.")],
    *,
    url: Url,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw what a measurement was calculated from."""
    from ..observation import Measurement, derivation_picture  # noqa: PLC0415

    with _drawing(url, module) as session:
        _write(derivation_picture(_keyed(session, Measurement, key)), output, format)


@app.command()
def scenario(
    name: Name,
    *,
    url: Url,
    known_at: KnownAt = None,
    most: Most = 60,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw the elements of a scenario, above what they are reckoned from."""
    from ..trading import Scenario, scenario_picture  # noqa: PLC0415

    _, instant = moment(None, known_at)
    with _drawing(url, module) as session:
        found = _found(session, Scenario, name, "NAME")
        _write(scenario_picture(found, known_at=instant, most=most), output, format)


@app.command()
def plan(
    name: Name,
    *,
    url: Url,
    over_time: Annotated[bool, typer.Option("--gantt", help="As bars over time, not as a network.")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw a plan: what comes after what, and how far it has come."""
    from ..patterns.planning import Plan, gantt, plan_picture  # noqa: PLC0415

    day, instant = moment(as_of, known_at)
    with _drawing(url, module) as session:
        found = _found(session, Plan, name, "NAME")
        draw = gantt if over_time else plan_picture
        _write(draw(session, found, as_of=day, known_at=instant), output, format)


@app.command()
def life_cycle(
    name: Name,
    *,
    url: Url,
    state: Annotated[str | None, typer.Option(help="The state that a thing is in.")] = None,
    as_of: AsOf = None,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw a life cycle: its states, and what leads from one to another."""
    from ..patterns.life_cycle import LifeCycle, life_cycle_picture  # noqa: PLC0415

    day, _ = moment(as_of, None)
    with _drawing(url, module) as session:
        found = _found(session, LifeCycle, name, "NAME")
        _write(life_cycle_picture(found, on=session.day(day), state=state), output, format)


@app.command("object")
def rows(
    kind: Annotated[str, typer.Argument(metavar="CLASS", help="A mapped class, by its name.")],
    named: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Names or keys; else the first rows.")
    ] = None,
    *,
    url: Url,
    depth: Depth = 0,
    most: Most = 60,
    output: Output = None,
    format: Written = None,
    module: Modules = [],  # noqa: B006 - as above
) -> None:
    """Draw rows as objects, with their values and the links between them."""
    from ..diagrams import object_picture  # noqa: PLC0415

    with _drawing(url, module) as session:
        found = _rows(session, _class(kind), named or [], most)
        _write(object_picture(*found, depth=depth, most=most), output, format)


@contextmanager
def _drawing(url: str, modules: list[str]) -> Iterator[Session]:
    """
    A session that only reads, of a database that has our tables.

    Errors: `AnalysisPatternsError` where the tables are missing.
    """
    from sqlalchemy import inspect  # noqa: PLC0415 - only now is SQLAlchemy loaded

    from ..patterns.catalogue.whole import loaded_modules  # noqa: PLC0415
    from ..patterns.errors import AnalysisPatternsError  # noqa: PLC0415

    loaded_modules()  # a row may refer to anything
    with reading(url, modules) as session:
        if not inspect(session.connection()).has_table("patterns_party"):
            raise AnalysisPatternsError(
                "the database has no tables of ours; `analysis-patterns db upgrade` makes them"
            )
        yield session


def _write(picture: Graph | Bars, output: Path | None, format: Format | None) -> None:
    """Draw it, and only then open the file."""
    from .. import diagrams  # noqa: PLC0415
    from ..patterns.errors import AnalysisPatternsError  # noqa: PLC0415
    from ..patterns.picture import Graph  # noqa: PLC0415

    if not (picture.nodes if isinstance(picture, Graph) else picture.rows):
        raise AnalysisPatternsError(f"there is nothing to draw: {picture.title}")
    drawn = diagrams.Drawing(picture).written(diagrams.Format(format_of(output, format).value))
    data = drawn.encode() if isinstance(drawn, str) else drawn
    if output is None:
        typer.get_binary_stream("stdout").write(data)
    else:
        output.write_bytes(data)
        typer.echo(output)


def _found(session: Session, kind: Any, typed: str, option: str) -> Any:
    return session.get_one(kind, key_of(session, kind, typed, option))


def _keyed(session: Session, kind: Any, typed: str) -> Any:
    try:
        found = session.get(kind, UUID(typed))
    except ValueError:
        raise typer.BadParameter(f"{typed!r} is no key", param_hint="KEY") from None
    if found is None:
        raise typer.BadParameter(f"there is no {kind.__name__} of the key {typed}", param_hint="KEY")
    return found


def _class(name: str) -> Any:
    """The mapped class of a name, this library's or of a module that was imported."""
    from difflib import get_close_matches  # noqa: PLC0415

    from sqlalchemy.orm import DeclarativeBase  # noqa: PLC0415

    bases, classes = list(DeclarativeBase.__subclasses__()), dict[str, list[Any]]()
    for base in bases:
        bases += base.__subclasses__()
    for base in dict.fromkeys(bases):
        if hasattr(base, "__mapper__"):
            classes.setdefault(base.__name__, []).append(base)
            classes.setdefault(f"{base.__module__}:{base.__name__}", []).append(base)
    found = classes.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(sorted(f"{each.__module__}:{each.__name__}" for each in found))
        raise typer.BadParameter(f"{len(found)} classes are called {name!r}: {keys}", param_hint="CLASS")
    near = get_close_matches(name, sorted(classes), n=1)
    hint = f"; did you mean {near[0]}?" if near else "; --import its module"
    raise typer.BadParameter(f"no mapped class is called {name!r}{hint}", param_hint="CLASS")


def _rows(session: Session, kind: Any, named: list[str], most: int) -> list[Any]:
    """The rows of some names or keys, or the first ones."""
    from sqlalchemy import inspect, or_, select  # noqa: PLC0415

    mapper = inspect(kind)
    question = select(kind).order_by(*mapper.primary_key).limit(most + 1)
    if not named:
        return list(session.scalars(question))
    found: dict[Any, None] = {}
    columns = [getattr(kind, each) for each in ("id", "name", "version") if each in mapper.column_attrs]
    columns = columns or [mapper.get_property_by_column(each).class_attribute for each in mapper.primary_key]
    for typed in named:
        conditions = [column == value for column in columns for value in _as(column.type, typed)]
        rows = session.scalars(question.where(or_(*conditions))).all() if conditions else ()
        if not rows:
            raise typer.BadParameter(f"no {kind.__name__} is called {typed!r}", param_hint="NAME")
        found |= dict.fromkeys(rows)
    return list(found)


def _as(type: Any, typed: str) -> Iterator[Any]:
    """What was typed, as a value of a column's type, where it can be one."""
    try:
        yield type.python_type(typed)
    except (NotImplementedError, TypeError, ValueError):
        return
