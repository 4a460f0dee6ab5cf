"""``docker://``: what a reference stands for, platform by platform, nothing fetched too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from explorer.blobs.access import InMemory, RandomAccess, SharedFile
from explorer.errors import DamagedImage, ExplorerError, NotFound
from explorer.oci import (
    Descriptor,
    Digest,
    ImageIndex,
    Manifest,
    Platform,
    Reference,
    media,
    parse_manifest,
)
from explorer.progress import Job
from explorer.registry import Options, Wire
from explorer.sources.image import Candidate, Image, Kind
from explorer.sources.members import check_layers, tolerate
from explorer.sources.oci_layout import OciLayout
from explorer.sources.registry.blob import RemoteBlob
from explorer.sources.registry.line import Connect, Line
from explorer.sources.registry.repository import Repository
from explorer.sources.traffic import Traffic
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout

TRANSPORT: Final = "docker"
_DEEPEST: Final = 8
_MOST: Final = 1000  # manifests that are listed
_MOST_UNSAID: Final = 20  # configurations that are read to tell images apart


class RegistrySource:
    """The images that one reference stands for, as :class:`explorer.sources.image.ImageSource`.

    Listing them takes a request for the reference, and one for each index inside an index; loading
    one takes its manifest and its configuration. Documents and layers that the local store or the
    cache holds are not fetched at all.
    """

    def __init__(self, repository: Repository, store: Layout, job: Job) -> None:
        reference = repository.reference
        self.transport = TRANSPORT
        self.location = reference.repository
        self.warnings: tuple[str, ...] = ()
        self.damage = ""
        self._repository = repository
        self._blobs = _Blobs(repository, store, job)
        self._job = job
        self._name = str(reference)
        self._found: tuple[Candidate, ...] | None = None

    def candidates(self) -> tuple[Candidate, ...]:
        """As :meth:`ImageSource.candidates`."""
        if self._found is None:
            document = self._repository.root(self._job)
            kind = parse_manifest(document.data, document.descriptor.media_type).media_type
            root = replace(document.descriptor, media_type=kind)
            self._blobs.put(root.digest, document.data)
            self._found = self._with_platforms(tuple(self._below(root, (), None, set())))
        return self._found

    def _below(
        self,
        descriptor: Descriptor,
        above: tuple[Digest, ...],
        platform: Platform | None,
        seen: set[Digest],
    ) -> Iterator[Candidate]:
        if descriptor.digest in above or len(above) > _DEEPEST:
            self.warnings += (f"the index {descriptor.digest.short} leads back to itself",)
            return
        if descriptor.digest in seen or len(seen) >= _MOST:
            return
        seen.add(descriptor.digest)
        platform = descriptor.platform or platform
        if not media.is_index(descriptor.media_type):
            yield self._candidate(descriptor, platform)
            return
        try:
            index = parse_manifest(self._blobs.manifest(descriptor), descriptor.media_type)
        except NotFound:
            yield replace(self._candidate(descriptor, platform), kind=Kind.MISSING)
            return
        except DamagedImage as problem:
            if not above:
                raise
            self.warnings += (tolerate(problem),)
            return
        if not isinstance(index, ImageIndex):
            return
        self.warnings += index.problems
        if len(index.manifests) > _MOST:
            self.warnings += (f"only the first {_MOST} manifests are listed",)
        for entry in index.manifests[:_MOST]:
            yield from self._below(entry, (*above, descriptor.digest), platform, seen)

    def _candidate(self, descriptor: Descriptor, platform: Platform | None) -> Candidate:
        kind = Kind.IMAGE
        if descriptor.is_attestation:
            kind = Kind.ATTESTATION
        elif descriptor.media_type and not media.is_manifest(descriptor.media_type):
            kind = Kind.ARTIFACT
        return Candidate(
            kind=kind,
            names=(self._name,),
            digest=descriptor.digest,
            group=self._name,
            platform=platform,
            media_type=descriptor.media_type,
            load=partial(self._load, descriptor),
        )

    def _with_platforms(self, found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Where nobody says what an image is for, its configuration does: it is needed anyway."""
        unsaid = [c for c in found if c.kind is Kind.IMAGE and c.platform is None][:_MOST_UNSAID]
        told = {id(c): replace(c, platform=self._platform(c)) for c in unsaid}
        return tuple(told.get(id(c), c) for c in found)

    def _platform(self, candidate: Candidate) -> Platform | None:
        try:
            return candidate.load().platform
        except NotFound:
            return None
        except DamagedImage as problem:
            self.warnings += (tolerate(problem),)
            return None

    def _load(self, descriptor: Descriptor) -> Image:
        """One image, through the code that reads layouts: its manifest is all there is."""
        manifest = parse_manifest(self._blobs.manifest(descriptor), descriptor.media_type)
        if isinstance(manifest, Manifest):
            check_layers(len(manifest.layers))
            self._blobs.know(manifest)
        alone = OciLayout(TRANSPORT, self.location, self._blobs, ImageIndex((descriptor,)))
        image = alone.candidates()[0].load()
        there = {id(layer.blob): layer for layer in image.layers}.values()
        wanted = sum(layer.stored for layer in there if isinstance(layer.blob, RemoteBlob))
        self._repository.traffic.expect(wanted)
        return replace(image, traffic=self._repository.traffic)


