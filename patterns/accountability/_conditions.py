"""The rules of chapter 2 as SQL: each gives what is true of a row that breaks it, for triggers and audits."""

from __future__ import annotations

from ..persistence.guard import Guard, one_at_a_time, trigger

_TABLE = "patterns_accountability"
_TIED = "(shape <> 'network' OR single_responsible)"
_TYPES = (
    "patterns_party_classification {name} JOIN patterns_party_type_closure {name}k "
    "ON {name}k.subtype_id = {name}.type_id"
)


def _of(party: str, name: str, day: str) -> str:
    """Holds where `name` classifies `party` on `day`, as believed now."""
    return (
        f"{name}.party_id = {party} AND {name}.known_to = <forever> "
        f"AND {name}.valid_from <= {day} AND {day} < {name}.valid_to"
    )


def _some_day(row: str, uncovered: str, *ends: str) -> str:
    """
    Holds where some day of the row's period is `uncovered`.

    Cover can only stop on the first day, or where a classification or a rule ends; `ends` are the
    sources of such days, each called d.
    """
    later = (
        f"EXISTS (SELECT 1 FROM {source} AND d.valid_to > {row}.valid_from AND d.valid_to < {row}.valid_to "
        f"AND {uncovered.format(day='d.valid_to')})"
        for source in ends
    )
    return "(" + " OR ".join([uncovered.format(day=f"{row}.valid_from"), *later]) + ")"


def _classifications_of(party: str) -> str:
    return f"patterns_party_classification d WHERE d.party_id = {party} AND d.known_to = <forever>"


def _role(row: str, role: str) -> str:
    party = f"{row}.{role}_id"
    eligible = f"e.accountability_type_id = {row}.type_id AND e.role = '{role}'"
    uncovered = (
        f"NOT EXISTS (SELECT 1 FROM {_TYPES.format(name='c')} "
        "JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id "
        f"WHERE {eligible} AND {_of(party, 'c', '{day}')} "
        "AND e.valid_from <= {day} AND {day} < e.valid_to)"
    )
    rules = f"patterns_eligibility d WHERE {eligible.replace('e.', 'd.', 1).replace(' e.', ' d.')}"
    return _some_day(row, uncovered, _classifications_of(party), rules)


def commissioner_type(row: str) -> str:
    """The commissioner is of no admitted type on some day."""
    return _role(row, "commissioner")


def responsible_type(row: str) -> str:
    """The responsible party is of no admitted type on some day."""
    return _role(row, "responsible")


def _pair(row: str, rules: str, above: str, below: str) -> str:
    return (
        f"SELECT 1 FROM {rules}, {_TYPES.format(name='a')}, {_TYPES.format(name='b')} "
        f"WHERE ak.supertype_id = {above} AND bk.supertype_id = {below} "
        f"AND {_of(f'{row}.commissioner_id', 'a', '{day}')} "
        f"AND {_of(f'{row}.responsible_id', 'b', '{day}')}"
    )


def connection(row: str) -> str:
    """The type has connection rules, and on some day none of them admits the pair."""
    own = f"r.accountability_type_id = {row}.type_id"
    pair = _pair(row, "patterns_connection_rule r", "r.commissioner_id", "r.responsible_id")
    uncovered = f"NOT EXISTS ({pair} AND {own} AND r.valid_from <= {{day}} AND {{day}} < r.valid_to)"
    bad_day = _some_day(
        row,
        uncovered,
        _classifications_of(f"{row}.commissioner_id"),
        _classifications_of(f"{row}.responsible_id"),
        f"patterns_connection_rule d WHERE d.accountability_type_id = {row}.type_id",
    )
    return f"EXISTS (SELECT 1 FROM patterns_connection_rule r WHERE {own}) AND {bad_day}"


def next_level(row: str) -> str:
    """The type has levels, and on some day the commissioner is not of the level right above."""
    levels = (
        "patterns_accountability_level h JOIN patterns_accountability_level l "
        "ON l.accountability_type_id = h.accountability_type_id AND l.position = h.position + 1"
    )
    own = f"h.accountability_type_id = {row}.type_id"
    uncovered = f"NOT EXISTS ({_pair(row, levels, 'h.party_type_id', 'l.party_type_id')} AND {own})"
    bad_day = _some_day(
        row,
        uncovered,
        _classifications_of(f"{row}.commissioner_id"),
        _classifications_of(f"{row}.responsible_id"),
    )
    return f"EXISTS (SELECT 1 FROM patterns_accountability_level h WHERE {own}) AND {bad_day}"


