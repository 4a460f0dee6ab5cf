"""Debian's ``docker-registry`` on a loopback port: plain, with passwords, with TLS."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.programs import ProgramFailed, need, run

_SECONDS = 20


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
def registry(folder: Path, *, passwords: str = "", certificate: str = "") -> Iterator[Registry]:
    """Run one for the length of a ``with``. ``passwords`` is the text of an htpasswd file,
    ``certificate`` the stem of a ``.crt`` and a ``.key`` in ``folder``."""
    need("docker-registry", root=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [
        "version: 0.1",
        "log: {level: error}",
        f"storage: {{filesystem: {{rootdirectory: '{folder}/data'}}, delete: {{enabled: true}}}}",
        "http:",
        f"  addr: 127.0.0.1:{port}",
        "  relativeurls: true",
    ]
    if certificate:
        paths = f"certificate: '{folder}/{certificate}.crt', key: '{folder}/{certificate}.key'"
        settings.append(f"  tls: {{{paths}}}")
    if passwords:
        (folder / "htpasswd").write_text(passwords)
        settings.append(f"auth: {{htpasswd: {{realm: test, path: '{folder}/htpasswd'}}}}")
    (folder / "config.yml").write_text("\n".join(settings) + "\n")
    log = folder / "registry.log"
    with log.open("wb") as out:
        serving = subprocess.Popen(
            ["docker-registry", "serve", str(folder / "config.yml")],
            stdout=out,
            stderr=out,
            env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
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


def _wait(serving: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and serving.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise ProgramFailed(f"docker-registry does not serve: {log.read_text()[-400:]}")


def make_authority(folder: Path) -> Path:
    """An authority ``ca.crt`` and a certificate ``server`` for 127.0.0.1 that it vouches for."""
    need("openssl", root=False)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    key = ["-newkey", "rsa:2048", "-nodes", "-subj"]
    ca = ["-x509", "-days", "2", "-keyout", folder / "ca.key", "-out", folder / "ca.crt"]
    run("openssl", "req", *key, "/CN=Test authority", *ca)
    request = ["-keyout", folder / "server.key", "-out", folder / "server.csr"]
    run("openssl", "req", *key, "/CN=127.0.0.1", *request)
    signing = ["-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial"]
    made = ["-out", folder / "server.crt", "-days", "2", "-extfile", folder / "names"]
    run("openssl", "x509", "-req", "-in", folder / "server.csr", *signing, *made)
    return folder / "ca.crt"
