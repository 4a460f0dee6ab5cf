"""eStargz: a gzip layer whose files can be fetched one at a time.

Every payload starts a gzip member, the last tar entry is a table of contents,
and a 51-byte footer says where it begins (stargz-snapshotter, "eStargz:
Standard-Compatible Extension to Container Image Layers").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.factory.compression import GZIP_HEADER, gzip_member
from tests.factory.entries import file
from tests.factory.entry import Entry, Part
from tests.factory.header import END
from tests.factory.toc import sha256, to_json, toc_entry

TOC_NAME: Final = "stargz.index.json"
FOOTER_SIZE: Final = 51
TOC_DIGEST_ANNOTATION: Final = "containerd.io/snapshot/stargz/toc.digest"
SIZE_ANNOTATION: Final = "io.containers.estargz.uncompressed-size"
NO_PREFETCH: Final = file(".no.prefetch.landmark", b"\x0f")
"""The entry that says no file needs to be fetched ahead."""


@dataclass(slots=True)
class _Writer:
    """Gathers tar bytes, and closes a gzip member where it is told to."""

    blob: bytes = b""
    tar: bytes = b""
    pending: bytes = b""
    toc: list[dict[str, Any]] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        self.pending += data

    def cut(self) -> None:
        if self.pending:
            self.blob += gzip_member(self.pending)
            self.tar += self.pending
            self.pending = b""

    def add(self, part: Part, chunk_size: int) -> None:
        self.write(part.header())
        if not isinstance(part, Entry):
            return
        if part.content:
            self._payload(part, chunk_size)
        else:
            self.toc.append(toc_entry(part))

    def _payload(self, entry: Entry, chunk_size: int) -> None:
        content, described = entry.content, toc_entry(entry)
        for at in range(0, len(content), chunk_size):
            self.cut()
            chunk = content[at : at + chunk_size]
            place: dict[str, Any] = {"offset": len(self.blob), "chunkDigest": sha256(chunk)}
            if at:
                described = {"name": described["name"], "type": "chunk", "chunkOffset": at}
            if at + chunk_size < len(content):
                place["chunkSize"] = len(chunk)
            self.toc.append(described | place)
            self.write(chunk)
        self.write(entry.body()[len(content) :])


def estargz(
    parts: Sequence[Part], *, chunk_size: int = 4096
) -> tuple[bytes, bytes, dict[str, str]]:
    """The blob, the tar it decompresses to, and the descriptor's annotations.

    ``chunk_size`` is in bytes of content. The tar ends with the table of
    contents, which therefore counts for the diff_id.
    """
    writer = _Writer()
    for part in (NO_PREFETCH, *parts):
        writer.add(part, chunk_size)
    writer.cut()
    toc = to_json({"version": 1, "entries": writer.toc})
    offset = len(writer.blob)
    writer.write(file(TOC_NAME, toc, mode=0o444).to_bytes() + END)
    writer.cut()
    annotations = {TOC_DIGEST_ANNOTATION: sha256(toc), SIZE_ANNOTATION: str(len(writer.tar))}
    return writer.blob + footer(offset), writer.tar, annotations


def footer(toc_offset: int) -> bytes:
    """An empty gzip member whose extra field tells where the table of contents starts."""
    subfield = b"%016xSTARGZ" % toc_offset
    extra = b"SG" + len(subfield).to_bytes(2, "little") + subfield
    flags_set = GZIP_HEADER[:3] + b"\x04" + GZIP_HEADER[4:]
    empty_stored_block = b"\x01\x00\x00\xff\xff"
    return flags_set + len(extra).to_bytes(2, "little") + extra + empty_stored_block + bytes(8)
