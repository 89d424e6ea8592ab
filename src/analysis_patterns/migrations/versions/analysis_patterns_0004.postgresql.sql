CREATE TABLE observation_band_context (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_band_context PRIMARY KEY (id),
	CONSTRAINT uq_observation_band_context_name UNIQUE (name)
);

CREATE TABLE observation_dimension (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_dimension PRIMARY KEY (id),
	CONSTRAINT uq_observation_dimension_name UNIQUE (name)
);

CREATE TABLE observation_dimension_set (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_dimension_set PRIMARY KEY (id),
	CONSTRAINT uq_observation_dimension_set_name UNIQUE (name)
);

CREATE TABLE observation_document (
	id UUID NOT NULL,
	source VARCHAR(500) NOT NULL,
	resource_type VARCHAR(20) NOT NULL,
	logical_id VARCHAR(64) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	text TEXT NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_document PRIMARY KEY (id),
	CONSTRAINT uq_observation_document_source_resource_type_logical_id_digest UNIQUE (source, resource_type, logical_id, digest)
);

CREATE FUNCTION observation_document_insert_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_document o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule fhir.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_document_insert_fhir_kept BEFORE INSERT ON observation_document FOR EACH ROW EXECUTE FUNCTION observation_document_insert_fhir_kept();

CREATE FUNCTION observation_document_update_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule fhir.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_document_update_fhir_kept BEFORE UPDATE ON observation_document FOR EACH ROW EXECUTE FUNCTION observation_document_update_fhir_kept();

CREATE FUNCTION observation_document_delete_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule fhir.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_document_delete_fhir_kept BEFORE DELETE ON observation_document FOR EACH ROW EXECUTE FUNCTION observation_document_delete_fhir_kept();

CREATE FUNCTION observation_document_truncate_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule fhir.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_document_truncate_fhir_kept BEFORE TRUNCATE ON observation_document FOR EACH STATEMENT EXECUTE FUNCTION observation_document_truncate_fhir_kept();

CREATE TABLE observation_method (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	listed VARCHAR(500) NOT NULL,
	says VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_method PRIMARY KEY (id),
	CONSTRAINT uq_observation_method_name UNIQUE (name)
);

CREATE FUNCTION observation_method_insert_observation_method_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_method o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule observation-method.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_method_insert_observation_method_kept BEFORE INSERT ON observation_method FOR EACH ROW EXECUTE FUNCTION observation_method_insert_observation_method_kept();

CREATE FUNCTION observation_method_update_observation_method_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule observation-method.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_method_update_observation_method_kept BEFORE UPDATE ON observation_method FOR EACH ROW EXECUTE FUNCTION observation_method_update_observation_method_kept();

CREATE FUNCTION observation_method_delete_observation_method_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule observation-method.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_method_delete_observation_method_kept BEFORE DELETE ON observation_method FOR EACH ROW EXECUTE FUNCTION observation_method_delete_observation_method_kept();

CREATE FUNCTION observation_method_truncate_observation_method_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule observation-method.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_method_truncate_observation_method_kept BEFORE TRUNCATE ON observation_method FOR EACH STATEMENT EXECUTE FUNCTION observation_method_truncate_observation_method_kept();

CREATE TABLE observation_dimension_element (
	id UUID NOT NULL,
	dimension_id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	depth INTEGER NOT NULL,
	CONSTRAINT pk_observation_dimension_element PRIMARY KEY (id),
	CONSTRAINT uq_observation_dimension_element_dimension_id_name UNIQUE (dimension_id, name),
	CONSTRAINT ck_observation_dimension_element_depth CHECK (depth >= 0),
	CONSTRAINT fk_observation_dimension_element_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE UNIQUE INDEX uq_observation_dimension_element_root ON observation_dimension_element (dimension_id) WHERE depth = 0;

CREATE FUNCTION observation_dimension_element_insert_dimension_element_level() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.depth > 0 AND NOT EXISTS (SELECT 1 FROM observation_dimension_level l WHERE l.dimension_id = NEW.dimension_id AND l.position = NEW.depth) THEN RAISE EXCEPTION 'rule dimension-element.level: an element on a level that there is not' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_element_insert_dimension_element_level BEFORE INSERT ON observation_dimension_element FOR EACH ROW EXECUTE FUNCTION observation_dimension_element_insert_dimension_element_level();

CREATE FUNCTION observation_dimension_element_update_dimension_element_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.id <> OLD.id OR NEW.dimension_id <> OLD.dimension_id OR NEW.depth <> OLD.depth THEN RAISE EXCEPTION 'rule dimension-element.kept: another dimension or level for an element' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_element_update_dimension_element_kept BEFORE UPDATE ON observation_dimension_element FOR EACH ROW EXECUTE FUNCTION observation_dimension_element_update_dimension_element_kept();

CREATE TABLE observation_dimension_level (
	dimension_id UUID NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_dimension_level PRIMARY KEY (dimension_id, position),
	CONSTRAINT uq_observation_dimension_level_dimension_id_name UNIQUE (dimension_id, name),
	CONSTRAINT fk_observation_dimension_level_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE FUNCTION observation_dimension_level_insert_dimension_level_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dimension_level o WHERE o.dimension_id = NEW.dimension_id AND o.position = NEW.position) THEN RAISE EXCEPTION 'rule dimension.level-kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_level_insert_dimension_level_kept BEFORE INSERT ON observation_dimension_level FOR EACH ROW EXECUTE FUNCTION observation_dimension_level_insert_dimension_level_kept();

CREATE FUNCTION observation_dimension_level_update_dimension_level_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule dimension.level-kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_level_update_dimension_level_kept BEFORE UPDATE ON observation_dimension_level FOR EACH ROW EXECUTE FUNCTION observation_dimension_level_update_dimension_level_kept();

CREATE FUNCTION observation_dimension_level_delete_dimension_level_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule dimension.level-kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_dimension_level_delete_dimension_level_kept BEFORE DELETE ON observation_dimension_level FOR EACH ROW EXECUTE FUNCTION observation_dimension_level_delete_dimension_level_kept();

CREATE FUNCTION observation_dimension_level_truncate_dimension_level_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule dimension.level-kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_dimension_level_truncate_dimension_level_kept BEFORE TRUNCATE ON observation_dimension_level FOR EACH STATEMENT EXECUTE FUNCTION observation_dimension_level_truncate_dimension_level_kept();

CREATE TABLE observation_dimension_rank (
	dimension_set_id UUID NOT NULL,
	position INTEGER NOT NULL,
	dimension_id UUID NOT NULL,
	CONSTRAINT pk_observation_dimension_rank PRIMARY KEY (dimension_set_id, position),
	CONSTRAINT fk_observation_dimension_rank_dimension_set_id FOREIGN KEY(dimension_set_id) REFERENCES observation_dimension_set (id),
	CONSTRAINT fk_observation_dimension_rank_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE INDEX ix_observation_dimension_rank_dimension_id ON observation_dimension_rank (dimension_id);

CREATE FUNCTION observation_dimension_rank_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM observation_dimension_set WHERE id = NEW.dimension_set_id FOR UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_rank_aa_lock BEFORE INSERT ON observation_dimension_rank FOR EACH ROW EXECUTE FUNCTION observation_dimension_rank_aa_lock();

CREATE FUNCTION observation_dimension_rank_insert_dimension_set_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = NEW.dimension_set_id) THEN RAISE EXCEPTION 'rule dimension-set.kept: a further dimension for segments that are there' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_rank_insert_dimension_set_kept BEFORE INSERT ON observation_dimension_rank FOR EACH ROW EXECUTE FUNCTION observation_dimension_rank_insert_dimension_set_kept();

CREATE FUNCTION observation_dimension_rank_update_dimension_set_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = OLD.dimension_set_id) OR EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = NEW.dimension_set_id) THEN RAISE EXCEPTION 'rule dimension-set.kept: other dimensions for segments that are there' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_rank_update_dimension_set_kept BEFORE UPDATE ON observation_dimension_rank FOR EACH ROW EXECUTE FUNCTION observation_dimension_rank_update_dimension_set_kept();

CREATE FUNCTION observation_dimension_rank_delete_dimension_set_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = OLD.dimension_set_id) THEN RAISE EXCEPTION 'rule dimension-set.kept: a dimension less for segments that are there' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_dimension_rank_delete_dimension_set_kept BEFORE DELETE ON observation_dimension_rank FOR EACH ROW EXECUTE FUNCTION observation_dimension_rank_delete_dimension_set_kept();

CREATE TABLE observation_knowledge_function (
	id UUID NOT NULL,
	kind VARCHAR(20) NOT NULL,
	protocol_id UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	name VARCHAR(500) NOT NULL,
	at_least INTEGER,
	CONSTRAINT pk_observation_knowledge_function PRIMARY KEY (id),
	CONSTRAINT ck_observation_knowledge_function_valid_order CHECK (valid_from < valid_to),
	CONSTRAINT fk_observation_knowledge_function_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT uq_observation_knowledge_function_name UNIQUE (name)
);

CREATE INDEX ix_observation_knowledge_function_protocol_id ON observation_knowledge_function (protocol_id);

CREATE FUNCTION observation_knowledge_function_insert_knowledge_functi_f3219b19() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_function_term t WHERE t.function_id = NEW.id AND (NEW.kind = 'start' AND t.part NOT IN ('contraindication', 'indication') OR NEW.kind = 'outcome' AND t.part NOT IN ('condition', 'side effect', 'target'))) THEN RAISE EXCEPTION 'rule knowledge-function.fitting-part: a function that has not such parts' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_knowledge_function_insert_knowledge_functi_f3219b19 BEFORE INSERT ON observation_knowledge_function FOR EACH ROW EXECUTE FUNCTION observation_knowledge_function_insert_knowledge_functi_f3219b19();

CREATE FUNCTION observation_knowledge_function_update_knowledge_functi_0e16d657() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_function_term t WHERE t.function_id = NEW.id AND (NEW.kind = 'start' AND t.part NOT IN ('contraindication', 'indication') OR NEW.kind = 'outcome' AND t.part NOT IN ('condition', 'side effect', 'target'))) THEN RAISE EXCEPTION 'rule knowledge-function.fitting-part: a function that has not such parts' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_knowledge_function_update_knowledge_functi_0e16d657 BEFORE UPDATE ON observation_knowledge_function FOR EACH ROW EXECUTE FUNCTION observation_knowledge_function_update_knowledge_functi_0e16d657();

CREATE TABLE observation_phenomenon_type (
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_phenomenon_type PRIMARY KEY (id),
	CONSTRAINT fk_observation_phenomenon_type_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT uq_observation_phenomenon_type_name UNIQUE (name)
);

CREATE TABLE observation_protocol (
	id UUID NOT NULL,
	sensitivity VARCHAR(40),
	specificity VARCHAR(40),
	accuracy_number VARCHAR(40),
	accuracy_unit VARCHAR(100),
	accuracy_canonical TEXT COLLATE "C",
	CONSTRAINT pk_observation_protocol PRIMARY KEY (id),
	CONSTRAINT ck_observation_protocol_accuracy_whole CHECK ((accuracy_number IS NULL) = (accuracy_unit IS NULL) AND (accuracy_number IS NULL) = (accuracy_canonical IS NULL)),
	CONSTRAINT fk_observation_protocol_id FOREIGN KEY(id) REFERENCES patterns_protocol (id)
);

CREATE INDEX ix_observation_protocol_accuracy_canonical ON observation_protocol (accuracy_canonical);

