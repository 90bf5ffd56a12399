// The schema of a ledger file. Everything that can be said in SQL is said in SQL: STRICT types,
// CHECK, UNIQUE and triggers are a second prosecutor that shares no code with the engine.

/** 'HAGL' as an integer: marks the file as ours. */
export const APPLICATION_ID = 0x4841474c;
export const SCHEMA_VERSION = 2;

/** Statements that create the newest version. */
export const SCHEMA = `
CREATE TABLE event (
  seq  INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL,
  type TEXT NOT NULL,
  cfp  TEXT,
  need TEXT,
  body TEXT NOT NULL,
  head BLOB NOT NULL CHECK (length(head) = 32)
) STRICT;
CREATE INDEX event_cfp ON event (cfp) WHERE cfp IS NOT NULL;
CREATE INDEX event_need ON event (need) WHERE need IS NOT NULL;

CREATE TABLE transfer (
  seq    INTEGER NOT NULL REFERENCES event (seq),
  n      INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  kind   TEXT NOT NULL CHECK (kind IN ('posted', 'pending', 'post', 'void', 'expire')),
  of_seq INTEGER,
  of_n   INTEGER,
  debit  TEXT NOT NULL,
  credit TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  code   TEXT NOT NULL,
  agent    TEXT,
  project  TEXT,
  resource TEXT,
  cfp      TEXT,
  lease    TEXT,
  PRIMARY KEY (seq, n),
  FOREIGN KEY (of_seq, of_n) REFERENCES transfer (seq, n),
  CHECK (debit <> credit),
  CHECK ((of_seq IS NULL) = (kind IN ('posted', 'pending')))
) STRICT, WITHOUT ROWID;
-- a hold is resolved once
CREATE UNIQUE INDEX transfer_of ON transfer (of_seq, of_n) WHERE of_seq IS NOT NULL;
CREATE INDEX transfer_agent ON transfer (agent) WHERE agent IS NOT NULL;
CREATE INDEX transfer_credit ON transfer (credit);
CREATE INDEX transfer_lease ON transfer (lease) WHERE lease IS NOT NULL;

CREATE TABLE account (
  id       TEXT PRIMARY KEY,
  kind     TEXT NOT NULL CHECK (kind IN ('bank', 'escrow', 'agent', 'project')),
  posted   INTEGER NOT NULL,
  held     INTEGER NOT NULL CHECK (held >= 0),
  incoming INTEGER NOT NULL CHECK (incoming >= 0),
  -- nobody but the issuer owes
  CHECK (kind = 'bank' OR posted - held >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease (
  id       TEXT PRIMARY KEY,
  cfp      TEXT NOT NULL UNIQUE,
  need     TEXT,
  resource TEXT NOT NULL,
  epoch    INTEGER NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('running', 'settled', 'expired', 'voided')),
  UNIQUE (resource, epoch)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX lease_need ON lease (need) WHERE need IS NOT NULL;

CREATE TABLE claim (
  resource TEXT NOT NULL,
  slot     INTEGER NOT NULL,
  lease    TEXT NOT NULL REFERENCES lease (id),
  from_at  INTEGER NOT NULL,
  to_at    INTEGER NOT NULL CHECK (to_at > from_at),
  PRIMARY KEY (resource, slot, lease)
) STRICT, WITHOUT ROWID;

CREATE TABLE reply (
  scope  TEXT NOT NULL,
  key    TEXT NOT NULL,
  input  TEXT NOT NULL,
  status INTEGER NOT NULL,
  body   TEXT NOT NULL,
  at     INTEGER NOT NULL,
  sum    INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX reply_at ON reply (at);

CREATE TABLE snapshot (
  seq  INTEGER PRIMARY KEY,
  head BLOB NOT NULL CHECK (length(head) = 32),
  sum  TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
-- what delegates inside the host remember for their agents; never part of the market
CREATE TABLE private (agent TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (agent, id)) STRICT, WITHOUT ROWID;

CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN
  SELECT RAISE(ABORT, 'events are immutable'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN
  SELECT RAISE(ABORT, 'events are immutable'); END;
CREATE TRIGGER event_gapless BEFORE INSERT ON event
  WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM event) BEGIN
  SELECT RAISE(ABORT, 'events must be gapless'); END;
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN
  SELECT RAISE(ABORT, 'transfers are immutable'); END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN
  SELECT RAISE(ABORT, 'transfers are immutable'); END;
CREATE TRIGGER lease_ends_once BEFORE UPDATE OF state ON lease WHEN OLD.state <> 'running' BEGIN
  SELECT RAISE(ABORT, 'a lease ends once'); END;
CREATE TRIGGER claim_no_overlap BEFORE INSERT ON claim WHEN EXISTS (
    SELECT 1 FROM claim WHERE resource = NEW.resource AND slot = NEW.slot AND lease <> NEW.lease
    AND from_at < NEW.to_at AND NEW.from_at < to_at) BEGIN
  SELECT RAISE(ABORT, 'two leases on one slot'); END;
`;

/**
 * Migrations from version n to n + 1, in order; each runs in the transaction that bumps it. They
 * have the function reply_sum.
 */
export const MIGRATIONS: readonly string[] = [
  // 2: stored replies carry a sum
  `ALTER TABLE reply ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
   UPDATE reply SET sum = reply_sum(scope, key, input, status, body, at);`,
];

/** Pragmas of every connection. FULL: a commit is on the platter before anybody is told. */
export const PRAGMAS: readonly string[] = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  'temp_store = MEMORY',
  // a checkpoint holds one commit up: small and often beats large and seldom
  'wal_autocheckpoint = 2000',
  // plain fsync does not reach the platter on macOS; harmless elsewhere
  'fullfsync = 1',
  'checkpoint_fullfsync = 1',
];
