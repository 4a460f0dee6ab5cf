"""Real engines for tests: each in a folder of its own, on a socket there, ended with the test."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.mutate.config import encode
from explorer.oci import Manifest, Reference, media, parse_manifest
from explorer.sources.stored import stored_image
from explorer.store.images import ImageStore
from tests.build.engines.building import BUSYBOX, add_base

_SECONDS = 60


def need_root_and(*programs: str) -> None:
    """Skip, saying why, where daemons cannot be started."""
    if not BUSYBOX.exists():
        pytest.skip("not installed: busybox-static")
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"not installed: {program}")
    if os.geteuid() != 0:
        pytest.skip("needs root")


def add_base_with_history(store: ImageStore, name: str = "base") -> None:
    """The base of :func:`add_base`, telling how it was made: Podman refuses one that does not."""
    add_base(store, "plain-base")
    digest = store.find("plain-base").digest
    source = stored_image(store, str(digest))
    document = json.loads(source.candidates()[0].load().config_json)
    document["history"] = [{"created": "2024-01-01T00:00:00Z", "created_by": "ADD rootfs /"}]
    document["created"] = "2024-01-01T00:00:00Z"
    manifest = parse_manifest(store.layout.document(digest), media.OCI_MANIFEST)
    assert isinstance(manifest, Manifest)
    with store.ingest() as ingest:
        config = ingest.put(encode(document), media.OCI_CONFIG)
        image = ingest.put(Manifest(config, manifest.layers).encode(), media.OCI_MANIFEST)
        store.name(Reference.parse(name), image)
        store.unname(Reference.parse("plain-base"))


@contextlib.contextmanager
def dockerd(folder: Path) -> Iterator[str]:
    """Docker Engine without any network; gives its DOCKER_HOST."""
    need_root_and("dockerd")
    socket = f"unix://{folder}/docker.sock"
    command = [
        "dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
        "--pidfile", f"{folder}/pid", "-H", socket, "--storage-driver", "overlay2",
        "--iptables=false", "--ip6tables=false", "--bridge=none",
    ]  # fmt: skip
    try:
        with _daemon(command, folder, folder / "docker.sock"):
            yield socket
    finally:
        left = f"{folder}/exec/netns/default"  # it leaves its network namespace mounted
        subprocess.run(["umount", "-l", left], check=False, capture_output=True)


@contextlib.contextmanager
def podman(folder: Path) -> Iterator[str]:
    """Podman's service; gives its CONTAINER_HOST."""
    need_root_and("podman")
    socket = f"unix://{folder}/podman.sock"
    command = [
        "podman", "--root", f"{folder}/root", "--runroot", f"{folder}/run",
        "--storage-driver", "vfs", "system", "service", "--time=0", socket,
    ]  # fmt: skip
    with _daemon(command, folder, folder / "podman.sock"):
        yield socket


@contextlib.contextmanager
def buildkitd(folder: Path) -> Iterator[str]:
    """BuildKit's daemon; gives its BUILDKIT_HOST."""
    need_root_and("buildkitd", "buildctl", "runc")
    socket = f"unix://{folder}/buildkit.sock"
    command = [
        "buildkitd", "--oci-worker=true", "--containerd-worker=false",
        "--oci-worker-snapshotter=native", "--addr", socket, "--root", f"{folder}/root",
    ]  # fmt: skip
    with _daemon(command, folder, folder / "buildkit.sock"):
        yield socket


def builder(config: Path, address: str) -> str:
    """A builder of docker buildx that a BuildKit serves; gives its name."""
    programs = [["docker-buildx"], ["buildx"]]
    found = next((each for each in programs if shutil.which(each[0])), ["docker", "buildx"])
    name = "layerscope-tests"
    command = [*found, "create", "--name", name, "--driver", "remote", address]
    try:
        environment = {**os.environ, "DOCKER_CONFIG": str(config)}
        subprocess.run(command, check=True, capture_output=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not installed: docker buildx")
    return name


@contextlib.contextmanager
def _daemon(command: list[str], folder: Path, socket: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + _SECONDS
        while not _answers(socket):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.skip(f"{command[0]} does not run here: {log.read_text()[-300:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _answers(path: Path) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
