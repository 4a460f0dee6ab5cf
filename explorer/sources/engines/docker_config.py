"""Docker's own settings: contexts, and what to log in to registries with.

As the Docker command line keeps them: ``config.json`` below ``DOCKER_CONFIG`` or ``~/.docker``,
contexts in ``contexts/meta/SHA256-OF-NAME/meta.json`` and ``contexts/tls``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from explorer.errors import NotFound
from explorer.sources.engines.endpoint import Endpoint, Tls, runtime_folder

_MOST_BYTES: Final = 4 << 20
_HUB: Final = "https://index.docker.io/v1/"
_HELPER_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a registry lets in: a name and a password, or a token in their place."""

    server: str
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def as_engine(self) -> dict[str, str]:
        """As Docker's API takes it: ``AuthConfig``."""
        if self.token:
            return {"identitytoken": self.token, "serveraddress": self.server}
        return {
            "username": self.username,
            "password": self.password,
            "serveraddress": self.server,
        }


@dataclass(frozen=True, slots=True)
class DockerConfig:
    """What is in Docker's folder; nothing where there is none."""

    folder: Path
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def at(cls, environ: Mapping[str, str] = os.environ) -> DockerConfig:
        """The user's; a file that cannot be read counts as none."""
        named = environ.get("DOCKER_CONFIG")
        folder = Path(named) if named else Path(environ.get("HOME", "~")).expanduser() / ".docker"
        return cls(folder, _read(folder / "config.json"))

    # -- where the engine is ----------------------------------------------------------------------

    def endpoint(self, environ: Mapping[str, str] = os.environ) -> Endpoint:
        """Where Docker Engine listens, found as Docker's command line finds it.

        Raises :class:`explorer.errors.UsageError` for an address that is none, :class:`NotFound`
        for a context that is not there.
        """
        host = environ.get("DOCKER_HOST")
        if host:
            secure = bool(environ.get("DOCKER_TLS_VERIFY") or environ.get("DOCKER_TLS"))
            folder = environ.get("DOCKER_CERT_PATH")
            verify = bool(environ.get("DOCKER_TLS_VERIFY"))
            tls = Tls(Path(folder) if folder else self.folder, verify) if secure else None
            return Endpoint.parse(host, tls, "DOCKER_HOST")
        name = environ.get("DOCKER_CONTEXT") or str(self.document.get("currentContext") or "")
        if name and name != "default":
            return self._of_context(name)
        return Endpoint("unix", str(_usual_socket(environ)))

    def _of_context(self, name: str) -> Endpoint:
        key = hashlib.sha256(name.encode()).hexdigest()
        meta = _read(self.folder / "contexts" / "meta" / key / "meta.json")
        endpoints = meta.get("Endpoints")
        docker = endpoints.get("docker") if isinstance(endpoints, Mapping) else None
        host = docker.get("Host") if isinstance(docker, Mapping) else None
        if not isinstance(docker, Mapping) or not isinstance(host, str):
            raise NotFound(
                f"There is no Docker context {name}",
                hint="docker context ls lists them; DOCKER_CONTEXT names another",
            )
        folder = self.folder / "contexts" / "tls" / key / "docker"
        tls = Tls(folder, not docker.get("SkipTLSVerify")) if folder.is_dir() else None
        return Endpoint.parse(host, tls, f"the Docker context {name}")

    # -- registries -------------------------------------------------------------------------------

    def credentials(self, hosts: Iterable[str]) -> dict[str, Credentials]:
        """What is kept for registries, by their host; helpers are asked for these hosts alone."""
        found = {host: self._credentials(host) for host in dict.fromkeys(hosts)}
        return {host: known for host, known in found.items() if known is not None}

    def _credentials(self, host: str) -> Credentials | None:
        server = _HUB if host in ("docker.io", "index.docker.io") else host
        helpers = self.document.get("credHelpers")
        helper = helpers.get(host) if isinstance(helpers, Mapping) else None
        helper = helper or self.document.get("credsStore")
        if isinstance(helper, str) and helper:
            return _ask(helper, server)
        auths = self.document.get("auths")
        if isinstance(auths, Mapping):
            for key in (server, host, f"https://{host}"):
                if isinstance(entry := auths.get(key), Mapping):
                    return _of_entry(server, entry)
        return None


def _usual_socket(environ: Mapping[str, str]) -> Path:
    """The system's socket; the user's own where that one is not there."""
    system = Path("/var/run/docker.sock")
    folder = runtime_folder(environ)
    home = Path(environ.get("HOME", "/"))
    own = [folder / "docker.sock"] if folder is not None else []
    own += [home / ".docker/run/docker.sock", home / ".docker/desktop/docker.sock"]
    if not system.exists():
        return next((socket for socket in own if socket.exists()), system)
    return system


def _of_entry(server: str, entry: Mapping[str, Any]) -> Credentials | None:
    token = entry.get("identitytoken")
    if isinstance(token, str) and token:
        return Credentials(server, token=token)
    encoded = entry.get("auth")
    if isinstance(encoded, str) and encoded:
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return Credentials(server, name, password.rstrip("\0"))
    user, secret = entry.get("username"), entry.get("password")
    if isinstance(user, str) and isinstance(secret, str):
        return Credentials(server, user, secret)
    return None


def _ask(helper: str, server: str) -> Credentials | None:
    """Ask ``docker-credential-NAME``, in its protocol: the server in, a JSON object out."""
    if not helper.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return None
    try:
        answered = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=server.encode(),
            capture_output=True,
            timeout=_HELPER_SECONDS,
            check=True,
        )
        found = json.loads(answered.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if not isinstance(found, Mapping) or not isinstance(found.get("Secret"), str):
        return None
    if found.get("Username") == "<token>":
        return Credentials(server, token=found["Secret"])
    return Credentials(server, str(found.get("Username", "")), found["Secret"])


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, Mapping) else {}
