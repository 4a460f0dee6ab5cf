"""The books of rpm: where they are, in each of the three databases it has used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from explorer.analysis.packages.books import Library
from explorer.analysis.packages.rpm.berkeley import berkeley_headers
from explorer.analysis.packages.rpm.header import parse_header
from explorer.analysis.packages.rpm.ndb import ndb_headers
from explorer.analysis.packages.rpm.sqlite import sqlite_headers
from explorer.analysis.packages.values import Ecosystem, Noted, Package

Headers = Callable[[bytes], Iterator[bytes]]

_FOLDERS = ("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm")
_DATABASES: tuple[tuple[str, Headers], ...] = (
    ("rpmdb.sqlite", sqlite_headers),
    ("Packages.db", ndb_headers),
    ("Packages", berkeley_headers),
)


def rpm_packages(library: Library) -> Iterator[Package]:
    """The packages of rpm; a database that is reached by several paths is read once."""
    seen: set[int] = set()
    for folder in _FOLDERS:
        for name, headers in _DATABASES:
            path = f"{folder}/{name}"
            node = library.find(path)
            if node is not None and node not in seen:
                seen.add(node)
                yield from library.book(Ecosystem.RPM, path, _reader(headers))


def _reader(headers: Headers) -> Callable[[bytes], list[Noted]]:
    def parse(data: bytes) -> list[Noted]:
        found = (parse_header(header) for header in headers(data))
        return [each for each in found if each is not None]

    return parse
