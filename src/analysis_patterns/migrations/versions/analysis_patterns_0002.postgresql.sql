CREATE TABLE accounting_account_type (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_accounting_account_type PRIMARY KEY (id),
	CONSTRAINT uq_accounting_account_type_name UNIQUE (name)
);

CREATE FUNCTION accounting_account_type_update_account_type_name_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.name <> OLD.name THEN RAISE EXCEPTION 'rule account-type.name-fixed: another name for an account type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_type_update_account_type_name_fixed BEFORE UPDATE ON accounting_account_type FOR EACH ROW EXECUTE FUNCTION accounting_account_type_update_account_type_name_fixed();

CREATE TABLE accounting_checkpoint_block (
	ledger_id UUID NOT NULL,
	account_id UUID NOT NULL,
	level INTEGER NOT NULL,
	position INTEGER NOT NULL,
	charged DATE NOT NULL,
	high BIGINT NOT NULL,
	low BIGINT NOT NULL,
	CONSTRAINT pk_accounting_checkpoint_block PRIMARY KEY (ledger_id, account_id, level, position, charged)
);

CREATE FUNCTION accounting_checkpoint_block_update_checkpoint_as_entries() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule checkpoint.as-entries: a sum rewritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_checkpoint_block_update_checkpoint_as_entries BEFORE UPDATE ON accounting_checkpoint_block FOR EACH ROW EXECUTE FUNCTION accounting_checkpoint_block_update_checkpoint_as_entries();

CREATE FUNCTION accounting_checkpoint_block_delete_checkpoint_as_entries() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_checkpoint_leaf l WHERE l.ledger_id = OLD.ledger_id AND l.account_id = OLD.account_id AND l.kept = TRUE AND l.number >= (OLD.position + 1) << OLD.level AND l.number < (OLD.position + 2) << OLD.level AND OLD.position % 2 = 0) THEN RAISE EXCEPTION 'rule checkpoint.as-entries: a sum that is needed deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_checkpoint_block_delete_checkpoint_as_entries BEFORE DELETE ON accounting_checkpoint_block FOR EACH ROW EXECUTE FUNCTION accounting_checkpoint_block_delete_checkpoint_as_entries();

CREATE FUNCTION accounting_checkpoint_block_truncate_checkpoint_as_entries() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule checkpoint.as-entries: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_checkpoint_block_truncate_checkpoint_as_entries BEFORE TRUNCATE ON accounting_checkpoint_block FOR EACH STATEMENT EXECUTE FUNCTION accounting_checkpoint_block_truncate_checkpoint_as_entries();

CREATE TABLE accounting_correspondence (
	id UUID NOT NULL,
	CONSTRAINT pk_accounting_correspondence PRIMARY KEY (id)
);

CREATE TABLE accounting_event_type (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_accounting_event_type PRIMARY KEY (id),
	CONSTRAINT uq_accounting_event_type_name UNIQUE (name)
);

CREATE FUNCTION accounting_event_type_update_event_type_name_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.name <> OLD.name THEN RAISE EXCEPTION 'rule event-type.name-fixed: another name for an event type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_event_type_update_event_type_name_fixed BEFORE UPDATE ON accounting_event_type FOR EACH ROW EXECUTE FUNCTION accounting_event_type_update_event_type_name_fixed();

CREATE TABLE accounting_kind_of_goods (
	id UUID NOT NULL,
	unit VARCHAR(255) NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_accounting_kind_of_goods PRIMARY KEY (id),
	CONSTRAINT uq_accounting_kind_of_goods_name UNIQUE (name)
);

CREATE FUNCTION accounting_kind_of_goods_update_kind_of_goods_unit_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.unit <> OLD.unit THEN RAISE EXCEPTION 'rule kind-of-goods.unit-fixed: another unit for a kind of goods' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_kind_of_goods_update_kind_of_goods_unit_fixed BEFORE UPDATE OF unit ON accounting_kind_of_goods FOR EACH ROW EXECUTE FUNCTION accounting_kind_of_goods_update_kind_of_goods_unit_fixed();

CREATE TABLE accounting_ledger (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	barrier TIMESTAMP WITH TIME ZONE,
	closed_before DATE NOT NULL,
	CONSTRAINT pk_accounting_ledger PRIMARY KEY (id),
	CONSTRAINT uq_accounting_ledger_name UNIQUE (name)
);

CREATE FUNCTION accounting_ledger_update_ledger_monotonic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.closed_before < OLD.closed_before OR (OLD.barrier IS NOT NULL AND (NEW.barrier IS NULL OR NEW.barrier < OLD.barrier)) THEN RAISE EXCEPTION 'rule ledger.monotonic: a ledger that would open what it has closed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_ledger_update_ledger_monotonic BEFORE UPDATE ON accounting_ledger FOR EACH ROW EXECUTE FUNCTION accounting_ledger_update_ledger_monotonic();

CREATE FUNCTION accounting_ledger_update_ledger_in_use() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule ledger.in-use: a ledger under another key' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_ledger_update_ledger_in_use BEFORE UPDATE ON accounting_ledger FOR EACH ROW EXECUTE FUNCTION accounting_ledger_update_ledger_in_use();

CREATE FUNCTION accounting_ledger_delete_ledger_in_use() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_account r WHERE r.ledger_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_event r WHERE r.ledger_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_ledger_unit r WHERE r.ledger_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_period_close r WHERE r.ledger_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_practice_assignment r WHERE r.ledger_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_reconsideration r WHERE r.ledger_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_transaction r WHERE r.ledger_id = OLD.id) THEN RAISE EXCEPTION 'rule ledger.in-use: a ledger in use deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_ledger_delete_ledger_in_use BEFORE DELETE ON accounting_ledger FOR EACH ROW EXECUTE FUNCTION accounting_ledger_delete_ledger_in_use();

CREATE FUNCTION accounting_ledger_closed_alone() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM accounting_ledger l WHERE l.id = OLD.id FOR UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_ledger_closed_alone BEFORE UPDATE OF closed_before, barrier ON accounting_ledger FOR EACH ROW EXECUTE FUNCTION accounting_ledger_closed_alone();

CREATE TABLE accounting_posting_rule (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	trigger TEXT NOT NULL,
	outputs TEXT NOT NULL,
	per VARCHAR(10) NOT NULL,
	CONSTRAINT pk_accounting_posting_rule PRIMARY KEY (id),
	CONSTRAINT uq_accounting_posting_rule_name UNIQUE (name)
);

CREATE FUNCTION accounting_posting_rule_update_posting_rule_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.trigger <> OLD.trigger OR NEW.outputs <> OLD.outputs OR NEW.per <> OLD.per THEN RAISE EXCEPTION 'rule posting-rule.fixed: another trigger, output or period of a rule' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_posting_rule_update_posting_rule_fixed BEFORE UPDATE ON accounting_posting_rule FOR EACH ROW EXECUTE FUNCTION accounting_posting_rule_update_posting_rule_fixed();

CREATE TABLE accounting_practice_type (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_accounting_practice_type PRIMARY KEY (id),
	CONSTRAINT uq_accounting_practice_type_name UNIQUE (name)
);

