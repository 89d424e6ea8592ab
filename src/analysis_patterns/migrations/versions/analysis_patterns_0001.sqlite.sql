CREATE TABLE patterns_accountability_type (
	id BLOB NOT NULL,
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	shape VARCHAR(10) NOT NULL,
	single_responsible BOOLEAN NOT NULL,
	revision INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_patterns_accountability_type PRIMARY KEY (id),
	CONSTRAINT uq_patterns_accountability_type_name UNIQUE (name)
);

CREATE TABLE patterns_location (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_patterns_location PRIMARY KEY (id),
	CONSTRAINT uq_patterns_location_name UNIQUE (name)
);

CREATE TABLE patterns_operating_scope_type (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_patterns_operating_scope_type PRIMARY KEY (id),
	CONSTRAINT uq_patterns_operating_scope_type_name UNIQUE (name)
);

CREATE TABLE patterns_party_type (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_patterns_party_type PRIMARY KEY (id),
	CONSTRAINT uq_patterns_party_type_name UNIQUE (name)
);

CREATE TRIGGER patterns_party_type_self AFTER INSERT ON patterns_party_type FOR EACH ROW BEGIN INSERT INTO patterns_party_type_closure (subtype_id, supertype_id) VALUES (NEW.id, NEW.id); END;

CREATE TRIGGER patterns_party_type_forget BEFORE DELETE ON patterns_party_type FOR EACH ROW BEGIN DELETE FROM patterns_party_type_closure WHERE subtype_id = OLD.id AND supertype_id = OLD.id; END;

CREATE TABLE patterns_product_type (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_patterns_product_type PRIMARY KEY (id),
	CONSTRAINT uq_patterns_product_type_name UNIQUE (name)
);

CREATE TABLE patterns_thing (
	id BLOB NOT NULL,
	kind VARCHAR(100) NOT NULL,
	CONSTRAINT pk_patterns_thing PRIMARY KEY (id)
);

CREATE TABLE patterns_accountability_level (
	accountability_type_id BLOB NOT NULL,
	position INTEGER NOT NULL,
	party_type_id BLOB NOT NULL,
	CONSTRAINT pk_patterns_accountability_level PRIMARY KEY (accountability_type_id, position),
	CONSTRAINT fk_patterns_accountability_level_accountability_type_id FOREIGN KEY(accountability_type_id) REFERENCES patterns_accountability_type (id),
	CONSTRAINT fk_patterns_accountability_level_party_type_id FOREIGN KEY(party_type_id) REFERENCES patterns_party_type (id)
);

CREATE TABLE patterns_connection_rule (
	commissioner_id BLOB NOT NULL,
	responsible_id BLOB NOT NULL,
	accountability_type_id BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	CONSTRAINT pk_patterns_connection_rule PRIMARY KEY (commissioner_id, responsible_id, accountability_type_id, valid_from),
	CONSTRAINT ck_patterns_connection_rule_period_order CHECK (valid_from < valid_to),
	CONSTRAINT fk_patterns_connection_rule_commissioner_id FOREIGN KEY(commissioner_id) REFERENCES patterns_party_type (id),
	CONSTRAINT fk_patterns_connection_rule_responsible_id FOREIGN KEY(responsible_id) REFERENCES patterns_party_type (id),
	CONSTRAINT fk_patterns_connection_rule_accountability_type_id FOREIGN KEY(accountability_type_id) REFERENCES patterns_accountability_type (id)
);

CREATE TABLE patterns_eligibility (
	role VARCHAR(12) NOT NULL,
	party_type_id BLOB NOT NULL,
	accountability_type_id BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	CONSTRAINT pk_patterns_eligibility PRIMARY KEY (role, party_type_id, accountability_type_id, valid_from),
	CONSTRAINT ck_patterns_eligibility_period_order CHECK (valid_from < valid_to),
	CONSTRAINT fk_patterns_eligibility_party_type_id FOREIGN KEY(party_type_id) REFERENCES patterns_party_type (id),
	CONSTRAINT fk_patterns_eligibility_accountability_type_id FOREIGN KEY(accountability_type_id) REFERENCES patterns_accountability_type (id)
);

