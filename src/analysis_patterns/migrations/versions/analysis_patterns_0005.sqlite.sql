CREATE TABLE trading_build_definition (
	name VARCHAR(500) NOT NULL,
	steps TEXT NOT NULL,
	"conflict" VARCHAR(20) NOT NULL,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_trading_build_definition PRIMARY KEY (version),
	CONSTRAINT ck_trading_build_definition_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_trading_build_definition_conflict CHECK (conflict IN ('first wins', 'last wins', 'refuse')),
	CONSTRAINT fk_trading_build_definition_id FOREIGN KEY(id) REFERENCES trading_build_definition (version)
);

CREATE UNIQUE INDEX uq_trading_build_definition_believed ON trading_build_definition (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_trading_build_definition_name ON trading_build_definition (name, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER trading_build_definition_insert_history_append_only BEFORE INSERT ON trading_build_definition FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_build_definition o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER trading_build_definition_update_history_append_only BEFORE UPDATE ON trading_build_definition FOR EACH ROW WHEN NEW.name IS NOT OLD.name OR NEW.steps IS NOT OLD.steps OR NEW.conflict IS NOT OLD.conflict OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER trading_build_definition_delete_history_append_only BEFORE DELETE ON trading_build_definition FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER trading_build_definition_insert_history_begins_believed BEFORE INSERT ON trading_build_definition FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER trading_build_definition_insert_history_one_current BEFORE INSERT ON trading_build_definition FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_build_definition o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER trading_build_definition_update_history_closed_once BEFORE UPDATE OF known_to ON trading_build_definition FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TABLE trading_contract_type (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_contract_type PRIMARY KEY (id),
	CONSTRAINT uq_trading_contract_type_name UNIQUE (name)
);

CREATE TRIGGER trading_contract_type_self AFTER INSERT ON trading_contract_type FOR EACH ROW BEGIN INSERT INTO trading_contract_type_closure (subtype_id, supertype_id) VALUES (NEW.id, NEW.id); END;

CREATE TRIGGER trading_contract_type_forget BEFORE DELETE ON trading_contract_type FOR EACH ROW BEGIN DELETE FROM trading_contract_type_closure WHERE subtype_id = OLD.id AND supertype_id = OLD.id; END;

CREATE TABLE trading_information_source (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_information_source PRIMARY KEY (id),
	CONSTRAINT uq_trading_information_source_name UNIQUE (name)
);

CREATE TABLE trading_market (
	id BLOB NOT NULL,
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
	id BLOB NOT NULL,
	name VARCHAR(500),
	digest VARCHAR(64),
	CONSTRAINT pk_trading_portfolio_filter PRIMARY KEY (id),
	CONSTRAINT ck_trading_portfolio_filter_name_or_digest CHECK ((name IS NULL) <> (digest IS NULL)),
	CONSTRAINT uq_trading_portfolio_filter_name UNIQUE (name),
	CONSTRAINT uq_trading_portfolio_filter_digest UNIQUE (digest)
);

CREATE TRIGGER trading_portfolio_filter_update_portfolio_filter_fixed BEFORE UPDATE ON trading_portfolio_filter FOR EACH ROW WHEN NEW.digest IS NOT OLD.digest OR (OLD.name IS NULL AND NEW.name IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rule portfolio-filter.fixed: another digest of a filter without a name'); END;

CREATE TRIGGER trading_portfolio_filter_update_portfolio_filter_name_stays BEFORE UPDATE ON trading_portfolio_filter FOR EACH ROW WHEN OLD.name IS NOT NULL AND NEW.name IS NOT OLD.name BEGIN SELECT RAISE(ABORT, 'rule portfolio-filter.name-stays: another name of a stored filter'); END;

CREATE TABLE trading_product_template (
	id BLOB NOT NULL,
	said TEXT NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_product_template PRIMARY KEY (id),
	CONSTRAINT uq_trading_product_template_name UNIQUE (name)
);

CREATE TABLE trading_quote_formula (
	id BLOB NOT NULL,
	listed VARCHAR(500) NOT NULL,
	says VARCHAR(500) NOT NULL,
	places INTEGER,
	digits INTEGER,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_quote_formula PRIMARY KEY (id),
	CONSTRAINT uq_trading_quote_formula_name UNIQUE (name)
);

CREATE TRIGGER trading_quote_formula_insert_quote_formula_kept BEFORE INSERT ON trading_quote_formula FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_quote_formula o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule quote-formula.kept: a recorded row would be replaced'); END;

CREATE TRIGGER trading_quote_formula_update_quote_formula_kept BEFORE UPDATE ON trading_quote_formula FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule quote-formula.kept: a recorded row would be changed'); END;

CREATE TRIGGER trading_quote_formula_delete_quote_formula_kept BEFORE DELETE ON trading_quote_formula FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule quote-formula.kept: a recorded row would be deleted'); END;

CREATE TABLE trading_sweep (
	id BLOB NOT NULL,
	day DATE NOT NULL,
	begun INTEGER NOT NULL,
	exercisable INTEGER NOT NULL,
	hit INTEGER NOT NULL,
	expired INTEGER NOT NULL,
	withdrawn INTEGER NOT NULL,
	options INTEGER,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_trading_sweep PRIMARY KEY (id)
);

CREATE TRIGGER trading_sweep_insert_sweep_append_only BEFORE INSERT ON trading_sweep FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_sweep o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule sweep.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_sweep_update_sweep_append_only BEFORE UPDATE ON trading_sweep FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule sweep.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_sweep_delete_sweep_append_only BEFORE DELETE ON trading_sweep FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule sweep.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_term_type (
	id BLOB NOT NULL,
	kind VARCHAR(20) NOT NULL,
	unit_code VARCHAR(100),
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_term_type PRIMARY KEY (id),
	CONSTRAINT ck_trading_term_type_unit CHECK (CASE WHEN kind IN ('quantity', 'money') THEN unit_code IS NOT NULL ELSE unit_code IS NULL END),
	CONSTRAINT ck_trading_term_type_kind CHECK (kind IN ('number', 'quantity', 'money', 'date', 'text', 'truth', 'choice')),
	CONSTRAINT uq_trading_term_type_name UNIQUE (name)
);

CREATE TRIGGER trading_term_type_update_term_type_kept BEFORE UPDATE ON trading_term_type FOR EACH ROW WHEN NEW.kind <> OLD.kind OR NEW.unit_code IS NOT OLD.unit_code BEGIN SELECT RAISE(ABORT, 'rule term-type.kept: another kind or unit for terms that may have values'); END;

CREATE TABLE trading_contract_type_closure (
	subtype_id BLOB NOT NULL,
	supertype_id BLOB NOT NULL,
	CONSTRAINT pk_trading_contract_type_closure PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_trading_contract_type_closure_subtype_id FOREIGN KEY(subtype_id) REFERENCES trading_contract_type (id),
	CONSTRAINT fk_trading_contract_type_closure_supertype_id FOREIGN KEY(supertype_id) REFERENCES trading_contract_type (id)
);

CREATE INDEX ix_trading_contract_type_closure_supertype_id ON trading_contract_type_closure (supertype_id);

CREATE TABLE trading_contract_type_generalization (
	subtype_id BLOB NOT NULL,
	supertype_id BLOB NOT NULL,
	CONSTRAINT pk_trading_contract_type_generalization PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_trading_contract_type_generalization_subtype_id FOREIGN KEY(subtype_id) REFERENCES trading_contract_type (id),
	CONSTRAINT fk_trading_contract_type_generalization_supertype_id FOREIGN KEY(supertype_id) REFERENCES trading_contract_type (id)
);

CREATE INDEX ix_trading_contract_type_generalization_supertype_id ON trading_contract_type_generalization (supertype_id);

CREATE TRIGGER trading_contract_type_generalization_insert_contract_t_3bb5cc18 BEFORE INSERT ON trading_contract_type_generalization FOR EACH ROW WHEN NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM trading_contract_type_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) BEGIN SELECT RAISE(ABORT, 'rule contract-type.acyclic: a supertype that is a subtype already'); END;

CREATE TRIGGER trading_contract_type_generalization_update_contract_t_c359941c BEFORE UPDATE ON trading_contract_type_generalization FOR EACH ROW WHEN NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM trading_contract_type_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) BEGIN SELECT RAISE(ABORT, 'rule contract-type.acyclic: a supertype that is a subtype already'); END;

CREATE TRIGGER trading_contract_type_extend AFTER INSERT ON trading_contract_type_generalization FOR EACH ROW BEGIN INSERT INTO trading_contract_type_closure (subtype_id, supertype_id)
SELECT DISTINCT below.subtype_id, above.supertype_id
FROM trading_contract_type_closure below, trading_contract_type_closure above
WHERE below.supertype_id = NEW.subtype_id AND above.subtype_id = NEW.supertype_id
AND NOT EXISTS (SELECT 1 FROM trading_contract_type_closure k
    WHERE k.subtype_id = below.subtype_id AND k.supertype_id = above.supertype_id); END;

CREATE TRIGGER trading_contract_type_rebuild_update AFTER UPDATE ON trading_contract_type_generalization FOR EACH ROW BEGIN DELETE FROM trading_contract_type_closure; INSERT INTO trading_contract_type_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM trading_contract_type
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN trading_contract_type_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; END;

CREATE TRIGGER trading_contract_type_rebuild_delete AFTER DELETE ON trading_contract_type_generalization FOR EACH ROW BEGIN DELETE FROM trading_contract_type_closure; INSERT INTO trading_contract_type_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM trading_contract_type
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN trading_contract_type_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; END;

CREATE TABLE trading_filter_version (
	filter_id BLOB NOT NULL,
	says TEXT NOT NULL,
	digest VARCHAR(64) NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_trading_filter_version PRIMARY KEY (version),
	CONSTRAINT ck_trading_filter_version_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_trading_filter_version_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_trading_filter_version_filter_id FOREIGN KEY(filter_id) REFERENCES trading_portfolio_filter (id),
	CONSTRAINT fk_trading_filter_version_id FOREIGN KEY(id) REFERENCES trading_filter_version (version)
);

CREATE INDEX ix_trading_filter_version_filter_id ON trading_filter_version (filter_id);

CREATE UNIQUE INDEX uq_trading_filter_version_believed ON trading_filter_version (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER trading_filter_version_insert_history_append_only BEFORE INSERT ON trading_filter_version FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_filter_version o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER trading_filter_version_update_history_append_only BEFORE UPDATE ON trading_filter_version FOR EACH ROW WHEN NEW.filter_id IS NOT OLD.filter_id OR NEW.says IS NOT OLD.says OR NEW.digest IS NOT OLD.digest OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER trading_filter_version_delete_history_append_only BEFORE DELETE ON trading_filter_version FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER trading_filter_version_insert_history_begins_believed BEFORE INSERT ON trading_filter_version FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER trading_filter_version_insert_history_one_current BEFORE INSERT ON trading_filter_version FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_filter_version o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER trading_filter_version_update_history_closed_once BEFORE UPDATE OF known_to ON trading_filter_version FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER trading_filter_version_insert_portfolio_filter_one_at_a_time BEFORE INSERT ON trading_filter_version FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_filter_version o  WHERE o.filter_id = NEW.filter_id AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) BEGIN SELECT RAISE(ABORT, 'rule portfolio-filter.one-at-a-time: a second version on the same day'); END;

CREATE TRIGGER trading_filter_version_insert_portfolio_filter_fixed BEFORE INSERT ON trading_filter_version FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_portfolio_filter f WHERE f.id = NEW.filter_id AND f.digest <> NEW.digest) BEGIN SELECT RAISE(ABORT, 'rule portfolio-filter.fixed: another filter under the same digest'); END;

