"""A Windows layer as ``docker save`` on Windows writes it.

The files lie under ``Files``, the registry's changes under ``Hives``, and pax
records hold attributes and security descriptors (hcsshim, backuptar).
"""

from typing import Final

from tests.factory.entries import directory, file
from tests.factory.entry import Part
from tests.factory.layers import Layer, LayerCompression, layer

DIRECTORY_ATTRIBUTES: Final = {"MSWINDOWS.fileattr": "16", "MSWINDOWS.rawsd": "AQAEgA=="}
FILE_ATTRIBUTES: Final = {"MSWINDOWS.fileattr": "32", "MSWINDOWS.rawsd": "AQAEgA=="}

PARTS: Final[tuple[Part, ...]] = (
    directory("Files", pax=DIRECTORY_ATTRIBUTES),
    directory("Files/Windows", pax=DIRECTORY_ATTRIBUTES),
    directory("Files/Windows/System32", pax=DIRECTORY_ATTRIBUTES),
    file("Files/Windows/System32/hello.exe", b"MZ" + bytes(126), pax=FILE_ATTRIBUTES),
    file("Files/License.txt", b"Read me first.\r\n", pax=FILE_ATTRIBUTES),
    directory("Hives"),
    file("Hives/System_Delta", b"regf" + bytes(508)),
    directory("UtilityVM"),
    directory("UtilityVM/Files"),
)


def windows_layer(compression: LayerCompression = "gzip") -> Layer:
    """A layer with a program, a text, a registry delta and a utility VM."""
    return layer(*PARTS, compression=compression)
