"""How packs' information sources, quote formulas and build definitions are read and stored (9.4)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, select

from ...patterns.knowledge.section import Section, register
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED
from ..market.indicator import MarketIndicator
from ..market.knowledge_document import INDICATORS
from .build_definition import BuildDefinition, ScenarioBuild
from .element import CalculatedScenarioElement
from .information_source import KEPT as INDEX_KEPT
from .information_source import InformationSource, SourceIndex
from .knowledge_document import (
    DEFINITIONS,
    FORMULAS,
    SOURCES,
    BuildDefinitionDocument,
    InformationSourceDocument,
    ListingDocument,
    QuoteFormulaDocument,
)
from .quote_formula import KEPT as FORMULA_KEPT
from .quote_formula import QuoteFormula
from .source_quote import SourceQuote


class InformationSources(Section[InformationSourceDocument]):
    """The section `information_sources`."""

    name = SOURCES
    model = InformationSourceDocument
    after = (INDICATORS,)

    def read(self, session: Session) -> Iterator[InformationSourceDocument]:
        """Every information source that the database holds, with what it lists."""
        lists: dict[str, list[ListingDocument]] = {}
        for index in session.scalars(select(SourceIndex)):
            lists.setdefault(index.source.name, []).append(
                ListingDocument(indicator=index.indicator.name, name=index.name)
            )
        for name in session.scalars(select(InformationSource.name)):
            yield InformationSourceDocument(name=name, lists=tuple(lists.get(name, ())))

    def add(self, session: Session, document: InformationSourceDocument) -> None:
        """Store a source and what it lists."""
        source = InformationSource(name=document.name)
        session.add(source)
        for each in document.lists:
            session.add(_index(session, source, each))

    def change(
        self, session: Session, old: InformationSourceDocument, new: InformationSourceDocument
    ) -> None:
        """
        Add what the source lists besides.

        Errors: `ConstraintViolation` (`source-index.kept`) where it would list something no longer, or under
                another name.
        """
        gone = [each for each in old.lists if each not in new.lists]
        if gone:
            raise INDEX_KEPT.violation(
                found=f"{new.name} without {gone[0].name!r} for {gone[0].indicator}",
                allowed="what it lists already, and more",
                remedy="Leave what it lists as it is; quotes were made under these names.",
            )
        source = session.scalars(select(InformationSource).filter_by(name=old.name)).one()
        for each in new.lists:
            if each not in old.lists:
                session.add(_index(session, source, each))

    def unused(self, session: Session) -> Iterator[str]:
        """The sources that never said anything."""
        said = (
            exists()
            .where(SourceQuote.index_id == SourceIndex.id)
            .where(SourceIndex.source_id == InformationSource.id)
        )
        yield from session.scalars(
            select(InformationSource.name).where(~said).order_by(InformationSource.name)
        )


class QuoteFormulas(Section[QuoteFormulaDocument]):
    """The section `quote_formulas`."""

    name = FORMULAS
    model = QuoteFormulaDocument

    def read(self, session: Session) -> Iterator[QuoteFormulaDocument]:
        """Every formula over quotes that the database holds."""
        for stored in session.scalars(select(QuoteFormula)):
            yield QuoteFormulaDocument(
                name=stored.name,
                arguments=stored.arguments,
                says=stored.says,
                places=stored.places,
                digits=stored.digits,
            )

    def add(self, session: Session, document: QuoteFormulaDocument) -> None:
        """Store a formula."""
        session.add(
            QuoteFormula(
                name=document.name,
                arguments=document.arguments,
                says=document.says,
                places=document.places,
                digits=document.digits,
            )
        )

    def change(self, session: Session, old: QuoteFormulaDocument, new: QuoteFormulaDocument) -> None:
        """
        Refuse: quotes were calculated by it.

        Errors: `ConstraintViolation` (`quote-formula.kept`).
        """
        raise FORMULA_KEPT.violation(
            found=f"{new.name!r} as {new.fields()}",
            allowed=str(old.fields()),
            remedy="Give the other one another name.",
        )

    def unused(self, session: Session) -> Iterator[str]:
        """The formulas by which no element is calculated."""
        used = exists().where(CalculatedScenarioElement.formula_id == QuoteFormula.id)
        yield from session.scalars(select(QuoteFormula.name).where(~used).order_by(QuoteFormula.name))


class BuildDefinitions(Section[BuildDefinitionDocument]):
    """The section `build_definitions`."""

    name = DEFINITIONS
    model = BuildDefinitionDocument
    after = (SOURCES, FORMULAS, INDICATORS)

    def read(self, session: Session) -> Iterator[BuildDefinitionDocument]:
        """Every build definition as it is believed now."""
        for stored in session.scalars(select(BuildDefinition).filter_by(known_to=UNTIL_CHANGED)):
            yield BuildDefinitionDocument(name=stored.name, steps=stored.steps, conflict=stored.conflict)

    def add(self, session: Session, document: BuildDefinitionDocument) -> None:
        """Store a build definition."""
        session.add(BuildDefinition(name=document.name, steps=document.steps, conflict=document.conflict))

    def change(self, session: Session, old: BuildDefinitionDocument, new: BuildDefinitionDocument) -> None:
        """Let a new version say what `new` says; what was built by the old one can be built again."""
        stored = session.scalars(
            select(BuildDefinition).filter_by(name=old.name, known_to=UNTIL_CHANGED)
        ).one()
        stored.restated(steps=new.steps, conflict=new.conflict)

    def unused(self, session: Session) -> Iterator[str]:
        """The definitions by which nothing was built."""
        used = exists().where(ScenarioBuild.definition_version == BuildDefinition.version)
        yield from session.scalars(
            select(BuildDefinition.name)
            .filter_by(known_to=UNTIL_CHANGED)
            .where(~used)
            .order_by(BuildDefinition.name)
        )


def _index(session: Session, source: InformationSource, listing: ListingDocument) -> SourceIndex:
    indicator = session.scalars(select(MarketIndicator).filter_by(name=listing.indicator)).one()
    return SourceIndex(source=source, indicator=indicator, name=listing.name)


register(InformationSources())
register(QuoteFormulas())
register(BuildDefinitions())
