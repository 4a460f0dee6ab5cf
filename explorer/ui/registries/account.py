"""Who asks a registry: what is kept, what holds for this session, and where it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from explorer.errors import Refused

if TYPE_CHECKING:
    from explorer.registry.credentials import Credentials

SESSION = "memory only: it is forgotten when Layerscope closes"
"""Where a secret is that was not to be kept."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who is logged in to a host, and where the secret is kept; both are empty for nobody."""

    user: str = ""
    origin: str = ""

    @property
    def is_somebody(self) -> bool:
        """Whether there is a secret."""
        return bool(self.origin)

    def __str__(self) -> str:
        if not self.is_somebody:
            return "not logged in"
        return f"logged in as {self.user}" if self.user else "logged in with a token"


NOBODY: Final = Login()


class Accounts:
    """Finds credentials from any thread: those of this session first, then those kept."""

    def __init__(self) -> None:
        self._session: dict[str, Credentials] = {}
        self._lock = threading.Lock()

    def find(self, host: str, path: str = "") -> Credentials | None:
        """What to show a host; may run a credential helper. Raises as the helper fails."""
        from explorer.registry.credentials import find_credentials

        with self._lock:
            held = self._session.get(host)
        return held if held is not None else find_credentials(host, path)

    def login(self, host: str) -> Login:
        """Who is logged in; call it in a thread."""
        found = self.find(host)
        if found is None:
            return Login()
        return Login(found.username, found.origin or "a file")

    def hold(self, host: str, credentials: Credentials) -> str:
        """Use credentials until the window closes; says where they are."""
        with self._lock:
            self._session[host] = replace(credentials, origin=SESSION)
        return SESSION

    def drop(self, host: str) -> bool:
        """Forget what holds for this session; whether there was anything."""
        with self._lock:
            return self._session.pop(host, None) is not None


def accounts() -> Accounts:
    """Those of this run: every connection of the window asks as the same people."""
    return _ACCOUNTS


def place_for(host: str) -> str:
    """Where a secret for a host would be kept, in words; call it in a thread."""
    from explorer.registry.credentials import docker_file, helper_of, read_file

    if _has_keyring():
        return "the system's keyring"
    path = docker_file()
    helper = helper_of(read_file(path), host)
    if helper:
        return f"the program docker-credential-{helper}, which {path} names"
    return f"{path}, readable for you alone but not encrypted, as docker login keeps it"


def _has_keyring() -> bool:
    try:
        import keyring

        return float(getattr(keyring.get_keyring(), "priority", 0)) >= 1
    except Exception:  # noqa: BLE001 - every backend has errors of its own
        return False


_ACCOUNTS: Final = Accounts()


def wants_login(error: BaseException) -> bool:
    """Whether a registry refused because it does not know who asks, or does not take the secret."""
    if not isinstance(error, Refused):
        return False
    return "who asks" in error.why or error.what.endswith("does not let you in")


def is_silent(error: BaseException) -> bool:
    """Whether there was no answer of a registry at all, or none that can be trusted."""
    if not isinstance(error, Refused) or wants_login(error):
        return False
    return not error.what.partition(": ")[0].endswith(("refused", "failed"))
