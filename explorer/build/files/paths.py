"""Paths of COPY, ADD and WORKDIR, as BuildKit normalises them (``util/system/path.go``)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass


def encoded(text: str) -> bytes:
    """A path of a Dockerfile as bytes; what was no UTF-8 in the file is what it was."""
    return text.encode("utf-8", "surrogateescape")


def decoded(path: bytes) -> str:
    """The opposite of :func:`encoded`."""
    return path.decode("utf-8", "surrogateescape")


def rooted(text: str) -> bytes:
    """A source as an absolute path inside its tree: ``..`` stops at the root."""
    return clean(b"/" + encoded(text))


def clean(path: bytes) -> bytes:
    """The shortest absolute path that means the same, by its text alone."""
    return b"/" + posixpath.normpath(b"/" + path).lstrip(b"/")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where COPY and ADD write: an absolute path; ``is_folder`` if written as a directory."""

    path: bytes
    is_folder: bool

    @classmethod
    def of(cls, text: str, workdir: str) -> Destination:
        """The destination of an instruction; ``""`` and ``.`` are the working directory."""
        raw = encoded(text) or b"."
        is_folder = raw == b"." or raw.endswith((b"/", b"/."))
        return cls(clean(posixpath.join(b"/", encoded(workdir), raw)), is_folder)

    @property
    def folder(self) -> bytes:
        """The directory that has to be there before anything is written."""
        return self.path if self.is_folder else posixpath.dirname(self.path)


def has_wildcards(text: str) -> bool:
    """Whether ``*``, ``?`` or ``[`` stands in a path without a backslash before it."""
    escaped = False
    for char in text:
        if not escaped and char in "*?[":
            return True
        escaped = char == "\\" and not escaped
    return False


def split_wildcards(path: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The part of an absolute path before its first component with a wildcard, and the others."""
    parts = [part for part in decoded(path).split("/") if part]
    plain = next((i for i, part in enumerate(parts) if has_wildcards(part)), len(parts))
    return b"/" + encoded("/".join(parts[:plain])), tuple(parts[plain:])