CREATE TABLE observation_segment (
	dimension_set_id UUID NOT NULL,
	element_keys BYTEA NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_segment PRIMARY KEY (id),
	CONSTRAINT uq_observation_segment_elements UNIQUE (dimension_set_id, element_keys),
	CONSTRAINT fk_observation_segment_dimension_set_id FOREIGN KEY(dimension_set_id) REFERENCES observation_dimension_set (id),
	CONSTRAINT fk_observation_segment_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE FUNCTION observation_segment_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM observation_dimension_set WHERE id = NEW.dimension_set_id FOR KEY SHARE; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_aa_lock BEFORE INSERT ON observation_segment FOR EACH ROW EXECUTE FUNCTION observation_segment_aa_lock();

CREATE FUNCTION observation_segment_insert_segment_one_per_dimension() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (CASE WHEN (SELECT count(*) FROM observation_dimension_rank k WHERE k.dimension_set_id = NEW.dimension_set_id) = 0 OR length(NEW.element_keys) <> 16 * (SELECT count(*) FROM observation_dimension_rank k WHERE k.dimension_set_id = NEW.dimension_set_id) THEN 1 = 1 ELSE (SELECT count(*) FROM observation_dimension_rank k WHERE k.dimension_set_id = NEW.dimension_set_id) <> (SELECT count(*) FROM observation_dimension_rank r JOIN observation_dimension_element e ON e.id = encode(substr(NEW.element_keys, 16 * r.position + 1, 16), 'hex')::uuid AND e.dimension_id = r.dimension_id WHERE r.dimension_set_id = NEW.dimension_set_id) END) THEN RAISE EXCEPTION 'rule segment.one-per-dimension: a segment without one element of each dimension' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_insert_segment_one_per_dimension BEFORE INSERT ON observation_segment FOR EACH ROW EXECUTE FUNCTION observation_segment_insert_segment_one_per_dimension();

CREATE FUNCTION observation_segment_places() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO observation_segment_element (segment_id, dimension_id, element_id) SELECT NEW.id, r.dimension_id, e.id FROM observation_dimension_rank r JOIN observation_dimension_element e ON e.id = encode(substr(NEW.element_keys, 16 * r.position + 1, 16), 'hex')::uuid AND e.dimension_id = r.dimension_id WHERE r.dimension_set_id = NEW.dimension_set_id; RETURN NULL; END $guard$;

CREATE TRIGGER observation_segment_places AFTER INSERT ON observation_segment FOR EACH ROW EXECUTE FUNCTION observation_segment_places();

CREATE FUNCTION observation_segment_insert_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_segment o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule segment.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_insert_segment_kept BEFORE INSERT ON observation_segment FOR EACH ROW EXECUTE FUNCTION observation_segment_insert_segment_kept();

CREATE FUNCTION observation_segment_update_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule segment.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_update_segment_kept BEFORE UPDATE ON observation_segment FOR EACH ROW EXECUTE FUNCTION observation_segment_update_segment_kept();

CREATE FUNCTION observation_segment_delete_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule segment.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_segment_delete_segment_kept BEFORE DELETE ON observation_segment FOR EACH ROW EXECUTE FUNCTION observation_segment_delete_segment_kept();

CREATE FUNCTION observation_segment_truncate_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule segment.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_segment_truncate_segment_kept BEFORE TRUNCATE ON observation_segment FOR EACH STATEMENT EXECUTE FUNCTION observation_segment_truncate_segment_kept();

CREATE TABLE observation_combination (
	id UUID NOT NULL,
	phenomenon_type_id UUID NOT NULL,
	weight_id UUID,
	way VARCHAR(20) NOT NULL,
	CONSTRAINT pk_observation_combination PRIMARY KEY (id),
	CONSTRAINT ck_observation_combination_weight CHECK (way IN ('sum', 'weighted average', 'least', 'greatest') AND (way = 'weighted average') = (weight_id IS NOT NULL) AND weight_id <> phenomenon_type_id),
	CONSTRAINT uq_observation_combination_phenomenon_type_id UNIQUE (phenomenon_type_id),
	CONSTRAINT fk_observation_combination_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_combination_weight_id FOREIGN KEY(weight_id) REFERENCES observation_phenomenon_type (id)
);

CREATE INDEX ix_observation_combination_weight_id ON observation_combination (weight_id);

CREATE FUNCTION observation_combination_insert_combination_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_combination o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule combination.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_combination_insert_combination_kept BEFORE INSERT ON observation_combination FOR EACH ROW EXECUTE FUNCTION observation_combination_insert_combination_kept();

CREATE FUNCTION observation_combination_update_combination_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule combination.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_combination_update_combination_kept BEFORE UPDATE ON observation_combination FOR EACH ROW EXECUTE FUNCTION observation_combination_update_combination_kept();

CREATE FUNCTION observation_combination_delete_combination_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule combination.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_combination_delete_combination_kept BEFORE DELETE ON observation_combination FOR EACH ROW EXECUTE FUNCTION observation_combination_delete_combination_kept();

CREATE FUNCTION observation_combination_truncate_combination_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule combination.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_combination_truncate_combination_kept BEFORE TRUNCATE ON observation_combination FOR EACH STATEMENT EXECUTE FUNCTION observation_combination_truncate_combination_kept();

CREATE TABLE observation_concept (
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	phenomenon_type_id UUID,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_concept PRIMARY KEY (id),
	CONSTRAINT ck_observation_concept_typed CHECK ((kind = 'phenomenon') = (phenomenon_type_id IS NOT NULL)),
	CONSTRAINT fk_observation_concept_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_concept_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE UNIQUE INDEX uq_observation_concept_name ON observation_concept (name) WHERE phenomenon_type_id IS NULL;

CREATE UNIQUE INDEX uq_observation_concept_phenomenon ON observation_concept (phenomenon_type_id, name);

CREATE FUNCTION observation_concept_self() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO observation_concept_closure (subtype_id, supertype_id) VALUES (NEW.id, NEW.id); RETURN NULL; END $guard$;

CREATE TRIGGER observation_concept_self AFTER INSERT ON observation_concept FOR EACH ROW EXECUTE FUNCTION observation_concept_self();

CREATE FUNCTION observation_concept_forget() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM observation_concept_closure WHERE subtype_id = OLD.id AND supertype_id = OLD.id; RETURN OLD; END $guard$;

CREATE TRIGGER observation_concept_forget BEFORE DELETE ON observation_concept FOR EACH ROW EXECUTE FUNCTION observation_concept_forget();

CREATE TABLE observation_dimension_placement (
	element_id UUID NOT NULL,
	parent_id UUID NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_dimension_placement PRIMARY KEY (version),
	CONSTRAINT ck_observation_dimension_placement_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_dimension_placement_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_dimension_placement_element_id FOREIGN KEY(element_id) REFERENCES observation_dimension_element (id),
	CONSTRAINT fk_observation_dimension_placement_parent_id FOREIGN KEY(parent_id) REFERENCES observation_dimension_element (id),
	CONSTRAINT fk_observation_dimension_placement_id FOREIGN KEY(id) REFERENCES observation_dimension_placement (version)
);

CREATE INDEX ix_observation_dimension_placement_above ON observation_dimension_placement (element_id, valid_from, valid_to, known_from, known_to, parent_id);

CREATE INDEX ix_observation_dimension_placement_below ON observation_dimension_placement (parent_id, valid_from, valid_to, known_from, known_to, element_id);

CREATE UNIQUE INDEX uq_observation_dimension_placement_believed ON observation_dimension_placement (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_dimension_placement_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dimension_placement o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_insert_history_append_only BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_insert_history_append_only();

CREATE FUNCTION observation_dimension_placement_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.element_id IS DISTINCT FROM OLD.element_id OR NEW.parent_id IS DISTINCT FROM OLD.parent_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_update_history_append_only BEFORE UPDATE ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_update_history_append_only();

CREATE FUNCTION observation_dimension_placement_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_dimension_placement_delete_history_append_only BEFORE DELETE ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_delete_history_append_only();

CREATE FUNCTION observation_dimension_placement_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_dimension_placement_truncate_history_append_only BEFORE TRUNCATE ON observation_dimension_placement FOR EACH STATEMENT EXECUTE FUNCTION observation_dimension_placement_truncate_history_append_only();

CREATE FUNCTION observation_dimension_placement_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_insert_history_begins_believed BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_insert_history_begins_believed();

CREATE FUNCTION observation_dimension_placement_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dimension_placement o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_insert_history_one_current BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_insert_history_one_current();

CREATE FUNCTION observation_dimension_placement_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_update_history_closed_once BEFORE UPDATE OF known_to ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_update_history_closed_once();

CREATE FUNCTION observation_dimension_placement_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM observation_dimension_element WHERE id = NEW.element_id FOR NO KEY UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_aa_lock BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_aa_lock();

CREATE FUNCTION observation_dimension_placement_insert_dimension_place_8db1fd9c() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dimension_element e, observation_dimension_element p WHERE e.id = NEW.element_id AND p.id = NEW.parent_id AND e.dimension_id <> p.dimension_id) THEN RAISE EXCEPTION 'rule dimension-placement.same-dimension: a parent of another dimension' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_insert_dimension_place_8db1fd9c BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_insert_dimension_place_8db1fd9c();

CREATE FUNCTION observation_dimension_placement_insert_dimension_place_a95319a5() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dimension_element e, observation_dimension_element p WHERE e.id = NEW.element_id AND p.id = NEW.parent_id AND e.dimension_id = p.dimension_id AND e.depth <> p.depth + 1) THEN RAISE EXCEPTION 'rule dimension-placement.next-level: a parent that is not of the level above' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_insert_dimension_place_a95319a5 BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_insert_dimension_place_a95319a5();

CREATE FUNCTION observation_dimension_placement_insert_dimension_place_ce933079() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dimension_placement o  WHERE o.element_id = NEW.element_id AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule dimension-placement.one-parent: a second parent at the same time' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dimension_placement_insert_dimension_place_ce933079 BEFORE INSERT ON observation_dimension_placement FOR EACH ROW EXECUTE FUNCTION observation_dimension_placement_insert_dimension_place_ce933079();

CREATE TABLE observation_legal_unit (
	phenomenon_type_id UUID NOT NULL,
	unit VARCHAR(100) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_observation_legal_unit PRIMARY KEY (phenomenon_type_id, unit),
	CONSTRAINT uq_observation_legal_unit_phenomenon_type_id_position UNIQUE (phenomenon_type_id, position),
	CONSTRAINT fk_observation_legal_unit_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id)
);

CREATE TABLE observation_phenomenon_conversion (
	phenomenon_type_id UUID NOT NULL,
	unit_code VARCHAR(100) NOT NULL,
	pair VARCHAR(500) NOT NULL,
	source VARCHAR(500) NOT NULL,
	equals_number VARCHAR(40) NOT NULL,
	equals_unit VARCHAR(100) NOT NULL,
	equals_canonical TEXT COLLATE "C" NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_phenomenon_conversion PRIMARY KEY (version),
	CONSTRAINT ck_observation_phenomenon_conversion_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_phenomenon_conversion_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_phenomenon_conversion_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_phenomenon_conversion_id FOREIGN KEY(id) REFERENCES observation_phenomenon_conversion (version)
);

CREATE INDEX ix_observation_phenomenon_conversion_equals_canonical ON observation_phenomenon_conversion (equals_canonical);

CREATE INDEX ix_observation_phenomenon_conversion_pair ON observation_phenomenon_conversion (phenomenon_type_id, pair);

