CREATE TABLE observation_band_context (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_band_context PRIMARY KEY (id),
	CONSTRAINT uq_observation_band_context_name UNIQUE (name)
);

CREATE TABLE observation_dimension (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_dimension PRIMARY KEY (id),
	CONSTRAINT uq_observation_dimension_name UNIQUE (name)
);

CREATE TABLE observation_dimension_set (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_dimension_set PRIMARY KEY (id),
	CONSTRAINT uq_observation_dimension_set_name UNIQUE (name)
);

CREATE TABLE observation_document (
	id BLOB NOT NULL,
	source VARCHAR(500) NOT NULL,
	resource_type VARCHAR(20) NOT NULL,
	logical_id VARCHAR(64) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	text TEXT NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_document PRIMARY KEY (id),
	CONSTRAINT uq_observation_document_source_resource_type_logical_id_digest UNIQUE (source, resource_type, logical_id, digest)
);

CREATE TRIGGER observation_document_insert_fhir_kept BEFORE INSERT ON observation_document FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_document o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule fhir.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_document_update_fhir_kept BEFORE UPDATE ON observation_document FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule fhir.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_document_delete_fhir_kept BEFORE DELETE ON observation_document FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule fhir.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_method (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	listed VARCHAR(500) NOT NULL,
	says VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_method PRIMARY KEY (id),
	CONSTRAINT uq_observation_method_name UNIQUE (name)
);

CREATE TRIGGER observation_method_insert_observation_method_kept BEFORE INSERT ON observation_method FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_method o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule observation-method.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_method_update_observation_method_kept BEFORE UPDATE ON observation_method FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule observation-method.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_method_delete_observation_method_kept BEFORE DELETE ON observation_method FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule observation-method.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_dimension_element (
	id BLOB NOT NULL,
	dimension_id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	depth INTEGER NOT NULL,
	CONSTRAINT pk_observation_dimension_element PRIMARY KEY (id),
	CONSTRAINT uq_observation_dimension_element_dimension_id_name UNIQUE (dimension_id, name),
	CONSTRAINT ck_observation_dimension_element_depth CHECK (depth >= 0),
	CONSTRAINT fk_observation_dimension_element_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE UNIQUE INDEX uq_observation_dimension_element_root ON observation_dimension_element (dimension_id) WHERE depth = 0;

CREATE TRIGGER observation_dimension_element_insert_dimension_element_level BEFORE INSERT ON observation_dimension_element FOR EACH ROW WHEN NEW.depth > 0 AND NOT EXISTS (SELECT 1 FROM observation_dimension_level l WHERE l.dimension_id = NEW.dimension_id AND l.position = NEW.depth) BEGIN SELECT RAISE(ABORT, 'rule dimension-element.level: an element on a level that there is not'); END;

CREATE TRIGGER observation_dimension_element_update_dimension_element_kept BEFORE UPDATE ON observation_dimension_element FOR EACH ROW WHEN NEW.id <> OLD.id OR NEW.dimension_id <> OLD.dimension_id OR NEW.depth <> OLD.depth BEGIN SELECT RAISE(ABORT, 'rule dimension-element.kept: another dimension or level for an element'); END;

CREATE TABLE observation_dimension_level (
	dimension_id BLOB NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_dimension_level PRIMARY KEY (dimension_id, position),
	CONSTRAINT uq_observation_dimension_level_dimension_id_name UNIQUE (dimension_id, name),
	CONSTRAINT fk_observation_dimension_level_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE TRIGGER observation_dimension_level_insert_dimension_level_kept BEFORE INSERT ON observation_dimension_level FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dimension_level o WHERE o.dimension_id = NEW.dimension_id AND o.position = NEW.position) BEGIN SELECT RAISE(ABORT, 'rule dimension.level-kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_dimension_level_update_dimension_level_kept BEFORE UPDATE ON observation_dimension_level FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule dimension.level-kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_dimension_level_delete_dimension_level_kept BEFORE DELETE ON observation_dimension_level FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule dimension.level-kept: a recorded row would be deleted'); END;

CREATE TABLE observation_dimension_rank (
	dimension_set_id BLOB NOT NULL,
	position INTEGER NOT NULL,
	dimension_id BLOB NOT NULL,
	CONSTRAINT pk_observation_dimension_rank PRIMARY KEY (dimension_set_id, position),
	CONSTRAINT fk_observation_dimension_rank_dimension_set_id FOREIGN KEY(dimension_set_id) REFERENCES observation_dimension_set (id),
	CONSTRAINT fk_observation_dimension_rank_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id)
);

CREATE INDEX ix_observation_dimension_rank_dimension_id ON observation_dimension_rank (dimension_id);

CREATE TRIGGER observation_dimension_rank_insert_dimension_set_kept BEFORE INSERT ON observation_dimension_rank FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = NEW.dimension_set_id) BEGIN SELECT RAISE(ABORT, 'rule dimension-set.kept: a further dimension for segments that are there'); END;

CREATE TRIGGER observation_dimension_rank_update_dimension_set_kept BEFORE UPDATE ON observation_dimension_rank FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = OLD.dimension_set_id) OR EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = NEW.dimension_set_id) BEGIN SELECT RAISE(ABORT, 'rule dimension-set.kept: other dimensions for segments that are there'); END;

CREATE TRIGGER observation_dimension_rank_delete_dimension_set_kept BEFORE DELETE ON observation_dimension_rank FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_segment s WHERE s.dimension_set_id = OLD.dimension_set_id) BEGIN SELECT RAISE(ABORT, 'rule dimension-set.kept: a dimension less for segments that are there'); END;

CREATE TABLE observation_knowledge_function (
	id BLOB NOT NULL,
	kind VARCHAR(20) NOT NULL,
	protocol_id BLOB NOT NULL,
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

CREATE TRIGGER observation_knowledge_function_insert_knowledge_functi_f3219b19 BEFORE INSERT ON observation_knowledge_function FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_function_term t WHERE t.function_id = NEW.id AND (NEW.kind = 'start' AND t.part NOT IN ('contraindication', 'indication') OR NEW.kind = 'outcome' AND t.part NOT IN ('condition', 'side effect', 'target'))) BEGIN SELECT RAISE(ABORT, 'rule knowledge-function.fitting-part: a function that has not such parts'); END;

CREATE TRIGGER observation_knowledge_function_update_knowledge_functi_0e16d657 BEFORE UPDATE ON observation_knowledge_function FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_function_term t WHERE t.function_id = NEW.id AND (NEW.kind = 'start' AND t.part NOT IN ('contraindication', 'indication') OR NEW.kind = 'outcome' AND t.part NOT IN ('condition', 'side effect', 'target'))) BEGIN SELECT RAISE(ABORT, 'rule knowledge-function.fitting-part: a function that has not such parts'); END;

CREATE TABLE observation_phenomenon_type (
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_phenomenon_type PRIMARY KEY (id),
	CONSTRAINT fk_observation_phenomenon_type_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT uq_observation_phenomenon_type_name UNIQUE (name)
);

CREATE TABLE observation_protocol (
	id BLOB NOT NULL,
	sensitivity VARCHAR(40),
	specificity VARCHAR(40),
	accuracy_number VARCHAR(40),
	accuracy_unit VARCHAR(100),
	accuracy_canonical TEXT,
	CONSTRAINT pk_observation_protocol PRIMARY KEY (id),
	CONSTRAINT ck_observation_protocol_accuracy_whole CHECK ((accuracy_number IS NULL) = (accuracy_unit IS NULL) AND (accuracy_number IS NULL) = (accuracy_canonical IS NULL)),
	CONSTRAINT fk_observation_protocol_id FOREIGN KEY(id) REFERENCES patterns_protocol (id)
);

CREATE INDEX ix_observation_protocol_accuracy_canonical ON observation_protocol (accuracy_canonical);