CREATE TABLE accounting_books_directive (
	ledger_id UUID NOT NULL,
	n INTEGER NOT NULL,
	day DATE NOT NULL,
	kind VARCHAR(20) NOT NULL,
	text TEXT NOT NULL,
	CONSTRAINT pk_accounting_books_directive PRIMARY KEY (ledger_id, n),
	CONSTRAINT fk_accounting_books_directive_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_books_directive_update_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule books.as-imported: what was imported would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_books_directive_update_books_as_imported BEFORE UPDATE ON accounting_books_directive FOR EACH ROW EXECUTE FUNCTION accounting_books_directive_update_books_as_imported();

CREATE FUNCTION accounting_books_directive_delete_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule books.as-imported: what was imported would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_books_directive_delete_books_as_imported BEFORE DELETE ON accounting_books_directive FOR EACH ROW EXECUTE FUNCTION accounting_books_directive_delete_books_as_imported();

CREATE FUNCTION accounting_books_directive_truncate_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule books.as-imported: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_books_directive_truncate_books_as_imported BEFORE TRUNCATE ON accounting_books_directive FOR EACH STATEMENT EXECUTE FUNCTION accounting_books_directive_truncate_books_as_imported();

CREATE TABLE accounting_books_import (
	ledger_id UUID NOT NULL,
	source VARCHAR(500) NOT NULL,
	imported TIMESTAMP WITH TIME ZONE NOT NULL,
	document TEXT NOT NULL,
	CONSTRAINT pk_accounting_books_import PRIMARY KEY (ledger_id),
	CONSTRAINT fk_accounting_books_import_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_books_import_update_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule books.as-imported: what was imported would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_books_import_update_books_as_imported BEFORE UPDATE ON accounting_books_import FOR EACH ROW EXECUTE FUNCTION accounting_books_import_update_books_as_imported();

CREATE FUNCTION accounting_books_import_delete_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule books.as-imported: what was imported would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_books_import_delete_books_as_imported BEFORE DELETE ON accounting_books_import FOR EACH ROW EXECUTE FUNCTION accounting_books_import_delete_books_as_imported();

CREATE FUNCTION accounting_books_import_truncate_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule books.as-imported: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_books_import_truncate_books_as_imported BEFORE TRUNCATE ON accounting_books_import FOR EACH STATEMENT EXECUTE FUNCTION accounting_books_import_truncate_books_as_imported();

CREATE TABLE accounting_event (
	ledger_id UUID NOT NULL,
	id UUID NOT NULL,
	type_id UUID NOT NULL,
	subject_id UUID NOT NULL,
	occurred DATE NOT NULL,
	occurred_at TIMESTAMP WITH TIME ZONE,
	noticed TIMESTAMP WITH TIME ZONE NOT NULL,
	attributes TEXT NOT NULL,
	key VARCHAR(200),
	adjusts_id UUID,
	happened BOOLEAN NOT NULL,
	CONSTRAINT pk_accounting_event PRIMARY KEY (ledger_id, id),
	CONSTRAINT uq_accounting_event_ledger_id_key UNIQUE (ledger_id, key),
	CONSTRAINT fk_accounting_event_adjusts FOREIGN KEY(ledger_id, adjusts_id) REFERENCES accounting_event (ledger_id, id),
	CONSTRAINT ck_accounting_event_happened CHECK (happened OR (adjusts_id IS NOT NULL AND attributes = '{}')),
	CONSTRAINT fk_accounting_event_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id),
	CONSTRAINT fk_accounting_event_type_id FOREIGN KEY(type_id) REFERENCES accounting_event_type (id),
	CONSTRAINT fk_accounting_event_subject_id FOREIGN KEY(subject_id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_accounting_event_subject ON accounting_event (ledger_id, subject_id, occurred);

CREATE INDEX ix_accounting_event_type ON accounting_event (ledger_id, type_id, occurred);

CREATE UNIQUE INDEX uq_accounting_event_adjusts ON accounting_event (ledger_id, adjusts_id) WHERE adjusts_id IS NOT NULL;

CREATE FUNCTION accounting_event_insert_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_event o WHERE o.ledger_id = NEW.ledger_id AND o.id = NEW.id) THEN RAISE EXCEPTION 'rule event.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_event_insert_event_append_only BEFORE INSERT ON accounting_event FOR EACH ROW EXECUTE FUNCTION accounting_event_insert_event_append_only();

CREATE FUNCTION accounting_event_update_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule event.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_event_update_event_append_only BEFORE UPDATE ON accounting_event FOR EACH ROW EXECUTE FUNCTION accounting_event_update_event_append_only();

CREATE FUNCTION accounting_event_delete_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule event.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_event_delete_event_append_only BEFORE DELETE ON accounting_event FOR EACH ROW EXECUTE FUNCTION accounting_event_delete_event_append_only();

CREATE FUNCTION accounting_event_truncate_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule event.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_event_truncate_event_append_only BEFORE TRUNCATE ON accounting_event FOR EACH STATEMENT EXECUTE FUNCTION accounting_event_truncate_event_append_only();

CREATE FUNCTION accounting_event_insert_event_adjusts_earlier() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.adjusts_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounting_event o WHERE o.ledger_id = NEW.ledger_id AND o.id = NEW.adjusts_id) THEN RAISE EXCEPTION 'rule event.adjusts-earlier: an event that adjusts none recorded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_event_insert_event_adjusts_earlier BEFORE INSERT ON accounting_event FOR EACH ROW EXECUTE FUNCTION accounting_event_insert_event_adjusts_earlier();

CREATE TABLE accounting_firing_eager (
	ledger_id UUID NOT NULL,
	reached TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_accounting_firing_eager PRIMARY KEY (ledger_id),
	CONSTRAINT fk_accounting_firing_eager_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_firing_eager_update_firing_forward() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.reached < OLD.reached THEN RAISE EXCEPTION 'rule firing.forward: an instant before the one that was reached' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_firing_eager_update_firing_forward BEFORE UPDATE ON accounting_firing_eager FOR EACH ROW EXECUTE FUNCTION accounting_firing_eager_update_firing_forward();

CREATE TABLE accounting_firing_rule (
	ledger_id UUID NOT NULL,
	rule_id UUID NOT NULL,
	reached TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_accounting_firing_rule PRIMARY KEY (ledger_id, rule_id),
	CONSTRAINT fk_accounting_firing_rule_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id),
	CONSTRAINT fk_accounting_firing_rule_rule_id FOREIGN KEY(rule_id) REFERENCES accounting_posting_rule (id)
);

CREATE FUNCTION accounting_firing_rule_update_firing_forward() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.reached < OLD.reached THEN RAISE EXCEPTION 'rule firing.forward: an instant before the one that was reached' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_firing_rule_update_firing_forward BEFORE UPDATE ON accounting_firing_rule FOR EACH ROW EXECUTE FUNCTION accounting_firing_rule_update_firing_forward();

CREATE TABLE accounting_ledger_unit (
	ledger_id UUID NOT NULL,
	code VARCHAR(255) NOT NULL,
	places INTEGER NOT NULL,
	sort VARCHAR(10) NOT NULL,
	CONSTRAINT pk_accounting_ledger_unit PRIMARY KEY (ledger_id, code),
	CONSTRAINT ck_accounting_ledger_unit_places CHECK (places BETWEEN 0 AND 38),
	CONSTRAINT fk_accounting_ledger_unit_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_ledger_unit_update_ledger_unit_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.places <> OLD.places OR NEW.sort <> OLD.sort OR NEW.code <> OLD.code OR NEW.ledger_id <> OLD.ledger_id THEN RAISE EXCEPTION 'rule ledger.unit-fixed: another unit, or another step of it, for what is counted so far' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_ledger_unit_update_ledger_unit_fixed BEFORE UPDATE ON accounting_ledger_unit FOR EACH ROW EXECUTE FUNCTION accounting_ledger_unit_update_ledger_unit_fixed();

CREATE FUNCTION accounting_ledger_unit_delete_ledger_in_use() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_account r WHERE r.ledger_id = OLD.ledger_id AND r.unit_code = OLD.code) THEN RAISE EXCEPTION 'rule ledger.in-use: a unit in use deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_ledger_unit_delete_ledger_in_use BEFORE DELETE ON accounting_ledger_unit FOR EACH ROW EXECUTE FUNCTION accounting_ledger_unit_delete_ledger_in_use();

CREATE TABLE accounting_period_close (
	id UUID NOT NULL,
	ledger_id UUID NOT NULL,
	before DATE NOT NULL,
	known_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_accounting_period_close PRIMARY KEY (id),
	CONSTRAINT uq_accounting_period_close_ledger_id_before UNIQUE (ledger_id, before),
	CONSTRAINT fk_accounting_period_close_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_period_close_insert_period_close_forward() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_period_close c WHERE c.ledger_id = NEW.ledger_id AND c.before >= NEW.before) THEN RAISE EXCEPTION 'rule period-close.forward: a close no further than one before it' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_period_close_insert_period_close_forward BEFORE INSERT ON accounting_period_close FOR EACH ROW EXECUTE FUNCTION accounting_period_close_insert_period_close_forward();

CREATE FUNCTION accounting_period_close_insert_period_close_as_ledger() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM accounting_period_close c WHERE c.ledger_id = NEW.ledger_id AND c.before >= NEW.before) AND NOT EXISTS (SELECT 1 FROM accounting_ledger l WHERE l.id = NEW.ledger_id AND l.closed_before = NEW.before AND l.barrier = NEW.known_at) THEN RAISE EXCEPTION 'rule period-close.as-ledger: a close that its ledger does not know of' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_period_close_insert_period_close_as_ledger BEFORE INSERT ON accounting_period_close FOR EACH ROW EXECUTE FUNCTION accounting_period_close_insert_period_close_as_ledger();

CREATE FUNCTION accounting_period_close_update_period_close_recorded() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule period-close.recorded: a recorded close would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_period_close_update_period_close_recorded BEFORE UPDATE ON accounting_period_close FOR EACH ROW EXECUTE FUNCTION accounting_period_close_update_period_close_recorded();

CREATE FUNCTION accounting_period_close_delete_period_close_recorded() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule period-close.recorded: a recorded close would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_period_close_delete_period_close_recorded BEFORE DELETE ON accounting_period_close FOR EACH ROW EXECUTE FUNCTION accounting_period_close_delete_period_close_recorded();

CREATE FUNCTION accounting_period_close_truncate_period_close_recorded() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule period-close.recorded: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_period_close_truncate_period_close_recorded BEFORE TRUNCATE ON accounting_period_close FOR EACH STATEMENT EXECUTE FUNCTION accounting_period_close_truncate_period_close_recorded();

CREATE TABLE accounting_place (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_accounting_place PRIMARY KEY (id),
	CONSTRAINT fk_accounting_place_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT uq_accounting_place_name UNIQUE (name)
);

CREATE TABLE accounting_practice (
	id UUID NOT NULL,
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	type_id UUID NOT NULL,
	CONSTRAINT pk_accounting_practice PRIMARY KEY (id),
	CONSTRAINT uq_accounting_practice_name UNIQUE (name),
	CONSTRAINT fk_accounting_practice_type_id FOREIGN KEY(type_id) REFERENCES accounting_practice_type (id)
);

CREATE TABLE accounting_reconsideration (
	ledger_id UUID NOT NULL,
	id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	because VARCHAR(2000) NOT NULL,
	CONSTRAINT pk_accounting_reconsideration PRIMARY KEY (ledger_id, id),
	CONSTRAINT fk_accounting_reconsideration_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_reconsideration_insert_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_reconsideration o WHERE o.ledger_id = NEW.ledger_id AND o.id = NEW.id) THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_reconsideration_insert_reconsideration_append_only BEFORE INSERT ON accounting_reconsideration FOR EACH ROW EXECUTE FUNCTION accounting_reconsideration_insert_reconsideration_append_only();

CREATE FUNCTION accounting_reconsideration_update_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_reconsideration_update_reconsideration_append_only BEFORE UPDATE ON accounting_reconsideration FOR EACH ROW EXECUTE FUNCTION accounting_reconsideration_update_reconsideration_append_only();

CREATE FUNCTION accounting_reconsideration_delete_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_reconsideration_delete_reconsideration_append_only BEFORE DELETE ON accounting_reconsideration FOR EACH ROW EXECUTE FUNCTION accounting_reconsideration_delete_reconsideration_append_only();

CREATE FUNCTION accounting_reconsideration_truncate_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule reconsideration.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_reconsideration_truncate_reconsideration_append_only BEFORE TRUNCATE ON accounting_reconsideration FOR EACH STATEMENT EXECUTE FUNCTION accounting_reconsideration_truncate_reconsideration_append_only();

CREATE FUNCTION accounting_reconsideration_insert_reconsideration_shares() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM (SELECT s.transaction_id AS t, s.account_id AS a, s.concerns AS c, s.steps AS x FROM accounting_share s WHERE s.ledger_id = NEW.ledger_id AND s.reconsideration_id = NEW.id UNION ALL SELECT e.transaction_id, e.account_id, e.concerns, -e.steps FROM accounting_entry e WHERE e.ledger_id = NEW.ledger_id AND e.transaction_id IN (SELECT s.transaction_id FROM accounting_share s WHERE s.ledger_id = NEW.ledger_id AND s.reconsideration_id = NEW.id)) together GROUP BY t, a, c HAVING sum(x) <> 0) THEN RAISE EXCEPTION 'rule reconsideration.shares: shares that do not add up to the entries they are shares of' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_reconsideration_insert_reconsideration_shares BEFORE INSERT ON accounting_reconsideration FOR EACH ROW EXECUTE FUNCTION accounting_reconsideration_insert_reconsideration_shares();

CREATE TABLE accounting_rule_terms (
	rule_id UUID NOT NULL,
	method TEXT NOT NULL,
	eligibility TEXT,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_accounting_rule_terms PRIMARY KEY (version),
	CONSTRAINT ck_accounting_rule_terms_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_accounting_rule_terms_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_accounting_rule_terms_rule_id FOREIGN KEY(rule_id) REFERENCES accounting_posting_rule (id),
	CONSTRAINT fk_accounting_rule_terms_id FOREIGN KEY(id) REFERENCES accounting_rule_terms (version)
);

CREATE INDEX ix_accounting_rule_terms_rule_id ON accounting_rule_terms (rule_id);

