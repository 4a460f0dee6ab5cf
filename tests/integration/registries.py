"""Real registries on a loopback port: Debian's ``docker-registry``, and zot; plain, with passwords,
with TLS."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which
from typing import Literal

import pytest

from tests.integration.programs import ProgramFailed, need, run

_SECONDS = 20
Software = Literal["docker-registry", "zot"]

# The password is pass-word-1.
HTPASSWD = "me:$2y$05$DlcCFZKxOdyXtFpSOf8zLOpyOw8QinpeW./yKWtncBhXURw2DUtcS\n"
PASSWORD = "pass-word-1"


@dataclass(frozen=True)
class Registry:
    """One that runs; ``root`` is where it keeps its blobs."""

    host: str
    root: Path
    log: Path

    def requests(self) -> list[str]:
        """What it was asked, as ``GET /v2/...``, in the order of its answers."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line.split('"')[1].rpartition(" ")[0] for line in lines if '] "' in line]


@contextmanager
def registry(
    folder: Path,
    *,
    passwords: str = "",
    certificate: str = "",
    software: Software = "docker-registry",
    deletes: bool = True,
) -> Iterator[Registry]:
    """Run one for the length of a ``with``. ``passwords`` is the text of an htpasswd file,
    ``certificate`` the stem of a ``.crt`` and a ``.key`` in ``folder``."""
    program = find(software)
    port = _free_port()
    if passwords:
        (folder / "htpasswd").write_text(passwords)
    files = (folder / "htpasswd" if passwords else None, folder / certificate)
    if software == "zot":
        command = _zot(program, folder, port, files[0], files[1] if certificate else None)
    else:
        pair = files[1] if certificate else None
        command = _distribution(program, folder, port, files[0], pair, deletes)
    log = folder / "registry.log"
    with log.open("wb") as out:
        serving = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, "OTEL_TRACES_EXPORTER": "none"}
        )
    try:
        _wait(serving, port, log)
        yield Registry(f"127.0.0.1:{port}", folder / "data", log)
    finally:
        serving.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            serving.wait(5)
        serving.kill()
        serving.wait()


def _distribution(
    program: str, folder: Path, port: int, passwords: Path | None, pair: Path | None, deletes: bool
) -> list[str]:
    delete = f"{{enabled: {str(deletes).lower()}}}"
    settings = [
        "version: 0.1",
        "log: {level: error}",
        f"storage: {{filesystem: {{rootdirectory: '{folder}/data'}}, delete: {delete}}}",
        "http:",
        f"  addr: 127.0.0.1:{port}",
        "  relativeurls: true",
    ]
    if pair is not None:
        settings.append(f"  tls: {{certificate: '{pair}.crt', key: '{pair}.key'}}")
    if passwords is not None:
        settings.append(f"auth: {{htpasswd: {{realm: test, path: '{passwords}'}}}}")
    (folder / "config.yml").write_text("\n".join(settings) + "\n")
    return [program, "serve", str(folder / "config.yml")]


def _zot(
    program: str, folder: Path, port: int, passwords: Path | None, pair: Path | None
) -> list[str]:
    http: dict[str, object] = {
        "address": "127.0.0.1",
        "port": str(port),
        "compat": ["docker2s2"],
    }
    if pair is not None:
        http["tls"] = {"cert": f"{pair}.crt", "key": f"{pair}.key"}
    if passwords is not None:
        http["auth"] = {"htpasswd": {"path": str(passwords)}, "failDelay": 0}
    settings = {
        "distSpecVersion": "1.1.0",
        "storage": {"rootDirectory": f"{folder}/data", "dedupe": True, "gc": False},
        "http": http,
        "log": {"level": "error"},
    }
    (folder / "config.json").write_text(json.dumps(settings))
    return [program, "serve", str(folder / "config.json")]


def find(program: str) -> str:
    """Where a program is: on the path, or where ``go install`` puts it; skips where it is not."""
    found = which(program)
    for folder in () if found else _go_folders():
        found = found or which(program, path=str(folder))
    if found is None:
        pytest.skip(f"not installed: {program}")
    return found


@cache
def _go_folders() -> tuple[Path, ...]:
    folders = [Path.home() / "go/bin"]
    if which("go") is not None:
        asked = subprocess.run(
            ["go", "env", "GOBIN", "GOPATH"], capture_output=True, text=True, check=False
        )
        bin_folder, _, gopath = asked.stdout.partition("\n")
        folders += [Path(bin_folder)] if bin_folder else []
        folders += [Path(part) / "bin" for part in gopath.strip().split(os.pathsep) if part]
    return tuple(dict.fromkeys(folders))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(serving: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and serving.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise ProgramFailed(f"the registry does not serve: {log.read_text()[-400:]}")


def make_authority(folder: Path) -> Path:
    """An authority ``ca.crt`` and a certificate ``server`` for 127.0.0.1 that it vouches for."""
    need("openssl", root=False)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    new = "req -newkey rsa:2048 -nodes"
    _openssl(folder, f"{new} -x509 -days 2 -keyout ca.key -out ca.crt", "/CN=Test authority")
    _openssl(folder, f"{new} -keyout server.key -out server.csr", "/CN=127.0.0.1")
    signing = "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial"
    _openssl(folder, f"{signing} -out server.crt -days 2 -extfile names")
    return folder / "ca.crt"


def _openssl(folder: Path, words: str, subject: str = "") -> None:
    run("openssl", *words.split(), *(["-subj", subject] if subject else []), cwd=folder)
