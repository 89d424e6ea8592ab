"""How many of one type belong to each of another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..patterns.picture import Mark
from .errors import HintError

_WRITTEN = re.compile(r"(?:(\d{1,9})\.\.)?(\d{1,9}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Multiplicity:
    """
    The fewest and the most; `most` is None where there is no limit.

    >>> [str(Multiplicity.read(written)) for written in ("1", "0..1", "0..*", "1..*", "2")]
    ['1', '0..1', '*', '1..*', '2']
    """

    fewest: int
    most: int | None

    @classmethod
    def read(cls, written: object) -> Multiplicity:
        """
        Read `1`, `0..1`, `*`, `1..*` and the like.

        Errors: `HintError` where it is nothing of the kind, or no number satisfies it.
        """
        match = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
        if match is None:
            raise HintError(f"a multiplicity reads 1, 0..1, *, 1..* or the like, not {written!r}")
        most = None if match[2] == "*" else int(match[2])
        fewest = int(match[1]) if match[1] else (most or 0)
        if most is not None and most < max(fewest, 1):
            raise HintError(f"no number satisfies the multiplicity {written!r}")
        return cls(fewest, most)

    @property
    def is_many(self) -> bool:
        """Whether there can be more than one."""
        return self.most is None or self.most > 1

    def __str__(self) -> str:
        if self.most is None:
            return "*" if self.fewest == 0 else f"{self.fewest}..*"
        return str(self.most) if self.fewest == self.most else f"{self.fewest}..{self.most}"


ONE = Multiplicity(1, 1)
OPTIONAL = Multiplicity(0, 1)
MANY = Multiplicity(0, None)
SOME = Multiplicity(1, None)
MARKS = {ONE: Mark.ONE, OPTIONAL: Mark.OPTIONAL, MANY: Mark.MANY, SOME: Mark.SOME}
"""The signs of the multiplicities that have one."""
