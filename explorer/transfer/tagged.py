"""What the tags of a repository stand for: digest, platforms, size, age; no layer is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from explorer.errors import DamagedImage, LimitExceeded, NotFound
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    ImageIndex,
    Manifest,
    Platform,
    Reference,
    media,
    parse_manifest,
    parse_rfc3339,
)
from explorer.oci.annotations import CREATED
from explorer.registry import RegistryClient
from explorer.registry.downloads import read_blob
from explorer.transfer.tasks import each

_MOST_CONFIG: Final = 4 << 20
_DEEPEST: Final = 4

Seen = Callable[["TagFacts"], object]
"""Is told of each tag as soon as it is known."""


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What a tag stands for.

    ``size`` is what pulling it moves, in bytes, on this machine (of an index for several
    platforms: this one's, or the first where there is none). ``problem`` says in a sentence why
    nothing more is known. Artifacts have an ``artifact_type`` and no platforms.
    """

    tag: str
    descriptor: Descriptor | None = None
    size: int | None = None
    created: datetime | None = None
    platforms: tuple[Platform, ...] = ()
    artifact_type: str = ""
    problem: str = ""


async def tag_facts(
    client: RegistryClient, repository: Reference, tags: Sequence[str], seen: Seen | None = None
) -> tuple[TagFacts, ...]:
    """Look at tags, several at a time; at most three requests for each.

    A tag that is gone or cannot be read says so; what concerns the whole registry raises
    :class:`explorer.errors.Refused`.
    """
    looking = _Looking(client, repository)
    found: dict[str, TagFacts] = {}

    async def look(tag: str) -> None:
        found[tag] = await looking.at(tag)
        if seen is not None:
            seen(found[tag])

    await each(dict.fromkeys(tags), client.wire.options.parallel, look)
    return tuple(found[tag] for tag in tags)


@dataclass(slots=True)
class _Looking:
    client: RegistryClient
    repository: Reference
    _facts: dict[Digest, TagFacts] = field(default_factory=dict)

    async def at(self, tag: str) -> TagFacts:
        where = Reference(self.repository.host, self.repository.path, tag)
        try:
            root = await self.client.manifest(where)
            known = self._facts.get(root.descriptor.digest)
            if known is None:
                known = await self._facts_of(root.descriptor, root.data)
                self._facts[root.descriptor.digest] = known
        except (NotFound, DamagedImage) as error:
            return TagFacts(tag, problem=str(error))
        return TagFacts(
            tag, known.descriptor, known.size, known.created, known.platforms, known.artifact_type
        )

    async def _facts_of(self, root: Descriptor, data: bytes) -> TagFacts:
        platforms: tuple[Platform, ...] = ()
        document = parse_manifest(data, root.media_type)
        for _ in range(_DEEPEST):
            if isinstance(document, Manifest):
                return await self._of_image(root, document, platforms)
            platforms = platforms or document.platforms
            chosen = document.select(Platform.host()) or next(iter(document.images), None)
            if chosen is None:
                return TagFacts("", root, artifact_type=document.artifact_type)
            document = await self._below(chosen)
        raise LimitExceeded("The index is nested too deeply")

    async def _below(self, descriptor: Descriptor) -> Manifest | ImageIndex:
        host, path = self.repository.host, self.repository.path
        found = await self.client.manifest(Reference(host, path, digest=descriptor.digest))
        return parse_manifest(found.data, descriptor.media_type)

    async def _of_image(
        self, root: Descriptor, manifest: Manifest, platforms: tuple[Platform, ...]
    ) -> TagFacts:
        if not manifest.is_image or not media.is_config(manifest.config.media_type):
            created = parse_rfc3339(manifest.annotations.get(CREATED, ""))
            kind = manifest.artifact_type or manifest.config.media_type
            return TagFacts("", root, manifest.size, created, platforms, kind)
        config = await self._config(manifest.config)
        return TagFacts("", root, manifest.size, config.created, platforms or (config.platform,))

    async def _config(self, descriptor: Descriptor) -> ImageConfig:
        if descriptor.size > _MOST_CONFIG:
            raise LimitExceeded(
                "The configuration is too large", why=f"it has {descriptor.size:,} bytes"
            )
        pieces = [piece async for piece in read_blob(self.client.wire, self.repository, descriptor)]
        return await asyncio.to_thread(ImageConfig.parse, b"".join(pieces))