CREATE UNIQUE INDEX uq_observation_phenomenon_conversion_believed ON observation_phenomenon_conversion (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_phenomenon_conversion_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_phenomenon_conversion o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_insert_history_append_only BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_insert_history_append_only();

CREATE FUNCTION observation_phenomenon_conversion_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.phenomenon_type_id IS DISTINCT FROM OLD.phenomenon_type_id OR NEW.unit_code IS DISTINCT FROM OLD.unit_code OR NEW.pair IS DISTINCT FROM OLD.pair OR NEW.source IS DISTINCT FROM OLD.source OR NEW.equals_number IS DISTINCT FROM OLD.equals_number OR NEW.equals_unit IS DISTINCT FROM OLD.equals_unit OR NEW.equals_canonical IS DISTINCT FROM OLD.equals_canonical OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_update_history_append_only BEFORE UPDATE ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_update_history_append_only();

CREATE FUNCTION observation_phenomenon_conversion_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_delete_history_append_only BEFORE DELETE ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_delete_history_append_only();

CREATE FUNCTION observation_phenomenon_conversion_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_truncate_history_append_only BEFORE TRUNCATE ON observation_phenomenon_conversion FOR EACH STATEMENT EXECUTE FUNCTION observation_phenomenon_conversion_truncate_history_append_only();

CREATE FUNCTION observation_phenomenon_conversion_insert_history_begin_076ae0dc() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_insert_history_begin_076ae0dc BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_insert_history_begin_076ae0dc();

CREATE FUNCTION observation_phenomenon_conversion_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_phenomenon_conversion o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_insert_history_one_current BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_insert_history_one_current();

CREATE FUNCTION observation_phenomenon_conversion_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_update_history_closed_once BEFORE UPDATE OF known_to ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_update_history_closed_once();

CREATE FUNCTION observation_phenomenon_conversion_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM observation_phenomenon_type WHERE id = NEW.phenomenon_type_id FOR NO KEY UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_aa_lock BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_aa_lock();

CREATE FUNCTION observation_phenomenon_conversion_insert_phenomenon_co_eeebe980() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_phenomenon_conversion o  WHERE o.phenomenon_type_id = NEW.phenomenon_type_id AND o.pair = NEW.pair AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule phenomenon-conversion.one-source: a second conversion on the same day' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_conversion_insert_phenomenon_co_eeebe980 BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_conversion_insert_phenomenon_co_eeebe980();

CREATE TABLE observation_segment_element (
	segment_id UUID NOT NULL,
	dimension_id UUID NOT NULL,
	element_id UUID NOT NULL,
	CONSTRAINT pk_observation_segment_element PRIMARY KEY (segment_id, dimension_id),
	CONSTRAINT fk_observation_segment_element_segment_id FOREIGN KEY(segment_id) REFERENCES observation_segment (id),
	CONSTRAINT fk_observation_segment_element_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id),
	CONSTRAINT fk_observation_segment_element_element_id FOREIGN KEY(element_id) REFERENCES observation_dimension_element (id)
);

CREATE INDEX ix_observation_segment_element_element ON observation_segment_element (element_id, segment_id);

CREATE FUNCTION observation_segment_element_insert_segment_one_per_dimension() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM observation_segment s JOIN observation_dimension_rank r ON r.dimension_set_id = s.dimension_set_id WHERE s.id = NEW.segment_id AND r.dimension_id = NEW.dimension_id AND NEW.element_id = encode(substr(s.element_keys, 16 * r.position + 1, 16), 'hex')::uuid) THEN RAISE EXCEPTION 'rule segment.one-per-dimension: an element that the segment does not have' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_element_insert_segment_one_per_dimension BEFORE INSERT ON observation_segment_element FOR EACH ROW EXECUTE FUNCTION observation_segment_element_insert_segment_one_per_dimension();

CREATE FUNCTION observation_segment_element_insert_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_segment_element o WHERE o.segment_id = NEW.segment_id AND o.dimension_id = NEW.dimension_id) THEN RAISE EXCEPTION 'rule segment.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_element_insert_segment_kept BEFORE INSERT ON observation_segment_element FOR EACH ROW EXECUTE FUNCTION observation_segment_element_insert_segment_kept();

CREATE FUNCTION observation_segment_element_update_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule segment.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_segment_element_update_segment_kept BEFORE UPDATE ON observation_segment_element FOR EACH ROW EXECUTE FUNCTION observation_segment_element_update_segment_kept();

CREATE FUNCTION observation_segment_element_delete_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule segment.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_segment_element_delete_segment_kept BEFORE DELETE ON observation_segment_element FOR EACH ROW EXECUTE FUNCTION observation_segment_element_delete_segment_kept();

CREATE FUNCTION observation_segment_element_truncate_segment_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule segment.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_segment_element_truncate_segment_kept BEFORE TRUNCATE ON observation_segment_element FOR EACH STATEMENT EXECUTE FUNCTION observation_segment_element_truncate_segment_kept();

CREATE TABLE observation_status_type (
	id UUID NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name VARCHAR(500) NOT NULL,
	offset_months INTEGER,
	offset_days INTEGER,
	plan_id UUID,
	datum_id UUID,
	comparator_id UUID,
	CONSTRAINT pk_observation_status_type PRIMARY KEY (id),
	CONSTRAINT ck_observation_status_type_kind CHECK ((kind = 'comparative') = (datum_id IS NOT NULL) AND (kind = 'comparative') = (comparator_id IS NOT NULL) AND (kind = 'planned' OR plan_id IS NULL) AND (kind = 'actual' OR offset_months IS NULL)),
	CONSTRAINT ck_observation_status_type_offset_whole CHECK ((offset_months IS NULL) = (offset_days IS NULL)),
	CONSTRAINT ck_observation_status_type_offset_back CHECK (offset_months >= 0 AND offset_days >= 0 AND offset_months + offset_days > 0),
	CONSTRAINT ck_observation_status_type_two CHECK (datum_id <> comparator_id),
	CONSTRAINT uq_observation_status_type_name UNIQUE (name),
	CONSTRAINT fk_observation_status_type_plan_id FOREIGN KEY(plan_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_observation_status_type_datum_id FOREIGN KEY(datum_id) REFERENCES observation_status_type (id),
	CONSTRAINT fk_observation_status_type_comparator_id FOREIGN KEY(comparator_id) REFERENCES observation_status_type (id)
);

CREATE FUNCTION observation_status_type_insert_comparative_status_simple() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind = 'comparative' AND NEW.datum_id <> NEW.comparator_id AND (SELECT count(*) FROM observation_status_type s WHERE s.id IN (NEW.datum_id, NEW.comparator_id) AND s.kind <> 'comparative') <> 2 THEN RAISE EXCEPTION 'rule comparative-status.simple: a comparison of comparisons' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_status_type_insert_comparative_status_simple BEFORE INSERT ON observation_status_type FOR EACH ROW EXECUTE FUNCTION observation_status_type_insert_comparative_status_simple();

CREATE FUNCTION observation_status_type_insert_status_type_of_plan() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.plan_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.plan_id AND a.nature = 'plan') THEN RAISE EXCEPTION 'rule status-type.of-plan: a plan that is none' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_status_type_insert_status_type_of_plan BEFORE INSERT ON observation_status_type FOR EACH ROW EXECUTE FUNCTION observation_status_type_insert_status_type_of_plan();

CREATE FUNCTION observation_status_type_update_status_type_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule status-type.kept: another meaning for a status type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_status_type_update_status_type_kept BEFORE UPDATE ON observation_status_type FOR EACH ROW EXECUTE FUNCTION observation_status_type_update_status_type_kept();

CREATE TABLE observation_associative_function (
	product_id UUID NOT NULL,
	at_least INTEGER NOT NULL,
	period_from DATE NOT NULL,
	period_to DATE NOT NULL,
	id UUID NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_associative_function PRIMARY KEY (id),
	CONSTRAINT ck_observation_associative_function_at_least CHECK (at_least >= 0),
	CONSTRAINT ck_observation_associative_function_period_order CHECK (period_from < period_to),
	CONSTRAINT fk_observation_associative_function_product_id FOREIGN KEY(product_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_associative_function_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT uq_observation_associative_function_name UNIQUE (name)
);

CREATE INDEX ix_observation_associative_function_product_id ON observation_associative_function (product_id);

CREATE FUNCTION observation_associative_function_insert_associative_fu_2757b487() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_function_argument a WHERE a.function_id = NEW.id AND a.concept_id = NEW.product_id) THEN RAISE EXCEPTION 'rule associative-function.product: a product that is an argument' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_associative_function_insert_associative_fu_2757b487 BEFORE INSERT ON observation_associative_function FOR EACH ROW EXECUTE FUNCTION observation_associative_function_insert_associative_fu_2757b487();

CREATE FUNCTION observation_associative_function_update_associative_fu_8d2815bb() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_function_argument a WHERE a.function_id = NEW.id AND a.concept_id = NEW.product_id) THEN RAISE EXCEPTION 'rule associative-function.product: a product that is an argument' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_associative_function_update_associative_fu_8d2815bb BEFORE UPDATE ON observation_associative_function FOR EACH ROW EXECUTE FUNCTION observation_associative_function_update_associative_fu_8d2815bb();

CREATE FUNCTION observation_associative_function_insert_associative_fu_59b0edf4() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = NEW.id) THEN RAISE EXCEPTION 'rule associative-function.in-use: another function in the place of one that something was concluded by' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_associative_function_insert_associative_fu_59b0edf4 BEFORE INSERT ON observation_associative_function FOR EACH ROW EXECUTE FUNCTION observation_associative_function_insert_associative_fu_59b0edf4();

CREATE FUNCTION observation_associative_function_update_associative_fu_20d82380() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.product_id <> OLD.product_id OR NEW.at_least <> OLD.at_least) AND EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = OLD.id) THEN RAISE EXCEPTION 'rule associative-function.in-use: another function under the name of one that something was concluded by' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_associative_function_update_associative_fu_20d82380 BEFORE UPDATE ON observation_associative_function FOR EACH ROW EXECUTE FUNCTION observation_associative_function_update_associative_fu_20d82380();

