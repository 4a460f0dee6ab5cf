"""What FROM and ``--from`` name outside the Dockerfile: images and named build contexts.

They come from the local store, or from archives, layouts and folders that are given as named
contexts (``--build-context NAME=LOCATION``). Nothing is ever fetched: what is not here is
:class:`Unresolved`, and says what to do.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from explorer.analysis.opened import OpenImage, index_image, load_image
from explorer.build.context.context import Context
from explorer.build.context.tree import ContextTree
from explorer.build.files.stacked import StackedTree
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Origin, OriginKind, Program
from explorer.errors import Cancelled, ExplorerError, NotFound
from explorer.oci import Platform, Reference
from explorer.oci.config import ImageConfig
from explorer.progress import Job
from explorer.store.cache import Caches
from explorer.store.images import ImageStore

_SCHEMES: Final = {
    "oci-layout": "oci",
    "oci": "oci",
    "oci-archive": "oci-archive",
    "docker-archive": "docker-archive",
    "store": "store",
}
_IMAGE: Final = "docker-image://"
_REMOTE: Final = ("http://", "https://", "git://", "ssh://", "git@")


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """An image that is here, opened. ``stamp`` tells it from every other one."""

    name: str
    image: OpenImage
    stamp: Hashable

    @property
    def config(self) -> ImageConfig:
        """How it runs."""
        return self.image.image.config

    def tree(self) -> StackedTree:
        """Its filesystem, to copy from."""
        return StackedTree(self.image.final, self.image.content, self.name, self.stamp)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An image or context that is not here: why, and what to do about it."""

    name: str
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.name} is not here: {self.reason}"


Resolved: TypeAlias = Base | Tree | Unresolved
"""An image, the folder of a named context, or neither."""


class Bases(Protocol):
    """Resolves the names of images and named contexts. Never uses the network."""

    def resolve(self, name: str, platform: Platform) -> Resolved:
        """What a name in FROM or ``--from`` means; never raises but for cancellation."""


class NoBases:
    """Knows no image at all."""

    def resolve(self, name: str, platform: Platform) -> Resolved:
        """As :meth:`Bases.resolve`."""
        return Unresolved(name, "no images are looked up")


class LocalBases:
    """Named contexts first, then the local store.

    ``contexts`` are the values of ``--build-context`` by name: a folder, ``oci-layout://PATH``,
    ``docker-archive:PATH``, ``oci-archive:PATH`` or ``docker-image://REFERENCE``. Images are
    opened once and kept while their file is what it was. Safe to use from several threads.
    """

    def __init__(
        self,
        contexts: Mapping[str, str] | None = None,
        caches: Caches | None = None,
        job: Job | None = None,
        *,
        store: bool = True,
    ) -> None:
        self._contexts = dict(contexts or {})
        self._caches = caches
        self._job = job
        self._store = store
        self._kept: dict[Hashable, Resolved] = {}
        self._lock = threading.Lock()

    def resolve(self, name: str, platform: Platform) -> Resolved:
        """As :meth:`Bases.resolve`."""
        location = self.location_of(name)
        if location is None:
            return self._stored(name, name, platform)
        if location.startswith(_IMAGE):
            return self._stored(name, location.removeprefix(_IMAGE), platform)
        if location.startswith(_REMOTE):
            return Unresolved(name, f"{location} is fetched only when a build runs")
        scheme, colon, rest = location.partition(":")
        if colon and scheme in _SCHEMES:
            place = f"{_SCHEMES[scheme]}:{rest.removeprefix('//')}"
            return self._opened(name, place, platform)
        if Path(location).is_dir() and not _is_layout(location):
            return self._folder(name, location)
        return self._opened(name, location, platform)

    def location_of(self, name: str) -> str | None:
        """The location of the named context that a name means, if there is one."""
        if name in self._contexts:
            return self._contexts[name]
        reference = Reference.parse_or_none(name)
        if reference is None:
            return None
        same = (
            place
            for other, place in self._contexts.items()
            if Reference.parse_or_none(other) == reference
        )
        return next(same, None)

    def _stored(self, name: str, reference: str, platform: Platform) -> Resolved:
        hint = f"Import it: layerscope images import, or --build-context {name}=oci-layout://PATH"
        if not self._store:
            return Unresolved(name, "it is not in the local store", hint)
        found = self._opened(name, f"store:{reference}", platform)
        if isinstance(found, Unresolved):
            return Unresolved(name, found.reason, hint)
        return found

    def _folder(self, name: str, folder: str) -> Resolved:
        try:
            return ContextTree(Context.scan(folder, job=self._job), title=f"the context {name}")
        except Cancelled:
            raise
        except ExplorerError as error:
            return Unresolved(name, error.why or error.what, error.hint)

    def _opened(self, name: str, place: str, platform: Platform) -> Resolved:
        """An image, opened once; looked for again when its file is another one."""
        key = place, str(platform), _identity(place)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                kept = self._kept[key] = self._open(name, place, platform)
        return kept

    def _open(self, name: str, place: str, platform: Platform) -> Base | Unresolved:
        try:
            caches = self._caches or Caches.at()
            image = index_image(load_image(place, platform, caches, self._job), caches, self._job)
        except Cancelled:
            raise
        except NotFound as error:
            return Unresolved(name, error.why or error.what, error.hint)
        except ExplorerError as error:
            return Unresolved(name, str(error), error.hint)
        layers = tuple(str(layer.diff_id or layer.digest) for layer in image.image.layers)
        return Base(name, image, (str(image.image.image_id), layers, _identity(place)))


def _is_layout(folder: str) -> bool:
    return Path(folder, "oci-layout").is_file()


def _identity(place: str) -> Hashable:
    """What tells whether the file behind a place is still the same; cheap."""
    scheme, _, rest = place.partition(":")
    if scheme == "store":
        return _state(ImageStore.at().layout.root / "index.json")
    text = rest if scheme in _SCHEMES.values() else place
    while text and not Path(text).exists():
        text = text.rpartition(":")[0]
    path = Path(text)
    return _state(path / "index.json" if path.is_dir() else path)


def _state(path: Path) -> Hashable:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Known:
    """The configurations of what a program names, as ``Inputs`` takes them."""

    images: dict[str, ImageConfig] = field(default_factory=dict)
    contexts: dict[str, ImageConfig | None] = field(default_factory=dict)


def configurations(program: Program, bases: Bases) -> Known:
    """The configurations of the images and contexts that the stages of a program build upon.

    Understand the document once without them, and again with them: environment, working
    directory, ONBUILD and the rest of a base come with its configuration.
    """
    known = Known()
    for stage in program.stages:
        if stage.origin.kind in (OriginKind.IMAGE, OriginKind.CONTEXT):
            _note(known, stage.origin, bases.resolve(stage.origin.name, stage.platform))
    return known


def _note(known: Known, origin: Origin, found: Resolved) -> None:
    config = found.config if isinstance(found, Base) else None
    if origin.kind is OriginKind.CONTEXT:
        known.contexts[origin.name] = config
    elif config is not None:
        reference = Reference.parse_or_none(origin.name)
        known.images[str(reference)] = config
