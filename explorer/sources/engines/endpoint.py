"""Where an engine listens: a socket of this machine, a host with or without TLS, a host by SSH."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

from explorer.errors import Refused, Unsupported, UsageError

Scheme = Literal["unix", "tcp", "ssh"]
_SCHEMES: dict[str, Scheme] = {"unix": "unix", "tcp": "tcp", "http": "tcp", "https": "tcp"}
_PORT, _TLS_PORT = 2375, 2376


@dataclass(frozen=True, slots=True)
class Tls:
    """How a host proves itself, and we to it: files of PEM, as Docker keeps them."""

    folder: Path | None = None
    verify: bool = True

    def context(self) -> ssl.SSLContext:
        """What a connection takes; raises :class:`Refused` for files that cannot be read."""
        try:
            return self._context()
        except OSError as error:  # ssl.SSLError is one
            raise Refused(
                "The certificates for the engine cannot be used",
                why=f"{self.folder}: {error.strerror or error}",
                hint="Look at DOCKER_CERT_PATH, or at the Docker context",
            ) from error

    def _context(self) -> ssl.SSLContext:
        authority = self._file("ca.pem")
        context = ssl.create_default_context(cafile=authority)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        certificate, key = self._file("cert.pem"), self._file("key.pem")
        if certificate and key:
            context.load_cert_chain(certificate, key)
        return context

    def _file(self, name: str) -> str | None:
        path = self.folder / name if self.folder is not None else None
        return str(path) if path is not None and path.exists() else None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An engine's address; ``address`` is a path, ``HOST:PORT``, or ``[USER@]HOST[:PORT]``.

    ``origin`` says what named it: ``DOCKER_HOST``, a context; empty for the usual place. For SSH,
    ``path`` is a socket on the other side, where it is named.
    """

    scheme: Scheme
    address: str
    tls: Tls | None = None
    origin: str = ""
    path: str = ""

    @classmethod
    def parse(cls, text: str, tls: Tls | None = None, origin: str = "") -> Self:
        """Read a URL as DOCKER_HOST and CONTAINER_HOST have it.

        Raises :class:`UsageError` for what is none, :class:`Unsupported` for Windows' pipes.
        """
        parts = urlsplit(text)
        if parts.scheme in ("npipe", "fd"):
            raise Unsupported(f"{text} cannot be reached", why="it is no socket")
        if parts.scheme == "unix":
            return cls("unix", text.removeprefix("unix://"), origin=origin)
        if parts.scheme == "ssh" and parts.hostname:
            return cls("ssh", parts.netloc, origin=origin, path=parts.path)
        if parts.scheme in _SCHEMES and _host(parts):
            secure = tls or (Tls() if parts.scheme == "https" else None)
            return cls("tcp", _with_port(parts, secure is not None), secure, origin)
        where = f" of {origin}" if origin else ""
        raise UsageError(
            f"{text!r}{where} is no address of an engine",
            hint="Write it like unix:///run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST",
        )

    def __str__(self) -> str:
        return f"{self.scheme}://{self.address}{self.path}"

    @property
    def is_here(self) -> bool:
        """Whether it is a socket of this machine."""
        return self.scheme == "unix"

    def ssh_command(self, *remote: str) -> list[str]:
        """The program that makes a connection by SSH, speaking on its input and output."""
        user_host, _, port = self.address.rpartition(":")
        if not port.isdigit():
            user_host, port = self.address, ""
        options = ["-p", port] if port else []
        return ["ssh", "-T", "-o", "ConnectTimeout=30", *options, "--", user_host, *remote]


def _host(parts: SplitResult) -> str | None:
    return parts.hostname


def _with_port(parts: SplitResult, secure: bool) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    try:
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{parts.geturl()!r} has no port that could be") from error
    return f"{host}:{port or (_TLS_PORT if secure else _PORT)}"


def runtime_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where the sockets of this user are."""
    named = environ.get("XDG_RUNTIME_DIR")
    if named:
        return Path(named)
    usual = Path(f"/run/user/{os.getuid()}") if hasattr(os, "getuid") else None
    return usual if usual is not None and usual.is_dir() else None