CREATE TRIGGER trading_filter_version_update_portfolio_filter_fixed BEFORE UPDATE ON trading_filter_version FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_portfolio_filter f WHERE f.id = NEW.filter_id AND f.digest IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rule portfolio-filter.fixed: what a filter without a name says, changed'); END;

CREATE TABLE trading_market_day (
	id BLOB NOT NULL,
	market_id BLOB NOT NULL,
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
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	market_id BLOB,
	amount_unit_code VARCHAR(100),
	currency_code VARCHAR(100),
	instrument_id BLOB,
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

CREATE TRIGGER trading_market_indicator_update_market_indicator_kept BEFORE UPDATE ON trading_market_indicator FOR EACH ROW WHEN NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.unit_code IS NOT OLD.unit_code OR NEW.amount_unit_code IS NOT OLD.amount_unit_code OR NEW.currency_code IS NOT OLD.currency_code OR NEW.instrument_id IS NOT OLD.instrument_id OR NEW.tenor_text IS NOT OLD.tenor_text BEGIN SELECT RAISE(ABORT, 'rule market-indicator.kept: an indicator would be counted in something else'); END;

CREATE TRIGGER trading_market_indicator_insert_market_indicator_kept BEFORE INSERT ON trading_market_indicator FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator o WHERE o.id = NEW.id) OR NEW.rowid <> -1 BEGIN SELECT RAISE(ABORT, 'rule market-indicator.kept: an indicator would be replaced'); END;

