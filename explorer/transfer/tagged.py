"""What the tags of a repository stand for, all of them; no layer is fetched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.errors import DamagedImage, NotFound
from explorer.oci import Reference
from explorer.registry import RegistryClient
from explorer.transfer.browsing import Known, Look, look
from explorer.transfer.tasks import each


@dataclass(frozen=True, slots=True)
class TagFacts:
    """A tag and what it stands for; where ``look`` is None, ``problem`` says why in a sentence."""

    tag: str
    look: Look | None
    problem: str = ""


Seen = Callable[[TagFacts], object]
"""Is told of each tag as soon as it is known."""


async def tag_facts(
    client: RegistryClient, repository: Reference, tags: Sequence[str], seen: Seen | None = None
) -> tuple[TagFacts, ...]:
    """Look at tags, several at a time; what two of them share is read once.

    A tag that is gone or cannot be read says so; what concerns the whole registry raises
    :class:`explorer.errors.Refused`.
    """
    known: Known = {}
    found: dict[str, TagFacts] = {}

    async def at(tag: str) -> None:
        where = Reference(repository.host, repository.path, tag)
        try:
            found[tag] = TagFacts(tag, await look(client, where, known))
        except (NotFound, DamagedImage) as error:
            found[tag] = TagFacts(tag, None, str(error))
        if seen is not None:
            seen(found[tag])

    await each(dict.fromkeys(tags), client.wire.options.parallel, at)
    return tuple(found[tag] for tag in tags)
