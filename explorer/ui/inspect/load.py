"""What there is to see of a file's content, read and prepared in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from explorer.analysis.content import FileContent
from explorer.analysis.elf import Elf, read_elf
from explorer.analysis.preview.archives import ArchiveListing, list_archive
from explorer.analysis.preview.sniff import HEAD, Kind, Sniffed, sniff
from explorer.errors import DamagedImage
from explorer.progress import Job
from explorer.ui.inspect.highlight import Highlighted, highlight, language_of

FIRST: Final = 256 << 10
"""Bytes of text that are shown at first."""
MOST: Final = 16 << 20
"""Bytes of text that are shown at most."""
_LONGEST_LINE: Final = 20_000
_IMAGE_BYTES: Final = 32 << 20
_IMAGE_PIXELS: Final = 40_000_000
_IMAGE_MEMORY: Final = 192  # MiB


@dataclass(frozen=True, slots=True)
class TextPreview:
    """Text up to ``shown`` of ``size`` bytes."""

    text: str
    spans: Highlighted
    encoding: str
    shown: int
    size: int

    @property
    def more(self) -> bool:
        """Whether more can be shown."""
        return self.shown < min(self.size, MOST)


@dataclass(frozen=True, slots=True)
class ImagePreview:
    """A decoded picture and the name of its format."""

    image: QImage
    format: str


@dataclass(frozen=True, slots=True)
class ElfPreview:
    """The header of a program or library."""

    elf: Elf


@dataclass(frozen=True, slots=True)
class ArchivePreview:
    """The members of an archive."""

    listing: ArchiveListing


@dataclass(frozen=True, slots=True)
class PlainPreview:
    """Nothing that can be shown but as bytes; ``reason`` says why."""

    sniffed: Sniffed
    reason: str = ""


Preview = TextPreview | ImagePreview | ElfPreview | ArchivePreview | PlainPreview


def load(content: FileContent, name: str, limit: int, job: Job) -> Preview:
    """Prepare the content of a file called ``name``; of text at most ``limit`` bytes.

    Raises what reading raises, and :class:`explorer.errors.Cancelled`.
    """
    sniffed = sniff(content.read_at(0, HEAD), content.size)
    job.check()
    try:
        if sniffed.kind is Kind.TEXT:
            return _text(content, name, sniffed, limit, job)
        if sniffed.kind is Kind.IMAGE:
            return _image(content, sniffed)
        if sniffed.kind is Kind.ELF:
            return ElfPreview(read_elf(content.read_at))
        if sniffed.kind is Kind.ARCHIVE:
            return ArchivePreview(list_archive(content, job))
    except DamagedImage as error:
        return PlainPreview(sniffed, str(error))
    return PlainPreview(sniffed)


def _text(content: FileContent, name: str, sniffed: Sniffed, limit: int, job: Job) -> TextPreview:
    shown = min(content.size, limit)
    data = content.read_at(0, shown)
    text = data.decode(sniffed.encoding, "replace").replace("\r\n", "\n").replace("\0", "�")
    text = _wrapped(text)
    job.check()
    spans = highlight(text, language_of(name, text), job)
    return TextPreview(text, spans, sniffed.encoding, shown, content.size)


def _wrapped(text: str) -> str:
    """Break lines that no text view could lay out in time."""
    if max(map(len, text.split("\n")), default=0) <= _LONGEST_LINE:
        return text
    lines = []
    for line in text.split("\n"):
        lines += [line[at : at + _LONGEST_LINE] for at in range(0, len(line) or 1, _LONGEST_LINE)]
    return "\n".join(lines)


def _image(content: FileContent, sniffed: Sniffed) -> Preview:
    if content.size > _IMAGE_BYTES:
        return PlainPreview(sniffed, "It is too large to be shown here.")
    buffer = QBuffer()
    buffer.setData(QByteArray(content.read_at(0, content.size)))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader.setAllocationLimit(_IMAGE_MEMORY)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    # A few bytes can claim a picture that fills the memory: its claim is looked at first.
    if size.isValid() and size.width() * size.height() > _IMAGE_PIXELS:
        why = f"It claims to be {size.width():,} × {size.height():,} pixels: too many to be shown."
        return PlainPreview(sniffed, why)
    image = reader.read()
    if image.isNull():
        return PlainPreview(sniffed, f"It cannot be decoded: {reader.errorString()}.")
    return ImagePreview(image, sniffed.name)