CREATE UNIQUE INDEX uq_accounting_rule_terms_believed ON accounting_rule_terms (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION accounting_rule_terms_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_terms o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_insert_history_append_only BEFORE INSERT ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_insert_history_append_only();

CREATE FUNCTION accounting_rule_terms_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.rule_id IS DISTINCT FROM OLD.rule_id OR NEW.method IS DISTINCT FROM OLD.method OR NEW.eligibility IS DISTINCT FROM OLD.eligibility OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_update_history_append_only BEFORE UPDATE ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_update_history_append_only();

CREATE FUNCTION accounting_rule_terms_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_rule_terms_delete_history_append_only BEFORE DELETE ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_delete_history_append_only();

CREATE FUNCTION accounting_rule_terms_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_rule_terms_truncate_history_append_only BEFORE TRUNCATE ON accounting_rule_terms FOR EACH STATEMENT EXECUTE FUNCTION accounting_rule_terms_truncate_history_append_only();

CREATE FUNCTION accounting_rule_terms_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_insert_history_begins_believed BEFORE INSERT ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_insert_history_begins_believed();

CREATE FUNCTION accounting_rule_terms_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_terms o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_insert_history_one_current BEFORE INSERT ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_insert_history_one_current();

CREATE FUNCTION accounting_rule_terms_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_update_history_closed_once BEFORE UPDATE OF known_to ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_update_history_closed_once();

CREATE FUNCTION accounting_rule_terms_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM accounting_posting_rule WHERE id = NEW.rule_id FOR NO KEY UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_aa_lock BEFORE INSERT ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_aa_lock();

CREATE FUNCTION accounting_rule_terms_insert_rule_terms_one_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_terms o  WHERE o.rule_id = NEW.rule_id AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule rule-terms.one-at-a-time: a second set of terms on the same day' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_terms_insert_rule_terms_one_at_a_time BEFORE INSERT ON accounting_rule_terms FOR EACH ROW EXECUTE FUNCTION accounting_rule_terms_insert_rule_terms_one_at_a_time();

CREATE TABLE accounting_account (
	kind VARCHAR(50) NOT NULL,
	ledger_id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	unit_code VARCHAR(255),
	memo BOOLEAN DEFAULT false NOT NULL,
	keeps_every_balance BOOLEAN DEFAULT false NOT NULL,
	type_id UUID,
	subject_id UUID,
	classifier_id UUID,
	owner_id UUID,
	id UUID NOT NULL,
	overlapping BOOLEAN,
	filter TEXT,
	goods_id UUID,
	place_id UUID,
	ordered BOOLEAN,
	CONSTRAINT pk_accounting_account PRIMARY KEY (id),
	CONSTRAINT uq_accounting_account_ledger_id_name UNIQUE (ledger_id, name),
	CONSTRAINT uq_accounting_account_ledger_id_id UNIQUE (ledger_id, id),
	CONSTRAINT uq_accounting_account_ledger_id_id_unit_code_memo UNIQUE (ledger_id, id, unit_code, memo),
	CONSTRAINT fk_accounting_account_ledger_id_unit_code FOREIGN KEY(ledger_id, unit_code) REFERENCES accounting_ledger_unit (ledger_id, code),
	CONSTRAINT ck_accounting_account_memo_counts CHECK (NOT memo OR unit_code IS NOT NULL),
	CONSTRAINT ck_accounting_account_kind CHECK (kind NOT IN ('summary', 'derived') OR unit_code IS NULL),
	CONSTRAINT fk_accounting_account_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id),
	CONSTRAINT fk_accounting_account_type_id FOREIGN KEY(type_id) REFERENCES accounting_account_type (id),
	CONSTRAINT fk_accounting_account_subject_id FOREIGN KEY(subject_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_accounting_account_classifier_id FOREIGN KEY(classifier_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_accounting_account_owner_id FOREIGN KEY(owner_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_accounting_account_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_accounting_account_goods_id FOREIGN KEY(goods_id) REFERENCES accounting_kind_of_goods (id),
	CONSTRAINT fk_accounting_account_place_id FOREIGN KEY(place_id) REFERENCES accounting_place (id)
);

CREATE INDEX ix_accounting_account_subject_id ON accounting_account (subject_id);

CREATE INDEX ix_accounting_account_type_subject ON accounting_account (type_id, subject_id);

CREATE UNIQUE INDEX uq_accounting_account_holding ON accounting_account (ledger_id, goods_id, place_id, ordered) WHERE goods_id IS NOT NULL;

CREATE FUNCTION accounting_account_insert_holding_kind_and_place() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.goods_id IS NULL) <> (NEW.place_id IS NULL) OR (NEW.goods_id IS NULL) <> (NEW.ordered IS NULL) OR EXISTS (SELECT 1 FROM accounting_kind_of_goods k WHERE k.id = NEW.goods_id AND k.unit IS DISTINCT FROM NEW.unit_code) THEN RAISE EXCEPTION 'rule holding.kind-and-place: a holding without kind or place, or in a unit that is not its kind''s' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_insert_holding_kind_and_place BEFORE INSERT ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_insert_holding_kind_and_place();

CREATE FUNCTION accounting_account_update_holding_kind_and_place() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.goods_id IS DISTINCT FROM OLD.goods_id OR NEW.place_id IS DISTINCT FROM OLD.place_id OR NEW.ordered IS DISTINCT FROM OLD.ordered OR (NEW.goods_id IS NULL) <> (NEW.place_id IS NULL) OR (NEW.goods_id IS NULL) <> (NEW.ordered IS NULL) OR EXISTS (SELECT 1 FROM accounting_kind_of_goods k WHERE k.id = NEW.goods_id AND k.unit IS DISTINCT FROM NEW.unit_code) THEN RAISE EXCEPTION 'rule holding.kind-and-place: a holding turned into another' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_update_holding_kind_and_place BEFORE UPDATE ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_update_holding_kind_and_place();

CREATE FUNCTION accounting_account_update_account_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.ledger_id IS DISTINCT FROM OLD.ledger_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.memo IS DISTINCT FROM OLD.memo OR (NEW.unit_code IS DISTINCT FROM OLD.unit_code AND OLD.goods_id IS NULL AND OLD."filter" IS NULL AND OLD.overlapping IS NULL AND NEW."filter" IS NULL AND NEW.overlapping IS NULL) THEN RAISE EXCEPTION 'rule account.fixed: an account turned into another' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_update_account_fixed BEFORE UPDATE ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_update_account_fixed();

CREATE FUNCTION accounting_account_update_account_type_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.type_id IS DISTINCT FROM OLD.type_id OR NEW.subject_id IS DISTINCT FROM OLD.subject_id THEN RAISE EXCEPTION 'rule account.type-fixed: an account of another type, or about another subject' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_update_account_type_fixed BEFORE UPDATE ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_update_account_type_fixed();

CREATE FUNCTION accounting_account_delete_account_in_use() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_entry r WHERE r.ledger_id = OLD.ledger_id AND r.account_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_component r WHERE r.ledger_id = OLD.ledger_id AND r.summary_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_component r WHERE r.ledger_id = OLD.ledger_id AND r.component_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_component_link r WHERE r.ledger_id = OLD.ledger_id AND r.summary_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_component_link r WHERE r.ledger_id = OLD.ledger_id AND r.component_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_balance_limit r WHERE r.ledger_id = OLD.ledger_id AND r.account_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_checkpoint_leaf r WHERE r.ledger_id = OLD.ledger_id AND r.account_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_firing_account r WHERE r.ledger_id = OLD.ledger_id AND r.account_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_share r WHERE r.ledger_id = OLD.ledger_id AND r.account_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_share r WHERE r.ledger_id = OLD.ledger_id AND r.totalled_id = OLD.id) OR EXISTS (SELECT 1 FROM accounting_corresponding r WHERE r.account_id = OLD.id) THEN RAISE EXCEPTION 'rule account.in-use: an account in use deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_account_delete_account_in_use BEFORE DELETE ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_delete_account_in_use();

CREATE FUNCTION accounting_account_self() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id) VALUES (NEW.ledger_id, NEW.id, NEW.id); RETURN NULL; END $guard$;

CREATE TRIGGER accounting_account_self AFTER INSERT ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_self();

CREATE FUNCTION accounting_account_alone() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM accounting_ledger l WHERE l.id = coalesce(NEW.ledger_id, OLD.ledger_id) FOR NO KEY UPDATE; RETURN coalesce(NEW, OLD); END $guard$;

CREATE TRIGGER accounting_account_alone BEFORE UPDATE OF overlapping ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_alone();

CREATE FUNCTION accounting_account_insert_account_one_sort() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.unit_code IS NOT NULL AND NEW.overlapping IS NOT NULL) OR (NEW.unit_code IS NOT NULL AND NEW."filter" IS NOT NULL) OR (NEW.overlapping IS NOT NULL AND NEW."filter" IS NOT NULL) THEN RAISE EXCEPTION 'rule account.one-sort: an account of two sorts' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_insert_account_one_sort BEFORE INSERT ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_insert_account_one_sort();

CREATE FUNCTION accounting_account_update_account_one_sort() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.unit_code IS NOT NULL AND NEW.overlapping IS NOT NULL) OR (NEW.unit_code IS NOT NULL AND NEW."filter" IS NOT NULL) OR (NEW.overlapping IS NOT NULL AND NEW."filter" IS NOT NULL) OR (NEW.overlapping IS NULL) <> (OLD.overlapping IS NULL) OR (NEW."filter" IS NULL) <> (OLD."filter" IS NULL) THEN RAISE EXCEPTION 'rule account.one-sort: an account that would become one of another sort' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_update_account_one_sort BEFORE UPDATE ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_update_account_one_sort();

CREATE FUNCTION accounting_account_forget() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM accounting_account_closure WHERE ledger_id = OLD.ledger_id AND summary_id = OLD.id AND component_id = OLD.id; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_account_forget BEFORE DELETE ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_forget();

CREATE FUNCTION accounting_account_update_summary_account_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT NEW.overlapping AND EXISTS (SELECT 1 FROM accounting_account_closure k JOIN accounting_component c ON c.ledger_id = NEW.ledger_id AND c.component_id = k.component_id JOIN accounting_account_closure p ON p.ledger_id = NEW.ledger_id AND p.summary_id = NEW.id AND p.component_id = c.summary_id WHERE k.ledger_id = NEW.ledger_id AND k.summary_id = NEW.id GROUP BY c.component_id HAVING count(*) > 1) THEN RAISE EXCEPTION 'rule summary-account.no-overlap: a summary account that would refuse the overlap it has' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_update_summary_account_no_overlap BEFORE UPDATE OF overlapping ON accounting_account FOR EACH ROW EXECUTE FUNCTION accounting_account_update_summary_account_no_overlap();

CREATE TABLE accounting_practice_assignment (
	ledger_id UUID NOT NULL,
	subject_id UUID,
	practice_id UUID NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_accounting_practice_assignment PRIMARY KEY (version),
	CONSTRAINT ck_accounting_practice_assignment_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_accounting_practice_assignment_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_accounting_practice_assignment_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id),
	CONSTRAINT fk_accounting_practice_assignment_subject_id FOREIGN KEY(subject_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_accounting_practice_assignment_practice_id FOREIGN KEY(practice_id) REFERENCES accounting_practice (id),
	CONSTRAINT fk_accounting_practice_assignment_id FOREIGN KEY(id) REFERENCES accounting_practice_assignment (version)
);