class _Blobs:
    """The files of a layout that lies in a registry, as :class:`explorer.sources.members.Members`.

    Only what a manifest named is in it; documents are fetched when they are asked for.
    """

    def __init__(self, repository: Repository, store: Layout, job: Job) -> None:
        self._repository = repository
        self._store = store
        self._job = job
        self._known: dict[str, RandomAccess] = {"oci-layout": InMemory(b"{}")}
        self._configs: dict[str, Descriptor] = {}

    def put(self, digest: Digest, data: bytes) -> None:
        """Keep a document."""
        self._known[digest.blob_path] = InMemory(data)

    def manifest(self, descriptor: Descriptor) -> bytes:
        """A manifest or an index; raises as :meth:`Repository.manifest`."""
        path = descriptor.digest.blob_path
        held = self._known.get(path)
        if held is None:
            data = self._here(descriptor)
            held = InMemory(data or self._repository.manifest(descriptor, self._job))
            self._known[path] = held
        return held.read_at(0, held.size)

    def know(self, manifest: Manifest) -> None:
        """Say where what a manifest names is to be had."""
        self._configs[manifest.config.digest.blob_path] = manifest.config
        for layer in manifest.layers:
            path = layer.digest.blob_path
            if path in self._known:
                continue
            if self._store.has(layer.digest, layer.size):
                self._known[path] = SharedFile(self._store.blob(layer.digest))
            elif not (layer.urls and media.is_foreign(layer.media_type)):
                self._known[path] = RemoteBlob(self._repository, layer)

    def get(self, name: str) -> RandomAccess | None:
        """As :meth:`explorer.sources.members.Members.get`."""
        config = self._configs.get(name)
        if config is not None and name not in self._known:
            data = self._here(config) or self._repository.config(config, self._job)
            self._known[name] = InMemory(data)
        return self._known.get(name)

    def _here(self, descriptor: Descriptor) -> bytes | None:
        """A document out of the local store."""
        if not self._store.has(descriptor.digest, descriptor.size):
            return None
        try:
            return self._store.document(descriptor.digest)
        except ExplorerError:
            return None


def open_registry(
    name: str, caches: Caches, job: Job, connect: Connect | None = None
) -> RegistrySource:
    """What a reference stands for; nothing is asked yet.

    ``connect`` makes the connections; by default with the user's credentials, mirrors and proxies.
    Raises :class:`explorer.errors.UsageError` where it is no reference.
    """
    line = Line(connect or (lambda: Wire(Options.from_environment())))
    repository = Repository(Reference.parse(name), line, caches.pieces, Traffic())
    return RegistrySource(repository, ImageStore.at().layout, job)


__all__ = ["RegistrySource", "open_registry"]