CREATE TRIGGER trading_market_indicator_insert_market_indicator_unique_name BEFORE INSERT ON trading_market_indicator FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator o WHERE o.name = NEW.name AND o.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'rule market-indicator.unique-name: a name that is taken'); END;

CREATE TRIGGER trading_market_indicator_update_market_indicator_unique_name BEFORE UPDATE ON trading_market_indicator FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator o WHERE o.name = NEW.name AND o.id <> OLD.id) BEGIN SELECT RAISE(ABORT, 'rule market-indicator.unique-name: a name that is taken'); END;

CREATE TABLE trading_portfolio (
	filter_id BLOB NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_trading_portfolio PRIMARY KEY (id),
	CONSTRAINT uq_trading_portfolio_filter_id UNIQUE (filter_id),
	CONSTRAINT fk_trading_portfolio_filter_id FOREIGN KEY(filter_id) REFERENCES trading_portfolio_filter (id),
	CONSTRAINT fk_trading_portfolio_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE TABLE trading_subtype_machine (
	id BLOB NOT NULL,
	life_cycle_id BLOB NOT NULL,
	general_id BLOB NOT NULL,
	contract_type VARCHAR(120),
	CONSTRAINT pk_trading_subtype_machine PRIMARY KEY (id),
	CONSTRAINT uq_trading_subtype_machine_life_cycle_id UNIQUE (life_cycle_id),
	CONSTRAINT fk_trading_subtype_machine_life_cycle_id FOREIGN KEY(life_cycle_id) REFERENCES patterns_life_cycle (id),
	CONSTRAINT fk_trading_subtype_machine_general_id FOREIGN KEY(general_id) REFERENCES patterns_life_cycle (id),
	CONSTRAINT uq_trading_subtype_machine_contract_type UNIQUE (contract_type)
);

CREATE INDEX ix_trading_subtype_machine_general_id ON trading_subtype_machine (general_id);

CREATE TRIGGER trading_subtype_machine_update_subtype_machine_kept BEFORE UPDATE ON trading_subtype_machine FOR EACH ROW WHEN (NEW.contract_type IS NOT OLD.contract_type OR NEW.life_cycle_id <> OLD.life_cycle_id) AND OLD.contract_type IS NOT NULL AND EXISTS (SELECT 1 FROM patterns_life_cycle_course c WHERE c.life_cycle_id = OLD.life_cycle_id) BEGIN SELECT RAISE(ABORT, 'rule subtype-machine.kept: a life cycle that contracts go through would be that of their type no more'); END;

CREATE TRIGGER trading_subtype_machine_delete_subtype_machine_kept BEFORE DELETE ON trading_subtype_machine FOR EACH ROW WHEN OLD.contract_type IS NOT NULL AND EXISTS (SELECT 1 FROM patterns_life_cycle_course c WHERE c.life_cycle_id = OLD.life_cycle_id) BEGIN SELECT RAISE(ABORT, 'rule subtype-machine.kept: a life cycle that contracts go through would be that of their type no more'); END;

CREATE TABLE trading_term_choice (
	id BLOB NOT NULL,
	type_id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_trading_term_choice PRIMARY KEY (id),
	CONSTRAINT uq_trading_term_choice_type_id_name UNIQUE (type_id, name),
	CONSTRAINT fk_trading_term_choice_type_id FOREIGN KEY(type_id) REFERENCES trading_term_type (id)
);

CREATE TRIGGER trading_term_choice_insert_term_type_choices BEFORE INSERT ON trading_term_choice FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM trading_term_type t WHERE t.id = NEW.type_id AND t.kind = 'choice') OR trim(NEW.name) = '' BEGIN SELECT RAISE(ABORT, 'rule term-type.choices: a choice for terms that are none, or a blank one'); END;