CREATE TABLE observation_band_context_concept (
	context_id UUID NOT NULL,
	concept_id UUID NOT NULL,
	CONSTRAINT pk_observation_band_context_concept PRIMARY KEY (context_id, concept_id),
	CONSTRAINT fk_observation_band_context_concept_context_id FOREIGN KEY(context_id) REFERENCES observation_band_context (id),
	CONSTRAINT fk_observation_band_context_concept_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_band_context_concept_concept_id ON observation_band_context_concept (concept_id);

CREATE TABLE observation_concept_closure (
	subtype_id UUID NOT NULL,
	supertype_id UUID NOT NULL,
	CONSTRAINT pk_observation_concept_closure PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_observation_concept_closure_subtype_id FOREIGN KEY(subtype_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_concept_closure_supertype_id FOREIGN KEY(supertype_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_concept_closure_supertype_id ON observation_concept_closure (supertype_id);

CREATE TABLE observation_concept_generalization (
	subtype_id UUID NOT NULL,
	supertype_id UUID NOT NULL,
	CONSTRAINT pk_observation_concept_generalization PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_observation_concept_generalization_subtype_id FOREIGN KEY(subtype_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_concept_generalization_supertype_id FOREIGN KEY(supertype_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_concept_generalization_supertype_id ON observation_concept_generalization (supertype_id);

CREATE FUNCTION observation_concept_generalization_insert_observation__f8ac5114() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM observation_concept_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) THEN RAISE EXCEPTION 'rule observation-concept.acyclic: a supertype that is a subtype already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_concept_generalization_insert_observation__f8ac5114 BEFORE INSERT ON observation_concept_generalization FOR EACH ROW EXECUTE FUNCTION observation_concept_generalization_insert_observation__f8ac5114();

CREATE FUNCTION observation_concept_generalization_update_observation__07abfdc6() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM observation_concept_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) THEN RAISE EXCEPTION 'rule observation-concept.acyclic: a supertype that is a subtype already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_concept_generalization_update_observation__07abfdc6 BEFORE UPDATE ON observation_concept_generalization FOR EACH ROW EXECUTE FUNCTION observation_concept_generalization_update_observation__07abfdc6();

CREATE FUNCTION observation_concept_extend() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN INSERT INTO observation_concept_closure (subtype_id, supertype_id)
SELECT DISTINCT below.subtype_id, above.supertype_id
FROM observation_concept_closure below, observation_concept_closure above
WHERE below.supertype_id = NEW.subtype_id AND above.subtype_id = NEW.supertype_id
AND NOT EXISTS (SELECT 1 FROM observation_concept_closure k
    WHERE k.subtype_id = below.subtype_id AND k.supertype_id = above.supertype_id); RETURN NULL; END $guard$;

CREATE TRIGGER observation_concept_extend AFTER INSERT ON observation_concept_generalization FOR EACH ROW EXECUTE FUNCTION observation_concept_extend();

CREATE FUNCTION observation_concept_rebuild_update() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM observation_concept_closure; INSERT INTO observation_concept_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM observation_concept
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN observation_concept_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; RETURN NULL; END $guard$;

CREATE TRIGGER observation_concept_rebuild_update AFTER UPDATE ON observation_concept_generalization FOR EACH ROW EXECUTE FUNCTION observation_concept_rebuild_update();

CREATE FUNCTION observation_concept_rebuild_delete() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN DELETE FROM observation_concept_closure; INSERT INTO observation_concept_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM observation_concept
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN observation_concept_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; RETURN NULL; END $guard$;

CREATE TRIGGER observation_concept_rebuild_delete AFTER DELETE ON observation_concept_generalization FOR EACH ROW EXECUTE FUNCTION observation_concept_rebuild_delete();

CREATE TABLE observation_function_term (
	id UUID NOT NULL,
	function_id UUID NOT NULL,
	part VARCHAR(20) NOT NULL,
	position INTEGER NOT NULL,
	concept_id UUID,
	protocol_id UUID,
	CONSTRAINT pk_observation_function_term PRIMARY KEY (id),
	CONSTRAINT ck_observation_function_term_one_argument CHECK ((concept_id IS NULL) <> (protocol_id IS NULL)),
	CONSTRAINT fk_observation_function_term_function_id FOREIGN KEY(function_id) REFERENCES observation_knowledge_function (id),
	CONSTRAINT fk_observation_function_term_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_function_term_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id)
);

CREATE INDEX ix_observation_function_term_concept_id ON observation_function_term (concept_id);

CREATE INDEX ix_observation_function_term_protocol_id ON observation_function_term (protocol_id);

CREATE UNIQUE INDEX uq_observation_function_term_concept ON observation_function_term (function_id, concept_id) WHERE part <> 'condition';

CREATE UNIQUE INDEX uq_observation_function_term_condition ON observation_function_term (function_id, concept_id) WHERE part = 'condition';

CREATE UNIQUE INDEX uq_observation_function_term_protocol ON observation_function_term (function_id, protocol_id);

CREATE FUNCTION observation_function_term_insert_knowledge_function_fi_f5771d0e() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.concept_id IS NULL AND NEW.part IN ('side effect', 'target')) OR EXISTS (SELECT 1 FROM observation_knowledge_function f WHERE f.id = NEW.function_id AND (f.kind = 'start' AND NEW.part NOT IN ('contraindication', 'indication') OR f.kind = 'outcome' AND NEW.part NOT IN ('condition', 'side effect', 'target'))) THEN RAISE EXCEPTION 'rule knowledge-function.fitting-part: a part that such a function has not' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_function_term_insert_knowledge_function_fi_f5771d0e BEFORE INSERT ON observation_function_term FOR EACH ROW EXECUTE FUNCTION observation_function_term_insert_knowledge_function_fi_f5771d0e();

CREATE FUNCTION observation_function_term_update_knowledge_function_fi_f9f65868() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.concept_id IS NULL AND NEW.part IN ('side effect', 'target')) OR EXISTS (SELECT 1 FROM observation_knowledge_function f WHERE f.id = NEW.function_id AND (f.kind = 'start' AND NEW.part NOT IN ('contraindication', 'indication') OR f.kind = 'outcome' AND NEW.part NOT IN ('condition', 'side effect', 'target'))) THEN RAISE EXCEPTION 'rule knowledge-function.fitting-part: a part that such a function has not' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_function_term_update_knowledge_function_fi_f9f65868 BEFORE UPDATE ON observation_function_term FOR EACH ROW EXECUTE FUNCTION observation_function_term_update_knowledge_function_fi_f9f65868();

CREATE TABLE observation_measurement_protocol (
	id UUID NOT NULL,
	form VARCHAR(20) NOT NULL,
	result_type_id UUID NOT NULL,
	method_id UUID,
	combination_id UUID,
	dimension_id UUID,
	places INTEGER,
	CONSTRAINT pk_observation_measurement_protocol PRIMARY KEY (id),
	CONSTRAINT ck_observation_measurement_protocol_form CHECK (form IN ('source', 'causal', 'comparative', 'combination') AND (form IN ('causal', 'comparative')) = (method_id IS NOT NULL) AND (form = 'combination') = (combination_id IS NOT NULL) AND (form = 'combination') = (dimension_id IS NOT NULL) AND (form <> 'source' OR places IS NULL)),
	CONSTRAINT fk_observation_measurement_protocol_id FOREIGN KEY(id) REFERENCES observation_protocol (id),
	CONSTRAINT fk_observation_measurement_protocol_result_type_id FOREIGN KEY(result_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_measurement_protocol_method_id FOREIGN KEY(method_id) REFERENCES observation_method (id),
	CONSTRAINT fk_observation_measurement_protocol_combination_id FOREIGN KEY(combination_id) REFERENCES observation_combination (id),
	CONSTRAINT fk_observation_measurement_protocol_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE INDEX ix_observation_measurement_protocol_combination_id ON observation_measurement_protocol (combination_id);

CREATE INDEX ix_observation_measurement_protocol_dimension_id ON observation_measurement_protocol (dimension_id);

CREATE INDEX ix_observation_measurement_protocol_method_id ON observation_measurement_protocol (method_id);

CREATE INDEX ix_observation_measurement_protocol_result_type_id ON observation_measurement_protocol (result_type_id);

CREATE FUNCTION observation_measurement_protocol_insert_measurement_pr_5c0b6165() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_combination c WHERE c.id = NEW.combination_id AND c.phenomenon_type_id <> NEW.result_type_id) THEN RAISE EXCEPTION 'rule measurement-protocol.form: a combination of another type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_measurement_protocol_insert_measurement_pr_5c0b6165 BEFORE INSERT ON observation_measurement_protocol FOR EACH ROW EXECUTE FUNCTION observation_measurement_protocol_insert_measurement_pr_5c0b6165();

CREATE FUNCTION observation_measurement_protocol_insert_measurement_pr_ffe3fd3a() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_measurement_protocol o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule measurement-protocol.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_measurement_protocol_insert_measurement_pr_ffe3fd3a BEFORE INSERT ON observation_measurement_protocol FOR EACH ROW EXECUTE FUNCTION observation_measurement_protocol_insert_measurement_pr_ffe3fd3a();

CREATE FUNCTION observation_measurement_protocol_update_measurement_pr_2e0a6f98() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule measurement-protocol.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_measurement_protocol_update_measurement_pr_2e0a6f98 BEFORE UPDATE ON observation_measurement_protocol FOR EACH ROW EXECUTE FUNCTION observation_measurement_protocol_update_measurement_pr_2e0a6f98();

CREATE FUNCTION observation_measurement_protocol_delete_measurement_pr_54f3bb09() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule measurement-protocol.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_measurement_protocol_delete_measurement_pr_54f3bb09 BEFORE DELETE ON observation_measurement_protocol FOR EACH ROW EXECUTE FUNCTION observation_measurement_protocol_delete_measurement_pr_54f3bb09();

CREATE FUNCTION observation_measurement_protocol_truncate_measurement__9beae7a1() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule measurement-protocol.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_measurement_protocol_truncate_measurement__9beae7a1 BEFORE TRUNCATE ON observation_measurement_protocol FOR EACH STATEMENT EXECUTE FUNCTION observation_measurement_protocol_truncate_measurement__9beae7a1();

CREATE TABLE observation_phenomenon_range (
	kind VARCHAR(20) NOT NULL,
	phenomenon_id UUID NOT NULL,
	phenomenon_type_id UUID NOT NULL,
	context_id UUID,
	range_lower VARCHAR(141),
	range_upper VARCHAR(141),
	range_lower_inclusive BOOLEAN NOT NULL,
	range_upper_inclusive BOOLEAN NOT NULL,
	range_is_empty BOOLEAN NOT NULL,
	lower_canonical TEXT COLLATE "C",
	upper_canonical TEXT COLLATE "C",
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_phenomenon_range PRIMARY KEY (version),
	CONSTRAINT ck_observation_phenomenon_range_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_phenomenon_range_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_observation_phenomenon_range_meetable CHECK (NOT range_is_empty),
	CONSTRAINT ck_observation_phenomenon_range_context CHECK ((kind = 'function') = (context_id IS NOT NULL)),
	CONSTRAINT fk_observation_phenomenon_range_phenomenon_id FOREIGN KEY(phenomenon_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_phenomenon_range_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_phenomenon_range_context_id FOREIGN KEY(context_id) REFERENCES observation_band_context (id),
	CONSTRAINT fk_observation_phenomenon_range_id FOREIGN KEY(id) REFERENCES observation_phenomenon_range (version)
);

CREATE INDEX ix_observation_phenomenon_range_context_id ON observation_phenomenon_range (context_id);

CREATE INDEX ix_observation_phenomenon_range_of_type ON observation_phenomenon_range (phenomenon_type_id, context_id);

CREATE INDEX ix_observation_phenomenon_range_phenomenon_id ON observation_phenomenon_range (phenomenon_id);

CREATE UNIQUE INDEX uq_observation_phenomenon_range_believed ON observation_phenomenon_range (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_phenomenon_range_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_phenomenon_range o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_insert_history_append_only BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_insert_history_append_only();

CREATE FUNCTION observation_phenomenon_range_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.phenomenon_id IS DISTINCT FROM OLD.phenomenon_id OR NEW.phenomenon_type_id IS DISTINCT FROM OLD.phenomenon_type_id OR NEW.context_id IS DISTINCT FROM OLD.context_id OR NEW.range_lower IS DISTINCT FROM OLD.range_lower OR NEW.range_upper IS DISTINCT FROM OLD.range_upper OR NEW.range_lower_inclusive IS DISTINCT FROM OLD.range_lower_inclusive OR NEW.range_upper_inclusive IS DISTINCT FROM OLD.range_upper_inclusive OR NEW.range_is_empty IS DISTINCT FROM OLD.range_is_empty OR NEW.lower_canonical IS DISTINCT FROM OLD.lower_canonical OR NEW.upper_canonical IS DISTINCT FROM OLD.upper_canonical OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_update_history_append_only BEFORE UPDATE ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_update_history_append_only();

CREATE FUNCTION observation_phenomenon_range_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_phenomenon_range_delete_history_append_only BEFORE DELETE ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_delete_history_append_only();

CREATE FUNCTION observation_phenomenon_range_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_phenomenon_range_truncate_history_append_only BEFORE TRUNCATE ON observation_phenomenon_range FOR EACH STATEMENT EXECUTE FUNCTION observation_phenomenon_range_truncate_history_append_only();

CREATE FUNCTION observation_phenomenon_range_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_insert_history_begins_believed BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_insert_history_begins_believed();

CREATE FUNCTION observation_phenomenon_range_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_phenomenon_range o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_insert_history_one_current BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_insert_history_one_current();

CREATE FUNCTION observation_phenomenon_range_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_update_history_closed_once BEFORE UPDATE OF known_to ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_update_history_closed_once();

CREATE FUNCTION observation_phenomenon_range_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('observation_phenomenon_range'), hashtext(NEW.phenomenon_type_id::text)); RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_aa_lock BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_aa_lock();

CREATE FUNCTION observation_phenomenon_range_insert_phenomenon_range_apart() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_phenomenon_range o  WHERE o.phenomenon_type_id = NEW.phenomenon_type_id AND NOT (o.context_id IS DISTINCT FROM NEW.context_id) AND (o.lower_canonical IS NULL OR NEW.upper_canonical IS NULL OR o.lower_canonical < NEW.upper_canonical OR (o.lower_canonical = NEW.upper_canonical AND o.range_lower_inclusive AND NEW.range_upper_inclusive)) AND (NEW.lower_canonical IS NULL OR o.upper_canonical IS NULL OR NEW.lower_canonical < o.upper_canonical OR (NEW.lower_canonical = o.upper_canonical AND NEW.range_lower_inclusive AND o.range_upper_inclusive)) AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule phenomenon-range.apart: a second range for the same values' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_insert_phenomenon_range_apart BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_insert_phenomenon_range_apart();

CREATE FUNCTION observation_phenomenon_range_insert_phenomenon_range_o_0dc1b1b5() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM observation_concept c WHERE c.id = NEW.phenomenon_id AND c.phenomenon_type_id = NEW.phenomenon_type_id) THEN RAISE EXCEPTION 'rule phenomenon-range.of-the-type: a phenomenon of another type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_phenomenon_range_insert_phenomenon_range_o_0dc1b1b5 BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW EXECUTE FUNCTION observation_phenomenon_range_insert_phenomenon_range_o_0dc1b1b5();

CREATE TABLE observation_clinical_care_scope (
	version UUID NOT NULL,
	concept_id UUID NOT NULL,
	CONSTRAINT pk_observation_clinical_care_scope PRIMARY KEY (version),
	CONSTRAINT fk_observation_clinical_care_scope_version FOREIGN KEY(version) REFERENCES patterns_operating_scope (version),
	CONSTRAINT fk_observation_clinical_care_scope_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_clinical_care_scope_concept_id ON observation_clinical_care_scope (concept_id);

CREATE FUNCTION observation_clinical_care_scope_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_clinical_care_scope o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_clinical_care_scope_insert_history_append_only BEFORE INSERT ON observation_clinical_care_scope FOR EACH ROW EXECUTE FUNCTION observation_clinical_care_scope_insert_history_append_only();

CREATE FUNCTION observation_clinical_care_scope_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.version IS DISTINCT FROM OLD.version OR NEW.concept_id IS DISTINCT FROM OLD.concept_id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_clinical_care_scope_update_history_append_only BEFORE UPDATE ON observation_clinical_care_scope FOR EACH ROW EXECUTE FUNCTION observation_clinical_care_scope_update_history_append_only();

CREATE FUNCTION observation_clinical_care_scope_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_clinical_care_scope_delete_history_append_only BEFORE DELETE ON observation_clinical_care_scope FOR EACH ROW EXECUTE FUNCTION observation_clinical_care_scope_delete_history_append_only();

CREATE FUNCTION observation_clinical_care_scope_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_clinical_care_scope_truncate_history_append_only BEFORE TRUNCATE ON observation_clinical_care_scope FOR EACH STATEMENT EXECUTE FUNCTION observation_clinical_care_scope_truncate_history_append_only();

CREATE TABLE observation_dismissal (
	id UUID NOT NULL,
	function_id UUID NOT NULL,
	subject_id UUID NOT NULL,
	by_id UUID NOT NULL,
	why VARCHAR(500) NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_dismissal PRIMARY KEY (id),
	CONSTRAINT fk_observation_dismissal_function_id FOREIGN KEY(function_id) REFERENCES observation_associative_function (id),
	CONSTRAINT fk_observation_dismissal_subject_id FOREIGN KEY(subject_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_observation_dismissal_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_observation_dismissal_by_id ON observation_dismissal (by_id);

CREATE INDEX ix_observation_dismissal_function_id ON observation_dismissal (function_id);

CREATE INDEX ix_observation_dismissal_subject_id ON observation_dismissal (subject_id);

CREATE FUNCTION observation_dismissal_insert_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dismissal o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule dismissal.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dismissal_insert_dismissal_append_only BEFORE INSERT ON observation_dismissal FOR EACH ROW EXECUTE FUNCTION observation_dismissal_insert_dismissal_append_only();

CREATE FUNCTION observation_dismissal_update_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule dismissal.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dismissal_update_dismissal_append_only BEFORE UPDATE ON observation_dismissal FOR EACH ROW EXECUTE FUNCTION observation_dismissal_update_dismissal_append_only();

CREATE FUNCTION observation_dismissal_delete_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule dismissal.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_dismissal_delete_dismissal_append_only BEFORE DELETE ON observation_dismissal FOR EACH ROW EXECUTE FUNCTION observation_dismissal_delete_dismissal_append_only();

CREATE FUNCTION observation_dismissal_truncate_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule dismissal.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_dismissal_truncate_dismissal_append_only BEFORE TRUNCATE ON observation_dismissal FOR EACH STATEMENT EXECUTE FUNCTION observation_dismissal_truncate_dismissal_append_only();

CREATE TABLE observation_function_argument (
	function_id UUID NOT NULL,
	concept_id UUID NOT NULL,
	presence VARCHAR(10) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_observation_function_argument PRIMARY KEY (function_id, concept_id),
	CONSTRAINT ck_observation_function_argument_presence CHECK (presence IN ('present', 'absent')),
	CONSTRAINT fk_observation_function_argument_function_id FOREIGN KEY(function_id) REFERENCES observation_associative_function (id),
	CONSTRAINT fk_observation_function_argument_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_function_argument_concept_id ON observation_function_argument (concept_id);

CREATE FUNCTION observation_function_argument_insert_associative_funct_8e014261() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND f.product_id = NEW.concept_id) THEN RAISE EXCEPTION 'rule associative-function.product: an argument that is the product' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_function_argument_insert_associative_funct_8e014261 BEFORE INSERT ON observation_function_argument FOR EACH ROW EXECUTE FUNCTION observation_function_argument_insert_associative_funct_8e014261();

CREATE FUNCTION observation_function_argument_update_associative_funct_f2c09df7() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND f.product_id = NEW.concept_id) THEN RAISE EXCEPTION 'rule associative-function.product: an argument that is the product' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_function_argument_update_associative_funct_f2c09df7 BEFORE UPDATE ON observation_function_argument FOR EACH ROW EXECUTE FUNCTION observation_function_argument_update_associative_funct_f2c09df7();

CREATE FUNCTION observation_function_argument_insert_associative_funct_37aec28a() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = NEW.function_id) THEN RAISE EXCEPTION 'rule associative-function.in-use: another argument of a function that something was concluded by' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_function_argument_insert_associative_funct_37aec28a BEFORE INSERT ON observation_function_argument FOR EACH ROW EXECUTE FUNCTION observation_function_argument_insert_associative_funct_37aec28a();

CREATE FUNCTION observation_function_argument_update_associative_funct_7cd9cab1() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = OLD.function_id) OR EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = NEW.function_id) THEN RAISE EXCEPTION 'rule associative-function.in-use: another argument of a function that something was concluded by' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_function_argument_update_associative_funct_7cd9cab1 BEFORE UPDATE ON observation_function_argument FOR EACH ROW EXECUTE FUNCTION observation_function_argument_update_associative_funct_7cd9cab1();

CREATE FUNCTION observation_function_argument_delete_associative_funct_b4a69e23() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = OLD.function_id) THEN RAISE EXCEPTION 'rule associative-function.in-use: another argument of a function that something was concluded by' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_function_argument_delete_associative_funct_b4a69e23 BEFORE DELETE ON observation_function_argument FOR EACH ROW EXECUTE FUNCTION observation_function_argument_delete_associative_funct_b4a69e23();

CREATE TABLE observation_observation (
	id UUID NOT NULL,
	kind VARCHAR(50) NOT NULL,
	subject_id UUID NOT NULL,
	phenomenon_type_id UUID,
	concept_id UUID,
	protocol_id UUID,
	performer_id UUID,
	action_id UUID,
	status_type_id UUID,
	applicable_from TIMESTAMP WITH TIME ZONE NOT NULL,
	applicable_to TIMESTAMP WITH TIME ZONE NOT NULL,
	made_known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	made_known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	presence VARCHAR(10),
	quantity_number VARCHAR(40),
	quantity_unit VARCHAR(100),
	quantity_canonical TEXT COLLATE "C",
	function_id UUID,
	CONSTRAINT pk_observation_observation PRIMARY KEY (id),
	CONSTRAINT ck_observation_observation_applicable_time_record_order CHECK (applicable_from <= applicable_to),
	CONSTRAINT ck_observation_observation_made_known_time_record_order CHECK (made_known_from <= made_known_to),
	CONSTRAINT ck_observation_observation_made_known_first CHECK (made_known_from <= recorded),
	CONSTRAINT ck_observation_observation_one_value CHECK (CASE WHEN presence IS NULL THEN quantity_number IS NOT NULL AND phenomenon_type_id IS NOT NULL ELSE quantity_number IS NULL AND concept_id IS NOT NULL END),
	CONSTRAINT ck_observation_observation_presence CHECK (presence IN ('present', 'absent', 'unknown')),
	CONSTRAINT ck_observation_observation_value_of_kind CHECK (CASE kind WHEN 'measurement' THEN presence IS NULL WHEN 'category observation' THEN presence IS NOT NULL ELSE 1 = 1 END),
	CONSTRAINT fk_observation_observation_subject_id FOREIGN KEY(subject_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_observation_observation_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_observation_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_observation_protocol_id FOREIGN KEY(protocol_id) REFERENCES patterns_protocol (id),
	CONSTRAINT fk_observation_observation_performer_id FOREIGN KEY(performer_id) REFERENCES patterns_party (id),
	CONSTRAINT fk_observation_observation_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_observation_observation_status_type_id FOREIGN KEY(status_type_id) REFERENCES observation_status_type (id),
	CONSTRAINT ck_observation_observation_quantity_whole CHECK ((quantity_number IS NULL) = (quantity_unit IS NULL) AND (quantity_number IS NULL) = (quantity_canonical IS NULL)),
	CONSTRAINT fk_observation_observation_function_id FOREIGN KEY(function_id) REFERENCES observation_associative_function (id),
	CONSTRAINT ck_observation_observation_function CHECK (kind <> 'associated observation' OR function_id IS NOT NULL)
);

CREATE INDEX ix_observation_observation_action_id ON observation_observation (action_id);

CREATE INDEX ix_observation_observation_concept_id ON observation_observation (concept_id);

CREATE INDEX ix_observation_observation_found ON observation_observation (subject_id, concept_id, applicable_from);

CREATE INDEX ix_observation_observation_function ON observation_observation (function_id) WHERE function_id IS NOT NULL;

CREATE INDEX ix_observation_observation_measured ON observation_observation (subject_id, phenomenon_type_id, applicable_from);

CREATE INDEX ix_observation_observation_performer_id ON observation_observation (performer_id);

CREATE INDEX ix_observation_observation_protocol_id ON observation_observation (protocol_id);

CREATE INDEX ix_observation_observation_status_type_id ON observation_observation (status_type_id);

CREATE INDEX ix_observation_observation_value ON observation_observation (phenomenon_type_id, quantity_canonical);

CREATE FUNCTION observation_observation_insert_observation_phenomenon_of_type() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.concept_id IS NOT NULL AND EXISTS (SELECT 1 FROM observation_concept c WHERE c.id = NEW.concept_id AND c.phenomenon_type_id IS DISTINCT FROM NEW.phenomenon_type_id) THEN RAISE EXCEPTION 'rule observation.phenomenon-of-type: a phenomenon of another type' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_observation_phenomenon_of_type BEFORE INSERT ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_insert_observation_phenomenon_of_type();

CREATE FUNCTION observation_observation_insert_observation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule observation.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_observation_append_only BEFORE INSERT ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_insert_observation_append_only();

CREATE FUNCTION observation_observation_update_observation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule observation.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_update_observation_append_only BEFORE UPDATE ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_update_observation_append_only();

CREATE FUNCTION observation_observation_delete_observation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule observation.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_observation_delete_observation_append_only BEFORE DELETE ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_delete_observation_append_only();

CREATE FUNCTION observation_observation_truncate_observation_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule observation.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_observation_truncate_observation_append_only BEFORE TRUNCATE ON observation_observation FOR EACH STATEMENT EXECUTE FUNCTION observation_observation_truncate_observation_append_only();

CREATE FUNCTION observation_observation_insert_measurement_legal_unit() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.quantity_unit IS NOT NULL AND EXISTS (SELECT 1 FROM observation_legal_unit u WHERE u.phenomenon_type_id = NEW.phenomenon_type_id) AND NOT EXISTS (SELECT 1 FROM observation_legal_unit u WHERE u.phenomenon_type_id = NEW.phenomenon_type_id AND u.unit = NEW.quantity_unit) THEN RAISE EXCEPTION 'rule measurement.legal-unit: a unit that is not legal there' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_measurement_legal_unit BEFORE INSERT ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_insert_measurement_legal_unit();

CREATE FUNCTION observation_observation_insert_calculated_measurement_protocol() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF (NEW.kind = 'calculated measurement') <> EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.form <> 'source') THEN RAISE EXCEPTION 'rule calculated-measurement.protocol: a calculated measurement without a calculated protocol, or the other way round' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_calculated_measurement_protocol BEFORE INSERT ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_insert_calculated_measurement_protocol();

CREATE FUNCTION observation_observation_insert_calculated_measurement__ea66db56() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.result_type_id IS DISTINCT FROM NEW.phenomenon_type_id) THEN RAISE EXCEPTION 'rule calculated-measurement.result-type: a measurement of another type than its protocol makes' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_calculated_measurement__ea66db56 BEFORE INSERT ON observation_observation FOR EACH ROW EXECUTE FUNCTION observation_observation_insert_calculated_measurement__ea66db56();