CREATE TABLE patterns_operating_scope_admission (
	scope_type_id BLOB NOT NULL,
	accountability_type_id BLOB NOT NULL,
	CONSTRAINT pk_patterns_operating_scope_admission PRIMARY KEY (scope_type_id, accountability_type_id),
	CONSTRAINT fk_patterns_operating_scope_admission_scope_type_id FOREIGN KEY(scope_type_id) REFERENCES patterns_operating_scope_type (id),
	CONSTRAINT fk_patterns_operating_scope_admission_accountability_type_id FOREIGN KEY(accountability_type_id) REFERENCES patterns_accountability_type (id)
);

CREATE TABLE patterns_party (
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	id BLOB NOT NULL,
	parent_id BLOB,
	CONSTRAINT pk_patterns_party PRIMARY KEY (id),
	CONSTRAINT fk_patterns_party_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_party_parent_id FOREIGN KEY(parent_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_patterns_party_name ON patterns_party (name);

CREATE INDEX ix_patterns_party_parent_id ON patterns_party (parent_id);

CREATE TRIGGER patterns_party_insert_organization_parent_cycle BEFORE INSERT ON patterns_party FOR EACH ROW WHEN NEW.parent_id IS NOT NULL AND EXISTS (WITH RECURSIVE up(party) AS (SELECT NEW.parent_id UNION SELECT o.parent_id FROM up JOIN patterns_party o ON o.id BETWEEN up.party AND up.party AND o.parent_id IS NOT NULL) SELECT 1 FROM up WHERE up.party = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule organization.parent-cycle: an organization above itself'); END;

CREATE TRIGGER patterns_party_update_organization_parent_cycle BEFORE UPDATE OF parent_id ON patterns_party FOR EACH ROW WHEN NEW.parent_id IS NOT NULL AND EXISTS (WITH RECURSIVE up(party) AS (SELECT NEW.parent_id UNION SELECT o.parent_id FROM up JOIN patterns_party o ON o.id BETWEEN up.party AND up.party AND o.parent_id IS NOT NULL) SELECT 1 FROM up WHERE up.party = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule organization.parent-cycle: an organization above itself'); END;

CREATE TABLE patterns_party_type_closure (
	subtype_id BLOB NOT NULL,
	supertype_id BLOB NOT NULL,
	CONSTRAINT pk_patterns_party_type_closure PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_patterns_party_type_closure_subtype_id FOREIGN KEY(subtype_id) REFERENCES patterns_party_type (id),
	CONSTRAINT fk_patterns_party_type_closure_supertype_id FOREIGN KEY(supertype_id) REFERENCES patterns_party_type (id)
);

CREATE TABLE patterns_party_type_generalization (
	subtype_id BLOB NOT NULL,
	supertype_id BLOB NOT NULL,
	CONSTRAINT pk_patterns_party_type_generalization PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_patterns_party_type_generalization_subtype_id FOREIGN KEY(subtype_id) REFERENCES patterns_party_type (id),
	CONSTRAINT fk_patterns_party_type_generalization_supertype_id FOREIGN KEY(supertype_id) REFERENCES patterns_party_type (id)
);

CREATE INDEX ix_patterns_party_type_generalization_supertype_id ON patterns_party_type_generalization (supertype_id);

CREATE TRIGGER patterns_party_type_generalization_insert_party_type_acyclic BEFORE INSERT ON patterns_party_type_generalization FOR EACH ROW WHEN NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM patterns_party_type_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) BEGIN SELECT RAISE(ABORT, 'rule party-type.acyclic: a supertype that is a subtype already'); END;

CREATE TRIGGER patterns_party_type_generalization_update_party_type_acyclic BEFORE UPDATE ON patterns_party_type_generalization FOR EACH ROW WHEN NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM patterns_party_type_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) BEGIN SELECT RAISE(ABORT, 'rule party-type.acyclic: a supertype that is a subtype already'); END;

CREATE TRIGGER patterns_party_type_extend AFTER INSERT ON patterns_party_type_generalization FOR EACH ROW BEGIN INSERT INTO patterns_party_type_closure (subtype_id, supertype_id)
SELECT DISTINCT below.subtype_id, above.supertype_id
FROM patterns_party_type_closure below, patterns_party_type_closure above
WHERE below.supertype_id = NEW.subtype_id AND above.subtype_id = NEW.supertype_id
AND NOT EXISTS (SELECT 1 FROM patterns_party_type_closure k
    WHERE k.subtype_id = below.subtype_id AND k.supertype_id = above.supertype_id); END;

CREATE TRIGGER patterns_party_type_rebuild_update AFTER UPDATE ON patterns_party_type_generalization FOR EACH ROW BEGIN DELETE FROM patterns_party_type_closure; INSERT INTO patterns_party_type_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM patterns_party_type
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN patterns_party_type_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; END;

CREATE TRIGGER patterns_party_type_rebuild_delete AFTER DELETE ON patterns_party_type_generalization FOR EACH ROW BEGIN DELETE FROM patterns_party_type_closure; INSERT INTO patterns_party_type_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM patterns_party_type
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN patterns_party_type_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; END;

CREATE TABLE patterns_accountability (
	kind VARCHAR(50) NOT NULL,
	type_id BLOB NOT NULL,
	commissioner_id BLOB NOT NULL,
	responsible_id BLOB NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_patterns_accountability PRIMARY KEY (version),
	CONSTRAINT ck_patterns_accountability_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_accountability_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_accountability_self_link CHECK (commissioner_id <> responsible_id),
	CONSTRAINT fk_patterns_accountability_type_id FOREIGN KEY(type_id) REFERENCES patterns_accountability_type (id),
	CONSTRAINT fk_patterns_accountability_commissioner_id FOREIGN KEY(commissioner_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_accountability_responsible_id FOREIGN KEY(responsible_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_accountability_id FOREIGN KEY(id) REFERENCES patterns_accountability (version)
);

CREATE INDEX ix_patterns_accountability_above ON patterns_accountability (responsible_id, type_id, valid_from, valid_to, known_from, known_to, commissioner_id, version);

CREATE INDEX ix_patterns_accountability_below ON patterns_accountability (commissioner_id, type_id, valid_from, valid_to, known_from, known_to, responsible_id);

CREATE UNIQUE INDEX uq_patterns_accountability_believed ON patterns_accountability (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER patterns_accountability_insert_history_append_only BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_accountability o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER patterns_accountability_update_history_append_only BEFORE UPDATE ON patterns_accountability FOR EACH ROW WHEN NEW.kind IS NOT OLD.kind OR NEW.type_id IS NOT OLD.type_id OR NEW.commissioner_id IS NOT OLD.commissioner_id OR NEW.responsible_id IS NOT OLD.responsible_id OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER patterns_accountability_delete_history_append_only BEFORE DELETE ON patterns_accountability FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER patterns_accountability_insert_history_begins_believed BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER patterns_accountability_insert_history_one_current BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_accountability o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER patterns_accountability_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_accountability FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER patterns_accountability_revision_insert AFTER INSERT ON patterns_accountability FOR EACH ROW BEGIN UPDATE patterns_accountability_type SET revision = revision + 1 WHERE id = NEW.type_id AND (shape <> 'network' OR single_responsible); END;

CREATE TRIGGER patterns_accountability_revision_update AFTER UPDATE ON patterns_accountability FOR EACH ROW BEGIN UPDATE patterns_accountability_type SET revision = revision + 1 WHERE id = NEW.type_id AND (shape <> 'network' OR single_responsible); END;

CREATE TRIGGER patterns_accountability_insert_accountability_commissioner_type BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN (NOT EXISTS (SELECT 1 FROM patterns_party_classification c JOIN patterns_party_type_closure ck ON ck.subtype_id = c.type_id JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id WHERE e.accountability_type_id = NEW.type_id AND e.role = 'commissioner' AND c.party_id = NEW.commissioner_id AND c.known_to = '9999-12-30 00:00:00.000000' AND c.valid_from <= NEW.valid_from AND NEW.valid_from < c.valid_to AND e.valid_from <= NEW.valid_from AND NEW.valid_from < e.valid_to) OR EXISTS (SELECT 1 FROM patterns_party_classification d WHERE d.party_id = NEW.commissioner_id AND d.known_to = '9999-12-30 00:00:00.000000' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_party_classification c JOIN patterns_party_type_closure ck ON ck.subtype_id = c.type_id JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id WHERE e.accountability_type_id = NEW.type_id AND e.role = 'commissioner' AND c.party_id = NEW.commissioner_id AND c.known_to = '9999-12-30 00:00:00.000000' AND c.valid_from <= d.valid_to AND d.valid_to < c.valid_to AND e.valid_from <= d.valid_to AND d.valid_to < e.valid_to)) OR EXISTS (SELECT 1 FROM patterns_eligibility d WHERE d.accountability_type_id = NEW.type_id AND d.role = 'commissioner' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_party_classification c JOIN patterns_party_type_closure ck ON ck.subtype_id = c.type_id JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id WHERE e.accountability_type_id = NEW.type_id AND e.role = 'commissioner' AND c.party_id = NEW.commissioner_id AND c.known_to = '9999-12-30 00:00:00.000000' AND c.valid_from <= d.valid_to AND d.valid_to < c.valid_to AND e.valid_from <= d.valid_to AND d.valid_to < e.valid_to))) BEGIN SELECT RAISE(ABORT, 'rule accountability.commissioner-type: a commissioner of a type that is not admitted'); END;

CREATE TRIGGER patterns_accountability_insert_accountability_responsible_type BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN (NOT EXISTS (SELECT 1 FROM patterns_party_classification c JOIN patterns_party_type_closure ck ON ck.subtype_id = c.type_id JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id WHERE e.accountability_type_id = NEW.type_id AND e.role = 'responsible' AND c.party_id = NEW.responsible_id AND c.known_to = '9999-12-30 00:00:00.000000' AND c.valid_from <= NEW.valid_from AND NEW.valid_from < c.valid_to AND e.valid_from <= NEW.valid_from AND NEW.valid_from < e.valid_to) OR EXISTS (SELECT 1 FROM patterns_party_classification d WHERE d.party_id = NEW.responsible_id AND d.known_to = '9999-12-30 00:00:00.000000' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_party_classification c JOIN patterns_party_type_closure ck ON ck.subtype_id = c.type_id JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id WHERE e.accountability_type_id = NEW.type_id AND e.role = 'responsible' AND c.party_id = NEW.responsible_id AND c.known_to = '9999-12-30 00:00:00.000000' AND c.valid_from <= d.valid_to AND d.valid_to < c.valid_to AND e.valid_from <= d.valid_to AND d.valid_to < e.valid_to)) OR EXISTS (SELECT 1 FROM patterns_eligibility d WHERE d.accountability_type_id = NEW.type_id AND d.role = 'responsible' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_party_classification c JOIN patterns_party_type_closure ck ON ck.subtype_id = c.type_id JOIN patterns_eligibility e ON e.party_type_id = ck.supertype_id WHERE e.accountability_type_id = NEW.type_id AND e.role = 'responsible' AND c.party_id = NEW.responsible_id AND c.known_to = '9999-12-30 00:00:00.000000' AND c.valid_from <= d.valid_to AND d.valid_to < c.valid_to AND e.valid_from <= d.valid_to AND d.valid_to < e.valid_to))) BEGIN SELECT RAISE(ABORT, 'rule accountability.responsible-type: a responsible party of a type not admitted'); END;

CREATE TRIGGER patterns_accountability_insert_accountability_connection BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_connection_rule r WHERE r.accountability_type_id = NEW.type_id) AND (NOT EXISTS (SELECT 1 FROM patterns_connection_rule r, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = r.commissioner_id AND bk.supertype_id = r.responsible_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= NEW.valid_from AND NEW.valid_from < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= NEW.valid_from AND NEW.valid_from < b.valid_to AND r.accountability_type_id = NEW.type_id AND r.valid_from <= NEW.valid_from AND NEW.valid_from < r.valid_to) OR EXISTS (SELECT 1 FROM patterns_party_classification d WHERE d.party_id = NEW.commissioner_id AND d.known_to = '9999-12-30 00:00:00.000000' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_connection_rule r, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = r.commissioner_id AND bk.supertype_id = r.responsible_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= d.valid_to AND d.valid_to < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= d.valid_to AND d.valid_to < b.valid_to AND r.accountability_type_id = NEW.type_id AND r.valid_from <= d.valid_to AND d.valid_to < r.valid_to)) OR EXISTS (SELECT 1 FROM patterns_party_classification d WHERE d.party_id = NEW.responsible_id AND d.known_to = '9999-12-30 00:00:00.000000' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_connection_rule r, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = r.commissioner_id AND bk.supertype_id = r.responsible_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= d.valid_to AND d.valid_to < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= d.valid_to AND d.valid_to < b.valid_to AND r.accountability_type_id = NEW.type_id AND r.valid_from <= d.valid_to AND d.valid_to < r.valid_to)) OR EXISTS (SELECT 1 FROM patterns_connection_rule d WHERE d.accountability_type_id = NEW.type_id AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_connection_rule r, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = r.commissioner_id AND bk.supertype_id = r.responsible_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= d.valid_to AND d.valid_to < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= d.valid_to AND d.valid_to < b.valid_to AND r.accountability_type_id = NEW.type_id AND r.valid_from <= d.valid_to AND d.valid_to < r.valid_to))) BEGIN SELECT RAISE(ABORT, 'rule accountability.connection: a pair of parties that no connection rule admits'); END;

