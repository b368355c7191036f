"""The first shape of the state.

Moments are ISO text in UTC with milliseconds and a Z, days ISO text, lists JSON. `tallies` is the
ledger: one row a tally and post, with what was published and what counts.
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
      told INTEGER NOT NULL DEFAULT 0,
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
      ordered_at TEXT NOT NULL,       -- when it was edited, where that is known, else when it was first seen
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
      ignored TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX readings_of_version ON readings (version)",
    """
    CREATE TABLE claims (
      reading INTEGER NOT NULL REFERENCES readings (id),
      line INTEGER NOT NULL,
      category TEXT NOT NULL,
      value INTEGER,                  -- null: the post left the number out
      upper INTEGER,
      qualifier TEXT NOT NULL,
      delta INTEGER,
      scope TEXT NOT NULL,
      scope_basis TEXT NOT NULL,
      since TEXT,
      as_of TEXT,
      window_start TEXT,
      window_end TEXT,
      place TEXT NOT NULL,
      subject TEXT NOT NULL,
      claimant TEXT,
      quote TEXT NOT NULL,
      span_start INTEGER NOT NULL,
      span_end INTEGER NOT NULL,
      PRIMARY KEY (reading, line)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE mentions (
      reading INTEGER NOT NULL REFERENCES readings (id),
      line INTEGER NOT NULL,
      category TEXT NOT NULL,
      value INTEGER,
      why TEXT NOT NULL,
      quote TEXT NOT NULL,
      span_start INTEGER NOT NULL,
      span_end INTEGER NOT NULL,
      PRIMARY KEY (reading, line)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE unread (
      reading INTEGER NOT NULL REFERENCES readings (id),
      line INTEGER NOT NULL,
      text TEXT NOT NULL,
      span_start INTEGER NOT NULL,
      span_end INTEGER NOT NULL,
      PRIMARY KEY (reading, line)
    ) STRICT, WITHOUT ROWID""",
    f"""
    CREATE TABLE tallies (
      order_key TEXT NOT NULL,        -- sorts as posts count; begins with the order date
      line INTEGER NOT NULL,
      {TALLY},
      channel TEXT NOT NULL,
      post TEXT NOT NULL,
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
      PRIMARY KEY (claimant, order_key, line)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX tallies_by_series ON tallies (claimant, scope, subject, category, place, window, order_key)",
    f"""
    CREATE TABLE settlements (
      settled_by TEXT NOT NULL,       -- order key of the post that settled it
      line INTEGER NOT NULL,
      {TALLY},
      order_key TEXT NOT NULL,        -- of the entry that is settled
      standing TEXT NOT NULL,
      effective INTEGER,
      PRIMARY KEY (claimant, settled_by, line)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX settlements_of_entry ON settlements (claimant, order_key)",
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
    CREATE VIEW latest_tallies AS     -- of each tally, the entry that holds now
      SELECT claimant, subject, category, scope, place, window, substr(max(order_key), 1, 10) AS order_date,
             published, effective, upper, qualifier, delta, standing, channel, post, order_key
      FROM tallies WHERE effective IS NOT NULL
      GROUP BY claimant, scope, subject, category, place, window""",
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
