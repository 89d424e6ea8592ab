"""Machines of subtypes as knowledge packs write them, and how they are stored (10.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ...patterns.knowledge.section import KnowledgeDocument, Reference, Section, register
from ...patterns.life_cycle import Course, LifeCycle
from ...patterns.persistence.session import Session
from .subtype_machine import StateCase, SubtypeMachine


class SubtypeMachineDocument(KnowledgeDocument):
    """
    That a life cycle refines another: for each of its states, the state of the other that it is a case of.

    Errors: the rules of `SubtypeMachine`, when it is stored.
    Source: Analysis Patterns 10.4.
    """

    life_cycle: str
    general: str
    contract_type: str | None = None
    refines: dict[str, str]

    @property
    def key(self) -> str:
        """The life cycle that refines the other."""
        return self.life_cycle

    def references(self) -> Iterator[Reference]:
        """Both life cycles."""
        yield Reference("life_cycles", self.life_cycle, "life_cycle")
        yield Reference("life_cycles", self.general, "general")

    def said(self, session: Session) -> dict[str, Any]:
        """What it says, with the life cycles as a database holds them."""
        named = {
            field: session.scalars(select(LifeCycle).filter_by(name=name)).one()
            for field, name in (("life_cycle", self.life_cycle), ("general", self.general))
        }
        return {**named, "contract_type": self.contract_type, "refines": self.refines}


class SubtypeMachines(Section[SubtypeMachineDocument]):
    """The section `subtype_machines`."""

    name = "subtype_machines"
    model = SubtypeMachineDocument
    after = ("life_cycles",)

    def read(self, session: Session) -> Iterator[SubtypeMachineDocument]:
        """Every machine of a subtype that the database holds."""
        for stored in session.scalars(select(SubtypeMachine).options(selectinload(SubtypeMachine.cases))):
            yield SubtypeMachineDocument(
                life_cycle=stored.life_cycle.name,
                general=stored.general.name,
                contract_type=stored.contract_type,
                refines=stored.refines,
            )

    def add(self, session: Session, document: SubtypeMachineDocument) -> None:
        """Store that one life cycle refines another."""
        with session.no_autoflush:
            session.add(SubtypeMachine(**document.said(session)))

    def change(self, session: Session, old: SubtypeMachineDocument, new: SubtypeMachineDocument) -> None:
        """Make what is stored say what `new` says."""
        asked = select(SubtypeMachine).join(SubtypeMachine.life_cycle).where(LifeCycle.name == old.key)
        with session.no_autoflush:
            stored = session.scalars(asked).one()
            said = new.said(session)
            stored.general, stored.contract_type = said["general"], said["contract_type"]
            there = {each.state: each for each in stored.cases}
            for state, superstate in sorted(new.refines.items()):
                if state in there:
                    there.pop(state).superstate = superstate
                else:
                    stored.cases.append(StateCase(state=state, superstate=superstate))
            for case in there.values():
                stored.cases.remove(case)

    def unused(self, session: Session) -> Iterator[str]:
        """The life cycles of types of contract that no contract goes through."""
        used = exists().where(Course.life_cycle_id == SubtypeMachine.life_cycle_id)
        asked = select(LifeCycle.name).join(SubtypeMachine, SubtypeMachine.life_cycle_id == LifeCycle.id)
        yield from session.scalars(asked.where(~used).order_by(LifeCycle.name))


register(SubtypeMachines())
