"""What is meant by a name at a source: an image for one platform, or an index with all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.oci import Descriptor, Digest, ImageIndex, Platform, Reference, media
from explorer.oci.annotations import CONTAINERD_NAME, REF_NAME
from explorer.progress import Job
from explorer.sources.choose import choose
from explorer.sources.image import Image, ImageSource
from explorer.sources.oci_layout import OciLayout
from explorer.sources.recognise import open_source
from explorer.sources.transport import Location
from explorer.store.cache import Caches
from explorer.transfer.naming import references
from explorer.transfer.packing import Packer
from explorer.transfer.parcels import Parcel

_SHORTEST = 6  # digits that can stand for a digest


@dataclass(frozen=True, slots=True)
class Picked:
    """One image of a source, or all platforms of it: ``root`` is the manifest or index.

    Without a ``root`` the source knows no manifests (a docker-archive, an engine).
    """

    source: ImageSource
    image: Image
    root: Descriptor | None
    asked: str = ""

    @property
    def names(self) -> tuple[Reference, ...]:
        """What the source calls it: the name that it was asked for by, else all of them."""
        found = references(self.image.names)
        wanted = Reference.parse_or_none(self.asked)
        same = tuple(name for name in found if name == wanted or name.tag == self.asked)
        return same[:1] or found

    @property
    def is_index(self) -> bool:
        """Whether it has several platforms."""
        return self.root is not None and self.root.digest != self.image.digest

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms that travel."""
        return self.image.platforms if self.is_index else (self.image.platform,)

    def parcel(self, packer: Packer, names: tuple[Reference, ...] = ()) -> Parcel:
        """Ready to travel; raises as :class:`Packer` does."""
        if self.root is None or not isinstance(self.source, OciLayout):
            return packer.image(self.image, names)
        return packer.tree(self.source, self.root, names)


def pick(
    source: ImageSource, reference: str = "", platform: Platform | None = None, *, one: bool = False
) -> Picked:
    """The image that a reference means, with all its platforms if there are several.

    With ``platform``, or with ``one`` (then for this machine), a single one. Raises as
    :func:`explorer.sources.choose.choose`.
    """
    image = choose(source, reference, platform)
    if not isinstance(source, OciLayout) or image.digest is None:
        return Picked(source, image, None, reference)
    own = Descriptor(image.media_type, image.digest, len(image.manifest_json))
    if one or platform is not None or _means(reference, image.digest):
        return Picked(source, image, own, reference)
    group = _group(source, image.digest, image.names)
    if group == "index.json":
        return Picked(source, image, _side_by_side(source), reference)
    for entry in source.index.manifests:
        if str(entry.digest) == group:
            return Picked(source, image, replace(entry, annotations={}), reference)
    return Picked(source, image, own, reference)


def pick_named(
    name: str,
    platform: Platform | None = None,
    *,
    one: bool = False,
    caches: Caches | None = None,
    job: Job | None = None,
) -> Picked:
    """:func:`pick` for what a user names; raises what opening it raises, too."""
    location = Location.parse(name)
    source = open_source(location, caches or Caches.at(), job or Job())
    return pick(source, location.reference, platform, one=one)


def _group(source: OciLayout, digest: Digest, names: tuple[str, ...]) -> str:
    """The entry of ``index.json`` that an image lies below."""
    same = [c for c in source.candidates() if c.digest == digest]
    named = [c for c in same if set(c.names) & set(names)]
    return next((c.group for c in (*named, *same)), str(digest))


def _side_by_side(source: OciLayout) -> Descriptor:
    """An index for a layout whose ``index.json`` is the image: no file holds it."""
    entries = tuple(replace(entry, annotations=_unnamed(entry)) for entry in source.index.manifests)
    data = ImageIndex(entries).encode()
    return Descriptor(media.OCI_INDEX, Digest.of(data), len(data), data=data)


def _unnamed(entry: Descriptor) -> dict[str, str]:
    return {k: v for k, v in entry.annotations.items() if k not in (CONTAINERD_NAME, REF_NAME)}


def _means(reference: str, digest: Digest) -> bool:
    """Whether a reference is the digest of the image itself, or the beginning of it."""
    bare = reference.rpartition("@")[2].removeprefix("sha256:")
    return len(bare) >= _SHORTEST and digest.encoded.startswith(bare)
