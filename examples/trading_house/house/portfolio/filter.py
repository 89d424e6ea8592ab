"""How contracts are chosen."""

from ..contract import Contract


def of_instrument(contracts: list[Contract], instrument: str) -> list[Contract]:
    """The contracts on one instrument."""
    return [contract for contract in contracts if contract.instrument == instrument]
