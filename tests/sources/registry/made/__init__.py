"""Layers that other programs made of :func:`parts`, to be read as they wrote them.

``estargz.blob`` by the library ``estargz`` 0.19 of stargz-snapshotter, and the one of containerd by
its ``zstdchunked``; ``zstd-chunked.blob`` by ``compressor`` 1.59 of containers/storage.
``annotations.json`` is what they would have a manifest say.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.factory import directory, file, hardlink, symlink, tar_bytes, whiteout
from tests.factory.entry import Entry
from tests.factory.layers import Layer, LayerCompression

HERE = Path(__file__).parent
LINES = b"".join(b"line %d of a file in several parts\n" % n for n in range(8000))


def parts() -> tuple[Entry, ...]:
    """Entries of many kinds, and files that are cut into parts."""
    return (
        directory("etc", mode=0o700),
        file("etc/name", b"base", uid=7, gid=8, mode=0o4755),
        file("etc/lines", LINES),
        file("etc/zeros", bytes(300_000)),
        file("etc/empty"),
        file("etc/labelled", b"x", xattrs={"user.note": b"\x00\xff"}),
        symlink("etc/link", "name"),
        hardlink("etc/hard", "etc/name"),
        whiteout("gone"),
        file("a/" * 80 + "deep", b"deep"),
    )


def layer_made_by(writer: str) -> Layer:
    """The layer as it was written."""
    blob = (HERE / f"{writer}.blob").read_bytes()
    notes = json.loads((HERE / "annotations.json").read_bytes())[writer]
    kind: LayerCompression = "estargz" if writer == "estargz" else "zstd-chunked"
    return Layer(tar_bytes(parts()), blob, kind, notes, parts=parts())