CREATE TRIGGER patterns_accountability_insert_leveled_next_level BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_accountability_level h WHERE h.accountability_type_id = NEW.type_id) AND (NOT EXISTS (SELECT 1 FROM patterns_accountability_level h JOIN patterns_accountability_level l ON l.accountability_type_id = h.accountability_type_id AND l.position = h.position + 1, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = h.party_type_id AND bk.supertype_id = l.party_type_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= NEW.valid_from AND NEW.valid_from < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= NEW.valid_from AND NEW.valid_from < b.valid_to AND h.accountability_type_id = NEW.type_id) OR EXISTS (SELECT 1 FROM patterns_party_classification d WHERE d.party_id = NEW.commissioner_id AND d.known_to = '9999-12-30 00:00:00.000000' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_accountability_level h JOIN patterns_accountability_level l ON l.accountability_type_id = h.accountability_type_id AND l.position = h.position + 1, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = h.party_type_id AND bk.supertype_id = l.party_type_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= d.valid_to AND d.valid_to < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= d.valid_to AND d.valid_to < b.valid_to AND h.accountability_type_id = NEW.type_id)) OR EXISTS (SELECT 1 FROM patterns_party_classification d WHERE d.party_id = NEW.responsible_id AND d.known_to = '9999-12-30 00:00:00.000000' AND d.valid_to > NEW.valid_from AND d.valid_to < NEW.valid_to AND NOT EXISTS (SELECT 1 FROM patterns_accountability_level h JOIN patterns_accountability_level l ON l.accountability_type_id = h.accountability_type_id AND l.position = h.position + 1, patterns_party_classification a JOIN patterns_party_type_closure ak ON ak.subtype_id = a.type_id, patterns_party_classification b JOIN patterns_party_type_closure bk ON bk.subtype_id = b.type_id WHERE ak.supertype_id = h.party_type_id AND bk.supertype_id = l.party_type_id AND a.party_id = NEW.commissioner_id AND a.known_to = '9999-12-30 00:00:00.000000' AND a.valid_from <= d.valid_to AND d.valid_to < a.valid_to AND b.party_id = NEW.responsible_id AND b.known_to = '9999-12-30 00:00:00.000000' AND b.valid_from <= d.valid_to AND d.valid_to < b.valid_to AND h.accountability_type_id = NEW.type_id))) BEGIN SELECT RAISE(ABORT, 'rule leveled.next-level: a commissioner that is not one level above'); END;