CREATE TABLE observation_segment (
	dimension_set_id BLOB NOT NULL,
	element_keys BLOB NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_segment PRIMARY KEY (id),
	CONSTRAINT uq_observation_segment_elements UNIQUE (dimension_set_id, element_keys),
	CONSTRAINT fk_observation_segment_dimension_set_id FOREIGN KEY(dimension_set_id) REFERENCES observation_dimension_set (id),
	CONSTRAINT fk_observation_segment_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE TRIGGER observation_segment_insert_segment_one_per_dimension BEFORE INSERT ON observation_segment FOR EACH ROW WHEN (CASE WHEN (SELECT count(*) FROM observation_dimension_rank k WHERE k.dimension_set_id = NEW.dimension_set_id) = 0 OR length(NEW.element_keys) <> 16 * (SELECT count(*) FROM observation_dimension_rank k WHERE k.dimension_set_id = NEW.dimension_set_id) THEN 1 = 1 ELSE (SELECT count(*) FROM observation_dimension_rank k WHERE k.dimension_set_id = NEW.dimension_set_id) <> (SELECT count(*) FROM observation_dimension_rank r JOIN observation_dimension_element e ON e.id = substr(NEW.element_keys, 16 * r.position + 1, 16) AND e.dimension_id = r.dimension_id WHERE r.dimension_set_id = NEW.dimension_set_id) END) BEGIN SELECT RAISE(ABORT, 'rule segment.one-per-dimension: a segment without one element of each dimension'); END;

CREATE TRIGGER observation_segment_places AFTER INSERT ON observation_segment FOR EACH ROW BEGIN INSERT INTO observation_segment_element (segment_id, dimension_id, element_id) SELECT NEW.id, r.dimension_id, e.id FROM observation_dimension_rank r JOIN observation_dimension_element e ON e.id = substr(NEW.element_keys, 16 * r.position + 1, 16) AND e.dimension_id = r.dimension_id WHERE r.dimension_set_id = NEW.dimension_set_id; END;

CREATE TRIGGER observation_segment_insert_segment_kept BEFORE INSERT ON observation_segment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_segment o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule segment.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_segment_update_segment_kept BEFORE UPDATE ON observation_segment FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule segment.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_segment_delete_segment_kept BEFORE DELETE ON observation_segment FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule segment.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_combination (
	id BLOB NOT NULL,
	phenomenon_type_id BLOB NOT NULL,
	weight_id BLOB,
	way VARCHAR(20) NOT NULL,
	CONSTRAINT pk_observation_combination PRIMARY KEY (id),
	CONSTRAINT ck_observation_combination_weight CHECK (way IN ('sum', 'weighted average', 'least', 'greatest') AND (way = 'weighted average') = (weight_id IS NOT NULL) AND weight_id <> phenomenon_type_id),
	CONSTRAINT uq_observation_combination_phenomenon_type_id UNIQUE (phenomenon_type_id),
	CONSTRAINT fk_observation_combination_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_combination_weight_id FOREIGN KEY(weight_id) REFERENCES observation_phenomenon_type (id)
);

CREATE INDEX ix_observation_combination_weight_id ON observation_combination (weight_id);

CREATE TRIGGER observation_combination_insert_combination_kept BEFORE INSERT ON observation_combination FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_combination o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule combination.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_combination_update_combination_kept BEFORE UPDATE ON observation_combination FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule combination.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_combination_delete_combination_kept BEFORE DELETE ON observation_combination FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule combination.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_concept (
	kind VARCHAR(50) NOT NULL,
	name VARCHAR(500) NOT NULL,
	phenomenon_type_id BLOB,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_concept PRIMARY KEY (id),
	CONSTRAINT ck_observation_concept_typed CHECK ((kind = 'phenomenon') = (phenomenon_type_id IS NOT NULL)),
	CONSTRAINT fk_observation_concept_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_concept_id FOREIGN KEY(id) REFERENCES patterns_thing (id)
);

CREATE UNIQUE INDEX uq_observation_concept_name ON observation_concept (name) WHERE phenomenon_type_id IS NULL;

CREATE UNIQUE INDEX uq_observation_concept_phenomenon ON observation_concept (phenomenon_type_id, name);

CREATE TRIGGER observation_concept_self AFTER INSERT ON observation_concept FOR EACH ROW BEGIN INSERT INTO observation_concept_closure (subtype_id, supertype_id) VALUES (NEW.id, NEW.id); END;

CREATE TRIGGER observation_concept_forget BEFORE DELETE ON observation_concept FOR EACH ROW BEGIN DELETE FROM observation_concept_closure WHERE subtype_id = OLD.id AND supertype_id = OLD.id; END;

CREATE TABLE observation_dimension_placement (
	element_id BLOB NOT NULL,
	parent_id BLOB NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_dimension_placement PRIMARY KEY (version),
	CONSTRAINT ck_observation_dimension_placement_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_dimension_placement_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_dimension_placement_element_id FOREIGN KEY(element_id) REFERENCES observation_dimension_element (id),
	CONSTRAINT fk_observation_dimension_placement_parent_id FOREIGN KEY(parent_id) REFERENCES observation_dimension_element (id),
	CONSTRAINT fk_observation_dimension_placement_id FOREIGN KEY(id) REFERENCES observation_dimension_placement (version)
);

CREATE INDEX ix_observation_dimension_placement_above ON observation_dimension_placement (element_id, valid_from, valid_to, known_from, known_to, parent_id);

CREATE INDEX ix_observation_dimension_placement_below ON observation_dimension_placement (parent_id, valid_from, valid_to, known_from, known_to, element_id);

CREATE UNIQUE INDEX uq_observation_dimension_placement_believed ON observation_dimension_placement (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_dimension_placement_insert_history_append_only BEFORE INSERT ON observation_dimension_placement FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dimension_placement o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_dimension_placement_update_history_append_only BEFORE UPDATE ON observation_dimension_placement FOR EACH ROW WHEN NEW.element_id IS NOT OLD.element_id OR NEW.parent_id IS NOT OLD.parent_id OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_dimension_placement_delete_history_append_only BEFORE DELETE ON observation_dimension_placement FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_dimension_placement_insert_history_begins_believed BEFORE INSERT ON observation_dimension_placement FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_dimension_placement_insert_history_one_current BEFORE INSERT ON observation_dimension_placement FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dimension_placement o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_dimension_placement_update_history_closed_once BEFORE UPDATE OF known_to ON observation_dimension_placement FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER observation_dimension_placement_insert_dimension_place_8db1fd9c BEFORE INSERT ON observation_dimension_placement FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dimension_element e, observation_dimension_element p WHERE e.id = NEW.element_id AND p.id = NEW.parent_id AND e.dimension_id <> p.dimension_id) BEGIN SELECT RAISE(ABORT, 'rule dimension-placement.same-dimension: a parent of another dimension'); END;

CREATE TRIGGER observation_dimension_placement_insert_dimension_place_a95319a5 BEFORE INSERT ON observation_dimension_placement FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dimension_element e, observation_dimension_element p WHERE e.id = NEW.element_id AND p.id = NEW.parent_id AND e.dimension_id = p.dimension_id AND e.depth <> p.depth + 1) BEGIN SELECT RAISE(ABORT, 'rule dimension-placement.next-level: a parent that is not of the level above'); END;

CREATE TRIGGER observation_dimension_placement_insert_dimension_place_ce933079 BEFORE INSERT ON observation_dimension_placement FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dimension_placement o  WHERE o.element_id = NEW.element_id AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) BEGIN SELECT RAISE(ABORT, 'rule dimension-placement.one-parent: a second parent at the same time'); END;

CREATE TABLE observation_legal_unit (
	phenomenon_type_id BLOB NOT NULL,
	unit VARCHAR(100) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_observation_legal_unit PRIMARY KEY (phenomenon_type_id, unit),
	CONSTRAINT uq_observation_legal_unit_phenomenon_type_id_position UNIQUE (phenomenon_type_id, position),
	CONSTRAINT fk_observation_legal_unit_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id)
);

CREATE TABLE observation_phenomenon_conversion (
	phenomenon_type_id BLOB NOT NULL,
	unit_code VARCHAR(100) NOT NULL,
	pair VARCHAR(500) NOT NULL,
	source VARCHAR(500) NOT NULL,
	equals_number VARCHAR(40) NOT NULL,
	equals_unit VARCHAR(100) NOT NULL,
	equals_canonical TEXT NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_phenomenon_conversion PRIMARY KEY (version),
	CONSTRAINT ck_observation_phenomenon_conversion_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_phenomenon_conversion_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_phenomenon_conversion_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id),
	CONSTRAINT fk_observation_phenomenon_conversion_id FOREIGN KEY(id) REFERENCES observation_phenomenon_conversion (version)
);

CREATE INDEX ix_observation_phenomenon_conversion_equals_canonical ON observation_phenomenon_conversion (equals_canonical);