CREATE INDEX ix_accounting_practice_assignment_practice_id ON accounting_practice_assignment (practice_id);

CREATE INDEX ix_accounting_practice_assignment_subject ON accounting_practice_assignment (ledger_id, subject_id);

CREATE UNIQUE INDEX uq_accounting_practice_assignment_believed ON accounting_practice_assignment (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION accounting_practice_assignment_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_practice_assignment o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_insert_history_append_only BEFORE INSERT ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_insert_history_append_only();

CREATE FUNCTION accounting_practice_assignment_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.ledger_id IS DISTINCT FROM OLD.ledger_id OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.practice_id IS DISTINCT FROM OLD.practice_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_update_history_append_only BEFORE UPDATE ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_update_history_append_only();

CREATE FUNCTION accounting_practice_assignment_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_practice_assignment_delete_history_append_only BEFORE DELETE ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_delete_history_append_only();

CREATE FUNCTION accounting_practice_assignment_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_practice_assignment_truncate_history_append_only BEFORE TRUNCATE ON accounting_practice_assignment FOR EACH STATEMENT EXECUTE FUNCTION accounting_practice_assignment_truncate_history_append_only();

CREATE FUNCTION accounting_practice_assignment_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_insert_history_begins_believed BEFORE INSERT ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_insert_history_begins_believed();

CREATE FUNCTION accounting_practice_assignment_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_practice_assignment o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_insert_history_one_current BEFORE INSERT ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_insert_history_one_current();

CREATE FUNCTION accounting_practice_assignment_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_update_history_closed_once BEFORE UPDATE OF known_to ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_update_history_closed_once();

CREATE FUNCTION accounting_practice_assignment_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('accounting_practice_assignment'), hashtext(NEW.ledger_id::text)); RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_aa_lock BEFORE INSERT ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_aa_lock();

CREATE FUNCTION accounting_practice_assignment_insert_practice_assignm_e5c86cc4() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_practice_assignment o JOIN accounting_practice op ON op.id = o.practice_id JOIN accounting_practice np ON np.id = NEW.practice_id AND np.type_id = op.type_id WHERE o.ledger_id = NEW.ledger_id AND NOT (o.subject_id IS DISTINCT FROM NEW.subject_id) AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule practice-assignment.one-per-type: a second practice of one type for the same subject' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_assignment_insert_practice_assignm_e5c86cc4 BEFORE INSERT ON accounting_practice_assignment FOR EACH ROW EXECUTE FUNCTION accounting_practice_assignment_insert_practice_assignm_e5c86cc4();

CREATE TABLE accounting_practice_rule (
	practice_id UUID NOT NULL,
	rule_id UUID NOT NULL,
	CONSTRAINT pk_accounting_practice_rule PRIMARY KEY (practice_id, rule_id),
	CONSTRAINT fk_accounting_practice_rule_practice_id FOREIGN KEY(practice_id) REFERENCES accounting_practice (id),
	CONSTRAINT fk_accounting_practice_rule_rule_id FOREIGN KEY(rule_id) REFERENCES accounting_posting_rule (id)
);

CREATE INDEX ix_accounting_practice_rule_rule_id ON accounting_practice_rule (rule_id);

CREATE FUNCTION accounting_practice_rule_insert_practice_rules_known() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM accounting_rule_in_practice h WHERE h.practice_id = NEW.practice_id AND h.rule_id = NEW.rule_id AND h.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule practice.rules-known: what is not believed to belong there' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_practice_rule_insert_practice_rules_known BEFORE INSERT ON accounting_practice_rule FOR EACH ROW EXECUTE FUNCTION accounting_practice_rule_insert_practice_rules_known();

CREATE FUNCTION accounting_practice_rule_delete_practice_rules_known() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_in_practice h WHERE h.practice_id = OLD.practice_id AND h.rule_id = OLD.rule_id AND h.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule practice.rules-known: what is believed to belong there still' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_practice_rule_delete_practice_rules_known BEFORE DELETE ON accounting_practice_rule FOR EACH ROW EXECUTE FUNCTION accounting_practice_rule_delete_practice_rules_known();

CREATE TABLE accounting_processing (
	ledger_id UUID NOT NULL,
	event_id UUID NOT NULL,
	n INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	rule VARCHAR(100),
	error TEXT,
	reconsidered BOOLEAN NOT NULL,
	CONSTRAINT pk_accounting_processing PRIMARY KEY (ledger_id, event_id, n),
	CONSTRAINT fk_accounting_processing_event FOREIGN KEY(ledger_id, event_id) REFERENCES accounting_event (ledger_id, id)
);

CREATE INDEX ix_accounting_processing_failed ON accounting_processing (ledger_id, event_id) WHERE error IS NOT NULL;

CREATE UNIQUE INDEX uq_accounting_processing_done ON accounting_processing (ledger_id, event_id) WHERE error IS NULL AND NOT reconsidered;

CREATE FUNCTION accounting_processing_insert_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_processing o WHERE o.ledger_id = NEW.ledger_id AND o.event_id = NEW.event_id AND o.n = NEW.n) THEN RAISE EXCEPTION 'rule event.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_processing_insert_event_append_only BEFORE INSERT ON accounting_processing FOR EACH ROW EXECUTE FUNCTION accounting_processing_insert_event_append_only();

CREATE FUNCTION accounting_processing_update_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule event.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_processing_update_event_append_only BEFORE UPDATE ON accounting_processing FOR EACH ROW EXECUTE FUNCTION accounting_processing_update_event_append_only();

CREATE FUNCTION accounting_processing_delete_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule event.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_processing_delete_event_append_only BEFORE DELETE ON accounting_processing FOR EACH ROW EXECUTE FUNCTION accounting_processing_delete_event_append_only();

CREATE FUNCTION accounting_processing_truncate_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule event.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_processing_truncate_event_append_only BEFORE TRUNCATE ON accounting_processing FOR EACH STATEMENT EXECUTE FUNCTION accounting_processing_truncate_event_append_only();

CREATE TABLE accounting_rule_in_practice (
	practice_id UUID NOT NULL,
	rule_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_accounting_rule_in_practice PRIMARY KEY (version),
	CONSTRAINT ck_accounting_rule_in_practice_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_accounting_rule_in_practice_practice_id FOREIGN KEY(practice_id) REFERENCES accounting_practice (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_rule_in_practice_rule_id FOREIGN KEY(rule_id) REFERENCES accounting_posting_rule (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_rule_in_practice_id FOREIGN KEY(id) REFERENCES accounting_rule_in_practice (version)
);

CREATE INDEX ix_accounting_rule_in_practice_practice ON accounting_rule_in_practice (practice_id, known_to);

CREATE INDEX ix_accounting_rule_in_practice_rule ON accounting_rule_in_practice (rule_id, known_to);

CREATE UNIQUE INDEX uq_accounting_rule_in_practice_believed ON accounting_rule_in_practice (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION accounting_rule_in_practice_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_in_practice o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_insert_history_append_only BEFORE INSERT ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_insert_history_append_only();

CREATE FUNCTION accounting_rule_in_practice_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.practice_id IS DISTINCT FROM OLD.practice_id OR NEW.rule_id IS DISTINCT FROM OLD.rule_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_update_history_append_only BEFORE UPDATE ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_update_history_append_only();

CREATE FUNCTION accounting_rule_in_practice_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_delete_history_append_only BEFORE DELETE ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_delete_history_append_only();

CREATE FUNCTION accounting_rule_in_practice_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_truncate_history_append_only BEFORE TRUNCATE ON accounting_rule_in_practice FOR EACH STATEMENT EXECUTE FUNCTION accounting_rule_in_practice_truncate_history_append_only();

CREATE FUNCTION accounting_rule_in_practice_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_insert_history_begins_believed BEFORE INSERT ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_insert_history_begins_believed();

CREATE FUNCTION accounting_rule_in_practice_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_in_practice o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_insert_history_one_current BEFORE INSERT ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_insert_history_one_current();

CREATE FUNCTION accounting_rule_in_practice_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_update_history_closed_once BEFORE UPDATE OF known_to ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_update_history_closed_once();

CREATE FUNCTION accounting_rule_in_practice_insert_practice_rules_known() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_rule_in_practice h WHERE h.practice_id = NEW.practice_id AND h.rule_id = NEW.rule_id AND h.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule practice.rules-known: a link that is believed already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_rule_in_practice_insert_practice_rules_known BEFORE INSERT ON accounting_rule_in_practice FOR EACH ROW EXECUTE FUNCTION accounting_rule_in_practice_insert_practice_rules_known();

CREATE TABLE accounting_transaction (
	ledger_id UUID NOT NULL,
	id UUID NOT NULL,
	legs INTEGER NOT NULL,
	booked TIMESTAMP WITH TIME ZONE NOT NULL,
	key VARCHAR(200),
	digest BYTEA NOT NULL,
	description VARCHAR(2000) NOT NULL,
	creator_id UUID,
	event_id UUID,
	root_id UUID,
	reverses_id UUID,
	adjustment VARCHAR(11),
	CONSTRAINT pk_accounting_transaction PRIMARY KEY (ledger_id, id),
	CONSTRAINT uq_accounting_transaction_ledger_id_id_legs UNIQUE (ledger_id, id, legs),
	CONSTRAINT uq_accounting_transaction_ledger_id_key UNIQUE (ledger_id, key),
	CONSTRAINT fk_accounting_transaction_event FOREIGN KEY(ledger_id, event_id) REFERENCES accounting_event (ledger_id, id),
	CONSTRAINT fk_accounting_transaction_root FOREIGN KEY(ledger_id, root_id) REFERENCES accounting_transaction (ledger_id, id),
	CONSTRAINT fk_accounting_transaction_reverses FOREIGN KEY(ledger_id, reverses_id) REFERENCES accounting_transaction (ledger_id, id),
	CONSTRAINT fk_accounting_transaction_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id),
	CONSTRAINT fk_accounting_transaction_creator_id FOREIGN KEY(creator_id) REFERENCES accounting_rule_terms (version),
	CONSTRAINT ck_accounting_transaction_booked CHECK (booked BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00')
);

CREATE INDEX ix_accounting_transaction_creator ON accounting_transaction (creator_id) WHERE creator_id IS NOT NULL;

CREATE INDEX ix_accounting_transaction_event ON accounting_transaction (ledger_id, event_id) WHERE event_id IS NOT NULL;

CREATE INDEX ix_accounting_transaction_root ON accounting_transaction (ledger_id, root_id) WHERE root_id IS NOT NULL;

CREATE UNIQUE INDEX uq_accounting_transaction_reverses ON accounting_transaction (ledger_id, reverses_id) WHERE reverses_id IS NOT NULL;

CREATE FUNCTION accounting_transaction_insert_transfer_one_kind() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_account a WHERE a.goods_id IS NOT NULL AND a.ledger_id IN (SELECT t.ledger_id FROM added t)) AND EXISTS (SELECT 1 FROM added t WHERE (SELECT count(DISTINCT a.goods_id) FROM accounting_entry e JOIN accounting_account a
    ON a.ledger_id = e.ledger_id AND a.id = e.account_id
    WHERE e.ledger_id = t.ledger_id AND e.transaction_id = t.id) > 1) THEN RAISE EXCEPTION 'rule transfer.one-kind: goods of two kinds in one transaction' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_transaction_insert_transfer_one_kind AFTER INSERT ON accounting_transaction REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION accounting_transaction_insert_transfer_one_kind();

CREATE FUNCTION accounting_transaction_stands() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DECLARE broken text; BEGIN PERFORM 1 FROM accounting_ledger l WHERE l.id IN (SELECT t.ledger_id FROM added t) ORDER BY l.id FOR KEY SHARE; SELECT b.refusal INTO broken FROM added t CROSS JOIN LATERAL (SELECT CASE WHEN count(*) = 0 OR count(*) <> t.legs OR min(e.legs) <> t.legs OR max(e.legs) <> t.legs OR min(e.booked) <> t.booked OR max(e.booked) <> t.booked THEN 'rule transaction.complete: a transaction before all of its entries, or booked at another instant than they' WHEN CASE WHEN min(e.unit_code) = max(e.unit_code) THEN sum(e.steps >> 32) FILTER (WHERE NOT e.memo) * 4294967296 + sum(e.steps & 4294967295) FILTER (WHERE NOT e.memo) <> 0 ELSE EXISTS (SELECT 1 FROM accounting_entry u WHERE u.ledger_id = t.ledger_id AND u.transaction_id = t.id GROUP BY u.unit_code HAVING sum(u.steps >> 32) FILTER (WHERE NOT u.memo) * 4294967296 + sum(u.steps & 4294967295) FILTER (WHERE NOT u.memo) <> 0) END THEN 'rule transaction.balances: entries that do not sum to zero in each unit' WHEN min(e.charged) < (SELECT l.closed_before FROM accounting_ledger l WHERE l.id = t.ledger_id) THEN 'rule ledger.closed-period: an entry charged in a closed period' WHEN t.booked <= (SELECT l.barrier FROM accounting_ledger l WHERE l.id = t.ledger_id) THEN 'rule ledger.settled: a transaction booked when its ledger was settled already' WHEN t.reverses_id IS NOT NULL AND NOT (t.legs = (SELECT r.legs FROM accounting_transaction r
        WHERE r.ledger_id = t.ledger_id AND r.id = t.reverses_id)
    AND NOT EXISTS (SELECT 1 FROM accounting_entry o
        WHERE o.ledger_id = t.ledger_id AND o.transaction_id = t.reverses_id
        AND NOT EXISTS (SELECT 1 FROM accounting_entry b WHERE b.ledger_id = t.ledger_id
            AND b.transaction_id = t.id AND b.n = o.n AND b.account_id = o.account_id
            AND b.steps = -o.steps AND b.concerns = o.concerns))) THEN 'rule transaction.reversed-once: a reversal that does not take back every entry in full' WHEN t.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM accounting_transaction r LEFT JOIN accounting_transaction o
        ON o.ledger_id = r.ledger_id AND o.id = r.reverses_id
        WHERE r.ledger_id = t.ledger_id AND r.id = t.reverses_id
        AND (o.creator_id IS NOT NULL OR r.creator_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM accounting_event c
                WHERE c.ledger_id = r.ledger_id AND c.adjusts_id = r.event_id))) THEN 'rule transaction.reversed-with-its-cause: a reversal of what a rule made, without an event that adjusts the one behind it' END AS refusal FROM accounting_entry e WHERE e.ledger_id = t.ledger_id AND e.transaction_id = t.id) b WHERE b.refusal IS NOT NULL LIMIT 1; IF broken IS NOT NULL THEN RAISE EXCEPTION '%', broken USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END; END $guard$;

