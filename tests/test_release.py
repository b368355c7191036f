"""What is handed out: the locks, the wheel, the image's recipe, the task file."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling import build
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")


def pins(lock: str) -> dict[str, Version]:
    """Return package → version of one lock."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in found}


def declared(group: str) -> list[Requirement]:
    entries = PROJECT["dependency-groups"][group]
    return [Requirement(entry) for entry in entries if isinstance(entry, str)]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_so_that_any_index_will_do(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host|\bfile:", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_has_one_version_and_its_hashes(lock: str) -> None:
    packages = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    assert len(packages) == len(pins(lock)) > 5
    for package in packages:
        assert re.match(r"[a-z0-9._-]+==\S+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", package), package


def test_the_locks_hold_what_the_project_declares_and_agree_with_one_another() -> None:
    runtime, dev, builds = (pins(lock) for lock in LOCKS)
    needs = [
        *((runtime, Requirement(entry)) for entry in PROJECT["project"]["dependencies"]),
        *((dev, requirement) for requirement in declared("dev")),
        *((builds, requirement) for requirement in declared("build")),
    ]
    for lock, requirement in needs:
        assert requirement.specifier.contains(lock[canonicalize_name(requirement.name)]), requirement
    assert runtime.items() <= dev.items()
    assert builds.items() <= dev.items()


def test_the_wheel_carries_the_defaults_and_the_languages_and_no_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / build.build_wheel(str(tmp_path))) as wheel:
        names = set(wheel.namelist())
    for folder, shipped_as in (("config", "monitor/defaults"), ("monitor/parse/languages", "monitor/parse/languages")):
        files = [path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*.toml")]
        assert files, f"no TOML below {folder}"
        assert {f"{shipped_as}/{file}" for file in files} <= names
    assert {"monitor/py.typed", "monitor/__main__.py", "monitor/health.py"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert all(name.startswith(("monitor/", "monitor-")) for name in names)


def test_the_dockerfile_keeps_to_what_every_builder_understands() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert not re.search(r"<<-?['\"]?\w", text), "a heredoc"
    assert "--link" not in text
    assert re.search(r"^ARG BASE_IMAGE=python:3\.13-slim$", text, re.MULTILINE)
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["monitor"\]\nCMD \["run"\]$', text, re.MULTILINE)
    assert re.search(r'HEALTHCHECK .*\\\n +CMD \["monitor", "health"\]', text)
    assert not re.search(r"pip install(?!.*(--require-hashes|--no-deps))", text)


def test_the_image_takes_along_only_what_it_needs() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert lines[0] == "*"
    assert not {"!state", "!.env", "!tests", "!.git"} & set(lines)


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert re.search(r"^## \[Unreleased\]$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_every_target_of_the_task_file_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))
