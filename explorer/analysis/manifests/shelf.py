"""Where manifests are looked up: in a layout or an archive of one, in the store, in a registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from explorer.errors import ExplorerError
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest
from explorer.progress import Job
from explorer.sources.image import ImageSource
from explorer.sources.oci_layout import OciLayout
from explorer.store.cache import Caches

MOST_BLOB: Final = 64 << 20
"""Bytes of a document that is fetched whole; the largest lists of packages have about 50 MB."""
REGISTRY: Final = "docker://"

Answer = Manifest | ImageIndex | ExplorerError
"""A manifest, or why there is none to show."""


class Shelf(Protocol):
    """Manifests by digest, and what refers to them.

    Methods take several things at a time, for in a registry each is a request. Every method
    raises :class:`explorer.errors.Cancelled`, and :class:`explorer.errors.Refused` where the place
    as a whole gives no answer.
    """

    def roots(self) -> tuple[Descriptor, ...]:
        """What is named: the entries of a layout's index, or what a reference stands for."""

    def manifests(self, descriptors: Sequence[Descriptor]) -> list[Answer]:
        """The documents of these, in their order, verified."""

    def referrers(self, digests: Sequence[Digest]) -> Mapping[Digest, tuple[Descriptor, ...]]:
        """The manifests whose ``subject`` is one of these, as far as the place can tell without
        opening them."""

    def tagged(self, tags: Sequence[str]) -> Mapping[str, Descriptor]:
        """The manifests behind those of these tags that exist, beside the image."""

    def blob(self, descriptor: Descriptor) -> bytes:
        """A document, verified.

        Raises :class:`explorer.errors.NotFound`, :class:`explorer.errors.DigestMismatch`, and
        :class:`explorer.errors.LimitExceeded` for one over :data:`MOST_BLOB`.
        """


@contextmanager
def open_shelf(
    name: str,
    caches: Caches | None = None,
    job: Job | None = None,
    insecure: frozenset[str] = frozenset(),
) -> Iterator[Shelf | None]:
    """The place of an image the user named; None where its form holds nothing but the image.

    ``insecure`` names hosts as :class:`explorer.registry.Options` does. Blocks: call it in a
    thread. Raises what opening the image raises.
    """
    if name.startswith(REGISTRY):
        from explorer.analysis.manifests.registry import registry_shelf
        from explorer.oci import Reference

        reference = Reference.parse(name.removeprefix(REGISTRY))
        pieces = (caches or Caches.at()).pieces
        with registry_shelf(reference, job or Job(), pieces, insecure) as shelf:
            yield shelf
        return
    from explorer.analysis.opened import source_of

    yield shelf_in(source_of(name, job, caches), job)


def shelf_in(source: ImageSource, job: Job | None = None) -> Shelf | None:
    """The shelf of an opened source; None where it holds nothing but images."""
    from explorer.analysis.manifests.layout import LayoutShelf

    if not isinstance(source, OciLayout):
        return None
    if source.transport == "store":
        return LayoutShelf(_whole_store(), job)
    return LayoutShelf(source, job)


def _whole_store() -> OciLayout:
    """All of the store: what refers to an image has no name of its own there."""
    from explorer.sources.members import FolderMembers
    from explorer.store.images import ImageStore

    layout = ImageStore.at().layout
    return OciLayout("store", "", FolderMembers(layout.root), layout.index())
