"""Logs of libraries that would tell a secret."""

import logging


def quiet_http_logs() -> None:
    """Keep httpx and httpcore from logging addresses and headers: for some services these are the password."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
