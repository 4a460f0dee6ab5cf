"""The database of installed packages, in the form apk keeps it (apk-v2, ``installed``).

One block of ``LETTER:value`` lines a package: what it is, then its directories
and files, each with a checksum.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

DATABASE: Final = "lib/apk/db/installed"
APK_ARCHITECTURE: Final = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class Package:
    """A package, and the files it brought by their paths."""

    name: str
    version: str
    about: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    licence: str = "Apache-2.0"


def database(packages: Iterable[Package], architecture: str, built: int) -> bytes:
    """The whole file; ``built`` is in seconds since 1970."""
    return "".join(_block(package, architecture, built) for package in packages).encode()


def _block(package: Package, architecture: str, built: int) -> str:
    installed = sum(map(len, package.files.values()))
    about = [
        ("C", _checksum(f"{package.name}-{package.version}-{architecture}".encode())),
        ("P", package.name),
        ("V", package.version),
        ("A", APK_ARCHITECTURE[architecture]),
        ("S", str(installed // 2)),
        ("I", str(installed)),
        ("T", package.about),
        ("U", f"https://packages.pebble.example/{package.name}"),
        ("L", package.licence),
        ("o", package.name),
        ("m", "The Pebble maintainers <packages@pebble.example>"),
        ("t", str(built)),
    ]
    if package.needs:
        about.append(("D", " ".join(package.needs)))
    lines = [f"{letter}:{value}\n" for letter, value in (*about, *_places(package.files))]
    return "".join(lines) + "\n"


def _places(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    folder = None
    for path in sorted(files, key=lambda path: path.rpartition("/")[::2]):
        parent, _, name = path.rpartition("/")
        if parent != folder:
            found.append(("F", parent))
            folder = parent
        found += [("R", name), ("Z", _checksum(files[path]))]
    return found


def _checksum(data: bytes) -> str:
    return "Q1" + base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
