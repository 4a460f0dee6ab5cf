"""Images: layers, a configuration, a manifest, and the builder that makes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from tests.factory.entry import MTIME, Part
from tests.factory.layers import Layer, LayerCompression, Media, layer
from tests.factory.nodes import MANIFEST_TYPES
from tests.factory.toc import sha256, timestamp, to_json

CONFIG_TYPES: Final[Mapping[Media, str]] = {
    "oci": "application/vnd.oci.image.config.v1+json",
    "docker": "application/vnd.docker.container.image.v1+json",
}


@dataclass(frozen=True, slots=True)
class Image:
    """One platform's image, as it is stored."""

    layers: tuple[Layer, ...]
    config: bytes
    tags: tuple[str, ...] = ()
    media: Media = "oci"
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def image_id(self) -> str:
        """The digest of the configuration."""
        return sha256(self.config)

    @property
    def manifest(self) -> bytes:
        """The manifest as JSON."""
        document: dict[str, Any] = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPES[self.media],
            "config": {
                "mediaType": CONFIG_TYPES[self.media],
                "digest": self.image_id,
                "size": len(self.config),
            },
            "layers": [layer.descriptor(self.media) for layer in self.layers],
        }
        if self.annotations:
            document["annotations"] = dict(self.annotations)
        return to_json(document)

    @property
    def digest(self) -> str:
        """The digest of the manifest."""
        return sha256(self.manifest)

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """The digests of the layers' tars, lowest first."""
        return tuple(layer.diff_id for layer in self.layers)

    @property
    def chain_ids(self) -> tuple[str, ...]:
        """The digest of each layer together with all below it (image-spec, config.md)."""
        found: list[str] = []
        for diff_id in self.diff_ids:
            found.append(sha256(f"{found[-1]} {diff_id}".encode()) if found else diff_id)
        return tuple(found)

    @property
    def config_json(self) -> dict[str, Any]:
        """The configuration, parsed."""
        parsed: dict[str, Any] = json.loads(self.config)
        return parsed

    def descriptor(self) -> dict[str, Any]:
        """What an index says of the image."""
        manifest, config = self.manifest, self.config_json
        keys = ("architecture", "os", "variant", "os.version")
        return {
            "mediaType": MANIFEST_TYPES[self.media],
            "digest": sha256(manifest),
            "size": len(manifest),
            "platform": {key: config[key] for key in keys if key in config},
        }

    def blobs(self) -> dict[str, bytes]:
        """Manifest, configuration and layers by digest."""
        found = {self.digest: self.manifest, self.image_id: self.config}
        return found | {layer.digest: layer.blob for layer in self.layers if not layer.urls}

    def uncompressed(self) -> Self:
        """The same image with plain layers, as ``docker save`` writes it."""
        return replace(self, layers=tuple(layer.uncompressed() for layer in self.layers))

    def tagged(self, *tags: str) -> Self:
        """The same image under other names."""
        return replace(self, tags=tags)


@dataclass(frozen=True, slots=True)
class ImageBuilder:
    """Makes an image step by step; each step gives a new builder, so a base can be shared."""

    platform: str = "linux/amd64"
    layers: tuple[Layer, ...] = ()
    steps: tuple[Mapping[str, Any], ...] | None = ()
    runtime: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] | None = None
    names: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def add(
        self,
        *content: Layer | Part,
        created_by: str = "COPY . / # buildkit",
        comment: str = "buildkit.dockerfile.v0",
        compression: LayerCompression = "gzip",
        created: int | None = None,
    ) -> Self:
        """A layer with its step: one `Layer`, or the parts of a new one.

        ``created`` is in seconds since 1970; without it each step comes a
        minute after the last.
        """
        made = _layer_of(content, compression)
        builder = replace(self, layers=(*self.layers, made))
        return builder._step(created_by, comment, created, empty=False)

    def empty(
        self,
        created_by: str,
        comment: str = "buildkit.dockerfile.v0",
        created: int | None = None,
    ) -> Self:
        """A step without a layer, such as ``ENV`` or ``CMD``."""
        return self._step(created_by, comment, created, empty=True)

    def history(self, steps: Sequence[Mapping[str, Any]] | None) -> Self:
        """Replaces the history by ``steps`` as given: shorter, longer, or None for none."""
        return replace(self, steps=None if steps is None else tuple(steps))

    def configure(self, **settings: Any) -> Self:
        """Sets runtime configuration: ``Env=[...]``, ``Cmd=[...]``, ``User="web"``."""
        return replace(self, runtime={**(self.runtime or {}), **settings})

    def top_level(self, **values: Any) -> Self:
        """Sets top-level values of the configuration, such as ``author`` or ``rootfs``."""
        return replace(self, extra={**(self.extra or {}), **values})

    def annotate(self, key: str, value: str) -> Self:
        """Adds an annotation to the manifest."""
        return replace(self, notes=(*self.notes, (key, value)))

    def tag(self, *names: str) -> Self:
        """Adds references the image is known by."""
        return replace(self, names=(*self.names, *names))

    def build(self, media: Media = "oci") -> Image:
        """The image."""
        return Image(self.layers, to_json(self._config()), self.names, media, self.notes)

    def _step(self, created_by: str, comment: str, created: int | None, *, empty: bool) -> Self:
        steps = self.steps or ()
        step: dict[str, Any] = {
            "created": timestamp(MTIME + 60 * len(steps) if created is None else created),
            "created_by": created_by,
            "comment": comment,
        }
        if empty:
            step["empty_layer"] = True
        return replace(self, steps=(*steps, step))

    def _config(self) -> dict[str, Any]:
        keys = ("os", "architecture", "variant")
        config: dict[str, Any] = {
            "created": self._last_created(),
            **dict(zip(keys, self.platform.split("/"), strict=False)),
            "config": dict(self.runtime or {}),
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in self.layers]},
        }
        if self.steps is not None:
            config["history"] = [dict(step) for step in self.steps]
        return config | dict(self.extra or {})

    def _last_created(self) -> str:
        dates = [step["created"] for step in self.steps or () if "created" in step]
        return str(dates[-1]) if dates else timestamp(MTIME)


def image(
    *layers: Layer, tags: Sequence[str] = (), platform: str = "linux/amd64", **settings: Any
) -> Image:
    """An image of ready layers; ``settings`` are its runtime configuration."""
    builder = ImageBuilder(platform).tag(*tags).configure(**settings)
    for number, each in enumerate(layers):
        builder = builder.add(each, created_by=f"RUN step {number} # buildkit")
    return builder.build()


def _layer_of(content: tuple[Layer | Part, ...], compression: LayerCompression) -> Layer:
    if len(content) == 1 and isinstance(content[0], Layer):
        return content[0]
    parts = [part for part in content if not isinstance(part, Layer)]
    if len(parts) != len(content):
        raise ValueError("a step is one layer, or the parts of one")
    return layer(*parts, compression=compression)
