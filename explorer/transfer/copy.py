"""Images from anywhere to anywhere: registries, the local store, archives, layouts.

From one registry to another nothing is kept here: a blob passes through a file of its own, and
only if the target lacks it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from explorer.blobs.access import RandomAccess
from explorer.errors import UsageError
from explorer.oci import Descriptor, Platform, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.registry.downloads import read_blob
from explorer.sources.choose import choose
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.store.folder import cache_root
from explorer.store.images import ImageStore
from explorer.store.images.files import cannot_write
from explorer.store.images.layout import Layout
from explorer.transfer.load import load
from explorer.transfer.naming import references
from explorer.transfer.pull import choose_platform, pull
from explorer.transfer.push import StoreContent, known_repositories, push
from explorer.transfer.receipt import Moved, Receipt, Watch
from explorer.transfer.save import Format, save

DOCKER: Final = "docker://"
STORE: Final = "store:"
_FORMATS: Final[dict[str, Format]] = {
    "docker-archive": "docker-archive",
    "oci-archive": "oci-archive",
    "oci": "oci",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a copy goes: a registry or the store under a name, or a file or folder."""

    transport: str
    reference: Reference | None = None
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read ``docker://REF``, ``store:REF``, ``FORMAT:PATH[:REF]``; raises
        :class:`UsageError`."""
        if text.startswith(DOCKER):
            return cls("docker", Reference.parse(text.removeprefix(DOCKER)))
        if text.startswith(STORE):
            return cls("store", Reference.parse(text.removeprefix(STORE)))
        transport, _, rest = text.partition(":")
        if transport in _FORMATS and rest:
            path, name = _split(rest)
            return cls(transport, Reference.parse(name) if name else None, Path(path))
        raise UsageError(
            f"{text!r} is no place to copy to",
            why="it has no transport that is known",
            hint="Write docker://REF, store:REF, or docker-archive:, oci-archive: or oci:PATH",
        )


async def copy(
    client: RegistryClient,
    source: str,
    target: Target,
    *,
    platform: Platform | None = None,
    all_platforms: bool = False,
    job: Job | None = None,
    watch: Watch | None = None,
) -> Receipt:
    """Copy an image. Between registries, store and layouts the manifest stays as it is.

    Of an index one platform goes, or with ``all_platforms`` all of it (not into an archive).
    Raises what reading the source, :func:`explorer.transfer.pull.pull` and
    :func:`explorer.transfer.push.push` raise.
    """
    job = job or Job()
    if all_platforms and target.path is not None:
        raise UsageError(
            "An archive takes one platform of an image", hint="Leave out --all-platforms"
        )
    copying = _Copy(client, platform, all_platforms, job, watch)
    if not source.startswith(DOCKER):
        return await copying.from_here(source, target)
    return await copying.from_registry(Reference.parse(source.removeprefix(DOCKER)), target)


@dataclass(frozen=True, slots=True)
class _Copy:
    client: RegistryClient
    platform: Platform | None
    all_platforms: bool
    job: Job
    watch: Watch | None

    async def from_registry(self, source: Reference, target: Target) -> Receipt:
        if target.transport == "docker":
            assert target.reference is not None
            return await self._across(source, target.reference)
        if target.transport == "store":
            assert target.reference is not None
            return await self._pulled(source, ImageStore.at(), target.reference)
        with _scratch() as folder:
            store = ImageStore.at(folder / "images")
            pulled = await self._pulled(source, store, source)
            location = Location("oci", store.layout.root, "")
            await asyncio.to_thread(self._saved, location, target, source)
            return pulled

    async def from_here(self, source: str, target: Target) -> Receipt:
        location = await asyncio.to_thread(Location.parse, source)
        if target.path is not None:
            descriptor = await asyncio.to_thread(self._saved, location, target, None)
            return Receipt(_names(target), descriptor, ())
        assert target.reference is not None
        if target.transport == "store":
            return await asyncio.to_thread(self._loaded, location, ImageStore.at(), target)
        if location.transport == "store":
            store = ImageStore.at(location.path)
            return await self._pushed(store, store.find(location.reference), target.reference)
        with _scratch() as folder:
            store = ImageStore.at(folder / "images")
            loaded = await asyncio.to_thread(self._loaded, location, store, target)
            return await self._pushed(store, loaded.descriptor, target.reference)

    async def _pulled(self, source: Reference, store: ImageStore, name: Reference) -> Receipt:
        return await pull(
            self.client,
            source,
            store,
            platform=self.platform,
            all_platforms=self.all_platforms,
            names=[name],
            job=self.job,
            watch=self.watch,
        )

    async def _pushed(self, store: ImageStore, root: Descriptor, name: Reference) -> Receipt:
        if self.platform is not None:
            root = await asyncio.to_thread(_one_platform, store, root, self.platform)
        mounts = await asyncio.to_thread(known_repositories, store, name)
        content = StoreContent(store.layout)
        return await push(
            self.client, content, root, name, mount_from=mounts.get, job=self.job, watch=self.watch
        )

    async def _across(self, source: Reference, target: Reference) -> Receipt:
        root = await self.client.manifest(source)
        if not self.all_platforms:
            root = await choose_platform(self.client, source, root, self.platform)
        same = source.host == target.host and source.path != target.path
        mount_from = (lambda _digest: source.path) if same else None
        with _scratch() as folder:
            layout = Layout(folder / "images")
            content = RegistryContent(self.client, source, layout)
            return await push(
                self.client,
                content,
                root.descriptor,
                target,
                mount_from=mount_from,
                job=self.job,
                watch=self.watch,
            )

    def _loaded(self, location: Location, store: ImageStore, target: Target) -> Receipt:
        assert target.reference is not None
        source = open_source(location, Caches.at(), self.job)
        found = load(source, store, self.job, names=[target.reference])
        if len(found) > 1:
            raise UsageError(
                f"{location.path.name} holds several images",
                hint="layerscope load takes all of them; layerscope push each",
            )
        arrived = found[0]
        here = Descriptor("", arrived.descriptor.digest, arrived.moved)
        spared = Descriptor("", arrived.descriptor.digest, arrived.spared)
        return Receipt(
            (target.reference,),
            arrived.descriptor,
            (Moved(here, "moved"), Moved(spared, "spared")),
        )

    def _saved(self, location: Location, target: Target, name: Reference | None) -> Descriptor:
        assert target.path is not None
        source = open_source(location, Caches.at(), self.job)
        image = choose(source, location.reference, self.platform)
        names = _names(target) or ((name,) if name is not None else references(image.names))
        form = _FORMATS[target.transport]
        return save([(image, names)], target.path, form, job=self.job).descriptors[0]


class RegistryContent:
    """Blobs of a repository, each fetched when it is opened, and gone when it is closed."""

    def __init__(self, client: RegistryClient, repository: Reference, scratch: Layout) -> None:
        self._client, self._repository, self._scratch = client, repository, scratch

    async def document(self, descriptor: Descriptor) -> bytes:
        """As :meth:`explorer.transfer.push.Content.document`."""
        host, path = self._repository.host, self._repository.path
        found = await self._client.manifest(Reference(host, path, digest=descriptor.digest))
        return found.data

    @asynccontextmanager
    async def open(self, descriptor: Descriptor) -> AsyncIterator[RandomAccess]:
        """As :meth:`explorer.transfer.push.Content.open`; the blob is verified first."""
        store = ImageStore(self._scratch)
        with store.ingest() as ingest, ingest.writer() as writer:
            async for piece in read_blob(self._client.wire, self._repository, descriptor):
                await asyncio.to_thread(writer.write, piece)
            await asyncio.to_thread(writer.finish, descriptor.media_type, descriptor.digest)
        file = self._scratch.open(descriptor.digest)
        try:
            yield file
        finally:
            file.close()
            self._scratch.remove(descriptor.digest)


def _one_platform(store: ImageStore, root: Descriptor, platform: Platform) -> Descriptor:
    location = Location("oci", store.layout.root, str(root.digest))
    image = choose(open_source(location, Caches.at(), None), str(root.digest), platform)
    assert image.digest is not None
    return Descriptor(image.media_type, image.digest, len(image.manifest_json))


def _names(target: Target) -> tuple[Reference, ...]:
    return (target.reference,) if target.reference is not None else ()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder beside the cache, gone afterwards."""
    root = cache_root()
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = TemporaryDirectory(dir=root, prefix="transfer-")
    except OSError as error:
        raise cannot_write(root, error) from error
    with folder as name:
        yield Path(name)


def _split(rest: str) -> tuple[str, str]:
    """The path ends at the first colon, but for a drive's (containers-transports(5))."""
    start = 2 if len(rest) > 1 and rest[1] == ":" and rest[0].isalpha() else 0
    path, _, name = rest[start:].partition(":")
    return rest[:start] + path, name
