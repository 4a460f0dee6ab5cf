"""Images in registries, for the verbs that look into images: how to connect, what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from explorer.cli import text

if TYPE_CHECKING:
    from explorer.registry import Wire
    from explorer.sources.traffic import Traffic

DOCKER: Final = "docker://"


def is_remote(name: str) -> bool:
    """Whether an image's name means a registry."""
    return name.startswith(DOCKER)


def connection(name: str, *, insecure: bool) -> Callable[[], Wire] | None:
    """What makes connections where the user allowed a host more than others; else None.

    Raises :class:`explorer.errors.UsageError` for a name that no registry could have.
    """
    if not insecure or not is_remote(name):
        return None
    from explorer.oci import Reference
    from explorer.registry import Options, Wire

    host = Reference.parse(name.removeprefix(DOCKER)).host
    return lambda: Wire(Options.from_environment(frozenset({host})))


def traffic_line(traffic: Iterable[Traffic]) -> str:
    """``4 requests, 12 kB fetched, 1.2 GB spared``."""
    tallies = [one.now for one in traffic]
    requests = sum(tally.requests for tally in tallies)
    fetched = sum(tally.fetched for tally in tallies)
    spared = sum(tally.spared for tally in tallies)
    said = f"{text.plural(requests, 'request')}, {text.size(fetched)} fetched"
    return f"{said}, {text.size(spared)} spared" if spared else said
