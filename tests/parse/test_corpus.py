"""Real posts with the figures that people read in them. They are measured here and never copied."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.corpus import CORPUS

SCORER = CORPUS / "../tools/score_parse.py"
COMMAND = [sys.executable, "-m", "monitor", "parse", "--jsonl", "-"]


def score(folder: str, *floors: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCORER), str(CORPUS / folder), "--wrong", "20", *floors, "--", *COMMAND]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("folder", "floors"),
    [
        (
            "dev",
            (
                "--min-f1",
                "99.9",
                "--min-delta",
                "99.9",
                "--min-qualifier",
                "99",
                "--min-posts",
                "99",
                "--max-false",
                "0",
            ),
        ),
        ("channels", ("--max-false", "0.3", "--min-period-f1", "60")),  # 0.3 of 346 posts: one false total
    ],
)
def test_real_posts_are_read_as_people_read_them(folder, floors):
    done = score(folder, *floors)
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
