"""The filter that the book draws: instruments, parties and dates, each where it is given (9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ...patterns.accountability.party import Party
from ..contract import Contract
from ..market.indicator import Instrument
from .filter import EVERYTHING, combined
from .filter_kind import Among, Compare, ContractFilter, InRole, PartyRole


@dataclass(frozen=True, slots=True)
class ContractSelector:
    """
    Contracts of some instruments, between some parties, traded in some period.

    Shape:  any number of instruments, of primary parties and of counterparties, where none means any; the
            parties themselves, or names. The day from which on, and the day up to which.
    Units:  traded from `start` up to, not including, `end`.
    Errors: `ConstraintViolation` from `as_filter`, of the rules `portfolio-filter.*`.
    Source: Analysis Patterns 9.2, figure 9.6.

    >>> print(ContractSelector(instruments=["ACM"], end=date(1997, 6, 1)).as_filter())
    instrument in ('ACM') and traded < 1997-06-01
    """

    instruments: Sequence[Instrument | str] = ()
    primary_parties: Sequence[Party | str] = ()
    counterparties: Sequence[Party | str] = ()
    start: date | None = None
    end: date | None = None

    def as_filter(self) -> ContractFilter:
        """The filter that says the same."""
        conditions: list[ContractFilter] = []
        if self.instruments:
            conditions.append(Among.stating(attribute="instrument", values=tuple(map(str, self.instruments))))
        parties = {PartyRole.PRIMARY: self.primary_parties, PartyRole.COUNTERPARTY: self.counterparties}
        for role, named in parties.items():
            if named:
                names = tuple(each for each in named if isinstance(each, str))
                keys = tuple(each.id for each in named if isinstance(each, Party))
                conditions.append(InRole.stating(role=role, names=names, keys=keys))
        if self.start is not None:
            conditions.append(Compare.stating(attribute="traded", operator=">=", value=self.start))
        if self.end is not None:
            conditions.append(Compare.stating(attribute="traded", operator="<", value=self.end))
        return combined("all", *conditions) if conditions else EVERYTHING

    def is_included(self, contract: Contract) -> bool:
        """Whether it chooses a contract."""
        return self.as_filter().is_included(contract)

    def select_contracts(self, contracts: Iterable[Contract]) -> list[Contract]:
        """Those of a collection of contracts that it chooses."""
        return self.as_filter().select_contracts(contracts)
