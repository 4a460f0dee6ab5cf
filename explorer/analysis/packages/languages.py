"""Packages of programming languages: each has a file of its own that says what it is.

The core metadata specifications of Python's packaging (``METADATA``, ``PKG-INFO``), and npm's
``package.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from explorer.analysis.packages.books import RECORD, Library
from explorer.analysis.packages.values import Ecosystem, Package

_PYTHON = ("**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/*.egg-info")
_NPM = ("**/node_modules/*/package.json", "**/node_modules/@*/*/package.json")


def python_packages(library: Library) -> Iterator[Package]:
    """The distributions of all Python environments in a filesystem."""
    for node in library.records(*_PYTHON):
        path = library.path(node)
        name, version = _metadata(library.head(node)) or _from_folder(path)
        if name:
            yield Package(Ecosystem.PYTHON, name, version, path, library.layer(node))


def _metadata(head: bytes) -> tuple[str, str] | None:
    """Name and version of the headers, which end at the first empty line."""
    fields: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and not key[:1].isspace():
            fields.setdefault(key.strip().lower(), value.strip())
    if not fields.get("name"):
        return None
    return fields["name"], fields.get("version", "")


def _from_folder(path: bytes) -> tuple[str, str]:
    """What the folder is called, where the file in it says nothing: ``name-1.0.dist-info``."""
    parts = path.decode("utf-8", "replace").split("/")
    folder = next((part for part in reversed(parts) if part.endswith("-info")), "")
    name, _, version = folder.rpartition(".")[0].partition("-")
    return name, version.partition("-")[0]


def npm_packages(library: Library) -> Iterator[Package]:
    """The packages in all ``node_modules`` of a filesystem."""
    for node in library.records(*_NPM):
        head = library.head(node)
        if len(head) == RECORD:
            continue
        try:
            about = json.loads(head)
        except (ValueError, RecursionError):
            continue
        name, version = (about.get("name"), about.get("version")) if _is_object(about) else (0, 0)
        if isinstance(name, str) and name and isinstance(version, str):
            yield Package(Ecosystem.NPM, name, version, library.path(node), library.layer(node))


def _is_object(about: object) -> bool:
    return isinstance(about, dict)
