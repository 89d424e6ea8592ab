"""Which rules a practice had, as known at any instant (6.10, 15.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.link import Links, keep_links
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import Believed, believed_table_args
from .posting_rule import PostingRule
from .practice import AccountingPractice, practice_rule

_TABLE = "accounting_rule_in_practice"

RULES_KNOWN = rule(
    "practice.rules-known",
    pattern="6.10",
    says="A practice has the rules that it is believed to have: none without a link in its history, none "
    "whose link is closed.",
    layers=DATABASES,
)


class RuleInPractice(Believed, Base, init=False):
    """
    That a practice has a rule, from when until when that was known.

    Shape:  one practice and one rule. A session writes it whenever the `rules` of a practice change. It has
            no days: on which days a rule deals with something, its terms and the assignments say.
    Source: Analysis Patterns 6.10 and 15.3; that a practice's past can be told again is ours.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        Index(f"ix_{_TABLE}_practice", "practice_id", "known_to"),
        Index(f"ix_{_TABLE}_rule", "rule_id", "known_to"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.10"

    # The practice and the rule may be written after their link, in the same flush.
    practice_id: Mapped[UUID] = mapped_column(
        ForeignKey(AccountingPractice.id, deferrable=True, initially="DEFERRED"), init=False
    )
    rule_id: Mapped[UUID] = mapped_column(
        ForeignKey(PostingRule.id, deferrable=True, initially="DEFERRED"), init=False
    )
    practice: Mapped[AccountingPractice] = relationship(viewonly=True)
    rule: Mapped[PostingRule] = relationship(viewonly=True)

    def __init__(self, *, practice: AccountingPractice, rule: PostingRule) -> None:
        self._begin_belief()
        self.practice_id = practice.id
        self.rule_id = rule.id

    def __str__(self) -> str:
        return f"{self.rule} in {self.practice}"


def rules_known(
    session: Session, practices: Iterable[UUID], known_at: datetime
) -> dict[UUID, list[PostingRule]]:
    """The rules that practices had, as known at an instant, by the keys of the practices."""
    found: dict[UUID, list[PostingRule]] = {}
    links = (
        select(RuleInPractice)
        .where(RuleInPractice.practice_id.in_(set(practices)), RuleInPractice.known(known_at))
        .options(joinedload(RuleInPractice.rule).selectinload(PostingRule.terms))
    )
    for link in session.scalars(links):
        found.setdefault(link.practice_id, []).append(link.rule)
    return found


keep_links(
    Links(
        history=RuleInPractice,
        whole="practice",
        part="rule",
        now=practice_rule,
        directions=((AccountingPractice, "rules"),),
        rule=RULES_KNOWN,
    )
)