CREATE TRIGGER accounting_transaction_stands AFTER INSERT ON accounting_transaction REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION accounting_transaction_stands();

CREATE FUNCTION accounting_transaction_update_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule ledger.append-only: a posted row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_transaction_update_ledger_append_only BEFORE UPDATE ON accounting_transaction FOR EACH ROW EXECUTE FUNCTION accounting_transaction_update_ledger_append_only();

CREATE FUNCTION accounting_transaction_delete_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule ledger.append-only: a posted row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_transaction_delete_ledger_append_only BEFORE DELETE ON accounting_transaction FOR EACH ROW EXECUTE FUNCTION accounting_transaction_delete_ledger_append_only();

CREATE FUNCTION accounting_transaction_truncate_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule ledger.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_transaction_truncate_ledger_append_only BEFORE TRUNCATE ON accounting_transaction FOR EACH STATEMENT EXECUTE FUNCTION accounting_transaction_truncate_ledger_append_only();

CREATE FUNCTION accounting_transaction_within_limits() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_balance_limit l WHERE l.ledger_id IN (SELECT a.ledger_id FROM added a) AND l.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN PERFORM 1 FROM accounting_account c WHERE c.id IN (SELECT bound.account_id FROM (SELECT e.ledger_id, e.account_id, min(e.charged) AS charged
    FROM added a JOIN accounting_entry e ON e.ledger_id = a.ledger_id AND e.transaction_id = a.id
    GROUP BY e.ledger_id, e.account_id) changed JOIN accounting_balance_limit bound ON bound.ledger_id = changed.ledger_id AND bound.account_id = changed.account_id AND bound.known_to = '9999-12-30 00:00:00+00'::timestamptz) ORDER BY c.id FOR NO KEY UPDATE; UPDATE accounting_account c SET kind = c.kind WHERE c.xmin <> pg_current_xact_id()::xid AND c.id IN (SELECT bound.account_id FROM (SELECT e.ledger_id, e.account_id, min(e.charged) AS charged
    FROM added a JOIN accounting_entry e ON e.ledger_id = a.ledger_id AND e.transaction_id = a.id
    GROUP BY e.ledger_id, e.account_id) changed JOIN accounting_balance_limit bound ON bound.ledger_id = changed.ledger_id AND bound.account_id = changed.account_id AND bound.known_to = '9999-12-30 00:00:00+00'::timestamptz); IF EXISTS (SELECT 1 FROM (SELECT e.ledger_id, e.account_id, min(e.charged) AS charged
    FROM added a JOIN accounting_entry e ON e.ledger_id = a.ledger_id AND e.transaction_id = a.id
    GROUP BY e.ledger_id, e.account_id) changed JOIN accounting_balance_limit bound ON bound.ledger_id = changed.ledger_id AND bound.account_id = changed.account_id AND bound.known_to = '9999-12-30 00:00:00+00'::timestamptz WHERE greatest(bound.valid_from, changed.charged) < bound.valid_to AND EXISTS (SELECT 1 FROM (SELECT sum(d.high) OVER (ORDER BY d.charged) * 4294967296 + sum(d.low) OVER (ORDER BY d.charged) AS steps FROM (SELECT greatest(bound.valid_from, changed.charged) AS charged, coalesce(sum(s.high), 0) AS high, coalesce(sum(s.low), 0) AS low FROM (
SELECT  b.high AS high, b.low AS low
FROM (SELECT bound.ledger_id AS ledger_id, bound.account_id AS account_id) w CROSS JOIN accounting_checkpoint_leaf l CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29), (30), (31)) v
CROSS JOIN accounting_checkpoint_block b
WHERE l.ledger_id = w.ledger_id AND l.account_id = w.account_id AND l.number = (SELECT k.number FROM accounting_checkpoint_leaf k
  WHERE k.ledger_id = w.ledger_id AND k.account_id = w.account_id AND k.kept = TRUE
  ORDER BY k.until DESC LIMIT 1)
  AND (l.number >> v.column1) & 1 = 1
  AND b.ledger_id = w.ledger_id AND b.account_id = w.account_id
  AND b.level = v.column1 AND b.position = (l.number >> v.column1) - 1
  AND b.charged = (SELECT max(x.charged) FROM accounting_checkpoint_block x
    WHERE x.ledger_id = w.ledger_id AND x.account_id = w.account_id
      AND x.level = v.column1 AND x.position = (l.number >> v.column1) - 1 AND x.charged <= greatest(bound.valid_from, changed.charged))
UNION ALL
SELECT  e.steps >> 32, e.steps & 4294967295
FROM (SELECT bound.ledger_id AS ledger_id, bound.account_id AS account_id) w CROSS JOIN accounting_entry e
WHERE e.ledger_id = w.ledger_id AND e.account_id = w.account_id
  AND e.booked > coalesce((SELECT k.until FROM accounting_checkpoint_leaf k
  WHERE k.ledger_id = w.ledger_id AND k.account_id = w.account_id AND k.kept = TRUE
  ORDER BY k.until DESC LIMIT 1), '0001-01-01 00:00:00')  AND (e.charged + 0) <= greatest(bound.valid_from, changed.charged)
) s UNION ALL SELECT e.charged, sum(e.steps >> 32), sum(e.steps & 4294967295) FROM accounting_entry e WHERE e.ledger_id = bound.ledger_id AND e.account_id = bound.account_id AND e.charged > greatest(bound.valid_from, changed.charged) AND e.charged < bound.valid_to GROUP BY e.charged) d) b WHERE b.steps < bound.lower_steps OR b.steps > bound.upper_steps)) THEN RAISE EXCEPTION 'rule balance-limit.kept: an account would stand beyond its limit' USING ERRCODE = 'check_violation'; END IF; END IF; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_transaction_within_limits AFTER INSERT ON accounting_transaction REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION accounting_transaction_within_limits();

