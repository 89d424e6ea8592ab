"""Forms: what a user enters of a contract of each class, derived from its constructor (10.5, 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, getdoc, signature
from types import MappingProxyType
from typing import Any, Generic, NotRequired, TypeVar, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

from pydantic import TypeAdapter, ValidationError, create_model
from sqlalchemy import inspect, select

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document
from ...patterns.errors import AnalysisPatternsError
from ...patterns.persistence.base import Base
from ...patterns.persistence.session import Session
from ...patterns.values import Quantity
from ...patterns.values.number import ExactDecimal
from ..contract import BarrierOption, Contract, Direction, ExerciseStyle, Option
from ..market.tenor import Tenor
from .registry import Registry

KNOWN = rule(
    "form.known-reference",
    pattern="10.5",
    says="What a form refers to is in the database.",
)
Default = Callable[[Session], object]
C = TypeVar("C", bound=Contract)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the legal values of an attribute: what a form holds, and what people read."""

    value: object
    label: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """
    One thing that a form asks, with what may be asked of it.

    Shape:  its name, which is that of the contract's attribute; the type `held` in a document; the entity
            that it refers to by key, if any; whether it has to be given; the `default` before anything is.
    Source: Analysis Patterns 13: an attribute has retrieval, legal values, update, validation, default.
    """

    name: str
    held: Any
    refers_to: type[Any] | None = None
    mandatory: bool = True
    default: Default | None = None

    def retrieve(self, contract: Contract) -> object:
        """What the contract says, as a document holds it."""
        said = getattr(contract, self.name)
        if self.refers_to is not None:
            return None if said is None else said.id
        return str(said) if isinstance(said, Tenor) else said

    def legal_values(self, session: Session) -> list[Choice] | None:
        """What may be chosen: entities that it may refer to, or a closed choice; None where anything may."""
        if self.refers_to is not None:
            found = session.scalars(select(self.refers_to)).all()
            return sorted((Choice(each.id, str(each)) for each in found), key=lambda each: each.label)
        kinds = [each for each in (self.held, *get_args(self.held)) if hasattr(each, "__members__")]
        return [Choice(each, str(each.value)) for each in kinds[0]] if kinds else None

    def validate(self, value: object) -> object:
        """
        The value as a document holds it.

        Errors: pydantic's `ValidationError`, with the name of the rule that it breaks, if any.
        """
        held: TypeAdapter[object] = TypeAdapter(self.held)
        return held.validate_python(value, strict=True)

    def resolve(self, session: Session, value: object) -> object:
        """
        What the constructor takes for it.

        Errors: `ConstraintViolation` (`form.known-reference`) for a key that is no such entity's.
        """
        if self.refers_to is None or value is None:
            return value
        found = session.get(self.refers_to, value)
        if found is None:
            raise KNOWN.violation(
                self.refers_to,
                found=f"{self.name}: {value}, which is no {self.refers_to.__name__} that is known here",
                allowed=f"the key of a {self.refers_to.__name__}",
                remedy="Choose one of the legal values, or store what is referred to first.",
            )
        return found


