"""How an image is named on the command line: ``TRANSPORT:LOCATION[:REF]`` or a bare path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.errors import NotFound, Unsupported, UsageError
from explorer.oci import Reference

ARCHIVES = ("docker-archive", "oci-archive", "oci", "rootfs")
_ENDINGS = (".tar", ".tgz", ".gz", ".zst", ".xz", ".bz2")
_LATER = {
    "docker": "a registry",
    "docker-daemon": "Docker Engine",
    "podman": "Podman",
    "containers-storage": "Podman",
    "store": "the local store",
}


@dataclass(frozen=True, slots=True)
class Location:
    """A transport (empty: to be recognised), a path, and what was asked for inside it."""

    transport: str
    path: Path
    reference: str

    @classmethod
    def parse(cls, text: str) -> Location:
        """Read what the user named.

        Raises :class:`UsageError` for an empty name, :class:`NotFound` for a path that is not
        there, :class:`Unsupported` for a transport this version does not open.
        """
        if not text:
            raise UsageError("No image is named", hint="Name a file, a folder or a transport")
        transport, colon, rest = text.partition(":")
        if colon and transport in _LATER:
            raise Unsupported(
                f"{text} cannot be opened",
                why=f"this version does not read from {_LATER[transport]}",
                hint="Save the image to a file first, and open the file",
            )
        if colon and transport in ARCHIVES and not _exists(text):
            path, reference = _split(rest)
            return cls(transport, path, reference)
        path, reference = _split(text)
        return cls("", path, reference)


def _split(text: str) -> tuple[Path, str]:
    """The path and the reference behind it: the longest prefix that exists is the path."""
    if not text:
        raise UsageError("No path is named", hint="Write TRANSPORT:PATH, or just the path")
    if _exists(text):
        return Path(text), ""
    at = len(text)
    while (at := text.rfind(":", 0, at)) > 0:
        if _exists(text[:at]):
            return Path(text[:at]), text[at + 1 :]
    hint = "Check the path"
    if Reference.parse_or_none(text) is not None and not text.endswith(_ENDINGS):
        hint = "Name a saved archive or an OCI layout; nothing is fetched without docker://"
    raise NotFound(f"No image {text}", why="there is no such file or folder", hint=hint)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except PermissionError:
        return True  # who may not look must not be told that nothing is there
    except (OSError, ValueError):
        return False
