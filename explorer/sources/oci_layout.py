"""OCI image layouts, as a folder or in a tar (OCI image specification, image-layout.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

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
from explorer.sources.members import Members, read_document, tolerate

_MAX_MANIFESTS = 5000


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree of indexes a descriptor stands."""

    names: tuple[str, ...]
    group: str
    above: tuple[Digest, ...]
    platform: Platform | None


class OciLayout:
    """The images of one layout; with ``index``, only those."""

    def __init__(
        self, transport: str, location: str, members: Members, index: ImageIndex | None = None
    ) -> None:
        self.transport = transport
        self.location = location
        self.damage = ""
        self._members = members
        self._warnings: list[str] = []
        self.index = index if index is not None else self._whole_index()
        self.extra_names: dict[Digest, tuple[str, ...]] = {}
        if members.get("oci-layout") is None:
            self._warnings.append("the layout has no oci-layout file")

    def _whole_index(self) -> ImageIndex:
        document = read_document(self._members, "index.json")
        if document is None:
            hint = "Name its folder" if self.transport == "oci" else "Name it without a transport"
            raise DamagedImage(
                f"{self.location} is no OCI layout", why="it has no index.json", hint=hint
            )
        index = parse_manifest(document, media.OCI_INDEX)
        if not isinstance(index, ImageIndex):
            raise DamagedImage(f"{self.location} is no OCI layout", why="index.json is no index")
        return index

    @property
    def warnings(self) -> tuple[str, ...]:
        """As :attr:`ImageSource.warnings`."""
        return tuple(self._warnings) + self.index.problems

    def candidates(self) -> tuple[Candidate, ...]:
        """As :meth:`ImageSource.candidates`."""
        images = [entry for entry in self.index.manifests if not entry.is_attestation]
        flat = _is_one_image(images)
        found: list[Candidate] = []
        for descriptor in self.index.manifests:
            names = (descriptor.ref_name,) if descriptor.ref_name else ()
            group = "index.json" if flat else str(descriptor.digest)
            place = _Place(names, group, (), descriptor.platform)
            found += self._below(descriptor, place)
            if len(found) > _MAX_MANIFESTS:
                self._warnings.append(f"only the first {_MAX_MANIFESTS} manifests are listed")
                break
        return _merge_names(found)

    def _below(self, descriptor: Descriptor, place: _Place) -> Iterator[Candidate]:
        platform = descriptor.platform or place.platform
        if descriptor.digest in place.above or len(place.above) > 8:
            self._warnings.append(f"the index {descriptor.digest.short} leads back to itself")
            return
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
                self._warnings.append(tolerate(problem))
                yield candidate(kind=Kind.IMAGE, platform=platform)
            return
        if isinstance(manifest, ImageIndex):
            inside = replace(place, above=(*place.above, descriptor.digest), platform=platform)
            for entry in manifest.manifests:
                yield from self._below(entry, inside)
            return
        if platform is None or platform.is_unknown:
            platform = self._platform_of(manifest) or platform
        kind = Kind.IMAGE if manifest.is_image else Kind.ARTIFACT
        if manifest.is_attestation:
            kind = Kind.ATTESTATION
        yield candidate(kind=kind, platform=platform)

    def _manifest(self, descriptor: Descriptor) -> Manifest | ImageIndex:
        return parse_manifest(self._document(descriptor, "manifest"), descriptor.media_type)

    def _document(self, descriptor: Descriptor, what: str) -> bytes:
        data = read_document(self._members, descriptor.digest.blob_path)
        if data is None and descriptor.data is not None:
            data = descriptor.data
        if data is None:
            raise NotFound(
                f"The {what} {descriptor.digest.short} is not in {self.location}",
                why="the layout names a blob that it does not hold",
                hint="Copy the image again, with all its platforms",
            )
        if descriptor.digest.verifiable:
            descriptor.digest.verify(data, f"The {what}")
        return data

    def _platform_of(self, manifest: Manifest) -> Platform | None:
        try:
            return ImageConfig.parse(self._document(manifest.config, "configuration")).platform
        except ExplorerError:
            return None

    def _image(self, descriptor: Descriptor, place: _Place) -> Image:
        document = self._document(descriptor, "manifest")
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
            data = self._document(manifest.config, "configuration")
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
        diff_ids = config.rootfs_diff_ids
        if len(diff_ids) != len(manifest.layers) and manifest.is_image:
            warnings.append(
                f"the configuration names {len(diff_ids)} layers, "
                f"the manifest {len(manifest.layers)}"
            )
        chain = chain_ids(diff_ids)
        layers: list[Layer] = []
        for number, descriptor in enumerate(manifest.layers):
            known = number < len(diff_ids)
            layer = self._layer(number, descriptor, manifest.is_image)
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
