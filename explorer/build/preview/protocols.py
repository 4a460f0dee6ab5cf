"""What a walk asks of others: what is kept between previews, and what a plan says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from explorer.analysis.opened import OpenImage
from explorer.build.files.archives import Archive
from explorer.build.preview.configuration import Document
from explorer.build.preview.stand import Outcome, Stand
from explorer.build.tree import Tree
from explorer.progress import Job
from explorer.sources.reading import IndexedLayer


class CachedLayers(Protocol):
    """A plan, as far as previews ask: the layers that earlier builds left."""

    def layer_of(self, stage: int, step: int) -> IndexedLayer | None:
        """The layer of a RUN that the build will take again, if its content is here."""


class Memo(Protocol):
    """What is kept between previews; see :class:`explorer.build.preview.Previewer`."""

    def outcome(self, key: str, make: Callable[[], Outcome]) -> Outcome:
        """What a step came to, computed unless it is known."""

    def image(self, stand: Stand, doc: Document, title: str) -> OpenImage:
        """A stand as an image."""

    def attributed(self, tree: Tree, job: Job) -> Tree:
        """A tree with the extended attributes of its files."""

    def archive(self, tree: Tree, path: bytes, job: Job) -> Archive:
        """An archive, indexed."""
