CREATE TABLE trading_market (
	id BLOB NOT NULL,
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

CREATE TRIGGER trading_contract_insert_contract_amount BEFORE INSERT ON trading_contract FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.amount_unit_code <> NEW.amount_unit) BEGIN SELECT RAISE(ABORT, 'rule contract.amount: an amount in another unit than that of the instrument'); END;

CREATE TRIGGER trading_contract_insert_contract_price BEFORE INSERT ON trading_contract FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = NEW.instrument_id AND i.unit_code <> NEW.price_unit) BEGIN SELECT RAISE(ABORT, 'rule contract.price: a price in another unit than the instrument is quoted in'); END;

CREATE TRIGGER trading_contract_insert_product_of_its_parties BEFORE INSERT ON trading_contract FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM trading_product p WHERE p.id = NEW.product_id AND p.buyer_id IN (NEW.long_id, NEW.short_id) AND p.seller_id IN (NEW.long_id, NEW.short_id)) BEGIN SELECT RAISE(ABORT, 'rule product.of-its-parties: a contract between others than the buyer and the seller of its product'); END;

CREATE TRIGGER trading_contract_insert_contract_append_only BEFORE INSERT ON trading_contract FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_contract o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_contract_update_contract_append_only BEFORE UPDATE ON trading_contract FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_contract_delete_contract_append_only BEFORE DELETE ON trading_contract FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be deleted'); END;

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
	CONSTRAINT ck_trading_option_style CHECK (style IN ('european', 'american')),
	CONSTRAINT ck_trading_option_premium_storable CHECK (premium_minor = CAST(premium_minor AS BIGINT) AND premium_minor BETWEEN -4611686018427387903 AND 4611686018427387903),
	CONSTRAINT ck_trading_option_premium_whole CHECK ((premium_minor IS NULL) = (premium_currency IS NULL)),
	CONSTRAINT fk_trading_option_id FOREIGN KEY(id) REFERENCES trading_contract (id)
);

CREATE INDEX ix_trading_option_expiration ON trading_option (expiration);

CREATE TRIGGER trading_option_insert_option_expires_after_trade BEFORE INSERT ON trading_option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_contract c WHERE c.id = NEW.id AND c.traded > NEW.expiration) BEGIN SELECT RAISE(ABORT, 'rule option.expires-after-trade: an option that expires before it was traded'); END;

CREATE TRIGGER trading_option_insert_contract_append_only BEFORE INSERT ON trading_option FOR EACH ROW WHEN EXISTS (SELECT 1 FROM trading_option o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER trading_option_update_contract_append_only BEFORE UPDATE ON trading_option FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be changed'); END;

CREATE TRIGGER trading_option_delete_contract_append_only BEFORE DELETE ON trading_option FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule contract.append-only: a recorded row would be deleted'); END;

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
