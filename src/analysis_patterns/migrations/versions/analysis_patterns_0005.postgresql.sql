CREATE TABLE trading_build_definition (
	name VARCHAR(500) NOT NULL,
	steps TEXT NOT NULL,
	conflict VARCHAR(20) NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_trading_build_definition PRIMARY KEY (version),
	CONSTRAINT ck_trading_build_definition_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_trading_build_definition_conflict CHECK (conflict IN ('first wins', 'last wins', 'refuse')),
	CONSTRAINT fk_trading_build_definition_id FOREIGN KEY(id) REFERENCES trading_build_definition (version)
);

CREATE UNIQUE INDEX uq_trading_build_definition_believed ON trading_build_definition (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_trading_build_definition_name ON trading_build_definition (name, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION trading_build_definition_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_build_definition o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_build_definition_insert_history_append_only BEFORE INSERT ON trading_build_definition FOR EACH ROW EXECUTE FUNCTION trading_build_definition_insert_history_append_only();

CREATE FUNCTION trading_build_definition_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.name IS DISTINCT FROM OLD.name OR NEW.steps IS DISTINCT FROM OLD.steps OR NEW.conflict IS DISTINCT FROM OLD.conflict OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_build_definition_update_history_append_only BEFORE UPDATE ON trading_build_definition FOR EACH ROW EXECUTE FUNCTION trading_build_definition_update_history_append_only();

CREATE FUNCTION trading_build_definition_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_build_definition_delete_history_append_only BEFORE DELETE ON trading_build_definition FOR EACH ROW EXECUTE FUNCTION trading_build_definition_delete_history_append_only();

CREATE FUNCTION trading_build_definition_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_build_definition_truncate_history_append_only BEFORE TRUNCATE ON trading_build_definition FOR EACH STATEMENT EXECUTE FUNCTION trading_build_definition_truncate_history_append_only();

CREATE FUNCTION trading_build_definition_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_build_definition_insert_history_begins_believed BEFORE INSERT ON trading_build_definition FOR EACH ROW EXECUTE FUNCTION trading_build_definition_insert_history_begins_believed();

CREATE FUNCTION trading_build_definition_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_build_definition o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_build_definition_insert_history_one_current BEFORE INSERT ON trading_build_definition FOR EACH ROW EXECUTE FUNCTION trading_build_definition_insert_history_one_current();

CREATE FUNCTION trading_build_definition_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_build_definition_update_history_closed_once BEFORE UPDATE OF known_to ON trading_build_definition FOR EACH ROW EXECUTE FUNCTION trading_build_definition_update_history_closed_once();

CREATE TABLE trading_contract_type (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_contract_type PRIMARY KEY (id),
	CONSTRAINT uq_trading_contract_type_name UNIQUE (name)
);

CREATE FUNCTION trading_contract_type_self() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO trading_contract_type_closure (subtype_id, supertype_id) VALUES (NEW.id, NEW.id); RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_type_self AFTER INSERT ON trading_contract_type FOR EACH ROW EXECUTE FUNCTION trading_contract_type_self();

CREATE FUNCTION trading_contract_type_forget() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM trading_contract_type_closure WHERE subtype_id = OLD.id AND supertype_id = OLD.id; RETURN OLD; END $guard$;

CREATE TRIGGER trading_contract_type_forget BEFORE DELETE ON trading_contract_type FOR EACH ROW EXECUTE FUNCTION trading_contract_type_forget();

CREATE TABLE trading_information_source (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_information_source PRIMARY KEY (id),
	CONSTRAINT uq_trading_information_source_name UNIQUE (name)
);

CREATE TABLE trading_market (
	id UUID NOT NULL,
	spot_days INTEGER NOT NULL,
	calendar_codes VARCHAR(500) NOT NULL,
	adjustment VARCHAR(20) NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_market PRIMARY KEY (id),
	CONSTRAINT ck_trading_market_spot_days CHECK (spot_days BETWEEN 0 AND 10),
	CONSTRAINT ck_trading_market_adjustment CHECK (adjustment IN ('following', 'modified following')),
	CONSTRAINT uq_trading_market_name UNIQUE (name)
);

CREATE TABLE trading_portfolio_filter (
	id UUID NOT NULL,
	name VARCHAR(500),
	digest VARCHAR(64),
	CONSTRAINT pk_trading_portfolio_filter PRIMARY KEY (id),
	CONSTRAINT ck_trading_portfolio_filter_name_or_digest CHECK ((name IS NULL) <> (digest IS NULL)),
	CONSTRAINT uq_trading_portfolio_filter_name UNIQUE (name),
	CONSTRAINT uq_trading_portfolio_filter_digest UNIQUE (digest)
);

CREATE FUNCTION trading_portfolio_filter_update_portfolio_filter_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.digest IS DISTINCT FROM OLD.digest OR (OLD.name IS NULL AND NEW.name IS NOT NULL) THEN RAISE EXCEPTION 'rule portfolio-filter.fixed: another digest of a filter without a name' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_portfolio_filter_update_portfolio_filter_fixed BEFORE UPDATE ON trading_portfolio_filter FOR EACH ROW EXECUTE FUNCTION trading_portfolio_filter_update_portfolio_filter_fixed();

CREATE FUNCTION trading_portfolio_filter_update_portfolio_filter_name_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.name IS NOT NULL AND NEW.name IS DISTINCT FROM OLD.name THEN RAISE EXCEPTION 'rule portfolio-filter.name-stays: another name of a stored filter' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_portfolio_filter_update_portfolio_filter_name_stays BEFORE UPDATE ON trading_portfolio_filter FOR EACH ROW EXECUTE FUNCTION trading_portfolio_filter_update_portfolio_filter_name_stays();

CREATE TABLE trading_product_template (
	id UUID NOT NULL,
	said TEXT NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_product_template PRIMARY KEY (id),
	CONSTRAINT uq_trading_product_template_name UNIQUE (name)
);

CREATE TABLE trading_quote_formula (
	id UUID NOT NULL,
	listed VARCHAR(500) NOT NULL,
	says VARCHAR(500) NOT NULL,
	places INTEGER,
	digits INTEGER,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_quote_formula PRIMARY KEY (id),
	CONSTRAINT uq_trading_quote_formula_name UNIQUE (name)
);

CREATE FUNCTION trading_quote_formula_insert_quote_formula_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_quote_formula o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule quote-formula.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_quote_formula_insert_quote_formula_kept BEFORE INSERT ON trading_quote_formula FOR EACH ROW EXECUTE FUNCTION trading_quote_formula_insert_quote_formula_kept();

CREATE FUNCTION trading_quote_formula_update_quote_formula_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule quote-formula.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_quote_formula_update_quote_formula_kept BEFORE UPDATE ON trading_quote_formula FOR EACH ROW EXECUTE FUNCTION trading_quote_formula_update_quote_formula_kept();

CREATE FUNCTION trading_quote_formula_delete_quote_formula_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule quote-formula.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_quote_formula_delete_quote_formula_kept BEFORE DELETE ON trading_quote_formula FOR EACH ROW EXECUTE FUNCTION trading_quote_formula_delete_quote_formula_kept();

CREATE FUNCTION trading_quote_formula_truncate_quote_formula_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule quote-formula.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_quote_formula_truncate_quote_formula_kept BEFORE TRUNCATE ON trading_quote_formula FOR EACH STATEMENT EXECUTE FUNCTION trading_quote_formula_truncate_quote_formula_kept();

CREATE TABLE trading_sweep (
	id UUID NOT NULL,
	day DATE NOT NULL,
	begun INTEGER NOT NULL,
	exercisable INTEGER NOT NULL,
	hit INTEGER NOT NULL,
	expired INTEGER NOT NULL,
	withdrawn INTEGER NOT NULL,
	options INTEGER,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_sweep PRIMARY KEY (id)
);

CREATE FUNCTION trading_sweep_insert_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_sweep o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule sweep.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_sweep_insert_sweep_append_only BEFORE INSERT ON trading_sweep FOR EACH ROW EXECUTE FUNCTION trading_sweep_insert_sweep_append_only();

CREATE FUNCTION trading_sweep_update_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule sweep.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_sweep_update_sweep_append_only BEFORE UPDATE ON trading_sweep FOR EACH ROW EXECUTE FUNCTION trading_sweep_update_sweep_append_only();

CREATE FUNCTION trading_sweep_delete_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule sweep.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_sweep_delete_sweep_append_only BEFORE DELETE ON trading_sweep FOR EACH ROW EXECUTE FUNCTION trading_sweep_delete_sweep_append_only();

CREATE FUNCTION trading_sweep_truncate_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule sweep.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_sweep_truncate_sweep_append_only BEFORE TRUNCATE ON trading_sweep FOR EACH STATEMENT EXECUTE FUNCTION trading_sweep_truncate_sweep_append_only();

CREATE TABLE trading_term_type (
	id UUID NOT NULL,
	kind VARCHAR(20) NOT NULL,
	unit_code VARCHAR(100),
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_term_type PRIMARY KEY (id),
	CONSTRAINT ck_trading_term_type_unit CHECK (CASE WHEN kind IN ('quantity', 'money') THEN unit_code IS NOT NULL ELSE unit_code IS NULL END),
	CONSTRAINT ck_trading_term_type_kind CHECK (kind IN ('number', 'quantity', 'money', 'date', 'text', 'truth', 'choice')),
	CONSTRAINT uq_trading_term_type_name UNIQUE (name)
);

CREATE FUNCTION trading_term_type_update_term_type_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind <> OLD.kind OR NEW.unit_code IS DISTINCT FROM OLD.unit_code THEN RAISE EXCEPTION 'rule term-type.kept: another kind or unit for terms that may have values' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_type_update_term_type_kept BEFORE UPDATE ON trading_term_type FOR EACH ROW EXECUTE FUNCTION trading_term_type_update_term_type_kept();

CREATE TABLE trading_contract_type_closure (
	subtype_id UUID NOT NULL,
	supertype_id UUID NOT NULL,
	CONSTRAINT pk_trading_contract_type_closure PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_trading_contract_type_closure_subtype_id FOREIGN KEY(subtype_id) REFERENCES trading_contract_type (id),
	CONSTRAINT fk_trading_contract_type_closure_supertype_id FOREIGN KEY(supertype_id) REFERENCES trading_contract_type (id)
);

CREATE INDEX ix_trading_contract_type_closure_supertype_id ON trading_contract_type_closure (supertype_id);

CREATE TABLE trading_contract_type_generalization (
	subtype_id UUID NOT NULL,
	supertype_id UUID NOT NULL,
	CONSTRAINT pk_trading_contract_type_generalization PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_trading_contract_type_generalization_subtype_id FOREIGN KEY(subtype_id) REFERENCES trading_contract_type (id),
	CONSTRAINT fk_trading_contract_type_generalization_supertype_id FOREIGN KEY(supertype_id) REFERENCES trading_contract_type (id)
);

CREATE INDEX ix_trading_contract_type_generalization_supertype_id ON trading_contract_type_generalization (supertype_id);

CREATE FUNCTION trading_contract_type_generalization_insert_contract_t_3bb5cc18() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM trading_contract_type_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) THEN RAISE EXCEPTION 'rule contract-type.acyclic: a supertype that is a subtype already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_type_generalization_insert_contract_t_3bb5cc18 BEFORE INSERT ON trading_contract_type_generalization FOR EACH ROW EXECUTE FUNCTION trading_contract_type_generalization_insert_contract_t_3bb5cc18();

CREATE FUNCTION trading_contract_type_generalization_update_contract_t_c359941c() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM trading_contract_type_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) THEN RAISE EXCEPTION 'rule contract-type.acyclic: a supertype that is a subtype already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_type_generalization_update_contract_t_c359941c BEFORE UPDATE ON trading_contract_type_generalization FOR EACH ROW EXECUTE FUNCTION trading_contract_type_generalization_update_contract_t_c359941c();

