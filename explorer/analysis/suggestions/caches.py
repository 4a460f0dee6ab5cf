"""Caches of package managers: where they are, and how to keep them out of an image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.query.paths import PathPattern
from explorer.analysis.query.rows import provider_layers
from explorer.analysis.query.text import Text
from explorer.analysis.suggestions import words
from explorer.analysis.suggestions.values import Kind, Suggestion
from explorer.filesystem.arrays import distinct
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING
from explorer.filesystem.union import UnionTrie


@dataclass(frozen=True, slots=True)
class Cache:
    """A kind of cache: what it is called, its folders as a pattern of paths, and the remedy."""

    what: str
    folders: tuple[str, ...]
    do: str


CACHES: tuple[Cache, ...] = (
    Cache(
        "package lists of apt",
        ("/var/lib/apt/lists",),
        "Delete them in the same RUN (rm -rf /var/lib/apt/lists/*), or keep them out with "
        "RUN --mount=type=cache,target=/var/lib/apt/lists",
    ),
    Cache(
        "packages downloaded by apt",
        ("/var/cache/apt",),
        "Run apt-get clean in the same RUN, or keep them out with "
        "RUN --mount=type=cache,target=/var/cache/apt",
    ),
    Cache(
        "packages downloaded by apk", ("/var/cache/apk", "/etc/apk/cache"), "Use apk add --no-cache"
    ),
    Cache(
        "packages downloaded by dnf or yum",
        ("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"),
        "Run dnf clean all in the same RUN, or keep them out with "
        "RUN --mount=type=cache,target=/var/cache/dnf",
    ),
    Cache(
        "packages downloaded by zypper",
        ("/var/cache/zypp",),
        "Run zypper clean --all in the same RUN",
    ),
    Cache(
        "packages downloaded by pacman",
        ("/var/cache/pacman/pkg",),
        "Run pacman -Scc in the same RUN",
    ),
    Cache(
        "the cache of pip",
        ("**/.cache/pip",),
        "Use pip install --no-cache-dir, or RUN --mount=type=cache,target=/root/.cache/pip",
    ),
    Cache(
        "the cache of uv",
        ("**/.cache/uv",),
        "Use uv --no-cache, or RUN --mount=type=cache,target=/root/.cache/uv",
    ),
    Cache(
        "the cache of Poetry",
        ("**/.cache/pypoetry",),
        "Use poetry install --no-cache in the same RUN",
    ),
    Cache(
        "the cache of npm",
        ("**/.npm/_cacache", "**/.npm/_npx"),
        "Run npm cache clean --force in the same RUN, or RUN --mount=type=cache,target=/root/.npm",
    ),
    Cache(
        "the cache of Yarn",
        ("**/.cache/yarn", "**/share/.cache/yarn", "**/.yarn/berry/cache"),
        "Run yarn cache clean in the same RUN",
    ),
    Cache(
        "the store of pnpm",
        ("**/.local/share/pnpm/store",),
        "Keep it out with RUN --mount=type=cache,target=/root/.local/share/pnpm/store",
    ),
    Cache(
        "the caches of Go",
        ("**/.cache/go-build", "/go/pkg/mod/cache", "**/go/pkg/mod/cache"),
        "Build in an earlier stage and copy the program, or use "
        "RUN --mount=type=cache,target=/root/.cache/go-build",
    ),
    Cache(
        "the registry of Cargo",
        ("**/.cargo/registry", "/usr/local/cargo/registry"),
        "Build in an earlier stage and copy the program, or use "
        "RUN --mount=type=cache,target=/usr/local/cargo/registry",
    ),
    Cache(
        "the repository of Maven",
        ("**/.m2/repository",),
        "Build in an earlier stage and copy the result, or use "
        "RUN --mount=type=cache,target=/root/.m2",
    ),
    Cache(
        "the caches of Gradle",
        ("**/.gradle/caches",),
        "Build in an earlier stage and copy the result, or use "
        "RUN --mount=type=cache,target=/root/.gradle",
    ),
    Cache(
        "the cache of Composer",
        ("**/.composer/cache", "**/.cache/composer"),
        "Run composer clear-cache",
    ),
    Cache(
        "the packages of conda", ("/opt/conda/pkgs", "**/miniconda3/pkgs"), "Run conda clean -afy"
    ),
)


def inside(trie: UnionTrie, cache: Cache) -> Array:
    """Which nodes lie below the folders of a cache, in any layer, as a mask."""
    mask = np.zeros(len(trie), bool)
    for folder in cache.folders:
        mask |= PathPattern.parse(Text(f"{folder}/**")).nodes(trie)
    return mask


def suggest_caches(image: OpenImage, least: int) -> Iterator[Suggestion]:
    """Caches that are left in the final filesystem."""
    for cache in CACHES:
        nodes, inodes, sizes = content_of(image, inside(image.stack.trie, cache))
        saves = int(sizes.sum())
        if saves < least:
            continue
        layers = distinct(provider_layers(image.stack, inodes)).tolist()
        node = int(nodes[np.argmax(sizes)])
        where = words.layers(image, layers)
        yield Suggestion(
            Kind.CACHE,
            f"{words.size(saves)} of {cache.what} are left in the image",
            f"{words.sentence(where)} {'stores' if len(layers) == 1 else 'store'} them, such as "
            f"{words.path(image, node)}. Nothing needs them once everything is installed",
            cache.do,
            saves,
            tuple(layers),
            node,
        )


def content_of(image: OpenImage, mask: Array) -> tuple[Array, Array, Array]:
    """The files of the final filesystem among some nodes: node, inode, bytes; an inode once."""
    visible = image.final.visible
    nodes = np.flatnonzero(mask & (visible != NOTHING))
    inodes = image.stack.inodes(visible[nodes])
    nodes, inodes = nodes[inodes != NOTHING], inodes[inodes != NOTHING]
    inodes, first = np.unique(inodes, return_index=True)
    nodes = nodes[first]
    files = image.stack.column("type", inodes) == EntryType.FILE
    nodes, inodes = nodes[files], inodes[files]
    return nodes, inodes, image.stack.column("size", inodes)