CREATE FUNCTION observation_observation_insert_associated_observation_product() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.presence IS DISTINCT FROM 'present' OR NOT EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND f.product_id = NEW.concept_id) THEN RAISE EXCEPTION 'rule associated-observation.product: another conclusion than that of its function' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_associated_observation_product BEFORE INSERT ON observation_observation FOR EACH ROW WHEN (NEW.function_id IS NOT NULL) EXECUTE FUNCTION observation_observation_insert_associated_observation_product();

CREATE FUNCTION observation_observation_insert_associated_observation_in_effect() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND NOT (f.period_from <= (NEW.applicable_from AT TIME ZONE 'UTC')::date AND (NEW.applicable_from AT TIME ZONE 'UTC')::date < f.period_to)) THEN RAISE EXCEPTION 'rule associated-observation.in-effect: a conclusion by a function that was not in effect' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_observation_insert_associated_observation_in_effect BEFORE INSERT ON observation_observation FOR EACH ROW WHEN (NEW.function_id IS NOT NULL) EXECUTE FUNCTION observation_observation_insert_associated_observation_in_effect();

CREATE TABLE observation_protocol_input (
	protocol_id UUID NOT NULL,
	position INTEGER NOT NULL,
	phenomenon_type_id UUID NOT NULL,
	CONSTRAINT pk_observation_protocol_input PRIMARY KEY (protocol_id, position),
	CONSTRAINT fk_observation_protocol_input_protocol_id FOREIGN KEY(protocol_id) REFERENCES observation_measurement_protocol (id),
	CONSTRAINT fk_observation_protocol_input_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id)
);