CREATE INDEX ix_observation_phenomenon_conversion_pair ON observation_phenomenon_conversion (phenomenon_type_id, pair);

CREATE UNIQUE INDEX uq_observation_phenomenon_conversion_believed ON observation_phenomenon_conversion (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_phenomenon_conversion_insert_history_append_only BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_phenomenon_conversion o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_phenomenon_conversion_update_history_append_only BEFORE UPDATE ON observation_phenomenon_conversion FOR EACH ROW WHEN NEW.phenomenon_type_id IS NOT OLD.phenomenon_type_id OR NEW.unit_code IS NOT OLD.unit_code OR NEW.pair IS NOT OLD.pair OR NEW.source IS NOT OLD.source OR NEW.equals_number IS NOT OLD.equals_number OR NEW.equals_unit IS NOT OLD.equals_unit OR NEW.equals_canonical IS NOT OLD.equals_canonical OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_phenomenon_conversion_delete_history_append_only BEFORE DELETE ON observation_phenomenon_conversion FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_phenomenon_conversion_insert_history_begin_076ae0dc BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_phenomenon_conversion_insert_history_one_current BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_phenomenon_conversion o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_phenomenon_conversion_update_history_closed_once BEFORE UPDATE OF known_to ON observation_phenomenon_conversion FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER observation_phenomenon_conversion_insert_phenomenon_co_eeebe980 BEFORE INSERT ON observation_phenomenon_conversion FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_phenomenon_conversion o  WHERE o.phenomenon_type_id = NEW.phenomenon_type_id AND o.pair = NEW.pair AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) BEGIN SELECT RAISE(ABORT, 'rule phenomenon-conversion.one-source: a second conversion on the same day'); END;

CREATE TABLE observation_segment_element (
	segment_id BLOB NOT NULL,
	dimension_id BLOB NOT NULL,
	element_id BLOB NOT NULL,
	CONSTRAINT pk_observation_segment_element PRIMARY KEY (segment_id, dimension_id),
	CONSTRAINT fk_observation_segment_element_segment_id FOREIGN KEY(segment_id) REFERENCES observation_segment (id),
	CONSTRAINT fk_observation_segment_element_dimension_id FOREIGN KEY(dimension_id) REFERENCES observation_dimension (id),
	CONSTRAINT fk_observation_segment_element_element_id FOREIGN KEY(element_id) REFERENCES observation_dimension_element (id)
);

CREATE INDEX ix_observation_segment_element_element ON observation_segment_element (element_id, segment_id);

CREATE TRIGGER observation_segment_element_insert_segment_one_per_dimension BEFORE INSERT ON observation_segment_element FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM observation_segment s JOIN observation_dimension_rank r ON r.dimension_set_id = s.dimension_set_id WHERE s.id = NEW.segment_id AND r.dimension_id = NEW.dimension_id AND NEW.element_id = substr(s.element_keys, 16 * r.position + 1, 16)) BEGIN SELECT RAISE(ABORT, 'rule segment.one-per-dimension: an element that the segment does not have'); END;

CREATE TRIGGER observation_segment_element_insert_segment_kept BEFORE INSERT ON observation_segment_element FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_segment_element o WHERE o.segment_id = NEW.segment_id AND o.dimension_id = NEW.dimension_id) BEGIN SELECT RAISE(ABORT, 'rule segment.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_segment_element_update_segment_kept BEFORE UPDATE ON observation_segment_element FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule segment.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_segment_element_delete_segment_kept BEFORE DELETE ON observation_segment_element FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule segment.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_status_type (
	id BLOB NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name VARCHAR(500) NOT NULL,
	offset_months INTEGER,
	offset_days INTEGER,
	plan_id BLOB,
	datum_id BLOB,
	comparator_id BLOB,
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

CREATE TRIGGER observation_status_type_insert_comparative_status_simple BEFORE INSERT ON observation_status_type FOR EACH ROW WHEN NEW.kind = 'comparative' AND NEW.datum_id <> NEW.comparator_id AND (SELECT count(*) FROM observation_status_type s WHERE s.id IN (NEW.datum_id, NEW.comparator_id) AND s.kind <> 'comparative') <> 2 BEGIN SELECT RAISE(ABORT, 'rule comparative-status.simple: a comparison of comparisons'); END;

CREATE TRIGGER observation_status_type_insert_status_type_of_plan BEFORE INSERT ON observation_status_type FOR EACH ROW WHEN NEW.plan_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.plan_id AND a.nature = 'plan') BEGIN SELECT RAISE(ABORT, 'rule status-type.of-plan: a plan that is none'); END;

CREATE TRIGGER observation_status_type_update_status_type_kept BEFORE UPDATE ON observation_status_type FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule status-type.kept: another meaning for a status type'); END;

