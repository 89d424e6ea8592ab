"""Templates in the order in which they are special cases of each other (10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from types import MappingProxyType
from typing import cast

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.knowledge.pack import parse_pack
from .template import TEMPLATES, ProductTemplateDocument

ORDERED = rule(
    "product-template.ordered",
    pattern="10.3",
    says="Templates are special cases of others that there are, and none is one of itself, however far up.",
)


class Templates:
    """
    Some templates, each once, with what is a special case of what.

    Shape:  a mapping from names to templates, the more general ones first.
    Errors: `ConstraintViolation` (`product-template.ordered`) for a cycle, or a supertype that is missing.
    Source: Analysis Patterns 10.3.

    >>> standard = standard_templates()
    >>> standard.is_a("straddle", "strangle"), standard.depth("bull call spread")
    (True, 2)
    """

    def __init__(self, templates: Iterable[ProductTemplateDocument]) -> None:
        named = {each.name: each for each in templates}
        supertypes = {name: each.supertypes for name, each in sorted(named.items())}
        try:
            order = tuple(TopologicalSorter(supertypes).static_order())
        except CycleError as cycle:
            raise _disordered(" is a special case of ".join(reversed(cycle.args[1]))) from None
        if missing := sorted(set(order) - named.keys()):
            raise _disordered(f"supertypes that are no templates: {', '.join(missing)}")
        self.named: Mapping[str, ProductTemplateDocument] = MappingProxyType(
            {name: named[name] for name in order}
        )
        self._above: dict[str, frozenset[str]] = {}
        self._depths: dict[str, int] = {}
        for name in order:
            above = supertypes[name]
            self._above[name] = frozenset(above).union(*(self._above[each] for each in above))
            self._depths[name] = max((self._depths[each] + 1 for each in above), default=0)

    def __iter__(self) -> Iterator[ProductTemplateDocument]:
        return iter(self.named.values())

    def __len__(self) -> int:
        return len(self.named)

    def __getitem__(self, name: str) -> ProductTemplateDocument:
        return self.named[name]

    def depth(self, name: str) -> int:
        """How many templates lie above one, on the longest way up."""
        return self._depths[name]

    def is_a(self, name: str, other: str) -> bool:
        """Whether a template is another, or a special case of it."""
        return name == other or other in self._above[name]

    def with_own(self, *templates: ProductTemplateDocument) -> Templates:
        """These, and an application's own beside them; one of the same name takes the place of the other."""
        return Templates([*self, *templates])


@cache
def standard_templates() -> Templates:
    """The templates that are usual on markets: straddles, spreads, butterflies, condors, collars."""
    text = files(str(__package__)).joinpath("templates.yaml").read_text(encoding="utf-8")
    documents = parse_pack(text, file="templates.yaml").documents[TEMPLATES].values()
    return Templates(cast("Iterable[ProductTemplateDocument]", documents))


def _disordered(found: str) -> ConstraintViolation:
    return ORDERED.violation(
        found=found,
        allowed="supertypes that are there, without a way round",
        remedy="Take one of these supertypes away, or state what is missing.",
    )
