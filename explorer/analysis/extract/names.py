"""Names of images as names of this machine's file system."""

from __future__ import annotations

import os
import re
import sys

from explorer.filesystem.names import is_utf8

_WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def host_name(name: bytes, platform: str = sys.platform) -> str:
    """The name to use here: the same bytes where any bytes will do, else with percent-escapes.

    Raises ``ValueError`` for what is no name, and would lead elsewhere.
    """
    if name in (b"", b".", b"..") or b"/" in name or b"\0" in name:
        raise ValueError("it is not a name")
    if platform not in ("win32", "darwin"):
        return os.fsdecode(name)
    text = name.decode("utf-8", "surrogateescape") if not is_utf8(name) else name.decode()
    text = "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in text)
    if platform == "darwin":
        return text
    text = _WINDOWS.sub(lambda match: f"%{ord(match[0]):02X}", text)
    if _DEVICES.fullmatch(text):
        text = f"%{ord(text[0]):02X}{text[1:]}"
    return text