CREATE FUNCTION trading_contract_type_extend() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO trading_contract_type_closure (subtype_id, supertype_id)
SELECT DISTINCT below.subtype_id, above.supertype_id
FROM trading_contract_type_closure below, trading_contract_type_closure above
WHERE below.supertype_id = NEW.subtype_id AND above.subtype_id = NEW.supertype_id
AND NOT EXISTS (SELECT 1 FROM trading_contract_type_closure k
    WHERE k.subtype_id = below.subtype_id AND k.supertype_id = above.supertype_id); RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_type_extend AFTER INSERT ON trading_contract_type_generalization FOR EACH ROW EXECUTE FUNCTION trading_contract_type_extend();

CREATE FUNCTION trading_contract_type_rebuild_update() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM trading_contract_type_closure; INSERT INTO trading_contract_type_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM trading_contract_type
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN trading_contract_type_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_type_rebuild_update AFTER UPDATE ON trading_contract_type_generalization FOR EACH ROW EXECUTE FUNCTION trading_contract_type_rebuild_update();

CREATE FUNCTION trading_contract_type_rebuild_delete() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM trading_contract_type_closure; INSERT INTO trading_contract_type_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM trading_contract_type
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN trading_contract_type_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_type_rebuild_delete AFTER DELETE ON trading_contract_type_generalization FOR EACH ROW EXECUTE FUNCTION trading_contract_type_rebuild_delete();

CREATE TABLE trading_filter_version (
	filter_id UUID NOT NULL,
	says TEXT NOT NULL,
	digest VARCHAR(64) NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_trading_filter_version PRIMARY KEY (version),
	CONSTRAINT ck_trading_filter_version_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_trading_filter_version_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_trading_filter_version_filter_id FOREIGN KEY(filter_id) REFERENCES trading_portfolio_filter (id),
	CONSTRAINT fk_trading_filter_version_id FOREIGN KEY(id) REFERENCES trading_filter_version (version)
);

CREATE INDEX ix_trading_filter_version_filter_id ON trading_filter_version (filter_id);

CREATE UNIQUE INDEX uq_trading_filter_version_believed ON trading_filter_version (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION trading_filter_version_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_filter_version o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_insert_history_append_only BEFORE INSERT ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_insert_history_append_only();

CREATE FUNCTION trading_filter_version_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.filter_id IS DISTINCT FROM OLD.filter_id OR NEW.says IS DISTINCT FROM OLD.says OR NEW.digest IS DISTINCT FROM OLD.digest OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_update_history_append_only BEFORE UPDATE ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_update_history_append_only();

CREATE FUNCTION trading_filter_version_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_filter_version_delete_history_append_only BEFORE DELETE ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_delete_history_append_only();

CREATE FUNCTION trading_filter_version_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_filter_version_truncate_history_append_only BEFORE TRUNCATE ON trading_filter_version FOR EACH STATEMENT EXECUTE FUNCTION trading_filter_version_truncate_history_append_only();

CREATE FUNCTION trading_filter_version_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_insert_history_begins_believed BEFORE INSERT ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_insert_history_begins_believed();

CREATE FUNCTION trading_filter_version_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_filter_version o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_insert_history_one_current BEFORE INSERT ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_insert_history_one_current();

CREATE FUNCTION trading_filter_version_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_update_history_closed_once BEFORE UPDATE OF known_to ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_update_history_closed_once();

CREATE FUNCTION trading_filter_version_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM trading_portfolio_filter WHERE id = NEW.filter_id FOR NO KEY UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_aa_lock BEFORE INSERT ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_aa_lock();

CREATE FUNCTION trading_filter_version_insert_portfolio_filter_one_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_filter_version o  WHERE o.filter_id = NEW.filter_id AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule portfolio-filter.one-at-a-time: a second version on the same day' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_insert_portfolio_filter_one_at_a_time BEFORE INSERT ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_insert_portfolio_filter_one_at_a_time();

CREATE FUNCTION trading_filter_version_insert_portfolio_filter_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_portfolio_filter f WHERE f.id = NEW.filter_id AND f.digest <> NEW.digest) THEN RAISE EXCEPTION 'rule portfolio-filter.fixed: another filter under the same digest' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_insert_portfolio_filter_fixed BEFORE INSERT ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_insert_portfolio_filter_fixed();

