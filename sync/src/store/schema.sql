-- Records: what cannot be made again. key = log number * 2^40 + position in the log.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE log (
  no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, space TEXT NOT NULL, station BLOB NOT NULL, epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL,
  -- Where a branch of a forked log leaves it; else 0 and zeros.
  base INTEGER NOT NULL DEFAULT 0,
  base_hash BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000'
) STRICT;
CREATE TABLE record (key INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint (key INTEGER PRIMARY KEY, signature BLOB NOT NULL, hash BLOB) STRICT;
-- Records that came before those that they follow: a stretch as it travels, and whom it is about.
CREATE TABLE aside (log BLOB NOT NULL, first INTEGER NOT NULL, person INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (log, first)) STRICT, WITHOUT ROWID;
-- Projections: what queries need. All of it follows from the records.
CREATE TABLE change (doc BLOB NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (doc, record)) STRICT, WITHOUT ROWID;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE attendee (no INTEGER PRIMARY KEY, id BLOB NOT NULL, fields BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX attendee_id ON attendee (id);
CREATE TABLE orders (name TEXT NOT NULL, attendee INTEGER NOT NULL, PRIMARY KEY (name, attendee)) STRICT, WITHOUT ROWID;
CREATE TABLE code (hash BLOB NOT NULL, attendee INTEGER NOT NULL, PRIMARY KEY (hash, attendee)) STRICT, WITHOUT ROWID;
CREATE TABLE revoked (hash BLOB NOT NULL, attendee INTEGER NOT NULL, PRIMARY KEY (hash, attendee)) STRICT, WITHOUT ROWID;
CREATE TABLE added (attendee INTEGER PRIMARY KEY) STRICT;
CREATE TABLE fact (person INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (person, record)) STRICT, WITHOUT ROWID;