CREATE INDEX ix_observation_protocol_input_phenomenon_type_id ON observation_protocol_input (phenomenon_type_id);

CREATE FUNCTION observation_protocol_input_insert_measurement_protocol_inputs() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.form = 'source') OR EXISTS (SELECT 1 FROM observation_measurement_protocol p JOIN observation_method m ON m.id = p.method_id WHERE p.id = NEW.protocol_id AND NEW.position NOT BETWEEN 0 AND length(m.listed) - length(replace(m.listed, ' ', '')) + 1 - 1) OR EXISTS (SELECT 1 FROM observation_measurement_protocol p JOIN observation_combination c ON c.id = p.combination_id WHERE p.id = NEW.protocol_id AND NOT ((NEW.position = 0 AND NEW.phenomenon_type_id = c.phenomenon_type_id) OR (NEW.position = 1 AND c.weight_id IS NOT NULL AND NEW.phenomenon_type_id = c.weight_id))) THEN RAISE EXCEPTION 'rule measurement-protocol.inputs: an input that no argument of a method stands for' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_input_insert_measurement_protocol_inputs BEFORE INSERT ON observation_protocol_input FOR EACH ROW EXECUTE FUNCTION observation_protocol_input_insert_measurement_protocol_inputs();

CREATE FUNCTION observation_protocol_input_insert_causal_protocol_own_result() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.form = 'causal' AND p.result_type_id = NEW.phenomenon_type_id) THEN RAISE EXCEPTION 'rule causal-protocol.own-result: an input of the type that the protocol makes' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_input_insert_causal_protocol_own_result BEFORE INSERT ON observation_protocol_input FOR EACH ROW EXECUTE FUNCTION observation_protocol_input_insert_causal_protocol_own_result();

CREATE FUNCTION observation_protocol_input_insert_comparative_protocol_one_type() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_measurement_protocol p JOIN observation_protocol_input o ON o.protocol_id = p.id WHERE p.id = NEW.protocol_id AND p.form = 'comparative' AND o.phenomenon_type_id <> NEW.phenomenon_type_id) THEN RAISE EXCEPTION 'rule comparative-protocol.one-type: two types compared with one another' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_input_insert_comparative_protocol_one_type BEFORE INSERT ON observation_protocol_input FOR EACH ROW EXECUTE FUNCTION observation_protocol_input_insert_comparative_protocol_one_type();

CREATE FUNCTION observation_protocol_input_insert_measurement_protocol_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_protocol_input o WHERE o.protocol_id = NEW.protocol_id AND o.position = NEW.position) THEN RAISE EXCEPTION 'rule measurement-protocol.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_input_insert_measurement_protocol_kept BEFORE INSERT ON observation_protocol_input FOR EACH ROW EXECUTE FUNCTION observation_protocol_input_insert_measurement_protocol_kept();

CREATE FUNCTION observation_protocol_input_update_measurement_protocol_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule measurement-protocol.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_input_update_measurement_protocol_kept BEFORE UPDATE ON observation_protocol_input FOR EACH ROW EXECUTE FUNCTION observation_protocol_input_update_measurement_protocol_kept();

CREATE FUNCTION observation_protocol_input_delete_measurement_protocol_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule measurement-protocol.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_protocol_input_delete_measurement_protocol_kept BEFORE DELETE ON observation_protocol_input FOR EACH ROW EXECUTE FUNCTION observation_protocol_input_delete_measurement_protocol_kept();

CREATE FUNCTION observation_protocol_input_truncate_measurement_protocol_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule measurement-protocol.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_protocol_input_truncate_measurement_protocol_kept BEFORE TRUNCATE ON observation_protocol_input FOR EACH STATEMENT EXECUTE FUNCTION observation_protocol_input_truncate_measurement_protocol_kept();

CREATE TABLE observation_protocol_preference (
	protocol_id UUID NOT NULL,
	position INTEGER NOT NULL,
	version UUID NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_protocol_preference PRIMARY KEY (version),
	CONSTRAINT ck_observation_protocol_preference_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_protocol_preference_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_observation_protocol_preference_place CHECK (position >= 0),
	CONSTRAINT fk_observation_protocol_preference_protocol_id FOREIGN KEY(protocol_id) REFERENCES observation_measurement_protocol (id),
	CONSTRAINT fk_observation_protocol_preference_id FOREIGN KEY(id) REFERENCES observation_protocol_preference (version)
);

CREATE INDEX ix_observation_protocol_preference_protocol_id ON observation_protocol_preference (protocol_id);

CREATE UNIQUE INDEX uq_observation_protocol_preference_believed ON observation_protocol_preference (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_protocol_preference_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_protocol_preference o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_insert_history_append_only BEFORE INSERT ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_insert_history_append_only();

CREATE FUNCTION observation_protocol_preference_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.protocol_id IS DISTINCT FROM OLD.protocol_id OR NEW.position IS DISTINCT FROM OLD.position OR NEW.version IS DISTINCT FROM OLD.version OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR NEW.valid_to IS DISTINCT FROM OLD.valid_to OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_update_history_append_only BEFORE UPDATE ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_update_history_append_only();

CREATE FUNCTION observation_protocol_preference_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_protocol_preference_delete_history_append_only BEFORE DELETE ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_delete_history_append_only();

CREATE FUNCTION observation_protocol_preference_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_protocol_preference_truncate_history_append_only BEFORE TRUNCATE ON observation_protocol_preference FOR EACH STATEMENT EXECUTE FUNCTION observation_protocol_preference_truncate_history_append_only();

CREATE FUNCTION observation_protocol_preference_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_insert_history_begins_believed BEFORE INSERT ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_insert_history_begins_believed();

CREATE FUNCTION observation_protocol_preference_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_protocol_preference o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_insert_history_one_current BEFORE INSERT ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_insert_history_one_current();

CREATE FUNCTION observation_protocol_preference_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_update_history_closed_once BEFORE UPDATE OF known_to ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_update_history_closed_once();

CREATE FUNCTION observation_protocol_preference_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('observation_protocol_preference'), hashtext(result_type_id::text)) FROM observation_measurement_protocol WHERE id = NEW.protocol_id; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_aa_lock BEFORE INSERT ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_aa_lock();

CREATE FUNCTION observation_protocol_preference_insert_protocol_prefer_8eb04296() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_protocol_preference o JOIN observation_measurement_protocol op ON op.id = o.protocol_id JOIN observation_measurement_protocol np ON np.id = NEW.protocol_id AND np.result_type_id = op.result_type_id WHERE (o.position = NEW.position OR o.protocol_id = NEW.protocol_id) AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) THEN RAISE EXCEPTION 'rule protocol-preference.one-order: a second place for a protocol, or a second protocol in a place' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_protocol_preference_insert_protocol_prefer_8eb04296 BEFORE INSERT ON observation_protocol_preference FOR EACH ROW EXECUTE FUNCTION observation_protocol_preference_insert_protocol_prefer_8eb04296();

CREATE TABLE observation_basis (
	observation_id UUID NOT NULL,
	source_id UUID NOT NULL,
	role VARCHAR(10) NOT NULL,
	position INTEGER NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_basis PRIMARY KEY (observation_id, source_id),
	CONSTRAINT ck_observation_basis_role CHECK (role IN ('input', 'for', 'against')),
	CONSTRAINT fk_observation_basis_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_basis_source_id FOREIGN KEY(source_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_basis_source_id ON observation_basis (source_id);

CREATE FUNCTION observation_basis_insert_basis_acyclic() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.observation_id = NEW.source_id OR (CASE WHEN (SELECT count(*) FROM observation_basis u WHERE u.source_id = NEW.observation_id) > 0 THEN EXISTS (WITH RECURSIVE way(id) AS (SELECT NEW.source_id UNION SELECT b.source_id FROM way CROSS JOIN LATERAL (SELECT * FROM observation_basis b WHERE b.observation_id = way.id OFFSET 0) b) SELECT 1 FROM way WHERE way.id = NEW.observation_id) ELSE 1 = 0 END) THEN RAISE EXCEPTION 'rule basis.acyclic: an observation that rests on itself' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_basis_acyclic BEFORE INSERT ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_insert_basis_acyclic();

CREATE FUNCTION observation_basis_insert_basis_together() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.observation_id AND o.recorded <> NEW.recorded) THEN RAISE EXCEPTION 'rule basis.together: a further source of a recorded observation' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_basis_together BEFORE INSERT ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_insert_basis_together();

CREATE FUNCTION observation_basis_insert_basis_rejected() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.source_id) THEN RAISE EXCEPTION 'rule basis.rejected: something that rests on a rejected observation' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_basis_rejected BEFORE INSERT ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_insert_basis_rejected();

