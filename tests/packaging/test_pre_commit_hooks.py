"""The hooks for pre-commit: each is a verb that takes the files it is given."""

from __future__ import annotations

import re

import pytest

from explorer.cli.verblist import VERBS
from tests.conftest import PROJECT

HOOKS = (PROJECT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
KEYS = {
    *("id", "name", "description", "entry", "language", "types", "files", "exclude"),
    "minimum_pre_commit_version",
}


def hooks() -> list[dict[str, str]]:
    """The hooks; the file keeps to one ``key: value`` on a line."""
    found: list[dict[str, str]] = []
    for line in HOOKS.splitlines():
        mark, key, value = re.fullmatch(r"(- |  )(\w+): (.+)", line).groups()  # type: ignore[union-attr]
        if mark == "- ":
            found.append({})
        found[-1][key] = value
    return found


def test_there_is_one_to_check_and_one_to_format() -> None:
    assert [hook["id"] for hook in hooks()] == ["layerscope-check", "layerscope-fmt"]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_each_is_complete_and_calls_a_verb(hook: dict[str, str]) -> None:
    assert set(hook) == KEYS
    program, verb = hook["entry"].split()
    assert program == "layerscope"
    assert verb in VERBS
    assert hook["id"].endswith(verb)
    assert hook["language"] == "python"
    assert hook["types"] == "[text]"


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("Dockerfile", True),
        ("a/b/Containerfile", True),
        ("Dockerfile.dev", True),
        ("web/app.Dockerfile", True),
        ("app.dockerfile", True),
        ("dockerfile", True),
        ("Dockerfile.dockerignore", False),
        (".dockerignore", False),
        ("MyDockerfile", False),
        ("Dockerfiles/a", False),
    ],
)
def test_each_takes_files_that_are_named_like_dockerfiles(
    hook: dict[str, str], path: str, taken: bool
) -> None:
    found = re.search(hook["files"], path) and not re.search(hook["exclude"], path)
    assert bool(found) is taken
