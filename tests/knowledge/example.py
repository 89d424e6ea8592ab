"""The packs that these specifications load: the book's doctors, and its chart of ACM."""

CLINIC = """\
pack: {name: clinic, version: 1.0, description: Who may treat whom, source: Analysis Patterns 2.5 and 2.6}

party_types:
  - name: patient
  - name: doctor
  - name: GP
    supertypes: [doctor]

accountability_types:
  - name: patient consent
    commissioners: [patient]
    responsibles: [doctor]
"""

CHART = """\
pack: {name: chart, version: 1.0}

party_types:
  - name: operating unit
  - name: region
  - name: division
  - name: sales office

accountability_types:
  - name: line management
    shape: tree
    levels: [operating unit, region, division, sales office]
  - name: product support
    shape: dag
    connections:
      - {commissioner: region, responsible: sales office}
      - commissioner: division
        responsible: sales office
        period: {start: 1995-01-01, end: 1996-01-01}
  - name: sponsorship
    single_responsible: true
    commissioners:
      - region
      - type: division
        period: {start: 1995-01-01}
    responsibles: [sales office]
"""

COFFEE = """\
pack: {name: coffee, version: 1.0}

product_types:
  - name: 11-10
  - name: 2170

party_types: [{name: region}, {name: sales office}]

accountability_types:
  - {name: sales, connections: [{commissioner: region, responsible: sales office}]}

operating_scope_types:
  - name: sales territory
    accountability_types: [sales]
  - name: advertising
"""