CREATE TABLE observation_associative_function (
	product_id BLOB NOT NULL,
	at_least INTEGER NOT NULL,
	period_from DATE NOT NULL,
	period_to DATE NOT NULL,
	id BLOB NOT NULL,
	name VARCHAR(500) NOT NULL,
	CONSTRAINT pk_observation_associative_function PRIMARY KEY (id),
	CONSTRAINT ck_observation_associative_function_at_least CHECK (at_least >= 0),
	CONSTRAINT ck_observation_associative_function_period_order CHECK (period_from < period_to),
	CONSTRAINT fk_observation_associative_function_product_id FOREIGN KEY(product_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_associative_function_id FOREIGN KEY(id) REFERENCES patterns_thing (id),
	CONSTRAINT uq_observation_associative_function_name UNIQUE (name)
);

CREATE INDEX ix_observation_associative_function_product_id ON observation_associative_function (product_id);

CREATE TRIGGER observation_associative_function_insert_associative_fu_2757b487 BEFORE INSERT ON observation_associative_function FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_function_argument a WHERE a.function_id = NEW.id AND a.concept_id = NEW.product_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.product: a product that is an argument'); END;

CREATE TRIGGER observation_associative_function_update_associative_fu_8d2815bb BEFORE UPDATE ON observation_associative_function FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_function_argument a WHERE a.function_id = NEW.id AND a.concept_id = NEW.product_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.product: a product that is an argument'); END;

CREATE TRIGGER observation_associative_function_insert_associative_fu_59b0edf4 BEFORE INSERT ON observation_associative_function FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.in-use: another function in the place of one that something was concluded by'); END;

CREATE TRIGGER observation_associative_function_update_associative_fu_20d82380 BEFORE UPDATE ON observation_associative_function FOR EACH ROW WHEN (NEW.product_id <> OLD.product_id OR NEW.at_least <> OLD.at_least) AND EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.in-use: another function under the name of one that something was concluded by'); END;

CREATE TABLE observation_band_context_concept (
	context_id BLOB NOT NULL,
	concept_id BLOB NOT NULL,
	CONSTRAINT pk_observation_band_context_concept PRIMARY KEY (context_id, concept_id),
	CONSTRAINT fk_observation_band_context_concept_context_id FOREIGN KEY(context_id) REFERENCES observation_band_context (id),
	CONSTRAINT fk_observation_band_context_concept_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_band_context_concept_concept_id ON observation_band_context_concept (concept_id);

CREATE TABLE observation_concept_closure (
	subtype_id BLOB NOT NULL,
	supertype_id BLOB NOT NULL,
	CONSTRAINT pk_observation_concept_closure PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_observation_concept_closure_subtype_id FOREIGN KEY(subtype_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_concept_closure_supertype_id FOREIGN KEY(supertype_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_concept_closure_supertype_id ON observation_concept_closure (supertype_id);

CREATE TABLE observation_concept_generalization (
	subtype_id BLOB NOT NULL,
	supertype_id BLOB NOT NULL,
	CONSTRAINT pk_observation_concept_generalization PRIMARY KEY (subtype_id, supertype_id),
	CONSTRAINT fk_observation_concept_generalization_subtype_id FOREIGN KEY(subtype_id) REFERENCES observation_concept (id),
	CONSTRAINT fk_observation_concept_generalization_supertype_id FOREIGN KEY(supertype_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_concept_generalization_supertype_id ON observation_concept_generalization (supertype_id);

CREATE TRIGGER observation_concept_generalization_insert_observation__f8ac5114 BEFORE INSERT ON observation_concept_generalization FOR EACH ROW WHEN NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM observation_concept_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) BEGIN SELECT RAISE(ABORT, 'rule observation-concept.acyclic: a supertype that is a subtype already'); END;

CREATE TRIGGER observation_concept_generalization_update_observation__07abfdc6 BEFORE UPDATE ON observation_concept_generalization FOR EACH ROW WHEN NEW.subtype_id = NEW.supertype_id OR EXISTS (SELECT 1 FROM observation_concept_closure k WHERE k.subtype_id = NEW.supertype_id AND k.supertype_id = NEW.subtype_id) BEGIN SELECT RAISE(ABORT, 'rule observation-concept.acyclic: a supertype that is a subtype already'); END;

CREATE TRIGGER observation_concept_extend AFTER INSERT ON observation_concept_generalization FOR EACH ROW BEGIN INSERT INTO observation_concept_closure (subtype_id, supertype_id)
SELECT DISTINCT below.subtype_id, above.supertype_id
FROM observation_concept_closure below, observation_concept_closure above
WHERE below.supertype_id = NEW.subtype_id AND above.subtype_id = NEW.supertype_id
AND NOT EXISTS (SELECT 1 FROM observation_concept_closure k
    WHERE k.subtype_id = below.subtype_id AND k.supertype_id = above.supertype_id); END;

CREATE TRIGGER observation_concept_rebuild_update AFTER UPDATE ON observation_concept_generalization FOR EACH ROW BEGIN DELETE FROM observation_concept_closure; INSERT INTO observation_concept_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM observation_concept
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN observation_concept_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; END;

CREATE TRIGGER observation_concept_rebuild_delete AFTER DELETE ON observation_concept_generalization FOR EACH ROW BEGIN DELETE FROM observation_concept_closure; INSERT INTO observation_concept_closure (subtype_id, supertype_id)
SELECT subtype_id, supertype_id FROM (
    WITH RECURSIVE up(subtype_id, supertype_id) AS (
        SELECT id, id FROM observation_concept
        UNION
        SELECT up.subtype_id, g.supertype_id
        FROM up JOIN observation_concept_generalization g ON g.subtype_id = up.supertype_id
    ) SELECT subtype_id, supertype_id FROM up
) AS rebuilt; END;

CREATE TABLE observation_function_term (
	id BLOB NOT NULL,
	function_id BLOB NOT NULL,
	part VARCHAR(20) NOT NULL,
	position INTEGER NOT NULL,
	concept_id BLOB,
	protocol_id BLOB,
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

CREATE TRIGGER observation_function_term_insert_knowledge_function_fi_f5771d0e BEFORE INSERT ON observation_function_term FOR EACH ROW WHEN (NEW.concept_id IS NULL AND NEW.part IN ('side effect', 'target')) OR EXISTS (SELECT 1 FROM observation_knowledge_function f WHERE f.id = NEW.function_id AND (f.kind = 'start' AND NEW.part NOT IN ('contraindication', 'indication') OR f.kind = 'outcome' AND NEW.part NOT IN ('condition', 'side effect', 'target'))) BEGIN SELECT RAISE(ABORT, 'rule knowledge-function.fitting-part: a part that such a function has not'); END;

CREATE TRIGGER observation_function_term_update_knowledge_function_fi_f9f65868 BEFORE UPDATE ON observation_function_term FOR EACH ROW WHEN (NEW.concept_id IS NULL AND NEW.part IN ('side effect', 'target')) OR EXISTS (SELECT 1 FROM observation_knowledge_function f WHERE f.id = NEW.function_id AND (f.kind = 'start' AND NEW.part NOT IN ('contraindication', 'indication') OR f.kind = 'outcome' AND NEW.part NOT IN ('condition', 'side effect', 'target'))) BEGIN SELECT RAISE(ABORT, 'rule knowledge-function.fitting-part: a part that such a function has not'); END;

CREATE TABLE observation_measurement_protocol (
	id BLOB NOT NULL,
	form VARCHAR(20) NOT NULL,
	result_type_id BLOB NOT NULL,
	method_id BLOB,
	combination_id BLOB,
	dimension_id BLOB,
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

CREATE TRIGGER observation_measurement_protocol_insert_measurement_pr_5c0b6165 BEFORE INSERT ON observation_measurement_protocol FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_combination c WHERE c.id = NEW.combination_id AND c.phenomenon_type_id <> NEW.result_type_id) BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.form: a combination of another type'); END;

CREATE TRIGGER observation_measurement_protocol_insert_measurement_pr_ffe3fd3a BEFORE INSERT ON observation_measurement_protocol FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_measurement_protocol o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_measurement_protocol_update_measurement_pr_2e0a6f98 BEFORE UPDATE ON observation_measurement_protocol FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_measurement_protocol_delete_measurement_pr_54f3bb09 BEFORE DELETE ON observation_measurement_protocol FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_phenomenon_range (
	kind VARCHAR(20) NOT NULL,
	phenomenon_id BLOB NOT NULL,
	phenomenon_type_id BLOB NOT NULL,
	context_id BLOB,
	range_lower VARCHAR(141),
	range_upper VARCHAR(141),
	range_lower_inclusive BOOLEAN NOT NULL,
	range_upper_inclusive BOOLEAN NOT NULL,
	range_is_empty BOOLEAN NOT NULL,
	lower_canonical TEXT,
	upper_canonical TEXT,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
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

CREATE UNIQUE INDEX uq_observation_phenomenon_range_believed ON observation_phenomenon_range (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_phenomenon_range_insert_history_append_only BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_phenomenon_range o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_phenomenon_range_update_history_append_only BEFORE UPDATE ON observation_phenomenon_range FOR EACH ROW WHEN NEW.kind IS NOT OLD.kind OR NEW.phenomenon_id IS NOT OLD.phenomenon_id OR NEW.phenomenon_type_id IS NOT OLD.phenomenon_type_id OR NEW.context_id IS NOT OLD.context_id OR NEW.range_lower IS NOT OLD.range_lower OR NEW.range_upper IS NOT OLD.range_upper OR NEW.range_lower_inclusive IS NOT OLD.range_lower_inclusive OR NEW.range_upper_inclusive IS NOT OLD.range_upper_inclusive OR NEW.range_is_empty IS NOT OLD.range_is_empty OR NEW.lower_canonical IS NOT OLD.lower_canonical OR NEW.upper_canonical IS NOT OLD.upper_canonical OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_phenomenon_range_delete_history_append_only BEFORE DELETE ON observation_phenomenon_range FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_phenomenon_range_insert_history_begins_believed BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_phenomenon_range_insert_history_one_current BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_phenomenon_range o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_phenomenon_range_update_history_closed_once BEFORE UPDATE OF known_to ON observation_phenomenon_range FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER observation_phenomenon_range_insert_phenomenon_range_apart BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_phenomenon_range o  WHERE o.phenomenon_type_id = NEW.phenomenon_type_id AND NOT (o.context_id IS NOT NEW.context_id) AND (o.lower_canonical IS NULL OR NEW.upper_canonical IS NULL OR o.lower_canonical < NEW.upper_canonical OR (o.lower_canonical = NEW.upper_canonical AND o.range_lower_inclusive AND NEW.range_upper_inclusive)) AND (NEW.lower_canonical IS NULL OR o.upper_canonical IS NULL OR NEW.lower_canonical < o.upper_canonical OR (NEW.lower_canonical = o.upper_canonical AND NEW.range_lower_inclusive AND o.range_upper_inclusive)) AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) BEGIN SELECT RAISE(ABORT, 'rule phenomenon-range.apart: a second range for the same values'); END;

CREATE TRIGGER observation_phenomenon_range_insert_phenomenon_range_o_0dc1b1b5 BEFORE INSERT ON observation_phenomenon_range FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM observation_concept c WHERE c.id = NEW.phenomenon_id AND c.phenomenon_type_id = NEW.phenomenon_type_id) BEGIN SELECT RAISE(ABORT, 'rule phenomenon-range.of-the-type: a phenomenon of another type'); END;

CREATE TABLE observation_clinical_care_scope (
	version BLOB NOT NULL,
	concept_id BLOB NOT NULL,
	CONSTRAINT pk_observation_clinical_care_scope PRIMARY KEY (version),
	CONSTRAINT fk_observation_clinical_care_scope_version FOREIGN KEY(version) REFERENCES patterns_operating_scope (version),
	CONSTRAINT fk_observation_clinical_care_scope_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_clinical_care_scope_concept_id ON observation_clinical_care_scope (concept_id);

CREATE TRIGGER observation_clinical_care_scope_insert_history_append_only BEFORE INSERT ON observation_clinical_care_scope FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_clinical_care_scope o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_clinical_care_scope_update_history_append_only BEFORE UPDATE ON observation_clinical_care_scope FOR EACH ROW WHEN NEW.version IS NOT OLD.version OR NEW.concept_id IS NOT OLD.concept_id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_clinical_care_scope_delete_history_append_only BEFORE DELETE ON observation_clinical_care_scope FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TABLE observation_dismissal (
	id BLOB NOT NULL,
	function_id BLOB NOT NULL,
	subject_id BLOB NOT NULL,
	by_id BLOB NOT NULL,
	why VARCHAR(500) NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_dismissal PRIMARY KEY (id),
	CONSTRAINT fk_observation_dismissal_function_id FOREIGN KEY(function_id) REFERENCES observation_associative_function (id),
	CONSTRAINT fk_observation_dismissal_subject_id FOREIGN KEY(subject_id) REFERENCES patterns_thing (id),
	CONSTRAINT fk_observation_dismissal_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_observation_dismissal_by_id ON observation_dismissal (by_id);

CREATE INDEX ix_observation_dismissal_function_id ON observation_dismissal (function_id);

CREATE INDEX ix_observation_dismissal_subject_id ON observation_dismissal (subject_id);

CREATE TRIGGER observation_dismissal_insert_dismissal_append_only BEFORE INSERT ON observation_dismissal FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dismissal o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule dismissal.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER observation_dismissal_update_dismissal_append_only BEFORE UPDATE ON observation_dismissal FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule dismissal.append-only: a recorded row would be changed'); END;

CREATE TRIGGER observation_dismissal_delete_dismissal_append_only BEFORE DELETE ON observation_dismissal FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule dismissal.append-only: a recorded row would be deleted'); END;

CREATE TABLE observation_function_argument (
	function_id BLOB NOT NULL,
	concept_id BLOB NOT NULL,
	presence VARCHAR(10) NOT NULL,
	position INTEGER NOT NULL,
	CONSTRAINT pk_observation_function_argument PRIMARY KEY (function_id, concept_id),
	CONSTRAINT ck_observation_function_argument_presence CHECK (presence IN ('present', 'absent')),
	CONSTRAINT fk_observation_function_argument_function_id FOREIGN KEY(function_id) REFERENCES observation_associative_function (id),
	CONSTRAINT fk_observation_function_argument_concept_id FOREIGN KEY(concept_id) REFERENCES observation_concept (id)
);

CREATE INDEX ix_observation_function_argument_concept_id ON observation_function_argument (concept_id);

CREATE TRIGGER observation_function_argument_insert_associative_funct_8e014261 BEFORE INSERT ON observation_function_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND f.product_id = NEW.concept_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.product: an argument that is the product'); END;

CREATE TRIGGER observation_function_argument_update_associative_funct_f2c09df7 BEFORE UPDATE ON observation_function_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND f.product_id = NEW.concept_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.product: an argument that is the product'); END;

CREATE TRIGGER observation_function_argument_insert_associative_funct_37aec28a BEFORE INSERT ON observation_function_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = NEW.function_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.in-use: another argument of a function that something was concluded by'); END;

CREATE TRIGGER observation_function_argument_update_associative_funct_7cd9cab1 BEFORE UPDATE ON observation_function_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = OLD.function_id) OR EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = NEW.function_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.in-use: another argument of a function that something was concluded by'); END;

CREATE TRIGGER observation_function_argument_delete_associative_funct_b4a69e23 BEFORE DELETE ON observation_function_argument FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation o WHERE o.function_id = OLD.function_id) BEGIN SELECT RAISE(ABORT, 'rule associative-function.in-use: another argument of a function that something was concluded by'); END;

CREATE TABLE observation_observation (
	id BLOB NOT NULL,
	kind VARCHAR(50) NOT NULL,
	subject_id BLOB NOT NULL,
	phenomenon_type_id BLOB,
	concept_id BLOB,
	protocol_id BLOB,
	performer_id BLOB,
	action_id BLOB,
	status_type_id BLOB,
	applicable_from DATETIME NOT NULL,
	applicable_to DATETIME NOT NULL,
	made_known_from DATETIME NOT NULL,
	made_known_to DATETIME NOT NULL,
	recorded DATETIME NOT NULL,
	presence VARCHAR(10),
	quantity_number VARCHAR(40),
	quantity_unit VARCHAR(100),
	quantity_canonical TEXT,
	function_id BLOB,
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

CREATE TRIGGER observation_observation_insert_observation_phenomenon_of_type BEFORE INSERT ON observation_observation FOR EACH ROW WHEN NEW.concept_id IS NOT NULL AND EXISTS (SELECT 1 FROM observation_concept c WHERE c.id = NEW.concept_id AND c.phenomenon_type_id IS NOT NEW.phenomenon_type_id) BEGIN SELECT RAISE(ABORT, 'rule observation.phenomenon-of-type: a phenomenon of another type'); END;

CREATE TRIGGER observation_observation_insert_observation_append_only BEFORE INSERT ON observation_observation FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule observation.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER observation_observation_update_observation_append_only BEFORE UPDATE ON observation_observation FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule observation.append-only: a recorded row would be changed'); END;

CREATE TRIGGER observation_observation_delete_observation_append_only BEFORE DELETE ON observation_observation FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule observation.append-only: a recorded row would be deleted'); END;

CREATE TRIGGER observation_observation_insert_measurement_legal_unit BEFORE INSERT ON observation_observation FOR EACH ROW WHEN NEW.quantity_unit IS NOT NULL AND EXISTS (SELECT 1 FROM observation_legal_unit u WHERE u.phenomenon_type_id = NEW.phenomenon_type_id) AND NOT EXISTS (SELECT 1 FROM observation_legal_unit u WHERE u.phenomenon_type_id = NEW.phenomenon_type_id AND u.unit = NEW.quantity_unit) BEGIN SELECT RAISE(ABORT, 'rule measurement.legal-unit: a unit that is not legal there'); END;

CREATE TRIGGER observation_observation_insert_calculated_measurement_protocol BEFORE INSERT ON observation_observation FOR EACH ROW WHEN (NEW.kind = 'calculated measurement') <> EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.form <> 'source') BEGIN SELECT RAISE(ABORT, 'rule calculated-measurement.protocol: a calculated measurement without a calculated protocol, or the other way round'); END;

CREATE TRIGGER observation_observation_insert_calculated_measurement__ea66db56 BEFORE INSERT ON observation_observation FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.result_type_id IS NOT NEW.phenomenon_type_id) BEGIN SELECT RAISE(ABORT, 'rule calculated-measurement.result-type: a measurement of another type than its protocol makes'); END;

CREATE TRIGGER observation_observation_insert_associated_observation_product BEFORE INSERT ON observation_observation FOR EACH ROW WHEN NEW.function_id IS NOT NULL AND (NEW.presence IS NOT 'present' OR NOT EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND f.product_id = NEW.concept_id)) BEGIN SELECT RAISE(ABORT, 'rule associated-observation.product: another conclusion than that of its function'); END;

CREATE TRIGGER observation_observation_insert_associated_observation_in_effect BEFORE INSERT ON observation_observation FOR EACH ROW WHEN NEW.function_id IS NOT NULL AND (EXISTS (SELECT 1 FROM observation_associative_function f WHERE f.id = NEW.function_id AND NOT (f.period_from <= substr(NEW.applicable_from, 1, 10) AND substr(NEW.applicable_from, 1, 10) < f.period_to))) BEGIN SELECT RAISE(ABORT, 'rule associated-observation.in-effect: a conclusion by a function that was not in effect'); END;

CREATE TABLE observation_protocol_input (
	protocol_id BLOB NOT NULL,
	position INTEGER NOT NULL,
	phenomenon_type_id BLOB NOT NULL,
	CONSTRAINT pk_observation_protocol_input PRIMARY KEY (protocol_id, position),
	CONSTRAINT fk_observation_protocol_input_protocol_id FOREIGN KEY(protocol_id) REFERENCES observation_measurement_protocol (id),
	CONSTRAINT fk_observation_protocol_input_phenomenon_type_id FOREIGN KEY(phenomenon_type_id) REFERENCES observation_phenomenon_type (id)
);

CREATE INDEX ix_observation_protocol_input_phenomenon_type_id ON observation_protocol_input (phenomenon_type_id);

CREATE TRIGGER observation_protocol_input_insert_measurement_protocol_inputs BEFORE INSERT ON observation_protocol_input FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.form = 'source') OR EXISTS (SELECT 1 FROM observation_measurement_protocol p JOIN observation_method m ON m.id = p.method_id WHERE p.id = NEW.protocol_id AND NEW.position NOT BETWEEN 0 AND length(m.listed) - length(replace(m.listed, ' ', '')) + 1 - 1) OR EXISTS (SELECT 1 FROM observation_measurement_protocol p JOIN observation_combination c ON c.id = p.combination_id WHERE p.id = NEW.protocol_id AND NOT ((NEW.position = 0 AND NEW.phenomenon_type_id = c.phenomenon_type_id) OR (NEW.position = 1 AND c.weight_id IS NOT NULL AND NEW.phenomenon_type_id = c.weight_id))) BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.inputs: an input that no argument of a method stands for'); END;

CREATE TRIGGER observation_protocol_input_insert_causal_protocol_own_result BEFORE INSERT ON observation_protocol_input FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_measurement_protocol p WHERE p.id = NEW.protocol_id AND p.form = 'causal' AND p.result_type_id = NEW.phenomenon_type_id) BEGIN SELECT RAISE(ABORT, 'rule causal-protocol.own-result: an input of the type that the protocol makes'); END;

CREATE TRIGGER observation_protocol_input_insert_comparative_protocol_one_type BEFORE INSERT ON observation_protocol_input FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_measurement_protocol p JOIN observation_protocol_input o ON o.protocol_id = p.id WHERE p.id = NEW.protocol_id AND p.form = 'comparative' AND o.phenomenon_type_id <> NEW.phenomenon_type_id) BEGIN SELECT RAISE(ABORT, 'rule comparative-protocol.one-type: two types compared with one another'); END;

CREATE TRIGGER observation_protocol_input_insert_measurement_protocol_kept BEFORE INSERT ON observation_protocol_input FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_protocol_input o WHERE o.protocol_id = NEW.protocol_id AND o.position = NEW.position) BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_protocol_input_update_measurement_protocol_kept BEFORE UPDATE ON observation_protocol_input FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_protocol_input_delete_measurement_protocol_kept BEFORE DELETE ON observation_protocol_input FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule measurement-protocol.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_protocol_preference (
	protocol_id BLOB NOT NULL,
	position INTEGER NOT NULL,
	version BLOB NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_protocol_preference PRIMARY KEY (version),
	CONSTRAINT ck_observation_protocol_preference_period_order CHECK (valid_from < valid_to),
	CONSTRAINT ck_observation_protocol_preference_known_order CHECK (known_from <= known_to),
	CONSTRAINT ck_observation_protocol_preference_place CHECK (position >= 0),
	CONSTRAINT fk_observation_protocol_preference_protocol_id FOREIGN KEY(protocol_id) REFERENCES observation_measurement_protocol (id),
	CONSTRAINT fk_observation_protocol_preference_id FOREIGN KEY(id) REFERENCES observation_protocol_preference (version)
);

CREATE INDEX ix_observation_protocol_preference_protocol_id ON observation_protocol_preference (protocol_id);

CREATE UNIQUE INDEX uq_observation_protocol_preference_believed ON observation_protocol_preference (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_protocol_preference_insert_history_append_only BEFORE INSERT ON observation_protocol_preference FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_protocol_preference o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_protocol_preference_update_history_append_only BEFORE UPDATE ON observation_protocol_preference FOR EACH ROW WHEN NEW.protocol_id IS NOT OLD.protocol_id OR NEW.position IS NOT OLD.position OR NEW.version IS NOT OLD.version OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_protocol_preference_delete_history_append_only BEFORE DELETE ON observation_protocol_preference FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_protocol_preference_insert_history_begins_believed BEFORE INSERT ON observation_protocol_preference FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_protocol_preference_insert_history_one_current BEFORE INSERT ON observation_protocol_preference FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_protocol_preference o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_protocol_preference_update_history_closed_once BEFORE UPDATE OF known_to ON observation_protocol_preference FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TRIGGER observation_protocol_preference_insert_protocol_prefer_8eb04296 BEFORE INSERT ON observation_protocol_preference FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_protocol_preference o JOIN observation_measurement_protocol op ON op.id = o.protocol_id JOIN observation_measurement_protocol np ON np.id = NEW.protocol_id AND np.result_type_id = op.result_type_id WHERE (o.position = NEW.position OR o.protocol_id = NEW.protocol_id) AND o.id <> NEW.id AND o.known_to = '9999-12-30 00:00:00.000000' AND o.valid_from < NEW.valid_to AND NEW.valid_from < o.valid_to) BEGIN SELECT RAISE(ABORT, 'rule protocol-preference.one-order: a second place for a protocol, or a second protocol in a place'); END;

CREATE TABLE observation_basis (
	observation_id BLOB NOT NULL,
	source_id BLOB NOT NULL,
	role VARCHAR(10) NOT NULL,
	position INTEGER NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_basis PRIMARY KEY (observation_id, source_id),
	CONSTRAINT ck_observation_basis_role CHECK (role IN ('input', 'for', 'against')),
	CONSTRAINT fk_observation_basis_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_basis_source_id FOREIGN KEY(source_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_basis_source_id ON observation_basis (source_id);

CREATE TRIGGER observation_basis_insert_basis_acyclic BEFORE INSERT ON observation_basis FOR EACH ROW WHEN NEW.observation_id = NEW.source_id OR (CASE WHEN (SELECT count(*) FROM observation_basis u WHERE u.source_id = NEW.observation_id) > 0 THEN EXISTS (WITH RECURSIVE way(id) AS (SELECT NEW.source_id UNION SELECT b.source_id FROM way JOIN observation_basis b ON b.observation_id BETWEEN way.id AND way.id) SELECT 1 FROM way WHERE way.id = NEW.observation_id) ELSE 1 = 0 END) BEGIN SELECT RAISE(ABORT, 'rule basis.acyclic: an observation that rests on itself'); END;

CREATE TRIGGER observation_basis_insert_basis_together BEFORE INSERT ON observation_basis FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.observation_id AND o.recorded <> NEW.recorded) BEGIN SELECT RAISE(ABORT, 'rule basis.together: a further source of a recorded observation'); END;

CREATE TRIGGER observation_basis_insert_basis_rejected BEFORE INSERT ON observation_basis FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.source_id) BEGIN SELECT RAISE(ABORT, 'rule basis.rejected: something that rests on a rejected observation'); END;

CREATE TRIGGER observation_basis_insert_basis_append_only BEFORE INSERT ON observation_basis FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_basis o WHERE o.observation_id = NEW.observation_id AND o.source_id = NEW.source_id) BEGIN SELECT RAISE(ABORT, 'rule basis.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER observation_basis_update_basis_append_only BEFORE UPDATE ON observation_basis FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule basis.append-only: a recorded row would be changed'); END;

