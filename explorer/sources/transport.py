"""How an image is named on the command line: ``TRANSPORT:LOCATION[:REF]``, a path, or a name.

A name without a transport means a file or folder, then an image of the local store; never the
network, which only ``docker://`` means.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.errors import NotFound, UsageError
from explorer.oci import Reference
from explorer.store.images import ImageStore
from explorer.store.images.held import reference_of

STORE = "store"
ENGINES = ("docker-daemon", "podman", "containers-storage")
ARCHIVES = ("docker-archive", "oci-archive", "oci", "rootfs")
_ENDINGS = (".tar", ".tgz", ".gz", ".zst", ".xz", ".bz2")
REGISTRY = "docker"


@dataclass(frozen=True, slots=True)
class Location:
    """A transport (empty: to be recognised), a path, and what was asked for inside it.

    Engines have no path; without a reference all their images are meant. Registries have none
    either, and always a reference.
    """

    transport: str
    path: Path
    reference: str

    @classmethod
    def parse(cls, text: str) -> Location:
        """Read what the user named.

        Raises :class:`UsageError` for an empty name or one that no registry could have,
        :class:`NotFound` for what is neither a path nor in the store, :class:`DamagedImage` for a
        damaged store.
        """
        if not text:
            raise UsageError("No image is named", hint="Name a file, a folder or a transport")
        transport, colon, rest = text.partition(":")
        if colon and transport == REGISTRY and rest.startswith("//"):
            return cls(REGISTRY, Path(), str(Reference.parse(rest.removeprefix("//"))))
        if colon and transport in ENGINES and not _exists(text):
            return cls(transport, Path(), rest)
        if colon and transport == STORE and not _exists(text):
            return cls._stored(rest)
        if colon and transport in ARCHIVES and not _exists(text):
            path, reference = _split(rest)
            return cls(transport, path, reference)
        try:
            path, reference = _split(text)
        except NotFound as no_file:
            try:
                return cls._stored(text)
            except NotFound:
                raise no_file from None
        return cls("", path, reference)

    @classmethod
    def _stored(cls, name: str) -> Location:
        """An image of the local store, however it was named; raises :class:`NotFound`."""
        store = ImageStore.at()
        found = store.find(name)
        reference = reference_of(found)
        return cls(STORE, store.layout.root, str(reference or found.digest))


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
        hint = "layerscope images lists the store; nothing is fetched without docker://"
    why = "there is no such file or folder, and none of that name in the local store"
    raise NotFound(f"No image {text}", why=why, hint=hint)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except PermissionError:
        return True  # who may not look must not be told that nothing is there
    except (OSError, ValueError):
        return False
