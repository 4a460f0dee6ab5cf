"""Books kept as text, in blocks with an empty line between them: dpkg's and apk's.

deb822(5) and dpkg(1) for ``status``; apk-v2 for ``installed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.analysis.packages.books import Library
from explorer.analysis.packages.values import Ecosystem, Noted, Package

_DPKG = re.compile(rb"^(Package|Version|Architecture|Status|Installed-Size):([^\n]*)", re.MULTILINE)
_APK = re.compile(rb"^([PVAI]):([^\n]*)", re.MULTILINE)


def dpkg_packages(library: Library) -> Iterator[Package]:
    """The packages of dpkg: in its one file, or in a file each, as distroless images have them."""
    yield from library.book(Ecosystem.DPKG, "/var/lib/dpkg/status", parse_dpkg)
    for node in library.records("/var/lib/dpkg/status.d/*"):
        path = library.path(node)
        if path.endswith(b".md5sums"):
            continue
        for each in parse_dpkg(library.head(node))[:1]:
            yield Package(
                Ecosystem.DPKG,
                each.name,
                each.version,
                path,
                library.layer(node),
                each.architecture,
                each.size,
            )


def parse_dpkg(data: bytes) -> list[Noted]:
    """The installed packages of a status file; those of which only settings are left are not."""
    found: list[Noted] = []
    for stanza in data.split(b"\n\n"):
        fields = dict(reversed(_DPKG.findall(stanza)))  # of a repeated field the first counts
        status = fields.get(b"Status", b"install ok installed").split()
        if b"Package" not in fields or b"Version" not in fields or status[-1:] != [b"installed"]:
            continue
        size = _number(fields.get(b"Installed-Size", b"")) * 1024
        found.append(
            Noted(
                _text(fields[b"Package"]),
                _text(fields[b"Version"]),
                _text(fields.get(b"Architecture", b"")),
                size,
            )
        )
    return found


def apk_packages(library: Library) -> Iterator[Package]:
    """The packages of apk; books that are reached by both paths are read once."""
    seen: set[int] = set()
    for path in ("/lib/apk/db/installed", "/usr/lib/apk/db/installed"):
        node = library.find(path)
        if node is not None and node not in seen:
            seen.add(node)
            yield from library.book(Ecosystem.APK, path, parse_apk)


def parse_apk(data: bytes) -> list[Noted]:
    """The packages of an installed file."""
    found: list[Noted] = []
    for block in data.split(b"\n\n"):
        # What describes the package comes before its files, which can be many.
        about = block.partition(b"\nF:")[0]
        fields = dict(reversed(_APK.findall(about)))
        if b"P" in fields and b"V" in fields:
            size = _number(fields.get(b"I", b""))
            found.append(
                Noted(_text(fields[b"P"]), _text(fields[b"V"]), _text(fields.get(b"A", b"")), size)
            )
    return found


def _text(value: bytes) -> str:
    return value.strip().decode("utf-8", "replace")


def _number(value: bytes) -> int:
    digits = value.strip()
    return int(digits) if digits.isdigit() and len(digits) < 16 else 0