CREATE TRIGGER observation_basis_delete_basis_append_only BEFORE DELETE ON observation_basis FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule basis.append-only: a recorded row would be deleted'); END;

CREATE TRIGGER observation_basis_insert_calculated_measurement_sources BEFORE INSERT ON observation_basis FOR EACH ROW WHEN NEW.role = 'input' AND EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.observation_id AND o.kind = 'calculated measurement' AND NOT EXISTS (SELECT 1 FROM observation_observation s JOIN observation_protocol_input i ON i.phenomenon_type_id = s.phenomenon_type_id WHERE s.id = NEW.source_id AND i.protocol_id = o.protocol_id AND i.position = NEW.position % (SELECT count(*) FROM observation_protocol_input k WHERE k.protocol_id = o.protocol_id))) BEGIN SELECT RAISE(ABORT, 'rule calculated-measurement.sources: a source that is none of the inputs'); END;

CREATE TRIGGER observation_basis_insert_evidence_same_subject BEFORE INSERT ON observation_basis FOR EACH ROW WHEN NEW.role <> 'input' AND (EXISTS (SELECT 1 FROM observation_observation c JOIN observation_observation s ON s.id = NEW.source_id WHERE c.id = NEW.observation_id AND c.function_id IS NOT NULL AND s.subject_id <> c.subject_id)) BEGIN SELECT RAISE(ABORT, 'rule evidence.same-subject: evidence of another thing'); END;

