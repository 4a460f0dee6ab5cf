"""Programs that build images: ours and its peers, each with a store of its own in one folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import Failed, layerscope, measure

_START = 60.0  # seconds for a daemon


@dataclass(frozen=True, slots=True)
class Builder:
    """One program. ``command`` is what comes before a context; ``forget`` empties its store.

    ``words`` are what a context is given with; ``{}`` stands for its folder.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    forgetting: Sequence[Sequence[str]] = ()
    folders: Sequence[Path] = ()
    words: Sequence[str] = ("-t", "bench:1", "{}")

    def build(self, context: Path) -> list[str]:
        """The command that builds a folder as ``bench:1``."""
        return [*self.command, *(word.format(context) for word in self.words)]

    def forget(self) -> None:
        """Let the next build be the first."""
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)
        for command in self.forgetting:
            subprocess.run(
                command, env={**os.environ, **self.environment}, capture_output=True, check=False
            )


@contextlib.contextmanager
def builders(bench: Bench) -> Iterator[tuple[list[Builder], list[str]]]:
    """Those that this machine has, ours first, and what is said of the others."""
    folder = bench.scratch / "builders"
    (folder / "try").mkdir(parents=True)
    (folder / "try" / "Dockerfile").write_text("FROM scratch\nLABEL a=b\n")
    notes: list[str] = []
    with contextlib.ExitStack() as stack:
        found = [_ours(folder)]
        if shutil.which("buildah") and os.geteuid() == 0:
            found += _buildah(folder, stack, bench, notes)
        else:
            notes.append("buildah: not installed, or not run as root")
        if shutil.which("dockerd") and os.geteuid() == 0:
            found += stack.enter_context(_docker(folder, bench, notes))
        else:
            notes.append("Docker: not installed, or not run as root")
        if shutil.which("buildkitd") and shutil.which("buildctl") and os.geteuid() == 0:
            found += stack.enter_context(_buildkit(folder, bench, notes))
        else:
            notes.append("BuildKit: not installed, or not run as root")
        yield found, notes


def _ours(folder: Path) -> Builder:
    data, cache = folder / "data", folder / "cache"
    environment = {"LAYERSCOPE_DATA_DIR": str(data), "LAYERSCOPE_CACHE_DIR": str(cache)}
    command = layerscope("build", "--engine", "sandbox")
    return Builder("layerscope", command, environment, folders=(data, cache))


def _buildah(
    folder: Path, stack: contextlib.ExitStack, bench: Bench, notes: list[str]
) -> list[Builder]:
    """With overlay where it can be had, else by copying."""
    for driver in ("overlay", "vfs"):
        root = ["--root", f"{folder}/buildah-{driver}", "--runroot", f"{folder}/buildah-run"]
        program = ["buildah", *root, "--storage-driver", driver]
        build = [*program, "bud", "--layers", "--isolation", "chroot", "--jobs", "3"]
        forget = ([*program, "rmi", "--all", "--force"],)
        builder = Builder(f"buildah ({driver})", build, forgetting=forget)
        try:
            measure(builder.build(folder / "try"), bench.environment())
        except Failed as failure:
            notes.append(f"{builder.name}: not available ({str(failure)[:100]})")
            continue
        stack.callback(builder.forget)
        return [builder]
    return []


@contextlib.contextmanager
def _docker(folder: Path, bench: Bench, notes: list[str]) -> Iterator[list[Builder]]:
    socket = f"unix://{folder}/docker.sock"
    client = ["docker", "-H", socket]
    command = [
        "dockerd", "--data-root", f"{folder}/docker", "--exec-root", f"{folder}/docker-run",
        "--pidfile", f"{folder}/docker.pid", "-H", socket, "--iptables=false", "--bridge=none",
    ]  # fmt: skip
    with _daemon(command, folder / "dockerd.log") as daemon:
        found: list[Builder] = []
        if not _answers([*client, "version"], daemon):
            notes.append("Docker: its daemon does not start")
        for kit, name in (("0", "Docker (classic)"), ("1", "Docker (BuildKit)")):
            if daemon.poll() is not None:
                break
            build = [*client, "build", "--network", "host"]
            forget = ([*client, "system", "prune", "--all", "--force"],)
            builder = Builder(name, build, {"DOCKER_BUILDKIT": kit}, forget)
            environment = {**bench.environment(), **builder.environment}
            try:
                measure(builder.build(folder / "try"), environment)
                found.append(builder)
            except Failed as failure:
                notes.append(f"{name}: not available ({str(failure)[-100:]})")
        yield found
    _unmount(folder)


@contextlib.contextmanager
def _buildkit(folder: Path, bench: Bench, notes: list[str]) -> Iterator[list[Builder]]:
    """BuildKit's own daemon and client; what it builds stays in its cache."""
    socket = f"unix://{folder}/buildkit.sock"
    command = [
        "buildkitd", "--root", f"{folder}/buildkit", "--addr", socket,
        "--oci-worker=true", "--containerd-worker=false",
    ]  # fmt: skip
    client = ["buildctl", "--addr", socket]
    build = [*client, "build", "--frontend", "dockerfile.v0"]
    words = ("--local", "context={}", "--local", "dockerfile={}")
    builder = Builder("BuildKit (buildctl)", build, {}, [[*client, "prune", "--all"]], words=words)
    with _daemon(command, folder / "buildkitd.log") as daemon:
        found = [builder]
        try:
            if not _answers([*client, "debug", "workers"], daemon):
                raise Failed("its daemon does not start")
            measure(builder.build(folder / "try"), bench.environment())
        except Failed as failure:
            notes.append(f"{builder.name}: not available ({str(failure)[-100:]})")
            found = []
        yield found
    _unmount(folder)


@contextlib.contextmanager
def _daemon(command: Sequence[str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs for as long as it is needed."""
    with said.open("wb") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield daemon
    finally:
        daemon.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(_START)
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()


def _unmount(folder: Path) -> None:
    """What a daemon leaves mounted."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        if (target := line.split()[1]).startswith(f"{folder}/"):
            subprocess.run(["umount", target], capture_output=True, check=False)


def _answers(command: Sequence[str], daemon: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _START
    while time.monotonic() < until and daemon.poll() is None:
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(0.2)
    return False