CREATE TRIGGER trading_term_choice_insert_term_type_kept BEFORE INSERT ON trading_term_choice FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_term_choice o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule term-type.kept: a recorded row would be replaced'); END;

CREATE TRIGGER trading_term_choice_update_term_type_kept BEFORE UPDATE ON trading_term_choice FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule term-type.kept: a recorded row would be changed'); END;

CREATE TRIGGER trading_term_choice_delete_term_type_kept BEFORE DELETE ON trading_term_choice FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule term-type.kept: a recorded row would be deleted'); END;

CREATE TABLE trading_term_rule (
	contract_type_id BLOB NOT NULL,
	term_type_id BLOB NOT NULL,
	mandatory BOOLEAN NOT NULL,
	CONSTRAINT pk_trading_term_rule PRIMARY KEY (contract_type_id, term_type_id),
	CONSTRAINT fk_trading_term_rule_contract_type_id FOREIGN KEY(contract_type_id) REFERENCES trading_contract_type (id),
	CONSTRAINT fk_trading_term_rule_term_type_id FOREIGN KEY(term_type_id) REFERENCES trading_term_type (id)
);

CREATE INDEX ix_trading_term_rule_term_type_id ON trading_term_rule (term_type_id);

CREATE INDEX ix_patterns_life_cycle_move_withdrawn ON patterns_life_cycle_move (known_to) WHERE known_to < '9999-12-30 00:00:00.000000';

CREATE TABLE trading_fixing (
	instrument_id BLOB NOT NULL,
	source_id BLOB NOT NULL,
	day DATE NOT NULL,
	price_number VARCHAR(40) NOT NULL,
	price_unit VARCHAR(100) NOT NULL,
	price_canonical TEXT NOT NULL,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_trading_fixing PRIMARY KEY (version),
	CONSTRAINT ck_trading_fixing_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_trading_fixing_instrument_id FOREIGN KEY(instrument_id) REFERENCES trading_market_indicator (id),
	CONSTRAINT fk_trading_fixing_source_id FOREIGN KEY(source_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_fixing_id FOREIGN KEY(id) REFERENCES trading_fixing (version)
);

CREATE UNIQUE INDEX uq_trading_fixing_believed ON trading_fixing (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_trading_fixing_day ON trading_fixing (instrument_id, day) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER trading_fixing_insert_history_append_only BEFORE INSERT ON trading_fixing FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_fixing o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER trading_fixing_update_history_append_only BEFORE UPDATE ON trading_fixing FOR EACH ROW WHEN NEW.instrument_id IS NOT OLD.instrument_id OR NEW.source_id IS NOT OLD.source_id OR NEW.day IS NOT OLD.day OR NEW.price_number IS NOT OLD.price_number OR NEW.price_unit IS NOT OLD.price_unit OR NEW.price_canonical IS NOT OLD.price_canonical OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER trading_fixing_delete_history_append_only BEFORE DELETE ON trading_fixing FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER trading_fixing_insert_history_begins_believed BEFORE INSERT ON trading_fixing FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER trading_fixing_insert_history_one_current BEFORE INSERT ON trading_fixing FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_fixing o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER trading_fixing_update_history_closed_once BEFORE UPDATE OF known_to ON trading_fixing FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER trading_fixing_insert_fixing_once BEFORE INSERT ON trading_fixing FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_fixing o WHERE o.instrument_id = NEW.instrument_id AND o.day = NEW.day AND o.known_to = '9999-12-30 00:00:00.000000' AND o.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'rule fixing.once: a second fixing of a day'); END;

CREATE TRIGGER trading_fixing_insert_fixing_in_order BEFORE INSERT ON trading_fixing FOR EACH ROW WHEN NEW.id = NEW.version AND EXISTS (SELECT 1 FROM trading_fixing o WHERE o.instrument_id = NEW.instrument_id AND o.day > NEW.day AND o.known_to = '9999-12-30 00:00:00.000000' AND o.id <> NEW.id) BEGIN SELECT RAISE(ABORT, 'rule fixing.in-order: a fixing of a day before one that is recorded'); END;

CREATE TRIGGER trading_fixing_insert_fixing_unit BEFORE INSERT ON trading_fixing FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.unit_code <> NEW.price_unit) BEGIN SELECT RAISE(ABORT, 'rule fixing.unit: a price in another unit than the instrument is quoted in'); END;