CREATE TRIGGER observation_basis_insert_evidence_argument BEFORE INSERT ON observation_basis FOR EACH ROW WHEN NEW.role <> 'input' AND (EXISTS (SELECT 1 FROM observation_observation c WHERE c.id = NEW.observation_id AND c.function_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM observation_observation s JOIN observation_function_argument a ON a.function_id = c.function_id JOIN observation_concept_closure k ON ((coalesce(s.presence, 'present') = 'present' AND k.subtype_id = s.concept_id AND k.supertype_id = a.concept_id) OR (s.presence = 'absent' AND k.supertype_id = s.concept_id AND k.subtype_id = a.concept_id)) WHERE s.id = NEW.source_id AND (a.presence = coalesce(s.presence, 'present')) = (NEW.role = 'for')))) BEGIN SELECT RAISE(ABORT, 'rule evidence.argument: evidence that is no argument of the function'); END;

CREATE TABLE observation_dismissed_evidence (
	dismissal_id BLOB NOT NULL,
	observation_id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_dismissed_evidence PRIMARY KEY (dismissal_id, observation_id),
	CONSTRAINT fk_observation_dismissed_evidence_dismissal_id FOREIGN KEY(dismissal_id) REFERENCES observation_dismissal (id),
	CONSTRAINT fk_observation_dismissed_evidence_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_dismissed_evidence_observation_id ON observation_dismissed_evidence (observation_id);

CREATE TRIGGER observation_dismissed_evidence_insert_dismissal_append_only BEFORE INSERT ON observation_dismissed_evidence FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_dismissed_evidence o WHERE o.dismissal_id = NEW.dismissal_id AND o.observation_id = NEW.observation_id) OR EXISTS (SELECT 1 FROM observation_dismissal d WHERE d.id = NEW.dismissal_id AND d.recorded <> NEW.recorded) BEGIN SELECT RAISE(ABORT, 'rule dismissal.append-only: a row beside those that were recorded, or in the place of one'); END;