CREATE FUNCTION trading_filter_version_update_portfolio_filter_fixed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_portfolio_filter f WHERE f.id = NEW.filter_id AND f.digest IS NOT NULL) THEN RAISE EXCEPTION 'rule portfolio-filter.fixed: what a filter without a name says, changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_filter_version_update_portfolio_filter_fixed BEFORE UPDATE ON trading_filter_version FOR EACH ROW EXECUTE FUNCTION trading_filter_version_update_portfolio_filter_fixed();

CREATE TABLE trading_market_day (
	id UUID NOT NULL,
	market_id UUID NOT NULL,
	day DATE NOT NULL,
	is_worked BOOLEAN NOT NULL,
	why VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_market_day PRIMARY KEY (id),
	CONSTRAINT uq_trading_market_day_market_id_day UNIQUE (market_id, day),
	CONSTRAINT fk_trading_market_day_market_id FOREIGN KEY(market_id) REFERENCES trading_market (id)
);

CREATE TABLE trading_market_indicator (
	kind VARCHAR(50) NOT NULL,
	unit_code VARCHAR(100) NOT NULL,
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	market_id UUID,
	amount_unit_code VARCHAR(100),
	currency_code VARCHAR(100),
	instrument_id UUID,
	tenor_text VARCHAR(10),
	CONSTRAINT pk_trading_market_indicator PRIMARY KEY (id),
	CONSTRAINT ck_trading_market_indicator_instrument_whole CHECK (CASE WHEN kind IN ('instrument', 'exchange rate') THEN market_id IS NOT NULL AND amount_unit_code IS NOT NULL ELSE 1 = 1 END),
	CONSTRAINT fk_trading_market_indicator_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT uq_trading_market_indicator_name UNIQUE (name),
	CONSTRAINT fk_trading_market_indicator_market_id FOREIGN KEY(market_id) REFERENCES trading_market (id),
	CONSTRAINT fk_trading_market_indicator_instrument_id FOREIGN KEY(instrument_id) REFERENCES trading_market_indicator (id)
);

CREATE INDEX ix_trading_market_indicator_instrument_id ON trading_market_indicator (instrument_id);

CREATE INDEX ix_trading_market_indicator_market_id ON trading_market_indicator (market_id);

CREATE FUNCTION trading_market_indicator_update_market_indicator_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.unit_code IS DISTINCT FROM OLD.unit_code OR NEW.amount_unit_code IS DISTINCT FROM OLD.amount_unit_code OR NEW.currency_code IS DISTINCT FROM OLD.currency_code OR NEW.instrument_id IS DISTINCT FROM OLD.instrument_id OR NEW.tenor_text IS DISTINCT FROM OLD.tenor_text THEN RAISE EXCEPTION 'rule market-indicator.kept: an indicator would be counted in something else' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_market_indicator_update_market_indicator_kept BEFORE UPDATE ON trading_market_indicator FOR EACH ROW EXECUTE FUNCTION trading_market_indicator_update_market_indicator_kept();

CREATE TABLE trading_portfolio (
	filter_id UUID NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_trading_portfolio PRIMARY KEY (id),
	CONSTRAINT uq_trading_portfolio_filter_id UNIQUE (filter_id),
	CONSTRAINT fk_trading_portfolio_filter_id FOREIGN KEY(filter_id) REFERENCES trading_portfolio_filter (id),
	CONSTRAINT fk_trading_portfolio_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE TABLE trading_subtype_machine (
	id UUID NOT NULL,
	life_cycle_id UUID NOT NULL,
	general_id UUID NOT NULL,
	contract_type VARCHAR(120),
	CONSTRAINT pk_trading_subtype_machine PRIMARY KEY (id),
	CONSTRAINT uq_trading_subtype_machine_life_cycle_id UNIQUE (life_cycle_id),
	CONSTRAINT fk_trading_subtype_machine_life_cycle_id FOREIGN KEY(life_cycle_id) REFERENCES patterns_life_cycle (id),
	CONSTRAINT fk_trading_subtype_machine_general_id FOREIGN KEY(general_id) REFERENCES patterns_life_cycle (id),
	CONSTRAINT uq_trading_subtype_machine_contract_type UNIQUE (contract_type)
);

CREATE INDEX ix_trading_subtype_machine_general_id ON trading_subtype_machine (general_id);

CREATE FUNCTION trading_subtype_machine_update_subtype_machine_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.contract_type IS DISTINCT FROM OLD.contract_type OR NEW.life_cycle_id <> OLD.life_cycle_id) AND OLD.contract_type IS NOT NULL AND EXISTS (SELECT 1 FROM patterns_life_cycle_course c WHERE c.life_cycle_id = OLD.life_cycle_id) THEN RAISE EXCEPTION 'rule subtype-machine.kept: a life cycle that contracts go through would be that of their type no more' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_subtype_machine_update_subtype_machine_kept BEFORE UPDATE ON trading_subtype_machine FOR EACH ROW EXECUTE FUNCTION trading_subtype_machine_update_subtype_machine_kept();

CREATE FUNCTION trading_subtype_machine_delete_subtype_machine_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.contract_type IS NOT NULL AND EXISTS (SELECT 1 FROM patterns_life_cycle_course c WHERE c.life_cycle_id = OLD.life_cycle_id) THEN RAISE EXCEPTION 'rule subtype-machine.kept: a life cycle that contracts go through would be that of their type no more' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_subtype_machine_delete_subtype_machine_kept BEFORE DELETE ON trading_subtype_machine FOR EACH ROW EXECUTE FUNCTION trading_subtype_machine_delete_subtype_machine_kept();

CREATE TABLE trading_term_choice (
	id UUID NOT NULL,
	type_id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_trading_term_choice PRIMARY KEY (id),
	CONSTRAINT uq_trading_term_choice_type_id_name UNIQUE (type_id, name),
	CONSTRAINT fk_trading_term_choice_type_id FOREIGN KEY(type_id) REFERENCES trading_term_type (id)
);

CREATE FUNCTION trading_term_choice_insert_term_type_choices() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM trading_term_type t WHERE t.id = NEW.type_id AND t.kind = 'choice') OR trim(NEW.name) = '' THEN RAISE EXCEPTION 'rule term-type.choices: a choice for terms that are none, or a blank one' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_choice_insert_term_type_choices BEFORE INSERT ON trading_term_choice FOR EACH ROW EXECUTE FUNCTION trading_term_choice_insert_term_type_choices();

CREATE FUNCTION trading_term_choice_insert_term_type_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_term_choice o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule term-type.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_choice_insert_term_type_kept BEFORE INSERT ON trading_term_choice FOR EACH ROW EXECUTE FUNCTION trading_term_choice_insert_term_type_kept();

CREATE FUNCTION trading_term_choice_update_term_type_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule term-type.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_choice_update_term_type_kept BEFORE UPDATE ON trading_term_choice FOR EACH ROW EXECUTE FUNCTION trading_term_choice_update_term_type_kept();

CREATE FUNCTION trading_term_choice_delete_term_type_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule term-type.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_term_choice_delete_term_type_kept BEFORE DELETE ON trading_term_choice FOR EACH ROW EXECUTE FUNCTION trading_term_choice_delete_term_type_kept();

CREATE FUNCTION trading_term_choice_truncate_term_type_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule term-type.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_term_choice_truncate_term_type_kept BEFORE TRUNCATE ON trading_term_choice FOR EACH STATEMENT EXECUTE FUNCTION trading_term_choice_truncate_term_type_kept();

CREATE TABLE trading_term_rule (
	contract_type_id UUID NOT NULL,
	term_type_id UUID NOT NULL,
	mandatory BOOLEAN NOT NULL,
	CONSTRAINT pk_trading_term_rule PRIMARY KEY (contract_type_id, term_type_id),
	CONSTRAINT fk_trading_term_rule_contract_type_id FOREIGN KEY(contract_type_id) REFERENCES trading_contract_type (id),
	CONSTRAINT fk_trading_term_rule_term_type_id FOREIGN KEY(term_type_id) REFERENCES trading_term_type (id)
);

CREATE INDEX ix_trading_term_rule_term_type_id ON trading_term_rule (term_type_id);

CREATE INDEX ix_patterns_life_cycle_move_withdrawn ON patterns_life_cycle_move (known_to) WHERE known_to < '9999-12-30 00:00:00+00';