CREATE FUNCTION observation_basis_insert_basis_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_basis o WHERE o.observation_id = NEW.observation_id AND o.source_id = NEW.source_id) THEN RAISE EXCEPTION 'rule basis.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_basis_append_only BEFORE INSERT ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_insert_basis_append_only();

CREATE FUNCTION observation_basis_update_basis_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule basis.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_update_basis_append_only BEFORE UPDATE ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_update_basis_append_only();

CREATE FUNCTION observation_basis_delete_basis_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule basis.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_basis_delete_basis_append_only BEFORE DELETE ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_delete_basis_append_only();

CREATE FUNCTION observation_basis_truncate_basis_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule basis.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_basis_truncate_basis_append_only BEFORE TRUNCATE ON observation_basis FOR EACH STATEMENT EXECUTE FUNCTION observation_basis_truncate_basis_append_only();

CREATE FUNCTION observation_basis_insert_calculated_measurement_sources() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.role = 'input' AND EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.observation_id AND o.kind = 'calculated measurement' AND NOT EXISTS (SELECT 1 FROM observation_observation s JOIN observation_protocol_input i ON i.phenomenon_type_id = s.phenomenon_type_id WHERE s.id = NEW.source_id AND i.protocol_id = o.protocol_id AND i.position = NEW.position % (SELECT count(*) FROM observation_protocol_input k WHERE k.protocol_id = o.protocol_id))) THEN RAISE EXCEPTION 'rule calculated-measurement.sources: a source that is none of the inputs' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_calculated_measurement_sources BEFORE INSERT ON observation_basis FOR EACH ROW EXECUTE FUNCTION observation_basis_insert_calculated_measurement_sources();

CREATE FUNCTION observation_basis_insert_evidence_same_subject() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation c JOIN observation_observation s ON s.id = NEW.source_id WHERE c.id = NEW.observation_id AND c.function_id IS NOT NULL AND s.subject_id <> c.subject_id) THEN RAISE EXCEPTION 'rule evidence.same-subject: evidence of another thing' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_evidence_same_subject BEFORE INSERT ON observation_basis FOR EACH ROW WHEN (NEW.role <> 'input') EXECUTE FUNCTION observation_basis_insert_evidence_same_subject();

CREATE FUNCTION observation_basis_insert_evidence_argument() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation c WHERE c.id = NEW.observation_id AND c.function_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM observation_observation s JOIN observation_function_argument a ON a.function_id = c.function_id JOIN observation_concept_closure k ON ((coalesce(s.presence, 'present') = 'present' AND k.subtype_id = s.concept_id AND k.supertype_id = a.concept_id) OR (s.presence = 'absent' AND k.supertype_id = s.concept_id AND k.subtype_id = a.concept_id)) WHERE s.id = NEW.source_id AND (a.presence = coalesce(s.presence, 'present')) = (NEW.role = 'for'))) THEN RAISE EXCEPTION 'rule evidence.argument: evidence that is no argument of the function' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_basis_insert_evidence_argument BEFORE INSERT ON observation_basis FOR EACH ROW WHEN (NEW.role <> 'input') EXECUTE FUNCTION observation_basis_insert_evidence_argument();

CREATE TABLE observation_dismissed_evidence (
	dismissal_id UUID NOT NULL,
	observation_id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_dismissed_evidence PRIMARY KEY (dismissal_id, observation_id),
	CONSTRAINT fk_observation_dismissed_evidence_dismissal_id FOREIGN KEY(dismissal_id) REFERENCES observation_dismissal (id),
	CONSTRAINT fk_observation_dismissed_evidence_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_dismissed_evidence_observation_id ON observation_dismissed_evidence (observation_id);

CREATE FUNCTION observation_dismissed_evidence_insert_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_dismissed_evidence o WHERE o.dismissal_id = NEW.dismissal_id AND o.observation_id = NEW.observation_id) OR EXISTS (SELECT 1 FROM observation_dismissal d WHERE d.id = NEW.dismissal_id AND d.recorded <> NEW.recorded) THEN RAISE EXCEPTION 'rule dismissal.append-only: a row beside those that were recorded, or in the place of one' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dismissed_evidence_insert_dismissal_append_only BEFORE INSERT ON observation_dismissed_evidence FOR EACH ROW EXECUTE FUNCTION observation_dismissed_evidence_insert_dismissal_append_only();

CREATE FUNCTION observation_dismissed_evidence_update_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule dismissal.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_dismissed_evidence_update_dismissal_append_only BEFORE UPDATE ON observation_dismissed_evidence FOR EACH ROW EXECUTE FUNCTION observation_dismissed_evidence_update_dismissal_append_only();

CREATE FUNCTION observation_dismissed_evidence_delete_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule dismissal.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_dismissed_evidence_delete_dismissal_append_only BEFORE DELETE ON observation_dismissed_evidence FOR EACH ROW EXECUTE FUNCTION observation_dismissed_evidence_delete_dismissal_append_only();

CREATE FUNCTION observation_dismissed_evidence_truncate_dismissal_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule dismissal.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_dismissed_evidence_truncate_dismissal_append_only BEFORE TRUNCATE ON observation_dismissed_evidence FOR EACH STATEMENT EXECUTE FUNCTION observation_dismissed_evidence_truncate_dismissal_append_only();

CREATE TABLE observation_document_part (
	document_id UUID NOT NULL,
	path VARCHAR(100) NOT NULL,
	position INTEGER NOT NULL,
	observation_id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_document_part PRIMARY KEY (document_id, path),
	CONSTRAINT fk_observation_document_part_document_id FOREIGN KEY(document_id) REFERENCES observation_document (id),
	CONSTRAINT fk_observation_document_part_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_document_part_observation_id ON observation_document_part (observation_id);

CREATE FUNCTION observation_document_part_insert_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_document_part o WHERE o.document_id = NEW.document_id AND o.path = NEW.path) THEN RAISE EXCEPTION 'rule fhir.kept: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_document_part_insert_fhir_kept BEFORE INSERT ON observation_document_part FOR EACH ROW EXECUTE FUNCTION observation_document_part_insert_fhir_kept();

CREATE FUNCTION observation_document_part_update_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule fhir.kept: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_document_part_update_fhir_kept BEFORE UPDATE ON observation_document_part FOR EACH ROW EXECUTE FUNCTION observation_document_part_update_fhir_kept();

CREATE FUNCTION observation_document_part_delete_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule fhir.kept: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_document_part_delete_fhir_kept BEFORE DELETE ON observation_document_part FOR EACH ROW EXECUTE FUNCTION observation_document_part_delete_fhir_kept();

CREATE FUNCTION observation_document_part_truncate_fhir_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule fhir.kept: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_document_part_truncate_fhir_kept BEFORE TRUNCATE ON observation_document_part FOR EACH STATEMENT EXECUTE FUNCTION observation_document_part_truncate_fhir_kept();

CREATE TABLE observation_fulfilment (
	projection_id UUID NOT NULL,
	observation_id UUID NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_fulfilment PRIMARY KEY (projection_id, observation_id),
	CONSTRAINT fk_observation_fulfilment_projection_id FOREIGN KEY(projection_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_fulfilment_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_fulfilment_observation_id ON observation_fulfilment (observation_id);

CREATE FUNCTION observation_fulfilment_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN UPDATE observation_qualification SET kind = kind WHERE observation_id = NEW.projection_id AND known_to = '9999-12-30 00:00:00+00'::timestamptz; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_aa_lock BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_aa_lock();

CREATE FUNCTION observation_fulfilment_insert_fulfilment_of_projection() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.projection_id) OR NOT EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.projection_id AND q.kind = 'projection' AND q.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule fulfilment.of-projection: what is no projection' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_of_projection BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_insert_fulfilment_of_projection();

CREATE FUNCTION observation_fulfilment_insert_fulfilment_by_active() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.observation_id) OR EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.observation_id AND q.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule fulfilment.by-active: what is not active' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_by_active BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_insert_fulfilment_by_active();

CREATE FUNCTION observation_fulfilment_insert_fulfilment_same_question() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation p JOIN observation_observation o ON o.id = NEW.observation_id WHERE p.id = NEW.projection_id AND NOT (p.subject_id = o.subject_id AND (CASE WHEN p.presence IS NULL THEN o.presence IS NULL AND (p.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id = p.phenomenon_type_id) ELSE EXISTS (SELECT 1 FROM observation_concept_closure k WHERE (coalesce(o.presence, 'present') = 'present' AND k.subtype_id = o.concept_id AND k.supertype_id = p.concept_id) OR (o.presence = 'absent' AND k.supertype_id = o.concept_id AND k.subtype_id = p.concept_id) OR (o.presence = 'unknown' AND k.subtype_id = o.concept_id AND k.supertype_id = p.concept_id AND o.concept_id = p.concept_id)) OR (o.concept_id IS NOT NULL AND (p.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id = p.phenomenon_type_id)) END))) THEN RAISE EXCEPTION 'rule fulfilment.same-question: an answer to something else' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_same_question BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_insert_fulfilment_same_question();

CREATE FUNCTION observation_fulfilment_insert_fulfilment_not_before() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_observation p JOIN observation_observation o ON o.id = NEW.observation_id WHERE p.id = NEW.projection_id AND o.applicable_from < p.made_known_from) THEN RAISE EXCEPTION 'rule fulfilment.not-before: what applied before it was expected' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_not_before BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_insert_fulfilment_not_before();

CREATE FUNCTION observation_fulfilment_insert_fulfilment_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_fulfilment f WHERE f.projection_id = NEW.projection_id AND NOT EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = f.observation_id)) THEN RAISE EXCEPTION 'rule fulfilment.once: a projection that is fulfilled already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_once BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_insert_fulfilment_once();

CREATE FUNCTION observation_fulfilment_insert_fulfilment_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_fulfilment o WHERE o.projection_id = NEW.projection_id AND o.observation_id = NEW.observation_id) THEN RAISE EXCEPTION 'rule fulfilment.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_append_only BEFORE INSERT ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_insert_fulfilment_append_only();

CREATE FUNCTION observation_fulfilment_update_fulfilment_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule fulfilment.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_fulfilment_update_fulfilment_append_only BEFORE UPDATE ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_update_fulfilment_append_only();

CREATE FUNCTION observation_fulfilment_delete_fulfilment_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule fulfilment.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_fulfilment_delete_fulfilment_append_only BEFORE DELETE ON observation_fulfilment FOR EACH ROW EXECUTE FUNCTION observation_fulfilment_delete_fulfilment_append_only();

CREATE FUNCTION observation_fulfilment_truncate_fulfilment_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule fulfilment.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_fulfilment_truncate_fulfilment_append_only BEFORE TRUNCATE ON observation_fulfilment FOR EACH STATEMENT EXECUTE FUNCTION observation_fulfilment_truncate_fulfilment_append_only();

CREATE TABLE observation_outcome (
	observation_id UUID NOT NULL,
	action_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_outcome PRIMARY KEY (version),
	CONSTRAINT ck_observation_outcome_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_outcome_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_outcome_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_observation_outcome_id FOREIGN KEY(id) REFERENCES observation_outcome (version)
);

CREATE INDEX ix_observation_outcome_action_id ON observation_outcome (action_id);

CREATE INDEX ix_observation_outcome_observation_id ON observation_outcome (observation_id);

