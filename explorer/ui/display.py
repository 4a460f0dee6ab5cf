"""Whether a window can be shown at all: asked before Qt, which would abort the process.

No Qt here: where its libraries are missing, this module is what still says so.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from explorer.errors import Unsupported

_NEEDS_NO_SCREEN = frozenset({"offscreen", "minimal", "minimalegl", "vnc", "linuxfb", "eglfs"})

_PACKAGES = {
    "libEGL.so": "libegl1",
    "libGL.so": "libgl1",
    "libfontconfig.so": "libfontconfig1",
    "libfreetype.so": "libfreetype6",
    "libdbus-1.so": "libdbus-1-3",
    "libglib-2.0.so": "libglib2.0-0",
    "libX11-xcb.so": "libx11-xcb1",
    "libX11.so": "libx11-6",
    "libxkbcommon-x11.so": "libxkbcommon-x11-0",
    "libxkbcommon.so": "libxkbcommon0",
    "libxcb-cursor.so": "libxcb-cursor0",
    "libxcb-icccm.so": "libxcb-icccm4",
    "libxcb-image.so": "libxcb-image0",
    "libxcb-keysyms.so": "libxcb-keysyms1",
    "libxcb-randr.so": "libxcb-randr0",
    "libxcb-render-util.so": "libxcb-render-util0",
    "libxcb-shape.so": "libxcb-shape0",
    "libxcb-shm.so": "libxcb-shm0",
    "libxcb-sync.so": "libxcb-sync1",
    "libxcb-util.so": "libxcb-util1",
    "libxcb-xfixes.so": "libxcb-xfixes0",
    "libxcb-xkb.so": "libxcb-xkb1",
    "libxcb.so": "libxcb1",
}
"""Debian's package for each system library that Qt's window system plugins load."""

_INSTEAD = "Use the command line: layerscope report IMAGE"


def check(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> None:
    """Raise :class:`Unsupported` where no window can be shown, saying why and what to do."""
    _check_libraries("PySide6.QtGui")
    if system in ("win32", "darwin", "cygwin"):
        return
    platforms = [name.split(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";")]
    if any(name in _NEEDS_NO_SCREEN for name in platforms):
        return
    if _wayland_answers(environment):
        return
    if not environment.get("DISPLAY"):
        raise Unsupported(
            "No window can be shown here",
            why="neither DISPLAY nor WAYLAND_DISPLAY leads to a screen",
            hint=_INSTEAD,
        )
    _check_plugin("libqxcb.so")
    _check_x_server(environment["DISPLAY"])


def _check_libraries(module: str) -> None:
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise _missing(str(error)) from error


def _check_plugin(name: str) -> None:
    """Load a plugin of Qt as Qt would, where this prints what is missing instead of aborting."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return
    plugin = Path(spec.submodule_search_locations[0], "Qt", "plugins", "platforms", name)
    if not plugin.exists():
        return  # a distribution's own PySide6 keeps its plugins elsewhere, and complete
    import ctypes

    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        raise _missing(str(error)) from error


def _missing(message: str) -> Unsupported:
    found = re.search(r"(lib[\w.+-]+?\.so)[\d.]*: cannot open shared object", message)
    package = _PACKAGES.get(found[1], "") if found else ""
    hint = f"On Debian and Ubuntu: sudo apt install {package}" if package else _INSTEAD
    return Unsupported("A system library that the window needs is missing", why=message, hint=hint)


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    path = Path(environment.get("XDG_RUNTIME_DIR", "/"), name)
    return _connects(socket.AF_UNIX, str(path))


def _check_x_server(display: str) -> None:
    found = re.fullmatch(r"(?:(.*?)/)?(.*):(\d+)(?:\.\d+)?", display)
    host, number = (found[2], int(found[3])) if found else ("", 0)
    local = host in ("", "unix", "localhost") and (
        _connects(socket.AF_UNIX, f"/tmp/.X11-unix/X{number}")
        or _connects(socket.AF_UNIX, f"\0/tmp/.X11-unix/X{number}")
    )
    if not local and not _connects(socket.AF_INET, (host or "localhost", 6000 + number)):
        raise Unsupported(
            "No window can be shown here",
            why=f"no X server answers at DISPLAY={display}",
            hint=_INSTEAD,
        )


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            probe.connect(address)
    except OSError:
        return False
    return True
