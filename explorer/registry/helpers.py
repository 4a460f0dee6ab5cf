"""Programs and services that keep secrets: Docker's credential helpers, the system's keyring.

A helper is ``docker-credential-NAME``; it reads from its standard input and prints JSON, so no
secret is ever in a list of processes (docker-credential-helpers, README).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from explorer.errors import Refused
from explorer.store.data import data_root
from explorer.store.images.files import replace_file

_SECONDS: Final = 30
_SERVICE: Final = "layerscope registry {}"
_ABSENT: Final = ("credentials not found", "not found in")


def get(helper: str, key: str) -> tuple[str, str] | None:
    """Name and secret that a helper keeps, None where it has none; raises :class:`Refused`."""
    answer = _run(helper, "get", key)
    if answer is None:
        return None
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if not isinstance(found, Mapping) or not isinstance(found.get("Secret"), str):
        raise Refused(
            f"The credential helper {helper} failed", why="it printed no JSON with a Secret"
        )
    name = found.get("Username")
    return (name if isinstance(name, str) else ""), found["Secret"]


def store(helper: str, key: str, username: str, secret: str) -> None:
    """Let a helper keep a secret; raises :class:`Refused`."""
    _run(helper, "store", json.dumps({"ServerURL": key, "Username": username, "Secret": secret}))


def erase(helper: str, key: str) -> None:
    """Let a helper forget a secret; raises :class:`Refused`."""
    _run(helper, "erase", key)


def _run(helper: str, verb: str, given: str) -> bytes | None:
    if not helper.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise Refused("The credential helper has no valid name", why=f"it is {helper[:40]!r}")
    try:
        done = subprocess.run(
            [f"docker-credential-{helper}", verb],
            input=given.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise Refused(
            f"The credential helper {helper} is not here",
            why=f"there is no program docker-credential-{helper}",
            hint="Install it, or take it out of Docker's config.json",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "it did not answer" if isinstance(error, subprocess.TimeoutExpired) else str(error)
        raise Refused(f"The credential helper {helper} failed", why=why) from None
    if done.returncode == 0:
        return done.stdout
    if verb != "store" and any(word in done.stdout.decode("utf-8", "replace") for word in _ABSENT):
        return None
    # What it printed is not repeated: it may hold what it was given.
    raise Refused(
        f"The credential helper {helper} failed",
        why=f"docker-credential-{helper} {verb} ended with code {done.returncode}",
        hint="Run it by hand to see why",
    )


# -- the system's keyring --------------------------------------------------------------------------


def keep_in_keyring(host: str, username: str, secret: str) -> bool:
    """Put a secret into the system's keyring; False where there is none that works."""
    if not _keyring("set_password", _SERVICE.format(host), username, secret):
        return False
    _remember(host, username)
    return True


def from_keyring(host: str) -> tuple[str, str] | None:
    """What the keyring has for a host that was put there; no other host makes it ask."""
    username = _logins().get(host)
    if not isinstance(username, str):
        return None
    secret = _keyring("get_password", _SERVICE.format(host), username)
    return (username, secret) if isinstance(secret, str) else None


def forget_in_keyring(host: str) -> bool:
    """Take a host's secret out of the keyring; whether there was one."""
    username = _logins().get(host)
    if not isinstance(username, str):
        return False
    _keyring("delete_password", _SERVICE.format(host), username)
    _remember(host, None)
    return True


def _keyring(method: str, *arguments: str) -> Any:
    try:
        import keyring
    except ImportError:
        return None
    try:
        if getattr(keyring.get_keyring(), "priority", 0) < 1:
            return None  # a backend that keeps nothing, or keeps it readable for everyone
        answer = getattr(keyring, method)(*arguments)
    except Exception:  # noqa: BLE001 - every backend has errors of its own
        return None
    return True if answer is None and method == "set_password" else answer


def _logins() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_bytes())
    except (OSError, ValueError):
        return {}
    hosts = found.get("keyring") if isinstance(found, dict) else None
    return hosts if isinstance(hosts, dict) else {}


def _remember(host: str, username: str | None) -> None:
    """Which hosts the keyring has something for: names, no secrets."""
    hosts = {key: name for key, name in _logins().items() if key != host}
    if username is not None:
        hosts[host] = username
    _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(_file(), json.dumps({"keyring": hosts}, indent=2).encode())


def _file() -> Path:
    return data_root() / "logins.json"
