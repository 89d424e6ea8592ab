"""A schema of many tables, and its text by others in an environment of their own; prints the seconds."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Numeric, String
from sqlalchemy.orm import DeclarativeBase, relationship

AREAS = ("account", "asset", "bank", "claim", "contract", "delivery", "employee", "event", "form", "grant")
THINGS = ("entry", "line", "note", "part", "plan", "role", "step", "tag", "type", "version")
COLUMNS = 8
REFERENCES = 3


def models(count: int) -> type[DeclarativeBase]:
    """A base with so many tables: eight columns each, three references to others, all of them to one."""
    base: Any = type("Base", (DeclarativeBase,), {"__module__": __name__})
    chance = Random(14)
    made: list[type] = []  # a registry alone would let go of them
    for number in range(count):
        name = table_of(number)
        body: dict[str, Any] = {
            "__tablename__": name,
            "__module__": __name__,
            "id": Column(Integer, primary_key=True),
        }
        body |= {f"text_{n}": Column(String(80), nullable=n % 2 == 0) for n in range(COLUMNS // 2)}
        body |= {f"amount_{n}": Column(Numeric(12, 2), nullable=False) for n in range(COLUMNS // 2)}
        for n in range(REFERENCES if number else 0):
            other = 0 if n == 0 else chance.randrange(number)
            body[f"ref_{n}_id"] = Column(ForeignKey(f"{table_of(other)}.id"), nullable=n == 1)
            body[f"ref_{n}"] = relationship(made[other], foreign_keys=[body[f"ref_{n}_id"]])
        made.append(type(class_of(name), (base,), body))
    base.made = made
    return base  # type: ignore[no-any-return]


def table_of(number: int) -> str:
    """What the table of that number is called."""
    return f"{AREAS[number // 10 % 10]}_{THINGS[number % 10]}_{number}"


def class_of(table: str) -> str:
    """What the class of a table is called."""
    return "".join(part.title() for part in table.split("_"))


def eralchemy(base: Any, form: str) -> str:
    """What eralchemy writes."""
    main: Any = import_module("eralchemy.main")
    tables, relationships = main.declarative_to_intermediary(base)
    write: Any = getattr(
        main, {"mermaid": "_intermediary_to_mermaid_er", "dot": "_intermediary_to_dot"}[form]
    )
    return str(write(tables, relationships))


def paracelsus(base: Any, form: str) -> str:
    """What paracelsus writes."""
    transformer: Any = import_module(f"paracelsus.transformers.{form}")
    made: Any = getattr(transformer, form.title())
    return str(made(base.metadata, "preserve-order"))


def main(name: str, form: str, count: int) -> float:
    """How long it takes to write a model of so many tables, its mapping left out."""
    base = models(count)
    base.registry.configure()
    write = {"eralchemy": eralchemy, "paracelsus": paracelsus}[name]
    started = perf_counter()
    text = write(base, form)
    taken = perf_counter() - started
    if text.count("ref_") < count:
        raise SystemExit(f"{name} left out most of the model")
    return taken


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
