"""The small folder that a desk starts from: everything in it is commented, so that nothing is set unawares."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import ConfigError, Fault

_MONITOR = """\
# Only what differs from the shipped defaults has to stand here.

# desk_timezone = "Europe/Kyiv"     # times in alerts; UTC if it is left out
# conflict_minutes = 10             # two channels of one source may differ this long before it is told

# [pace]
# hot_seconds = 10                  # inside a source's publication window
# cold_seconds = 60                 # outside it
"""

_DESKS = """\
# Who is told what. Until this says more, alerts appear in the terminal.
# 1. Make a bot with @BotFather, put its token into .env beside this file, add the bot to your chat.
# 2. Take the marks off these lines, and put in the chat's number.
# 3. With this folder for DIR: `monitor --config DIR check`, then `monitor --config DIR test-alert --to newsroom`

# [destinations.newsroom]
# service = "telegram"
# token_env = "TELEGRAM_BOT_TOKEN"
# chat_id = -1001234567890

# [desks.duty]
# urgent = ["newsroom"]
# routine = ["newsroom"]
# ops = ["newsroom"]

# Delivered without a sound in these hours, never later:
# [desks.duty.quiet]
# starts = 23:00:00
# ends = 06:00:00
"""

_EXAMPLE = """\
# A source of your own: take the marks off, and name the file as you want to call the source.
# A file with the name of a shipped source (general-staff-ua.toml) changes that one, key by key.

# name = "Health ministry of Examplia"
# about = "civilians"
# time_zone = "Europe/Kyiv"
# languages = ["en"]
# start = 2026-03-05                # what its totals count from
# caveat = "Not independently verified."

# [window]                          # when its tally usually appears, local time
# opens = 09:00:00
# closes = 10:00:00

# [channels."t.me/examplia_health"]
# label = "Telegram"
# address = "examplia_health"

# [channels."t.me/examplia_health".routes]
# telegram_web = { enabled = true }

# [words]                           # further wordings of a category in tallies.toml
# civilians_killed = ["perished"]

# [[examples]]                      # monitor check proves the words with them
# text = "Since 5 March 2026 a total of 12 people perished."
# expect = { civilians_killed = 12 }
"""

_ENV = """\
# Secrets, one a line: NAME=value. NAME_FILE=/path/to/file works as well. Nobody else should read this file.

# token of the bot that posts to your chat, from @BotFather
TELEGRAM_BOT_TOKEN=
# address that an outside watchdog gave you (healthchecks.io and the like); none is asked if this is empty
HEARTBEAT_URL=
# where the database lives, if not in ./state
MONITOR_STATE=
"""

_PRIVATE, _SHARED = 0o600, 0o644
_TEXTS = {
    "monitor.toml": _MONITOR,
    "desks.toml": _DESKS,
    "sources/example.toml": _EXAMPLE,
    ".env": _ENV,
}


def write(directory: Path) -> list[Path]:
    """Write the starter files that are not there yet and return them; nothing is ever overwritten.

    Raises ConfigError if the folder cannot be written to.
    """
    try:
        return [path for name, text in _TEXTS.items() if _write_new(path := directory / name, text)]
    except OSError as error:
        wrong = f"cannot be written to ({error.strerror})"
        raise ConfigError(
            (Fault(str(directory), "the folder", wrong, "Name a folder that you may write to"),)
        ) from error


def _write_new(path: Path, text: str) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(_PRIVATE if path.name == ".env" else _SHARED, exist_ok=False)
    except FileExistsError:
        return False
    path.write_text(text, encoding="utf-8")
    return True
