"""A build context as a layer, for mounts: what its ignore file leaves out is not in it."""

from __future__ import annotations

from datetime import datetime

from explorer.build.engines.sandbox.layers import BuiltLayer, stored
from explorer.build.files.archives import Archive, open_archive
from explorer.build.files.filesystem import Filesystem, Nothing
from explorer.build.files.select import Place, select
from explorer.build.preview.stand import Outcome
from explorer.build.tree import Tree
from explorer.dockerfile.commands import model
from explorer.dockerfile.words import Word
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.images import Ingest


def context_layer(
    tree: Tree, ingest: Ingest, caches: Caches, now: datetime, job: Job
) -> BuiltLayer:
    """All files of a tree as one layer in the store."""

    def unpack(source: Tree, path: bytes) -> Archive:
        return open_archive(source, path, caches, job)

    word = Word(".", 0, 0)
    command = model.Copy(model.Transfer((word,), (), Word("/", 0, 0)))
    place = Place(Filesystem(Nothing()), "/", is_scratch=True)
    layer = Outcome.of(select(command, tree, place, unpack), 0).layer
    return stored(layer, ingest, caches, now, job)
