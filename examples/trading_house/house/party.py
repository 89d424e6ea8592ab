"""Those who deal; a party is asked for its contracts, and a contract for its parties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .contract import Contract


@dataclass
class Party:
    """Somebody with contracts."""

    name: str
    contracts: list[Contract] = field(default_factory=list)
