"""How registries are spoken to: where, how many things at a time, how patiently."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from explorer.errors import UsageError
from explorer.oci import Reference
from explorer.registry.configuration import configured
from explorer.registry.rules import Rules

_MIRRORS: Final = "LAYERSCOPE_MIRRORS"
_HUB: Final = "docker.io"
_HUB_SERVER: Final = "registry-1.docker.io"


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up. Times are in seconds.

    ``attempts`` are made of one request; a transfer that moves on begins to count anew.
    ``longest`` bounds one wait, also where a server asks for more.
    """

    attempts: int = 5
    first: float = 0.5
    longest: float = 60.0
    connect: float = 15.0
    silence: float = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose.

    ``insecure`` names hosts that may speak plain HTTP, or show a certificate that nobody vouches
    for; on the loopback interface plain HTTP is always allowed, as Docker allows it. ``mirrors``
    are asked first for what is read, never for what is written; ``rules`` are those of
    :mod:`explorer.registry.configuration`. ``authorities`` are files with certificates to believe
    besides the system's and those of ``certs.d`` (:mod:`explorer.registry.certificates`).
    ``parallel`` blobs travel at a time; ``chunk`` is how many bytes of a blob are sent with one
    request.
    """

    insecure: frozenset[str] = frozenset()
    mirrors: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    rules: Rules = field(default_factory=Rules)
    authorities: tuple[Path, ...] = ()
    parallel: int = 4
    chunk: int = 256 << 20
    patience: Patience = Patience()

    @classmethod
    def from_environment(
        cls,
        insecure: frozenset[str] = frozenset(),
        environ: Mapping[str, str] = os.environ,
        *,
        mirrors: Sequence[str] = (),
        authorities: tuple[Path, ...] = (),
    ) -> Options:
        """With what is written down in files, and the mirrors of ``LAYERSCOPE_MIRRORS``.

        ``mirrors`` are ``docker.io=mirror.example``, and come before those of the variable, a list
        of such with commas between. Raises :class:`UsageError` for what is not understood.
        """
        named = [*mirrors, *environ.get(_MIRRORS, "").split(",")]
        return cls(
            insecure=insecure,
            mirrors=_mirrors(part.strip() for part in named if part.strip()),
            rules=configured(environ),
            authorities=authorities,
        )

    def sources(self, reference: Reference) -> tuple[Reference, ...]:
        """Where to read an image, in order; the last one is where it really is.

        Raises :class:`explorer.errors.Refused` for a host that is not to be contacted.
        """
        known = self.rules.sources(reference)
        first = [replace(reference, host=host) for host in self.mirrors.get(reference.host, ())]
        return (*first, *(source for source in known if source not in first))

    def is_insecure(self, host: str) -> bool:
        """Whether a host may be spoken to over plain HTTP, or without knowing who it is."""
        return host in self.insecure or self.rules.is_insecure(host)

    def may_be_plain(self, host: str) -> bool:
        """Whether a host may be spoken to over plain HTTP."""
        return self.is_insecure(host) or is_loopback(host)


def _mirrors(items: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        host, equals, mirror = item.partition("=")
        if not (host and equals and mirror) or "/" in mirror:
            raise UsageError(
                "A mirror cannot be understood",
                why=f"{item[:60]!r} is not HOST=MIRROR",
                hint=f"Write it like docker.io=mirror.example:5000, with --mirror or in {_MIRRORS}",
            )
        found[host] = (*found.get(host, ()), mirror)
    return found


def server_of(host: str) -> str:
    """The host that answers for a name: Docker Hub's registry has another one."""
    return _HUB_SERVER if host == _HUB else host


def bare_host(host: str) -> str:
    """A host without its port and without the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: ``localhost``, 127.0.0.0/8, ::1."""
    name = bare_host(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
