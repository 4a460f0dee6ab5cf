"""Connections to an engine for HTTP/1.1: by its socket, by TCP with or without TLS, by SSH."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess

from explorer.errors import ExplorerError, Refused, Unsupported
from explorer.sources.engines.endpoint import Endpoint

_SECONDS = 20.0  # to connect; not to answer


class EngineConnection(http.client.HTTPConnection):
    """One connection; ``dial`` is the command that speaks for the engine at the end of SSH."""

    def __init__(
        self, endpoint: Endpoint, dial: tuple[str, ...], seconds: float = _SECONDS
    ) -> None:
        host = endpoint.address if endpoint.scheme == "tcp" else "engine"
        super().__init__(host, timeout=seconds)
        self._endpoint = endpoint
        self._dial = dial
        self._ssh: subprocess.Popen[bytes] | None = None

    def connect(self) -> None:
        """Connect; raises ``OSError`` and what :meth:`Tls.context` raises."""
        match self._endpoint.scheme:
            case "unix":
                self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self.sock.settimeout(self.timeout)
                self.sock.connect(self._endpoint.address)
            case "tcp":
                super().connect()
                if self._endpoint.tls is not None:
                    context = self._endpoint.tls.context()
                    self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
            case "ssh":
                ours, theirs = socket.socketpair()
                with theirs:
                    self._ssh = subprocess.Popen(
                        self._endpoint.ssh_command(*self._dial),
                        stdin=theirs.fileno(),
                        stdout=theirs.fileno(),
                        stderr=subprocess.DEVNULL,
                    )
                self.sock = ours

    def close(self) -> None:
        """Close, and end the program that spoke for the engine."""
        super().close()
        if self._ssh is not None:
            self._ssh.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._ssh.wait(5)
            self._ssh = None


def unreachable(title: str, endpoint: Endpoint, error: OSError) -> ExplorerError:
    """The error for an engine that cannot be connected to: why, and what to do."""
    where = f" (from {endpoint.origin})" if endpoint.origin else ""
    what = f"{title} cannot be reached at {endpoint}{where}"
    if isinstance(error, FileNotFoundError):
        program = "ssh is not installed" if endpoint.scheme == "ssh" else "there is no such socket"
        return Unsupported(what, why=program, hint=f"Install {title}, or start it")
    if isinstance(error, PermissionError):
        return Unsupported(
            what,
            why="this user may not use its socket",
            hint="Add the user to the group of the socket (docker), or use the rootless engine",
        )
    if isinstance(error, ConnectionRefusedError):
        return Unsupported(what, why="nothing listens there", hint=f"Start {title}")
    if isinstance(error, TimeoutError):
        return Refused(what, why="it does not answer", hint=f"Look whether {title} is running")
    return Refused(what, why=error.strerror or str(error) or type(error).__name__)
