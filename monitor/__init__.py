"""monitor: watches official channels, reads the tallies they publish, tells the duty desk what changed."""
