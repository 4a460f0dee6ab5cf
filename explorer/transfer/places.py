"""Where a copy goes: a registry, the store, an engine, a file or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.errors import UsageError
from explorer.oci import Reference
from explorer.sources.engines.images import DOCKER as DOCKER_DAEMON
from explorer.sources.engines.images import PODMAN
from explorer.transfer.save import Format

REGISTRY: Final = "docker://"
STORE: Final = "store:"
ENGINES: Final = {
    "docker-daemon": DOCKER_DAEMON,
    "podman": PODMAN,
    "containers-storage": PODMAN,
}
FORMATS: Final[dict[str, Format]] = {
    "docker-archive": "docker-archive",
    "oci-archive": "oci-archive",
    "oci": "oci",
}
SINGLE: Final = frozenset({"docker-archive", DOCKER_DAEMON, PODMAN})
"""What takes one platform of an image and no index."""


@dataclass(frozen=True, slots=True)
class Target:
    """A registry, the store or an engine under a name; or a file or folder."""

    transport: str
    reference: Reference | None = None
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read ``docker://REF``, ``store:REF``, ``docker-daemon:REF``, ``podman:REF``, or
        ``FORMAT:PATH[:REF]``; raises :class:`UsageError`."""
        if text.startswith(REGISTRY):
            return cls("docker", Reference.parse(text.removeprefix(REGISTRY)))
        transport, _, rest = text.partition(":")
        if transport == "store" and rest:
            return cls("store", Reference.parse(rest))
        if transport in ENGINES and rest:
            return cls(ENGINES[transport], _tag_of(Reference.parse(rest)))
        if transport in FORMATS and rest:
            path, name = _split(rest)
            return cls(transport, Reference.parse(name) if name else None, Path(path))
        raise UsageError(
            f"{text!r} is no place to copy to",
            why="it has no transport that is known",
            hint="Write docker://REF, store:REF, docker-daemon:REF or podman:REF; or "
            "docker-archive:, oci-archive: or oci:PATH",
        )

    @property
    def takes_one(self) -> bool:
        """Whether it takes one platform of an image, and no index."""
        return self.transport in SINGLE

    @property
    def names(self) -> tuple[Reference, ...]:
        """What the image is called there, where that was said."""
        return (self.reference,) if self.reference is not None else ()


def _tag_of(reference: Reference) -> Reference:
    if not reference.tag:
        raise UsageError(
            f"{reference.familiar} is no name for an image of an engine",
            why="it is a digest alone, and engines name what is loaded by a tag",
            hint="Write it like docker-daemon:app:1.4",
        )
    return Reference(reference.host, reference.path, reference.tag)


def _split(rest: str) -> tuple[str, str]:
    """The path ends at the first colon, but for a drive's (containers-transports(5))."""
    start = 2 if len(rest) > 1 and rest[1] == ":" and rest[0].isalpha() else 0
    path, _, name = rest[start:].partition(":")
    return rest[:start] + path, name
