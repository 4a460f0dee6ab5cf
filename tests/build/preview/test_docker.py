"""Previews beside what Docker builds, all rules in one image.

Where the client can use BuildKit, that is asked; else the engine's own builder, which knows fewer
rules and drops setuid bits.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.store.cache import Caches
from tests.build.preview.buildah import foretold
from tests.build.preview.rules import COMMON, FOR_BUILDKIT, context
from tests.integration.engines import Docker, started
from tests.integration.filesystem import differences
from tests.integration.programs import ProgramFailed, need, run

pytestmark = pytest.mark.integration


def test_every_rule_is_dockers(tmp_path: Path, caches: Caches) -> None:
    need("docker", "dockerd")
    modern = _has_buildkit()
    folder = context(tmp_path / "context", 0o4755 if modern else 0o755)
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(COMMON + (FOR_BUILDKIT if modern else ""))
    ours = foretold(folder, dockerfile, caches)
    assert ours.filesystem is not None, ours.failed
    with started("docker") as docker:
        assert isinstance(docker, Docker)
        try:
            _build(docker, folder, dockerfile, modern=modern)
        except ProgramFailed as error:
            pytest.skip(f"Docker does not build here: {error}")
        real = docker.loaded("foretold")
    found = differences(ours.filesystem, real, 60)
    assert not found, "\n".join(found)


def _has_buildkit() -> bool:
    try:
        run("docker", "buildx", "version")
    except ProgramFailed:
        return False
    return True


def _build(docker: Docker, folder: Path, dockerfile: Path, *, modern: bool) -> None:
    command = ("docker", "-H", docker._socket, "build", "-q", "-t", "foretold")
    run("env", f"DOCKER_BUILDKIT={modern:d}", *command, "-f", dockerfile, folder)
