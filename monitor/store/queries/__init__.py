"""What the commands ask of the store: functions that only read, each returning small named rows.

They take an open store (`SqliteStore.open(path, read_only=True)` will do) and raise `StoreError`.
"""

from monitor.store.queries.alerts import (
    AlertRow,
    ChangeRow,
    DeliveryRow,
    Dossier,
    RevisionRow,
    alerts,
    dossier,
)
from monitor.store.queries.exports import exported_changes, exported_tallies
from monitor.store.queries.figures import (
    DecisionRow,
    Doubtful,
    Figure,
    Latest,
    decisions,
    doubtful,
    history,
    latest_tallies,
)
from monitor.store.queries.posts import (
    StoredPost,
    UnreadShape,
    VersionRow,
    posts_of,
    unread_shapes,
    versions_of,
)
from monitor.store.queries.state import ChannelRow, PauseRow, RunRow, State, state

__all__ = [
    "AlertRow",
    "ChangeRow",
    "ChannelRow",
    "DecisionRow",
    "DeliveryRow",
    "Dossier",
    "Doubtful",
    "Figure",
    "Latest",
    "PauseRow",
    "RevisionRow",
    "RunRow",
    "State",
    "StoredPost",
    "UnreadShape",
    "VersionRow",
    "alerts",
    "decisions",
    "dossier",
    "doubtful",
    "exported_changes",
    "exported_tallies",
    "history",
    "latest_tallies",
    "posts_of",
    "state",
    "unread_shapes",
    "versions_of",
]
