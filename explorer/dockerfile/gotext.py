"""Text as Go sees it: BuildKit's white space, its ``%q``, its words for a mistyped name.

A Dockerfile is bytes. They are read as UTF-8 with ``surrogateescape``, so that nothing is lost;
a byte that is no UTF-8 is then one of the 128 surrogates from U+DC80 on.
"""

from __future__ import annotations

import re
from typing import Final

SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680" + "".join(
    map(chr, [*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000])
)
"""``unicode.IsSpace``. Python's own notion has the four ASCII separators besides."""

NOT_UTF8: Final = re.compile("[\ud800-\udfff]")
"""Where a text decoded by :func:`decode` was no UTF-8."""

ENCODING: Final = ("utf-8", "surrogateescape")
"""What the bytes of a Dockerfile are decoded and encoded with."""

_LONGEST_SHOWN: Final = 200
_SHORT: Final = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f\x7f]*')


def decode(data: bytes) -> str:
    """The bytes of a Dockerfile as text; :func:`encode` gives them back exactly."""
    return data.decode(*ENCODING)


def encode(text: str) -> bytes:
    """The inverse of :func:`decode`."""
    return text.encode(*ENCODING)


def quote(text: str) -> str:
    """The text as Go's ``%q`` prints it (``strconv.Quote``)."""
    if text.isprintable() and _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def shorten(text: str) -> str:
    """The text where it is short enough for a message, else its beginning and an ellipsis."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
