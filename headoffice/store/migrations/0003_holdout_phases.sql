-- Since which publication a rule's holdout was what it is: arms are compared within one phase.
CREATE TABLE rule_phase (
  rule    TEXT NOT NULL REFERENCES rule,
  version INTEGER NOT NULL REFERENCES publication,
  holdout INTEGER NOT NULL,               -- percent
  PRIMARY KEY (rule, version)
) STRICT, WITHOUT ROWID;
INSERT INTO rule_phase (rule, version, holdout) SELECT id, version, holdout FROM rule;
