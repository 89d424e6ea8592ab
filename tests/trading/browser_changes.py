"""What each way of filling a browser has to change, for a new subtype and for a new column, line by line."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from typing_extensions import Unpack

from analysis_patterns.trading import Option, OptionTerms


class AveragedOption(Option, init=False):
    """An option on the average of several fixings: a subtype of an application's own."""

    __mapper_args__ = {"polymorphic_identity": "averaged option"}

    def __init__(self, *, fixings: int = 12, **terms: Unpack[OptionTerms]) -> None:
        super().__init__(**terms)
        self.fixings = fixings


@dataclass(frozen=True, slots=True)
class Change:
    """
    Lines that are added to a module.

    Shape:  each pair is a line that stands there once, and those that are put after it.
    """

    added: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> int:
        """How many lines are added; those between definitions count for nothing."""
        return sum(bool(line.strip()) for _, text in self.added for line in text.splitlines())

    def made(self, module: ModuleType) -> Any:
        """The module with the lines added, and with the heading that they are for."""
        source = inspect.getsource(module)
        for after, text in self.added:
            assert source.count(after) == 1, f"{module.__name__} says {after!r} {source.count(after)} times"
            source = source.replace(after, after + text)
        changed = ModuleType(module.__name__)
        vars(changed).update(__package__=module.__package__, __file__=module.__file__)
        exec(compile(source, f"<{module.__name__}, changed>", "exec"), vars(changed))
        return changed


def _singledispatch(name: str, column: str, kind: str, refuses: str) -> tuple[tuple[str, str], ...]:
    """A further operation, which every contract has an answer to, and the cell that asks for it."""
    operation = f"""

@singledispatch
def {name}(contract: Contract) -> object:
    {refuses}


@{name}.register
def _(contract: {kind}) -> object:
    return contract.{name}
"""
    asked = f"{column}({name}, contract)" if column else f"{name}(contract)"
    last = f"{column}(barrier, contract)," if column else "barrier(contract),"
    before = "def _(contract: BarrierOption) -> Quantity:\n    return contract.barrier\n"
    return (before, operation), (f"        {last}", f"\n        {asked},")


IMPORT = (
    "from ..table import COLUMNS, BrowserTable, Cell",
    "\nfrom tests.trading.browser_changes import AveragedOption",
)
"""A subtype of an application's own stands in a module of its own; the way that needs it has to import it."""

SUBTYPE = {
    "type check": Change(
        (
            IMPORT,
            (
                "        barrier = contract.barrier\n",
                "    fixings = contract.fixings if isinstance(contract, AveragedOption) else None\n",
            ),
            ("        barrier,\n", "        fixings,\n"),
        )
    ),
    "wide interface": Change((IMPORT, *_singledispatch("fixings", "", "AveragedOption", "return None"))),
    "run-time attributes": Change(
        (
            IMPORT,
            (
                '        "barrier": lambda contract: contract.barrier,\n    },\n',
                '    AveragedOption: {"fixings": lambda contract: contract.fixings},\n',
            ),
        )
    ),
    "loaded row": Change(
        (
            IMPORT,
            (
                '    row["barrier"] = contract.barrier\n',
                """

@load.register
def load_averaged_option(contract: AveragedOption, row: Row) -> None:
    load_option(contract, row)
    row["fixings"] = contract.fixings
""",
            ),
        )
    ),
    "exceptions": Change(
        (IMPORT, *_singledispatch("fixings", "asked", "AveragedOption", 'refuse(contract, "fixings")'))
    ),
}
"""A subtype with one column of its own, the number of its fixings."""

COLUMN = {
    "type check": Change(
        (
            ("barrier_kind = barrier = None\n", "    style = None\n"),
            ("        premium = contract.premium\n", "        style = contract.style\n"),
            ("        barrier,\n", "        style,\n"),
        )
    ),
    "wide interface": Change(_singledispatch("style", "", "Option", "return None")),
    "run-time attributes": Change(
        (
            (
                '        "premium": lambda contract: contract.premium,\n',
                '        "style": lambda contract: contract.style,\n',
            ),
        )
    ),
    "loaded row": Change(
        (('    row["premium"] = contract.premium\n', '    row["style"] = contract.style\n'),)
    ),
    "exceptions": Change(_singledispatch("style", "asked", "Option", 'refuse(contract, "style")')),
}
"""A further column of options: their style."""
