"""zstd:chunked: a Zstandard layer whose files can be fetched one at a time.

Every payload is a frame of its own; a skippable frame holds the compressed
table of contents, and a 64-byte footer in a last skippable frame says where it
is (containers/storage, pkg/chunked).
"""

from collections.abc import Sequence
from typing import Any, Final

from tests.factory.compression import zstd_frame, zstd_skippable_frame
from tests.factory.entry import Entry, Part
from tests.factory.header import END
from tests.factory.toc import sha256, to_json, toc_entry

MAGIC: Final = b"GNUlInUx"
FOOTER_SIZE: Final = 64
MANIFEST_TYPE: Final = 1
CHECKSUM_ANNOTATION: Final = "io.github.containers.zstd-chunked.manifest-checksum"
POSITION_ANNOTATION: Final = "io.github.containers.zstd-chunked.manifest-position"

_SKIPPABLE_HEADER = 8


def zstd_chunked(parts: Sequence[Part]) -> tuple[bytes, bytes, dict[str, str]]:
    """The blob, the tar it decompresses to, and the descriptor's annotations."""
    blob = tar = b""
    entries: list[dict[str, Any]] = []
    for part in parts:
        blob += zstd_frame(part.header())
        if isinstance(part, Entry):
            start = len(blob)
            if part.content:
                blob += zstd_frame(part.content)
            place = {"offset": start, "endOffset": len(blob)} if part.content else {}
            entries.append(toc_entry(part) | place)
            padding = part.body()[len(part.content) :]
            blob += zstd_frame(padding) if padding else b""
        tar += part.to_bytes()
    blob += zstd_frame(END)
    tar += END
    return _with_toc(blob, to_json({"version": 1, "entries": entries}), tar)


def _with_toc(blob: bytes, toc: bytes, tar: bytes) -> tuple[bytes, bytes, dict[str, str]]:
    manifest = zstd_frame(toc)
    place = (len(blob) + _SKIPPABLE_HEADER, len(manifest), len(toc), MANIFEST_TYPE)
    annotations = {
        CHECKSUM_ANNOTATION: sha256(manifest),
        POSITION_ANNOTATION: ":".join(map(str, place)),
    }
    no_tar_split = (0, 0, 0)
    numbers = b"".join(number.to_bytes(8, "little") for number in (*place, *no_tar_split))
    footer = zstd_skippable_frame(numbers + MAGIC)
    return blob + zstd_skippable_frame(manifest) + footer, tar, annotations
