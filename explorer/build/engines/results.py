"""The result of another engine's build, brought into the local store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.build.request import BuildRequest
from explorer.oci import Digest
from explorer.progress import Job
from explorer.sources.choose import choose
from explorer.sources.recognise import open_source
from explorer.sources.stored import stored_image
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.transfer.load import load


@dataclass(frozen=True, slots=True)
class Stored:
    """An image in the store: the digest of its manifest, and of its configuration."""

    digest: Digest
    image_id: Digest


def into_store(archive: Path, request: BuildRequest, store: ImageStore, job: Job) -> Stored:
    """Load an archive that an engine wrote, under the names of the request.

    Raises as :func:`explorer.transfer.load.load`.
    """
    source = open_source(Location("", archive, ""), Caches.at(), job)
    (loaded, *_) = load(source, store, job, names=request.references)
    digest = loaded.descriptor.digest
    image = choose(stored_image(store, str(digest)))
    return Stored(digest, image.image_id)