CREATE TABLE trading_product (
	buyer_id BLOB NOT NULL,
	seller_id BLOB NOT NULL,
	name VARCHAR(500),
	id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_trading_product PRIMARY KEY (id),
	CONSTRAINT ck_trading_product_two_parties CHECK (buyer_id <> seller_id),
	CONSTRAINT fk_trading_product_buyer_id FOREIGN KEY(buyer_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_product_seller_id FOREIGN KEY(seller_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_product_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_trading_product_buyer_id ON trading_product (buyer_id);

CREATE INDEX ix_trading_product_seller_id ON trading_product (seller_id);

CREATE TRIGGER trading_product_insert_product_append_only BEFORE INSERT ON trading_product FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_product o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule product.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_product_update_product_append_only BEFORE UPDATE ON trading_product FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule product.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_product_delete_product_append_only BEFORE DELETE ON trading_product FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule product.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_scenario (
	name VARCHAR(500) NOT NULL,
	at DATETIME NOT NULL,
	imagined BOOLEAN NOT NULL,
	publisher_id BLOB,
	id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_trading_scenario PRIMARY KEY (id),
	CONSTRAINT fk_trading_scenario_publisher_id FOREIGN KEY(publisher_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_trading_scenario_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_trading_scenario_at ON trading_scenario (at);

CREATE INDEX ix_trading_scenario_publisher_id ON trading_scenario (publisher_id);

CREATE UNIQUE INDEX uq_trading_scenario_published ON trading_scenario (name, at, publisher_id);

CREATE UNIQUE INDEX uq_trading_scenario_unpublished ON trading_scenario (name, at) WHERE publisher_id IS NULL;

CREATE TRIGGER trading_scenario_insert_scenario_append_only BEFORE INSERT ON trading_scenario FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_scenario o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule scenario.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_scenario_update_scenario_append_only BEFORE UPDATE ON trading_scenario FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_scenario_delete_scenario_append_only BEFORE DELETE ON trading_scenario FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_source_index (
	id BLOB NOT NULL,
	source_id BLOB NOT NULL,
	indicator_id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_source_index PRIMARY KEY (id),
	CONSTRAINT fk_trading_source_index_source_id FOREIGN KEY(source_id) REFERENCES trading_information_source (id),
	CONSTRAINT fk_trading_source_index_indicator_id FOREIGN KEY(indicator_id) REFERENCES trading_market_indicator (id)
);

CREATE INDEX ix_trading_source_index_indicator_id ON trading_source_index (indicator_id);

CREATE UNIQUE INDEX uq_trading_source_index_indicator ON trading_source_index (source_id, indicator_id);

CREATE UNIQUE INDEX uq_trading_source_index_name ON trading_source_index (source_id, name);

CREATE TRIGGER trading_source_index_insert_source_index_kept BEFORE INSERT ON trading_source_index FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_source_index o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule source-index.kept: a recorded row would be replaced'); END;

CREATE TRIGGER trading_source_index_update_source_index_kept BEFORE UPDATE ON trading_source_index FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule source-index.kept: a recorded row would be changed'); END;

CREATE TRIGGER trading_source_index_delete_source_index_kept BEFORE DELETE ON trading_source_index FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule source-index.kept: a recorded row would be deleted'); END;

CREATE TABLE trading_state_case (
	machine_id BLOB NOT NULL,
	state VARCHAR(200) NOT NULL,
	superstate VARCHAR(200) NOT NULL,
	CONSTRAINT pk_trading_state_case PRIMARY KEY (machine_id, state),
	CONSTRAINT fk_trading_state_case_machine_id FOREIGN KEY(machine_id) REFERENCES trading_subtype_machine (id)
);

CREATE TABLE trading_contract (
	kind VARCHAR(50) NOT NULL,
	product_id BLOB NOT NULL,
	instrument_id BLOB NOT NULL,
	long_id BLOB NOT NULL,
	short_id BLOB NOT NULL,
	direction VARCHAR(5) NOT NULL,
	amount_number VARCHAR(40) NOT NULL,
	amount_unit VARCHAR(100) NOT NULL,
	amount_canonical TEXT NOT NULL,
	price_number VARCHAR(40) NOT NULL,
	price_unit VARCHAR(100) NOT NULL,
	price_canonical TEXT NOT NULL,
	traded DATE NOT NULL,
	delivery DATE NOT NULL,
	tenor_text VARCHAR(10),
	id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
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

CREATE TRIGGER trading_contract_insert_contract_amount BEFORE INSERT ON trading_contract FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.amount_unit_code IS NOT NEW.amount_unit) BEGIN SELECT RAISE(ABORT, 'rule contract.amount: an amount in another unit than that of the instrument'); END;

CREATE TRIGGER trading_contract_insert_contract_price BEFORE INSERT ON trading_contract FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.unit_code IS NOT NEW.price_unit) BEGIN SELECT RAISE(ABORT, 'rule contract.price: a price in another unit than the instrument is quoted in'); END;

CREATE TRIGGER trading_contract_insert_product_of_its_parties BEFORE INSERT ON trading_contract FOR EACH ROW WHEN NEW.long_id <> NEW.short_id AND NOT EXISTS (SELECT 1 FROM trading_product p WHERE p.id = NEW.product_id AND p.buyer_id IN (NEW.long_id, NEW.short_id) AND p.seller_id IN (NEW.long_id, NEW.short_id)) BEGIN SELECT RAISE(ABORT, 'rule product.of-its-parties: a contract between others than the buyer and the seller of its product'); END;

CREATE TRIGGER trading_contract_insert_contract_append_only BEFORE INSERT ON trading_contract FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_contract o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_contract_update_contract_append_only BEFORE UPDATE ON trading_contract FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_contract_delete_contract_append_only BEFORE DELETE ON trading_contract FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_scenario_build (
	scenario_id BLOB NOT NULL,
	definition_version BLOB NOT NULL,
	parameters_text TEXT NOT NULL,
	known_at DATETIME NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_trading_scenario_build PRIMARY KEY (scenario_id),
	CONSTRAINT fk_trading_scenario_build_scenario_id FOREIGN KEY(scenario_id) REFERENCES trading_scenario (id),
	CONSTRAINT fk_trading_scenario_build_definition_version FOREIGN KEY(definition_version) REFERENCES trading_build_definition (version)
);

CREATE INDEX ix_trading_scenario_build_definition_version ON trading_scenario_build (definition_version);

CREATE TRIGGER trading_scenario_build_insert_scenario_build_append_only BEFORE INSERT ON trading_scenario_build FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_scenario_build o WHERE o.scenario_id = NEW.scenario_id) BEGIN SELECT RAISE(ABORT, 'rule scenario-build.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_scenario_build_update_scenario_build_append_only BEFORE UPDATE ON trading_scenario_build FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario-build.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_scenario_build_delete_scenario_build_append_only BEFORE DELETE ON trading_scenario_build FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario-build.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_source_quote (
	index_id BLOB NOT NULL,
	at DATETIME NOT NULL,
	quote_bid VARCHAR(40),
	quote_offer VARCHAR(40),
	quote_bid_canonical TEXT,
	quote_offer_canonical TEXT,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_trading_source_quote PRIMARY KEY (version),
	CONSTRAINT ck_trading_source_quote_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_trading_source_quote_quote_not_crossed CHECK (quote_bid_canonical <= quote_offer_canonical),
	CONSTRAINT ck_trading_source_quote_quote_whole CHECK ((quote_bid IS NULL) = (quote_bid_canonical IS NULL) AND (quote_offer IS NULL) = (quote_offer_canonical IS NULL)),
	CONSTRAINT ck_trading_source_quote_quote_has_side CHECK (quote_bid IS NOT NULL OR quote_offer IS NOT NULL),
	CONSTRAINT fk_trading_source_quote_index_id FOREIGN KEY(index_id) REFERENCES trading_source_index (id),
	CONSTRAINT fk_trading_source_quote_id FOREIGN KEY(id) REFERENCES trading_source_quote (version)
);

CREATE INDEX ix_trading_source_quote_index_id ON trading_source_quote (index_id);

CREATE UNIQUE INDEX uq_trading_source_quote_believed ON trading_source_quote (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_trading_source_quote_moment ON trading_source_quote (index_id, at, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER trading_source_quote_insert_source_quote_same_moment BEFORE INSERT ON trading_source_quote FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_source_quote o WHERE o.version = NEW.id AND o.version <> NEW.version AND (o.index_id <> NEW.index_id OR o.at <> NEW.at)) BEGIN SELECT RAISE(ABORT, 'rule source-quote.same-moment: a version of what was said at another time, or under another name'); END;

CREATE TRIGGER trading_source_quote_insert_history_append_only BEFORE INSERT ON trading_source_quote FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_source_quote o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER trading_source_quote_update_history_append_only BEFORE UPDATE ON trading_source_quote FOR EACH ROW WHEN NEW.index_id IS NOT OLD.index_id OR NEW.at IS NOT OLD.at OR NEW.quote_bid IS NOT OLD.quote_bid OR NEW.quote_offer IS NOT OLD.quote_offer OR NEW.quote_bid_canonical IS NOT OLD.quote_bid_canonical OR NEW.quote_offer_canonical IS NOT OLD.quote_offer_canonical OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER trading_source_quote_delete_history_append_only BEFORE DELETE ON trading_source_quote FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER trading_source_quote_insert_history_begins_believed BEFORE INSERT ON trading_source_quote FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER trading_source_quote_insert_history_one_current BEFORE INSERT ON trading_source_quote FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_source_quote o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER trading_source_quote_update_history_closed_once BEFORE UPDATE OF known_to ON trading_source_quote FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TABLE trading_swept_fixing (
	version BLOB NOT NULL,
	believed BOOLEAN NOT NULL,
	sweep_id BLOB NOT NULL,
	CONSTRAINT pk_trading_swept_fixing PRIMARY KEY (version, believed),
	CONSTRAINT fk_trading_swept_fixing_version FOREIGN KEY(version) REFERENCES trading_fixing (version),
	CONSTRAINT fk_trading_swept_fixing_sweep_id FOREIGN KEY(sweep_id) REFERENCES trading_sweep (id)
);

CREATE TRIGGER trading_swept_fixing_insert_sweep_append_only BEFORE INSERT ON trading_swept_fixing FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_swept_fixing o WHERE o.version = NEW.version AND o.believed = NEW.believed) BEGIN SELECT RAISE(ABORT, 'rule sweep.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_swept_fixing_update_sweep_append_only BEFORE UPDATE ON trading_swept_fixing FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule sweep.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_swept_fixing_delete_sweep_append_only BEFORE DELETE ON trading_swept_fixing FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule sweep.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_cancellation (
	id BLOB NOT NULL,
	contract_id BLOB NOT NULL,
	by_id BLOB NOT NULL,
	why VARCHAR(500) NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_trading_cancellation PRIMARY KEY (id),
	CONSTRAINT uq_trading_cancellation_contract_id UNIQUE (contract_id),
	CONSTRAINT fk_trading_cancellation_contract_id FOREIGN KEY(contract_id) REFERENCES trading_contract (id),
	CONSTRAINT fk_trading_cancellation_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_trading_cancellation_by_id ON trading_cancellation (by_id);

CREATE TRIGGER trading_cancellation_insert_cancellation_once BEFORE INSERT ON trading_cancellation FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_cancellation o WHERE o.contract_id = NEW.contract_id) BEGIN SELECT RAISE(ABORT, 'rule cancellation.once: a second cancellation'); END;

CREATE TRIGGER trading_cancellation_insert_cancellation_append_only BEFORE INSERT ON trading_cancellation FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_cancellation o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule cancellation.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_cancellation_update_cancellation_append_only BEFORE UPDATE ON trading_cancellation FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule cancellation.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_cancellation_delete_cancellation_append_only BEFORE DELETE ON trading_cancellation FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule cancellation.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_contract_classification (
	id BLOB NOT NULL,
	contract_id BLOB NOT NULL,
	type_id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_trading_contract_classification PRIMARY KEY (id),
	CONSTRAINT uq_trading_contract_classification_contract_id UNIQUE (contract_id),
	CONSTRAINT fk_trading_contract_classification_contract_id FOREIGN KEY(contract_id) REFERENCES trading_contract (id),
	CONSTRAINT fk_trading_contract_classification_type_id FOREIGN KEY(type_id) REFERENCES trading_contract_type (id)
);

CREATE INDEX ix_trading_contract_classification_type_id ON trading_contract_classification (type_id);

CREATE TRIGGER trading_contract_classification_insert_contract_classi_6530df8d BEFORE INSERT ON trading_contract_classification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_contract_classification o WHERE o.contract_id = NEW.contract_id) BEGIN SELECT RAISE(ABORT, 'rule contract-classification.once: a second type'); END;

CREATE TRIGGER trading_contract_classification_insert_contract_classi_ce35c42c BEFORE INSERT ON trading_contract_classification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_contract_classification o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule contract-classification.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_contract_classification_update_contract_classi_4dcfe9c7 BEFORE UPDATE ON trading_contract_classification FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract-classification.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_contract_classification_delete_contract_classi_9e17ba55 BEFORE DELETE ON trading_contract_classification FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract-classification.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_option (
	id BLOB NOT NULL,
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

CREATE TRIGGER trading_option_insert_option_expires_after_trade BEFORE INSERT ON trading_option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_contract c WHERE c.id = NEW.id AND c.traded > NEW.expiration) BEGIN SELECT RAISE(ABORT, 'rule option.expires-after-trade: an option that expires before it was traded'); END;

CREATE TRIGGER trading_option_insert_contract_append_only BEFORE INSERT ON trading_option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_option o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_option_update_contract_append_only BEFORE UPDATE ON trading_option FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_option_delete_contract_append_only BEFORE DELETE ON trading_option FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_scenario_element (
	id BLOB NOT NULL,
	kind VARCHAR(20) NOT NULL,
	scenario_id BLOB NOT NULL,
	indicator_id BLOB NOT NULL,
	height INTEGER NOT NULL,
	recorded DATETIME NOT NULL,
	source_quote_id BLOB,
	quote_bid VARCHAR(40),
	quote_offer VARCHAR(40),
	quote_bid_canonical TEXT,
	quote_offer_canonical TEXT,
	formula_id BLOB,
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

CREATE TRIGGER trading_scenario_element_insert_sourced_element_indicator BEFORE INSERT ON trading_scenario_element FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_source_quote q JOIN trading_source_index i ON i.id = q.index_id WHERE q.version = NEW.source_quote_id AND i.indicator_id <> NEW.indicator_id) BEGIN SELECT RAISE(ABORT, 'rule sourced-element.indicator: a quote that its source made of another indicator'); END;

CREATE TRIGGER trading_scenario_element_insert_sourced_element_not_later BEFORE INSERT ON trading_scenario_element FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_source_quote q JOIN trading_scenario s ON q.at > s.at WHERE q.version = NEW.source_quote_id AND s.id = NEW.scenario_id) BEGIN SELECT RAISE(ABORT, 'rule sourced-element.not-later: a quote that was made after the scenario'); END;

CREATE TRIGGER trading_scenario_element_insert_scenario_element_append_only BEFORE INSERT ON trading_scenario_element FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_scenario_element o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule scenario-element.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_scenario_element_update_scenario_element_append_only BEFORE UPDATE ON trading_scenario_element FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario-element.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_scenario_element_delete_scenario_element_append_only BEFORE DELETE ON trading_scenario_element FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario-element.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_barrier_option (
	id BLOB NOT NULL,
	side VARCHAR(4) NOT NULL,
	effect VARCHAR(3) NOT NULL,
	barrier_number VARCHAR(40) NOT NULL,
	barrier_unit VARCHAR(100) NOT NULL,
	barrier_canonical TEXT NOT NULL,
	reference_number VARCHAR(40) NOT NULL,
	reference_unit VARCHAR(100) NOT NULL,
	reference_canonical TEXT NOT NULL,
	CONSTRAINT pk_trading_barrier_option PRIMARY KEY (id),
	CONSTRAINT ck_trading_barrier_option_on_its_side CHECK (CASE side WHEN 'up' THEN barrier_canonical > reference_canonical ELSE barrier_canonical < reference_canonical END),
	CONSTRAINT ck_trading_barrier_option_kind CHECK (side IN ('up', 'down') AND effect IN ('in', 'out')),
	CONSTRAINT fk_trading_barrier_option_id FOREIGN KEY(id) REFERENCES trading_option (id)
);

CREATE TRIGGER trading_barrier_option_insert_contract_append_only BEFORE INSERT ON trading_barrier_option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_barrier_option o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_barrier_option_update_contract_append_only BEFORE UPDATE ON trading_barrier_option FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_barrier_option_delete_contract_append_only BEFORE DELETE ON trading_barrier_option FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_scenario_argument (
	element_id BLOB NOT NULL,
	position INTEGER NOT NULL,
	argument_id BLOB NOT NULL,
	CONSTRAINT pk_trading_scenario_argument PRIMARY KEY (element_id, position),
	CONSTRAINT ck_trading_scenario_argument_position CHECK (position >= 0),
	CONSTRAINT fk_trading_scenario_argument_element_id FOREIGN KEY(element_id) REFERENCES trading_scenario_element (id),
	CONSTRAINT fk_trading_scenario_argument_argument_id FOREIGN KEY(argument_id) REFERENCES trading_scenario_element (id)
);

CREATE INDEX ix_trading_scenario_argument_argument_id ON trading_scenario_argument (argument_id);

CREATE TRIGGER trading_scenario_argument_insert_scenario_element_acyclic BEFORE INSERT ON trading_scenario_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_scenario_element e JOIN trading_scenario_element a ON a.height >= e.height WHERE e.id = NEW.element_id AND a.id = NEW.argument_id) BEGIN SELECT RAISE(ABORT, 'rule scenario-element.acyclic: an argument that stands no lower'); END;

