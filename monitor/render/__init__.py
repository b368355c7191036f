"""Change → Alert: every kind of message there is. Pure: times, zones and records come as arguments."""

from monitor.render.conflicts import conflict
from monitor.render.context import Context
from monitor.render.corrections import corrected, correction, same_figures
from monitor.render.overviews import digest, watching
from monitor.render.plain import plain
from monitor.render.silences import aged, joined, ops, recovered, silence
from monitor.render.tallies import tally

__all__ = [
    "Context",
    "aged",
    "conflict",
    "corrected",
    "correction",
    "digest",
    "joined",
    "ops",
    "plain",
    "recovered",
    "same_figures",
    "silence",
    "tally",
    "watching",
]
