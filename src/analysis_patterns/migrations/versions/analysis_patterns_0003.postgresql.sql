CREATE TABLE patterns_equivalence (
	id UUID NOT NULL,
	reason VARCHAR(500) NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_patterns_equivalence PRIMARY KEY (id)
);

CREATE FUNCTION patterns_equivalence_insert_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_equivalence o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule equivalence.immutable: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_insert_equivalence_immutable BEFORE INSERT ON patterns_equivalence FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_insert_equivalence_immutable();

CREATE FUNCTION patterns_equivalence_update_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule equivalence.immutable: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_update_equivalence_immutable BEFORE UPDATE ON patterns_equivalence FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_update_equivalence_immutable();

CREATE FUNCTION patterns_equivalence_delete_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule equivalence.immutable: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_equivalence_delete_equivalence_immutable BEFORE DELETE ON patterns_equivalence FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_delete_equivalence_immutable();

CREATE FUNCTION patterns_equivalence_truncate_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule equivalence.immutable: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_equivalence_truncate_equivalence_immutable BEFORE TRUNCATE ON patterns_equivalence FOR EACH STATEMENT EXECUTE FUNCTION patterns_equivalence_truncate_equivalence_immutable();

CREATE TABLE patterns_life_cycle (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_patterns_life_cycle PRIMARY KEY (id),
	CONSTRAINT uq_patterns_life_cycle_name UNIQUE (name)
);

CREATE TABLE patterns_object_essence (
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_object_essence PRIMARY KEY (id)
);

CREATE TABLE patterns_planning_lock (
	scope VARCHAR(20) NOT NULL,
	revision BIGINT NOT NULL,
	CONSTRAINT pk_patterns_planning_lock PRIMARY KEY (scope)
);

CREATE TABLE patterns_protocol (
	id UUID NOT NULL,
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	duration BIGINT,
	CONSTRAINT pk_patterns_protocol PRIMARY KEY (id),
	CONSTRAINT ck_patterns_protocol_duration_whole_seconds CHECK (duration = CAST(duration AS BIGINT)),
	CONSTRAINT ck_patterns_protocol_duration_not_negative CHECK (duration >= 0),
	CONSTRAINT uq_patterns_protocol_name UNIQUE (name)
);

CREATE TABLE patterns_resource_type (
	id UUID NOT NULL,
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_patterns_resource_type PRIMARY KEY (id),
	CONSTRAINT uq_patterns_resource_type_name UNIQUE (name)
);

CREATE FUNCTION patterns_thing_update_thing_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind THEN RAISE EXCEPTION 'rule thing.immutable: a thing of the registry would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_thing_update_thing_immutable BEFORE UPDATE ON patterns_thing FOR EACH ROW EXECUTE FUNCTION patterns_thing_update_thing_immutable();

