"""Paths inside an image, as bytes."""

from __future__ import annotations

import re

PATH_MAX = 4096  # what Linux takes, including the final NUL
_NEEDS_CARE = (b"", b"/", b".")  # how a name begins that may not be tidy
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


def normalise(name: bytes) -> tuple[bytes, bool]:
    """The path of a tar member below the root, without a leading slash; empty for the root.

    The second value says whether the name tried to leave the root through ``..``; it is then
    held at the root, as an unpacker in a jail would.
    """
    if name[:1] not in _NEEDS_CARE and b"//" not in name and b"/." not in name:
        return name.rstrip(b"/"), False
    parts: list[bytes] = []
    escaped = False
    for part in name.split(b"/"):
        if part in (b"", b"."):
            continue
        if part == b"..":
            if parts:
                parts.pop()
            else:
                escaped = True
            continue
        parts.append(part)
    return b"/".join(parts), escaped


def absolute(path: str | bytes) -> bytes:
    """A path as the user typed it, made absolute and tidy: ``etc//passwd/`` is ``/etc/passwd``.

    Percent-escapes are not decoded here; see :func:`unescape`.
    """
    raw = path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path
    return b"/" + normalise(raw)[0]


def parent(path: bytes) -> bytes:
    """The directory that holds an absolute path; the root holds itself."""
    return path.rpartition(b"/")[0] or b"/"


def join(directory: bytes, name: bytes) -> bytes:
    """An absolute directory and a name below it."""
    return b"/" + name if directory == b"/" else directory + b"/" + name


def is_below(path: bytes, directory: bytes) -> bool:
    """Whether an absolute path lies strictly below a directory."""
    return directory == b"/" != path or path.startswith(directory + b"/")


def display(path: bytes) -> str:
    """A path as shown to a person: what is not UTF-8, and control characters, percent-escaped.

    In a name that needs escapes a literal ``%`` is escaped too; ordinary names stay as they are.
    """
    shown = path.decode("utf-8", "surrogateescape")
    return shown if shown.isprintable() else "".join(map(_escape, shown))


def document_text(path: bytes) -> str:
    """A path as documents give it: only bytes that are not UTF-8 are percent-escaped."""
    text = path.decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in text)


def is_utf8(path: bytes) -> bool:
    """Whether a path is valid UTF-8, so that documents can give it as it is."""
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _escape(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"%{ord(char) - 0xDC00:02X}"
    if char.isprintable() and char != "%":
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8"))


def unescape(text: str) -> bytes:
    """The bytes of a path shown by :func:`display`; a ``%`` that escapes nothing is itself."""
    raw = text.encode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), raw)