CREATE FUNCTION accounting_transaction_replaces_open() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_entry o JOIN accounting_entry e ON e.ledger_id = o.ledger_id AND e.transaction_id = NEW.id AND e.n = o.n JOIN accounting_ledger l ON l.id = o.ledger_id WHERE o.ledger_id = NEW.ledger_id AND o.transaction_id = NEW.reverses_id AND (e.charged <> o.charged OR o.charged < l.closed_before)) THEN RAISE EXCEPTION 'rule adjustment.replacement-open: a replacement of what lies in closed books, or on another day' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_transaction_replaces_open BEFORE INSERT ON accounting_transaction FOR EACH ROW WHEN (NEW.adjustment = 'replacement' AND NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION accounting_transaction_replaces_open();

CREATE TABLE accounting_account_closure (
	ledger_id UUID NOT NULL,
	summary_id UUID NOT NULL,
	component_id UUID NOT NULL,
	CONSTRAINT pk_accounting_account_closure PRIMARY KEY (ledger_id, summary_id, component_id),
	CONSTRAINT fk_accounting_account_closure_summary FOREIGN KEY(ledger_id, summary_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT fk_accounting_account_closure_component FOREIGN KEY(ledger_id, component_id) REFERENCES accounting_account (ledger_id, id)
);

CREATE INDEX ix_accounting_account_closure_above ON accounting_account_closure (ledger_id, component_id, summary_id);

CREATE FUNCTION accounting_account_closure_update_summary_account_closure() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule summary-account.closure: what is kept rewritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_account_closure_update_summary_account_closure BEFORE UPDATE ON accounting_account_closure FOR EACH ROW EXECUTE FUNCTION accounting_account_closure_update_summary_account_closure();

CREATE FUNCTION accounting_account_closure_truncate_summary_account_closure() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule summary-account.closure: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_account_closure_truncate_summary_account_closure BEFORE TRUNCATE ON accounting_account_closure FOR EACH STATEMENT EXECUTE FUNCTION accounting_account_closure_truncate_summary_account_closure();

CREATE TABLE accounting_balance_limit (
	ledger_id UUID NOT NULL,
	account_id UUID NOT NULL,
	lower_steps BIGINT NOT NULL,
	upper_steps BIGINT NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_accounting_balance_limit PRIMARY KEY (version),
	CONSTRAINT ck_accounting_balance_limit_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_accounting_balance_limit_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_accounting_balance_limit_account FOREIGN KEY(ledger_id, account_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT ck_accounting_balance_limit_bounds CHECK (lower_steps <= upper_steps AND lower_steps >= -4611686018427387903 AND upper_steps <= 4611686018427387903 AND (lower_steps > -4611686018427387903 OR upper_steps < 4611686018427387903)),
	CONSTRAINT fk_accounting_balance_limit_id FOREIGN KEY(id) REFERENCES accounting_balance_limit (version)
);

CREATE INDEX ix_accounting_balance_limit_account ON accounting_balance_limit (ledger_id, account_id, known_to);

CREATE UNIQUE INDEX uq_accounting_balance_limit_believed ON accounting_balance_limit (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION accounting_balance_limit_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_balance_limit o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_insert_history_append_only BEFORE INSERT ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_insert_history_append_only();

CREATE FUNCTION accounting_balance_limit_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.ledger_id IS DISTINCT FROM OLD.ledger_id OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.lower_steps IS DISTINCT FROM OLD.lower_steps OR NEW.upper_steps IS DISTINCT FROM OLD.upper_steps OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_update_history_append_only BEFORE UPDATE ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_update_history_append_only();

CREATE FUNCTION accounting_balance_limit_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_balance_limit_delete_history_append_only BEFORE DELETE ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_delete_history_append_only();

CREATE FUNCTION accounting_balance_limit_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_balance_limit_truncate_history_append_only BEFORE TRUNCATE ON accounting_balance_limit FOR EACH STATEMENT EXECUTE FUNCTION accounting_balance_limit_truncate_history_append_only();

CREATE FUNCTION accounting_balance_limit_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_insert_history_begins_believed BEFORE INSERT ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_insert_history_begins_believed();

CREATE FUNCTION accounting_balance_limit_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_balance_limit o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_insert_history_one_current BEFORE INSERT ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_insert_history_one_current();

CREATE FUNCTION accounting_balance_limit_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_update_history_closed_once BEFORE UPDATE OF known_to ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_update_history_closed_once();

CREATE FUNCTION accounting_balance_limit_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM accounting_account c WHERE c.id = NEW.account_id FOR UPDATE; UPDATE accounting_account c SET kind = c.kind WHERE c.id = NEW.account_id AND c.xmin <> pg_current_xact_id()::xid; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_aa_lock BEFORE INSERT ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_aa_lock();

CREATE FUNCTION accounting_balance_limit_insert_balance_limit_detail_account() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM accounting_account a WHERE a.ledger_id = NEW.ledger_id AND a.id = NEW.account_id AND a.unit_code IS NOT NULL) THEN RAISE EXCEPTION 'rule balance-limit.detail-account: a limit on an account that takes no entries' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_insert_balance_limit_detail_account BEFORE INSERT ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_insert_balance_limit_detail_account();

CREATE FUNCTION accounting_balance_limit_insert_balance_limit_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.lower_steps <= NEW.upper_steps AND NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz AND greatest(NEW.valid_from, NEW.valid_from) < NEW.valid_to AND EXISTS (SELECT 1 FROM (SELECT sum(d.high) OVER (ORDER BY d.charged) * 4294967296 + sum(d.low) OVER (ORDER BY d.charged) AS steps FROM (SELECT greatest(NEW.valid_from, NEW.valid_from) AS charged, coalesce(sum(s.high), 0) AS high, coalesce(sum(s.low), 0) AS low FROM (
SELECT  b.high AS high, b.low AS low
FROM (SELECT NEW.ledger_id AS ledger_id, NEW.account_id AS account_id) w CROSS JOIN accounting_checkpoint_leaf l CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29), (30), (31)) v
CROSS JOIN accounting_checkpoint_block b
WHERE l.ledger_id = w.ledger_id AND l.account_id = w.account_id AND l.number = (SELECT k.number FROM accounting_checkpoint_leaf k
  WHERE k.ledger_id = w.ledger_id AND k.account_id = w.account_id AND k.kept = TRUE
  ORDER BY k.until DESC LIMIT 1)
  AND (l.number >> v.column1) & 1 = 1
  AND b.ledger_id = w.ledger_id AND b.account_id = w.account_id
  AND b.level = v.column1 AND b.position = (l.number >> v.column1) - 1
  AND b.charged = (SELECT max(x.charged) FROM accounting_checkpoint_block x
    WHERE x.ledger_id = w.ledger_id AND x.account_id = w.account_id
      AND x.level = v.column1 AND x.position = (l.number >> v.column1) - 1 AND x.charged <= greatest(NEW.valid_from, NEW.valid_from))
UNION ALL
SELECT  e.steps >> 32, e.steps & 4294967295
FROM (SELECT NEW.ledger_id AS ledger_id, NEW.account_id AS account_id) w CROSS JOIN accounting_entry e
WHERE e.ledger_id = w.ledger_id AND e.account_id = w.account_id
  AND e.booked > coalesce((SELECT k.until FROM accounting_checkpoint_leaf k
  WHERE k.ledger_id = w.ledger_id AND k.account_id = w.account_id AND k.kept = TRUE
  ORDER BY k.until DESC LIMIT 1), '0001-01-01 00:00:00')  AND (e.charged + 0) <= greatest(NEW.valid_from, NEW.valid_from)
) s UNION ALL SELECT e.charged, sum(e.steps >> 32), sum(e.steps & 4294967295) FROM accounting_entry e WHERE e.ledger_id = NEW.ledger_id AND e.account_id = NEW.account_id AND e.charged > greatest(NEW.valid_from, NEW.valid_from) AND e.charged < NEW.valid_to GROUP BY e.charged) d) b WHERE b.steps < NEW.lower_steps OR b.steps > NEW.upper_steps) THEN RAISE EXCEPTION 'rule balance-limit.kept: a limit that the account breaks already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_balance_limit_insert_balance_limit_kept BEFORE INSERT ON accounting_balance_limit FOR EACH ROW EXECUTE FUNCTION accounting_balance_limit_insert_balance_limit_kept();

CREATE TABLE accounting_books_transaction (
	ledger_id UUID NOT NULL,
	transaction_id UUID NOT NULL,
	n INTEGER NOT NULL,
	document TEXT NOT NULL,
	CONSTRAINT pk_accounting_books_transaction PRIMARY KEY (ledger_id, transaction_id),
	CONSTRAINT fk_accounting_books_transaction_transaction FOREIGN KEY(ledger_id, transaction_id) REFERENCES accounting_transaction (ledger_id, id)
);

CREATE FUNCTION accounting_books_transaction_update_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule books.as-imported: what was imported would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_books_transaction_update_books_as_imported BEFORE UPDATE ON accounting_books_transaction FOR EACH ROW EXECUTE FUNCTION accounting_books_transaction_update_books_as_imported();

CREATE FUNCTION accounting_books_transaction_delete_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule books.as-imported: what was imported would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_books_transaction_delete_books_as_imported BEFORE DELETE ON accounting_books_transaction FOR EACH ROW EXECUTE FUNCTION accounting_books_transaction_delete_books_as_imported();

CREATE FUNCTION accounting_books_transaction_truncate_books_as_imported() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule books.as-imported: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_books_transaction_truncate_books_as_imported BEFORE TRUNCATE ON accounting_books_transaction FOR EACH STATEMENT EXECUTE FUNCTION accounting_books_transaction_truncate_books_as_imported();

CREATE TABLE accounting_checkpoint_leaf (
	ledger_id UUID NOT NULL,
	account_id UUID NOT NULL,
	number INTEGER NOT NULL,
	until TIMESTAMP WITH TIME ZONE NOT NULL,
	kept BOOLEAN NOT NULL,
	CONSTRAINT pk_accounting_checkpoint_leaf PRIMARY KEY (ledger_id, account_id, number),
	CONSTRAINT fk_accounting_checkpoint_leaf_account FOREIGN KEY(ledger_id, account_id) REFERENCES accounting_account (ledger_id, id)
);

CREATE INDEX ix_accounting_checkpoint_leaf_kept ON accounting_checkpoint_leaf (ledger_id, account_id, kept, until, number);

CREATE FUNCTION accounting_checkpoint_leaf_update_checkpoint_as_entries() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.ledger_id IS DISTINCT FROM OLD.ledger_id OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.until IS DISTINCT FROM OLD.until THEN RAISE EXCEPTION 'rule checkpoint.as-entries: a leaf that would end elsewhere' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_checkpoint_leaf_update_checkpoint_as_entries BEFORE UPDATE ON accounting_checkpoint_leaf FOR EACH ROW EXECUTE FUNCTION accounting_checkpoint_leaf_update_checkpoint_as_entries();

CREATE TABLE accounting_component (
	ledger_id UUID NOT NULL,
	summary_id UUID NOT NULL,
	component_id UUID NOT NULL,
	CONSTRAINT pk_accounting_component PRIMARY KEY (ledger_id, summary_id, component_id),
	CONSTRAINT fk_accounting_component_summary FOREIGN KEY(ledger_id, summary_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT fk_accounting_component_component FOREIGN KEY(ledger_id, component_id) REFERENCES accounting_account (ledger_id, id)
);

CREATE INDEX ix_accounting_component_summaries ON accounting_component (ledger_id, component_id, summary_id);

CREATE FUNCTION accounting_component_insert_summary_account_link_known() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM accounting_component_link h WHERE h.ledger_id = NEW.ledger_id AND h.summary_id = NEW.summary_id AND h.component_id = NEW.component_id AND h.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule summary-account.link-known: what is not believed to belong there' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_insert_summary_account_link_known BEFORE INSERT ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_insert_summary_account_link_known();

CREATE FUNCTION accounting_component_delete_summary_account_link_known() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_component_link h WHERE h.ledger_id = OLD.ledger_id AND h.summary_id = OLD.summary_id AND h.component_id = OLD.component_id AND h.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule summary-account.link-known: what is believed to belong there still' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_component_delete_summary_account_link_known BEFORE DELETE ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_delete_summary_account_link_known();

CREATE FUNCTION accounting_component_alone() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM accounting_ledger l WHERE l.id = coalesce(NEW.ledger_id, OLD.ledger_id) FOR NO KEY UPDATE; RETURN coalesce(NEW, OLD); END $guard$;

CREATE TRIGGER accounting_component_alone BEFORE INSERT OR DELETE ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_alone();

CREATE FUNCTION accounting_component_insert_summary_account_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.summary_id = NEW.component_id OR EXISTS (SELECT 1 FROM accounting_account_closure k WHERE k.ledger_id = NEW.ledger_id AND k.summary_id = NEW.component_id AND k.component_id = NEW.summary_id) THEN RAISE EXCEPTION 'rule summary-account.acyclic: a component above the account already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_insert_summary_account_acyclic BEFORE INSERT ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_insert_summary_account_acyclic();

CREATE FUNCTION accounting_component_insert_summary_account_components() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM accounting_account a WHERE a.ledger_id = NEW.ledger_id AND a.id = NEW.summary_id AND a.overlapping IS NOT NULL) OR NOT EXISTS (SELECT 1 FROM accounting_account a WHERE a.ledger_id = NEW.ledger_id AND a.id = NEW.component_id AND (a.overlapping IS NOT NULL OR a.unit_code IS NOT NULL)) THEN RAISE EXCEPTION 'rule summary-account.components: what is no summary account, or no detail or summary account of its ledger' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_insert_summary_account_components BEFORE INSERT ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_insert_summary_account_components();

CREATE FUNCTION accounting_component_insert_summary_account_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_account_closure s JOIN accounting_account a ON a.ledger_id = s.ledger_id AND a.id = s.summary_id AND NOT a.overlapping WHERE s.ledger_id = NEW.ledger_id AND s.component_id = NEW.summary_id AND (EXISTS (SELECT 1 FROM accounting_account_closure d JOIN accounting_account_closure k ON k.ledger_id = d.ledger_id AND k.component_id = d.component_id AND k.summary_id = s.summary_id WHERE d.ledger_id = NEW.ledger_id AND d.summary_id = NEW.component_id) OR EXISTS (SELECT 1 FROM accounting_account_closure k JOIN accounting_component c ON c.ledger_id = NEW.ledger_id AND c.component_id = k.component_id JOIN accounting_account_closure p ON p.ledger_id = NEW.ledger_id AND p.summary_id = NEW.component_id AND p.component_id = c.summary_id WHERE k.ledger_id = NEW.ledger_id AND k.summary_id = NEW.component_id GROUP BY c.component_id HAVING count(*) > 1))) THEN RAISE EXCEPTION 'rule summary-account.no-overlap: an account by a second way below a summary account that refuses overlap' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_insert_summary_account_no_overlap BEFORE INSERT ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_insert_summary_account_no_overlap();

