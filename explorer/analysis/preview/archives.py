"""What is in an archive inside the image: a bounded listing, nothing is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import IO, cast

from explorer.analysis.content import FileContent
from explorer.blobs.compression import detect, plain_chunks
from explorer.blobs.feeds import FileFeed, StreamFeed
from explorer.errors import DamagedImage
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.filesystem.names import display
from explorer.progress import Job

MOST = 2000
"""Members that are listed at most."""
PLAIN = 64 << 20
"""Bytes that are decompressed at most."""
_DIRECTORY = 16 << 20  # bytes a zip's table of contents may have
_END_RECORD = 65_557  # the longest that ends a zip, with its comment


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its path, made printable, and its size in bytes."""

    name: str
    size: int
    is_dir: bool


@dataclass(frozen=True, slots=True)
class ArchiveListing:
    """The members; ``note`` says what cut the list short, and is empty for a whole one."""

    format: str
    members: tuple[Member, ...]
    note: str = ""


def list_archive(content: FileContent, job: Job | None = None) -> ArchiveListing:
    """List a tar, a zip, or a compressed tar.

    Raises :class:`DamagedImage` for anything else, and :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    head = content.read_at(0, 512)
    if head[:2] == b"PK":
        return _zip(content, job)
    if head[257:262] == b"ustar":
        return _tar("tar archive", build_index(FileFeed(content, job), job))
    compression = detect(head)
    if compression == "none":
        raise DamagedImage("It is no archive that can be listed here")
    stream = _Bounded(plain_chunks(content, compression, job))
    if stream.peek()[257:262] != b"ustar":
        return ArchiveListing(f"{compression} data", (), "One compressed file, not an archive.")
    index = build_index(StreamFeed(iter(stream), 0), job)
    note = f"Only the first {PLAIN >> 20} MiB were looked at." if stream.cut else ""
    return _tar(f"tar archive, {compression}", index, note)


class _Bounded:
    """The first :data:`PLAIN` bytes of a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._first = b""
        self.cut = False

    def peek(self) -> bytes:
        """The first 512 bytes, or fewer."""
        for chunk in self._chunks:
            self._first += chunk
            if len(self._first) >= 512:
                break
        return self._first

    def __iter__(self) -> Iterator[bytes]:
        given = len(self._first)
        if self._first:
            yield self._first
        for chunk in self._chunks:
            if given >= PLAIN:
                self.cut = True
                return
            given += len(chunk)
            yield chunk


def _tar(name: str, index: LayerIndex, note: str = "") -> ArchiveListing:
    members = []
    for number in range(min(len(index), MOST)):
        path = display(index.path(int(index.node[number]))).lstrip("/")
        is_dir = index.type[number] == EntryType.DIR
        members.append(Member(f"{path}/" if is_dir else path, index.size_of(number), is_dir))
    if index.damage and not note:
        if not members:
            raise DamagedImage("The archive is damaged", why=index.damage)
        note = f"Damaged: {index.damage}."
    if len(index) > MOST:
        note = f"Only the first {MOST:,} of {len(index):,} members are listed."
    return ArchiveListing(name, tuple(members), note)


class _Stream(RawIOBase):
    """A file in a layer as ``zipfile`` wants to read it; stops when the job is cancelled."""

    def __init__(self, content: FileContent, job: Job) -> None:
        self._content, self._job, self._at = content, job, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, (0, self._at, self._content.size)[whence] + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._job.check()
        data = self._content.read_at(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _zip(content: FileContent, job: Job) -> ArchiveListing:
    tail = content.read_at(max(0, content.size - _END_RECORD), _END_RECORD)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY:
        raise DamagedImage("The zip archive has no usable table of contents")
    stream = cast(IO[bytes], BufferedReader(_Stream(content, job), 1 << 16))
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DamagedImage("The zip archive is damaged", why=str(error)) from error
    members = tuple(
        Member(_printable(info.filename), info.file_size, info.is_dir()) for info in infos[:MOST]
    )
    more = len(infos) > MOST
    note = f"Only the first {MOST:,} of {len(infos):,} members are listed." if more else ""
    return ArchiveListing("zip archive", members, note)


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in name[:4096])
