"""OCI image layouts, as a folder or in a tar (OCI image specification, image-layout.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from explorer.blobs.access import InMemory, RandomAccess
from explorer.blobs.compression import detect
from explorer.errors import DamagedImage, DigestMismatch, ExplorerError, NotFound
from explorer.oci import (
    Descriptor,
    Digest,
    ImageConfig,
    ImageIndex,
    Manifest,
    Platform,
    chain_ids,
    media,
    parse_manifest,
)
from explorer.sources.image import Candidate, Image, Kind, Layer
from explorer.sources.members import Members, check_layers, read_document, tolerate
from explorer.sources.registry.blob import RemoteBlob

# An index can name one blob a hundred thousand times, and indexes can lie in indexes.
MAX_MANIFESTS = 5000
MAX_LISTED = 64 << 20  # bytes of documents that are read to list what there is


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree of indexes a descriptor stands."""

    names: tuple[str, ...]
    group: str
    above: tuple[Digest, ...]
    platform: Platform | None
    seen: set[Digest]  # below the same entry of index.json


class OciLayout:
    """The images of one layout; with ``index``, only those."""

    def __init__(
        self, transport: str, location: str, members: Members, index: ImageIndex | None = None
    ) -> None:
        self.transport = transport
        self.location = location
        self.damage = ""
        self._members = members
        self.index = index if index is not None else self._whole_index()
        self.warnings = self.index.problems
        self.extra_names: dict[Digest, tuple[str, ...]] = {}
        self.image_ids: set[Digest] = set()
        self._found: tuple[Candidate, ...] | None = None
        self._looked_at = 0  # descriptors
        self._listed = 0  # bytes of documents
        if members.get("oci-layout") is None:
            self.warnings += ("the layout has no oci-layout file",)

    def _whole_index(self) -> ImageIndex:
        document = read_document(self._members, "index.json")
        if document is None:
            hint = "Name its folder" if self.transport == "oci" else "Name it without a transport"
            raise DamagedImage(
                f"{self.location} is no OCI layout", why="it has no index.json", hint=hint
            )
        try:
            index = parse_manifest(document, media.OCI_INDEX)
        except DamagedImage as error:
            why = f"{error.why} (index.json of {self.location})"
            raise type(error)(error.what, why=why, hint=error.hint) from error
        if not isinstance(index, ImageIndex):
            raise DamagedImage(f"{self.location} is no OCI layout", why="index.json is no index")
        return index

    def blob(self, descriptor: Descriptor) -> RandomAccess | None:
        """A blob as it is stored, not verified; None where the layout does not hold it."""
        blob = self._members.get(descriptor.digest.blob_path)
        if blob is None and descriptor.data is not None:
            return InMemory(descriptor.data)
        return blob

    def names(self, descriptor: Descriptor) -> tuple[str, ...]:
        """What the layout calls something that its index names."""
        own = (descriptor.ref_name,) if descriptor.ref_name else ()
        return own + tuple(n for n in self._extra_names(descriptor) if n not in own)

    def _extra_names(self, descriptor: Descriptor) -> tuple[str, ...]:
        if not self.extra_names:
            return ()
        try:
            manifest = self._manifest(descriptor)
        except ExplorerError:
            return ()
        if isinstance(manifest, ImageIndex):
            return ()
        return self.extra_names.get(manifest.config.digest, ())

    def candidates(self) -> tuple[Candidate, ...]:
        """As :meth:`ImageSource.candidates`."""
        if self._found is None:
            self._found = _merge_names(list(self._walk()))
        return self._found

    def _walk(self) -> Iterator[Candidate]:
        images = [entry for entry in self.index.manifests if not entry.is_attestation]
        flat = _is_one_image(images)
        for descriptor in self.index.manifests:
            names = (descriptor.ref_name,) if descriptor.ref_name else ()
            group = "index.json" if flat else str(descriptor.digest)
            yield from self._below(descriptor, _Place(names, group, (), descriptor.platform, set()))
            if self._enough:
                self.warnings += (f"only the first {self._looked_at} manifests are listed",)
                return

    @property
    def _enough(self) -> bool:
        return self._looked_at >= MAX_MANIFESTS or self._listed > MAX_LISTED

    def _below(self, descriptor: Descriptor, place: _Place) -> Iterator[Candidate]:
        if self._enough:
            return
        self._looked_at += 1
        platform = descriptor.platform or place.platform
        if descriptor.digest in place.above or len(place.above) > 8:
            self.warnings += (f"the index {descriptor.digest.short} leads back to itself",)
            return
        if descriptor.digest in place.seen:
            return
        place.seen.add(descriptor.digest)
        candidate = partial(
            Candidate,
            names=place.names,
            digest=descriptor.digest,
            group=place.group,
            media_type=descriptor.media_type,
            load=partial(self._image, descriptor, place),
        )
        if descriptor.is_attestation:
            yield candidate(kind=Kind.ATTESTATION, platform=platform)
            return
        try:
            manifest = self._manifest(descriptor)
        except NotFound:
            yield candidate(kind=Kind.MISSING, platform=platform)
            return
        except DamagedImage as problem:
            if not media.is_manifest(descriptor.media_type) and descriptor.media_type:
                yield candidate(kind=Kind.ARTIFACT, platform=platform)
            else:
                self.warnings += (tolerate(problem),)
                yield candidate(kind=Kind.IMAGE, platform=platform)
            return
        if isinstance(manifest, ImageIndex):
            inside = replace(place, above=(*place.above, descriptor.digest), platform=platform)
            for entry in manifest.manifests:
                yield from self._below(entry, inside)
            return
        if platform is None or platform.is_unknown:
            platform = self._platform_of(manifest) or platform
        self.image_ids.add(manifest.config.digest)
        kind = Kind.IMAGE if manifest.is_image else Kind.ARTIFACT
        if manifest.is_attestation:
            kind = Kind.ATTESTATION
        yield candidate(kind=kind, platform=platform)

    def _manifest(self, descriptor: Descriptor) -> Manifest | ImageIndex:
        return parse_manifest(self.document(descriptor, "manifest"), descriptor.media_type)

    def document(self, descriptor: Descriptor, what: str) -> bytes:
        """A manifest or a configuration, verified; ``what`` names it in messages.

        Raises :class:`NotFound`, :class:`DigestMismatch`, :class:`DamagedImage`.
        """
        data = read_document(self._members, descriptor.digest.blob_path)
        if data is None and descriptor.data is not None:
            data = descriptor.data
        if data is None:
            raise NotFound(
                f"The {what} {descriptor.digest.short} is not in {self.location}",
                why="the layout names a blob that it does not hold",
                hint="Copy the image again, with all its platforms",
            )
        self._listed += len(data)
        if descriptor.digest.verifiable:
            descriptor.digest.verify(data, f"The {what}")
        return data

    def _platform_of(self, manifest: Manifest) -> Platform | None:
        try:
            return ImageConfig.parse(self.document(manifest.config, "configuration")).platform
        except ExplorerError:
            return None

    def _image(self, descriptor: Descriptor, place: _Place) -> Image:
        document = self.document(descriptor, "manifest")
        manifest = parse_manifest(document, descriptor.media_type)
        if not isinstance(manifest, Manifest):
            raise DamagedImage("An index stands where an image belongs")
        warnings = list(manifest.problems)
        config, config_json = self._config(manifest, warnings)
        if descriptor.size != len(document):
            warnings.append(f"the manifest has {len(document)} bytes, not {descriptor.size}")
        names = place.names + tuple(
            name
            for name in self.extra_names.get(manifest.config.digest, ())
            if name not in place.names
        )
        platform = config.platform
        if platform.is_unknown and descriptor.platform is not None:
            platform = descriptor.platform
        return Image(
            transport=self.transport,
            location=self.location,
            names=names,
            digest=descriptor.digest,
            image_id=manifest.config.digest,
            media_type=manifest.media_type,
            manifest=manifest,
            manifest_json=document,
            config=config,
            config_json=config_json,
            layers=self._layers(manifest, config, warnings),
            platform=platform,
            warnings=tuple(warnings) + (config.problems if manifest.is_image else ()),
        )

    def _config(self, manifest: Manifest, warnings: list[str]) -> tuple[ImageConfig, bytes]:
        try:
            data = self.document(manifest.config, "configuration")
            return ImageConfig.parse(data), data
        except DigestMismatch:
            raise
        except ExplorerError as problem:
            if media.is_config(manifest.config.media_type):
                raise
            warnings.append(tolerate(problem))
        return ImageConfig.parse(b"{}"), b""

    def _layers(
        self, manifest: Manifest, config: ImageConfig, warnings: list[str]
    ) -> tuple[Layer, ...]:
        check_layers(len(manifest.layers))
        diff_ids = config.rootfs_diff_ids
        in_image = manifest.is_image
        if len(diff_ids) != len(manifest.layers) and in_image:
            warnings.append(
                f"the configuration names {len(diff_ids)} layers, "
                f"the manifest {len(manifest.layers)}"
            )
        chain = chain_ids(diff_ids)
        layers: list[Layer] = []
        for number, descriptor in enumerate(manifest.layers):
            known = number < len(diff_ids)
            layer = self._layer(number, descriptor, in_image)
            layers.append(
                replace(
                    layer,
                    diff_id=diff_ids[number] if known else None,
                    chain_id=chain[number] if known else None,
                )
            )
            if layer.absence:
                warnings.append(f"layer {number} is not here: {layer.absence}")
        return tuple(layers)

    def _layer(self, number: int, descriptor: Descriptor, in_image: bool) -> Layer:
        blob = self._members.get(descriptor.digest.blob_path)
        absence = ""
        if blob is None:
            absence = "the layout does not hold its blob"
            if descriptor.urls:
                absence = f"it is to be fetched from {descriptor.urls[0]}"
        if isinstance(blob, RemoteBlob):  # to look at it would be to fetch it
            compression = blob.stated_compression
        else:
            compression = detect(blob.read_at(0, 8)) if blob is not None else "none"
        stated = media.compression_of(descriptor.media_type)
        if blob is None and stated in ("gzip", "zstd"):
            compression = "gzip" if stated == "gzip" else "zstd"
        return Layer(
            index=number,
            digest=descriptor.digest,
            diff_id=None,
            chain_id=None,
            media_type=descriptor.media_type,
            compression=compression,
            stored=blob.size if blob is not None else descriptor.size,
            blob=blob,
            absence=absence,
            is_tar=(in_image or media.is_layer(descriptor.media_type))
            and not media.is_encrypted(descriptor.media_type),
        )


def _is_one_image(images: list[Descriptor]) -> bool:
    """Whether index.json itself is a multi-platform image: one platform each, and no two names."""
    platforms = [str(entry.platform) for entry in images if entry.platform is not None]
    names = {entry.ref_name for entry in images}
    return (
        len(images) > 1
        and len(platforms) == len(images) == len(set(platforms))
        and len(names) == 1
        and all(media.is_manifest(entry.media_type) for entry in images)
    )


def _merge_names(found: list[Candidate]) -> tuple[Candidate, ...]:
    """List a manifest that stands under several tags once, with all its names."""
    merged: dict[tuple[str, str], Candidate] = {}
    for candidate in found:
        key = (str(candidate.digest), candidate.group)
        known = merged.get(key)
        if known is None:
            merged[key] = candidate
            continue
        names = known.names + tuple(n for n in candidate.names if n not in known.names)
        merged[key] = replace(known, names=names)
    return tuple(merged.values())
