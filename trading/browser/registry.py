"""What an application has for each class of contract, beside the domain and parallel to it (10.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import inspect

from ...patterns.errors import AnalysisPatternsError
from ..contract import Contract

T = TypeVar("T")


class NothingRegistered(AnalysisPatternsError):
    """
    There is nothing for a class of contract, and its supertype's would not do.

    Shape:  `what` is missing, for which class of `contract`.
    """

    def __init__(self, what: str, contract: type[Any], others: Iterable[type[Any]]) -> None:
        self.what = what
        self.contract = contract
        there = ", ".join(sorted(each.__name__ for each in others)) or "no class"
        super().__init__(
            f"there is no {what} for {contract.__name__}, only for {there}; "
            f"register one: register({contract.__name__}, ...)"
        )


class RegisteredAlready(AnalysisPatternsError):
    """There is one for that class of contract, which `replace=True` would put another in the place of."""

    def __init__(self, what: str, contract: type[Any]) -> None:
        self.what = what
        self.contract = contract
        super().__init__(
            f"there is a {what} for {contract.__name__} already; say replace=True if another is meant"
        )


class Registry(Generic[T]):
    """
    One thing of a sort, such as a form or a pricer, for each class of contract.

    Shape:  `what` it is, in one word. An entry is for its class alone: a barrier option that was priced as an
            option would be priced wrongly, and nobody would see it. Where the supertype's does for all of its
            subtypes, `inherited` says so.
    Errors: `NothingRegistered`, `RegisteredAlready`; `AnalysisPatternsError` for what is no contract.
    Source: Analysis Patterns 10.5: the domain knows nothing of the applications that are parallel to it.

    >>> letters = Registry[str]("letter")
    >>> letters.register(Contract, "C")
    'C'
    >>> letters.of(Contract)
    'C'
    """

    def __init__(self, what: str, *, inherited: bool = False) -> None:
        self.what = what
        self.inherited = inherited
        self._entries: dict[type[Any], T] = {}

    def register(self, contract: type[Contract], entry: T, *, replace: bool = False) -> T:
        """Let there be an entry for a class of contract, ours or an application's; give it back."""
        if not (isinstance(contract, type) and issubclass(contract, Contract)):
            raise AnalysisPatternsError(
                f"a {self.what} is registered for a class of contract, not {contract!r}"
            )
        if contract in self._entries and not replace:
            raise RegisteredAlready(self.what, contract)
        self._entries[contract] = entry
        return entry

    def of(self, contract: Contract | type[Contract]) -> T:
        """The entry for a contract, by its class."""
        asked = contract if isinstance(contract, type) else type(contract)
        for each in asked.__mro__ if self.inherited else (asked,):
            if each in self._entries:
                return self._entries[each]
        raise NothingRegistered(self.what, asked, self._entries)

    def serves(self, contract: type[Contract]) -> bool:
        """Whether there is an entry for a class."""
        return any(each in self._entries for each in (contract.__mro__ if self.inherited else (contract,)))

    def __iter__(self) -> Iterator[type[Any]]:
        """The classes that have an entry of their own."""
        return iter(self._entries)


class Serving(Protocol):
    """Whatever has something for some classes of contract: a registry of this module, or one like it."""

    @property
    def what(self) -> str:
        """What it has for them."""
        ...

    def serves(self, contract: type[Contract]) -> bool:
        """Whether it has one for a class."""
        ...


def contract_classes(within: str = "") -> list[type[Contract]]:
    """The classes of contract that there are, supertypes first; those alone whose module's name begins so."""
    classes = [each.class_ for each in inspect(Contract).self_and_descendants]
    return [each for each in classes if each.__module__.startswith(within)]


def gaps(registries: Iterable[Serving], *, within: str = "") -> list[str]:
    """
    What is missing in some registries: one line for each class of contract that one of them does not serve.

    Shape:  `within` limits it to classes whose module's name begins so. For a test to be empty.
    """
    return [
        f"{contract.__name__} has no {registry.what}"
        for registry in registries
        for contract in contract_classes(within)
        if not registry.serves(contract)
    ]
