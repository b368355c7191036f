"""Every kind of alert there is: the front door of this room."""

from monitor.render.conflicts import conflict
from monitor.render.context import Context
from monitor.render.corrections import corrected, correction, same_figures
from monitor.render.overviews import digest, watching
from monitor.render.plain import numbered, plain
from monitor.render.silences import aged, ops, recovered, silence
from monitor.render.tallies import tally

__all__ = [
    "Context",
    "aged",
    "conflict",
    "corrected",
    "correction",
    "digest",
    "numbered",
    "ops",
    "plain",
    "recovered",
    "same_figures",
    "silence",
    "tally",
    "watching",
]