CREATE TRIGGER trading_scenario_argument_insert_scenario_element_append_only BEFORE INSERT ON trading_scenario_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_scenario_argument o WHERE o.element_id = NEW.element_id AND o.position = NEW.position) BEGIN SELECT RAISE(ABORT, 'rule scenario-element.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_scenario_argument_update_scenario_element_append_only BEFORE UPDATE ON trading_scenario_argument FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario-element.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_scenario_argument_delete_scenario_element_append_only BEFORE DELETE ON trading_scenario_argument FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule scenario-element.append-only: a recorded row would be deleted'); END;

CREATE TABLE trading_term (
	contract_id BLOB NOT NULL,
	type_id BLOB NOT NULL,
	amount_number VARCHAR(40),
	amount_unit VARCHAR(100),
	amount_canonical TEXT,
	day DATE,
	text VARCHAR(500),
	truth BOOLEAN,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
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

CREATE UNIQUE INDEX uq_trading_term_agreed ON trading_term (contract_id, type_id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_trading_term_believed ON trading_term (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER trading_term_insert_history_append_only BEFORE INSERT ON trading_term FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_term o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER trading_term_update_history_append_only BEFORE UPDATE ON trading_term FOR EACH ROW WHEN NEW.contract_id IS NOT OLD.contract_id OR NEW.type_id IS NOT OLD.type_id OR NEW.amount_number IS NOT OLD.amount_number OR NEW.amount_unit IS NOT OLD.amount_unit OR NEW.amount_canonical IS NOT OLD.amount_canonical OR NEW.day IS NOT OLD.day OR NEW.text IS NOT OLD.text OR NEW.truth IS NOT OLD.truth OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER trading_term_delete_history_append_only BEFORE DELETE ON trading_term FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER trading_term_insert_history_begins_believed BEFORE INSERT ON trading_term FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER trading_term_insert_history_one_current BEFORE INSERT ON trading_term FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_term o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER trading_term_update_history_closed_once BEFORE UPDATE OF known_to ON trading_term FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER trading_term_insert_term_admitted BEFORE INSERT ON trading_term FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM trading_contract_classification c JOIN trading_contract_type_closure k ON k.subtype_id = c.type_id JOIN trading_term_rule r ON r.contract_type_id = k.supertype_id WHERE c.contract_id = NEW.contract_id AND r.term_type_id = NEW.type_id) BEGIN SELECT RAISE(ABORT, 'rule term.admitted: a term that the type of the contract does not admit'); END;

CREATE TRIGGER trading_term_insert_term_kind_of_value BEFORE INSERT ON trading_term FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM trading_term_type t WHERE t.id = NEW.type_id AND CASE t.kind WHEN 'number' THEN NEW.amount_number IS NOT NULL AND NEW.amount_unit = '1' WHEN 'quantity' THEN NEW.amount_number IS NOT NULL AND NEW.amount_unit = t.unit_code WHEN 'money' THEN NEW.amount_number IS NOT NULL AND NEW.amount_unit = t.unit_code WHEN 'date' THEN NEW.day IS NOT NULL WHEN 'truth' THEN NEW.truth IS NOT NULL WHEN 'choice' THEN EXISTS (SELECT 1 FROM trading_term_choice o WHERE o.type_id = t.id AND o.name = NEW.text) ELSE NEW.text IS NOT NULL END) BEGIN SELECT RAISE(ABORT, 'rule term.kind-of-value: a value of another kind than its type says, or none of its choices'); END;
