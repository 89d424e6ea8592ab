"""Products made of a template in one go (10.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.time.period import require_day
from ...patterns.values import Quantity
from ...patterns.values.number import Amount, exact
from ..contract.contract import Contract
from ..contract.direction import OPTION_POSITIONS, Direction, OptionKind
from ..contract.draft import ContractDraft, OptionDraft, ProductDraft
from ..contract.option import ExerciseStyle, Option
from ..contract.product import Product
from ..market.indicator import Instrument
from .matching import Value, broken
from .template import LegDocument, ProductTemplateDocument
from .templates import standard_templates

Said: TypeAlias = Amount | Quantity | date
"""What is said of a name in a template: a number, a quantity in the instrument's units, or a day."""

OF_TEMPLATE = rule(
    "product.template",
    pattern="10.3",
    says="A product that is made of a template has what the template names, and what it says of that holds.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """
    Who sells what to whom, whatever the product is.

    Shape:  the buyer has the legs as the template has them: to sell a straddle is to let the other buy it.
            What is no option is delivered spot. `kind` is that of the legs that a template leaves open.
    Source: Analysis Patterns 10.3.
    """

    buyer: Party
    seller: Party
    instrument: Instrument
    traded: date
    style: ExerciseStyle = ExerciseStyle.EUROPEAN
    kind: OptionKind | None = None


def sell(template: str | ProductTemplateDocument, sale: Sale, **names: Said) -> Product:
    """
    Make a product of a template, with its contracts.

    Shape:  `names` are what the template names, with `_` for a blank: strikes and prices, expirations, and
            amounts. A template that is given by its name is a standard one.
    Errors: `ConstraintViolation` (`product.template`) where a name is missing or unknown, or a constraint
            of the template does not hold; those of `Contract` and `Option`. Nothing is made then.
    Source: Analysis Patterns 10.3.

    >>> from analysis_patterns.patterns import Organization
    >>> from analysis_patterns.trading import Market
    >>> acm = Instrument(name="ACM", market=Market(name="X"), amount_unit="{share}", currency="USD")
    >>> bank, client = Organization(name="bank"), Organization(name="client")
    >>> sale = Sale(buyer=client, seller=bank, instrument=acm, traded=date(1997, 5, 1))
    >>> sold = sell("straddle", sale, amount=1000, strike=30, expiration=date(1997, 9, 2))
    >>> for contract in sold.contracts:
    ...     print(contract)
    call bought: 1000 {share} ACM at 30 USD/{share}, expires 1997-09-02
    put bought: 1000 {share} ACM at 30 USD/{share}, expires 1997-09-02
    """
    drafts = draft_product(template, sale, **names)
    product = Product(buyer=sale.buyer, seller=sale.seller, name=_template(template).name)
    for draft in drafts:
        said: dict[str, Any] = {each.name: getattr(draft, each.name) for each in fields(draft)}
        said["product"] = product
        (Option if isinstance(draft, OptionDraft) else Contract)(**said)
    return product


def draft_product(
    template: str | ProductTemplateDocument, sale: Sale, **names: Said
) -> list[ContractDraft | OptionDraft]:
    """
    What `sell` would make, as drafts to record with many others.

    Errors: `ConstraintViolation` (`product.template`); what is wrong with a contract is said when it is
            recorded.
    Source: Analysis Patterns 10.3.
    """
    wanted = _template(template)
    said = {name.replace("_", " "): value for name, value in names.items()}
    require(_misfits(wanted, sale, said))
    product = ProductDraft(buyer=sale.buyer, seller=sale.seller, name=wanted.name)
    return [_draft(leg, sale, said, product) for leg in wanted.legs]


def _template(template: str | ProductTemplateDocument) -> ProductTemplateDocument:
    if not isinstance(template, str):
        return template
    standard = standard_templates()
    if template not in standard.named:
        raise OF_TEMPLATE.violation(
            found=f"the template {template!r}",
            allowed=", ".join(sorted(standard.named)),
            remedy="Name one of these, or give a template of your own.",
        )
    return standard[template]


def _draft(
    leg: LegDocument, sale: Sale, said: Mapping[str, Any], product: ProductDraft
) -> ContractDraft | OptionDraft:
    is_bought = leg.side == "bought"
    direction = Direction.LONG if is_bought else Direction.SHORT
    if leg.is_option:
        kind = sale.kind.value if leg.kind == "option" and sale.kind else leg.kind
        direction = _DIRECTIONS[kind, is_bought]
    buys = direction is Direction.LONG
    common: dict[str, Any] = {
        "instrument": sale.instrument,
        "long": sale.buyer if buys else sale.seller,
        "short": sale.seller if buys else sale.buyer,
        "direction": direction,
        "amount": _times(leg.times, said[leg.size]),
        "price": said[leg.strike],
        "traded": sale.traded,
        "product": product,
    }
    if not leg.is_option:
        return ContractDraft(**common)
    return OptionDraft(
        **common,
        expiration=said[leg.expiration],
        option_direction=Direction.LONG if is_bought else Direction.SHORT,
        style=sale.style,
    )


_DIRECTIONS = {
    (position.kind.value, position.bought): direction for (direction, _), position in OPTION_POSITIONS.items()
}
"""By the kind of an option, and whether it is bought, the direction of the trade that it is about."""


def _misfits(
    template: ProductTemplateDocument, sale: Sale, said: Mapping[str, Said]
) -> Iterator[ConstraintViolation]:
    found = next(_faults(template, sale, said), None)
    if found is not None:
        needed = ", ".join(sorted(template.variables()))
        yield OF_TEMPLATE.violation(
            template,
            found=f"{template.name} with {found}",
            allowed=f"a value for each of {needed}, of which holds what the template says",
            remedy="Correct the values, or choose the template that allows them.",
        )


def _faults(template: ProductTemplateDocument, sale: Sale, said: Mapping[str, Said]) -> Iterator[str]:
    kinds = template.variables()
    if template.open_ended:
        yield "any number of legs, which names what there is and makes nothing"
        return
    if any(each.kind == "option" for each in template.legs) is (sale.kind is None):
        yield "no kind of option" if sale.kind is None else f"the kind {sale.kind.value}, which it has itself"
    if said.keys() != kinds.keys():
        missing, unknown = sorted(kinds.keys() - said.keys()), sorted(said.keys() - kinds.keys())
        yield "; ".join(
            f"{what} {', '.join(names)}" for what, names in (("no", missing), ("unknown", unknown)) if names
        )
        return
    values = {name: _value(kinds[name], value) for name, value in said.items()}
    for constraint in broken(template, values):
        shown = ", ".join(f"{name} {value}" for name, value in said.items() if name in constraint)
        yield f"{shown}, where {constraint}"


def _value(kind: str, said: Any) -> Value:
    if kind == "expiration":
        return require_day(said)
    return Fraction(said.amount if isinstance(said, Quantity) else exact(said))


def _times(times: int, size: Any) -> Quantity | Amount:
    return size * times if isinstance(size, Quantity) else exact(size) * times
