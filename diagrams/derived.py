"""What a class computes and wants to be drawn: functions marked by `derived`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .annotations import key_of, names_in, type_name
from .errors import HintError
from .model import Association, AssociationEnd, Attribute
from .multiplicity import MANY, Multiplicity


def derived_attributes(class_: type, others: Mapping[str, type]) -> Iterator[Attribute]:
    """The computed properties of `class_` whose type is none of `others`."""
    for name, multiplicity, function in _members(class_):
        annotation = function.__annotations__.get("return")
        if _target(function, others) is None:
            optional = multiplicity.fewest == 0 and not multiplicity.is_many
            yield Attribute(name, type_name(annotation), optional=optional, derived=True)


def derived_links(classes: Mapping[str, type]) -> Iterator[Association]:
    """The computed associations between `classes`, given by key."""
    for key, class_ in classes.items():
        for name, multiplicity, function in _members(class_):
            target = _target(function, classes)
            if target is not None:
                yield Association(
                    AssociationEnd(key, MANY),
                    AssociationEnd(key_of(target), multiplicity, name, derived=True),
                )


def _members(class_: type) -> Iterator[tuple[str, Multiplicity, Any]]:
    for name, member in sorted(vars(class_).items()):
        function = member.fget if isinstance(member, property) else member
        written = getattr(function, "__derived__", None) if callable(function) else None
        if written is not None:
            try:
                yield name, Multiplicity.read(written), function
            except HintError as unread:
                raise HintError(f"{class_.__name__}.{name}: {unread}") from None


def _target(function: Any, classes: Mapping[str, type]) -> type | None:
    """The class that the return annotation names; of several that share a name, the one it would find."""
    for name in names_in(function.__annotations__.get("return")):
        seen = function.__globals__.get(name)
        if isinstance(seen, type) and key_of(seen) in classes:
            return seen
        for class_ in classes.values():
            if class_.__name__ == name:
                return class_
    return None
