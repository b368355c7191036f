"""How long `monitor --help` takes as a whole process (aim: 0.2 s)."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 20


def measure(*command: str, environment: dict[str, str]) -> float:
    """Return the median of so many whole processes, in seconds."""
    taken = []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])  # the first one compiles


def main() -> None:
    """Measure with compiled modules, as an installation has them, whatever this environment says of that."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            name: value for name, value in os.environ.items() if name not in {"PYTHONDONTWRITEBYTECODE", "COLUMNS"}
        } | {"PYTHONPYCACHEPREFIX": cache}
        script = str(Path(sys.executable).with_name("monitor"))
        floor = measure(sys.executable, "-c", "pass", environment=environment)
        typer = measure(sys.executable, "-c", "import typer.main", environment=environment)
        ours = measure(script, "--help", environment=environment)
    print(f"monitor --help: {ours:.3f} s (python alone {floor:.3f} s, with typer {typer:.3f} s), median of {RUNS}")


if __name__ == "__main__":
    main()
