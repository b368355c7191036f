"""Whether the daemon is alive, for a container's HEALTHCHECK: `monitor health` or `python -m monitor.health`.

It runs every few seconds, so it imports a little of the standard library and nothing else of this
package. The daemon writes `health.json` into the state folder, replacing the whole file each time:

    {"at": "2026-08-08T04:12:31Z", "pid": 1, "detail": "12 sources, outbox empty"}

Exit status 0 if `at` is younger than MONITOR_HEALTH_MAX_AGE seconds (180), else 1 and one line that says why.
"""

import json
import os
import sys
from datetime import UTC, datetime

FILE = "health.json"
MAX_AGE = 180.0


def verdict(state: str, now: datetime, max_age: float = MAX_AGE) -> tuple[bool, str]:
    """Return whether the daemon that writes into the folder `state` is well, and one line that says why."""
    path = os.path.join(state, FILE)  # noqa: PTH118 - pathlib alone would double the time
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            beat = json.load(file)
        at = datetime.fromisoformat(beat["at"])
        age = (now - at).total_seconds()
    except FileNotFoundError:
        return False, f"unhealthy: {path} is not there; the daemon has not started, or writes elsewhere"
    except OSError as error:
        return False, f"unhealthy: {path} cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError):
        return False, f"unhealthy: {path} does not hold what the daemon writes"
    if age > max_age:
        return False, f"unhealthy: last sign of life {age:.0f} s ago ({beat['at']}), more than {max_age:.0f} s"
    if age < -max_age:
        return False, f"unhealthy: last sign of life lies in the future ({beat['at']}); was the clock set back?"
    return True, f"healthy: {age:.0f} s ago, {beat.get('detail') or 'no detail'}"


def main(arguments: list[str]) -> int:
    state = arguments[0] if arguments else os.environ.get("MONITOR_STATE") or "state"  # set and empty is not set
    try:
        max_age = float(os.environ.get("MONITOR_HEALTH_MAX_AGE") or MAX_AGE)
    except ValueError:
        print("MONITOR_HEALTH_MAX_AGE is not a number of seconds", file=sys.stderr)  # noqa: T201
        return 2
    well, why = verdict(state, datetime.now(UTC), max_age)
    print(why, file=sys.stdout if well else sys.stderr)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