CREATE TRIGGER observation_dismissed_evidence_update_dismissal_append_only BEFORE UPDATE ON observation_dismissed_evidence FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule dismissal.append-only: a recorded row would be changed'); END;

CREATE TRIGGER observation_dismissed_evidence_delete_dismissal_append_only BEFORE DELETE ON observation_dismissed_evidence FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule dismissal.append-only: a recorded row would be deleted'); END;

CREATE TABLE observation_document_part (
	document_id BLOB NOT NULL,
	path VARCHAR(100) NOT NULL,
	position INTEGER NOT NULL,
	observation_id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_document_part PRIMARY KEY (document_id, path),
	CONSTRAINT fk_observation_document_part_document_id FOREIGN KEY(document_id) REFERENCES observation_document (id),
	CONSTRAINT fk_observation_document_part_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_document_part_observation_id ON observation_document_part (observation_id);

CREATE TRIGGER observation_document_part_insert_fhir_kept BEFORE INSERT ON observation_document_part FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_document_part o WHERE o.document_id = NEW.document_id AND o.path = NEW.path) BEGIN SELECT RAISE(ABORT, 'rule fhir.kept: a recorded row would be replaced'); END;

CREATE TRIGGER observation_document_part_update_fhir_kept BEFORE UPDATE ON observation_document_part FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule fhir.kept: a recorded row would be changed'); END;

CREATE TRIGGER observation_document_part_delete_fhir_kept BEFORE DELETE ON observation_document_part FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule fhir.kept: a recorded row would be deleted'); END;

CREATE TABLE observation_fulfilment (
	projection_id BLOB NOT NULL,
	observation_id BLOB NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_fulfilment PRIMARY KEY (projection_id, observation_id),
	CONSTRAINT fk_observation_fulfilment_projection_id FOREIGN KEY(projection_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_fulfilment_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id)
);

CREATE INDEX ix_observation_fulfilment_observation_id ON observation_fulfilment (observation_id);

CREATE TRIGGER observation_fulfilment_insert_fulfilment_of_projection BEFORE INSERT ON observation_fulfilment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.projection_id) OR NOT EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.projection_id AND q.kind = 'projection' AND q.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule fulfilment.of-projection: what is no projection'); END;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_by_active BEFORE INSERT ON observation_fulfilment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.observation_id) OR EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.observation_id AND q.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule fulfilment.by-active: what is not active'); END;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_same_question BEFORE INSERT ON observation_fulfilment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation p JOIN observation_observation o ON o.id = NEW.observation_id WHERE p.id = NEW.projection_id AND NOT (p.subject_id = o.subject_id AND (CASE WHEN p.presence IS NULL THEN o.presence IS NULL AND (p.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id = p.phenomenon_type_id) ELSE EXISTS (SELECT 1 FROM observation_concept_closure k WHERE (coalesce(o.presence, 'present') = 'present' AND k.subtype_id = o.concept_id AND k.supertype_id = p.concept_id) OR (o.presence = 'absent' AND k.supertype_id = o.concept_id AND k.subtype_id = p.concept_id) OR (o.presence = 'unknown' AND k.subtype_id = o.concept_id AND k.supertype_id = p.concept_id AND o.concept_id = p.concept_id)) OR (o.concept_id IS NOT NULL AND (p.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id = p.phenomenon_type_id)) END))) BEGIN SELECT RAISE(ABORT, 'rule fulfilment.same-question: an answer to something else'); END;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_not_before BEFORE INSERT ON observation_fulfilment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_observation p JOIN observation_observation o ON o.id = NEW.observation_id WHERE p.id = NEW.projection_id AND o.applicable_from < p.made_known_from) BEGIN SELECT RAISE(ABORT, 'rule fulfilment.not-before: what applied before it was expected'); END;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_once BEFORE INSERT ON observation_fulfilment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_fulfilment f WHERE f.projection_id = NEW.projection_id AND NOT EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = f.observation_id)) BEGIN SELECT RAISE(ABORT, 'rule fulfilment.once: a projection that is fulfilled already'); END;

CREATE TRIGGER observation_fulfilment_insert_fulfilment_append_only BEFORE INSERT ON observation_fulfilment FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_fulfilment o WHERE o.projection_id = NEW.projection_id AND o.observation_id = NEW.observation_id) BEGIN SELECT RAISE(ABORT, 'rule fulfilment.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER observation_fulfilment_update_fulfilment_append_only BEFORE UPDATE ON observation_fulfilment FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule fulfilment.append-only: a recorded row would be changed'); END;

CREATE TRIGGER observation_fulfilment_delete_fulfilment_append_only BEFORE DELETE ON observation_fulfilment FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule fulfilment.append-only: a recorded row would be deleted'); END;

CREATE TABLE observation_outcome (
	observation_id BLOB NOT NULL,
	action_id BLOB NOT NULL,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_outcome PRIMARY KEY (version),
	CONSTRAINT ck_observation_outcome_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_outcome_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_outcome_action_id FOREIGN KEY(action_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_observation_outcome_id FOREIGN KEY(id) REFERENCES observation_outcome (version)
);

CREATE INDEX ix_observation_outcome_action_id ON observation_outcome (action_id);

CREATE INDEX ix_observation_outcome_observation_id ON observation_outcome (observation_id);

CREATE UNIQUE INDEX uq_observation_outcome_believed ON observation_outcome (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_observation_outcome_of_observation ON observation_outcome (observation_id) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_outcome_insert_outcome_rejected BEFORE INSERT ON observation_outcome FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.observation_id) BEGIN SELECT RAISE(ABORT, 'rule outcome.rejected: a rejected observation'); END;

CREATE TRIGGER observation_outcome_insert_outcome_expected BEFORE INSERT ON observation_outcome FOR EACH ROW WHEN EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.action_id AND a.nature <> 'implemented') AND NOT EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.observation_id AND q.kind = 'projection' AND q.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule outcome.expected: an outcome of what was not done yet'); END;

CREATE TRIGGER observation_outcome_insert_outcome_one_action BEFORE INSERT ON observation_outcome FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_outcome o WHERE o.observation_id = NEW.observation_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule outcome.one-action: the outcome of a second action'); END;

