"""A viewer model over an image made to order, for tests of the views."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explorer.analysis.opened import OpenImage, open_image
from explorer.store.cache import Caches
from explorer.ui.explore.model import ViewerModel
from tests.factory import Entry, ImageBuilder, docker_archive_v25

Layers = Sequence[Sequence[Entry]]


@contextmanager
def opened(*layers: Sequence[Entry], **settings: Any) -> Iterator[OpenImage]:
    """An image of these layers, lowest first; ``settings`` are its runtime configuration."""
    builder = ImageBuilder().configure(**settings)
    for number, layer in enumerate(layers):
        builder = builder.add(*layer, created_by=f"RUN step {number} # buildkit")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image.tar")
        docker_archive_v25(builder.build()).write(path)
        image = open_image(str(path), caches=Caches.at(Path(folder, "cache")))
        try:
            yield image
        finally:
            image.close(keep=False)


@contextmanager
def viewed(*layers: Sequence[Entry], **settings: Any) -> Iterator[ViewerModel]:
    """A model that has opened such an image."""
    with opened(*layers, **settings) as image:
        model = ViewerModel()
        show(model, image)
        yield model


def show(model: ViewerModel, image: OpenImage) -> None:
    """Give a model an image, as opening one does."""
    model.set_document(image.image)
    for number, layer in enumerate(image.layers):
        model.note_layer(number, layer)
    model.set_image(image)
