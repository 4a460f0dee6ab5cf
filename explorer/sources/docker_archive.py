"""``docker save`` archives, by their manifest.json: Docker before 25 and after, kaniko, podman,
skopeo, bazel, jib and BuildKit's ``type=docker``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from explorer.blobs.compression import detect
from explorer.errors import DamagedImage
from explorer.oci import (
    Digest,
    DockerArchiveItem,
    ImageConfig,
    Platform,
    chain_ids,
    media,
    parse_docker_manifest,
)
from explorer.sources.image import Candidate, Image, Kind, Layer
from explorer.sources.members import Members, check_layers, read_document

# A list of ten megabytes can name a configuration of ten megabytes a hundred thousand times.
MAX_MANIFESTS = 5000
MAX_LISTED = 64 << 20  # bytes of configurations that are read to list what there is
_HEX = re.compile(r"(?:^|/|sha256:)([0-9a-f]{64})(?:\.tar\.gz|\.json)?$")


class DockerArchive:
    """The images of one archive."""

    transport = "docker-archive"

    def __init__(self, location: str, members: Members) -> None:
        self.location = location
        self.warnings: tuple[str, ...] = ()
        self.damage = ""
        self._members = members
        document = read_document(members, "manifest.json")
        if document is None:
            raise DamagedImage(
                f"{location} is no docker archive",
                why="it has no manifest.json",
                hint="Name it without a transport, or save the image again with: docker save",
            )
        self._document = document
        self._found: tuple[Candidate, ...] | None = None
        self._configurations: dict[str, tuple[Digest, Platform] | None] = {}
        self._listed = 0  # bytes
        self.items = parse_docker_manifest(document)

    def candidates(self) -> tuple[Candidate, ...]:
        """As :meth:`ImageSource.candidates`."""
        if self._found is None:
            self._found = tuple(self._walk())
        return self._found

    def _walk(self) -> Iterator[Candidate]:
        for number, item in enumerate(self.items):
            if number >= MAX_MANIFESTS or self._listed > MAX_LISTED:
                self.warnings += (f"only the first {number} images are listed",)
                return
            yield self._candidate(item)

    def _configuration(self, name: str) -> tuple[Digest, Platform] | None:
        """What a listing shows of a configuration, or None where the archive does not hold it."""
        if name not in self._configurations:
            data = read_document(self._members, name)
            self._listed += len(data or b"")
            self._configurations[name] = (
                (Digest.of(data), ImageConfig.parse(data).platform) if data is not None else None
            )
        return self._configurations[name]

    def _candidate(self, item: DockerArchiveItem) -> Candidate:
        digest, platform = self._configuration(item.config) or (None, None)
        return Candidate(
            kind=Kind.IMAGE if digest is not None else Kind.MISSING,
            names=item.repo_tags,
            digest=digest,
            group=str(digest or item.config),
            platform=platform,
            media_type=media.DOCKER_MANIFEST,
            load=partial(self._image, item),
        )

    def _image(self, item: DockerArchiveItem) -> Image:
        data = read_document(self._members, item.config)
        if data is None:
            raise DamagedImage(
                f"{self.location} is not whole", why=f"the configuration {item.config} is absent"
            )
        image_id = Digest.of(data)
        warnings = list(item.problems)
        named = _HEX.search(item.config)
        if named and named[1] != image_id.encoded:
            # Docker takes such an archive and names the image by the content, and so do we.
            warnings.append(f"the configuration hashes to {image_id.short}, not to its file's name")
        config = ImageConfig.parse(data)
        layers = self._layers(item, config, warnings)
        return Image(
            transport=self.transport,
            location=self.location,
            names=item.repo_tags,
            digest=None,
            image_id=image_id,
            media_type=media.DOCKER_MANIFEST,
            manifest=None,
            manifest_json=self._document,
            config=config,
            config_json=data,
            layers=layers,
            platform=config.platform,
            warnings=(*warnings, *config.problems),
        )

    def _layers(
        self, item: DockerArchiveItem, config: ImageConfig, warnings: list[str]
    ) -> tuple[Layer, ...]:
        check_layers(len(item.layers))
        diff_ids = config.rootfs_diff_ids
        if len(diff_ids) != len(item.layers):
            warnings.append(
                f"the configuration names {len(diff_ids)} layers, manifest.json {len(item.layers)}"
            )
        chain = chain_ids(diff_ids)
        layers: list[Layer] = []
        for number, name in enumerate(item.layers):
            known = number < len(diff_ids)
            diff_id = diff_ids[number] if known else None
            layer = self._layer(number, name, diff_id, chain[number] if known else None)
            if layer.missing:
                warnings.append(f"layer {number} is not here: {layer.absence}")
            layers.append(layer)
        return tuple(layers)

    def _layer(
        self, number: int, name: str, diff_id: Digest | None, chain_id: Digest | None
    ) -> Layer:
        blob = self._members.get(name)
        compression = detect(blob.read_at(0, 8)) if blob is not None else "none"
        return Layer(
            index=number,
            digest=_blob_digest(name, compression, diff_id),
            diff_id=diff_id,
            chain_id=chain_id,
            media_type=media.DOCKER_LAYER_GZIP if compression == "gzip" else media.DOCKER_LAYER,
            compression=compression,
            stored=blob.size if blob is not None else 0,
            blob=blob,
            absence="" if blob is not None else f"the archive does not hold {name}",
        )


def _blob_digest(name: str, compression: str, diff_id: Digest | None) -> Digest | None:
    """The digest of a layer's blob as far as the archive lets it be known."""
    if compression == "none":
        return diff_id
    named = _HEX.search(name)
    by_content = name.startswith("blobs/") or name.endswith(".tar.gz")
    return Digest.parse(f"sha256:{named[1]}") if named and by_content else None
