"""Engines that make a filesystem of an image: each shows the one it would give a container.

Daemons run in a folder of their own, on a socket there, without any network.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Protocol

import pytest

from tests.factory import Image, docker_archive_v25, oci_layout
from tests.integration import kernel
from tests.integration.filesystem import Filesystem, read_folder
from tests.integration.programs import ProgramFailed, need, run

_NAME = "localhost/layerscope-test:1"


class Engine(Protocol):
    """Something that unpacks images."""

    def filesystem(self, image: Image) -> Filesystem:
        """What the image's layers make; raises :class:`ProgramFailed` where it is refused."""


@contextlib.contextmanager
def started(name: str) -> Iterator[Engine]:
    """The engine of that name, for as long as it is needed; skips where there is none."""
    with tempfile.TemporaryDirectory(prefix="e-", ignore_cleanup_errors=True) as folder:
        match name:
            case "kernel":
                if reason := kernel.why_not():
                    pytest.skip(reason)
                yield Kernel()
            case "umoci":
                need("umoci")
                yield Umoci(Path(folder))
            case "docker":
                with _dockerd(Path(folder)) as docker:
                    yield docker
            case "containerd":
                with _containerd(Path(folder)) as containerd:
                    yield containerd
            case "podman-overlay" | "podman-vfs":
                with _podman(Path(folder), name.partition("-")[2]) as podman:
                    yield podman
            case _:
                raise ValueError(name)


class Kernel:
    """overlayfs itself, over layers that we unpack."""

    def filesystem(self, image: Image) -> Filesystem:
        """As :meth:`Engine.filesystem`."""
        try:
            with kernel.overlay([BytesIO(layer.tar) for layer in image.layers]) as merged:
                return read_folder(merged)
        except (OSError, ValueError) as error:
            raise ProgramFailed(str(error)) from error


class Umoci:
    """``umoci unpack``: layers applied onto one tree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def filesystem(self, image: Image) -> Filesystem:
        """As :meth:`Engine.filesystem`."""
        layout, bundle = self._folder / "layout", self._folder / "bundle"
        try:
            oci_layout(image.tagged(_NAME), names="tag").extract(layout)
            return self.unpacked(layout, _NAME.rpartition(":")[2], bundle)
        finally:
            shutil.rmtree(layout, ignore_errors=True)

    def unpacked(self, layout: Path, tag: str, bundle: Path) -> Filesystem:
        """What an image of a layout on disk makes."""
        try:
            run("umoci", "unpack", "--image", f"{layout}:{tag}", bundle)
            return read_folder(bundle / "rootfs")
        finally:
            shutil.rmtree(bundle, ignore_errors=True)


class Docker:
    """Docker Engine with overlay2: the folders it would mount for a container, mounted."""

    def __init__(self, folder: Path, socket: str) -> None:
        self._folder, self._socket = folder, socket

    def docker(self, *arguments: str | Path) -> str:
        """One command of its client."""
        return run("docker", "-H", self._socket, *arguments)

    def filesystem(self, image: Image) -> Filesystem:
        """As :meth:`Engine.filesystem`."""
        path = docker_archive_v25(image.tagged(_NAME)).write(self._folder / "image.tar")
        self.docker("load", "-q", "-i", path)
        try:
            return self.loaded(_NAME)
        finally:
            self.docker("rmi", "-f", _NAME)

    def loaded(self, name: str) -> Filesystem:
        """What an image it holds makes."""
        (about,) = json.loads(self.docker("image", "inspect", name))
        data = about["GraphDriver"]["Data"]
        folders = [data["UpperDir"], *filter(None, data.get("LowerDir", "").split(":"))]
        # Links as short as those Docker itself mounts by.
        links = [self._folder / f"{number}" for number in range(len(folders))]
        for link, folder in zip(links, folders, strict=True):
            link.symlink_to(folder)
        try:
            with kernel.mounted(links[::-1]) as merged:
                return read_folder(merged)
        finally:
            for link in links:
                link.unlink()


class Containerd:
    """containerd with its overlayfs snapshotter."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self._folder, self._socket = folder, socket

    def ctr(self, *arguments: str | Path) -> str:
        """One command of its client."""
        return run("ctr", "-a", self._socket, *arguments)

    def filesystem(self, image: Image) -> Filesystem:
        """As :meth:`Engine.filesystem`."""
        path = oci_layout(image.tagged(_NAME)).write(self._folder / "image.tar")
        for _ in range(3):
            try:
                return self.imported(path, _NAME)
            except ProgramFailed as error:
                # Its clean-up of the image before may take a layer that both have.
                if "does not exist" not in str(error):
                    raise
        return self.imported(path, _NAME)

    def imported(self, path: Path, name: str) -> Filesystem:
        """What an image in an archive makes."""
        merged = self._folder / "merged"
        merged.mkdir(exist_ok=True)
        self.ctr("images", "import", path)
        try:
            self.ctr("images", "mount", name, merged)
            try:
                return read_folder(merged)
            finally:
                self.ctr("images", "unmount", "--rm", merged)
        finally:
            self.ctr("images", "rm", "--sync", name)


