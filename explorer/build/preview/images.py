"""A stand as an image that was opened."""

from __future__ import annotations

from dataclasses import replace

from explorer.analysis.opened import OpenImage
from explorer.build.preview.configuration import Document, complete
from explorer.build.preview.stand import Stand
from explorer.oci import Digest, ImageConfig
from explorer.sources.image import Image
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches

TRANSPORT = "preview"


def picture(stand: Stand, doc: Document, title: str, caches: Caches) -> OpenImage:
    """The layers of a stand and a configuration, as everything that shows images takes them."""
    config_json = complete(doc, stand.history, [])
    config = ImageConfig.parse(config_json)
    layers = tuple(indexed.layer for indexed in stand.layers)
    image = Image(
        transport=TRANSPORT,
        location=title,
        names=(title,) if title else (),
        digest=None,
        image_id=Digest.of(config_json),
        media_type="",
        manifest=None,
        manifest_json=b"",
        config=replace(config, problems=()),
        config_json=config_json,
        layers=layers,
        platform=config.platform,
        platforms=(config.platform,),
    )
    return OpenImage(image, list[IndexedLayer](stand.layers), caches)
