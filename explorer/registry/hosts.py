"""The registries a user has added: names kept on disk, none of them contacted here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from explorer.errors import Refused, UsageError
from explorer.oci import Reference
from explorer.store.data import data_root
from explorer.store.images.files import replace_file

HUB: Final = "docker.io"
_MOST_REPOSITORIES: Final = 50
_MOST_BYTES: Final = 4 << 20
_MOST_AUTHORITY: Final = 1 << 20
_SCHEMES: Final = ("docker://", "https://", "http://")


@dataclass(frozen=True, slots=True)
class Host:
    """A registry by its name, with or without a port.

    ``insecure`` allows plain HTTP and certificates that nobody vouches for. ``repositories`` are
    those the user has typed, the latest first: not every registry lists what it has.
    """

    name: str
    insecure: bool = False
    repositories: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, *, insecure: bool = False) -> Host:
        """Read what a person types or pastes: a host, an address, or the name of an image.

        What stands behind the host is taken as a repository. Raises :class:`UsageError`.
        """
        name = text.strip()
        for scheme in _SCHEMES:
            name = name.removeprefix(scheme)
        name, _, path = name.rstrip("/").partition("/")
        path = path.removeprefix("v2").strip("/")
        try:
            reference = Reference.parse(f"{name}/{path or 'name/name'}")
        except UsageError as error:
            raise _bad(text, error.why) from None
        if not name or reference.host not in (name, HUB):
            raise _bad(text, "a host has a dot or a port, or is localhost")
        if reference.host == HUB and "." not in name:
            raise _bad(text, "a host has a dot or a port, or is localhost")
        return cls(reference.host, insecure, (reference.path,) if path else ())

    @property
    def lists_repositories(self) -> bool:
        """Whether it can be asked for its repositories at all; Docker Hub never tells them."""
        return self.name != HUB

    @property
    def counts_reading(self) -> bool:
        """Whether every manifest that is read counts against a limit of pulls."""
        return self.name == HUB

    def repository(self, text: str) -> Reference:
        """The repository, perhaps with a tag or a digest, that a person types for this host.

        Raises :class:`UsageError`.
        """
        path = text.strip().removeprefix(f"{self.name}/")
        return Reference.parse(f"{self.name}/{path}")

    def with_repository(self, path: str) -> Host:
        """With a repository that was typed, as the latest."""
        others = [known for known in self.repositories if known != path]
        return replace(self, repositories=(path, *others)[:_MOST_REPOSITORIES])


class Hosts:
    """The list on disk; any number of windows may change it, the last one counts for a host."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def at(cls, path: Path | None = None) -> Hosts:
        """The user's own list, or the one in ``path``; nothing is made until a host is added."""
        return cls(path or data_root() / "registries.json")

    def all(self) -> tuple[Host, ...]:
        """Every host in the order it was added; a new list has Docker Hub.

        Raises :class:`Refused` for a list that cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                data = file.read(_MOST_BYTES)
        except FileNotFoundError:
            return (Host(HUB),)
        except OSError as error:
            raise self._unreadable(error.strerror or str(error)) from error
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._unreadable("it is no JSON") from error
        entries = document.get("hosts") if isinstance(document, dict) else None
        if not isinstance(entries, list):
            raise self._unreadable("it has no list of hosts")
        found = [_host(entry) for entry in entries]
        return tuple({host.name: host for host in found if host is not None}.values())

    def add(self, host: Host) -> tuple[Host, ...]:
        """Add a host, or change one of the same name; raises :class:`Refused`."""

        def change(hosts: Sequence[Host]) -> list[Host]:
            if any(known.name == host.name for known in hosts):
                return [host if known.name == host.name else known for known in hosts]
            return [*hosts, host]

        return self._change(change)

    def remove(self, name: str) -> tuple[Host, ...]:
        """Forget a host, but not the secrets kept for it; raises :class:`Refused`."""
        return self._change(lambda hosts: [host for host in hosts if host.name != name])

    def _change(self, change: Callable[[Sequence[Host]], list[Host]]) -> tuple[Host, ...]:
        hosts = tuple(change(self.all()))
        document = {
            "schema": 1,
            "hosts": [
                {
                    "host": host.name,
                    "insecure": host.insecure,
                    "repositories": list(host.repositories),
                }
                for host in hosts
            ],
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise self._unwritable(error) from error
        replace_file(self._path, json.dumps(document, indent=2).encode())
        return hosts

    def _unreadable(self, why: str) -> Refused:
        return Refused(
            "The list of your registries cannot be read",
            why=f"{self._path}: {why}",
            hint="Mend it, or move it away to begin with an empty list",
        )

    def _unwritable(self, error: OSError) -> Refused:
        return Refused(
            "The list of your registries cannot be written",
            why=f"{self._path.parent}: {error.strerror or error}",
            hint="Check its permissions",
        )


def authority_of(host: str, root: Path | None = None) -> Path:
    """Where a host's own authority is looked for: Podman's folder of the user, read here, too."""
    folder = root or Path("~/.config/containers/certs.d").expanduser()
    return folder / host / "ca.crt"


def trust(host: str, authority: Path, root: Path | None = None) -> Path:
    """Trust a certificate authority for one host; returns where it was copied to.

    Raises :class:`Refused` for a file that is no certificate, or where it cannot be written.
    """
    import ssl

    try:
        with authority.open("rb") as file:
            data = file.read(_MOST_AUTHORITY)
        if not data.strip():
            raise ValueError("it is empty")
        ssl.create_default_context(cadata=data.decode("ascii"))
    except (OSError, ValueError) as error:  # of which ssl.SSLError and UnicodeError are some
        raise Refused(
            f"{authority.name} is no certificate authority that can be used",
            why=getattr(error, "strerror", None) or "it has no certificate in PEM form",
            hint="Choose a file that begins with -----BEGIN CERTIFICATE-----",
        ) from error
    place = authority_of(host, root)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    except OSError as error:
        raise Refused(
            f"The authority for {host} cannot be kept",
            why=f"{place}: {error.strerror or error}",
            hint="Check the permissions of the folder",
        ) from error
    return place


def _host(entry: Any) -> Host | None:
    """A host as it is kept; None for what is no host any more."""
    if not isinstance(entry, dict) or not isinstance(entry.get("host"), str):
        return None
    try:
        host = Host.parse(entry["host"], insecure=entry.get("insecure") is True)
    except UsageError:
        return None
    paths = entry.get("repositories")
    known = [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
    return replace(host, repositories=tuple(known[:_MOST_REPOSITORIES]))


def _bad(text: str, why: str) -> UsageError:
    return UsageError(
        f"{text[:100]!r} is not the host of a registry",
        why=why,
        hint="Write it like docker.io, ghcr.io, registry.example:5000 or localhost:5000",
    )