CREATE FUNCTION accounting_component_update_summary_account_link_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule summary-account.link-fixed: a component turned into another' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_update_summary_account_link_fixed BEFORE UPDATE ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_update_summary_account_link_fixed();

CREATE FUNCTION accounting_component_extend() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id)
SELECT DISTINCT NEW.ledger_id, up.summary_id, down.component_id
FROM accounting_account_closure up, accounting_account_closure down
WHERE up.ledger_id = NEW.ledger_id AND up.component_id = NEW.summary_id
AND down.ledger_id = NEW.ledger_id AND down.summary_id = NEW.component_id
AND NOT EXISTS (SELECT 1 FROM accounting_account_closure k WHERE k.ledger_id = NEW.ledger_id
    AND k.summary_id = up.summary_id AND k.component_id = down.component_id); RETURN NULL; END $guard$;

CREATE TRIGGER accounting_component_extend AFTER INSERT ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_extend();

CREATE FUNCTION accounting_component_shrink() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM accounting_account_closure WHERE ledger_id = OLD.ledger_id
AND summary_id IN (SELECT up.summary_id FROM accounting_account_closure up
    WHERE up.ledger_id = OLD.ledger_id AND up.component_id = OLD.summary_id)
AND component_id IN (SELECT down.component_id FROM accounting_account_closure down
    WHERE down.ledger_id = OLD.ledger_id AND down.summary_id = OLD.component_id); INSERT INTO accounting_account_closure (ledger_id, summary_id, component_id)
SELECT OLD.ledger_id, summary_id, component_id FROM (
    WITH RECURSIVE up(summary_id, component_id) AS (
        SELECT down.component_id, down.component_id FROM accounting_account_closure down
        WHERE down.ledger_id = OLD.ledger_id AND down.summary_id = OLD.component_id
        UNION
        SELECT c.summary_id, up.component_id
        FROM up JOIN accounting_component c ON c.ledger_id = OLD.ledger_id AND c.component_id = up.summary_id
    ) SELECT summary_id, component_id FROM up
) AS climbed
WHERE NOT EXISTS (SELECT 1 FROM accounting_account_closure k WHERE k.ledger_id = OLD.ledger_id
    AND k.summary_id = climbed.summary_id AND k.component_id = climbed.component_id); RETURN NULL; END $guard$;

CREATE TRIGGER accounting_component_shrink AFTER DELETE ON accounting_component FOR EACH ROW EXECUTE FUNCTION accounting_component_shrink();