CREATE UNIQUE INDEX uq_observation_outcome_believed ON observation_outcome (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_observation_outcome_of_observation ON observation_outcome (observation_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_outcome_insert_outcome_rejected() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.observation_id) THEN RAISE EXCEPTION 'rule outcome.rejected: a rejected observation' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_insert_outcome_rejected BEFORE INSERT ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_insert_outcome_rejected();

CREATE FUNCTION observation_outcome_insert_outcome_expected() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.action_id AND a.nature <> 'implemented') AND NOT EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.observation_id AND q.kind = 'projection' AND q.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule outcome.expected: an outcome of what was not done yet' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_insert_outcome_expected BEFORE INSERT ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_insert_outcome_expected();

CREATE FUNCTION observation_outcome_insert_outcome_one_action() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_outcome o WHERE o.observation_id = NEW.observation_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule outcome.one-action: the outcome of a second action' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_insert_outcome_one_action BEFORE INSERT ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_insert_outcome_one_action();

CREATE FUNCTION observation_outcome_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_outcome o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_insert_history_append_only BEFORE INSERT ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_insert_history_append_only();

CREATE FUNCTION observation_outcome_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.observation_id IS DISTINCT FROM OLD.observation_id OR NEW.action_id IS DISTINCT FROM OLD.action_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_update_history_append_only BEFORE UPDATE ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_update_history_append_only();

CREATE FUNCTION observation_outcome_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_outcome_delete_history_append_only BEFORE DELETE ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_delete_history_append_only();

CREATE FUNCTION observation_outcome_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_outcome_truncate_history_append_only BEFORE TRUNCATE ON observation_outcome FOR EACH STATEMENT EXECUTE FUNCTION observation_outcome_truncate_history_append_only();

CREATE FUNCTION observation_outcome_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_insert_history_begins_believed BEFORE INSERT ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_insert_history_begins_believed();

CREATE FUNCTION observation_outcome_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_outcome o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_insert_history_one_current BEFORE INSERT ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_insert_history_one_current();

CREATE FUNCTION observation_outcome_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_outcome_update_history_closed_once BEFORE UPDATE OF known_to ON observation_outcome FOR EACH ROW EXECUTE FUNCTION observation_outcome_update_history_closed_once();

CREATE TABLE observation_qualification (
	kind VARCHAR(20) NOT NULL,
	observation_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_qualification PRIMARY KEY (version),
	CONSTRAINT ck_observation_qualification_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_qualification_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_qualification_id FOREIGN KEY(id) REFERENCES observation_qualification (version)
);

CREATE INDEX ix_observation_qualification_observation_id ON observation_qualification (observation_id);

CREATE UNIQUE INDEX uq_observation_qualification_believed ON observation_qualification (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_observation_qualification_observation ON observation_qualification (observation_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_qualification_insert_qualification_one_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_qualification o WHERE o.observation_id = NEW.observation_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule qualification.one-at-a-time: a second qualification' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_insert_qualification_one_at_a_time BEFORE INSERT ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_insert_qualification_one_at_a_time();

CREATE FUNCTION observation_qualification_update_projection_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.kind = 'projection' AND NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule projection.stays: a projection that would become an active observation' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_update_projection_stays BEFORE UPDATE OF known_to ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_update_projection_stays();

CREATE FUNCTION observation_qualification_insert_projection_from_the_start() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind = 'projection' AND EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.observation_id AND o.recorded <> NEW.known_from) THEN RAISE EXCEPTION 'rule projection.from-the-start: a recorded observation that would become a projection' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_insert_projection_from_the_start BEFORE INSERT ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_insert_projection_from_the_start();

CREATE FUNCTION observation_qualification_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_qualification o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_insert_history_append_only BEFORE INSERT ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_insert_history_append_only();

CREATE FUNCTION observation_qualification_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.kind IS DISTINCT FROM OLD.kind OR NEW.observation_id IS DISTINCT FROM OLD.observation_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_update_history_append_only BEFORE UPDATE ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_update_history_append_only();

CREATE FUNCTION observation_qualification_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_qualification_delete_history_append_only BEFORE DELETE ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_delete_history_append_only();

CREATE FUNCTION observation_qualification_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_qualification_truncate_history_append_only BEFORE TRUNCATE ON observation_qualification FOR EACH STATEMENT EXECUTE FUNCTION observation_qualification_truncate_history_append_only();

CREATE FUNCTION observation_qualification_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_insert_history_begins_believed BEFORE INSERT ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_insert_history_begins_believed();

CREATE FUNCTION observation_qualification_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_qualification o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_insert_history_one_current BEFORE INSERT ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_insert_history_one_current();

CREATE FUNCTION observation_qualification_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_qualification_update_history_closed_once BEFORE UPDATE OF known_to ON observation_qualification FOR EACH ROW EXECUTE FUNCTION observation_qualification_update_history_closed_once();

CREATE TABLE observation_rejection (
	id UUID NOT NULL,
	observation_id UUID NOT NULL,
	rejecting_id UUID,
	by_id UUID NOT NULL,
	why VARCHAR(500) NOT NULL,
	recorded TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_observation_rejection PRIMARY KEY (id),
	CONSTRAINT ck_observation_rejection_another CHECK (observation_id <> rejecting_id),
	CONSTRAINT uq_observation_rejection_observation_id UNIQUE (observation_id),
	CONSTRAINT fk_observation_rejection_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_rejection_rejecting_id FOREIGN KEY(rejecting_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_rejection_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_observation_rejection_by_id ON observation_rejection (by_id);

CREATE INDEX ix_observation_rejection_rejecting_id ON observation_rejection (rejecting_id);

CREATE FUNCTION observation_rejection_insert_rejection_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection o WHERE o.observation_id = NEW.observation_id) THEN RAISE EXCEPTION 'rule rejection.once: a second rejection' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_rejection_insert_rejection_once BEFORE INSERT ON observation_rejection FOR EACH ROW EXECUTE FUNCTION observation_rejection_insert_rejection_once();

CREATE FUNCTION observation_rejection_aa_lock() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN PERFORM 1 FROM observation_observation WHERE id IN (NEW.observation_id, NEW.rejecting_id) ORDER BY id FOR NO KEY UPDATE; RETURN NEW; END $guard$;

CREATE TRIGGER observation_rejection_aa_lock BEFORE INSERT ON observation_rejection FOR EACH ROW EXECUTE FUNCTION observation_rejection_aa_lock();

CREATE FUNCTION observation_rejection_insert_rejection_by_active() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.rejecting_id) OR EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.rejecting_id AND q.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule rejection.by-active: an observation that is not active and would reject another' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_rejection_insert_rejection_by_active BEFORE INSERT ON observation_rejection FOR EACH ROW EXECUTE FUNCTION observation_rejection_insert_rejection_by_active();

CREATE FUNCTION observation_rejection_insert_rejection_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection o WHERE o.id = NEW.id) THEN RAISE EXCEPTION 'rule rejection.append-only: a recorded row would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_rejection_insert_rejection_append_only BEFORE INSERT ON observation_rejection FOR EACH ROW EXECUTE FUNCTION observation_rejection_insert_rejection_append_only();

CREATE FUNCTION observation_rejection_update_rejection_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule rejection.append-only: a recorded row would be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_rejection_update_rejection_append_only BEFORE UPDATE ON observation_rejection FOR EACH ROW EXECUTE FUNCTION observation_rejection_update_rejection_append_only();

CREATE FUNCTION observation_rejection_delete_rejection_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule rejection.append-only: a recorded row would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_rejection_delete_rejection_append_only BEFORE DELETE ON observation_rejection FOR EACH ROW EXECUTE FUNCTION observation_rejection_delete_rejection_append_only();

CREATE FUNCTION observation_rejection_truncate_rejection_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule rejection.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_rejection_truncate_rejection_append_only BEFORE TRUNCATE ON observation_rejection FOR EACH STATEMENT EXECUTE FUNCTION observation_rejection_truncate_rejection_append_only();

CREATE TABLE observation_trigger (
	observation_id UUID NOT NULL,
	plan_id UUID NOT NULL,
	version UUID NOT NULL,
	known_from TIMESTAMP WITH TIME ZONE NOT NULL,
	known_to TIMESTAMP WITH TIME ZONE NOT NULL,
	id UUID NOT NULL,
	CONSTRAINT pk_observation_trigger PRIMARY KEY (version),
	CONSTRAINT ck_observation_trigger_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_trigger_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_trigger_plan_id FOREIGN KEY(plan_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_observation_trigger_id FOREIGN KEY(id) REFERENCES observation_trigger (version)
);

CREATE INDEX ix_observation_trigger_observation_id ON observation_trigger (observation_id);

CREATE INDEX ix_observation_trigger_plan_id ON observation_trigger (plan_id);

CREATE UNIQUE INDEX uq_observation_trigger_believed ON observation_trigger (id, known_to) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE UNIQUE INDEX uq_observation_trigger_pair ON observation_trigger (observation_id, plan_id) WHERE known_to = '9999-12-30 00:00:00+00';

CREATE FUNCTION observation_trigger_insert_trigger_acted_on() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.observation_id) OR EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.observation_id AND q.kind = 'hypothesis' AND q.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule trigger.acted-on: an observation that nobody acts on' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_insert_trigger_acted_on BEFORE INSERT ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_insert_trigger_acted_on();

CREATE FUNCTION observation_trigger_insert_trigger_plan() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NOT EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.plan_id AND a.nature = 'plan' AND a.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule trigger.plan: what is no plan, or was withdrawn' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_insert_trigger_plan BEFORE INSERT ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_insert_trigger_plan();

CREATE FUNCTION observation_trigger_insert_trigger_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_trigger o WHERE o.observation_id = NEW.observation_id AND o.plan_id = NEW.plan_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule trigger.once: a plan triggered twice' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_insert_trigger_once BEFORE INSERT ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_insert_trigger_once();

CREATE FUNCTION observation_trigger_insert_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_trigger o WHERE o.version = NEW.version) THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be replaced' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_insert_history_append_only BEFORE INSERT ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_insert_history_append_only();

CREATE FUNCTION observation_trigger_update_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.observation_id IS DISTINCT FROM OLD.observation_id OR NEW.plan_id IS DISTINCT FROM OLD.plan_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.known_from IS DISTINCT FROM OLD.known_from OR NEW.id IS DISTINCT FROM OLD.id THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be overwritten' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_update_history_append_only BEFORE UPDATE ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_update_history_append_only();

CREATE FUNCTION observation_trigger_delete_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'rule history.append-only: a recorded version would be deleted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $guard$;

CREATE TRIGGER observation_trigger_delete_history_append_only BEFORE DELETE ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_delete_history_append_only();

CREATE FUNCTION observation_trigger_truncate_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE EXCEPTION 'rule history.append-only: every recorded version would be deleted' USING ERRCODE = 'check_violation'; RETURN NULL; END $guard$;

CREATE TRIGGER observation_trigger_truncate_history_append_only BEFORE TRUNCATE ON observation_trigger FOR EACH STATEMENT EXECUTE FUNCTION observation_trigger_truncate_history_append_only();

CREATE FUNCTION observation_trigger_insert_history_begins_believed() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF NEW.known_to <> '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.begins-believed: a version that is superseded already' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_insert_history_begins_believed BEFORE INSERT ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_insert_history_begins_believed();

CREATE FUNCTION observation_trigger_insert_history_one_current() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF EXISTS (SELECT 1 FROM observation_trigger o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00+00'::timestamptz) THEN RAISE EXCEPTION 'rule history.one-current: a second version that would be believed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_insert_history_one_current BEFORE INSERT ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_insert_history_one_current();

CREATE FUNCTION observation_trigger_update_history_closed_once() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF OLD.known_to <> '9999-12-30 00:00:00+00'::timestamptz OR NEW.known_to = '9999-12-30 00:00:00+00'::timestamptz THEN RAISE EXCEPTION 'rule history.closed-once: a version that was superseded before' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $guard$;

CREATE TRIGGER observation_trigger_update_history_closed_once BEFORE UPDATE OF known_to ON observation_trigger FOR EACH ROW EXECUTE FUNCTION observation_trigger_update_history_closed_once();
