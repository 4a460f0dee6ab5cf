"""Saved images, written layer by layer without knowing a layer's size or digest beforehand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

from isal import isal_zlib

from tests.factory import Entry, blob_path

_MEDIA = "application/vnd.oci.image."
_BUFFER = 4 << 20
_LEVEL = 2  # of ISA-L's four: near to zlib's 4 in size, and ten times as fast
_GZIP = 31  # window bits, and a gzip header


class SavedImage:
    """An archive in the layout of OCI; ``docker`` adds the ``manifest.json`` of ``docker save``.

    The header of a layer's blob is written when the blob is, over the room left for it.
    """

    def __init__(self, path: Path, *, compressed: bool) -> None:
        self._file: BinaryIO = path.open("wb")
        self._compressed = compressed
        self._layers: list[dict[str, Any]] = []

    def begin_layer(self) -> None:
        """Start a layer; what is written from here on is its tar."""
        self._begun = self._file.tell()
        self._file.write(bytes(512))
        self._hash = hashlib.sha256()
        self._deflate = isal_zlib.compressobj(_LEVEL, wbits=_GZIP) if self._compressed else None

    def write(self, data: bytes) -> None:
        """Add to the layer."""
        self._store(self._deflate.compress(data) if self._deflate else data)

    def end_layer(self) -> str:
        """Finish the layer; returns the digest of its blob."""
        if self._deflate:
            self._store(self._deflate.flush())
        size = self._file.tell() - self._begun - 512
        self._file.write(bytes(-size % 512))
        digest = "sha256:" + self._hash.hexdigest()
        end = self._file.seek(0, 1)
        self._file.seek(self._begun)
        self._file.write(_header(blob_path(digest), size))
        self._file.seek(end)
        media = _MEDIA + ("layer.v1.tar+gzip" if self._compressed else "layer.v1.tar")
        self._layers.append({"mediaType": media, "digest": digest, "size": size})
        return digest

    def finish(self, config: bytes, tag: str, *, docker: bool) -> None:
        """Write the documents, and close the file."""
        described = {"mediaType": _MEDIA + "config.v1+json", **self._blob(config)}
        media = _MEDIA + "manifest.v1+json"
        manifest = _json(
            {"schemaVersion": 2, "mediaType": media, "config": described, "layers": self._layers}
        )
        names = {"org.opencontainers.image.ref.name": tag}
        entry = {"mediaType": media, **self._blob(manifest), "annotations": names}
        self._member("index.json", _json({"schemaVersion": 2, "manifests": [entry]}))
        self._member("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        if docker:
            layers = [blob_path(layer["digest"]) for layer in self._layers]
            item = {"Config": blob_path(described["digest"]), "RepoTags": [tag], "Layers": layers}
            self._member("manifest.json", _json([item]))
        self._file.write(bytes(1024))
        self._file.close()

    def _store(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)

    def _blob(self, data: bytes) -> dict[str, Any]:
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self._member(blob_path(digest), data)
        return {"digest": digest, "size": len(data)}

    def _member(self, name: str, data: bytes) -> None:
        self._file.write(_header(name, len(data)) + data + bytes(-len(data) % 512))


class Writer:
    """Writes one tar into several saved images at once, a thread each."""

    def __init__(self, images: Sequence[SavedImage]) -> None:
        self._images = images
        self._pool = ThreadPoolExecutor(len(images))
        self._busy: list[Future[None]] = []
        self.size = 0

    def layer(self, parts: Iterable[bytes | memoryview]) -> list[str]:
        """Write a layer; returns the digest of its blob in each image."""
        for image in self._images:
            image.begin_layer()
        buffer = bytearray()
        for part in parts:
            buffer += part
            if len(buffer) >= _BUFFER:
                self._pass_on(bytes(buffer))
                buffer.clear()
        self._pass_on(bytes(buffer) + bytes(1024))
        self._settle()
        return [image.end_layer() for image in self._images]

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _pass_on(self, data: bytes) -> None:
        self._settle()
        self.size += len(data)
        self._busy = [self._pool.submit(image.write, data) for image in self._images]

    def _settle(self) -> None:
        for future in self._busy:
            future.result()
        self._busy = []


def configuration(diff_ids: Sequence[str], history: Sequence[str]) -> bytes:
    """An image configuration; history lines that begin with ``#`` are of empty layers."""
    lines = [
        {"created_by": line.lstrip("#"), **({"empty_layer": True} if line[0] == "#" else {})}
        for line in history
    ]
    return _json(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["serve"]},
            "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
            "history": lines,
        }
    )


def _header(name: str, size: int) -> bytes:
    return Entry(name.encode(), declared_size=size).header()


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
