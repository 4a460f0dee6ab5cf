"""How registries are spoken to: where, how many things at a time, how patiently."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.errors import UsageError

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
    are asked first for what is read, never for what is written. ``parallel`` blobs travel at a
    time; ``chunk`` is how many bytes of a blob are sent with one request.
    """

    insecure: frozenset[str] = frozenset()
    mirrors: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    authorities: tuple[Path, ...] = ()
    parallel: int = 4
    chunk: int = 64 << 20
    patience: Patience = Patience()

    @classmethod
    def from_environment(
        cls, insecure: frozenset[str] = frozenset(), environ: Mapping[str, str] = os.environ
    ) -> Options:
        """With the mirrors of ``LAYERSCOPE_MIRRORS``: ``docker.io=mirror.example,...``.

        Raises :class:`UsageError` where that is no such list.
        """
        mirrors: dict[str, tuple[str, ...]] = {}
        for item in filter(None, (part.strip() for part in environ.get(_MIRRORS, "").split(","))):
            host, equals, mirror = item.partition("=")
            if not (host and equals and mirror) or "/" in mirror:
                raise UsageError(
                    f"{_MIRRORS} cannot be read",
                    why=f"{item[:60]!r} is not HOST=MIRROR",
                    hint="Write it like docker.io=mirror.example:5000",
                )
            mirrors[host] = (*mirrors.get(host, ()), mirror)
        return cls(insecure=insecure, mirrors=mirrors)

    def mirrors_of(self, host: str) -> tuple[str, ...]:
        """The hosts that are asked before this one."""
        return self.mirrors.get(host, ())

    def may_be_plain(self, host: str) -> bool:
        """Whether a host may be spoken to over plain HTTP."""
        return host in self.insecure or is_loopback(host)


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
