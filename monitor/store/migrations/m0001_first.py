"""The first shape of the state.

Moments are ISO text in UTC with milliseconds and a Z, days ISO text, lists JSON.

A reading is one document, since it is only ever written and read whole; the views `claims`,
`mentions` and `unread` show it line by line. The ledger is in normal form (`steps`: a post in the
order; `tallies`: the series; `entries`: one a step and tally); the view `ledger` spells it out.
A row a claim, the ledger's names in full and an index by tally were measured at three times the
time a post. What is asked of one tally is found through its claimant's steps, between its first and
last date.
"""

from __future__ import annotations

from sqlite_utils import Database

TALLY = """
    claimant TEXT NOT NULL, subject TEXT NOT NULL, category TEXT NOT NULL, scope TEXT NOT NULL,
    place TEXT NOT NULL, window TEXT NOT NULL"""

SCHEMA = (
    """
    CREATE TABLE posts (
      id INTEGER PRIMARY KEY,
      channel TEXT NOT NULL,
      post TEXT NOT NULL,             -- the channel's own id
      source TEXT NOT NULL,
      claimant TEXT NOT NULL DEFAULT '',
      kind TEXT NOT NULL,
      published_at TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      reread_at TEXT NOT NULL,
      url TEXT NOT NULL,
      lang TEXT NOT NULL,
      forwarded_from TEXT,
      reply_to TEXT,
      album TEXT NOT NULL,
      version INTEGER REFERENCES versions (id),   -- the latest one
      versions INTEGER NOT NULL DEFAULT 1,
      reading INTEGER REFERENCES readings (id),   -- the latest one of the latest version
      order_key TEXT NOT NULL DEFAULT '',
      told INTEGER NOT NULL DEFAULT 0,            -- the version that a live route handled last; 0 if none
      alert INTEGER REFERENCES alerts (number),   -- the first alert that it caused
      UNIQUE (channel, post)
    ) STRICT""",
    "CREATE INDEX posts_in_order ON posts (claimant, order_key) WHERE order_key <> ''",
    "CREATE INDEX posts_of_channel ON posts (channel, order_key) WHERE order_key <> ''",
    """
    CREATE TABLE versions (
      id INTEGER PRIMARY KEY,
      post INTEGER NOT NULL REFERENCES posts (id),
      text_hash TEXT NOT NULL,
      ordered_at TEXT NOT NULL,       -- its last edit, where that is known, else when it was first seen
      edited_at TEXT,
      text TEXT NOT NULL,
      title TEXT NOT NULL,
      media TEXT NOT NULL,
      raw TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX versions_of_post ON versions (post, ordered_at)",
    """
    CREATE TABLE sightings (
      version INTEGER NOT NULL REFERENCES versions (id),
      route TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      PRIMARY KEY (version, route)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE readings (
      id INTEGER PRIMARY KEY,
      version INTEGER NOT NULL REFERENCES versions (id),
      parser TEXT NOT NULL,
      status TEXT NOT NULL,
      as_of TEXT,
      claims TEXT NOT NULL,           -- JSON; the views name what stands where
      mentions TEXT NOT NULL,
      unread TEXT NOT NULL,
      ignored TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX readings_of_version ON readings (version)",
    f"""
    CREATE TABLE tallies (
      id INTEGER PRIMARY KEY,
      {TALLY},
      first_date TEXT NOT NULL,       -- no entry lies before the one or after the other; months, not days,
      last_date TEXT NOT NULL,        -- once there are several, so that they are seldom written
      UNIQUE (claimant, scope, subject, category, place, window)
    ) STRICT""",
    """
    CREATE TABLE steps (              -- a post that left entries, at its place in the order
      id INTEGER PRIMARY KEY,
      claimant TEXT NOT NULL,
      order_key TEXT NOT NULL,        -- sorts as posts count; begins with the order date
      channel TEXT NOT NULL,
      post TEXT NOT NULL,
      UNIQUE (claimant, order_key)
    ) STRICT""",
    """
    CREATE TABLE entries (
      step INTEGER NOT NULL REFERENCES steps (id),
      line INTEGER NOT NULL,
      tally INTEGER NOT NULL REFERENCES tallies (id),
      published INTEGER NOT NULL,
      upper INTEGER,
      qualifier TEXT NOT NULL,
      delta INTEGER,                  -- as printed
      effective INTEGER,              -- what counts; null while it is in doubt, and after it lapsed or was rejected
      standing TEXT NOT NULL,
      suggestion INTEGER,
      settled_by TEXT NOT NULL,
      first_standing TEXT,            -- as written, where a later post settled it
      first_effective INTEGER,
      first_settled_by TEXT,
      PRIMARY KEY (step, line)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE settlements (
      step INTEGER NOT NULL REFERENCES steps (id),    -- the post that settled an entry
      line INTEGER NOT NULL,
      tally INTEGER NOT NULL REFERENCES tallies (id),
      order_key TEXT NOT NULL,        -- of the entry that is settled
      standing TEXT NOT NULL,
      effective INTEGER,
      PRIMARY KEY (step, line)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX settlements_of_entry ON settlements (order_key, tally)",
    f"""
    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY,
      channel TEXT NOT NULL,
      post TEXT NOT NULL,
      text_hash TEXT NOT NULL,
      {TALLY},
      published INTEGER,
      verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'reject', 'override')),
      value INTEGER,
      "by" TEXT NOT NULL,
      why TEXT NOT NULL,
      at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX decisions_of_claimant ON decisions (claimant)",
    """
    CREATE TABLE alerts (
      number INTEGER PRIMARY KEY AUTOINCREMENT,   -- shown as A-0012; never given twice
      revision INTEGER NOT NULL,
      at TEXT NOT NULL,
      revised_at TEXT,
      severity TEXT NOT NULL,
      reason TEXT NOT NULL,
      source TEXT NOT NULL,
      channel TEXT NOT NULL,
      post TEXT NOT NULL,
      posted_at TEXT,
      reply_to INTEGER REFERENCES alerts (number),
      link TEXT NOT NULL,
      headline TEXT NOT NULL,
      copy_text TEXT NOT NULL,
      lines TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX alerts_of_post ON alerts (channel, post)",
    "CREATE INDEX alerts_in_reply ON alerts (reply_to) WHERE reply_to IS NOT NULL",
    """
    CREATE TABLE alert_revisions (    -- the earlier texts
      alert INTEGER NOT NULL REFERENCES alerts (number),
      revision INTEGER NOT NULL,
      at TEXT NOT NULL,
      headline TEXT NOT NULL,
      copy_text TEXT NOT NULL,
      lines TEXT NOT NULL,
      PRIMARY KEY (alert, revision)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE acknowledgements (
      alert INTEGER NOT NULL REFERENCES alerts (number),
      revision INTEGER NOT NULL,      -- a later revision is open again
      "by" TEXT NOT NULL,
      at TEXT NOT NULL,
      PRIMARY KEY (alert, revision, "by")
    ) STRICT, WITHOUT ROWID""",
    f"""
    CREATE TABLE changes (            -- what was found at the time; never rewritten
      id INTEGER PRIMARY KEY,
      post INTEGER REFERENCES posts (id),
      alert INTEGER REFERENCES alerts (number),
      at TEXT NOT NULL,
      kind TEXT NOT NULL,
      {TALLY},
      published INTEGER,
      delta INTEGER,
      quote TEXT NOT NULL,
      now_value INTEGER, now_upper INTEGER, now_qualifier TEXT,
      now_date TEXT, now_channel TEXT, now_post TEXT,
      before_value INTEGER, before_upper INTEGER, before_qualifier TEXT,
      before_date TEXT, before_channel TEXT, before_post TEXT,
      difference INTEGER,
      computed INTEGER,
      covers_days INTEGER,
      doubts TEXT NOT NULL,
      suggestion INTEGER,
      provisional INTEGER NOT NULL,
      note TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX changes_of_post ON changes (post)",
    "CREATE INDEX changes_of_alert ON changes (alert) WHERE alert IS NOT NULL",
    """
    CREATE TABLE deliveries (         -- the outbox; destinations by name, never by address
      id INTEGER PRIMARY KEY,
      alert INTEGER NOT NULL REFERENCES alerts (number),
      kind TEXT NOT NULL CHECK (kind IN ('root', 'reply', 'edit')),
      revision INTEGER NOT NULL,
      carried INTEGER,                -- the revision whose text was handed to the service
      destination TEXT NOT NULL,
      thread INTEGER NOT NULL REFERENCES alerts (number),
      severity TEXT NOT NULL,
      key TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'sent', 'unknown', 'dead', 'dropped')),
      attempts INTEGER NOT NULL DEFAULT 0,
      not_before TEXT NOT NULL,
      queued_at TEXT NOT NULL,
      tried_at TEXT,
      done_at TEXT,
      remote_id TEXT,
      reason TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """CREATE INDEX deliveries_waiting ON deliveries (destination, thread, id)
       WHERE state IN ('pending', 'sending', 'unknown')""",
    "CREATE INDEX deliveries_of_alert ON deliveries (alert, destination)",
    """
    CREATE TABLE destinations (
      name TEXT PRIMARY KEY,
      paused_until TEXT NOT NULL,
      reason TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    f"""
    CREATE TABLE pending_conflicts (
      id INTEGER PRIMARY KEY,
      {TALLY},
      order_date TEXT NOT NULL,
      first_channel TEXT NOT NULL, first_post TEXT NOT NULL,
      second_channel TEXT NOT NULL, second_post TEXT NOT NULL,
      due_at TEXT NOT NULL,
      closed_at TEXT,
      outcome TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """CREATE UNIQUE INDEX conflicts_open ON pending_conflicts
       (claimant, subject, category, scope, place, window, first_channel, first_post, second_channel, second_post)
       WHERE closed_at IS NULL""",
    """
    CREATE TABLE channels (
      key TEXT PRIMARY KEY,
      source TEXT NOT NULL,
      switched_on_at TEXT,            -- posts before this never alert
      announced INTEGER NOT NULL DEFAULT 0,
      last_ok_at TEXT,
      last_post_at TEXT,
      last_tally_at TEXT,
      last_image_at TEXT,
      failing_since TEXT,
      failures INTEGER NOT NULL DEFAULT 0,
      last_error TEXT NOT NULL DEFAULT '',
      retry_at TEXT
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE routes (
      channel TEXT NOT NULL,
      route TEXT NOT NULL,
      cursor TEXT NOT NULL,
      PRIMARY KEY (channel, route)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE checkpoints (
      run TEXT PRIMARY KEY,
      cursor TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE silences (
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL,
      kind TEXT NOT NULL,
      opened_at TEXT NOT NULL,
      closed_at TEXT,
      alert INTEGER REFERENCES alerts (number),
      detail TEXT NOT NULL,
      told_age_hours INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE UNIQUE INDEX silences_open ON silences (source, kind) WHERE closed_at IS NULL",
    """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      detail TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """
    CREATE VIEW claims AS
      SELECT p.channel, p.post, r.id AS reading, r.id = p.reading AS latest, c.key AS line,
             c.value ->> 0 AS category, c.value ->> 1 AS value, c.value ->> 2 AS upper, c.value ->> 3 AS qualifier,
             c.value ->> 4 AS delta, c.value ->> 5 AS scope, c.value ->> 6 AS scope_basis, c.value ->> 7 AS since,
             c.value ->> 8 AS as_of, c.value ->> 9 AS window_start, c.value ->> 10 AS window_end,
             c.value ->> 11 AS place, c.value ->> 12 AS subject, c.value ->> 13 AS claimant,
             c.value ->> 14 AS quote, c.value ->> 15 AS span_start, c.value ->> 16 AS span_end
      FROM readings r JOIN versions v ON v.id = r.version JOIN posts p ON p.id = v.post, json_each(r.claims) c""",
    """
    CREATE VIEW mentions AS
      SELECT p.channel, p.post, r.id AS reading, r.id = p.reading AS latest, m.key AS line,
             m.value ->> 0 AS category, m.value ->> 1 AS value, m.value ->> 2 AS why, m.value ->> 3 AS quote,
             m.value ->> 4 AS span_start, m.value ->> 5 AS span_end
      FROM readings r JOIN versions v ON v.id = r.version JOIN posts p ON p.id = v.post, json_each(r.mentions) m""",
    """
    CREATE VIEW unread AS
      SELECT p.channel, p.post, r.id AS reading, r.id = p.reading AS latest, u.key AS line,
             u.value ->> 0 AS text, u.value ->> 1 AS span_start, u.value ->> 2 AS span_end
      FROM readings r JOIN versions v ON v.id = r.version JOIN posts p ON p.id = v.post, json_each(r.unread) u""",
    """
    CREATE VIEW ledger AS             -- every entry, with its tally and post
      SELECT t.claimant, t.subject, t.category, t.scope, t.place, t.window,
             substr(s.order_key, 1, 10) AS order_date,
             e.published, e.effective, e.upper, e.qualifier, e.delta, e.standing, e.suggestion, e.settled_by,
             s.channel, s.post, s.order_key
      FROM entries e JOIN steps s ON s.id = e.step JOIN tallies t ON t.id = e.tally""",
    """
    CREATE VIEW latest_tallies AS     -- of each tally, the entry that holds now
      SELECT t.claimant, t.subject, t.category, t.scope, t.place, t.window,
             substr(s.order_key, 1, 10) AS order_date,
             e.published, e.effective, e.upper, e.qualifier, e.delta, e.standing, s.channel, s.post, s.order_key
      FROM tallies t
      JOIN entries e ON (e.step, e.line) = (
        SELECT o.step, o.line FROM steps p CROSS JOIN entries o ON o.step = p.id
        WHERE p.claimant = t.claimant AND p.order_key >= t.first_date AND p.order_key < t.last_date || '~'
          AND o.tally = t.id AND o.effective IS NOT NULL
        ORDER BY p.order_key DESC LIMIT 1)
      JOIN steps s ON s.id = e.step""",
    """
    CREATE VIEW open_alerts AS        -- urgent ones nobody acknowledged, and those that did not reach every chat
      SELECT number, revision, at, severity, reason, source, headline, link,
             EXISTS (SELECT 1 FROM acknowledgements k WHERE k.alert = a.number AND k.revision = a.revision)
               AS acknowledged,
             (SELECT count(*) FROM deliveries d WHERE d.alert = a.number
                AND d.state IN ('pending', 'sending', 'unknown', 'dead')) AS undelivered
      FROM alerts a
      WHERE (severity = 'urgent' AND NOT acknowledged) OR undelivered > 0""",
    """
    CREATE VIEW sources AS
      SELECT source, count(*) AS channels, max(last_ok_at) AS last_ok_at, max(last_post_at) AS last_post_at,
             max(last_tally_at) AS last_tally_at, min(failing_since) AS failing_since,
             (SELECT group_concat(kind, ', ') FROM silences s
                WHERE s.source = c.source AND s.closed_at IS NULL) AS silent
      FROM channels c GROUP BY source""",
)


def first(db: Database) -> None:
    for statement in SCHEMA:
        db.execute(statement)