def _beside(row: str, flag: str, end: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_accountability_type t WHERE t.id = {row}.type_id AND {flag}) "
        f"AND EXISTS (SELECT 1 FROM patterns_accountability o WHERE o.{end} = {row}.{end} "
        f"AND o.type_id = {row}.type_id AND o.known_to = <forever> AND o.id <> {row}.id "
        f"AND o.valid_from < {row}.valid_to AND o.valid_to > {row}.valid_from)"
    )


def single_parent(row: str) -> str:
    """Under a tree, the responsible party is responsible to another one at the same time."""
    return _beside(row, "t.shape = 'tree'", "responsible_id")


def single_responsible(row: str) -> str:
    """Under such a type, the commissioner has another responsible party at the same time."""
    return _beside(row, "t.single_responsible", "commissioner_id")


def cycle(row: str) -> str:
    """Under a hierarchic type, climbing from the commissioner reaches the responsible party."""
    return (
        f"EXISTS (SELECT 1 FROM patterns_accountability_type t WHERE t.id = {row}.type_id "
        "AND t.shape <> 'network') AND EXISTS ("
        "WITH RECURSIVE up(party, since, until) AS ("
        f"SELECT {row}.commissioner_id, {row}.valid_from, {row}.valid_to UNION "
        "SELECT o.commissioner_id, <greatest>(o.valid_from, up.since), <least>(o.valid_to, up.until) "
        "FROM up <each patterns_accountability o> <joins o.responsible_id up.party> "
        f"AND <unindexed>o.type_id = {row}.type_id AND <unindexed>o.known_to = <forever> "
        "AND o.valid_from < up.until AND o.valid_to > up.since<end o>) "
        f"SELECT 1 FROM up WHERE up.party = {row}.responsible_id)"
    )


def parent_cycle(row: str) -> str:
    """Climbing from the parent reaches the organization itself."""
    return (
        f"{row}.parent_id IS NOT NULL AND EXISTS (WITH RECURSIVE up(party) AS ("
        f"SELECT {row}.parent_id UNION SELECT o.parent_id FROM up <each patterns_party o> "
        "<joins o.id up.party> AND o.parent_id IS NOT NULL<end o>) "
        f"SELECT 1 FROM up WHERE up.party = {row}.id)"
    )


def scope_type(row: str) -> str:
    """The accountability that the scope belongs to is of a type that the scope's type does not name."""
    return (
        "NOT EXISTS (SELECT 1 FROM patterns_accountability a JOIN patterns_operating_scope_admission m "
        f"ON m.accountability_type_id = a.type_id WHERE a.id = {row}.accountability_id "
        f"AND m.scope_type_id = {row}.type_id)"
    )


def revision_guards() -> tuple[Guard, ...]:
    """
    Count, on the type, the changes to its accountabilities, where the type ties them together.

    The count is what a snapshot compares; on PostgreSQL it also makes two sessions that change one
    hierarchy wait for each other, or fail to serialize, so that together they cannot make a circle.
    """
    lock = f"1 FROM patterns_accountability_type WHERE id = NEW.type_id AND {_TIED} FOR NO KEY UPDATE"
    return (
        one_at_a_time(_TABLE, lock),
        _counts("INSERT"),
        _counts("UPDATE"),
    )


def _counts(event: str) -> Guard:
    name = f"{_TABLE}_revision_{event.lower()}"
    bump = "UPDATE patterns_accountability_type SET revision = revision + 1"
    one = f"BEGIN {bump} WHERE id = NEW.type_id AND {_TIED}; END"
    # Once a transaction will do, and each reader would pass over a thousand versions of one row.
    first_time = "xmin <> pg_current_xact_id()::xid"
    all_changed = (
        f"{bump} WHERE id IN (SELECT type_id FROM changed) AND {_TIED} AND {first_time}; RETURN NULL;"
    )
    each_statement = f"AFTER {event} ON {_TABLE} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"
    sqlite = f"CREATE TRIGGER {name} AFTER {event} ON {_TABLE} FOR EACH ROW {one}"
    return Guard(name, _TABLE, (sqlite,), trigger(name, each_statement, all_changed))