CREATE TABLE trading_fixing (
	instrument_id UUID NOT NULL,
	source_id UUID NOT NULL,
	day DATE NOT NULL,
	price_number VARCHAR(40) NOT NULL,
	price_unit VARCHAR(100) NOT NULL,
	price_canonical TEXT COLLATE "C" NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_trading_fixing PRIMARY KEY (version),
	CONSTRAINT ck_trading_fixing_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_trading_fixing_instrument_id FOREIGN KEY(instrument_id) REFERENCES trading_market_indicator (id),
	CONSTRAINT fk_trading_fixing_source_id FOREIGN KEY(source_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_fixing_id FOREIGN KEY(id) REFERENCES trading_fixing (version)
);

CREATE UNIQUE INDEX uq_trading_fixing_believed ON trading_fixing (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_trading_fixing_day ON trading_fixing (instrument_id, day) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION trading_fixing_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_fixing o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_insert_history_append_only BEFORE INSERT ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_insert_history_append_only();

CREATE FUNCTION trading_fixing_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.instrument_id IS DISTINCT FROM OLD.instrument_id OR NEW.source_id IS DISTINCT FROM OLD.source_id OR NEW.day IS DISTINCT FROM OLD.day OR NEW.price_number IS DISTINCT FROM OLD.price_number OR NEW.price_unit IS DISTINCT FROM OLD.price_unit OR NEW.price_canonical IS DISTINCT FROM OLD.price_canonical OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_update_history_append_only BEFORE UPDATE ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_update_history_append_only();

CREATE FUNCTION trading_fixing_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_fixing_delete_history_append_only BEFORE DELETE ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_delete_history_append_only();

CREATE FUNCTION trading_fixing_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_fixing_truncate_history_append_only BEFORE TRUNCATE ON trading_fixing FOR EACH STATEMENT EXECUTE FUNCTION trading_fixing_truncate_history_append_only();

CREATE FUNCTION trading_fixing_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_insert_history_begins_believed BEFORE INSERT ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_insert_history_begins_believed();

CREATE FUNCTION trading_fixing_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_fixing o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_insert_history_one_current BEFORE INSERT ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_insert_history_one_current();

CREATE FUNCTION trading_fixing_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_update_history_closed_once BEFORE UPDATE OF known_to ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_update_history_closed_once();

CREATE FUNCTION trading_fixing_insert_fixing_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_fixing o WHERE o.instrument_id = NEW.instrument_id AND o.day = NEW.day AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.id <> NEW.id) THEN RAISE EXCEPTION 'rule fixing.once: a second fixing of a day' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_insert_fixing_once BEFORE INSERT ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_insert_fixing_once();

CREATE FUNCTION trading_fixing_insert_fixing_in_order() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id = NEW.version AND EXISTS (SELECT 1 FROM trading_fixing o WHERE o.instrument_id = NEW.instrument_id AND o.day > NEW.day AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.id <> NEW.id) THEN RAISE EXCEPTION 'rule fixing.in-order: a fixing of a day before one that is recorded' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_insert_fixing_in_order BEFORE INSERT ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_insert_fixing_in_order();

CREATE FUNCTION trading_fixing_insert_fixing_unit() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.unit_code <> NEW.price_unit) THEN RAISE EXCEPTION 'rule fixing.unit: a price in another unit than the instrument is quoted in' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_fixing_insert_fixing_unit BEFORE INSERT ON trading_fixing FOR EACH ROW EXECUTE FUNCTION trading_fixing_insert_fixing_unit();

