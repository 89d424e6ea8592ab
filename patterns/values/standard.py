"""The units that everybody knows: facts read from `units.toml`, and what people write instead (3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from pathlib import Path

from .unit import Scale


@dataclass(frozen=True, slots=True)
class Fact:
    """
    What the table says of one unit.

    Shape:  `times` and `of` say that it is so many of another unit, by code; a unit without them has a
            `dimension` of its own. `prefixes`: whether k, m, u and the like may stand before it.
    """

    code: str
    name: str
    times: Fraction | None = None
    of: str = ""
    dimension: str = ""
    scale: Scale = Scale.RATIO
    prefixes: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """A decimal or binary multiple: the kilo of kilogram."""

    code: str
    name: str
    times: Fraction


@dataclass(frozen=True, slots=True)
class Table:
    """Every fact, prefix and spelling, by code."""

    facts: dict[str, Fact]
    prefixes: dict[str, Prefix]
    meant: dict[str, str]

    def find(self, code: str) -> tuple[Prefix | None, Fact] | None:
        """The fact about `code`, and the prefix that stands before it, or None."""
        if code in self.facts:
            return None, self.facts[code]
        for length in (1, 2):
            prefix, fact = self.prefixes.get(code[:length]), self.facts.get(code[length:])
            if prefix is not None and fact is not None and fact.prefixes:
                return prefix, fact
        return None

    def suggestions(self, code: str, also: str | None = None) -> list[str]:
        """Codes that may have been meant by `code`, the likeliest first; `also` is one from elsewhere."""
        spellings = {**self.meant, **{fact.name: fact.code for fact in self.facts.values()}}
        likeliest = spellings.get(code, also)
        if likeliest is not None:
            return [likeliest]
        folded = {spelling.casefold(): meant for spelling, meant in spellings.items()}
        folded |= {known.casefold(): known for known in self.facts}
        near = get_close_matches(code.casefold(), folded, n=3, cutoff=0.6)
        return list(dict.fromkeys(folded[each] for each in near))


@cache
def table() -> Table:
    """The table of standard units, read once."""
    # Loaded when the first unit is looked up, for much of what imports values never looks one up.
    import tomllib  # noqa: PLC0415

    read = tomllib.loads(Path(__file__).with_name("units.toml").read_text(encoding="utf-8"))
    return Table(
        facts={code: _fact(code, **row) for group in read["units"].values() for code, row in group.items()},
        prefixes={
            code: Prefix(code, name, Fraction(times)) for code, (name, times) in read["prefixes"].items()
        },
        meant=read["meant"],
    )


def _fact(code: str, *, scale: str = "ratio", **row: str | bool) -> Fact:
    times, _, of = str(row.pop("is", "")).partition(" ")
    return Fact(
        code,
        str(row["name"]),
        times=Fraction(times) if times else None,
        of=of,
        dimension=str(row.get("dimension", "")),
        scale=Scale(scale),
        prefixes=bool(row.get("prefixes", False)),
        apart=str(row.get("apart", "")),
    )
