"""Large files, and files that are in the image several times."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.analysis.duplicates import Duplicates, duplicates
from explorer.analysis.opened import OpenImage
from explorer.analysis.query.rows import provider_layers
from explorer.analysis.suggestions import words
from explorer.analysis.suggestions.caches import content_of
from explorer.analysis.suggestions.values import Kind, Suggestion
from explorer.filesystem.arrays import distinct
from explorer.progress import Job

_GROUPS = 10
_LARGEST = 5
_SHARE = 0.1  # of the image, below which its largest files are not worth a word


def suggest_duplicates(image: OpenImage, job: Job, least: int) -> Iterator[Suggestion]:
    """The groups of equal files that cost most."""
    groups = duplicates(image, job=job, least=max(least, 4096))
    for group in groups[:_GROUPS]:
        yield _duplicate(image, group)


def _duplicate(image: OpenImage, group: Duplicates) -> Suggestion:
    paths = [words.path(image, node) for node in group.nodes]
    inodes = image.stack.inodes(image.final.visible[np.array(group.nodes)])
    layers = distinct(provider_layers(image.stack, inodes)).tolist()
    count = len(paths)
    return Suggestion(
        Kind.DUPLICATE,
        f"{count} files hold the same {words.size(group.size)}",
        f"{words.some(paths)} are equal to the last byte, stored in {words.layers(image, layers)}",
        "Keep one and make the others links to it (ln, or ln -s), or copy it only once"
        + ("" if len(layers) == 1 else "; a link to a file of a lower layer must be symbolic"),
        group.saves,
        tuple(layers),
        group.nodes[0],
    )


def suggest_largest(image: OpenImage) -> Iterator[Suggestion]:
    """The largest files, if they are much of the image."""
    nodes, inodes, sizes = content_of(image, np.ones(len(image.stack.trie), bool))
    order = np.argsort(-sizes, kind="stable")[:_LARGEST]
    total, top = int(sizes.sum()), int(sizes[order].sum())
    if not total or top < _SHARE * total:
        return
    names = [
        f"{words.path(image, int(nodes[row]))} ({words.size(int(sizes[row]))})"
        for row in order.tolist()
    ]
    layers = distinct(provider_layers(image.stack, inodes[order])).tolist()
    of_all = f"{100 * top / total:.0f}% of what is in the image"
    title = (
        f"The largest file is {of_all}"
        if len(names) == 1
        else f"The {len(names)} largest files are {of_all}"
    )
    yield Suggestion(
        Kind.LARGEST,
        title,
        words.sentence(words.listed(names)),
        "Is each needed when the container runs? What only the build needs belongs into an "
        "earlier stage",
        0,
        tuple(layers),
        int(nodes[order[0]]),
    )