CREATE TABLE accounting_component_link (
	ledger_id UUID NOT NULL,
	summary_id UUID NOT NULL,
	component_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_accounting_component_link PRIMARY KEY (version),
	CONSTRAINT ck_accounting_component_link_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_accounting_component_link_summary FOREIGN KEY(ledger_id, summary_id) REFERENCES accounting_account (ledger_id, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_component_link_component FOREIGN KEY(ledger_id, component_id) REFERENCES accounting_account (ledger_id, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_component_link_id FOREIGN KEY(id) REFERENCES accounting_component_link (version)
);

CREATE INDEX ix_accounting_component_link_above ON accounting_component_link (component_id, known_to);

CREATE INDEX ix_accounting_component_link_below ON accounting_component_link (summary_id, known_to);

CREATE INDEX ix_accounting_component_link_known_from ON accounting_component_link (ledger_id, known_from);

CREATE INDEX ix_accounting_component_link_known_to ON accounting_component_link (ledger_id, known_to);

CREATE UNIQUE INDEX uq_accounting_component_link_believed ON accounting_component_link (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION accounting_component_link_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_component_link o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_insert_history_append_only BEFORE INSERT ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_insert_history_append_only();

CREATE FUNCTION accounting_component_link_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.ledger_id IS DISTINCT FROM OLD.ledger_id OR NEW.summary_id IS DISTINCT FROM OLD.summary_id OR NEW.component_id IS DISTINCT FROM OLD.component_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_update_history_append_only BEFORE UPDATE ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_update_history_append_only();

CREATE FUNCTION accounting_component_link_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_component_link_delete_history_append_only BEFORE DELETE ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_delete_history_append_only();

CREATE FUNCTION accounting_component_link_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_component_link_truncate_history_append_only BEFORE TRUNCATE ON accounting_component_link FOR EACH STATEMENT EXECUTE FUNCTION accounting_component_link_truncate_history_append_only();

CREATE FUNCTION accounting_component_link_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_insert_history_begins_believed BEFORE INSERT ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_insert_history_begins_believed();

CREATE FUNCTION accounting_component_link_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_component_link o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_insert_history_one_current BEFORE INSERT ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_insert_history_one_current();

CREATE FUNCTION accounting_component_link_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_update_history_closed_once BEFORE UPDATE OF known_to ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_update_history_closed_once();

CREATE FUNCTION accounting_component_link_insert_summary_account_link_known() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_component_link h WHERE h.ledger_id = NEW.ledger_id AND h.summary_id = NEW.summary_id AND h.component_id = NEW.component_id AND h.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule summary-account.link-known: a link that is believed already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_insert_summary_account_link_known BEFORE INSERT ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_insert_summary_account_link_known();

CREATE FUNCTION accounting_component_link_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM accounting_ledger l WHERE l.id = NEW.ledger_id FOR NO KEY UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_aa_lock BEFORE INSERT OR UPDATE ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_aa_lock();

CREATE FUNCTION accounting_component_link_insert_summary_account_link_settled() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_from <= (SELECT l.barrier FROM accounting_ledger l WHERE l.id = NEW.ledger_id) THEN RAISE EXCEPTION 'rule summary-account.link-settled: a component put in when its ledger was settled already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_insert_summary_account_link_settled BEFORE INSERT ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_insert_summary_account_link_settled();

CREATE FUNCTION accounting_component_link_update_summary_account_link_settled() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <= (SELECT l.barrier FROM accounting_ledger l WHERE l.id = NEW.ledger_id) THEN RAISE EXCEPTION 'rule summary-account.link-settled: a component taken out when its ledger was settled already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_component_link_update_summary_account_link_settled BEFORE UPDATE OF known_to ON accounting_component_link FOR EACH ROW EXECUTE FUNCTION accounting_component_link_update_summary_account_link_settled();

CREATE TABLE accounting_corresponding (
	account_id UUID NOT NULL,
	correspondence_id UUID NOT NULL,
	CONSTRAINT pk_accounting_corresponding PRIMARY KEY (account_id),
	CONSTRAINT fk_accounting_corresponding_account_id FOREIGN KEY(account_id) REFERENCES accounting_account (id),
	CONSTRAINT fk_accounting_corresponding_correspondence_id FOREIGN KEY(correspondence_id) REFERENCES accounting_correspondence (id)
);

CREATE INDEX ix_accounting_corresponding_correspondence_id ON accounting_corresponding (correspondence_id);

CREATE FUNCTION accounting_corresponding_insert_corresponding_account_same_unit() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_corresponding c JOIN accounting_account o ON o.id = c.account_id JOIN accounting_account a ON a.id = NEW.account_id WHERE c.correspondence_id = NEW.correspondence_id AND o.unit_code <> a.unit_code) THEN RAISE EXCEPTION 'rule corresponding-account.same-unit: an account beside others that count another unit' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_corresponding_insert_corresponding_account_same_unit BEFORE INSERT ON accounting_corresponding FOR EACH ROW EXECUTE FUNCTION accounting_corresponding_insert_corresponding_account_same_unit();

CREATE FUNCTION accounting_corresponding_update_corresponding_account_same_unit() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_corresponding c JOIN accounting_account o ON o.id = c.account_id JOIN accounting_account a ON a.id = NEW.account_id WHERE c.correspondence_id = NEW.correspondence_id AND o.unit_code <> a.unit_code) THEN RAISE EXCEPTION 'rule corresponding-account.same-unit: an account beside others that count another unit' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_corresponding_update_corresponding_account_same_unit BEFORE UPDATE ON accounting_corresponding FOR EACH ROW EXECUTE FUNCTION accounting_corresponding_update_corresponding_account_same_unit();

CREATE TABLE accounting_entry (
	ledger_id UUID NOT NULL,
	transaction_id UUID NOT NULL,
	n INTEGER NOT NULL,
	legs INTEGER NOT NULL,
	account_id UUID NOT NULL,
	unit_code VARCHAR(255) NOT NULL,
	steps BIGINT NOT NULL,
	memo BOOLEAN NOT NULL,
	charged DATE NOT NULL,
	booked TIMESTAMP WITH TIME ZONE NOT NULL,
	concerns DATE NOT NULL,
	CONSTRAINT pk_accounting_entry PRIMARY KEY (ledger_id, transaction_id, n),
	CONSTRAINT fk_accounting_entry_transaction FOREIGN KEY(ledger_id, transaction_id, legs) REFERENCES accounting_transaction (ledger_id, id, legs) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_entry_account FOREIGN KEY(ledger_id, account_id, unit_code, memo) REFERENCES accounting_account (ledger_id, id, unit_code, memo),
	CONSTRAINT ck_accounting_entry_leg CHECK (n >= 0 AND n < legs),
	CONSTRAINT ck_accounting_entry_nonzero CHECK (steps <> 0),
	CONSTRAINT ck_accounting_entry_size CHECK (steps BETWEEN -4611686018427387903 AND 4611686018427387903),
	CONSTRAINT ck_accounting_entry_days CHECK (least(charged, concerns) >= '0001-01-01' AND greatest(charged, concerns) <= '9999-12-31'),
	CONSTRAINT ck_accounting_entry_past CHECK (concerns <= charged)
);

CREATE INDEX ix_accounting_entry_booked ON accounting_entry (ledger_id, account_id, booked, charged, steps);

CREATE INDEX ix_accounting_entry_charged ON accounting_entry (ledger_id, account_id, charged, booked, steps);

CREATE FUNCTION accounting_entry_update_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule ledger.append-only: a posted row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_entry_update_ledger_append_only BEFORE UPDATE ON accounting_entry FOR EACH ROW EXECUTE FUNCTION accounting_entry_update_ledger_append_only();

CREATE FUNCTION accounting_entry_delete_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule ledger.append-only: a posted row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_entry_delete_ledger_append_only BEFORE DELETE ON accounting_entry FOR EACH ROW EXECUTE FUNCTION accounting_entry_delete_ledger_append_only();

CREATE FUNCTION accounting_entry_truncate_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule ledger.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_entry_truncate_ledger_append_only BEFORE TRUNCATE ON accounting_entry FOR EACH STATEMENT EXECUTE FUNCTION accounting_entry_truncate_ledger_append_only();

CREATE TABLE accounting_firing_account (
	ledger_id UUID NOT NULL,
	account_id UUID NOT NULL,
	reached TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_accounting_firing_account PRIMARY KEY (ledger_id, account_id),
	CONSTRAINT fk_accounting_firing_account_account FOREIGN KEY(ledger_id, account_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT fk_accounting_firing_account_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE FUNCTION accounting_firing_account_update_firing_forward() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.reached < OLD.reached THEN RAISE EXCEPTION 'rule firing.forward: an instant before the one that was reached' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_firing_account_update_firing_forward BEFORE UPDATE ON accounting_firing_account FOR EACH ROW EXECUTE FUNCTION accounting_firing_account_update_firing_forward();

CREATE TABLE accounting_firing_backward (
	ledger_id UUID NOT NULL,
	rule_id UUID NOT NULL,
	account_id UUID NOT NULL,
	reached TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_accounting_firing_backward PRIMARY KEY (ledger_id, rule_id, account_id),
	CONSTRAINT fk_accounting_firing_backward_account FOREIGN KEY(ledger_id, account_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT fk_accounting_firing_backward_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id),
	CONSTRAINT fk_accounting_firing_backward_rule_id FOREIGN KEY(rule_id) REFERENCES accounting_posting_rule (id)
);

CREATE FUNCTION accounting_firing_backward_update_firing_forward() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.reached < OLD.reached THEN RAISE EXCEPTION 'rule firing.forward: an instant before the one that was reached' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_firing_backward_update_firing_forward BEFORE UPDATE ON accounting_firing_backward FOR EACH ROW EXECUTE FUNCTION accounting_firing_backward_update_firing_forward();

CREATE TABLE accounting_firing_eager_fired (
	ledger_id UUID NOT NULL,
	transaction_id UUID NOT NULL,
	CONSTRAINT pk_accounting_firing_eager_fired PRIMARY KEY (ledger_id, transaction_id),
	CONSTRAINT fk_accounting_firing_eager_fired_transaction FOREIGN KEY(ledger_id, transaction_id) REFERENCES accounting_transaction (ledger_id, id),
	CONSTRAINT fk_accounting_firing_eager_fired_ledger_id FOREIGN KEY(ledger_id) REFERENCES accounting_ledger (id)
);

CREATE TABLE accounting_share (
	ledger_id UUID NOT NULL,
	reconsideration_id UUID NOT NULL,
	n INTEGER NOT NULL,
	event_id UUID,
	root_id UUID,
	totalled_id UUID,
	start DATE,
	rule_id UUID NOT NULL,
	account_id UUID NOT NULL,
	concerns DATE NOT NULL,
	steps BIGINT NOT NULL,
	transaction_id UUID,
	CONSTRAINT pk_accounting_share PRIMARY KEY (ledger_id, reconsideration_id, n),
	CONSTRAINT fk_accounting_share_reconsideration FOREIGN KEY(ledger_id, reconsideration_id) REFERENCES accounting_reconsideration (ledger_id, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_share_event FOREIGN KEY(ledger_id, event_id) REFERENCES accounting_event (ledger_id, id),
	CONSTRAINT fk_accounting_share_root FOREIGN KEY(ledger_id, root_id) REFERENCES accounting_transaction (ledger_id, id),
	CONSTRAINT fk_accounting_share_transaction FOREIGN KEY(ledger_id, transaction_id) REFERENCES accounting_transaction (ledger_id, id),
	CONSTRAINT fk_accounting_share_account FOREIGN KEY(ledger_id, account_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT fk_accounting_share_totalled FOREIGN KEY(ledger_id, totalled_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT ck_accounting_share_of_one CHECK ((CASE WHEN event_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN root_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN totalled_id IS NULL THEN 0 ELSE 1 END) = 1 AND (totalled_id IS NULL) = (start IS NULL)),
	CONSTRAINT ck_accounting_share_size CHECK (steps <> 0 AND steps BETWEEN -4611686018427387903 AND 4611686018427387903),
	CONSTRAINT fk_accounting_share_rule_id FOREIGN KEY(rule_id) REFERENCES accounting_posting_rule (id)
);

CREATE INDEX ix_accounting_share_account ON accounting_share (ledger_id, account_id, concerns);

CREATE INDEX ix_accounting_share_event ON accounting_share (ledger_id, event_id);

CREATE INDEX ix_accounting_share_root ON accounting_share (ledger_id, root_id);

CREATE INDEX ix_accounting_share_totalled ON accounting_share (ledger_id, totalled_id, rule_id, start);

CREATE INDEX ix_accounting_share_transaction ON accounting_share (ledger_id, transaction_id);

CREATE FUNCTION accounting_share_insert_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_share o WHERE o.ledger_id = NEW.ledger_id AND o.reconsideration_id = NEW.reconsideration_id AND o.n = NEW.n) THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_share_insert_reconsideration_append_only BEFORE INSERT ON accounting_share FOR EACH ROW EXECUTE FUNCTION accounting_share_insert_reconsideration_append_only();

CREATE FUNCTION accounting_share_update_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_share_update_reconsideration_append_only BEFORE UPDATE ON accounting_share FOR EACH ROW EXECUTE FUNCTION accounting_share_update_reconsideration_append_only();

CREATE FUNCTION accounting_share_delete_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_share_delete_reconsideration_append_only BEFORE DELETE ON accounting_share FOR EACH ROW EXECUTE FUNCTION accounting_share_delete_reconsideration_append_only();

CREATE FUNCTION accounting_share_truncate_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule reconsideration.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_share_truncate_reconsideration_append_only BEFORE TRUNCATE ON accounting_share FOR EACH STATEMENT EXECUTE FUNCTION accounting_share_truncate_reconsideration_append_only();

CREATE FUNCTION accounting_share_insert_reconsideration_shares() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_reconsideration r WHERE r.ledger_id = NEW.ledger_id AND r.id = NEW.reconsideration_id) THEN RAISE EXCEPTION 'rule reconsideration.shares: a share of what is complete already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_share_insert_reconsideration_shares BEFORE INSERT ON accounting_share FOR EACH ROW EXECUTE FUNCTION accounting_share_insert_reconsideration_shares();

CREATE TABLE accounting_source (
	ledger_id UUID NOT NULL,
	transaction_id UUID NOT NULL,
	source_transaction_id UUID NOT NULL,
	source_n INTEGER NOT NULL,
	CONSTRAINT pk_accounting_source PRIMARY KEY (ledger_id, transaction_id, source_transaction_id, source_n),
	CONSTRAINT fk_accounting_source_transaction FOREIGN KEY(ledger_id, transaction_id) REFERENCES accounting_transaction (ledger_id, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_accounting_source_entry FOREIGN KEY(ledger_id, source_transaction_id, source_n) REFERENCES accounting_entry (ledger_id, transaction_id, n)
);

CREATE INDEX ix_accounting_source_consequence ON accounting_source (ledger_id, source_transaction_id, source_n);

CREATE FUNCTION accounting_source_stands() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DECLARE broken text; BEGIN SELECT 'rule transaction.complete: a source for a transaction that stands already' INTO broken FROM added s CROSS JOIN LATERAL (SELECT 1 FROM accounting_transaction t WHERE t.ledger_id = s.ledger_id AND t.id = s.transaction_id OFFSET 0) t LIMIT 1; IF broken IS NOT NULL THEN RAISE EXCEPTION '%', broken USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END; END $guard$;

CREATE TRIGGER accounting_source_stands AFTER INSERT ON accounting_source REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION accounting_source_stands();

CREATE FUNCTION accounting_source_update_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule ledger.append-only: a posted row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_source_update_ledger_append_only BEFORE UPDATE ON accounting_source FOR EACH ROW EXECUTE FUNCTION accounting_source_update_ledger_append_only();

CREATE FUNCTION accounting_source_delete_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule ledger.append-only: a posted row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_source_delete_ledger_append_only BEFORE DELETE ON accounting_source FOR EACH ROW EXECUTE FUNCTION accounting_source_delete_ledger_append_only();

CREATE FUNCTION accounting_source_truncate_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule ledger.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_source_truncate_ledger_append_only BEFORE TRUNCATE ON accounting_source FOR EACH STATEMENT EXECUTE FUNCTION accounting_source_truncate_ledger_append_only();
