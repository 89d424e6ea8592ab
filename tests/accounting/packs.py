"""The accounting knowledge of a utility and of a telephone company, as packs."""

UTILITY = """\
pack: {name: utility, version: 1.0, source: Accounting Patterns}

account_types: [{name: base usage}, {name: service}, {name: tax}]
event_types: [{name: usage}, {name: service call}]

posting_rules:
  - name: regular usage
    trigger: {on: event, event: usage, of: usage}
    output:
      source: {find: account, account: receivable}
      destination: {find: type, type: base usage}
    terms:
      - period: {start: 1999-10-01}
        method: {kind: rate, multiplier: 10 USD/(kW.h)}

  - name: low pay usage
    trigger: {on: event, event: usage, of: usage}
    output:
      source: {find: account, account: receivable}
      destination: {find: type, type: base usage}
    terms:
      - method:
          kind: split
          cases:
            - when: {variables: {usage: kW.h}, says: usage > 50}
              method: {kind: rate, multiplier: 10 USD/(kW.h)}
          otherwise: {kind: rate, multiplier: 5 USD/(kW.h)}

  - name: service call
    trigger: {on: event, event: service call, of: fee}
    output:
      source: {find: account, account: receivable}
      destination: {find: type, type: service}
    terms:
      - period: {start: 1999-10-01, end: 1999-12-01}
        method: {kind: formula, variables: {fee: USD}, says: 0.5 * fee + 10, unit: USD}
      - period: {start: 1999-12-01}
        method: {kind: formula, variables: {fee: USD}, says: 0.5 * fee + 15, unit: USD}

  - name: tax on usage
    trigger: {on: type, type: base usage}
    output:
      source: {find: account, account: receivable}
      destination: {find: type, type: tax}
    terms:
      - method: {kind: rate, multiplier: 5.5 %}
        eligibility: {variables: {amount: USD}, says: amount > 0.10}

practice_types: [{name: billing}]

service_agreements:
  - {name: standard, type: billing, rules: [regular usage, service call, tax on usage]}
  - {name: low pay, type: billing, rules: [low pay usage, tax on usage]}
"""

TELEPHONE = """\
pack: {name: telephone, version: 1.0}

posting_rules:
  - name: split calls
    trigger: {on: summary, summary: basic time}
    outputs:
      day: {source: {find: trigger}, destination: {find: summary, summary: day time}}
      evening: {source: {find: trigger}, destination: {find: summary, summary: evening time}}
    terms:
      - method:
          kind: split
          cases:
            - when: {variables: {start: time}, says: start >= "07:00" and start <= "19:00"}
              method: {kind: rate, multiplier: 1, key: day}
          otherwise: {kind: rate, multiplier: 1, key: evening}

  - name: charge evening calls
    trigger: {on: summary, summary: evening time}
    output:
      source: {find: account, account: network income}
      destination: {find: summary, summary: activity}
    terms:
      - method:
          kind: tiers
          steps:
            - {up_to: 1 min, rate: 0.70 USD/min}
            - {up_to: 21 min, rate: 0.20 USD/min}
          top: 0.12 USD/min

  - name: tax
    trigger: {on: summary, summary: activity}
    output: {destination: {find: summary, summary: tax}}
    per: month
    terms:
      - method: {kind: tiers, steps: [{up_to: 50 USD, rate: 6 %}], top: 4 %}

practice_types: [{name: telephone billing}]

practices:
  - {name: basic billing plan, type: telephone billing, rules: [split calls, charge evening calls, tax]}
"""
