"""Podman's API: the service that listens, or one of our own where none does."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from explorer.errors import Unsupported
from explorer.sources.engines.endpoint import Endpoint, runtime_folder

TITLE: Final = "Podman"
DIAL: Final = ("podman", "system", "dial-stdio")
_IDLE_SECONDS: Final = 60  # after which a service that nobody ended ends by itself
_START_SECONDS: Final = 30


def podman_endpoint(environ: Mapping[str, str] = os.environ) -> Endpoint | None:
    """Where a service of Podman listens: ``CONTAINER_HOST``, or a socket that is there.

    Raises :class:`explorer.errors.UsageError` for an address that is none.
    """
    named = environ.get("CONTAINER_HOST")
    if named:
        return Endpoint.parse(named, origin="CONTAINER_HOST")
    own = runtime_folder(environ)
    sockets = [own / "podman/podman.sock"] if own is not None else []
    system = Path("/run/podman/podman.sock")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        sockets.insert(0, system)
    return next((Endpoint("unix", str(s)) for s in sockets if _listens(s)), None)


@contextlib.contextmanager
def podman_service(environ: Mapping[str, str] = os.environ) -> Iterator[Endpoint]:
    """A service for the length of a ``with``: the one that listens, or one started for it.

    Raises :class:`Unsupported` where Podman is not installed or does not start.
    """
    found = podman_endpoint(environ)
    if found is not None:
        yield found
        return
    program = shutil.which("podman")
    if program is None:
        raise Unsupported(
            "Podman is not here",
            why="podman is not installed",
            hint="Install it: apt install podman",
        )
    with (
        tempfile.TemporaryDirectory(prefix="layerscope-podman-") as folder,
        _started(program, Path(folder)) as endpoint,
    ):
        yield endpoint


@contextlib.contextmanager
def _started(program: str, folder: Path) -> Iterator[Endpoint]:
    path, log = folder / "socket", folder / "log"
    command = [program, "system", "service", f"--time={_IDLE_SECONDS}", f"unix://{path}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a RUN that was given up goes with it
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _listens(path):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace").strip().rpartition("\n")[2]
                raise Unsupported("Podman does not start here", why=said or "it says nothing")
            time.sleep(0.02)
        yield Endpoint("unix", str(path))
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
