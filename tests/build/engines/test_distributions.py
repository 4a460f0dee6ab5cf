"""Real distributions as bases: packages installed by RUN, and every engine makes the same of it."""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from explorer.analysis.opened import load_image
from explorer.build.engine import Engine
from explorer.build.engines.buildkit.engine import BuildkitEngine
from explorer.build.engines.docker import engine as docker
from explorer.build.engines.docker.engine import DockerEngine
from explorer.build.engines.podman.engine import PodmanEngine
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.mutate.rootfs import import_rootfs
from explorer.oci import Reference
from explorer.store.images import ImageStore
from tests.build.engines.building import Project, Told, need_a_sandbox
from tests.build.engines.test_other_engines import ENGINES, _no_buildx, _running
from tests.integration.once import once
from tests.integration.programs import ProgramFailed, need, run

pytestmark = [pytest.mark.integration, pytest.mark.slow]

_ALPINE = "alpinelinux__docker-alpine/x86_64/alpine-minirootfs-3.20.3-x86_64.tar.gz"
DEBIAN = """\
FROM a-debian AS tools
RUN apt-get update && apt-get install -y --no-install-recommends hello \\
    && rm -rf /var/lib/apt/lists/*
RUN hello > /greeting && dpkg-query -W -f '${Status}' hello > /status
FROM scratch
COPY --from=tools /greeting /status /usr/bin/hello /
"""
ALPINE = """\
FROM an-alpine AS tools
RUN adduser -D -u 1234 somebody && su somebody -c id > /who && ls /sbin > /programs
USER somebody
WORKDIR /home/somebody
RUN echo mine > file && sha256sum file > sum
FROM scratch
COPY --from=tools /who /programs /
COPY --from=tools --chown=5:6 /home/somebody /home
"""


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The root filesystem of a small Debian."""
    need("mmdebstrap")

    def make(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        base = folder / "debian.tar"
        try:
            run("mmdebstrap", "--quiet", "--variant=apt", "--mode=root", "bookworm", base)
        except ProgramFailed as error:
            pytest.skip(f"no Debian to be had here: {error}")
        return base

    return once(tmp_path_factory, request.config, "debian-apt", make)


@pytest.fixture(scope="module")
def alpine(fixtures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root filesystem that Alpine publishes."""
    path = fixtures / _ALPINE
    if not path.exists():
        pytest.skip(f"{_ALPINE} is not here")
    plain = tmp_path_factory.mktemp("alpine") / "rootfs.tar"
    with gzip.open(path) as packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return plain


def add(store: ImageStore, rootfs: Path, name: str) -> None:
    """A root filesystem as an image."""
    with store.ingest() as ingest:
        layer = load_image(f"rootfs:{rootfs}").layers[0]
        made = import_rootfs(layer, ingest, datetime(2026, 1, 1, tzinfo=UTC))
        store.name(Reference.parse(name), made)


@pytest.fixture(scope="module", params=ENGINES)
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each of the other engines in turn, running."""
    name: str = request.param
    folder = tmp_path_factory.mktemp(name[:3])
    with pytest.MonkeyPatch.context() as patch, _running(name, folder) as (variable, address):
        patch.setenv(variable, address)
        patch.setenv("DOCKER_CONFIG", str(folder / "config"))
        patch.setenv("DOCKER_BUILDKIT", "0" if name == "docker-classic" else "1")
        patch.setenv("BUILDAH_ISOLATION", "chroot")
        yield name


def engine_of(kind: str, store: ImageStore, patch: pytest.MonkeyPatch) -> Engine:
    """The engine of a kind."""
    if kind.startswith("docker"):
        patch.setattr(docker, "find_buildx", _no_buildx)
        return DockerEngine(store)
    return PodmanEngine(store) if kind == "podman" else BuildkitEngine(store)


def files(told: Told) -> dict[bytes, tuple[object, ...]]:
    """What a build made, but for times."""
    image = told.image
    found: dict[bytes, tuple[object, ...]] = {}
    for node in image.final.nodes().tolist()[1:]:
        entry = image.final.entry(node)
        assert entry is not None
        provider = int(image.final.visible[node])
        content = b"" if entry.type else b"".join(image.content(provider).chunks())
        found[entry.path] = (entry.type, entry.mode, entry.uid, entry.gid, content)
    return found


def built(folder: Path, engine: Engine, text: str) -> dict[bytes, tuple[object, ...]]:
    return files(asyncio.run(Project(folder, engine).building(text)))


def test_debian_takes_packages(debian: Path, store: ImageStore, tmp_path: Path) -> None:
    need_a_sandbox()
    add(store, debian, "a-debian")
    found = built(tmp_path / "project", SandboxEngine(store), DEBIAN)
    assert found[b"/greeting"][-1] == b"Hello, world!\n"
    assert found[b"/status"][-1] == b"install ok installed"


def test_alpine_has_users(alpine: Path, store: ImageStore, tmp_path: Path) -> None:
    need_a_sandbox()
    add(store, alpine, "an-alpine")
    found = built(tmp_path / "project", SandboxEngine(store), ALPINE)
    assert found[b"/who"][-1] == b"uid=1234(somebody) gid=1234(somebody) groups=1234(somebody)\n"
    assert found[b"/home/file"][2:] == (5, 6, b"mine\n")


@pytest.mark.parametrize("distribution", ["debian", "alpine"])
def test_every_engine_makes_the_same(
    kind: str,
    distribution: str,
    store: ImageStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("daemons need root")
    is_debian = distribution == "debian"
    rootfs = request.getfixturevalue(distribution)
    add(store, rootfs, "a-debian" if is_debian else "an-alpine")
    text = DEBIAN if is_debian else ALPINE
    ours = built(tmp_path / "ours", SandboxEngine(store), text)
    theirs = built(tmp_path / "theirs", engine_of(kind, store, monkeypatch), text)
    assert ours == theirs