CREATE TRIGGER observation_outcome_insert_history_append_only BEFORE INSERT ON observation_outcome FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_outcome o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_outcome_update_history_append_only BEFORE UPDATE ON observation_outcome FOR EACH ROW WHEN NEW.observation_id IS NOT OLD.observation_id OR NEW.action_id IS NOT OLD.action_id OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_outcome_delete_history_append_only BEFORE DELETE ON observation_outcome FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_outcome_insert_history_begins_believed BEFORE INSERT ON observation_outcome FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_outcome_insert_history_one_current BEFORE INSERT ON observation_outcome FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_outcome o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_outcome_update_history_closed_once BEFORE UPDATE OF known_to ON observation_outcome FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TABLE observation_qualification (
	kind VARCHAR(20) NOT NULL,
	observation_id BLOB NOT NULL,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_qualification PRIMARY KEY (version),
	CONSTRAINT ck_observation_qualification_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_qualification_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_qualification_id FOREIGN KEY(id) REFERENCES observation_qualification (version)
);

CREATE INDEX ix_observation_qualification_observation_id ON observation_qualification (observation_id);

CREATE UNIQUE INDEX uq_observation_qualification_believed ON observation_qualification (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_observation_qualification_observation ON observation_qualification (observation_id) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_qualification_insert_qualification_one_at_a_time BEFORE INSERT ON observation_qualification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_qualification o WHERE o.observation_id = NEW.observation_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule qualification.one-at-a-time: a second qualification'); END;

CREATE TRIGGER observation_qualification_update_projection_stays BEFORE UPDATE OF known_to ON observation_qualification FOR EACH ROW WHEN OLD.kind = 'projection' AND NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule projection.stays: a projection that would become an active observation'); END;

CREATE TRIGGER observation_qualification_insert_projection_from_the_start BEFORE INSERT ON observation_qualification FOR EACH ROW WHEN NEW.kind = 'projection' AND EXISTS (SELECT 1 FROM observation_observation o WHERE o.id = NEW.observation_id AND o.recorded <> NEW.known_from) BEGIN SELECT RAISE(ABORT, 'rule projection.from-the-start: a recorded observation that would become a projection'); END;

CREATE TRIGGER observation_qualification_insert_history_append_only BEFORE INSERT ON observation_qualification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_qualification o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_qualification_update_history_append_only BEFORE UPDATE ON observation_qualification FOR EACH ROW WHEN NEW.kind IS NOT OLD.kind OR NEW.observation_id IS NOT OLD.observation_id OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_qualification_delete_history_append_only BEFORE DELETE ON observation_qualification FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_qualification_insert_history_begins_believed BEFORE INSERT ON observation_qualification FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_qualification_insert_history_one_current BEFORE INSERT ON observation_qualification FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_qualification o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_qualification_update_history_closed_once BEFORE UPDATE OF known_to ON observation_qualification FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;

CREATE TABLE observation_rejection (
	id BLOB NOT NULL,
	observation_id BLOB NOT NULL,
	rejecting_id BLOB,
	by_id BLOB NOT NULL,
	why VARCHAR(500) NOT NULL,
	recorded DATETIME NOT NULL,
	CONSTRAINT pk_observation_rejection PRIMARY KEY (id),
	CONSTRAINT ck_observation_rejection_another CHECK (observation_id <> rejecting_id),
	CONSTRAINT uq_observation_rejection_observation_id UNIQUE (observation_id),
	CONSTRAINT fk_observation_rejection_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_rejection_rejecting_id FOREIGN KEY(rejecting_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_rejection_by_id FOREIGN KEY(by_id) REFERENCES patterns_party (id)
);

CREATE INDEX ix_observation_rejection_by_id ON observation_rejection (by_id);

CREATE INDEX ix_observation_rejection_rejecting_id ON observation_rejection (rejecting_id);

CREATE TRIGGER observation_rejection_insert_rejection_once BEFORE INSERT ON observation_rejection FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection o WHERE o.observation_id = NEW.observation_id) BEGIN SELECT RAISE(ABORT, 'rule rejection.once: a second rejection'); END;

CREATE TRIGGER observation_rejection_insert_rejection_by_active BEFORE INSERT ON observation_rejection FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.rejecting_id) OR EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.rejecting_id AND q.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule rejection.by-active: an observation that is not active and would reject another'); END;

CREATE TRIGGER observation_rejection_insert_rejection_append_only BEFORE INSERT ON observation_rejection FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rule rejection.append-only: a recorded row would be replaced'); END;

CREATE TRIGGER observation_rejection_update_rejection_append_only BEFORE UPDATE ON observation_rejection FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule rejection.append-only: a recorded row would be changed'); END;

CREATE TRIGGER observation_rejection_delete_rejection_append_only BEFORE DELETE ON observation_rejection FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule rejection.append-only: a recorded row would be deleted'); END;

CREATE TABLE observation_trigger (
	observation_id BLOB NOT NULL,
	plan_id BLOB NOT NULL,
	version BLOB NOT NULL,
	known_from DATETIME NOT NULL,
	known_to DATETIME NOT NULL,
	id BLOB NOT NULL,
	CONSTRAINT pk_observation_trigger PRIMARY KEY (version),
	CONSTRAINT ck_observation_trigger_known_order CHECK (known_from <= known_to),
	CONSTRAINT fk_observation_trigger_observation_id FOREIGN KEY(observation_id) REFERENCES observation_observation (id),
	CONSTRAINT fk_observation_trigger_plan_id FOREIGN KEY(plan_id) REFERENCES patterns_action (id),
	CONSTRAINT fk_observation_trigger_id FOREIGN KEY(id) REFERENCES observation_trigger (version)
);

CREATE INDEX ix_observation_trigger_observation_id ON observation_trigger (observation_id);

CREATE INDEX ix_observation_trigger_plan_id ON observation_trigger (plan_id);

CREATE UNIQUE INDEX uq_observation_trigger_believed ON observation_trigger (id, known_to) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE UNIQUE INDEX uq_observation_trigger_pair ON observation_trigger (observation_id, plan_id) WHERE known_to = '9999-12-30 00:00:00.000000';

CREATE TRIGGER observation_trigger_insert_trigger_acted_on BEFORE INSERT ON observation_trigger FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = NEW.observation_id) OR EXISTS (SELECT 1 FROM observation_qualification q WHERE q.observation_id = NEW.observation_id AND q.kind = 'hypothesis' AND q.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule trigger.acted-on: an observation that nobody acts on'); END;

CREATE TRIGGER observation_trigger_insert_trigger_plan BEFORE INSERT ON observation_trigger FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = NEW.plan_id AND a.nature = 'plan' AND a.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule trigger.plan: what is no plan, or was withdrawn'); END;

CREATE TRIGGER observation_trigger_insert_trigger_once BEFORE INSERT ON observation_trigger FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_trigger o WHERE o.observation_id = NEW.observation_id AND o.plan_id = NEW.plan_id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule trigger.once: a plan triggered twice'); END;

CREATE TRIGGER observation_trigger_insert_history_append_only BEFORE INSERT ON observation_trigger FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_trigger o WHERE o.version = NEW.version) BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be replaced'); END;

CREATE TRIGGER observation_trigger_update_history_append_only BEFORE UPDATE ON observation_trigger FOR EACH ROW WHEN NEW.observation_id IS NOT OLD.observation_id OR NEW.plan_id IS NOT OLD.plan_id OR NEW.version IS NOT OLD.version OR NEW.known_from IS NOT OLD.known_from OR NEW.id IS NOT OLD.id BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be overwritten'); END;

CREATE TRIGGER observation_trigger_delete_history_append_only BEFORE DELETE ON observation_trigger FOR EACH ROW WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'rule history.append-only: a recorded version would be deleted'); END;

CREATE TRIGGER observation_trigger_insert_history_begins_believed BEFORE INSERT ON observation_trigger FOR EACH ROW WHEN NEW.known_to <> '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.begins-believed: a version that is superseded already'); END;

CREATE TRIGGER observation_trigger_insert_history_one_current BEFORE INSERT ON observation_trigger FOR EACH ROW WHEN EXISTS (SELECT 1 FROM observation_trigger o WHERE o.id = NEW.id AND o.version <> NEW.version AND o.known_to = '9999-12-30 00:00:00.000000') BEGIN SELECT RAISE(ABORT, 'rule history.one-current: a second version that would be believed'); END;

CREATE TRIGGER observation_trigger_update_history_closed_once BEFORE UPDATE OF known_to ON observation_trigger FOR EACH ROW WHEN OLD.known_to <> '9999-12-30 00:00:00.000000' OR NEW.known_to = '9999-12-30 00:00:00.000000' BEGIN SELECT RAISE(ABORT, 'rule history.closed-once: a version that was superseded before'); END;