CREATE TRIGGER patterns_accountability_insert_hierarchic_single_parent BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_accountability_type t WHERE t.id = NEW.type_id AND t.shape = 'tree') AND EXISTS (SELECT 1 FROM patterns_accountability o WHERE o.responsible_id = NEW.responsible_id AND o.type_id = NEW.type_id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.id <> NEW.id AND o.valid_from < NEW.valid_to AND o.valid_to > NEW.valid_from) BEGIN SELECT RAISE(ABORT, 'rule hierarchic.single-parent: a second commissioner at the same time'); END;

CREATE TRIGGER patterns_accountability_insert_accountability_single_r_4f093d3a BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_accountability_type t WHERE t.id = NEW.type_id AND t.single_responsible) AND EXISTS (SELECT 1 FROM patterns_accountability o WHERE o.commissioner_id = NEW.commissioner_id AND o.type_id = NEW.type_id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.id <> NEW.id AND o.valid_from < NEW.valid_to AND o.valid_to > NEW.valid_from) BEGIN SELECT RAISE(ABORT, 'rule accountability.single-responsible: a second responsible party at the same time'); END;

CREATE TRIGGER patterns_accountability_insert_hierarchic_no_cycle BEFORE INSERT ON patterns_accountability FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_accountability_type t WHERE t.id = NEW.type_id AND t.shape <> 'network') AND EXISTS (WITH RECURSIVE up(party, since, until) AS (SELECT NEW.commissioner_id, NEW.valid_from, NEW.valid_to UNION SELECT o.commissioner_id, max(o.valid_from, up.since), min(o.valid_to, up.until) FROM up JOIN patterns_accountability o ON o.responsible_id BETWEEN up.party AND up.party AND +o.type_id = NEW.type_id AND +o.known_to = '9999-12-30 00:00:00.000000' AND o.valid_from < up.until AND o.valid_to > up.since) SELECT 1 FROM up WHERE up.party = NEW.responsible_id) BEGIN SELECT RAISE(ABORT, 'rule hierarchic.no-cycle: a circle of accountabilities'); END;

