"""All layers of an image, indexed several at a time, each distinct one once."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from explorer.progress import Job
from explorer.sources.image import Image, Layer
from explorer.sources.reading import IndexedLayer, index_layer, is_remote, layer_at_hand
from explorer.store.cache import Caches

LayerListener = Callable[[IndexedLayer], None]


def index_layers(
    image: Image,
    caches: Caches,
    job: Job,
    on_layer: LayerListener | None,
    *,
    verify: bool = False,
    fetch: Collection[int] | None = None,
) -> list[IndexedLayer]:
    """The layers of an image, each in its place; ``fetch`` as in :func:`.opened.index_image`."""
    everything = _distinct(image.layers)
    numbers = range(len(image.layers)) if fetch is None else fetch
    may = {_identity(image.layers[n]) for n in numbers if 0 <= n < len(image.layers)}
    read = [layer for layer in everything if not is_remote(layer) or _identity(layer) in may]
    now = {_identity(layer) for layer in read}
    job.expect(sum(layer.blob.size for layer in read if layer.blob is not None))

    def work(layer: Layer) -> IndexedLayer:
        if _identity(layer) in now:
            done = index_layer(layer, caches, job, verify=verify)
        else:
            done = layer_at_hand(layer, caches)
        if on_layer is not None and not done.unread:
            on_layer(done)
        return done

    with ThreadPoolExecutor(_workers(image), "index") as pool:
        # The largest first, so that one does not remain for a single core at the end.
        futures: dict[object, Future[IndexedLayer]] = {}
        for layer in sorted(everything, key=lambda layer: -layer.stored):
            futures[_identity(layer)] = pool.submit(work, layer)
        try:
            done = {key: future.result() for key, future in futures.items()}
        except BaseException:
            job.cancel()
            raise
    return [_for_place(done[_identity(layer)], layer) for layer in image.layers]


def index_more(
    image: Image,
    known: Sequence[IndexedLayer],
    layers: Collection[int],
    caches: Caches,
    job: Job,
    on_layer: LayerListener | None,
) -> list[IndexedLayer] | None:
    """The layers of an image with some more of them listed; None where those were listed before."""
    wanted = {_identity(image.layers[number]) for number in layers if known[number].unread}
    if not wanted:
        return None
    rest = tuple(layer for layer in image.layers if _identity(layer) in wanted)
    part = replace(image, layers=tuple(_distinct(rest)))
    indexed = index_layers(part, caches, job, on_layer)
    fresh = {_identity(layer): done for layer, done in zip(part.layers, indexed, strict=True)}
    return [
        _for_place(fresh[_identity(layer)], layer) if _identity(layer) in wanted else before
        for layer, before in zip(image.layers, known, strict=True)
    ]


def _workers(image: Image) -> int:
    # What comes over the network mostly waits.
    return max(os.cpu_count() or 2, 4 if any(map(is_remote, image.layers)) else 1)


def _identity(layer: Layer) -> object:
    # With the blob: an archive can give one digest to two different contents.
    return layer.digest or layer.diff_id or layer.index, layer.blob


def _distinct(layers: tuple[Layer, ...]) -> list[Layer]:
    return list({_identity(layer): layer for layer in reversed(layers)}.values())


def _for_place(done: IndexedLayer, layer: Layer) -> IndexedLayer:
    if done.layer.missing and not layer.missing:  # a registry turned out not to have it
        layer = replace(layer, blob=None, absence=done.layer.absence)
    return replace(done, layer=layer)
