CREATE TABLE trading_market (
	id UUID NOT NULL,
	spot_days INTEGER NOT NULL,
	calendar_codes VARCHAR(500) NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_trading_market PRIMARY KEY (id),
	CONSTRAINT ck_trading_market_spot_days CHECK (spot_days BETWEEN 0 AND 10),
	CONSTRAINT uq_trading_market_name UNIQUE (name)
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

CREATE INDEX ix_trading_contract_traded ON trading_contract (instrument_id, traded);

CREATE FUNCTION trading_contract_insert_contract_amount() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.amount_unit_code <> NEW.amount_unit) THEN RAISE EXCEPTION 'rule contract.amount: an amount in another unit than that of the instrument' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_contract_amount BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_contract_amount();

CREATE FUNCTION trading_contract_insert_contract_price() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.unit_code <> NEW.price_unit) THEN RAISE EXCEPTION 'rule contract.price: a price in another unit than the instrument is quoted in' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_contract_price BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_contract_price();

CREATE FUNCTION trading_contract_insert_product_of_its_parties() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM trading_product p WHERE p.id = NEW.product_id AND p.buyer_id IN (NEW.long_id, NEW.short_id) AND p.seller_id IN (NEW.long_id, NEW.short_id)) THEN RAISE EXCEPTION 'rule product.of-its-parties: a contract between others than the buyer and the seller of its product' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_product_of_its_parties BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_product_of_its_parties();

CREATE FUNCTION trading_contract_insert_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM trading_contract o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_insert_contract_append_only BEFORE INSERT ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_insert_contract_append_only();

CREATE FUNCTION trading_contract_update_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER trading_contract_update_contract_append_only BEFORE UPDATE ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_update_contract_append_only();

CREATE FUNCTION trading_contract_delete_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule contract.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER trading_contract_delete_contract_append_only BEFORE DELETE ON trading_contract FOR EACH ROW EXECUTE FUNCTION trading_contract_delete_contract_append_only();

CREATE FUNCTION trading_contract_truncate_contract_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule contract.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER trading_contract_truncate_contract_append_only BEFORE TRUNCATE ON trading_contract FOR EACH STATEMENT EXECUTE FUNCTION trading_contract_truncate_contract_append_only();

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
	CONSTRAINT ck_trading_option_style CHECK (style IN ('european', 'american')),
	CONSTRAINT ck_trading_option_premium_storable CHECK (premium_minor = CAST(premium_minor AS BIGINT) AND premium_minor BETWEEN -4611686018427387903 AND 4611686018427387903),
	CONSTRAINT ck_trading_option_premium_whole CHECK ((premium_minor IS NULL) = (premium_currency IS NULL)),
	CONSTRAINT fk_trading_option_id FOREIGN KEY(id) REFERENCES trading_contract (id)
);

CREATE INDEX ix_trading_option_expiration ON trading_option (expiration);

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