CREATE TABLE patterns_contact_point (
	kind VARCHAR(50) NOT NULL,
	text VARCHAR(500) NOT NULL,
	party_id BLOB NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_patterns_contact_point PRIMARY KEY (version),
	CONSTRAINT ck_patterns_contact_point_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_contact_point_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_contact_point_party_id FOREIGN KEY(party_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_contact_point_id FOREIGN KEY(id) REFERENCES patterns_contact_point (version)
);

CREATE INDEX ix_patterns_contact_point_party_id ON patterns_contact_point (party_id);

CREATE UNIQUE INDEX uq_patterns_contact_point_believed ON patterns_contact_point (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER patterns_contact_point_insert_history_append_only BEFORE INSERT ON patterns_contact_point FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_contact_point o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER patterns_contact_point_update_history_append_only BEFORE UPDATE ON patterns_contact_point FOR EACH ROW WHEN NEW.kind IS NOT OLD.kind OR NEW.text IS NOT OLD.text OR NEW.party_id IS NOT OLD.party_id OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER patterns_contact_point_delete_history_append_only BEFORE DELETE ON patterns_contact_point FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER patterns_contact_point_insert_history_begins_believed BEFORE INSERT ON patterns_contact_point FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER patterns_contact_point_insert_history_one_current BEFORE INSERT ON patterns_contact_point FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_contact_point o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER patterns_contact_point_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_contact_point FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TABLE patterns_party_classification (
	party_id BLOB NOT NULL,
	type_id BLOB NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_patterns_party_classification PRIMARY KEY (version),
	CONSTRAINT ck_patterns_party_classification_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_party_classification_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_party_classification_party_id FOREIGN KEY(party_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_party_classification_type_id FOREIGN KEY(type_id) REFERENCES patterns_party_type (id),
	CONSTRAINT fk_patterns_party_classification_id FOREIGN KEY(id) REFERENCES patterns_party_classification (version)
);

CREATE INDEX ix_patterns_party_classification_party_id ON patterns_party_classification (party_id);

CREATE INDEX ix_patterns_party_classification_type_id ON patterns_party_classification (type_id);

CREATE UNIQUE INDEX uq_patterns_party_classification_believed ON patterns_party_classification (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER patterns_party_classification_insert_history_append_only BEFORE INSERT ON patterns_party_classification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_party_classification o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER patterns_party_classification_update_history_append_only BEFORE UPDATE ON patterns_party_classification FOR EACH ROW WHEN NEW.party_id IS NOT OLD.party_id OR NEW.type_id IS NOT OLD.type_id OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER patterns_party_classification_delete_history_append_only BEFORE DELETE ON patterns_party_classification FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER patterns_party_classification_insert_history_begins_believed BEFORE INSERT ON patterns_party_classification FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER patterns_party_classification_insert_history_one_current BEFORE INSERT ON patterns_party_classification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_party_classification o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER patterns_party_classification_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_party_classification FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TABLE patterns_operating_scope (
	kind VARCHAR(50) NOT NULL,
	accountability_id BLOB NOT NULL,
	type_id BLOB NOT NULL,
	location_id BLOB,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	product_type_id BLOB,
	CONSTRAINT pk_patterns_operating_scope PRIMARY KEY (version),
	CONSTRAINT ck_patterns_operating_scope_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_operating_scope_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_operating_scope_territory_product CHECK (kind <> 'sales_territory' OR product_type_id IS NOT NULL),
	CONSTRAINT fk_patterns_operating_scope_accountability_id FOREIGN KEY(accountability_id) REFERENCES patterns_accountability (version),
	CONSTRAINT fk_patterns_operating_scope_type_id FOREIGN KEY(type_id) REFERENCES patterns_operating_scope_type (id),
	CONSTRAINT fk_patterns_operating_scope_location_id FOREIGN KEY(location_id) REFERENCES patterns_location (id),
	CONSTRAINT fk_patterns_operating_scope_id FOREIGN KEY(id) REFERENCES patterns_operating_scope (version),
	CONSTRAINT fk_patterns_operating_scope_product_type_id FOREIGN KEY(product_type_id) REFERENCES patterns_product_type (id)
);

CREATE INDEX ix_patterns_operating_scope_accountability_id ON patterns_operating_scope (accountability_id);

CREATE UNIQUE INDEX uq_patterns_operating_scope_believed ON patterns_operating_scope (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER patterns_operating_scope_insert_history_append_only BEFORE INSERT ON patterns_operating_scope FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_operating_scope o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER patterns_operating_scope_update_history_append_only BEFORE UPDATE ON patterns_operating_scope FOR EACH ROW WHEN NEW.kind IS NOT OLD.kind OR NEW.accountability_id IS NOT OLD.accountability_id OR NEW.type_id IS NOT OLD.type_id OR NEW.location_id IS NOT OLD.location_id OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id OR NEW.product_type_id IS NOT OLD.product_type_id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER patterns_operating_scope_delete_history_append_only BEFORE DELETE ON patterns_operating_scope FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER patterns_operating_scope_insert_history_begins_believed BEFORE INSERT ON patterns_operating_scope FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER patterns_operating_scope_insert_history_one_current BEFORE INSERT ON patterns_operating_scope FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_operating_scope o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER patterns_operating_scope_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_operating_scope FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER patterns_operating_scope_insert_scope_admitted BEFORE INSERT ON patterns_operating_scope FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM patterns_accountability a JOIN patterns_operating_scope_admission m ON m.accountability_type_id = a.type_id WHERE a.id = NEW.accountability_id AND m.scope_type_id = NEW.type_id) BEGIN SELECT RAISE(ABORT, 'rule scope.admitted: a scope on another type of accountability'); END;

CREATE TABLE patterns_undertaking (
	accountability_id BLOB NOT NULL,
	action_id BLOB NOT NULL,
	CONSTRAINT pk_patterns_undertaking PRIMARY KEY (accountability_id, action_id),
	CONSTRAINT fk_patterns_undertaking_accountability_id FOREIGN KEY(accountability_id) REFERENCES patterns_accountability (version),
	CONSTRAINT fk_patterns_undertaking_action_id FOREIGN KEY(action_id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_undertaking_action_id ON patterns_undertaking (action_id);