class Form(Generic[C]):
    """
    The form of a class of contract: what is asked, what is entered so far, and the contract made of it.

    Shape:  an attribute for each argument of the class's constructor, so that a subtype of an application's
            own has a form without a line more; a `document`, the pydantic model of a form that is filled in.
            What is entered stands in a draft, a mapping by name, until it is whole.
    Errors: pydantic's `ValidationError` for what is no value of its kind; `ConstraintViolation`:
            `form.known-reference`, and those of the class. Neither draft nor database is changed.
    Source: Analysis Patterns 10.5 and 12.3: the facades of an application are parallel to the domain.
    """

    def __init__(self, contract: type[C], *, defaults: Mapping[str, Default] = MappingProxyType({})) -> None:
        self.contract = contract
        # SQLAlchemy has put its own around it.
        constructor: Any = inspect(contract).class_manager.original_init
        self.attributes = tuple(
            replace(each, default=defaults.get(each.name, each.default))
            for each in attributes_of(constructor, contract.__name__)
        )
        fields: dict[str, Any] = {
            each.name: (each.held, ...) if each.mandatory else (each.held | None, None)
            for each in self.attributes
        }
        self.document: type[Document] = create_model(
            f"{contract.__name__}Form", __base__=Document, __doc__=getdoc(contract), **fields
        )

    def attribute(self, name: str) -> Attribute:
        """The attribute of that name."""
        return next(each for each in self.attributes if each.name == name)

    def draft(self, session: Session) -> dict[str, object]:
        """What a form holds before anything is entered: the defaults."""
        return {each.name: each.default(session) for each in self.attributes if each.default is not None}

    def update(self, draft: Mapping[str, object], name: str, value: object) -> dict[str, object]:
        """The draft with one thing entered, or, with None, taken out again; the old one stays as it is."""
        kept = {each: said for each, said in draft.items() if each != name}
        return kept if value is None else kept | {name: self.attribute(name).validate(value)}

    def read(self, contract: C) -> Document:
        """The form as it would have been filled in for a contract."""
        said = {each.name: each.retrieve(contract) for each in self.attributes}
        return self.document.model_validate(said)

    def make(self, session: Session, filled: Document, **known: object) -> C:
        """
        The contract that a form tells of, not stored yet.

        Shape:  `known` are arguments that are at hand, in the place of those in the form.
        """
        given = {
            each.name: each.resolve(session, getattr(filled, each.name))
            for each in self.attributes
            if each.name not in known and getattr(filled, each.name) is not None
        }
        arguments: dict[str, Any] = given | known
        return self.contract(**arguments)

    def problems(self, session: Session, draft: Mapping[str, object]) -> list[str]:
        """What is wrong with a draft, or lacks in it; nothing, where a contract can be made of it."""
        with session.no_autoflush:
            try:
                made = self.make(session, self.document.model_validate(dict(draft)))
            except ValidationError as wrong:
                return [f"{'.'.join(map(str, each['loc'][:1]))}: {each['msg']}" for each in wrong.errors()]
            except ConstraintViolation as broken:
                return [str(broken)]
            made.product.contracts.remove(made)  # it was made to see whether it can be, and leaves no trace
        return []


def attributes_of(constructor: Callable[..., None], of: str) -> Iterator[Attribute]:
    """
    What a constructor asks: what it passes on to that of its supertype first.

    Errors: `AnalysisPatternsError` where it does not say what that is.
    """
    hints = get_type_hints(constructor, include_extras=True)
    for parameter in signature(constructor).parameters.values():
        if parameter.kind is Parameter.VAR_KEYWORD:
            passed_on = next(iter(get_args(hints[parameter.name])), None)
            if not is_typeddict(passed_on):
                raise AnalysisPatternsError(
                    f"{of} does not say what it passes on: write **{parameter.name}: "
                    "Unpack[...] of a TypedDict, such as OptionTerms"
                )
            for name, hint in get_type_hints(passed_on, include_extras=True).items():
                optional = get_origin(hint) is NotRequired
                yield _attribute(name, get_args(hint)[0] if optional else hint, mandatory=not optional)
    for name, parameter in signature(constructor).parameters.items():
        if parameter.kind is Parameter.KEYWORD_ONLY:
            mandatory = parameter.default is Parameter.empty
            default = None if mandatory or parameter.default is None else _always(parameter.default)
            yield _attribute(name, hints[name], mandatory=mandatory, default=default)


def _attribute(name: str, hint: Any, *, mandatory: bool, default: Default | None = None) -> Attribute:
    kinds = [each for each in get_args(hint) or (hint,) if each is not type(None)]
    entity = next((each for each in kinds if isinstance(each, type) and issubclass(each, Base)), None)
    if entity is not None:
        return Attribute(name, UUID, entity, mandatory, default)
    if Quantity in kinds:
        return Attribute(name, Quantity | ExactDecimal, None, mandatory, default)
    return Attribute(name, str if Tenor in kinds else kinds[0], None, mandatory, default)


def _always(value: object) -> Default:
    return lambda _session: value


FORMS: Registry[Form[Any]] = Registry("form")
"""The form of each class of contract; an application registers those of its own classes."""

_ENTERED: Mapping[str, Default] = MappingProxyType(
    {
        "traded": lambda session: session.day(None),
        "direction": _always(Direction.LONG),
        "style": _always(ExerciseStyle.EUROPEAN),
    }
)
for _contract in (Contract, Option, BarrierOption):
    FORMS.register(_contract, Form(_contract, defaults=_ENTERED))
