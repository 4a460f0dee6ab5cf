"""Whether a window can be shown here."""

import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_X_PORT = 6000
_SECONDS = 2.0


def platforms(environment: Mapping[str, str], system: str = sys.platform) -> tuple[str, ...]:
    """Names of the Qt platforms whose display answers; empty when there is none.

    macOS and Windows always have one ("native"). Elsewhere a display that is named
    in the environment but does not answer (a stale DISPLAY) is no display.
    """
    if system in {"darwin", "win32"}:
        return ("native",)
    found = []
    wayland = environment.get("WAYLAND_DISPLAY")
    if wayland and _listens(str(Path(environment.get("XDG_RUNTIME_DIR", "")) / wayland)):
        found.append("wayland")
    if _x_server_listens(environment.get("DISPLAY", "")):
        found.append("xcb")
    return tuple(found)


def _x_server_listens(display: str) -> bool:
    """Read DISPLAY as X(7) writes it, [HOST]:NUMBER[.SCREEN], and knock."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isascii() or not number.isdigit():
        return False
    if host in {"", "unix"}:
        path = f"/tmp/.X11-unix/X{number}"
        return _listens(path) or _listens(f"\0{path}")
    try:
        with socket.create_connection((host, _X_PORT + int(number)), timeout=_SECONDS):
            return True
    except (OSError, OverflowError):
        return False


def _listens(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_SECONDS)
            probe.connect(path)
    except (OSError, ValueError):
        return False
    return True
