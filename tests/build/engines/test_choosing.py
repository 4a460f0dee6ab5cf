"""Which engine builds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from explorer.build.engines.choosing import choose, engines, healths
from explorer.errors import Unsupported


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no other engine."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    monkeypatch.setenv("CONTAINER_HOST", f"unix://{tmp_path}/podman.sock")
    monkeypatch.delenv("BUILDKIT_HOST", raising=False)


def test_the_embedded_engine_is_the_default() -> None:
    assert asyncio.run(choose()).name == "sandbox"


def test_all_engines_say_how_they_are() -> None:
    found = asyncio.run(healths())
    assert [health.name for health in found] == [engine.name for engine in engines()]
    assert [health.name for health in found if not health.ready] == ["docker", "podman", "buildkit"]
    assert all(health.why and health.hint for health in found if not health.ready)


@pytest.mark.parametrize("name", ["docker", "podman", "buildkit"])
def test_an_engine_that_is_not_here_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(Unsupported, match="cannot build here") as caught:
        asyncio.run(choose(name))
    assert caught.value.why
    assert caught.value.hint


def test_a_name_that_is_none_lists_the_engines() -> None:
    with pytest.raises(Unsupported, match="buildkit"):
        asyncio.run(choose("kaniko"))