CREATE TABLE patterns_action (
	kind VARCHAR(50) NOT NULL,
	nature VARCHAR(11) NOT NULL,
	name VARCHAR(500) NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	revision INTEGER DEFAULT '0' NOT NULL,
	location_id UUID,
	protocol_id UUID,
	parent_id UUID,
	proposed_id UUID,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_action PRIMARY KEY (id),
	CONSTRAINT ck_patterns_action_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_action_nature CHECK (nature IN ('proposed', 'implemented', 'plan')),
	CONSTRAINT fk_patterns_action_location_id FOREIGN KEY(location_id) REFERENCES patterns_location (id),
	CONSTRAINT fk_patterns_action_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT fk_patterns_action_parent_id FOREIGN KEY(parent_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_action_proposed_id FOREIGN KEY(proposed_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_action_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_action_parent_id ON patterns_action (parent_id);

CREATE INDEX ix_patterns_action_protocol_id ON patterns_action (protocol_id);

CREATE UNIQUE INDEX uq_patterns_action_implements ON patterns_action (proposed_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_action_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule history.append-only: a recorded action would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_insert_history_append_only BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_insert_history_append_only();

CREATE FUNCTION patterns_action_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.nature IS DISTINCT FROM OLD.nature OR NEW.name IS DISTINCT FROM OLD.name OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.location_id IS DISTINCT FROM OLD.location_id OR NEW.protocol_id IS DISTINCT FROM OLD.protocol_id OR NEW.parent_id IS DISTINCT FROM OLD.parent_id OR NEW.proposed_id IS DISTINCT FROM OLD.proposed_id OR NEW.revision < OLD.revision THEN RAISE EXCEPTION 'rule history.append-only: a recorded action would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_update_history_append_only BEFORE UPDATE ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_update_history_append_only();

CREATE FUNCTION patterns_action_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded action would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_action_delete_history_append_only BEFORE DELETE ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_delete_history_append_only();

CREATE FUNCTION patterns_action_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_action_truncate_history_append_only BEFORE TRUNCATE ON patterns_action FOR EACH STATEMENT EXECUTE FUNCTION patterns_action_truncate_history_append_only();

CREATE FUNCTION patterns_action_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: an action that is withdrawn already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_insert_history_begins_believed BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_insert_history_begins_believed();

CREATE FUNCTION patterns_action_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: an action that was withdrawn before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_update_history_closed_once();

CREATE FUNCTION patterns_action_update_action_withdrawn_alone() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz AND (EXISTS (SELECT 1 FROM patterns_action_ending u WHERE u.action_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_suspension u WHERE u.action_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_action_reference u WHERE u.action_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_action_reference u WHERE u.plan_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_resource_allocation u WHERE u.action_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_plan_replacement u WHERE u.replacing_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_plan_replacement u WHERE u.replaced_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_action u WHERE u.proposed_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz) OR EXISTS (SELECT 1 FROM patterns_action u WHERE u.parent_id = NEW.id AND u.known_to = '9999-12-30 00:00:00+00'::timestamptz)) THEN RAISE EXCEPTION 'rule action.withdrawn-alone: an action that something believed rests on' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_update_action_withdrawn_alone BEFORE UPDATE OF known_to ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_update_action_withdrawn_alone();

CREATE FUNCTION patterns_action_aa_lock_insert_proposed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.proposed_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_aa_lock_insert_proposed BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_aa_lock_insert_proposed();

CREATE FUNCTION patterns_action_aa_lock_insert_parent() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.parent_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_aa_lock_insert_parent BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_aa_lock_insert_parent();

CREATE FUNCTION patterns_action_insert_action_still_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action w WHERE w.id = NEW.parent_id AND w.known_to <> '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule action.still-believed: a fact of an action that was withdrawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_insert_action_still_believed BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_insert_action_still_believed();

CREATE FUNCTION patterns_action_insert_action_parent_cycle() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.parent_id IS NOT NULL AND EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.parent_id UNION SELECT o.parent_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_action o WHERE o.id = way.key  OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.id) THEN RAISE EXCEPTION 'rule action.parent-cycle: an action that would be part of itself' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_insert_action_parent_cycle BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_insert_action_parent_cycle();

CREATE FUNCTION patterns_action_insert_implementation_of_proposal() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.proposed_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM patterns_action p WHERE p.id = NEW.proposed_id AND p.nature <> 'implemented' AND p.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule implementation.of-proposal: no proposed action' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_insert_implementation_of_proposal BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_insert_implementation_of_proposal();

CREATE FUNCTION patterns_action_insert_implementation_not_abandoned() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_ending e WHERE e.action_id = NEW.proposed_id AND e.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule implementation.not-abandoned: an abandoned proposal' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_insert_implementation_not_abandoned BEFORE INSERT ON patterns_action FOR EACH ROW EXECUTE FUNCTION patterns_action_insert_implementation_not_abandoned();

CREATE TABLE patterns_appearance (
	essence_id UUID NOT NULL,
	thing_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_appearance PRIMARY KEY (version),
	CONSTRAINT ck_patterns_appearance_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_appearance_essence_id FOREIGN KEY(essence_id) REFERENCES patterns_object_essence (id),
	CONSTRAINT fk_patterns_appearance_thing_id FOREIGN KEY(thing_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_appearance_id FOREIGN KEY(id) REFERENCES patterns_appearance (version)
);

CREATE INDEX ix_patterns_appearance_essence_id ON patterns_appearance (essence_id);

CREATE INDEX ix_patterns_appearance_thing_id ON patterns_appearance (thing_id);

CREATE UNIQUE INDEX uq_patterns_appearance_believed ON patterns_appearance (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_appearance_thing ON patterns_appearance (thing_id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_appearance_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_appearance o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_insert_history_append_only BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_insert_history_append_only();

CREATE FUNCTION patterns_appearance_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.essence_id IS DISTINCT FROM OLD.essence_id OR NEW.thing_id IS DISTINCT FROM OLD.thing_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_update_history_append_only BEFORE UPDATE ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_update_history_append_only();

CREATE FUNCTION patterns_appearance_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_appearance_delete_history_append_only BEFORE DELETE ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_delete_history_append_only();

CREATE FUNCTION patterns_appearance_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_appearance_truncate_history_append_only BEFORE TRUNCATE ON patterns_appearance FOR EACH STATEMENT EXECUTE FUNCTION patterns_appearance_truncate_history_append_only();

CREATE FUNCTION patterns_appearance_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_insert_history_begins_believed BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_insert_history_begins_believed();

CREATE FUNCTION patterns_appearance_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_appearance o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_insert_history_one_current BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_insert_history_one_current();

CREATE FUNCTION patterns_appearance_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_update_history_closed_once();

CREATE FUNCTION patterns_appearance_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('analysis_patterns merge')); RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_aa_lock BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_aa_lock();

CREATE FUNCTION patterns_appearance_insert_merge_one_essence() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_appearance o WHERE o.thing_id = NEW.thing_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule merge.one-essence: a second essence of one thing' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_insert_merge_one_essence BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_insert_merge_one_essence();

CREATE FUNCTION patterns_appearance_insert_merge_one_kind() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_appearance a JOIN patterns_thing t ON t.id = a.thing_id JOIN patterns_thing u ON u.id = NEW.thing_id WHERE a.essence_id = NEW.essence_id AND a.known_to = '9999-12-30 00:00:00+00'::timestamptz AND t.kind <> u.kind) THEN RAISE EXCEPTION 'rule merge.one-kind: a thing of another kind' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_insert_merge_one_kind BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_insert_merge_one_kind();

CREATE FUNCTION patterns_appearance_insert_merge_said_different() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_match_verdict v JOIN patterns_match_candidate c ON c.id = v.candidate_id AND v.known_to = '9999-12-30 00:00:00+00'::timestamptz AND v.verdict = 'different' JOIN patterns_appearance a ON a.essence_id = NEW.essence_id AND a.known_to = '9999-12-30 00:00:00+00'::timestamptz WHERE (c.one_id = NEW.thing_id AND c.other_id = a.thing_id) OR (c.other_id = NEW.thing_id AND c.one_id = a.thing_id)) THEN RAISE EXCEPTION 'rule merge.said-different: things that are said to be different' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_appearance_insert_merge_said_different BEFORE INSERT ON patterns_appearance FOR EACH ROW EXECUTE FUNCTION patterns_appearance_insert_merge_said_different();

CREATE TABLE patterns_asset (
	name VARCHAR(500) NOT NULL,
	revision INTEGER DEFAULT '0' NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_asset PRIMARY KEY (id),
	CONSTRAINT fk_patterns_asset_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_asset_name ON patterns_asset (name);

CREATE TABLE patterns_equivalent_thing (
	equivalence_id UUID NOT NULL,
	thing_id UUID NOT NULL,
	CONSTRAINT pk_patterns_equivalent_thing PRIMARY KEY (equivalence_id, thing_id),
	CONSTRAINT fk_patterns_equivalent_thing_equivalence_id FOREIGN KEY(equivalence_id) REFERENCES patterns_equivalence (id),
	CONSTRAINT fk_patterns_equivalent_thing_thing_id FOREIGN KEY(thing_id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_equivalent_thing_thing_id ON patterns_equivalent_thing (thing_id);

CREATE FUNCTION patterns_equivalent_thing_insert_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_equivalent_thing o WHERE o.equivalence_id = NEW.equivalence_id AND o.thing_id = NEW.thing_id) OR EXISTS (SELECT 1 FROM patterns_equivalence_holding h WHERE h.equivalence_id = NEW.equivalence_id) THEN RAISE EXCEPTION 'rule equivalence.immutable: a row beside those that were recorded, or in the place of one' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalent_thing_insert_equivalence_immutable BEFORE INSERT ON patterns_equivalent_thing FOR EACH ROW EXECUTE FUNCTION patterns_equivalent_thing_insert_equivalence_immutable();

CREATE FUNCTION patterns_equivalent_thing_update_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule equivalence.immutable: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalent_thing_update_equivalence_immutable BEFORE UPDATE ON patterns_equivalent_thing FOR EACH ROW EXECUTE FUNCTION patterns_equivalent_thing_update_equivalence_immutable();

CREATE FUNCTION patterns_equivalent_thing_delete_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule equivalence.immutable: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_equivalent_thing_delete_equivalence_immutable BEFORE DELETE ON patterns_equivalent_thing FOR EACH ROW EXECUTE FUNCTION patterns_equivalent_thing_delete_equivalence_immutable();

CREATE FUNCTION patterns_equivalent_thing_truncate_equivalence_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule equivalence.immutable: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_equivalent_thing_truncate_equivalence_immutable BEFORE TRUNCATE ON patterns_equivalent_thing FOR EACH STATEMENT EXECUTE FUNCTION patterns_equivalent_thing_truncate_equivalence_immutable();

CREATE TABLE patterns_essence_merge (
	one_id UUID NOT NULL,
	other_id UUID NOT NULL,
	reason VARCHAR(500) NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_essence_merge PRIMARY KEY (version),
	CONSTRAINT ck_patterns_essence_merge_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_essence_merge_itself CHECK (one_id < other_id),
	CONSTRAINT fk_patterns_essence_merge_one_id FOREIGN KEY(one_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_essence_merge_other_id FOREIGN KEY(other_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_essence_merge_id FOREIGN KEY(id) REFERENCES patterns_essence_merge (version)
);

CREATE INDEX ix_patterns_essence_merge_one_id ON patterns_essence_merge (one_id);

CREATE INDEX ix_patterns_essence_merge_other_id ON patterns_essence_merge (other_id);

CREATE UNIQUE INDEX uq_patterns_essence_merge_believed ON patterns_essence_merge (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_essence_merge_pair ON patterns_essence_merge (one_id, other_id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_essence_merge_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_essence_merge o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_insert_history_append_only BEFORE INSERT ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_insert_history_append_only();

CREATE FUNCTION patterns_essence_merge_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.one_id IS DISTINCT FROM OLD.one_id OR NEW.other_id IS DISTINCT FROM OLD.other_id OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_update_history_append_only BEFORE UPDATE ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_update_history_append_only();

CREATE FUNCTION patterns_essence_merge_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_essence_merge_delete_history_append_only BEFORE DELETE ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_delete_history_append_only();

CREATE FUNCTION patterns_essence_merge_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_essence_merge_truncate_history_append_only BEFORE TRUNCATE ON patterns_essence_merge FOR EACH STATEMENT EXECUTE FUNCTION patterns_essence_merge_truncate_history_append_only();

CREATE FUNCTION patterns_essence_merge_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_insert_history_begins_believed BEFORE INSERT ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_insert_history_begins_believed();

CREATE FUNCTION patterns_essence_merge_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_essence_merge o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_insert_history_one_current BEFORE INSERT ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_insert_history_one_current();

CREATE FUNCTION patterns_essence_merge_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_update_history_closed_once();

CREATE FUNCTION patterns_essence_merge_insert_merge_appears() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM patterns_appearance a JOIN patterns_appearance b ON b.essence_id = a.essence_id WHERE a.thing_id = NEW.one_id AND b.thing_id = NEW.other_id AND a.known_to = '9999-12-30 00:00:00+00'::timestamptz AND b.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule merge.appears: two things that do not appear as one' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_insert_merge_appears BEFORE INSERT ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_insert_merge_appears();

CREATE FUNCTION patterns_essence_merge_insert_merge_merged_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_essence_merge o WHERE o.one_id = NEW.one_id AND o.other_id = NEW.other_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule merge.merged-once: two things that are merged already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_essence_merge_insert_merge_merged_once BEFORE INSERT ON patterns_essence_merge FOR EACH ROW EXECUTE FUNCTION patterns_essence_merge_insert_merge_merged_once();

CREATE TABLE patterns_life_cycle_course (
	id UUID NOT NULL,
	life_cycle_id UUID NOT NULL,
	thing_id UUID NOT NULL,
	revision INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_patterns_life_cycle_course PRIMARY KEY (id),
	CONSTRAINT uq_patterns_life_cycle_course_life_cycle_id_thing_id UNIQUE (life_cycle_id, thing_id),
	CONSTRAINT fk_patterns_life_cycle_course_life_cycle_id FOREIGN KEY(life_cycle_id) REFERENCES patterns_life_cycle (id),
	CONSTRAINT fk_patterns_life_cycle_course_thing_id FOREIGN KEY(thing_id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_life_cycle_course_thing_id ON patterns_life_cycle_course (thing_id);

CREATE TABLE patterns_life_cycle_state (
	life_cycle_id UUID NOT NULL,
	name VARCHAR(200) NOT NULL,
	position INTEGER NOT NULL,
	initial BOOLEAN NOT NULL,
	final BOOLEAN NOT NULL,
	CONSTRAINT pk_patterns_life_cycle_state PRIMARY KEY (life_cycle_id, name),
	CONSTRAINT fk_patterns_life_cycle_state_life_cycle_id FOREIGN KEY(life_cycle_id) REFERENCES patterns_life_cycle (id)
);

CREATE TABLE patterns_name (
	thing_id UUID NOT NULL,
	text VARCHAR(500) NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_name PRIMARY KEY (version),
	CONSTRAINT ck_patterns_name_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_name_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_name_thing_id FOREIGN KEY(thing_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_name_id FOREIGN KEY(id) REFERENCES patterns_name (version)
);

CREATE INDEX ix_patterns_name_text ON patterns_name (text);

CREATE INDEX ix_patterns_name_thing_id ON patterns_name (thing_id);

CREATE UNIQUE INDEX uq_patterns_name_believed ON patterns_name (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_name_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_name o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_name_insert_history_append_only BEFORE INSERT ON patterns_name FOR EACH ROW EXECUTE FUNCTION patterns_name_insert_history_append_only();

CREATE FUNCTION patterns_name_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.thing_id IS DISTINCT FROM OLD.thing_id OR NEW.text IS DISTINCT FROM OLD.text OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_name_update_history_append_only BEFORE UPDATE ON patterns_name FOR EACH ROW EXECUTE FUNCTION patterns_name_update_history_append_only();

CREATE FUNCTION patterns_name_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_name_delete_history_append_only BEFORE DELETE ON patterns_name FOR EACH ROW EXECUTE FUNCTION patterns_name_delete_history_append_only();

CREATE FUNCTION patterns_name_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_name_truncate_history_append_only BEFORE TRUNCATE ON patterns_name FOR EACH STATEMENT EXECUTE FUNCTION patterns_name_truncate_history_append_only();

CREATE FUNCTION patterns_name_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_name_insert_history_begins_believed BEFORE INSERT ON patterns_name FOR EACH ROW EXECUTE FUNCTION patterns_name_insert_history_begins_believed();

CREATE FUNCTION patterns_name_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_name o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_name_insert_history_one_current BEFORE INSERT ON patterns_name FOR EACH ROW EXECUTE FUNCTION patterns_name_insert_history_one_current();

CREATE FUNCTION patterns_name_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_name_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_name FOR EACH ROW EXECUTE FUNCTION patterns_name_update_history_closed_once();

CREATE TABLE patterns_policy (
	id UUID NOT NULL,
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	severity VARCHAR(10) NOT NULL,
	protocol_id UUID,
	party_type_id UUID,
	CONSTRAINT pk_patterns_policy PRIMARY KEY (id),
	CONSTRAINT uq_patterns_policy_name UNIQUE (name),
	CONSTRAINT fk_patterns_policy_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT fk_patterns_policy_party_type_id FOREIGN KEY(party_type_id) REFERENCES patterns_party_type (id)
);

CREATE TABLE patterns_protocol_reference (
	id UUID NOT NULL,
	protocol_id UUID NOT NULL,
	referred_id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_patterns_protocol_reference PRIMARY KEY (id),
	CONSTRAINT uq_patterns_protocol_reference_protocol_id_name UNIQUE (protocol_id, name),
	CONSTRAINT fk_patterns_protocol_reference_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT fk_patterns_protocol_reference_referred_id FOREIGN KEY(referred_id) REFERENCES patterns_protocol (id)
);

CREATE INDEX ix_patterns_protocol_reference_protocol_id ON patterns_protocol_reference (protocol_id);

CREATE INDEX ix_patterns_protocol_reference_referred_id ON patterns_protocol_reference (referred_id);

CREATE FUNCTION patterns_protocol_reference_aa_lock_all_insert() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF true THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('protocol', 0) ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_reference_aa_lock_all_insert BEFORE INSERT ON patterns_protocol_reference FOR EACH ROW EXECUTE FUNCTION patterns_protocol_reference_aa_lock_all_insert();

CREATE FUNCTION patterns_protocol_reference_aa_lock_all_update() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF true THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('protocol', 0) ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_reference_aa_lock_all_update BEFORE UPDATE ON patterns_protocol_reference FOR EACH ROW EXECUTE FUNCTION patterns_protocol_reference_aa_lock_all_update();

CREATE FUNCTION patterns_protocol_reference_insert_protocol_contains_itself() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.referred_id UNION SELECT o.referred_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_protocol_reference o WHERE o.protocol_id = way.key  OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.protocol_id) THEN RAISE EXCEPTION 'rule protocol.contains-itself: a protocol that would contain itself' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_reference_insert_protocol_contains_itself BEFORE INSERT ON patterns_protocol_reference FOR EACH ROW EXECUTE FUNCTION patterns_protocol_reference_insert_protocol_contains_itself();

CREATE FUNCTION patterns_protocol_reference_update_protocol_contains_itself() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.referred_id UNION SELECT o.referred_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_protocol_reference o WHERE o.protocol_id = way.key  OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.protocol_id) THEN RAISE EXCEPTION 'rule protocol.contains-itself: a protocol that would contain itself' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_reference_update_protocol_contains_itself BEFORE UPDATE ON patterns_protocol_reference FOR EACH ROW EXECUTE FUNCTION patterns_protocol_reference_update_protocol_contains_itself();

CREATE TABLE patterns_resource_requirement (
	id UUID NOT NULL,
	protocol_id UUID NOT NULL,
	type_id UUID NOT NULL,
	quantity_number VARCHAR(40) NOT NULL,
	quantity_unit VARCHAR(100) NOT NULL,
	quantity_canonical TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_patterns_resource_requirement PRIMARY KEY (id),
	CONSTRAINT uq_patterns_resource_requirement_protocol_id_type_id UNIQUE (protocol_id, type_id),
	CONSTRAINT fk_patterns_resource_requirement_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT fk_patterns_resource_requirement_type_id FOREIGN KEY(type_id) REFERENCES patterns_resource_type (id)
);

CREATE INDEX ix_patterns_resource_requirement_quantity_canonical ON patterns_resource_requirement (quantity_canonical);

CREATE INDEX ix_patterns_resource_requirement_type_id ON patterns_resource_requirement (type_id);

CREATE TABLE patterns_schedule (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	thing_id UUID,
	CONSTRAINT pk_patterns_schedule PRIMARY KEY (id),
	CONSTRAINT fk_patterns_schedule_thing_id FOREIGN KEY(thing_id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_schedule_thing_id ON patterns_schedule (thing_id);

CREATE TABLE patterns_supersession (
	superseded_id UUID NOT NULL,
	superseding_id UUID NOT NULL,
	reason VARCHAR(500) NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_supersession PRIMARY KEY (version),
	CONSTRAINT ck_patterns_supersession_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_supersession_itself CHECK (superseded_id <> superseding_id),
	CONSTRAINT fk_patterns_supersession_superseded_id FOREIGN KEY(superseded_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_supersession_superseding_id FOREIGN KEY(superseding_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_supersession_id FOREIGN KEY(id) REFERENCES patterns_supersession (version)
);

CREATE INDEX ix_patterns_supersession_superseded_id ON patterns_supersession (superseded_id);

CREATE INDEX ix_patterns_supersession_superseding_id ON patterns_supersession (superseding_id);

CREATE UNIQUE INDEX uq_patterns_supersession_believed ON patterns_supersession (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_supersession_superseded ON patterns_supersession (superseded_id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_supersession_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_supersession o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_history_append_only BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_history_append_only();

CREATE FUNCTION patterns_supersession_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.superseded_id IS DISTINCT FROM OLD.superseded_id OR NEW.superseding_id IS DISTINCT FROM OLD.superseding_id OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_update_history_append_only BEFORE UPDATE ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_update_history_append_only();

CREATE FUNCTION patterns_supersession_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_supersession_delete_history_append_only BEFORE DELETE ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_delete_history_append_only();

CREATE FUNCTION patterns_supersession_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_supersession_truncate_history_append_only BEFORE TRUNCATE ON patterns_supersession FOR EACH STATEMENT EXECUTE FUNCTION patterns_supersession_truncate_history_append_only();

CREATE FUNCTION patterns_supersession_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_history_begins_believed BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_history_begins_believed();

CREATE FUNCTION patterns_supersession_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_supersession o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_history_one_current BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_history_one_current();

CREATE FUNCTION patterns_supersession_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_update_history_closed_once();

CREATE FUNCTION patterns_supersession_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('analysis_patterns merge')); RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_aa_lock BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_aa_lock();

CREATE FUNCTION patterns_supersession_insert_merge_one_kind() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (SELECT kind FROM patterns_thing WHERE id = NEW.superseded_id) <> (SELECT kind FROM patterns_thing WHERE id = NEW.superseding_id) THEN RAISE EXCEPTION 'rule merge.one-kind: a thing of another kind' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_merge_one_kind BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_merge_one_kind();

CREATE FUNCTION patterns_supersession_insert_merge_superseded_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_supersession o WHERE o.superseded_id = NEW.superseded_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule merge.superseded-once: a second thing in one''s place' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_merge_superseded_once BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_merge_superseded_once();

CREATE FUNCTION patterns_supersession_insert_merge_ring() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE up(thing) AS (SELECT NEW.superseding_id UNION SELECT s.superseding_id FROM up CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = up.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s) SELECT 1 FROM up WHERE up.thing = NEW.superseded_id) THEN RAISE EXCEPTION 'rule merge.ring: a ring of supersessions' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_merge_ring BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_merge_ring();

CREATE FUNCTION patterns_supersession_insert_merge_said_different() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (EXISTS (WITH RECURSIVE below(thing) AS (SELECT NEW.superseded_id UNION SELECT s.superseded_id FROM below CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseding_id = below.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s), up(thing) AS (SELECT NEW.superseding_id UNION SELECT s.superseding_id FROM up CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = up.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s) SELECT 1 FROM patterns_match_verdict v JOIN patterns_match_candidate c ON c.id = v.candidate_id AND v.known_to = '9999-12-30 00:00:00+00'::timestamptz AND v.verdict = 'different' WHERE c.one_id IN (SELECT thing FROM below) AND EXISTS (WITH RECURSIVE climb(thing) AS (SELECT c.other_id UNION SELECT s.superseding_id FROM climb CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = climb.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s) SELECT 1 FROM climb WHERE climb.thing IN (SELECT thing FROM up))) OR EXISTS (WITH RECURSIVE below(thing) AS (SELECT NEW.superseded_id UNION SELECT s.superseded_id FROM below CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseding_id = below.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s), up(thing) AS (SELECT NEW.superseding_id UNION SELECT s.superseding_id FROM up CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = up.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s) SELECT 1 FROM patterns_match_verdict v JOIN patterns_match_candidate c ON c.id = v.candidate_id AND v.known_to = '9999-12-30 00:00:00+00'::timestamptz AND v.verdict = 'different' WHERE c.other_id IN (SELECT thing FROM below) AND EXISTS (WITH RECURSIVE climb(thing) AS (SELECT c.one_id UNION SELECT s.superseding_id FROM climb CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = climb.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s) SELECT 1 FROM climb WHERE climb.thing IN (SELECT thing FROM up)))) THEN RAISE EXCEPTION 'rule merge.said-different: things that are said to be different' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_supersession_insert_merge_said_different BEFORE INSERT ON patterns_supersession FOR EACH ROW EXECUTE FUNCTION patterns_supersession_insert_merge_said_different();

CREATE TABLE accounting_considered (
	ledger_id UUID NOT NULL,
	version UUID NOT NULL,
	was_withdrawn BOOLEAN NOT NULL,
	reconsideration_id UUID NOT NULL,
	CONSTRAINT pk_accounting_considered PRIMARY KEY (ledger_id, version, was_withdrawn),
	CONSTRAINT fk_accounting_considered_reconsideration FOREIGN KEY(ledger_id, reconsideration_id) REFERENCES accounting_reconsideration (ledger_id, id) DEFERRABLE INITIALLY DEFERRED
);

CREATE FUNCTION accounting_considered_insert_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_considered o WHERE o.ledger_id = NEW.ledger_id AND o.version = NEW.version AND o.was_withdrawn = NEW.was_withdrawn) THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_considered_insert_reconsideration_append_only BEFORE INSERT ON accounting_considered FOR EACH ROW EXECUTE FUNCTION accounting_considered_insert_reconsideration_append_only();

CREATE FUNCTION accounting_considered_update_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_considered_update_reconsideration_append_only BEFORE UPDATE ON accounting_considered FOR EACH ROW EXECUTE FUNCTION accounting_considered_update_reconsideration_append_only();

CREATE FUNCTION accounting_considered_delete_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule reconsideration.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_considered_delete_reconsideration_append_only BEFORE DELETE ON accounting_considered FOR EACH ROW EXECUTE FUNCTION accounting_considered_delete_reconsideration_append_only();

CREATE FUNCTION accounting_considered_truncate_reconsideration_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule reconsideration.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_considered_truncate_reconsideration_append_only BEFORE TRUNCATE ON accounting_considered FOR EACH STATEMENT EXECUTE FUNCTION accounting_considered_truncate_reconsideration_append_only();

CREATE TABLE patterns_action_ending (
	kind VARCHAR(50) NOT NULL,
	action_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	reason VARCHAR(2000) NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_action_ending PRIMARY KEY (version),
	CONSTRAINT ck_patterns_action_ending_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_action_ending_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_action_ending_id FOREIGN KEY(id) REFERENCES patterns_action_ending (version)
);

CREATE INDEX ix_patterns_action_ending_action_id ON patterns_action_ending (action_id);

CREATE UNIQUE INDEX uq_patterns_action_ending_believed ON patterns_action_ending (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_action_ending_of_action ON patterns_action_ending (action_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_action_ending_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_ending o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_history_append_only BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_history_append_only();

CREATE FUNCTION patterns_action_ending_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.at IS DISTINCT FROM OLD.at OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_update_history_append_only BEFORE UPDATE ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_update_history_append_only();

CREATE FUNCTION patterns_action_ending_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_action_ending_delete_history_append_only BEFORE DELETE ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_delete_history_append_only();

CREATE FUNCTION patterns_action_ending_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_action_ending_truncate_history_append_only BEFORE TRUNCATE ON patterns_action_ending FOR EACH STATEMENT EXECUTE FUNCTION patterns_action_ending_truncate_history_append_only();

CREATE FUNCTION patterns_action_ending_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_history_begins_believed BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_history_begins_believed();

CREATE FUNCTION patterns_action_ending_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_ending o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_history_one_current BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_history_one_current();

CREATE FUNCTION patterns_action_ending_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_update_history_closed_once();

CREATE FUNCTION patterns_action_ending_aa_lock_insert_action() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.action_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_aa_lock_insert_action BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_aa_lock_insert_action();

CREATE FUNCTION patterns_action_ending_insert_action_still_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action w WHERE w.id = NEW.action_id AND w.known_to <> '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule action.still-believed: a fact of an action that was withdrawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_action_still_believed BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_action_still_believed();

CREATE FUNCTION patterns_action_ending_insert_ending_after_start() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_time_reference t JOIN patterns_action a ON a.id = t.action_id WHERE t.action_id = NEW.action_id AND t.known_to = '9999-12-30 00:00:00+00'::timestamptz AND a.nature = 'implemented' AND t.starts > NEW.at) THEN RAISE EXCEPTION 'rule ending.after-start: an ending before the start' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_ending_after_start BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_ending_after_start();

CREATE FUNCTION patterns_action_ending_insert_completion_implemented() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind = 'completion' AND NOT EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.action_id AND a.nature = 'implemented') THEN RAISE EXCEPTION 'rule completion.implemented: the completion of a proposed action' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_completion_implemented BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_completion_implemented();

CREATE FUNCTION patterns_action_ending_insert_implementation_not_abandoned() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action i WHERE i.proposed_id = NEW.action_id AND i.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule implementation.not-abandoned: the abandonment of a proposal that is implemented' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_implementation_not_abandoned BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_implementation_not_abandoned();

CREATE FUNCTION patterns_action_ending_insert_suspension_before_ending() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_suspension s WHERE s.action_id = NEW.action_id AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz AND s.covers_from >= NEW.at) THEN RAISE EXCEPTION 'rule suspension.before-ending: an ending before a suspension' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_ending_insert_suspension_before_ending BEFORE INSERT ON patterns_action_ending FOR EACH ROW EXECUTE FUNCTION patterns_action_ending_insert_suspension_before_ending();

CREATE TABLE patterns_action_reference (
	plan_id UUID NOT NULL,
	action_id UUID NOT NULL,
	step_id UUID,
	number INTEGER NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_action_reference PRIMARY KEY (version),
	CONSTRAINT ck_patterns_action_reference_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_action_reference_plan_id FOREIGN KEY(plan_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_action_reference_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_action_reference_step_id FOREIGN KEY(step_id) REFERENCES patterns_protocol_reference (id),
	CONSTRAINT fk_patterns_action_reference_id FOREIGN KEY(id) REFERENCES patterns_action_reference (version)
);

CREATE INDEX ix_patterns_action_reference_action_id ON patterns_action_reference (action_id);

CREATE INDEX ix_patterns_action_reference_in_order ON patterns_action_reference (plan_id, number);

CREATE UNIQUE INDEX uq_patterns_action_reference_believed ON patterns_action_reference (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_action_reference_of_place ON patterns_action_reference (plan_id, number) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_action_reference_of_plan ON patterns_action_reference (plan_id, action_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_action_reference_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_reference o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_insert_history_append_only BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_insert_history_append_only();

CREATE FUNCTION patterns_action_reference_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.plan_id IS DISTINCT FROM OLD.plan_id OR NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.step_id IS DISTINCT FROM OLD.step_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_update_history_append_only BEFORE UPDATE ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_update_history_append_only();

CREATE FUNCTION patterns_action_reference_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_action_reference_delete_history_append_only BEFORE DELETE ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_delete_history_append_only();

CREATE FUNCTION patterns_action_reference_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_action_reference_truncate_history_append_only BEFORE TRUNCATE ON patterns_action_reference FOR EACH STATEMENT EXECUTE FUNCTION patterns_action_reference_truncate_history_append_only();

CREATE FUNCTION patterns_action_reference_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_insert_history_begins_believed BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_insert_history_begins_believed();

CREATE FUNCTION patterns_action_reference_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_reference o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_insert_history_one_current BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_insert_history_one_current();

CREATE FUNCTION patterns_action_reference_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_update_history_closed_once();

CREATE FUNCTION patterns_action_reference_aa_lock_insert_plan() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.plan_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_aa_lock_insert_plan BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_aa_lock_insert_plan();

CREATE FUNCTION patterns_action_reference_aa_lock_insert_action() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.action_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_aa_lock_insert_action BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_aa_lock_insert_action();

CREATE FUNCTION patterns_action_reference_aa_lock_update_plan() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.plan_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_aa_lock_update_plan BEFORE UPDATE ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_aa_lock_update_plan();

CREATE FUNCTION patterns_action_reference_aa_lock_all_insert() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.action_id AND a.nature = 'plan') THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('plan', 0) ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_aa_lock_all_insert BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_aa_lock_all_insert();

CREATE FUNCTION patterns_action_reference_insert_plan_of_proposed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM patterns_action p JOIN patterns_action a ON a.id = NEW.action_id WHERE p.id = NEW.plan_id AND p.nature = 'plan' AND p.known_to = '9999-12-30 00:00:00+00'::timestamptz AND a.nature <> 'implemented' AND a.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule plan.of-proposed: what is no proposed action, or no plan' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_insert_plan_of_proposed BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_insert_plan_of_proposed();

CREATE FUNCTION patterns_action_reference_insert_plan_contains_itself() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.action_id UNION SELECT o.action_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_action_reference o WHERE o.plan_id = way.key AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.plan_id) THEN RAISE EXCEPTION 'rule plan.contains-itself: a plan that would contain itself' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_insert_plan_contains_itself BEFORE INSERT ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_insert_plan_contains_itself();

CREATE FUNCTION patterns_action_reference_update_plan_dependency_own_references() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz AND EXISTS (SELECT 1 FROM patterns_plan_dependency d WHERE NEW.version IN (d.predecessor_id, d.successor_id) AND d.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule plan-dependency.own-references: a reference left out before its dependencies' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_action_reference_update_plan_dependency_own_references BEFORE UPDATE OF known_to ON patterns_action_reference FOR EACH ROW EXECUTE FUNCTION patterns_action_reference_update_plan_dependency_own_references();

CREATE TABLE patterns_asset_classification (
	asset_id UUID NOT NULL,
	asset_type_id UUID NOT NULL,
	CONSTRAINT pk_patterns_asset_classification PRIMARY KEY (asset_id, asset_type_id),
	CONSTRAINT fk_patterns_asset_classification_asset_id FOREIGN KEY(asset_id) REFERENCES patterns_asset (id),
	CONSTRAINT fk_patterns_asset_classification_asset_type_id FOREIGN KEY(asset_type_id) REFERENCES patterns_resource_type (id)
);

CREATE INDEX ix_patterns_asset_classification_asset_type_id ON patterns_asset_classification (asset_type_id);

CREATE TABLE patterns_equivalence_holding (
	equivalence_id UUID NOT NULL,
	party_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_equivalence_holding PRIMARY KEY (version),
	CONSTRAINT ck_patterns_equivalence_holding_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_equivalence_holding_equivalence_id FOREIGN KEY(equivalence_id) REFERENCES patterns_equivalence (id),
	CONSTRAINT fk_patterns_equivalence_holding_party_id FOREIGN KEY(party_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_equivalence_holding_id FOREIGN KEY(id) REFERENCES patterns_equivalence_holding (version)
);

CREATE INDEX ix_patterns_equivalence_holding_equivalence_id ON patterns_equivalence_holding (equivalence_id);

CREATE INDEX ix_patterns_equivalence_holding_party_id ON patterns_equivalence_holding (party_id);

CREATE UNIQUE INDEX uq_patterns_equivalence_holding_believed ON patterns_equivalence_holding (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_equivalence_holding_holder ON patterns_equivalence_holding (equivalence_id, party_id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_equivalence_holding_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_equivalence_holding o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_insert_history_append_only BEFORE INSERT ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_insert_history_append_only();

CREATE FUNCTION patterns_equivalence_holding_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.equivalence_id IS DISTINCT FROM OLD.equivalence_id OR NEW.party_id IS DISTINCT FROM OLD.party_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_update_history_append_only BEFORE UPDATE ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_update_history_append_only();

CREATE FUNCTION patterns_equivalence_holding_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_delete_history_append_only BEFORE DELETE ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_delete_history_append_only();

CREATE FUNCTION patterns_equivalence_holding_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_truncate_history_append_only BEFORE TRUNCATE ON patterns_equivalence_holding FOR EACH STATEMENT EXECUTE FUNCTION patterns_equivalence_holding_truncate_history_append_only();

CREATE FUNCTION patterns_equivalence_holding_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_insert_history_begins_believed BEFORE INSERT ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_insert_history_begins_believed();

CREATE FUNCTION patterns_equivalence_holding_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_equivalence_holding o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_insert_history_one_current BEFORE INSERT ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_insert_history_one_current();

CREATE FUNCTION patterns_equivalence_holding_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_update_history_closed_once();

CREATE FUNCTION patterns_equivalence_holding_insert_equivalence_several_things() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (SELECT count(*) FROM patterns_equivalent_thing t WHERE t.equivalence_id = NEW.equivalence_id) < 2 THEN RAISE EXCEPTION 'rule equivalence.several-things: an equivalence of fewer than two things' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_insert_equivalence_several_things BEFORE INSERT ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_insert_equivalence_several_things();

CREATE FUNCTION patterns_equivalence_holding_insert_equivalence_one_kind() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (SELECT count(DISTINCT k.kind) FROM patterns_equivalent_thing t JOIN patterns_thing k ON k.id = t.thing_id WHERE t.equivalence_id = NEW.equivalence_id) > 1 THEN RAISE EXCEPTION 'rule equivalence.one-kind: things of different kinds' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_insert_equivalence_one_kind BEFORE INSERT ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_insert_equivalence_one_kind();

CREATE FUNCTION patterns_equivalence_holding_insert_equivalence_held_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_equivalence_holding o WHERE o.equivalence_id = NEW.equivalence_id AND o.party_id = NEW.party_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule equivalence.held-once: a second holding by one party' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_equivalence_holding_insert_equivalence_held_once BEFORE INSERT ON patterns_equivalence_holding FOR EACH ROW EXECUTE FUNCTION patterns_equivalence_holding_insert_equivalence_held_once();

CREATE TABLE patterns_identification_scheme (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	issuer_id UUID,
	format VARCHAR(200) NOT NULL,
	"check" VARCHAR(50) NOT NULL,
	ignored VARCHAR(20) NOT NULL,
	capitals BOOLEAN NOT NULL,
	aliases BOOLEAN NOT NULL,
	CONSTRAINT pk_patterns_identification_scheme PRIMARY KEY (id),
	CONSTRAINT uq_patterns_identification_scheme_name UNIQUE (name),
	CONSTRAINT fk_patterns_identification_scheme_issuer_id FOREIGN KEY(issuer_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_patterns_identification_scheme_issuer_id ON patterns_identification_scheme (issuer_id);

CREATE TABLE patterns_life_cycle_move (
	course_id UUID NOT NULL,
	number INTEGER NOT NULL,
	event VARCHAR(200),
	source VARCHAR(200),
	target VARCHAR(200) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_life_cycle_move PRIMARY KEY (version),
	CONSTRAINT ck_patterns_life_cycle_move_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_life_cycle_move_first CHECK ((number = 0) = (source IS NULL) AND (number = 0) = (event IS NULL)),
	CONSTRAINT fk_patterns_life_cycle_move_course_id FOREIGN KEY(course_id) REFERENCES patterns_life_cycle_course (id),
	CONSTRAINT fk_patterns_life_cycle_move_id FOREIGN KEY(id) REFERENCES patterns_life_cycle_move (version)
);

CREATE INDEX ix_patterns_life_cycle_move_in_order ON patterns_life_cycle_move (course_id, number);

CREATE UNIQUE INDEX uq_patterns_life_cycle_move_believed ON patterns_life_cycle_move (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_life_cycle_move_number ON patterns_life_cycle_move (course_id, number) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_life_cycle_move_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_life_cycle_move o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_insert_history_append_only BEFORE INSERT ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_insert_history_append_only();

CREATE FUNCTION patterns_life_cycle_move_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.course_id IS DISTINCT FROM OLD.course_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.event IS DISTINCT FROM OLD.event OR NEW.source IS DISTINCT FROM OLD.source OR NEW.target IS DISTINCT FROM OLD.target OR NEW.at IS DISTINCT FROM OLD.at OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_update_history_append_only BEFORE UPDATE ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_update_history_append_only();

CREATE FUNCTION patterns_life_cycle_move_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_delete_history_append_only BEFORE DELETE ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_delete_history_append_only();

CREATE FUNCTION patterns_life_cycle_move_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_truncate_history_append_only BEFORE TRUNCATE ON patterns_life_cycle_move FOR EACH STATEMENT EXECUTE FUNCTION patterns_life_cycle_move_truncate_history_append_only();

CREATE FUNCTION patterns_life_cycle_move_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_insert_history_begins_believed BEFORE INSERT ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_insert_history_begins_believed();

CREATE FUNCTION patterns_life_cycle_move_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_life_cycle_move o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_insert_history_one_current BEFORE INSERT ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_insert_history_one_current();

CREATE FUNCTION patterns_life_cycle_move_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_update_history_closed_once();

CREATE FUNCTION patterns_life_cycle_move_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_life_cycle_course SET revision = revision + 1 WHERE id = NEW.course_id; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_aa_lock BEFORE INSERT OR UPDATE ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_aa_lock();

CREATE FUNCTION patterns_life_cycle_move_insert_move_allowed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.number = 0 AND NOT EXISTS (SELECT 1 FROM patterns_life_cycle_state t JOIN patterns_life_cycle_course c ON c.life_cycle_id = t.life_cycle_id AND c.id = NEW.course_id WHERE t.name = NEW.target AND t.initial) OR NEW.number <> 0 AND NOT (EXISTS (SELECT 1 FROM patterns_life_cycle_move p WHERE p.course_id = NEW.course_id AND p.number = NEW.number - 1 AND p.known_to = '9999-12-30 00:00:00+00'::timestamptz AND p.target = NEW.source) AND EXISTS (SELECT 1 FROM patterns_life_cycle_transition t JOIN patterns_life_cycle_course c ON c.life_cycle_id = t.life_cycle_id AND c.id = NEW.course_id WHERE t.source = NEW.source AND t.event = NEW.event AND t.target = NEW.target AND t.valid_from <= (NEW.at AT TIME ZONE 'UTC')::date AND (NEW.at AT TIME ZONE 'UTC')::date < t.valid_to))) THEN RAISE EXCEPTION 'rule move.allowed: a move that no transition allows' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_insert_move_allowed BEFORE INSERT ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_insert_move_allowed();

CREATE FUNCTION patterns_life_cycle_move_insert_move_in_order() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_life_cycle_move p WHERE p.course_id = NEW.course_id AND p.number = NEW.number - 1 AND p.known_to = '9999-12-30 00:00:00+00'::timestamptz AND p.at > NEW.at) THEN RAISE EXCEPTION 'rule move.in-order: a move before the one before it' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_insert_move_in_order BEFORE INSERT ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_insert_move_in_order();

CREATE FUNCTION patterns_life_cycle_move_update_move_last_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_life_cycle_move o WHERE o.course_id = NEW.course_id AND o.number > NEW.number AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule move.last-only: a move withdrawn that others follow' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_life_cycle_move_update_move_last_only BEFORE UPDATE OF known_to ON patterns_life_cycle_move FOR EACH ROW EXECUTE FUNCTION patterns_life_cycle_move_update_move_last_only();

CREATE TABLE patterns_life_cycle_transition (
	id UUID NOT NULL,
	life_cycle_id UUID NOT NULL,
	event VARCHAR(200) NOT NULL,
	source VARCHAR(200) NOT NULL,
	target VARCHAR(200) NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	condition VARCHAR(200) NOT NULL,
	CONSTRAINT pk_patterns_life_cycle_transition PRIMARY KEY (id),
	CONSTRAINT ck_patterns_life_cycle_transition_period_order CHECK (valid_from < valid_to),
	CONSTRAINT uq_patterns_life_cycle_transition_life_cycle_id_source__fbfd UNIQUE (life_cycle_id, source, event, valid_from),
	CONSTRAINT fk_patterns_life_cycle_transition_source FOREIGN KEY(life_cycle_id, source) REFERENCES patterns_life_cycle_state (life_cycle_id, name) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_patterns_life_cycle_transition_target FOREIGN KEY(life_cycle_id, target) REFERENCES patterns_life_cycle_state (life_cycle_id, name) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_patterns_life_cycle_transition_life_cycle_id FOREIGN KEY(life_cycle_id) REFERENCES patterns_life_cycle (id)
);

CREATE INDEX ix_patterns_life_cycle_transition_life_cycle_id ON patterns_life_cycle_transition (life_cycle_id);

CREATE TABLE patterns_match_candidate (
	id UUID NOT NULL,
	one_id UUID NOT NULL,
	other_id UUID NOT NULL,
	by_id UUID NOT NULL,
	reason VARCHAR(500) NOT NULL,
	score VARCHAR(40) NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_patterns_match_candidate PRIMARY KEY (id),
	CONSTRAINT ck_patterns_match_candidate_ordered CHECK (one_id < other_id),
	CONSTRAINT uq_patterns_match_candidate_one_id_other_id UNIQUE (one_id, other_id),
	CONSTRAINT fk_patterns_match_candidate_one_id FOREIGN KEY(one_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_match_candidate_other_id FOREIGN KEY(other_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_patterns_match_candidate_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_patterns_match_candidate_by_id ON patterns_match_candidate (by_id);

CREATE INDEX ix_patterns_match_candidate_other_id ON patterns_match_candidate (other_id);

CREATE FUNCTION patterns_match_candidate_insert_match_proposed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_match_candidate o WHERE o.one_id = NEW.one_id AND o.other_id = NEW.other_id) THEN RAISE EXCEPTION 'rule match.proposed-once: a second candidate of two things' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_candidate_insert_match_proposed_once BEFORE INSERT ON patterns_match_candidate FOR EACH ROW EXECUTE FUNCTION patterns_match_candidate_insert_match_proposed_once();

CREATE FUNCTION patterns_match_candidate_insert_match_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_match_candidate o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule match.immutable: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_candidate_insert_match_immutable BEFORE INSERT ON patterns_match_candidate FOR EACH ROW EXECUTE FUNCTION patterns_match_candidate_insert_match_immutable();

CREATE FUNCTION patterns_match_candidate_update_match_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule match.immutable: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_candidate_update_match_immutable BEFORE UPDATE ON patterns_match_candidate FOR EACH ROW EXECUTE FUNCTION patterns_match_candidate_update_match_immutable();

CREATE FUNCTION patterns_match_candidate_delete_match_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule match.immutable: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_match_candidate_delete_match_immutable BEFORE DELETE ON patterns_match_candidate FOR EACH ROW EXECUTE FUNCTION patterns_match_candidate_delete_match_immutable();

CREATE FUNCTION patterns_match_candidate_truncate_match_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule match.immutable: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_match_candidate_truncate_match_immutable BEFORE TRUNCATE ON patterns_match_candidate FOR EACH STATEMENT EXECUTE FUNCTION patterns_match_candidate_truncate_match_immutable();

CREATE TABLE patterns_performance (
	action_id UUID NOT NULL,
	performer_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_performance PRIMARY KEY (version),
	CONSTRAINT ck_patterns_performance_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_performance_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_performance_performer_id FOREIGN KEY(performer_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_performance_id FOREIGN KEY(id) REFERENCES patterns_performance (version)
);

CREATE INDEX ix_patterns_performance_performer_id ON patterns_performance (performer_id);

CREATE UNIQUE INDEX uq_patterns_performance_believed ON patterns_performance (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_performance_of_action ON patterns_performance (action_id, performer_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_performance_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_performance o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_performance_insert_history_append_only BEFORE INSERT ON patterns_performance FOR EACH ROW EXECUTE FUNCTION patterns_performance_insert_history_append_only();

CREATE FUNCTION patterns_performance_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.performer_id IS DISTINCT FROM OLD.performer_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_performance_update_history_append_only BEFORE UPDATE ON patterns_performance FOR EACH ROW EXECUTE FUNCTION patterns_performance_update_history_append_only();

CREATE FUNCTION patterns_performance_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_performance_delete_history_append_only BEFORE DELETE ON patterns_performance FOR EACH ROW EXECUTE FUNCTION patterns_performance_delete_history_append_only();

CREATE FUNCTION patterns_performance_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_performance_truncate_history_append_only BEFORE TRUNCATE ON patterns_performance FOR EACH STATEMENT EXECUTE FUNCTION patterns_performance_truncate_history_append_only();

CREATE FUNCTION patterns_performance_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_performance_insert_history_begins_believed BEFORE INSERT ON patterns_performance FOR EACH ROW EXECUTE FUNCTION patterns_performance_insert_history_begins_believed();

CREATE FUNCTION patterns_performance_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_performance o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_performance_insert_history_one_current BEFORE INSERT ON patterns_performance FOR EACH ROW EXECUTE FUNCTION patterns_performance_insert_history_one_current();

CREATE FUNCTION patterns_performance_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_performance_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_performance FOR EACH ROW EXECUTE FUNCTION patterns_performance_update_history_closed_once();

CREATE TABLE patterns_plan_replacement (
	replacing_id UUID NOT NULL,
	replaced_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_plan_replacement PRIMARY KEY (version),
	CONSTRAINT ck_patterns_plan_replacement_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_plan_replacement_replacing_id FOREIGN KEY(replacing_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_plan_replacement_replaced_id FOREIGN KEY(replaced_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_plan_replacement_id FOREIGN KEY(id) REFERENCES patterns_plan_replacement (version)
);

CREATE INDEX ix_patterns_plan_replacement_replaced_id ON patterns_plan_replacement (replaced_id);

CREATE INDEX ix_patterns_plan_replacement_replacing_id ON patterns_plan_replacement (replacing_id);

CREATE UNIQUE INDEX uq_patterns_plan_replacement_believed ON patterns_plan_replacement (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_plan_replacement_of_plan ON patterns_plan_replacement (replacing_id, replaced_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_plan_replacement_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_plan_replacement o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_insert_history_append_only BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_insert_history_append_only();

CREATE FUNCTION patterns_plan_replacement_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.replacing_id IS DISTINCT FROM OLD.replacing_id OR NEW.replaced_id IS DISTINCT FROM OLD.replaced_id OR NEW.at IS DISTINCT FROM OLD.at OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_update_history_append_only BEFORE UPDATE ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_update_history_append_only();

CREATE FUNCTION patterns_plan_replacement_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_plan_replacement_delete_history_append_only BEFORE DELETE ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_delete_history_append_only();

CREATE FUNCTION patterns_plan_replacement_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_plan_replacement_truncate_history_append_only BEFORE TRUNCATE ON patterns_plan_replacement FOR EACH STATEMENT EXECUTE FUNCTION patterns_plan_replacement_truncate_history_append_only();

CREATE FUNCTION patterns_plan_replacement_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_insert_history_begins_believed BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_insert_history_begins_believed();

CREATE FUNCTION patterns_plan_replacement_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_plan_replacement o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_insert_history_one_current BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_insert_history_one_current();

CREATE FUNCTION patterns_plan_replacement_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_update_history_closed_once();

CREATE FUNCTION patterns_plan_replacement_aa_lock_all_insert() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF true THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('replacement', 0) ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_aa_lock_all_insert BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_aa_lock_all_insert();

CREATE FUNCTION patterns_plan_replacement_aa_lock_insert_replacing() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.replacing_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_aa_lock_insert_replacing BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_aa_lock_insert_replacing();

CREATE FUNCTION patterns_plan_replacement_aa_lock_insert_replaced() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.replaced_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_aa_lock_insert_replaced BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_aa_lock_insert_replaced();

CREATE FUNCTION patterns_plan_replacement_insert_plan_replacement_of_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 2 <> (SELECT count(*) FROM patterns_action p WHERE p.id IN (NEW.replacing_id, NEW.replaced_id) AND p.nature = 'plan' AND p.known_to = '9999-12-30 00:00:00+00'::timestamptz) AND NEW.replacing_id <> NEW.replaced_id THEN RAISE EXCEPTION 'rule plan-replacement.of-believed: no plan, or one that was withdrawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_insert_plan_replacement_of_believed BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_insert_plan_replacement_of_believed();

CREATE FUNCTION patterns_plan_replacement_insert_plan_replacement_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.replaced_id UNION SELECT o.replaced_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_plan_replacement o WHERE o.replacing_id = way.key AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.replacing_id) THEN RAISE EXCEPTION 'rule plan-replacement.acyclic: a plan that would replace itself' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_replacement_insert_plan_replacement_acyclic BEFORE INSERT ON patterns_plan_replacement FOR EACH ROW EXECUTE FUNCTION patterns_plan_replacement_insert_plan_replacement_acyclic();

CREATE TABLE patterns_protocol_dependency (
	id UUID NOT NULL,
	protocol_id UUID NOT NULL,
	predecessor_id UUID NOT NULL,
	successor_id UUID NOT NULL,
	kind VARCHAR(20) NOT NULL,
	lag BIGINT NOT NULL,
	CONSTRAINT pk_patterns_protocol_dependency PRIMARY KEY (id),
	CONSTRAINT ck_patterns_protocol_dependency_lag_whole_seconds CHECK (lag = CAST(lag AS BIGINT)),
	CONSTRAINT fk_patterns_protocol_dependency_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT fk_patterns_protocol_dependency_predecessor_id FOREIGN KEY(predecessor_id) REFERENCES patterns_protocol_reference (id),
	CONSTRAINT fk_patterns_protocol_dependency_successor_id FOREIGN KEY(successor_id) REFERENCES patterns_protocol_reference (id),
	CONSTRAINT ck_patterns_protocol_dependency_dependency_kind CHECK (kind IN ('finish-start', 'start-start', 'finish-finish', 'start-finish'))
);

CREATE INDEX ix_patterns_protocol_dependency_predecessor_id ON patterns_protocol_dependency (predecessor_id);

CREATE INDEX ix_patterns_protocol_dependency_protocol_id ON patterns_protocol_dependency (protocol_id);

CREATE FUNCTION patterns_protocol_dependency_aa_lock_all_insert() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF true THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('protocol', 0) ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_dependency_aa_lock_all_insert BEFORE INSERT ON patterns_protocol_dependency FOR EACH ROW EXECUTE FUNCTION patterns_protocol_dependency_aa_lock_all_insert();

CREATE FUNCTION patterns_protocol_dependency_aa_lock_all_update() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF true THEN INSERT INTO patterns_planning_lock AS l (scope, revision) VALUES ('protocol', 0) ON CONFLICT (scope) DO UPDATE SET revision = l.revision + 1; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_dependency_aa_lock_all_update BEFORE UPDATE ON patterns_protocol_dependency FOR EACH ROW EXECUTE FUNCTION patterns_protocol_dependency_aa_lock_all_update();

CREATE FUNCTION patterns_protocol_dependency_insert_protocol_dependenc_e63958b6() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_protocol_reference s WHERE s.id IN (NEW.predecessor_id, NEW.successor_id) AND s.protocol_id <> NEW.protocol_id) THEN RAISE EXCEPTION 'rule protocol-dependency.own-steps: a step of another protocol' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_dependency_insert_protocol_dependenc_e63958b6 BEFORE INSERT ON patterns_protocol_dependency FOR EACH ROW EXECUTE FUNCTION patterns_protocol_dependency_insert_protocol_dependenc_e63958b6();

CREATE FUNCTION patterns_protocol_dependency_insert_protocol_dependency_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.successor_id UNION SELECT o.successor_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_protocol_dependency o WHERE o.predecessor_id = way.key  OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.predecessor_id) THEN RAISE EXCEPTION 'rule protocol-dependency.acyclic: a circle of steps' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_dependency_insert_protocol_dependency_acyclic BEFORE INSERT ON patterns_protocol_dependency FOR EACH ROW EXECUTE FUNCTION patterns_protocol_dependency_insert_protocol_dependency_acyclic();

CREATE FUNCTION patterns_protocol_dependency_update_protocol_dependenc_59002f3b() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_protocol_reference s WHERE s.id IN (NEW.predecessor_id, NEW.successor_id) AND s.protocol_id <> NEW.protocol_id) THEN RAISE EXCEPTION 'rule protocol-dependency.own-steps: a step of another protocol' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_dependency_update_protocol_dependenc_59002f3b BEFORE UPDATE ON patterns_protocol_dependency FOR EACH ROW EXECUTE FUNCTION patterns_protocol_dependency_update_protocol_dependenc_59002f3b();

CREATE FUNCTION patterns_protocol_dependency_update_protocol_dependency_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.successor_id UNION SELECT o.successor_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_protocol_dependency o WHERE o.predecessor_id = way.key  OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.predecessor_id) THEN RAISE EXCEPTION 'rule protocol-dependency.acyclic: a circle of steps' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_protocol_dependency_update_protocol_dependency_acyclic BEFORE UPDATE ON patterns_protocol_dependency FOR EACH ROW EXECUTE FUNCTION patterns_protocol_dependency_update_protocol_dependency_acyclic();

CREATE TABLE patterns_resource_allocation (
	kind VARCHAR(50) NOT NULL,
	action_id UUID NOT NULL,
	resource_type_id UUID,
	quantity_number VARCHAR(40) NOT NULL,
	quantity_unit VARCHAR(100) NOT NULL,
	quantity_canonical TEXT COLLATE "C" NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	asset_id UUID,
	booked_from TIMESTAMP WITH TIME ZONE,
	booked_to TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_patterns_resource_allocation PRIMARY KEY (version),
	CONSTRAINT ck_patterns_resource_allocation_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_resource_allocation_of_a_type CHECK (kind <> 'general' OR resource_type_id IS NOT NULL),
	CONSTRAINT fk_patterns_resource_allocation_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_resource_allocation_resource_type_id FOREIGN KEY(resource_type_id) REFERENCES patterns_resource_type (id),
	CONSTRAINT fk_patterns_resource_allocation_id FOREIGN KEY(id) REFERENCES patterns_resource_allocation (version),
	CONSTRAINT ck_patterns_resource_allocation_booked_interval_order CHECK (booked_from < booked_to),
	CONSTRAINT ck_patterns_resource_allocation_booked_whole CHECK ((booked_from IS NULL) = (booked_to IS NULL)),
	CONSTRAINT fk_patterns_resource_allocation_asset_id FOREIGN KEY(asset_id) REFERENCES patterns_asset (id)
);

CREATE INDEX ix_patterns_resource_allocation_action_id ON patterns_resource_allocation (action_id);

CREATE INDEX ix_patterns_resource_allocation_of_asset ON patterns_resource_allocation (asset_id, booked_from, booked_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE INDEX ix_patterns_resource_allocation_quantity_canonical ON patterns_resource_allocation (quantity_canonical);

CREATE UNIQUE INDEX uq_patterns_resource_allocation_believed ON patterns_resource_allocation (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_resource_allocation_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_resource_allocation o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_history_append_only BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_history_append_only();

CREATE FUNCTION patterns_resource_allocation_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.resource_type_id IS DISTINCT FROM OLD.resource_type_id OR NEW.quantity_number IS DISTINCT FROM OLD.quantity_number OR NEW.quantity_unit IS DISTINCT FROM OLD.quantity_unit OR NEW.quantity_canonical IS DISTINCT FROM OLD.quantity_canonical OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id OR NEW.asset_id IS DISTINCT FROM OLD.asset_id OR NEW.booked_from IS DISTINCT FROM OLD.booked_from OR NEW.booked_to IS DISTINCT FROM OLD.booked_to THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_update_history_append_only BEFORE UPDATE ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_update_history_append_only();

CREATE FUNCTION patterns_resource_allocation_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_resource_allocation_delete_history_append_only BEFORE DELETE ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_delete_history_append_only();

CREATE FUNCTION patterns_resource_allocation_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_resource_allocation_truncate_history_append_only BEFORE TRUNCATE ON patterns_resource_allocation FOR EACH STATEMENT EXECUTE FUNCTION patterns_resource_allocation_truncate_history_append_only();

CREATE FUNCTION patterns_resource_allocation_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_history_begins_believed BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_history_begins_believed();

CREATE FUNCTION patterns_resource_allocation_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_resource_allocation o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_history_one_current BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_history_one_current();

CREATE FUNCTION patterns_resource_allocation_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_update_history_closed_once();

CREATE FUNCTION patterns_resource_allocation_aa_lock_insert_action() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.action_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_aa_lock_insert_action BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_aa_lock_insert_action();

CREATE FUNCTION patterns_resource_allocation_aa_lock_insert_asset() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_asset SET revision = revision + 1 WHERE id = NEW.asset_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_aa_lock_insert_asset BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_aa_lock_insert_asset();

CREATE FUNCTION patterns_resource_allocation_insert_action_still_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action w WHERE w.id = NEW.action_id AND w.known_to <> '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule action.still-believed: a fact of an action that was withdrawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_action_still_believed BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_action_still_believed();

CREATE FUNCTION patterns_resource_allocation_insert_asset_one_booking_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.asset_id IS NOT NULL AND NEW.booked_from IS NOT NULL AND EXISTS (SELECT 1 FROM patterns_resource_allocation o WHERE o.asset_id = NEW.asset_id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.version <> NEW.version AND o.booked_from < NEW.booked_to AND o.booked_to > NEW.booked_from AND NOT EXISTS (SELECT 1 FROM patterns_action i WHERE (i.id = NEW.action_id AND i.proposed_id = o.action_id) OR (i.id = o.action_id AND i.proposed_id = NEW.action_id))) THEN RAISE EXCEPTION 'rule asset.one-booking-at-a-time: an asset booked twice at once' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_asset_one_booking_at_a_time BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_asset_one_booking_at_a_time();

CREATE FUNCTION patterns_resource_allocation_insert_allocation_asset_time() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.asset_id IS NOT NULL OR EXISTS (SELECT 1 FROM patterns_resource_type t WHERE t.id = NEW.resource_type_id AND t.kind = 'asset_type')) AND substr(NEW.quantity_canonical, 1, 3) <> 's1 ' THEN RAISE EXCEPTION 'rule allocation.asset-time: an asset allocated by something else than time' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_allocation_asset_time BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_allocation_asset_time();

CREATE FUNCTION patterns_resource_allocation_insert_allocation_positive() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.quantity_canonical NOT LIKE '% 2%' THEN RAISE EXCEPTION 'rule allocation.positive: an allocation of nothing' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_allocation_positive BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_allocation_positive();

CREATE FUNCTION patterns_resource_allocation_insert_asset_of_type() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.asset_id IS NOT NULL AND NEW.resource_type_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM patterns_asset_classification c WHERE c.asset_id = NEW.asset_id AND c.asset_type_id = NEW.resource_type_id) THEN RAISE EXCEPTION 'rule asset.of-type: an asset booked as a type that it does not have' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_resource_allocation_insert_asset_of_type BEFORE INSERT ON patterns_resource_allocation FOR EACH ROW EXECUTE FUNCTION patterns_resource_allocation_insert_asset_of_type();

CREATE TABLE patterns_schedule_element (
	schedule_id UUID NOT NULL,
	event VARCHAR(500) NOT NULL,
	expression TEXT NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_schedule_element PRIMARY KEY (version),
	CONSTRAINT ck_patterns_schedule_element_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_schedule_element_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_schedule_element_schedule_id FOREIGN KEY(schedule_id) REFERENCES patterns_schedule (id),
	CONSTRAINT fk_patterns_schedule_element_id FOREIGN KEY(id) REFERENCES patterns_schedule_element (version)
);

CREATE INDEX ix_patterns_schedule_element_schedule_id ON patterns_schedule_element (schedule_id);

CREATE UNIQUE INDEX uq_patterns_schedule_element_believed ON patterns_schedule_element (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_schedule_element_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_schedule_element o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_schedule_element_insert_history_append_only BEFORE INSERT ON patterns_schedule_element FOR EACH ROW EXECUTE FUNCTION patterns_schedule_element_insert_history_append_only();

CREATE FUNCTION patterns_schedule_element_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.schedule_id IS DISTINCT FROM OLD.schedule_id OR NEW.event IS DISTINCT FROM OLD.event OR NEW.expression IS DISTINCT FROM OLD.expression OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_schedule_element_update_history_append_only BEFORE UPDATE ON patterns_schedule_element FOR EACH ROW EXECUTE FUNCTION patterns_schedule_element_update_history_append_only();

CREATE FUNCTION patterns_schedule_element_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_schedule_element_delete_history_append_only BEFORE DELETE ON patterns_schedule_element FOR EACH ROW EXECUTE FUNCTION patterns_schedule_element_delete_history_append_only();

CREATE FUNCTION patterns_schedule_element_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_schedule_element_truncate_history_append_only BEFORE TRUNCATE ON patterns_schedule_element FOR EACH STATEMENT EXECUTE FUNCTION patterns_schedule_element_truncate_history_append_only();

CREATE FUNCTION patterns_schedule_element_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_schedule_element_insert_history_begins_believed BEFORE INSERT ON patterns_schedule_element FOR EACH ROW EXECUTE FUNCTION patterns_schedule_element_insert_history_begins_believed();

CREATE FUNCTION patterns_schedule_element_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_schedule_element o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_schedule_element_insert_history_one_current BEFORE INSERT ON patterns_schedule_element FOR EACH ROW EXECUTE FUNCTION patterns_schedule_element_insert_history_one_current();

CREATE FUNCTION patterns_schedule_element_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_schedule_element_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_schedule_element FOR EACH ROW EXECUTE FUNCTION patterns_schedule_element_update_history_closed_once();

CREATE TABLE patterns_suspension (
	action_id UUID NOT NULL,
	covers_from TIMESTAMP WITH TIME ZONE NOT NULL,
	covers_to TIMESTAMP WITH TIME ZONE NOT NULL,
	reason VARCHAR(2000) NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_suspension PRIMARY KEY (version),
	CONSTRAINT ck_patterns_suspension_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_suspension_covers_interval_order CHECK (covers_from < covers_to),
	CONSTRAINT fk_patterns_suspension_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_suspension_id FOREIGN KEY(id) REFERENCES patterns_suspension (version)
);

CREATE INDEX ix_patterns_suspension_of_action ON patterns_suspension (action_id, covers_from);

CREATE UNIQUE INDEX uq_patterns_suspension_believed ON patterns_suspension (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_suspension_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_suspension o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_insert_history_append_only BEFORE INSERT ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_insert_history_append_only();

CREATE FUNCTION patterns_suspension_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.covers_from IS DISTINCT FROM OLD.covers_from OR NEW.covers_to IS DISTINCT FROM OLD.covers_to OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_update_history_append_only BEFORE UPDATE ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_update_history_append_only();

CREATE FUNCTION patterns_suspension_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_suspension_delete_history_append_only BEFORE DELETE ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_delete_history_append_only();

CREATE FUNCTION patterns_suspension_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_suspension_truncate_history_append_only BEFORE TRUNCATE ON patterns_suspension FOR EACH STATEMENT EXECUTE FUNCTION patterns_suspension_truncate_history_append_only();

CREATE FUNCTION patterns_suspension_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_insert_history_begins_believed BEFORE INSERT ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_insert_history_begins_believed();

CREATE FUNCTION patterns_suspension_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_suspension o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_insert_history_one_current BEFORE INSERT ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_insert_history_one_current();

CREATE FUNCTION patterns_suspension_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_update_history_closed_once();

CREATE FUNCTION patterns_suspension_aa_lock_insert_action() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.action_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_aa_lock_insert_action BEFORE INSERT ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_aa_lock_insert_action();

CREATE FUNCTION patterns_suspension_insert_action_still_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action w WHERE w.id = NEW.action_id AND w.known_to <> '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule action.still-believed: a fact of an action that was withdrawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_insert_action_still_believed BEFORE INSERT ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_insert_action_still_believed();

CREATE FUNCTION patterns_suspension_insert_suspension_before_ending() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_ending e WHERE e.action_id = NEW.action_id AND e.known_to = '9999-12-30 00:00:00+00'::timestamptz AND e.at <= NEW.covers_from) THEN RAISE EXCEPTION 'rule suspension.before-ending: a suspension after the ending' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_suspension_insert_suspension_before_ending BEFORE INSERT ON patterns_suspension FOR EACH ROW EXECUTE FUNCTION patterns_suspension_insert_suspension_before_ending();

CREATE TABLE patterns_time_reference (
	action_id UUID NOT NULL,
	starts TIMESTAMP WITH TIME ZONE,
	ends TIMESTAMP WITH TIME ZONE,
	duration BIGINT,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_time_reference PRIMARY KEY (version),
	CONSTRAINT ck_patterns_time_reference_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_time_reference_duration_whole_seconds CHECK (duration = CAST(duration AS BIGINT)),
	CONSTRAINT ck_patterns_time_reference_duration_not_negative CHECK (duration >= 0),
	CONSTRAINT ck_patterns_time_reference_interval_order CHECK (starts <= ends),
	CONSTRAINT ck_patterns_time_reference_whole CHECK ((starts IS NULL) = (ends IS NULL)),
	CONSTRAINT fk_patterns_time_reference_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_time_reference_id FOREIGN KEY(id) REFERENCES patterns_time_reference (version)
);

CREATE INDEX ix_patterns_time_reference_action_id ON patterns_time_reference (action_id);

CREATE UNIQUE INDEX uq_patterns_time_reference_believed ON patterns_time_reference (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_time_reference_of_action ON patterns_time_reference (action_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_time_reference_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_time_reference o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_insert_history_append_only BEFORE INSERT ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_insert_history_append_only();

CREATE FUNCTION patterns_time_reference_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.starts IS DISTINCT FROM OLD.starts OR NEW.ends IS DISTINCT FROM OLD.ends OR NEW.duration IS DISTINCT FROM OLD.duration OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_update_history_append_only BEFORE UPDATE ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_update_history_append_only();

CREATE FUNCTION patterns_time_reference_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_time_reference_delete_history_append_only BEFORE DELETE ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_delete_history_append_only();

CREATE FUNCTION patterns_time_reference_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_time_reference_truncate_history_append_only BEFORE TRUNCATE ON patterns_time_reference FOR EACH STATEMENT EXECUTE FUNCTION patterns_time_reference_truncate_history_append_only();

CREATE FUNCTION patterns_time_reference_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_insert_history_begins_believed BEFORE INSERT ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_insert_history_begins_believed();

CREATE FUNCTION patterns_time_reference_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_time_reference o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_insert_history_one_current BEFORE INSERT ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_insert_history_one_current();

CREATE FUNCTION patterns_time_reference_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_update_history_closed_once();

CREATE FUNCTION patterns_time_reference_aa_lock_insert_action() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.action_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_aa_lock_insert_action BEFORE INSERT ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_aa_lock_insert_action();

CREATE FUNCTION patterns_time_reference_insert_ending_after_start() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz AND EXISTS (SELECT 1 FROM patterns_action_ending e JOIN patterns_action a ON a.id = e.action_id WHERE e.action_id = NEW.action_id AND e.known_to = '9999-12-30 00:00:00+00'::timestamptz AND a.nature = 'implemented' AND e.at < NEW.starts) THEN RAISE EXCEPTION 'rule ending.after-start: a start after the ending' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_time_reference_insert_ending_after_start BEFORE INSERT ON patterns_time_reference FOR EACH ROW EXECUTE FUNCTION patterns_time_reference_insert_ending_after_start();

CREATE TABLE accounting_consumable (
	version UUID NOT NULL,
	ledger_id UUID NOT NULL,
	holding_id UUID NOT NULL,
	transaction_id UUID,
	CONSTRAINT pk_accounting_consumable PRIMARY KEY (version),
	CONSTRAINT fk_accounting_consumable_holding FOREIGN KEY(ledger_id, holding_id) REFERENCES accounting_account (ledger_id, id),
	CONSTRAINT fk_accounting_consumable_transaction FOREIGN KEY(ledger_id, transaction_id) REFERENCES accounting_transaction (ledger_id, id),
	CONSTRAINT fk_accounting_consumable_version FOREIGN KEY(version) REFERENCES patterns_resource_allocation (version)
);

CREATE INDEX ix_accounting_consumable_holding_id ON accounting_consumable (holding_id);

CREATE FUNCTION accounting_consumable_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM accounting_consumable o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_consumable_insert_history_append_only BEFORE INSERT ON accounting_consumable FOR EACH ROW EXECUTE FUNCTION accounting_consumable_insert_history_append_only();

CREATE FUNCTION accounting_consumable_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.version IS DISTINCT FROM OLD.version OR NEW.ledger_id IS DISTINCT FROM OLD.ledger_id OR NEW.holding_id IS DISTINCT FROM OLD.holding_id OR NEW.transaction_id IS DISTINCT FROM OLD.transaction_id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_consumable_update_history_append_only BEFORE UPDATE ON accounting_consumable FOR EACH ROW EXECUTE FUNCTION accounting_consumable_update_history_append_only();

CREATE FUNCTION accounting_consumable_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER accounting_consumable_delete_history_append_only BEFORE DELETE ON accounting_consumable FOR EACH ROW EXECUTE FUNCTION accounting_consumable_delete_history_append_only();

CREATE FUNCTION accounting_consumable_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER accounting_consumable_truncate_history_append_only BEFORE TRUNCATE ON accounting_consumable FOR EACH STATEMENT EXECUTE FUNCTION accounting_consumable_truncate_history_append_only();

CREATE FUNCTION accounting_consumable_insert_consumable_posted() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_resource_allocation r JOIN patterns_action a ON a.id = r.action_id WHERE r.version = NEW.version AND (a.nature = 'implemented') <> (NEW.transaction_id IS NOT NULL)) THEN RAISE EXCEPTION 'rule consumable.posted: what is used and was not posted, or is booked and was' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_consumable_insert_consumable_posted BEFORE INSERT ON accounting_consumable FOR EACH ROW EXECUTE FUNCTION accounting_consumable_insert_consumable_posted();

CREATE FUNCTION accounting_consumable_insert_consumable_out_of_holding() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.transaction_id IS NOT NULL AND coalesce((SELECT sum(e.steps) FROM accounting_entry e WHERE e.ledger_id = NEW.ledger_id AND e.transaction_id = NEW.transaction_id AND e.account_id = NEW.holding_id), 0) >= 0 THEN RAISE EXCEPTION 'rule consumable.out-of-holding: a transaction that takes none of it out' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER accounting_consumable_insert_consumable_out_of_holding BEFORE INSERT ON accounting_consumable FOR EACH ROW EXECUTE FUNCTION accounting_consumable_insert_consumable_out_of_holding();

CREATE TABLE patterns_identifier (
	id UUID NOT NULL,
	scheme_id UUID NOT NULL,
	thing_id UUID NOT NULL,
	text VARCHAR(100) NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_patterns_identifier PRIMARY KEY (id),
	CONSTRAINT uq_patterns_identifier_scheme_id_text UNIQUE (scheme_id, text),
	CONSTRAINT fk_patterns_identifier_scheme_id FOREIGN KEY(scheme_id) REFERENCES patterns_identification_scheme (id),
	CONSTRAINT fk_patterns_identifier_thing_id FOREIGN KEY(thing_id) REFERENCES patterns_thing (id)
);

CREATE INDEX ix_patterns_identifier_thing_id ON patterns_identifier (thing_id);

CREATE FUNCTION patterns_identifier_insert_identifier_unique() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_identifier o WHERE o.scheme_id = NEW.scheme_id AND o.text = NEW.text) THEN RAISE EXCEPTION 'rule identifier.unique: a text given out before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_insert_identifier_unique BEFORE INSERT ON patterns_identifier FOR EACH ROW EXECUTE FUNCTION patterns_identifier_insert_identifier_unique();

CREATE FUNCTION patterns_identifier_insert_identifier_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_identifier o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule identifier.immutable: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_insert_identifier_immutable BEFORE INSERT ON patterns_identifier FOR EACH ROW EXECUTE FUNCTION patterns_identifier_insert_identifier_immutable();

CREATE FUNCTION patterns_identifier_update_identifier_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule identifier.immutable: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_update_identifier_immutable BEFORE UPDATE ON patterns_identifier FOR EACH ROW EXECUTE FUNCTION patterns_identifier_update_identifier_immutable();

CREATE FUNCTION patterns_identifier_delete_identifier_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule identifier.immutable: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_identifier_delete_identifier_immutable BEFORE DELETE ON patterns_identifier FOR EACH ROW EXECUTE FUNCTION patterns_identifier_delete_identifier_immutable();

CREATE FUNCTION patterns_identifier_truncate_identifier_immutable() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule identifier.immutable: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_identifier_truncate_identifier_immutable BEFORE TRUNCATE ON patterns_identifier FOR EACH STATEMENT EXECUTE FUNCTION patterns_identifier_truncate_identifier_immutable();

CREATE TABLE patterns_match_verdict (
	candidate_id UUID NOT NULL,
	by_id UUID NOT NULL,
	verdict VARCHAR(20) NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_match_verdict PRIMARY KEY (version),
	CONSTRAINT ck_patterns_match_verdict_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_match_verdict_candidate_id FOREIGN KEY(candidate_id) REFERENCES patterns_match_candidate (id),
	CONSTRAINT fk_patterns_match_verdict_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_patterns_match_verdict_id FOREIGN KEY(id) REFERENCES patterns_match_verdict (version)
);

CREATE INDEX ix_patterns_match_verdict_by_id ON patterns_match_verdict (by_id);

CREATE INDEX ix_patterns_match_verdict_candidate_id ON patterns_match_verdict (candidate_id);

CREATE UNIQUE INDEX uq_patterns_match_verdict_believed ON patterns_match_verdict (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_patterns_match_verdict_candidate ON patterns_match_verdict (candidate_id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_match_verdict_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_match_verdict o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_insert_history_append_only BEFORE INSERT ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_insert_history_append_only();

CREATE FUNCTION patterns_match_verdict_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.candidate_id IS DISTINCT FROM OLD.candidate_id OR NEW.by_id IS DISTINCT FROM OLD.by_id OR NEW.verdict IS DISTINCT FROM OLD.verdict OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_update_history_append_only BEFORE UPDATE ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_update_history_append_only();

CREATE FUNCTION patterns_match_verdict_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_match_verdict_delete_history_append_only BEFORE DELETE ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_delete_history_append_only();

CREATE FUNCTION patterns_match_verdict_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_match_verdict_truncate_history_append_only BEFORE TRUNCATE ON patterns_match_verdict FOR EACH STATEMENT EXECUTE FUNCTION patterns_match_verdict_truncate_history_append_only();

CREATE FUNCTION patterns_match_verdict_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_insert_history_begins_believed BEFORE INSERT ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_insert_history_begins_believed();

CREATE FUNCTION patterns_match_verdict_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_match_verdict o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_insert_history_one_current BEFORE INSERT ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_insert_history_one_current();

CREATE FUNCTION patterns_match_verdict_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_update_history_closed_once();

CREATE FUNCTION patterns_match_verdict_insert_match_one_verdict() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_match_verdict o WHERE o.candidate_id = NEW.candidate_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule match.one-verdict: a second verdict of one candidate' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_insert_match_one_verdict BEFORE INSERT ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_insert_match_one_verdict();

CREATE FUNCTION patterns_match_verdict_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('analysis_patterns merge')); RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_aa_lock BEFORE INSERT ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_aa_lock();

CREATE FUNCTION patterns_match_verdict_insert_merge_said_different() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF ((NEW.verdict = 'different' AND EXISTS (WITH RECURSIVE one(thing) AS (SELECT (SELECT c.one_id FROM patterns_match_candidate c WHERE c.id = NEW.candidate_id) UNION SELECT s.superseding_id FROM one CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = one.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s), other(thing) AS (SELECT (SELECT c.other_id FROM patterns_match_candidate c WHERE c.id = NEW.candidate_id) UNION SELECT s.superseding_id FROM other CROSS JOIN LATERAL (SELECT * FROM patterns_supersession s WHERE s.superseded_id = other.thing AND s.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) s) SELECT 1 FROM one JOIN other ON other.thing = one.thing)) OR (NEW.verdict = 'different' AND EXISTS (SELECT 1 FROM patterns_match_candidate c JOIN patterns_appearance a ON a.thing_id = c.one_id JOIN patterns_appearance b ON b.thing_id = c.other_id WHERE c.id = NEW.candidate_id AND b.essence_id = a.essence_id AND a.known_to = '9999-12-30 00:00:00+00'::timestamptz AND b.known_to = '9999-12-30 00:00:00+00'::timestamptz))) THEN RAISE EXCEPTION 'rule merge.said-different: things that are merged' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_match_verdict_insert_merge_said_different BEFORE INSERT ON patterns_match_verdict FOR EACH ROW EXECUTE FUNCTION patterns_match_verdict_insert_merge_said_different();

CREATE TABLE patterns_plan_dependency (
	plan_id UUID NOT NULL,
	predecessor_id UUID NOT NULL,
	successor_id UUID NOT NULL,
	predecessor_number INTEGER NOT NULL,
	successor_number INTEGER NOT NULL,
	kind VARCHAR(20) NOT NULL,
	lag BIGINT NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_plan_dependency PRIMARY KEY (version),
	CONSTRAINT ck_patterns_plan_dependency_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_patterns_plan_dependency_lag_whole_seconds CHECK (lag = CAST(lag AS BIGINT)),
	CONSTRAINT fk_patterns_plan_dependency_plan_id FOREIGN KEY(plan_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_patterns_plan_dependency_predecessor_id FOREIGN KEY(predecessor_id) REFERENCES patterns_action_reference (version),
	CONSTRAINT fk_patterns_plan_dependency_successor_id FOREIGN KEY(successor_id) REFERENCES patterns_action_reference (version),
	CONSTRAINT ck_patterns_plan_dependency_dependency_kind CHECK (kind IN ('finish-start', 'start-start', 'finish-finish', 'start-finish')),
	CONSTRAINT fk_patterns_plan_dependency_id FOREIGN KEY(id) REFERENCES patterns_plan_dependency (version)
);

CREATE INDEX ix_patterns_plan_dependency_following ON patterns_plan_dependency (predecessor_id, known_to, successor_id);

CREATE INDEX ix_patterns_plan_dependency_plan_id ON patterns_plan_dependency (plan_id);

CREATE INDEX ix_patterns_plan_dependency_successor_id ON patterns_plan_dependency (successor_id);

CREATE UNIQUE INDEX uq_patterns_plan_dependency_believed ON patterns_plan_dependency (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_plan_dependency_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_plan_dependency o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_history_append_only BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_history_append_only();

CREATE FUNCTION patterns_plan_dependency_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.plan_id IS DISTINCT FROM OLD.plan_id OR NEW.predecessor_id IS DISTINCT FROM OLD.predecessor_id OR NEW.successor_id IS DISTINCT FROM OLD.successor_id OR NEW.predecessor_number IS DISTINCT FROM OLD.predecessor_number OR NEW.successor_number IS DISTINCT FROM OLD.successor_number OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.lag IS DISTINCT FROM OLD.lag OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_update_history_append_only BEFORE UPDATE ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_update_history_append_only();

CREATE FUNCTION patterns_plan_dependency_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_plan_dependency_delete_history_append_only BEFORE DELETE ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_delete_history_append_only();

CREATE FUNCTION patterns_plan_dependency_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_plan_dependency_truncate_history_append_only BEFORE TRUNCATE ON patterns_plan_dependency FOR EACH STATEMENT EXECUTE FUNCTION patterns_plan_dependency_truncate_history_append_only();

CREATE FUNCTION patterns_plan_dependency_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_history_begins_believed BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_history_begins_believed();

CREATE FUNCTION patterns_plan_dependency_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_plan_dependency o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_history_one_current BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_history_one_current();

CREATE FUNCTION patterns_plan_dependency_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_update_history_closed_once();

CREATE FUNCTION patterns_plan_dependency_aa_lock_insert_plan() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE patterns_action SET revision = revision + 1 WHERE id = NEW.plan_id AND xmin <> pg_current_xact_id()::xid ; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_aa_lock_insert_plan BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_aa_lock_insert_plan();

CREATE FUNCTION patterns_plan_dependency_insert_plan_dependency_own_references() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 2 <> (SELECT count(*) FROM patterns_action_reference r WHERE r.plan_id = NEW.plan_id AND r.version IN (NEW.predecessor_id, NEW.successor_id) AND r.known_to = '9999-12-30 00:00:00+00'::timestamptz) AND NEW.predecessor_id <> NEW.successor_id THEN RAISE EXCEPTION 'rule plan-dependency.own-references: a reference of another plan' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_plan_dependency_own_references BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_plan_dependency_own_references();

CREATE FUNCTION patterns_plan_dependency_insert_plan_dependency_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_plan_dependency o WHERE o.predecessor_id = NEW.predecessor_id AND o.successor_id = NEW.successor_id AND o.kind = NEW.kind AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.version <> NEW.version) THEN RAISE EXCEPTION 'rule plan-dependency.once: what is said of them already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_plan_dependency_once BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_plan_dependency_once();

CREATE FUNCTION patterns_plan_dependency_insert_plan_dependency_numbers_of_ends() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action_reference r WHERE r.version = NEW.predecessor_id AND r.number <> NEW.predecessor_number) OR EXISTS (SELECT 1 FROM patterns_action_reference r WHERE r.version = NEW.successor_id AND r.number <> NEW.successor_number) THEN RAISE EXCEPTION 'rule plan-dependency.numbers-of-ends: another place than the reference has' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_plan_dependency_numbers_of_ends BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_plan_dependency_numbers_of_ends();

CREATE FUNCTION patterns_plan_dependency_insert_plan_dependency_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.predecessor_id = NEW.successor_id OR (EXISTS (SELECT 1 FROM patterns_plan_dependency b WHERE b.successor_id = NEW.predecessor_id AND b.known_to = '9999-12-30 00:00:00+00'::timestamptz) AND EXISTS (WITH RECURSIVE way(key) AS (SELECT NEW.successor_id UNION SELECT o.successor_id FROM way CROSS JOIN LATERAL (SELECT * FROM patterns_plan_dependency o WHERE o.predecessor_id = way.key AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz OFFSET 0) o) SELECT 1 FROM way WHERE way.key = NEW.predecessor_id))) THEN RAISE EXCEPTION 'rule plan-dependency.acyclic: a circle of actions' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_plan_dependency_insert_plan_dependency_acyclic BEFORE INSERT ON patterns_plan_dependency FOR EACH ROW EXECUTE FUNCTION patterns_plan_dependency_insert_plan_dependency_acyclic();

CREATE TABLE patterns_identifier_use (
	identifier_id UUID NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_patterns_identifier_use PRIMARY KEY (version),
	CONSTRAINT ck_patterns_identifier_use_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_patterns_identifier_use_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_patterns_identifier_use_identifier_id FOREIGN KEY(identifier_id) REFERENCES patterns_identifier (id),
	CONSTRAINT fk_patterns_identifier_use_id FOREIGN KEY(id) REFERENCES patterns_identifier_use (version)
);

CREATE INDEX ix_patterns_identifier_use_identifier_id ON patterns_identifier_use (identifier_id);

CREATE UNIQUE INDEX uq_patterns_identifier_use_believed ON patterns_identifier_use (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION patterns_identifier_use_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_identifier_use o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_insert_history_append_only BEFORE INSERT ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_insert_history_append_only();

CREATE FUNCTION patterns_identifier_use_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.identifier_id IS DISTINCT FROM OLD.identifier_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_update_history_append_only BEFORE UPDATE ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_update_history_append_only();

CREATE FUNCTION patterns_identifier_use_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER patterns_identifier_use_delete_history_append_only BEFORE DELETE ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_delete_history_append_only();

CREATE FUNCTION patterns_identifier_use_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER patterns_identifier_use_truncate_history_append_only BEFORE TRUNCATE ON patterns_identifier_use FOR EACH STATEMENT EXECUTE FUNCTION patterns_identifier_use_truncate_history_append_only();

CREATE FUNCTION patterns_identifier_use_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_insert_history_begins_believed BEFORE INSERT ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_insert_history_begins_believed();

CREATE FUNCTION patterns_identifier_use_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_identifier_use o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_insert_history_one_current BEFORE INSERT ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_insert_history_one_current();

CREATE FUNCTION patterns_identifier_use_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_update_history_closed_once BEFORE UPDATE OF known_to ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_update_history_closed_once();

CREATE FUNCTION patterns_identifier_use_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM patterns_thing t JOIN patterns_identifier i ON i.thing_id = t.id JOIN patterns_identification_scheme s ON s.id = i.scheme_id WHERE i.id = NEW.identifier_id AND NOT s.aliases FOR NO KEY UPDATE OF t; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_aa_lock BEFORE INSERT ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_aa_lock();

CREATE FUNCTION patterns_identifier_use_insert_identifier_one_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_identifier i JOIN patterns_identification_scheme s ON s.id = i.scheme_id JOIN patterns_identifier j ON j.thing_id = i.thing_id AND j.scheme_id = i.scheme_id JOIN patterns_identifier_use o ON o.identifier_id = j.id WHERE i.id = NEW.identifier_id AND NOT s.aliases AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND o.valid_to > NEW.valid_from) THEN RAISE EXCEPTION 'rule identifier.one-at-a-time: a second identifier in use at the same time' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER patterns_identifier_use_insert_identifier_one_at_a_time BEFORE INSERT ON patterns_identifier_use FOR EACH ROW EXECUTE FUNCTION patterns_identifier_use_insert_identifier_one_at_a_time();
