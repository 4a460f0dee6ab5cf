"""Writing a receipt, once a build has taken everything from the cache."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from explorer.build.context.context import Context
from explorer.build.events import Cached, Done, Event
from explorer.build.receipt.receipt import (
    ABSENT,
    MOST_PATHS,
    Receipt,
    file_of,
    followed,
    is_older,
    state_of,
)
from explorer.build.request import BuildRequest, Output
from explorer.errors import ExplorerError
from explorer.oci import Digest, Manifest, parse_manifest
from explorer.store.data import data_root
from explorer.store.folder import CacheFolder
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout

ROOM: Final = 64 << 20  # bytes of all receipts
_IGNORE: Final = ".dockerignore"


class _NoReceipt(Exception):
    """Something a build depends on cannot be told by the states of files."""


def is_plain(request: BuildRequest) -> bool:
    """Whether all that a build reads are its Dockerfile, its context and the local store."""
    elsewhere = request.contexts or request.secrets or request.ssh or request.stop_after
    return (
        request.context is not None
        and not elsewhere
        and not request.no_cache
        and len(request.platforms) < 2
        and all(output == Output() for output in request.outputs)
    )


def write_receipt(
    request: BuildRequest,
    words: Sequence[str],
    named: Iterable[str],
    receipt: Receipt,
    events: Iterable[Event],
    began: int,
) -> None:
    """Write what a command line (its ``words``) has told, with the state of all that it read.

    ``named`` are the paths on the command line, ``began`` the time before anything was read, in
    nanoseconds. Where something changed so shortly before that another change could leave the same
    times, and where anything is not as it was, nothing is written. Raises nothing: without a
    receipt the next build plans again.
    """
    with contextlib.suppress(_NoReceipt, ExplorerError, OSError, ValueError):
        paths = dict.fromkeys((*_of_request(request, named), *_of_store(events)))
        if len(paths) > MOST_PATHS:
            return
        receipt.states = [(path, state_of(path)) for path in paths]
        if all(is_older(state, began) for _, state in receipt.states):
            path = Path(file_of(words))
            CacheFolder(path.parent, ROOM).write(path.name, lambda f: f.write(receipt.encoded()))


def _of_request(request: BuildRequest, named: Iterable[str]) -> Iterator[str]:
    for word in named:
        yield followed(str(Path(word).absolute()))
    dockerfile, folder = request.dockerfile, request.context
    assert folder is not None
    for path in (*_of_dockerfile(dockerfile), folder / _IGNORE):
        yield str(path)
        yield followed(str(path))
    context = Context.scan(folder, dockerfile=dockerfile)
    if context.notes or len(context.entries) + len(context.left_out.hollow) > MOST_PATHS:
        raise _NoReceipt
    root = os.fsencode(context.folder)
    yield os.fsdecode(root)
    for below in (*_paths(context), *context.left_out.hollow):
        yield os.fsdecode(root + b"/" + below)


def _of_dockerfile(path: Path) -> Iterator[Path]:
    """It, its ignore file, and the names that would have been taken before it."""
    yield path
    yield path.with_name(f"{path.name}{_IGNORE}")
    yield from (path.with_name(name) for name in ("Dockerfile", "Containerfile", "dockerfile"))


def _paths(context: Context) -> Iterator[bytes]:
    """The paths of all entries but the folder itself."""
    entries = context.entries
    above: list[bytes] = []
    for row, depth in enumerate(entries.depth.tolist()):
        path = entries.name(row)
        if depth > 1:
            path = above[depth - 1] + b"/" + path
        del above[depth:]
        above.append(path)
        if row:
            yield path


def _of_store(events: Iterable[Event]) -> Iterator[str]:
    """The index of the store, the records of builds, and all blobs that were found."""
    layout = ImageStore.at().layout
    records = next(iter(sorted(data_root().glob("records-*"), reverse=True)), None)
    if records is None:
        raise _NoReceipt
    yield str(layout.root / "index.json")
    yield str(records)
    yield from map(str, sorted(records.iterdir()))
    for digest in _blobs(layout, events):
        path = str(layout.blob(digest))
        if state_of(path) == ABSENT:
            raise _NoReceipt
        yield path


def _blobs(layout: Layout, events: Iterable[Event]) -> Iterator[Digest]:
    for event in events:
        if isinstance(event, Cached) and event.layer is not None:
            yield Digest.parse(event.layer.digest)
        elif isinstance(event, Done):
            digest = Digest.parse(event.digest)
            manifest = parse_manifest(layout.document(digest))
            assert isinstance(manifest, Manifest)
            yield from (digest, manifest.config.digest, *(d.digest for d in manifest.layers))
