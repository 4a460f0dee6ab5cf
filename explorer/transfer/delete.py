"""Deleting in a registry: a tag, or a manifest with all its tags.

OCI distribution specification 1.1, "Content Management". Registries differ: some take a tag away
by its name; others, Debian's docker-registry among them, only delete manifests by their digest,
and with a manifest go all tags that stand for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from explorer.errors import NotFound, Refused
from explorer.oci import Descriptor, Reference
from explorer.registry import RegistryClient
from explorer.registry.asks import Ask
from explorer.registry.auth import delete_scope
from explorer.transfer.tasks import each

_GONE: Final = frozenset({200, 202})
_NOT_SO: Final = frozenset({400, 404, 405})
"""What registries answer that delete no tags (400, 404 in some), or nothing at all (405)."""
_MOST_TAGS: Final = 5000

Sure = Callable[[tuple[str, ...]], bool]
"""Is asked whether a manifest may go with these other tags as well."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What is gone: a ``tag`` alone, or the ``manifest`` with all ``tags`` that stood for it."""

    reference: Reference
    descriptor: Descriptor
    what: Literal["tag", "manifest"]
    tags: tuple[str, ...]


async def look(client: RegistryClient, reference: Reference) -> Descriptor:
    """What a reference stands for; raises :class:`NotFound` where there is nothing."""
    found = await client.resolve(reference)
    if found is None:
        raise NotFound(
            f"{reference.host} does not have {reference.familiar}",
            hint=f"layerscope tags {reference.familiar_name} lists what is there",
        )
    return found


async def delete(
    client: RegistryClient, reference: Reference, descriptor: Descriptor, sure: Sure
) -> Deleted:
    """Delete what :func:`look` found.

    With a digest the manifest goes, and every tag of it. A tag goes alone where the registry can
    do that; where it cannot, its manifest goes, and if other tags stand for that too, only if
    ``sure`` says so. Blobs stay until the registry collects its garbage.

    Raises :class:`Refused` where the registry deletes nothing, and where ``sure`` says no.
    """
    if reference.digest is not None:
        tags = await tags_of(client, reference, descriptor)
        await _manifest(client, reference, descriptor)
        return Deleted(reference, descriptor, "manifest", tags)
    if await _asked(client, reference, reference.tag) in _GONE:
        return Deleted(reference, descriptor, "tag", (reference.tag,))
    tags = await tags_of(client, reference, descriptor)
    others = tuple(tag for tag in tags if tag != reference.tag)
    if others and not sure(others):
        raise Refused(
            f"{reference.host} deletes no single tags",
            why=f"{', '.join(others[:8])} {'is' if len(others) == 1 else 'are'} the same manifest "
            "and would go, too",
            hint=f"layerscope delete {reference.repository}@{descriptor.digest} deletes all of it",
        )
    await _manifest(client, reference, descriptor)
    return Deleted(reference, descriptor, "manifest", tags or (reference.tag,))


async def tags_of(
    client: RegistryClient, reference: Reference, descriptor: Descriptor
) -> tuple[str, ...]:
    """The tags of a repository that stand for a manifest, in order."""
    found: list[str] = []

    async def look_at(tag: str) -> None:
        held = await client.resolve(Reference(reference.host, reference.path, tag))
        if held is not None and held.digest == descriptor.digest:
            found.append(tag)

    names = [name async for name in client.tags(reference)][:_MOST_TAGS]
    await each(names, client.wire.options.parallel, look_at)
    return tuple(sorted(found))


async def _manifest(client: RegistryClient, reference: Reference, descriptor: Descriptor) -> None:
    where = replace(reference, digest=descriptor.digest)
    status = await _asked(client, where, str(descriptor.digest))
    if status in _GONE:
        return
    if status == 404:
        raise NotFound(f"{reference.host} does not have {descriptor.digest.short} any more")
    raise Refused(
        f"{reference.host} deletes nothing",
        why="deletion is turned off there",
        hint="Its owner can turn it on; in docker-registry it is storage.delete.enabled, or the "
        "variable REGISTRY_STORAGE_DELETE_ENABLED=true",
    )


async def _asked(client: RegistryClient, reference: Reference, name: str) -> int:
    """Ask for a deletion; gives the status. Raises as any request does for what is no answer."""
    ask = Ask(
        reference.host,
        f"deleting {reference.familiar}",
        f"/v2/{reference.path}/manifests/{name}",
        "DELETE",
        (delete_scope(reference.path),),
        tuple(_GONE | _NOT_SO),
    )
    async with client.wire.ask(ask) as response:
        return response.status