class Podman:
    """Podman, with one of its storage drivers."""

    def __init__(self, folder: Path, driver: str) -> None:
        self._folder = folder
        root, state = folder / "root", folder / "run"
        self._command = ("podman", "--root", root, "--runroot", state, "--storage-driver", driver)

    def podman(self, *arguments: str | Path) -> str:
        """One command."""
        return run(*self._command, *arguments)

    def filesystem(self, image: Image) -> Filesystem:
        """As :meth:`Engine.filesystem`."""
        return self.loaded(oci_layout(image.tagged(_NAME)).write(self._folder / "image.tar"), _NAME)

    def loaded(self, path: Path, name: str) -> Filesystem:
        """What an image in an archive makes."""
        self.podman("load", "-q", "-i", path)
        try:
            merged = self.podman("image", "mount", name).strip()
            try:
                return read_folder(Path(merged))
            finally:
                self.podman("image", "unmount", name)
        finally:
            self.podman("rmi", "-f", name)


@contextlib.contextmanager
def _dockerd(folder: Path) -> Iterator[Docker]:
    need("dockerd", "docker")
    if reason := kernel.why_not():
        pytest.skip(reason)
    socket = f"unix://{folder}/socket"
    command = [
        "dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
        "--pidfile", f"{folder}/pid", "-H", socket, "--storage-driver", "overlay2",
        "--iptables=false", "--ip6tables=false", "--bridge=none",
    ]  # fmt: skip
    docker = Docker(folder, socket)
    with _daemon(command, folder / "log", lambda: docker.docker("version")):
        yield docker


@contextlib.contextmanager
def _containerd(folder: Path) -> Iterator[Containerd]:
    need("containerd", "ctr")
    socket = folder / "socket"
    command = ["containerd", "--root", f"{folder}/root", "--state", f"{folder}/state"]
    containerd = Containerd(folder, socket)
    ready = lambda: containerd.ctr("images", "ls")  # noqa: E731
    with _daemon([*command, "--address", str(socket)], folder / "log", ready):
        yield containerd


@contextlib.contextmanager
def _podman(folder: Path, driver: str) -> Iterator[Podman]:
    need("podman")
    podman = Podman(folder, driver)
    try:
        podman.podman("images")
    except ProgramFailed as error:
        pytest.skip(f"podman does not run here with {driver}: {error}")
    try:
        yield podman
    finally:
        with contextlib.suppress(ProgramFailed):
            run("umount", "-lq", folder / "root" / driver)


@contextlib.contextmanager
def _daemon(command: list[str], log: Path, ready: object) -> Iterator[None]:
    """A daemon from its first answer on; skips, with its last words, if it never answers."""
    assert callable(ready)
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            for _ in range(150):
                try:
                    ready()
                    break
                except ProgramFailed:
                    if process.poll() is not None:
                        break
                    time.sleep(0.2)
            else:
                pytest.skip(f"{command[0]} does not answer: {log.read_text()[-300:]}")
            if process.poll() is not None:
                pytest.skip(f"{command[0]} does not run here: {log.read_text()[-300:]}")
            yield
        finally:
            process.terminate()
            process.wait(60)
