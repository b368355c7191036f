"""The whole thing on one machine: a local stand-in for the public preview, and what is played on it."""
