"""What a list of tags tells of each: as little is read as it takes, and nothing twice.

A tag costs a ``HEAD`` for its digest, which no registry counts as a pull. What lies behind a digest
never changes: it is read once.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from explorer.errors import ExplorerError, LimitExceeded, NotFound
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    ImageIndex,
    Manifest,
    Platform,
    Reference,
    best_match,
    media,
    parse_manifest,
)
from explorer.registry import RegistryClient
from explorer.registry.client import MAX_MANIFEST
from explorer.registry.downloads import read_blob

_MOST_CONFIG: Final = 4 << 20
_DIGITS: Final = re.compile(r"(\d+)")
_LONGEST_NUMBER: Final = 18


@dataclass(frozen=True, slots=True)
class Part:
    """One manifest: an image for a platform, or an artifact.

    ``size`` is of its configuration and layers as they travel, in bytes. ``config`` is None for
    what is no image, or where it could not be read: then ``problem`` says why.
    """

    descriptor: Descriptor
    manifest: Manifest
    config: ImageConfig | None = None
    problem: str = ""

    @property
    def size(self) -> int:
        """Bytes to pull it, nothing spared."""
        return self.manifest.size

    @property
    def created(self) -> datetime | None:
        """When it was made, as it says itself."""
        return self.config.created if self.config is not None else None

    @property
    def kind(self) -> str:
        """What it is, where it is no image: the type of the artifact."""
        if self.manifest.is_image:
            return ""
        return self.manifest.artifact_type or self.manifest.config.media_type


@dataclass(frozen=True, slots=True)
class Look:
    """What a digest stands for. ``index`` is None for a single image.

    ``part`` is the image for this machine, of an index without one the first.
    """

    descriptor: Descriptor
    index: ImageIndex | None
    part: Part | None

    @property
    def images(self) -> tuple[Descriptor, ...]:
        """The images of the index; none for a single image."""
        return self.index.images if self.index is not None else ()

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Every platform there is an image for."""
        if self.index is not None:
            return self.index.platforms
        if self.part is not None and self.part.config is not None:
            return (self.part.config.platform,)
        return ()

    @property
    def size(self) -> int | None:
        """Bytes to pull the image for this machine."""
        return self.part.size if self.part is not None else None

    @property
    def created(self) -> datetime | None:
        """When the image for this machine was made."""
        return self.part.created if self.part is not None else None


Known = MutableMapping[Digest, Look]
"""What was read already, by digest."""


async def look(client: RegistryClient, reference: Reference, known: Known) -> Look:
    """What a tag or a digest stands for, with the image for this machine.

    At most four requests; one where the digest is in ``known``, which is added to. Raises
    :class:`NotFound`, :class:`explorer.errors.Refused`, :class:`explorer.errors.DamagedImage`.
    """
    digest = reference.digest
    if digest is None:
        digest = await resolve(client, reference)
    if digest in known:
        return known[digest]
    where = replace(reference, tag="", digest=digest)
    document = await client.manifest(where)
    parsed = parse_manifest(document.data, document.descriptor.media_type)
    if isinstance(parsed, ImageIndex):
        chosen = _for_here(parsed)
        part = await read_part(client, where, chosen) if chosen is not None else None
        found = Look(document.descriptor, parsed, part)
    else:
        found = Look(document.descriptor, None, await _part(client, where, document.data, parsed))
    known[digest] = found
    return found


async def resolve(client: RegistryClient, reference: Reference) -> Digest:
    """The digest that a tag stands for now, by one request; raises :class:`NotFound`."""
    found = await client.resolve(reference)
    if found is None:
        raise NotFound(f"{reference.host} does not have {reference.familiar}", hint="Refresh")
    return found.digest


async def read_part(client: RegistryClient, repository: Reference, descriptor: Descriptor) -> Part:
    """One image of an index; raises as :func:`look`."""
    if descriptor.size > MAX_MANIFEST:
        raise LimitExceeded(
            f"A manifest of {repository.familiar_name} is too large",
            why=f"it is said to have {descriptor.size:,} bytes",
        )
    where = replace(repository, tag="", digest=descriptor.digest)
    document = await client.manifest(where)
    parsed = parse_manifest(document.data, document.descriptor.media_type)
    if isinstance(parsed, ImageIndex):
        raise LimitExceeded(f"The index of {repository.familiar_name} leads to another index")
    return await _part(client, where, document.data, parsed)


async def _part(
    client: RegistryClient, repository: Reference, data: bytes, manifest: Manifest
) -> Part:
    assert repository.digest is not None
    descriptor = Descriptor(manifest.media_type, repository.digest, len(data))
    config = manifest.config
    if not media.is_config(config.media_type) or not manifest.is_image:
        return Part(descriptor, manifest)
    if config.size > _MOST_CONFIG:
        return Part(descriptor, manifest, problem="its configuration is too large")
    try:
        pieces = [piece async for piece in read_blob(client.wire, repository, config)]
        return Part(descriptor, manifest, ImageConfig.parse(b"".join(pieces)))
    except ExplorerError as error:
        return Part(descriptor, manifest, problem=str(error))


def _for_here(index: ImageIndex) -> Descriptor | None:
    images = index.images
    at = best_match([image.platform for image in images], Platform.host())
    return images[at] if at is not None else next(iter(images), None)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names as people count: ``1.9`` before ``1.10``, whatever their case."""
    return tuple(
        (0, int(part), part) if part.isascii() and part.isdigit() and len(part) <= _LONGEST_NUMBER
        else (1, 0, part.lower())
        for part in _DIGITS.split(name)
        if part
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """Two images by their documents alone; bytes as they travel."""

    shared: tuple[Descriptor, ...]
    only_a: tuple[Descriptor, ...]
    only_b: tuple[Descriptor, ...]
    config: tuple[tuple[str, str, str], ...]


def compare_parts(a: Part, b: Part) -> Compared:
    """What two images share, and what differs in how they run: no layer is read for it."""
    mine = {layer.digest: layer for layer in a.manifest.layers}
    theirs = {layer.digest: layer for layer in b.manifest.layers}
    left, right = _settings(a.config), _settings(b.config)
    keys = list(dict.fromkeys((*left, *right)))
    return Compared(
        tuple(layer for digest, layer in mine.items() if digest in theirs),
        tuple(layer for digest, layer in mine.items() if digest not in theirs),
        tuple(layer for digest, layer in theirs.items() if digest not in mine),
        tuple(
            (key, left.get(key, ""), right.get(key, ""))
            for key in keys
            if left.get(key, "") != right.get(key, "")
        ),
    )


def _settings(config: ImageConfig | None) -> dict[str, str]:
    """How an image runs, by name; what is not set is left out."""
    if config is None:
        return {}
    pairs = {
        "Platform": str(config.platform),
        "Made": f"{config.created:%Y-%m-%d %H:%M} UTC" if config.created is not None else "",
        "Entrypoint": _words(config.entrypoint),
        "Command": _words(config.cmd),
        "User": config.user,
        "Working directory": config.workdir,
        "Ports": ", ".join(config.exposed_ports),
        "Volumes": ", ".join(config.volumes),
        "Stop signal": config.stop_signal,
    }
    pairs.update((f"Variable {name}", value) for name, value in config.env)
    pairs.update((f"Label {name}", value) for name, value in config.labels.items())
    return {name: value for name, value in pairs.items() if value}


def _words(command: tuple[str, ...] | None) -> str:
    return " ".join(command) if command else ""
