"""The steps by which scenarios are built (9.4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, SerializerFunctionWrapHandler, TypeAdapter, model_serializer
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from ...patterns.accountability.knowledge_document import Name
from ...patterns.document import Document
from ...patterns.knowledge.section import Whole


class NamedStep(Document):
    """
    A step, which says of itself what it does wherever it is written.

    Source: Analysis Patterns 9.4.
    """

    @model_serializer(mode="wrap")
    def _say_what_it_does(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is said by default is left out of packs, and this has to be there to read it back.
        return {"do": self.__class__.model_fields["do"].default, **written(self)}


class SourceStep(NamedStep):
    """
    Take what a source said last.

    Shape:  the source; the indicators, or all that it lists and has said anything of.
    Source: Analysis Patterns 9.4.
    """

    do: Literal["source"] = "source"
    source: Name
    indicators: tuple[Name, ...] = ()


class CopyStep(NamedStep):
    """
    Take what another scenario has.

    Shape:  the parameter that the scenario is given as; the indicators, or all of them.
    Source: Analysis Patterns 9.4.
    """

    do: Literal["copy"] = "copy"
    of: Name
    indicators: tuple[Name, ...] = ()


class ShiftStep(NamedStep):
    """
    Take what another scenario has, moved.

    Shape:  as a copy; a `kind` of indicator where only such are moved, such as `exchange rate`; `times` and
            `plus` are numbers, or `$` and the name of a parameter; `places` or `digits` that are kept.
    Source: Analysis Patterns 9.4: a parallel shift.
    """

    do: Literal["shift"] = "shift"
    of: Name
    kind: str = ""
    indicators: tuple[Name, ...] = ()
    plus: str = "0"
    times: str = "1"
    places: Whole | None = None
    digits: Whole | None = None


class StepArgument(Document):
    """
    An argument of a calculation.

    Shape:  the indicator; the parameter that its scenario is given as, or nothing for the one that is built.
    Source: Analysis Patterns 9.4.
    """

    indicator: Name
    of: str = ""


class CalculateStep(NamedStep):
    """
    Calculate an indicator.

    Shape:  the indicator, the formula, and its arguments in order.
    Source: Analysis Patterns 9.4.
    """

    do: Literal["calculate"] = "calculate"
    indicator: Name
    formula: Name
    arguments: tuple[StepArgument, ...]


Step: TypeAlias = Annotated[SourceStep | CopyStep | ShiftStep | CalculateStep, Field(discriminator="do")]

STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


class StoredSteps(TypeDecorator[Any]):
    """A list of steps in one column, as JSON in the order of the fields."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """What it holds in Python."""
        return tuple

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The steps written out."""
        return None if value is None else STEPS.dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The steps as they were."""
        return None if value is None else STEPS.validate_json(value)
