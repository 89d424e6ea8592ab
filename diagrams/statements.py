"""Says in words what a type graph shows, for tooltips and for readers who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .model import Association, AssociationEnd, Type, TypeGraph
from .multiplicity import MANY, ONE, OPTIONAL, SOME

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])|_")
_COUNTS = {ONE: "one", OPTIONAL: "at most one", MANY: "any number of", SOME: "one or more"}


def words(name: str) -> str:
    """
    A name as the words that it is made of; a single capital is no word, but the beginning of one.

    >>> words("PartyType"), words("HTTPRequest"), words("OAuthClient"), words("all_types")
    ('Party Type', 'HTTP Request', 'OAuth Client', 'all types')
    """
    return _WORDS.sub(" ", name).strip()


def is_told_by_type(end: AssociationEnd, type_: Type) -> bool:
    """Whether the role says no more than the name of the type, such as `party_types` for `PartyType`."""
    role, name = words(end.role).lower(), words(type_.name).lower()
    singulars = {role, role.removesuffix("s"), re.sub(r"ies$", "y", role)}
    return not end.derived and any(f" {name}".endswith(f" {each}") for each in singulars)


def statement(association: Association, types: Mapping[str, Type]) -> str:
    """Both directions of an association, each as a sentence."""
    source, target = association.source, association.target
    return f"{_sentence(source, target, types)} {_sentence(target, source, types)}"


def _sentence(near: AssociationEnd, far: AssociationEnd, types: Mapping[str, Type]) -> str:
    count = _COUNTS.get(far.multiplicity, str(far.multiplicity))
    name = words(types[far.type].name)
    what = f"{words(far.role)} ({name})" if far.role else name
    order = ", in order" if far.ordered else ""
    derived = ", derived" if far.derived else ""
    return f"Each {words(types[near.type].name)} has {count} {what}{order}{derived}."


def described(graph: TypeGraph) -> str:
    """The whole graph in sentences."""
    types = {type_.key: type_ for type_ in graph.types}
    kinds = [
        f"{words(types[each.subtype].name)} is a kind of {words(types[each.supertype].name)}."
        for each in graph.generalizations
    ]
    return " ".join([*kinds, *(statement(each, types) for each in graph.associations)])