CREATE TABLE trading_product (
	buyer_id UUID NOT NULL,
	seller_id UUID NOT NULL,
	name VARCHAR(500),
	id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_product PRIMARY KEY (id),
	CONSTRAINT ck_trading_product_two_parties CHECK (buyer_id <> seller_id),
	CONSTRAINT fk_trading_product_buyer_id FOREIGN KEY(buyer_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_product_seller_id FOREIGN KEY(seller_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_product_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_trading_product_buyer_id ON trading_product (buyer_id);

CREATE INDEX ix_trading_product_seller_id ON trading_product (seller_id);

CREATE FUNCTION trading_product_insert_product_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_product o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule product.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_product_insert_product_append_only BEFORE INSERT ON trading_product FOR EACH ROW EXECUTE FUNCTION trading_product_insert_product_append_only();

CREATE FUNCTION trading_product_update_product_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule product.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_product_update_product_append_only BEFORE UPDATE ON trading_product FOR EACH ROW EXECUTE FUNCTION trading_product_update_product_append_only();

CREATE FUNCTION trading_product_delete_product_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule product.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_product_delete_product_append_only BEFORE DELETE ON trading_product FOR EACH ROW EXECUTE FUNCTION trading_product_delete_product_append_only();

CREATE FUNCTION trading_product_truncate_product_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule product.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_product_truncate_product_append_only BEFORE TRUNCATE ON trading_product FOR EACH STATEMENT EXECUTE FUNCTION trading_product_truncate_product_append_only();

CREATE TABLE trading_scenario (
	name VARCHAR(500) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	imagined BOOLEAN NOT NULL,
	publisher_id UUID,
	id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_scenario PRIMARY KEY (id),
	CONSTRAINT fk_trading_scenario_publisher_id FOREIGN KEY(publisher_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_scenario_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_trading_scenario_at ON trading_scenario (at);

CREATE INDEX ix_trading_scenario_publisher_id ON trading_scenario (publisher_id);

CREATE UNIQUE INDEX uq_trading_scenario_published ON trading_scenario (name, at, publisher_id);

CREATE UNIQUE INDEX uq_trading_scenario_unpublished ON trading_scenario (name, at) WHERE publisher_id IS NULL;

CREATE FUNCTION trading_scenario_insert_scenario_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_scenario o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule scenario.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_insert_scenario_append_only BEFORE INSERT ON trading_scenario FOR EACH ROW EXECUTE FUNCTION trading_scenario_insert_scenario_append_only();

CREATE FUNCTION trading_scenario_update_scenario_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_update_scenario_append_only BEFORE UPDATE ON trading_scenario FOR EACH ROW EXECUTE FUNCTION trading_scenario_update_scenario_append_only();

CREATE FUNCTION trading_scenario_delete_scenario_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_scenario_delete_scenario_append_only BEFORE DELETE ON trading_scenario FOR EACH ROW EXECUTE FUNCTION trading_scenario_delete_scenario_append_only();

CREATE FUNCTION trading_scenario_truncate_scenario_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule scenario.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_scenario_truncate_scenario_append_only BEFORE TRUNCATE ON trading_scenario FOR EACH STATEMENT EXECUTE FUNCTION trading_scenario_truncate_scenario_append_only();

CREATE TABLE trading_source_index (
	id UUID NOT NULL,
	source_id UUID NOT NULL,
	indicator_id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_source_index PRIMARY KEY (id),
	CONSTRAINT fk_trading_source_index_source_id FOREIGN KEY(source_id) REFERENCES trading_information_source (id),
	CONSTRAINT fk_trading_source_index_indicator_id FOREIGN KEY(indicator_id) REFERENCES trading_market_indicator (id)
);

CREATE INDEX ix_trading_source_index_indicator_id ON trading_source_index (indicator_id);

CREATE UNIQUE INDEX uq_trading_source_index_indicator ON trading_source_index (source_id, indicator_id);

CREATE UNIQUE INDEX uq_trading_source_index_name ON trading_source_index (source_id, name);

CREATE FUNCTION trading_source_index_insert_source_index_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_source_index o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule source-index.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_index_insert_source_index_kept BEFORE INSERT ON trading_source_index FOR EACH ROW EXECUTE FUNCTION trading_source_index_insert_source_index_kept();

CREATE FUNCTION trading_source_index_update_source_index_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule source-index.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_index_update_source_index_kept BEFORE UPDATE ON trading_source_index FOR EACH ROW EXECUTE FUNCTION trading_source_index_update_source_index_kept();

CREATE FUNCTION trading_source_index_delete_source_index_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule source-index.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_source_index_delete_source_index_kept BEFORE DELETE ON trading_source_index FOR EACH ROW EXECUTE FUNCTION trading_source_index_delete_source_index_kept();

CREATE FUNCTION trading_source_index_truncate_source_index_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule source-index.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_source_index_truncate_source_index_kept BEFORE TRUNCATE ON trading_source_index FOR EACH STATEMENT EXECUTE FUNCTION trading_source_index_truncate_source_index_kept();

CREATE TABLE trading_state_case (
	machine_id UUID NOT NULL,
	state VARCHAR(200) NOT NULL,
	superstate VARCHAR(200) NOT NULL,
	CONSTRAINT pk_trading_state_case PRIMARY KEY (machine_id, state),
	CONSTRAINT fk_trading_state_case_machine_id FOREIGN KEY(machine_id) REFERENCES trading_subtype_machine (id)
);

CREATE TABLE trading_contract (
	kind VARCHAR(50) NOT NULL,
	product_id UUID NOT NULL,
	instrument_id UUID NOT NULL,
	long_id UUID NOT NULL,
	short_id UUID NOT NULL,
	direction VARCHAR(5) NOT NULL,
	amount_number VARCHAR(40) NOT NULL,
	amount_unit VARCHAR(100) NOT NULL,
	amount_canonical TEXT COLLATE "C" NOT NULL,
	price_number VARCHAR(40) NOT NULL,
	price_unit VARCHAR(100) NOT NULL,
	price_canonical TEXT COLLATE "C" NOT NULL,
	traded DATE NOT NULL,
	delivery DATE NOT NULL,
	tenor_text VARCHAR(10),
	id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_contract PRIMARY KEY (id),
	CONSTRAINT ck_trading_contract_two_parties CHECK (long_id <> short_id),
	CONSTRAINT ck_trading_contract_delivered_after_trade CHECK (traded <= delivery),
	CONSTRAINT ck_trading_contract_amount_above_zero CHECK (amount_number NOT LIKE '-%' AND amount_canonical LIKE '% 2%'),
	CONSTRAINT ck_trading_contract_direction CHECK (direction IN ('long', 'short')),
	CONSTRAINT fk_trading_contract_product_id FOREIGN KEY(product_id) REFERENCES trading_product (id),
	CONSTRAINT fk_trading_contract_instrument_id FOREIGN KEY(instrument_id) REFERENCES trading_market_indicator (id),
	CONSTRAINT fk_trading_contract_long_id FOREIGN KEY(long_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_contract_short_id FOREIGN KEY(short_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_contract_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_trading_contract_long_id ON trading_contract (long_id);

CREATE INDEX ix_trading_contract_product_id ON trading_contract (product_id);

CREATE INDEX ix_trading_contract_short_id ON trading_contract (short_id);

CREATE INDEX ix_trading_contract_traded ON trading_contract (instrument_id, traded, id);

CREATE FUNCTION trading_contract_insert_contract_amount() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.amount_unit_code IS DISTINCT FROM NEW.amount_unit) THEN RAISE EXCEPTION 'rule contract.amount: an amount in another unit than that of the instrument' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_contract_amount BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_contract_amount();

CREATE FUNCTION trading_contract_insert_contract_price() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.unit_code IS DISTINCT FROM NEW.price_unit) THEN RAISE EXCEPTION 'rule contract.price: a price in another unit than the instrument is quoted in' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_contract_price BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_contract_price();

CREATE FUNCTION trading_contract_insert_product_of_its_parties() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.long_id <> NEW.short_id AND NOT EXISTS (SELECT 1 FROM trading_product p WHERE p.id = NEW.product_id AND p.buyer_id IN (NEW.long_id, NEW.short_id) AND p.seller_id IN (NEW.long_id, NEW.short_id)) THEN RAISE EXCEPTION 'rule product.of-its-parties: a contract between others than the buyer and the seller of its product' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_product_of_its_parties BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_product_of_its_parties();

CREATE FUNCTION trading_contract_insert_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_contract o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_contract_append_only BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_contract_append_only();

CREATE FUNCTION trading_contract_update_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_update_contract_append_only BEFORE UPDATE ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_update_contract_append_only();

CREATE FUNCTION trading_contract_delete_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_contract_delete_contract_append_only BEFORE DELETE ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_delete_contract_append_only();

CREATE FUNCTION trading_contract_truncate_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule contract.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_truncate_contract_append_only BEFORE TRUNCATE ON trading_contract FOR EACH STATEMENT EXECUTE FUNCTION trading_contract_truncate_contract_append_only();

CREATE TABLE trading_scenario_build (
	scenario_id UUID NOT NULL,
	definition_version UUID NOT NULL,
	parameters_text TEXT NOT NULL,
	known_at TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_scenario_build PRIMARY KEY (scenario_id),
	CONSTRAINT fk_trading_scenario_build_scenario_id FOREIGN KEY(scenario_id) REFERENCES trading_scenario (id),
	CONSTRAINT fk_trading_scenario_build_definition_version FOREIGN KEY(definition_version) REFERENCES trading_build_definition (version)
);

CREATE INDEX ix_trading_scenario_build_definition_version ON trading_scenario_build (definition_version);

CREATE FUNCTION trading_scenario_build_insert_scenario_build_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_scenario_build o WHERE o.scenario_id = NEW.scenario_id) THEN RAISE EXCEPTION 'rule scenario-build.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_build_insert_scenario_build_append_only BEFORE INSERT ON trading_scenario_build FOR EACH ROW EXECUTE FUNCTION trading_scenario_build_insert_scenario_build_append_only();

CREATE FUNCTION trading_scenario_build_update_scenario_build_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario-build.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_build_update_scenario_build_append_only BEFORE UPDATE ON trading_scenario_build FOR EACH ROW EXECUTE FUNCTION trading_scenario_build_update_scenario_build_append_only();

CREATE FUNCTION trading_scenario_build_delete_scenario_build_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario-build.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_scenario_build_delete_scenario_build_append_only BEFORE DELETE ON trading_scenario_build FOR EACH ROW EXECUTE FUNCTION trading_scenario_build_delete_scenario_build_append_only();

CREATE FUNCTION trading_scenario_build_truncate_scenario_build_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule scenario-build.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_scenario_build_truncate_scenario_build_append_only BEFORE TRUNCATE ON trading_scenario_build FOR EACH STATEMENT EXECUTE FUNCTION trading_scenario_build_truncate_scenario_build_append_only();

CREATE TABLE trading_source_quote (
	index_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	quote_bid VARCHAR(40),
	quote_offer VARCHAR(40),
	quote_bid_canonical TEXT COLLATE "C",
	quote_offer_canonical TEXT COLLATE "C",
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_trading_source_quote PRIMARY KEY (version),
	CONSTRAINT ck_trading_source_quote_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_trading_source_quote_quote_not_crossed CHECK (quote_bid_canonical <= quote_offer_canonical),
	CONSTRAINT ck_trading_source_quote_quote_whole CHECK ((quote_bid IS NULL) = (quote_bid_canonical IS NULL) AND (quote_offer IS NULL) = (quote_offer_canonical IS NULL)),
	CONSTRAINT ck_trading_source_quote_quote_has_side CHECK (quote_bid IS NOT NULL OR quote_offer IS NOT NULL),
	CONSTRAINT fk_trading_source_quote_index_id FOREIGN KEY(index_id) REFERENCES trading_source_index (id),
	CONSTRAINT fk_trading_source_quote_id FOREIGN KEY(id) REFERENCES trading_source_quote (version)
);

CREATE INDEX ix_trading_source_quote_index_id ON trading_source_quote (index_id);

CREATE UNIQUE INDEX uq_trading_source_quote_believed ON trading_source_quote (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_trading_source_quote_moment ON trading_source_quote (index_id, at, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION trading_source_quote_insert_source_quote_same_moment() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_source_quote o WHERE o.version = NEW.id AND o.version <> NEW.version AND (o.index_id <> NEW.index_id OR o.at <> NEW.at)) THEN RAISE EXCEPTION 'rule source-quote.same-moment: a version of what was said at another time, or under another name' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_quote_insert_source_quote_same_moment BEFORE INSERT ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_insert_source_quote_same_moment();

CREATE FUNCTION trading_source_quote_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_source_quote o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_quote_insert_history_append_only BEFORE INSERT ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_insert_history_append_only();

CREATE FUNCTION trading_source_quote_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.index_id IS DISTINCT FROM OLD.index_id OR NEW.at IS DISTINCT FROM OLD.at OR NEW.quote_bid IS DISTINCT FROM OLD.quote_bid OR NEW.quote_offer IS DISTINCT FROM OLD.quote_offer OR NEW.quote_bid_canonical IS DISTINCT FROM OLD.quote_bid_canonical OR NEW.quote_offer_canonical IS DISTINCT FROM OLD.quote_offer_canonical OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_quote_update_history_append_only BEFORE UPDATE ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_update_history_append_only();

CREATE FUNCTION trading_source_quote_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_source_quote_delete_history_append_only BEFORE DELETE ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_delete_history_append_only();

CREATE FUNCTION trading_source_quote_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_source_quote_truncate_history_append_only BEFORE TRUNCATE ON trading_source_quote FOR EACH STATEMENT EXECUTE FUNCTION trading_source_quote_truncate_history_append_only();

CREATE FUNCTION trading_source_quote_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_quote_insert_history_begins_believed BEFORE INSERT ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_insert_history_begins_believed();

CREATE FUNCTION trading_source_quote_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_source_quote o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_quote_insert_history_one_current BEFORE INSERT ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_insert_history_one_current();

CREATE FUNCTION trading_source_quote_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_source_quote_update_history_closed_once BEFORE UPDATE OF known_to ON trading_source_quote FOR EACH ROW EXECUTE FUNCTION trading_source_quote_update_history_closed_once();

CREATE TABLE trading_swept_fixing (
	version UUID NOT NULL,
	believed BOOLEAN NOT NULL,
	sweep_id UUID NOT NULL,
	CONSTRAINT pk_trading_swept_fixing PRIMARY KEY (version, believed),
	CONSTRAINT fk_trading_swept_fixing_version FOREIGN KEY(version) REFERENCES trading_fixing (version),
	CONSTRAINT fk_trading_swept_fixing_sweep_id FOREIGN KEY(sweep_id) REFERENCES trading_sweep (id)
);

CREATE FUNCTION trading_swept_fixing_insert_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_swept_fixing o WHERE o.version = NEW.version AND o.believed = NEW.believed) THEN RAISE EXCEPTION 'rule sweep.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_swept_fixing_insert_sweep_append_only BEFORE INSERT ON trading_swept_fixing FOR EACH ROW EXECUTE FUNCTION trading_swept_fixing_insert_sweep_append_only();

CREATE FUNCTION trading_swept_fixing_update_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule sweep.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_swept_fixing_update_sweep_append_only BEFORE UPDATE ON trading_swept_fixing FOR EACH ROW EXECUTE FUNCTION trading_swept_fixing_update_sweep_append_only();

CREATE FUNCTION trading_swept_fixing_delete_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule sweep.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_swept_fixing_delete_sweep_append_only BEFORE DELETE ON trading_swept_fixing FOR EACH ROW EXECUTE FUNCTION trading_swept_fixing_delete_sweep_append_only();

CREATE FUNCTION trading_swept_fixing_truncate_sweep_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule sweep.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_swept_fixing_truncate_sweep_append_only BEFORE TRUNCATE ON trading_swept_fixing FOR EACH STATEMENT EXECUTE FUNCTION trading_swept_fixing_truncate_sweep_append_only();

CREATE TABLE trading_cancellation (
	id UUID NOT NULL,
	contract_id UUID NOT NULL,
	by_id UUID NOT NULL,
	why VARCHAR(500) NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_cancellation PRIMARY KEY (id),
	CONSTRAINT uq_trading_cancellation_contract_id UNIQUE (contract_id),
	CONSTRAINT fk_trading_cancellation_contract_id FOREIGN KEY(contract_id) REFERENCES trading_contract (id),
	CONSTRAINT fk_trading_cancellation_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_trading_cancellation_by_id ON trading_cancellation (by_id);

CREATE FUNCTION trading_cancellation_insert_cancellation_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_cancellation o WHERE o.contract_id = NEW.contract_id) THEN RAISE EXCEPTION 'rule cancellation.once: a second cancellation' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_cancellation_insert_cancellation_once BEFORE INSERT ON trading_cancellation FOR EACH ROW EXECUTE FUNCTION trading_cancellation_insert_cancellation_once();

CREATE FUNCTION trading_cancellation_insert_cancellation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_cancellation o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule cancellation.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_cancellation_insert_cancellation_append_only BEFORE INSERT ON trading_cancellation FOR EACH ROW EXECUTE FUNCTION trading_cancellation_insert_cancellation_append_only();

CREATE FUNCTION trading_cancellation_update_cancellation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule cancellation.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_cancellation_update_cancellation_append_only BEFORE UPDATE ON trading_cancellation FOR EACH ROW EXECUTE FUNCTION trading_cancellation_update_cancellation_append_only();

CREATE FUNCTION trading_cancellation_delete_cancellation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule cancellation.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_cancellation_delete_cancellation_append_only BEFORE DELETE ON trading_cancellation FOR EACH ROW EXECUTE FUNCTION trading_cancellation_delete_cancellation_append_only();

CREATE FUNCTION trading_cancellation_truncate_cancellation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule cancellation.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_cancellation_truncate_cancellation_append_only BEFORE TRUNCATE ON trading_cancellation FOR EACH STATEMENT EXECUTE FUNCTION trading_cancellation_truncate_cancellation_append_only();

CREATE TABLE trading_contract_classification (
	id UUID NOT NULL,
	contract_id UUID NOT NULL,
	type_id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_trading_contract_classification PRIMARY KEY (id),
	CONSTRAINT uq_trading_contract_classification_contract_id UNIQUE (contract_id),
	CONSTRAINT fk_trading_contract_classification_contract_id FOREIGN KEY(contract_id) REFERENCES trading_contract (id),
	CONSTRAINT fk_trading_contract_classification_type_id FOREIGN KEY(type_id) REFERENCES trading_contract_type (id)
);

CREATE INDEX ix_trading_contract_classification_type_id ON trading_contract_classification (type_id);

CREATE FUNCTION trading_contract_classification_insert_contract_classi_6530df8d() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_contract_classification o WHERE o.contract_id = NEW.contract_id) THEN RAISE EXCEPTION 'rule contract-classification.once: a second type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_classification_insert_contract_classi_6530df8d BEFORE INSERT ON trading_contract_classification FOR EACH ROW EXECUTE FUNCTION trading_contract_classification_insert_contract_classi_6530df8d();

CREATE FUNCTION trading_contract_classification_insert_contract_classi_ce35c42c() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_contract_classification o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule contract-classification.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_classification_insert_contract_classi_ce35c42c BEFORE INSERT ON trading_contract_classification FOR EACH ROW EXECUTE FUNCTION trading_contract_classification_insert_contract_classi_ce35c42c();

CREATE FUNCTION trading_contract_classification_update_contract_classi_4dcfe9c7() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract-classification.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_classification_update_contract_classi_4dcfe9c7 BEFORE UPDATE ON trading_contract_classification FOR EACH ROW EXECUTE FUNCTION trading_contract_classification_update_contract_classi_4dcfe9c7();

CREATE FUNCTION trading_contract_classification_delete_contract_classi_9e17ba55() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract-classification.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_contract_classification_delete_contract_classi_9e17ba55 BEFORE DELETE ON trading_contract_classification FOR EACH ROW EXECUTE FUNCTION trading_contract_classification_delete_contract_classi_9e17ba55();

CREATE FUNCTION trading_contract_classification_truncate_contract_clas_8503e92c() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule contract-classification.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_classification_truncate_contract_clas_8503e92c BEFORE TRUNCATE ON trading_contract_classification FOR EACH STATEMENT EXECUTE FUNCTION trading_contract_classification_truncate_contract_clas_8503e92c();

CREATE TABLE trading_option (
	id UUID NOT NULL,
	expiration DATE NOT NULL,
	option_direction VARCHAR(5) NOT NULL,
	style VARCHAR(20) NOT NULL,
	premium_minor BIGINT,
	premium_currency VARCHAR(100),
	premium_paid DATE,
	CONSTRAINT pk_trading_option PRIMARY KEY (id),
	CONSTRAINT ck_trading_option_option_direction CHECK (option_direction IN ('long', 'short')),
	CONSTRAINT ck_trading_option_premium_paid_for CHECK ((premium_minor IS NULL OR premium_minor >= 0) AND (premium_paid IS NULL OR premium_minor IS NOT NULL)),
	CONSTRAINT ck_trading_option_style CHECK (style IN ('european', 'american')),
	CONSTRAINT ck_trading_option_premium_storable CHECK (premium_minor = CAST(premium_minor AS BIGINT) AND premium_minor BETWEEN -4611686018427387903 AND 4611686018427387903),
	CONSTRAINT ck_trading_option_premium_whole CHECK ((premium_minor IS NULL) = (premium_currency IS NULL)),
	CONSTRAINT fk_trading_option_id FOREIGN KEY(id) REFERENCES trading_contract (id)
);

CREATE INDEX ix_trading_option_expiration ON trading_option (expiration);

CREATE INDEX ix_trading_option_style ON trading_option (style, expiration);

CREATE FUNCTION trading_option_insert_option_expires_after_trade() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_contract c WHERE c.id = NEW.id AND c.traded > NEW.expiration) THEN RAISE EXCEPTION 'rule option.expires-after-trade: an option that expires before it was traded' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_option_insert_option_expires_after_trade BEFORE INSERT ON trading_option FOR EACH ROW EXECUTE FUNCTION trading_option_insert_option_expires_after_trade();

CREATE FUNCTION trading_option_insert_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_option o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_option_insert_contract_append_only BEFORE INSERT ON trading_option FOR EACH ROW EXECUTE FUNCTION trading_option_insert_contract_append_only();

CREATE FUNCTION trading_option_update_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_option_update_contract_append_only BEFORE UPDATE ON trading_option FOR EACH ROW EXECUTE FUNCTION trading_option_update_contract_append_only();

CREATE FUNCTION trading_option_delete_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_option_delete_contract_append_only BEFORE DELETE ON trading_option FOR EACH ROW EXECUTE FUNCTION trading_option_delete_contract_append_only();

CREATE FUNCTION trading_option_truncate_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule contract.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_option_truncate_contract_append_only BEFORE TRUNCATE ON trading_option FOR EACH STATEMENT EXECUTE FUNCTION trading_option_truncate_contract_append_only();

CREATE TABLE trading_scenario_element (
	id UUID NOT NULL,
	kind VARCHAR(20) NOT NULL,
	scenario_id UUID NOT NULL,
	indicator_id UUID NOT NULL,
	height INTEGER NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	source_quote_id UUID,
	quote_bid VARCHAR(40),
	quote_offer VARCHAR(40),
	quote_bid_canonical TEXT COLLATE "C",
	quote_offer_canonical TEXT COLLATE "C",
	formula_id UUID,
	plus VARCHAR(40),
	times VARCHAR(40),
	places INTEGER,
	digits INTEGER,
	CONSTRAINT pk_trading_scenario_element PRIMARY KEY (id),
	CONSTRAINT ck_trading_scenario_element_kind_whole CHECK (CASE kind WHEN 'sourced' THEN source_quote_id IS NOT NULL WHEN 'assumed' THEN quote_bid IS NOT NULL OR quote_offer IS NOT NULL WHEN 'calculated' THEN formula_id IS NOT NULL AND height > 0 WHEN 'shifted' THEN plus IS NOT NULL AND times IS NOT NULL AND height > 0 ELSE 1 = 0 END),
	CONSTRAINT fk_trading_scenario_element_scenario_id FOREIGN KEY(scenario_id) REFERENCES trading_scenario (id),
	CONSTRAINT fk_trading_scenario_element_indicator_id FOREIGN KEY(indicator_id) REFERENCES trading_market_indicator (id),
	CONSTRAINT fk_trading_scenario_element_source_quote_id FOREIGN KEY(source_quote_id) REFERENCES trading_source_quote (version),
	CONSTRAINT ck_trading_scenario_element_quote_not_crossed CHECK (quote_bid_canonical <= quote_offer_canonical),
	CONSTRAINT ck_trading_scenario_element_quote_whole CHECK ((quote_bid IS NULL) = (quote_bid_canonical IS NULL) AND (quote_offer IS NULL) = (quote_offer_canonical IS NULL)),
	CONSTRAINT fk_trading_scenario_element_formula_id FOREIGN KEY(formula_id) REFERENCES trading_quote_formula (id)
);

CREATE INDEX ix_trading_scenario_element_formula_id ON trading_scenario_element (formula_id);

CREATE INDEX ix_trading_scenario_element_indicator_id ON trading_scenario_element (indicator_id);

CREATE INDEX ix_trading_scenario_element_source_quote_id ON trading_scenario_element (source_quote_id);

CREATE UNIQUE INDEX uq_trading_scenario_element_indicator ON trading_scenario_element (scenario_id, indicator_id);

CREATE FUNCTION trading_scenario_element_insert_sourced_element_indicator() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_source_quote q JOIN trading_source_index i ON i.id = q.index_id WHERE q.version = NEW.source_quote_id AND i.indicator_id <> NEW.indicator_id) THEN RAISE EXCEPTION 'rule sourced-element.indicator: a quote that its source made of another indicator' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_element_insert_sourced_element_indicator BEFORE INSERT ON trading_scenario_element FOR EACH ROW EXECUTE FUNCTION trading_scenario_element_insert_sourced_element_indicator();

CREATE FUNCTION trading_scenario_element_insert_sourced_element_not_later() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_source_quote q JOIN trading_scenario s ON q.at > s.at WHERE q.version = NEW.source_quote_id AND s.id = NEW.scenario_id) THEN RAISE EXCEPTION 'rule sourced-element.not-later: a quote that was made after the scenario' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_element_insert_sourced_element_not_later BEFORE INSERT ON trading_scenario_element FOR EACH ROW EXECUTE FUNCTION trading_scenario_element_insert_sourced_element_not_later();

CREATE FUNCTION trading_scenario_element_insert_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_scenario_element o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule scenario-element.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_element_insert_scenario_element_append_only BEFORE INSERT ON trading_scenario_element FOR EACH ROW EXECUTE FUNCTION trading_scenario_element_insert_scenario_element_append_only();

CREATE FUNCTION trading_scenario_element_update_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario-element.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_element_update_scenario_element_append_only BEFORE UPDATE ON trading_scenario_element FOR EACH ROW EXECUTE FUNCTION trading_scenario_element_update_scenario_element_append_only();

CREATE FUNCTION trading_scenario_element_delete_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario-element.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_scenario_element_delete_scenario_element_append_only BEFORE DELETE ON trading_scenario_element FOR EACH ROW EXECUTE FUNCTION trading_scenario_element_delete_scenario_element_append_only();

CREATE FUNCTION trading_scenario_element_truncate_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule scenario-element.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_scenario_element_truncate_scenario_element_append_only BEFORE TRUNCATE ON trading_scenario_element FOR EACH STATEMENT EXECUTE FUNCTION trading_scenario_element_truncate_scenario_element_append_only();

CREATE TABLE trading_barrier_option (
	id UUID NOT NULL,
	side VARCHAR(4) NOT NULL,
	effect VARCHAR(3) NOT NULL,
	barrier_number VARCHAR(40) NOT NULL,
	barrier_unit VARCHAR(100) NOT NULL,
	barrier_canonical TEXT COLLATE "C" NOT NULL,
	reference_number VARCHAR(40) NOT NULL,
	reference_unit VARCHAR(100) NOT NULL,
	reference_canonical TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_trading_barrier_option PRIMARY KEY (id),
	CONSTRAINT ck_trading_barrier_option_on_its_side CHECK (CASE side WHEN 'up' THEN barrier_canonical > reference_canonical ELSE barrier_canonical < reference_canonical END),
	CONSTRAINT ck_trading_barrier_option_kind CHECK (side IN ('up', 'down') AND effect IN ('in', 'out')),
	CONSTRAINT fk_trading_barrier_option_id FOREIGN KEY(id) REFERENCES trading_option (id)
);

CREATE FUNCTION trading_barrier_option_insert_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_barrier_option o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_barrier_option_insert_contract_append_only BEFORE INSERT ON trading_barrier_option FOR EACH ROW EXECUTE FUNCTION trading_barrier_option_insert_contract_append_only();

CREATE FUNCTION trading_barrier_option_update_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_barrier_option_update_contract_append_only BEFORE UPDATE ON trading_barrier_option FOR EACH ROW EXECUTE FUNCTION trading_barrier_option_update_contract_append_only();

CREATE FUNCTION trading_barrier_option_delete_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_barrier_option_delete_contract_append_only BEFORE DELETE ON trading_barrier_option FOR EACH ROW EXECUTE FUNCTION trading_barrier_option_delete_contract_append_only();

CREATE FUNCTION trading_barrier_option_truncate_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule contract.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_barrier_option_truncate_contract_append_only BEFORE TRUNCATE ON trading_barrier_option FOR EACH STATEMENT EXECUTE FUNCTION trading_barrier_option_truncate_contract_append_only();

CREATE TABLE trading_scenario_argument (
	element_id UUID NOT NULL,
	position INTEGER NOT NULL,
	argument_id UUID NOT NULL,
	CONSTRAINT pk_trading_scenario_argument PRIMARY KEY (element_id, position),
	CONSTRAINT ck_trading_scenario_argument_position CHECK (position >= 0),
	CONSTRAINT fk_trading_scenario_argument_element_id FOREIGN KEY(element_id) REFERENCES trading_scenario_element (id),
	CONSTRAINT fk_trading_scenario_argument_argument_id FOREIGN KEY(argument_id) REFERENCES trading_scenario_element (id)
);

CREATE INDEX ix_trading_scenario_argument_argument_id ON trading_scenario_argument (argument_id);

CREATE FUNCTION trading_scenario_argument_insert_scenario_element_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_scenario_element e JOIN trading_scenario_element a ON a.height >= e.height WHERE e.id = NEW.element_id AND a.id = NEW.argument_id) THEN RAISE EXCEPTION 'rule scenario-element.acyclic: an argument that stands no lower' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_argument_insert_scenario_element_acyclic BEFORE INSERT ON trading_scenario_argument FOR EACH ROW EXECUTE FUNCTION trading_scenario_argument_insert_scenario_element_acyclic();

