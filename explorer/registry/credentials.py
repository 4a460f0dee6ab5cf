"""Names and secrets for registries, where Docker, Podman and this program keep them.

Looked up in this order: the system's keyring (only for hosts that ``layerscope login`` put
there), Podman's ``auth.json``, Docker's ``config.json``; in a file ``credHelpers``, ``credsStore``
and ``auths``, as containers-auth.json(5) and Docker's command line have it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from explorer.registry import helpers

HUB_KEY: Final = "https://index.docker.io/v1/"
_HUB_NAMES: Final = ("docker.io", "index.docker.io", "registry-1.docker.io")
_MOST_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password, or a token that stands for both; never shown."""

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    origin: str = field(default="", compare=False)

    @property
    def basic(self) -> str:
        """For the header ``Authorization`` (RFC 7617)."""
        pair = f"{self.username}:{self.password}".encode()
        return "Basic " + base64.b64encode(pair).decode()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may hold."""
        basic = self.basic.partition(" ")[2] if self.password else ""
        return tuple(filter(None, (self.password, self.token, basic)))


Find = Callable[[str], Credentials | None]


def find_credentials(
    host: str, path: str = "", environ: Mapping[str, str] = os.environ
) -> Credentials | None:
    """What the user keeps for a repository of a host, or None. May run a credential helper.

    Raises :class:`explorer.errors.Refused` where a helper that was named fails.
    """
    found = helpers.from_keyring(host)
    if found is not None:
        return Credentials(*found, origin="the keyring")
    for file in files(environ):
        known = _from_file(file, host, path)
        if known is not None:
            return known
    return None


def files(environ: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """The files that may hold credentials, the first that knows a host counts."""
    named = environ.get("REGISTRY_AUTH_FILE")
    if named:
        yield Path(named)
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime:
        yield Path(runtime) / "containers" / "auth.json"
    home = Path(environ.get("HOME") or "~").expanduser()
    configuration = environ.get("XDG_CONFIG_HOME")
    own = Path(configuration) if configuration else home / ".config"
    yield own / "containers" / "auth.json"
    yield docker_file(environ)


def docker_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Docker's ``config.json``."""
    folder = environ.get("DOCKER_CONFIG")
    home = Path(environ.get("HOME") or "~").expanduser()
    return (Path(folder) if folder else home / ".docker") / "config.json"


def key_of(host: str) -> str:
    """What Docker files a host under: Docker Hub has a name of its own."""
    return HUB_KEY if host in _HUB_NAMES else host


def read_file(path: Path) -> dict[str, Any]:
    """A file of credentials; nothing where it is absent or cannot be read."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def helper_of(document: Mapping[str, Any], host: str) -> str:
    """The credential helper that a file names for a host, or ``""``."""
    per_host = document.get("credHelpers")
    named = None
    if isinstance(per_host, Mapping):
        named = per_host.get(host) or per_host.get(key_of(host))
    named = named or document.get("credsStore")
    return named if isinstance(named, str) else ""


def _from_file(path: Path, host: str, repository: str) -> Credentials | None:
    document = read_file(path)
    if not document:
        return None
    helper = helper_of(document, host)
    if helper:
        found = helpers.get(helper, key_of(host))
        if found is not None:
            name, secret = found
            token = secret if name == "<token>" else ""
            origin = f"docker-credential-{helper}"
            if token:
                return Credentials(token=token, origin=origin)
            return Credentials(name, secret, origin=origin)
    auths = document.get("auths")
    if isinstance(auths, Mapping):
        for key in _keys(host, repository):
            if isinstance(entry := auths.get(key), Mapping):
                known = _from_entry(entry, str(path))
                if known is not None:
                    return known
    return None


def _keys(host: str, repository: str) -> Iterator[str]:
    """The longest path first, as Podman looks; then the host in Docker's spellings."""
    parts = repository.split("/") if repository else []
    for length in range(len(parts), 0, -1):
        yield "/".join((host, *parts[:length]))
    hosts = (HUB_KEY, *_HUB_NAMES) if host in _HUB_NAMES else (host,)
    for name in hosts:
        yield name
        if not name.startswith("https://"):
            for scheme in ("https", "http"):
                for end in ("", "/", "/v1/", "/v2/"):
                    yield f"{scheme}://{name}{end}"


def _from_entry(entry: Mapping[str, Any], origin: str) -> Credentials | None:
    token = entry.get("identitytoken")
    if isinstance(token, str) and token:
        return Credentials(token=token, origin=origin)
    encoded = entry.get("auth")
    if isinstance(encoded, str) and encoded:
        try:
            name, colon, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return Credentials(name, password.rstrip("\0"), origin=origin) if colon else None
    name, password = entry.get("username", ""), entry.get("password", "")
    if isinstance(name, str) and isinstance(password, str) and name and password:
        return Credentials(name, password, origin=origin)
    return None
