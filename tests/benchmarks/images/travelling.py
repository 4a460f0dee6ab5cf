"""``python -m tests.benchmarks.images.travelling DIR gzip|none BYTES``: an OCI layout to move.

Ten layers, each of files that cannot be compressed: so both packings are of one size, and nobody
gains by packing what is packed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

LAYERS: Final = 10
NAME: Final = "bench:1"
_FILE: Final = 2_000_000
_OCI: Final = "application/vnd.oci.image."


def write(folder: Path, packing: str, size: int) -> None:
    """Write the layout, ``size`` bytes of files in it."""
    (folder / "blobs" / "sha256").mkdir(parents=True)
    layers, diff_ids = [], []
    for number in range(LAYERS):
        layer, diff_id = _layer(folder, number, packing, size // LAYERS)
        layers.append(layer)
        diff_ids.append(diff_id)
    root = {"type": "layers", "diff_ids": diff_ids}
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": root}
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}manifest.v1+json",
        "config": _document(folder, config, f"{_OCI}config.v1+json"),
        "layers": layers,
    }
    named = _document(folder, manifest, f"{_OCI}manifest.v1+json")
    named["annotations"] = {"org.opencontainers.image.ref.name": NAME}
    index = {"schemaVersion": 2, "manifests": [named]}
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


class _Hashing:
    """Writes, and knows the digest and the length of what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def _layer(folder: Path, number: int, packing: str, size: int) -> tuple[dict[str, Any], str]:
    source = random.Random(number)
    aside = folder / "aside"
    with aside.open("wb") as file:
        stored = _Hashing(file)
        packed: Any = stored
        if packing == "gzip":
            packed = gzip.GzipFile("", "wb", 1, stored, mtime=0)  # type: ignore[arg-type]
        plain = _Hashing(packed)
        with tarfile.open(fileobj=plain, mode="w|", format=tarfile.USTAR_FORMAT) as tar:  # type: ignore[call-overload]
            for at in range(0, size, _FILE):
                entry = tarfile.TarInfo(f"layer{number}/file{at // _FILE}")
                entry.size = min(_FILE, size - at)
                tar.addfile(entry, io.BytesIO(source.randbytes(entry.size)))
        if packed is not stored:
            packed.close()
    ending = "+gzip" if packing == "gzip" else ""
    return _settled(folder, aside, stored, f"{_OCI}layer.v1.tar{ending}"), plain.digest


def _settled(folder: Path, aside: Path, stored: _Hashing, kind: str) -> dict[str, Any]:
    aside.rename(folder / "blobs" / stored.digest.replace(":", "/"))
    return {"mediaType": kind, "digest": stored.digest, "size": stored.size}


def _document(folder: Path, value: dict[str, Any], kind: str) -> dict[str, Any]:
    aside = folder / "aside"
    with aside.open("wb") as file:
        stored = _Hashing(file)
        stored.write(json.dumps(value).encode())
    return _settled(folder, aside, stored, kind)


if __name__ == "__main__":
    _folder, _packing, _size = sys.argv[1:]
    write(Path(_folder), _packing, int(_size))


__all__: Sequence[str] = ["LAYERS", "NAME", "write"]