CREATE FUNCTION trading_scenario_argument_insert_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_scenario_argument o WHERE o.element_id = NEW.element_id AND o.position = NEW.position) THEN RAISE EXCEPTION 'rule scenario-element.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_argument_insert_scenario_element_append_only BEFORE INSERT ON trading_scenario_argument FOR EACH ROW EXECUTE FUNCTION trading_scenario_argument_insert_scenario_element_append_only();

CREATE FUNCTION trading_scenario_argument_update_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario-element.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_scenario_argument_update_scenario_element_append_only BEFORE UPDATE ON trading_scenario_argument FOR EACH ROW EXECUTE FUNCTION trading_scenario_argument_update_scenario_element_append_only();

CREATE FUNCTION trading_scenario_argument_delete_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule scenario-element.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_scenario_argument_delete_scenario_element_append_only BEFORE DELETE ON trading_scenario_argument FOR EACH ROW EXECUTE FUNCTION trading_scenario_argument_delete_scenario_element_append_only();

CREATE FUNCTION trading_scenario_argument_truncate_scenario_element_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule scenario-element.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_scenario_argument_truncate_scenario_element_append_only BEFORE TRUNCATE ON trading_scenario_argument FOR EACH STATEMENT EXECUTE FUNCTION trading_scenario_argument_truncate_scenario_element_append_only();

