"""What the workspace knows of registries: hosts, how it stands with each, and how to ask them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from explorer.errors import ExplorerError
from explorer.oci import Digest, Reference
from explorer.registry import Options, RegistryClient
from explorer.registry.hosts import Host, Hosts
from explorer.transfer.browsing import Look, natural
from explorer.ui.registries.account import NOBODY, Login, accounts, is_silent, wants_login
from explorer.ui.registries.line import Line
from explorer.ui.tasks import run_in_thread

if TYPE_CHECKING:
    from explorer.registry.credentials import Credentials

T = TypeVar("T")
Names = Callable[[Sequence[str]], object]
_ATTEMPTS: Final = 3
_TELL_EVERY: Final = 0.2  # seconds between two looks at a list that is still coming


class Standing(StrEnum):
    """How it stands with a host."""

    UNKNOWN = "not contacted yet"
    ASKING = "asking"
    READY = "reachable"
    LOCKED = "wants a login"
    AWAY = "unreachable"


@dataclass(frozen=True, slots=True)
class State:
    """What the list says of a host; ``why`` is the reason it cannot be used."""

    standing: Standing = Standing.UNKNOWN
    login: Login = NOBODY
    why: str = ""

    def __str__(self) -> str:
        if self.standing is Standing.AWAY:
            return f"unreachable: {self.why}" if self.why else "unreachable"
        if self.standing is Standing.READY:
            return f"reachable, {self.login}" if not self.login.is_somebody else str(self.login)
        return str(self.standing)


class RegistrySession(QObject):
    """Hosts, logins and questions of one window; nothing is asked before somebody wants it."""

    hosts_changed = Signal()
    """Hosts were read, added or removed."""
    state_changed = Signal(str)
    """It stands otherwise with the host of this name."""

    def __init__(self, parent: QObject, hosts: Hosts | None = None) -> None:
        super().__init__(parent)
        self.accounts = accounts()
        self.hosts: tuple[Host, ...] = ()
        self.known: dict[Digest, Look] = {}
        self._store = hosts or Hosts.at()
        self._states: dict[str, State] = {}
        self._line = Line(self._options_to_look, self.accounts.find)
        self.destroyed.connect(self._line.close)

    def close(self) -> None:
        """Let go of all connections."""
        self._line.close()

    # -- hosts --------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the list from disk."""
        self._set_hosts(await run_in_thread(self._store.all))

    async def add(self, host: Host) -> None:
        """Add a host, or change one of that name, and keep the list."""
        self._set_hosts(await run_in_thread(self._store.add, host))
        await self.start_over(host.name)

    async def remove(self, name: str) -> None:
        """Take a host from the list."""
        self._states.pop(name, None)
        self._set_hosts(await run_in_thread(self._store.remove, name))
        await self._line.forget(name)

    async def remember(self, repository: Reference) -> None:
        """Keep a repository that was typed."""
        host = self.host(repository.host)
        if host is not None and repository.path not in host.repositories[:1]:
            changed = await run_in_thread(self._store.add, host.with_repository(repository.path))
            self._set_hosts(changed)

    def host(self, name: str) -> Host | None:
        """The host of this name, if it is in the list."""
        return next((host for host in self.hosts if host.name == name), None)

    def state(self, name: str) -> State:
        """How it stands with a host."""
        return self._states.get(name, State())

    def options(self) -> Options:
        """How registries are spoken to now."""
        return Options.from_environment(
            frozenset(host.name for host in self.hosts if host.insecure)
        )

    def _options_to_look(self) -> Options:
        """Whoever looks around wants to hear soon that a host does not answer."""
        options = self.options()
        return replace(options, patience=replace(options.patience, attempts=_ATTEMPTS))

    def _set_hosts(self, hosts: tuple[Host, ...]) -> None:
        self.hosts = hosts
        self.hosts_changed.emit()

    # -- how it stands ------------------------------------------------------------------------

    async def start_over(self, name: str) -> None:
        """Forget connections, tokens and what was known: who asks, or how, is another now."""
        await self._line.forget(name)
        self._set_state(name, State())

    async def contact(self, name: str) -> State:
        """Find out whether a host answers and who is logged in; never raises for what it says."""
        self._set_state(name, State(Standing.ASKING))
        try:
            await self._line.ask(name, lambda client: client.ping(name))
            state = State(Standing.READY)
        except ExplorerError as error:
            if is_silent(error):
                state = State(Standing.AWAY, why=error.why)
            elif wants_login(error):
                state = State(Standing.LOCKED, why=error.why)
            else:
                state = State(Standing.READY)
        except asyncio.CancelledError:
            self._set_state(name, State())
            raise
        if state.standing is Standing.READY:
            state = State(Standing.READY, await run_in_thread(self.accounts.login, name))
        self._set_state(name, state)
        return state

    def _set_state(self, name: str, state: State) -> None:
        self._states[name] = state
        self.state_changed.emit(name)

    # -- asking -------------------------------------------------------------------------------

    async def ask(self, host: str, work: Callable[[RegistryClient], Awaitable[T]]) -> T:
        """What some work with a client gives; it runs beside the window, not in its loop."""
        return await self._line.ask(host, work)

    async def repositories(self, host: str, told: Names) -> list[str]:
        """The repositories of a host; ``told`` sees, in this loop, what has come so far."""
        return await self._names(host, lambda client: client.catalog(host), told)

    async def tags(self, repository: Reference, told: Names) -> list[str]:
        """The tags of a repository, sorted as people count; ``told`` as above."""
        return await self._names(repository.host, lambda client: client.tags(repository), told)

    async def _names(
        self, host: str, names: Callable[[RegistryClient], AsyncIterator[str]], told: Names
    ) -> list[str]:
        loop = asyncio.get_running_loop()

        async def read(client: RegistryClient) -> list[str]:
            found: dict[str, None] = {}
            after = time.monotonic() + _TELL_EVERY
            async for name in names(client):
                found[name] = None
                if time.monotonic() >= after:
                    loop.call_soon_threadsafe(told, sorted(found, key=natural))
                    after = time.monotonic() + _TELL_EVERY
            return sorted(found, key=natural)

        return await self._line.ask(host, read)

    # -- logging in ---------------------------------------------------------------------------

    async def check_login(self, host: str, credentials: Credentials) -> None:
        """Let a host see credentials; raises :class:`explorer.errors.Refused`."""
        from explorer.registry.logins import check_login

        await run_in_thread(lambda: asyncio.run(check_login(host, credentials, self.options())))

    async def log_in(self, host: str, credentials: Credentials, *, keep: bool) -> str:
        """Use credentials from now on; says where they are kept."""
        from explorer.registry import logins

        self.accounts.drop(host)
        if keep:
            place = await run_in_thread(logins.keep, host, credentials)
        else:
            place = self.accounts.hold(host, credentials)
        await self.start_over(host)
        return place

    async def log_out(self, host: str) -> tuple[str, ...]:
        """Forget a host's secret wherever it is; says from where it went."""
        from explorer.registry import logins

        places = [*(("this window",) if self.accounts.drop(host) else ())]
        places += await run_in_thread(logins.forget, host)
        await self.start_over(host)
        return tuple(places)
