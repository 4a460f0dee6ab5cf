"""Logging in and out: a secret is tried, then kept in the safest place there is.

First the system's keyring, then the credential helper that Docker's ``config.json`` names, then
that file itself, where Docker and Podman find it, too; it is made readable for its owner alone.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any, Final

from explorer.errors import Refused
from explorer.registry import helpers
from explorer.registry.client import RegistryClient
from explorer.registry.credentials import (
    Credentials,
    docker_file,
    files,
    helper_of,
    key_of,
    read_file,
)
from explorer.registry.options import Options
from explorer.registry.wire import Wire

_OWNER_ONLY: Final = 0o600


async def check_login(host: str, credentials: Credentials, options: Options) -> None:
    """Let the host see the credentials; raises :class:`Refused` where it does not take them."""
    async with Wire(options, lambda _host, _path: credentials) as wire:
        await RegistryClient(wire).ping(host)


def keep(host: str, credentials: Credentials) -> str:
    """Keep a name and a password; says where. Raises :class:`Refused`, with nothing kept."""
    forget(host)
    if helpers.keep_in_keyring(host, credentials.username, credentials.password):
        return "the system's keyring"
    path = docker_file()
    document = read_file(path)
    helper = helper_of(document, host)
    if helper:
        helpers.store(helper, key_of(host), credentials.username, credentials.password)
        return f"docker-credential-{helper}"
    _refuse_to_damage(path, document)
    pair = f"{credentials.username}:{credentials.password}".encode()
    auths = document.get("auths")
    entries = dict(auths) if isinstance(auths, dict) else {}
    entries[key_of(host)] = {"auth": base64.b64encode(pair).decode()}
    _write(path, {**document, "auths": entries})
    return f"{path} (readable for you alone, not encrypted)"


def forget(host: str) -> tuple[str, ...]:
    """Take a host's secret from every place that it is looked for in; says from which."""
    gone = ["the system's keyring"] if helpers.forget_in_keyring(host) else []
    for path in files():
        document = read_file(path)
        helper = helper_of(document, host)
        if helper and helpers.get(helper, key_of(host)) is not None:
            helpers.erase(helper, key_of(host))
            gone.append(f"docker-credential-{helper}")
        auths = document.get("auths")
        if not isinstance(auths, dict):
            continue
        keys = {host, key_of(host), f"https://{host}", f"http://{host}"}
        left = {key: entry for key, entry in auths.items() if key not in keys}
        if len(left) != len(auths):
            _write(path, {**document, "auths": left})
            gone.append(str(path))
    return tuple(gone)


def _refuse_to_damage(path: Path, document: dict[str, Any]) -> None:
    if not document and path.exists() and path.stat().st_size > 0:
        text = path.read_bytes().strip()
        if text != b"{}":
            raise Refused(
                f"{path} cannot be changed",
                why="it is no JSON object",
                hint="Mend it, or move it away",
            )


def _write(path: Path, document: dict[str, Any]) -> None:
    path = path.resolve()  # a link stays one
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(document, indent="\t").encode())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Refused(f"{path} cannot be written", why=error.strerror or str(error)) from error