CREATE TABLE trading_term (
	contract_id UUID NOT NULL,
	type_id UUID NOT NULL,
	amount_number VARCHAR(40),
	amount_unit VARCHAR(100),
	amount_canonical TEXT COLLATE "C",
	day DATE,
	text VARCHAR(500),
	truth BOOLEAN,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_trading_term PRIMARY KEY (version),
	CONSTRAINT ck_trading_term_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_trading_term_one_value CHECK (CASE WHEN amount_number IS NULL THEN 0 ELSE 1 END + CASE WHEN day IS NULL THEN 0 ELSE 1 END + CASE WHEN text IS NULL THEN 0 ELSE 1 END + CASE WHEN truth IS NULL THEN 0 ELSE 1 END = 1),
	CONSTRAINT ck_trading_term_amount_whole CHECK ((amount_number IS NULL) = (amount_unit IS NULL) AND (amount_number IS NULL) = (amount_canonical IS NULL)),
	CONSTRAINT fk_trading_term_contract_id FOREIGN KEY(contract_id) REFERENCES trading_contract_classification (contract_id),
	CONSTRAINT fk_trading_term_type_id FOREIGN KEY(type_id) REFERENCES trading_term_type (id),
	CONSTRAINT fk_trading_term_id FOREIGN KEY(id) REFERENCES trading_term (version)
);

