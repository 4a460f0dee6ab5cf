"""The images that an engine holds: a list, and each as a source that is streamed when it is opened.

What comes from the engine goes into the bounded cache, by the image's ID; nothing is saved by hand.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from explorer.blobs.feeds import FileFeed
from explorer.errors import DamagedImage, ExplorerError, NotFound
from explorer.filesystem.indexer import build_index
from explorer.oci import Digest, Platform
from explorer.progress import Job
from explorer.sources.choose import choose
from explorer.sources.docker_archive import DockerArchive
from explorer.sources.engines.client import EngineClient
from explorer.sources.engines.docker_config import DockerConfig
from explorer.sources.engines.podman_service import DIAL, TITLE, podman_service
from explorer.sources.image import Candidate, Image, Kind
from explorer.sources.members import TarMembers
from explorer.store.cache import Caches

DOCKER: Final = "docker-daemon"
PODMAN: Final = "podman"
TRANSPORTS: Final = {DOCKER: "Docker Engine", PODMAN: TITLE, "containers-storage": TITLE}
"""What names an engine in front of an image; containers-storage is what Podman holds."""
_NONE: Final = "<none>"


@dataclass(frozen=True, slots=True)
class EngineImage:
    """An image of an engine: its ID, its names, its bytes, when it was made."""

    image_id: Digest
    names: tuple[str, ...]
    size: int
    created: datetime | None
    platform: Platform | None = None


class EngineImages:
    """The images of one engine, as :class:`explorer.sources.image.ImageSource`.

    ``wanted`` narrows them to the one of that name. What cannot be reached raises as
    :class:`EngineClient` does.
    """

    def __init__(
        self, transport: str, wanted: str = "", caches: Caches | None = None, job: Job | None = None
    ) -> None:
        self.transport = DOCKER if transport == DOCKER else PODMAN
        self.location = TRANSPORTS[self.transport]
        self.warnings: tuple[str, ...] = ()
        self.damage = ""
        self._wanted = wanted
        self._caches = caches or Caches.at()
        self._job = job or Job()
        self._found: tuple[Candidate, ...] | None = None

    def images(self) -> tuple[EngineImage, ...]:
        """Every image it holds, as it lists them: the newest first."""
        with self._client() as client:
            listed = client.get("/images/json")
        if not isinstance(listed, list):
            raise DamagedImage(f"{TRANSPORTS[self.transport]} lists its images in no way known")
        found = (_listed(item) for item in listed if isinstance(item, Mapping))
        return tuple(image for image in found if image is not None)

    def candidates(self) -> tuple[Candidate, ...]:
        """As :meth:`ImageSource.candidates`; what an image holds comes when it is loaded."""
        if self._found is None:
            images = (self._one(self._wanted),) if self._wanted else self.images()
            self._found = tuple(map(self._candidate, images))
        return self._found

    def _one(self, name: str) -> EngineImage:
        try:
            with self._client() as client:
                about = client.get(f"/images/{name}/json")
        except NotFound as error:
            raise NotFound(
                f"{TRANSPORTS[self.transport]} has no image {name}",
                hint=f"layerscope images --engine {_engine(self.transport)} lists what it has",
            ) from error
        image = _inspected(about) if isinstance(about, Mapping) else None
        if image is None:
            raise DamagedImage(f"{TRANSPORTS[self.transport]} tells of {name} in no way known")
        return replace(image, names=tuple(dict.fromkeys((name, *image.names))))

    def _candidate(self, image: EngineImage) -> Candidate:
        return Candidate(
            kind=Kind.IMAGE,
            names=image.names,
            digest=image.image_id,
            group=str(image.image_id),
            platform=image.platform,
            media_type="",
            load=partial(self._load, image),
        )

    def _load(self, image: EngineImage) -> Image:
        """The image, streamed into the cache unless it is there already."""
        path = f"/images/{image.image_id}/get"

        def chunks(inner: Job) -> Iterator[bytes]:
            with self._client() as client:
                for chunk in client.stream(path, None, inner):
                    self._job.advance(len(chunk))
                    yield chunk

        self._job.expect(image.size)
        key = f"{self.transport}-{image.image_id}"
        access = self._caches.plain.open(key, chunks)
        members = TarMembers(access, build_index(FileFeed(access)))
        archive = DockerArchive(f"{TRANSPORTS[self.transport]}'s {image.image_id.short}", members)
        loaded = choose(archive)
        return replace(loaded, transport=self.transport, location="", names=image.names)

    @contextlib.contextmanager
    def _client(self) -> Iterator[EngineClient]:
        if self.transport == DOCKER:
            yield EngineClient(TRANSPORTS[DOCKER], DockerConfig.at().endpoint())
            return
        with podman_service() as endpoint:
            yield EngineClient(TITLE, endpoint, DIAL)


def _engine(transport: str) -> str:
    return "docker" if transport == DOCKER else PODMAN


def _listed(item: Mapping[str, Any]) -> EngineImage | None:
    image_id = _digest(item.get("Id"))
    created, size = item.get("Created"), item.get("Size")
    if image_id is None:
        return None
    return EngineImage(
        image_id,
        _names(item.get("RepoTags")),
        size if isinstance(size, int) else 0,
        datetime.fromtimestamp(created, UTC) if isinstance(created, int) and created > 0 else None,
    )


def _inspected(item: Mapping[str, Any]) -> EngineImage | None:
    image_id = _digest(item.get("Id"))
    size = item.get("Size")
    if image_id is None:
        return None
    system, machine = item.get("Os"), item.get("Architecture")
    platform = None
    if isinstance(system, str) and isinstance(machine, str) and system and machine:
        platform = Platform(system, machine, str(item.get("Variant") or ""))
    size = size if isinstance(size, int) else 0
    return EngineImage(image_id, _names(item.get("RepoTags")), size, None, platform)


def _names(tags: object) -> tuple[str, ...]:
    if not isinstance(tags, list):
        return ()
    return tuple(tag for tag in tags if isinstance(tag, str) and _NONE not in tag)


def _digest(text: object) -> Digest | None:
    if not isinstance(text, str):
        return None
    try:
        return Digest.parse(text if ":" in text else f"sha256:{text}")
    except ExplorerError:
        return None
