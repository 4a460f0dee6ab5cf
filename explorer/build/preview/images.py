"""A stand as an image that was opened."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from explorer.analysis.content import ContentReader
from explorer.analysis.opened import OpenImage
from explorer.build.preview.configuration import Document, complete
from explorer.build.preview.growing import grown
from explorer.build.preview.stand import Stand
from explorer.filesystem.stack import Stack
from explorer.oci import Digest, ImageConfig
from explorer.sources.image import Image
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches

TRANSPORT = "preview"
_MANY = 4  # layers that are quicker stacked at once than one after another


class PreviewImage(OpenImage):
    """An image whose upper layers are foretold; everything that can be asked of any other can be.

    It takes over the stack of the layers that another image shares with it; ``stack_below`` is
    the one without its own last layer, for the next to take over.
    """

    def __init__(
        self, image: Image, layers: list[IndexedLayer], caches: Caches, below: Stack | None
    ) -> None:
        self.image = image
        self.layers = layers
        self.caches = caches
        self.contents = ContentReader(layers, caches)
        if below is not None and len(below) == len(layers):
            self.stack = self.stack_below = below
        else:
            self.stack = self.stack_below = self._all_but_the_last(below)
            if layers:
                self.stack = grown(self.stack_below, layers[-1].index, self.contents)
        self.state = lru_cache(maxsize=8)(self._state)
        self.changes = lru_cache(maxsize=64)(self._changes)

    def _all_but_the_last(self, below: Stack | None) -> Stack:
        """The stack that the last layer is put on; it is put there again at each keystroke."""
        lower = [layer.index for layer in self.layers[:-1]]
        if below is None or len(lower) - len(below) > _MANY:
            return Stack(lower, self.contents)
        for index in lower[len(below) :]:
            below = grown(below, index, self.contents)
        return below


def picture(
    stand: Stand, doc: Document, title: str, caches: Caches, below: Stack | None = None
) -> PreviewImage:
    """The layers of a stand and a configuration, as everything that shows images takes them.

    ``below`` is the stack of the lowest of its layers, where it is known.
    """
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
    return PreviewImage(image, list(stand.layers), caches, below)
