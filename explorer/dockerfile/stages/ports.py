"""Ports as EXPOSE takes them: ``[[IP:]HOST:]PORT[-PORT][/PROTOCOL]``."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.gotext import quote, shorten

_PROTOCOLS: Final = frozenset({"tcp", "udp", "sctp"})
_NUMBER: Final = re.compile(r"\+?[0-9]{1,18}")
_HIGHEST: Final = 65535


class PortError(ValueError):
    """A text that is no port."""


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One argument of EXPOSE. ``host`` and ``address`` have no meaning in a Dockerfile."""

    first: int
    last: int
    protocol: str
    address: str = ""
    host: str = ""

    @classmethod
    def parse(cls, text: str) -> PortSpec:
        """Read a port or a range; ``protocol`` keeps its case.

        Raises:
            PortError: it is none; the message is BuildKit's.
        """
        ip, host, port, protocol = split_port(text)
        _check_address(ip)
        first, last = _range(port, "containerPort")
        if host:
            host_first, host_last = _range(host, "hostPort")
            if last != first and last - first != host_last - host_first:
                raise PortError(
                    "invalid ranges specified for container and host Ports: "
                    f"{shorten(port)} and {shorten(host)}"
                )
        return cls(first, last, protocol or "tcp", ip, host)

    @property
    def exposed(self) -> tuple[str, ...]:
        """What the configuration will hold: ``80/tcp``, one for each port."""
        protocol = self.protocol.lower()
        return tuple(f"{port}/{protocol}" for port in range(self.first, self.last + 1))


def split_port(text: str) -> tuple[str, str, str, str]:
    """Address, host port, port and protocol, as written.

    Raises:
        PortError: there is no port, or no such protocol.
    """
    *address, host, container = ["", "", *text.split(":")][-max(3, text.count(":") + 1) :]
    port, _, protocol = container.partition("/")
    if not port:
        raise PortError(f"invalid port: {quote(shorten(text))}: no port specified")
    if protocol.lower() not in ("", *_PROTOCOLS):
        shown = shorten(protocol)
        raise PortError(f"invalid port: {quote(shorten(text))}: invalid proto: {shown}")
    return ":".join(address), host, port, protocol


def _check_address(text: str) -> None:
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not text:
        return
    try:
        ipaddress.ip_address(inner)
    except ValueError:
        raise PortError(f"invalid IP address: {shorten(text)}") from None


def _range(text: str, what: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    low, high = _number(first), _number(last) if dash else _number(first)
    if low is None or high is None or high < low:
        raise PortError(f"invalid {what}: {shorten(text)}")
    return low, high


def _number(text: str) -> int | None:
    number = int(text) if _NUMBER.fullmatch(text) else None
    return None if number is None or number > _HIGHEST else number
