"""Completion in the shell: file names for images, and paths inside them where that is cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from explorer.sources.image import Image
    from explorer.store.cache import Caches

_AFFORDABLE = 32 << 20  # bytes of compressed layers, not yet indexed, that a keypress may read


def complete_image(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Files, as the shell itself completes them."""
    return [CompletionItem(incomplete, type="file")]


def complete_path(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The entries of a directory of the image named before; nothing where that would take long."""
    name = context.params.get("image")
    if not isinstance(name, str) or name.startswith("docker://"):
        return []  # no keypress goes to the network
    try:
        return [CompletionItem(path) for path in _paths(name, incomplete)]
    except Exception:  # noqa: BLE001 - a keypress in the shell is no place for errors
        return []


def _paths(name: str, incomplete: str) -> list[str]:
    from explorer.analysis.opened import index_image, load_image
    from explorer.filesystem.names import absolute
    from explorer.store.cache import Caches

    caches = Caches.at()
    image = load_image(name, caches=caches)
    if not _affordable(image, caches):
        return []
    opened = index_image(image, caches)
    above, _, begun = incomplete.rpartition("/")
    state, trie = opened.final, opened.stack.trie
    node = opened.resolve(state, absolute(above))
    found = []
    for child in state.children(node):
        try:
            text = trie.name(child).decode()
        except UnicodeDecodeError:
            continue
        entry = state.entry(child)
        if text.startswith(begun) and text.isprintable() and entry is not None:
            found.append(f"{above}/{text}" + ("/" if entry.is_dir else ""))
    return found


def _affordable(image: Image, caches: Caches) -> bool:
    unread = sum(
        layer.stored
        for layer in image.layers
        if layer.compression != "none"
        and (layer.digest is None or caches.indexes.get(str(layer.digest)) is None)
    )
    return unread <= _AFFORDABLE
