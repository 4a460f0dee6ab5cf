"""The ``manifest.json`` of a ``docker save`` archive: a list of images, by names of members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.errors import DamagedImage
from explorer.oci.descriptor import Descriptor
from explorer.oci.document import kind, load
from explorer.oci.fields import Fields

_SAVE: Final = "Save the image again with `docker save`"


@dataclass(frozen=True, slots=True)
class DockerArchiveItem:
    """One image of a ``docker save`` archive: names of members, the lowest layer first.

    ``layer_sources`` describes layers whose blob is elsewhere or compressed, by DiffID.
    """

    config: str
    repo_tags: tuple[str, ...]
    layers: tuple[str, ...]
    parent: str = ""
    layer_sources: Mapping[str, Descriptor] = field(default_factory=dict, hash=False)
    problems: tuple[str, ...] = field(default=(), compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)


def parse_docker_manifest(data: bytes) -> tuple[DockerArchiveItem, ...]:
    """Read the ``manifest.json`` of a ``docker save`` archive.

    Raises:
        DamagedImage: it is not a list, is empty, or an image lacks its configuration.
        LimitExceeded: see :func:`explorer.oci.document.load`.
    """
    value = load(data, "manifest.json")
    if not isinstance(value, list) or not value:
        raise DamagedImage(
            "The archive lists no image",
            why="its manifest.json is "
            + ("an empty list" if value == [] else f"{kind(value)}, not a list"),
            hint=_SAVE,
        )
    return tuple(_archive_item(item, index) for index, item in enumerate(value))


def _archive_item(item: object, index: int) -> DockerArchiveItem:
    where = f"manifest.json[{index}]"
    if not isinstance(item, dict):
        raise DamagedImage(f"{where} is {kind(item)}, not an object", hint=_SAVE)
    fields = Fields(item, where)
    config = fields.text("Config")
    if not config:
        raise DamagedImage(
            f"{fields.path('Config')} is absent",
            why="an image of an archive has to name its configuration",
            hint=_SAVE,
        )
    layers = fields.texts("Layers")
    if layers is None and fields.raw.get("Layers") is not None:
        raise DamagedImage(f"{fields.path('Layers')} is not a list of names", hint=_SAVE)
    return DockerArchiveItem(
        config=config,
        repo_tags=fields.texts("RepoTags") or (),
        layers=layers or (),
        parent=fields.text("Parent"),
        layer_sources=_layer_sources(fields.section("LayerSources")),
        problems=tuple(fields.problems),
        raw=item,
    )


def _layer_sources(fields: Fields) -> dict[str, Descriptor]:
    sources: dict[str, Descriptor] = {}
    for diff_id in fields.raw:
        source = fields.child(diff_id)
        try:
            if source is not None:
                sources[diff_id] = Descriptor.from_fields(source)
        except DamagedImage as error:
            fields.note(f"{fields.path(diff_id)}: {error.what}; ignored")
    return sources