CREATE INDEX ix_trading_term_amount ON trading_term (type_id, amount_canonical);

CREATE INDEX ix_trading_term_contract_id ON trading_term (contract_id);

CREATE INDEX ix_trading_term_day ON trading_term (type_id, day);

CREATE INDEX ix_trading_term_text ON trading_term (type_id, text);

CREATE UNIQUE INDEX uq_trading_term_agreed ON trading_term (contract_id, type_id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_trading_term_believed ON trading_term (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION trading_term_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_term o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_insert_history_append_only BEFORE INSERT ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_insert_history_append_only();

CREATE FUNCTION trading_term_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.contract_id IS DISTINCT FROM OLD.contract_id OR NEW.type_id IS DISTINCT FROM OLD.type_id OR NEW.amount_number IS DISTINCT FROM OLD.amount_number OR NEW.amount_unit IS DISTINCT FROM OLD.amount_unit OR NEW.amount_canonical IS DISTINCT FROM OLD.amount_canonical OR NEW.day IS DISTINCT FROM OLD.day OR NEW.text IS DISTINCT FROM OLD.text OR NEW.truth IS DISTINCT FROM OLD.truth OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_update_history_append_only BEFORE UPDATE ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_update_history_append_only();

CREATE FUNCTION trading_term_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_term_delete_history_append_only BEFORE DELETE ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_delete_history_append_only();

CREATE FUNCTION trading_term_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_term_truncate_history_append_only BEFORE TRUNCATE ON trading_term FOR EACH STATEMENT EXECUTE FUNCTION trading_term_truncate_history_append_only();

CREATE FUNCTION trading_term_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_insert_history_begins_believed BEFORE INSERT ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_insert_history_begins_believed();

CREATE FUNCTION trading_term_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_term o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_insert_history_one_current BEFORE INSERT ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_insert_history_one_current();

CREATE FUNCTION trading_term_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_update_history_closed_once BEFORE UPDATE OF known_to ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_update_history_closed_once();

CREATE FUNCTION trading_term_insert_term_admitted() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM trading_contract_classification c JOIN trading_contract_type_closure k ON k.subtype_id = c.type_id JOIN trading_term_rule r ON r.contract_type_id = k.supertype_id WHERE c.contract_id = NEW.contract_id AND r.term_type_id = NEW.type_id) THEN RAISE EXCEPTION 'rule term.admitted: a term that the type of the contract does not admit' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_insert_term_admitted BEFORE INSERT ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_insert_term_admitted();

CREATE FUNCTION trading_term_insert_term_kind_of_value() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM trading_term_type t WHERE t.id = NEW.type_id AND CASE t.kind WHEN 'number' THEN NEW.amount_number IS NOT NULL AND NEW.amount_unit = '1' WHEN 'quantity' THEN NEW.amount_number IS NOT NULL AND NEW.amount_unit = t.unit_code WHEN 'money' THEN NEW.amount_number IS NOT NULL AND NEW.amount_unit = t.unit_code WHEN 'date' THEN NEW.day IS NOT NULL WHEN 'truth' THEN NEW.truth IS NOT NULL WHEN 'choice' THEN EXISTS (SELECT 1 FROM trading_term_choice o WHERE o.type_id = t.id AND o.name = NEW.text) ELSE NEW.text IS NOT NULL END) THEN RAISE EXCEPTION 'rule term.kind-of-value: a value of another kind than its type says, or none of its choices' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_term_insert_term_kind_of_value BEFORE INSERT ON trading_term FOR EACH ROW EXECUTE FUNCTION trading_term_insert_term_kind_of_value();
