"""One try at making what a database holds of the posts agree with the rows of a publication (2.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select

from ...patterns.accountability import Accountability, Appointment, Organization, PartyClassification
from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.base import Base
from ...patterns.persistence.session import Session
from ...patterns.time.period import Period
from ...patterns.values.number import exact
from .post import Establishment, Holder, SeniorPost
from .published import OUTSIDE, UNDISCLOSED, Publication, PublishedRow
from .screening import Refused
from .standing import Knowledge, Standing, standings


class Attempt:
    """
    Ends, as at the publication's date, what its rows say no more, and begins what they say anew.

    Shape:  `rows` are those to load, by line, each sound by itself; of the posts of `refused` rows, and of
            those that a partial publication leaves out, whatever stands goes on.
    """

    def __init__(
        self,
        session: Session,
        publication: Publication,
        rows: Mapping[int, PublishedRow],
        refused: Refused,
    ) -> None:
        self.rows = rows
        self.posts = {each.code: each for each in session.scalars(select(SeniorPost))}
        self._session = session
        self._publication = publication
        self._period = Period(publication.as_at)
        self._untold = {publication.rows[line - 1].post for line in refused}
        self._types = Knowledge(session)
        self._standing = standings(session)
        self._holders = {each.published_as: each for each in session.scalars(select(Holder))}
        units = select(Organization).join(PartyClassification)
        units = units.where(PartyClassification.type_id == self._types.unit.id)
        self._units = {each.name: each for each in session.scalars(units)}

    def made(self, *, one_by_one: bool = False) -> Refused:
        """
        Make the changes; or none, and give the rows that a rule refuses.

        Shape:  `one_by_one` takes longer, and tells which row it is that clashes with the others.
        Errors: `ConstraintViolation` where rows clash and were not tried one by one.
        """
        changed = {line: _changed(self._standing.get(row.post), row) for line, row in self.rows.items()}
        refused: Refused = {}
        self._meet()
        if one_by_one:
            self._end(changed)
        for line, row in self.rows.items():
            try:
                with self._session.begin_nested() if one_by_one else self._session.no_autoflush:
                    self._session.add_all(self._begun(row, changed[line]))
            except ConstraintViolation as violation:
                refused[line] = [violation]
        if not (one_by_one or refused):
            self._end(changed)
        return refused

    def _end(self, changed: Mapping[int, frozenset[str]]) -> None:
        """Everything that changes ends at once, or what two posts exchange would be held twice on the way."""
        ending = {self.rows[line].post: columns for line, columns in changed.items()}
        with self._session.no_autoflush:
            for code, standing in self._standing.items():
                facts = standing.facts()
                goes_on = code in self._untold or self._publication.partial
                for column in ending.get(code, () if goes_on else facts):
                    fact = facts[column]
                    if fact is not None:
                        fact.ended(self._publication.as_at)
        self._session.flush()

    def _meet(self) -> None:
        """Make the posts, units and people that no earlier row named."""
        for row in self.rows.values():
            for code in {row.post, row.reports_to} - {OUTSIDE} - set(self.posts):
                self.posts[code] = SeniorPost(name=code, code=code, types=[self._types.post])
            if row.unit not in self._units:
                self._units[row.unit] = Organization(name=row.unit, types=[self._types.unit])
            if row.holder not in self._holders and row.holder not in ("", UNDISCLOSED):
                self._holders[row.holder] = self._person(row.holder, row.holder)
        self._session.add_all([*self.posts.values(), *self._units.values(), *self._holders.values()])

    def _begun(self, row: PublishedRow, changed: frozenset[str]) -> Iterator[Base]:
        """What a row says and does not stand yet; what a rule can refuse at once, first."""
        post, types, period = self.posts[row.post], self._types, self._period
        if "reports_to" in changed and row.reports_to != OUTSIDE:
            above = self.posts[row.reports_to]
            yield Accountability(type=types.reporting, commissioner=above, responsible=post, period=period)
        if "fte" in changed:
            yield Establishment(post=post, full_time_equivalent=exact(row.fte), period=period)
        if "unit" in changed:
            unit = self._units[row.unit]
            yield Accountability(type=types.membership, commissioner=unit, responsible=post, period=period)
        if "holder" in changed and row.holder:
            person = self._holder(row)
            yield Appointment(type=types.appointment, post=post, person=person, period=period)
        if "grade" in changed:
            yield post.classify(types.grades[row.grade], period)

    def _holder(self, row: PublishedRow) -> Holder:
        if row.holder == UNDISCLOSED:
            # Of two people whose names are withheld nobody can say that they are one.
            return self._person(f"undisclosed holder of {row.post}", row.holder)
        return self._holders[row.holder]

    def _person(self, name: str, published_as: str) -> Holder:
        return Holder(name=name, published_as=published_as, types=[self._types.person])


def _changed(standing: Standing | None, row: PublishedRow) -> frozenset[str]:
    """The columns of a row that say otherwise than what stands, all of them where nothing does."""
    columns = ("reports_to", "holder", "grade", "unit", "fte")
    if standing is None:
        return frozenset(columns)
    held = standing.row()
    return frozenset(each for each in columns if getattr(held, each) != getattr(row, each))
