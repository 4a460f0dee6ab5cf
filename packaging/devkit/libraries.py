"""The system libraries that Qt's wheels expect of a Linux machine.

The wheels bring Qt and leave the display to the system. What is missing is found by
asking the loader about the very files Qt will load, so the list is never a guess;
only the way from a library's name to Debian's package is written down here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from devkit.trouble import say

# Soname -> package, as in Debian 12; later releases provide the same names.
_DEBIAN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libGLdispatch.so.0": "libglvnd0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libcrypto.so.3": "libssl3",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
_ALWAYS = ("QtCore.abi3.so", "QtWidgets.abi3.so", "QtSvg.abi3.so", "QtNetwork.abi3.so")
_PLUGINS = {
    "offscreen": ("platforms/libqoffscreen.so",),
    "xcb": ("platforms/libqxcb.so", "xcbglintegrations/*.so"),
    "wayland": ("platforms/libqwayland*.so", "wayland-shell-integration/libxdg-shell.so"),
}
_NOT_FOUND = re.compile(r"^\s*(\S+)\s+=>\s+not found", re.MULTILINE)
_LOADER_CACHE = Path("/etc/ld.so.cache")


def missing(pyside: Path, platforms: Iterable[str]) -> list[str]:
    """Sonames that the loader cannot find for these Qt platforms; [] off Linux."""
    if not sys.platform.startswith("linux") or not shutil.which("ldd"):
        return []
    files = [pyside / name for name in _ALWAYS]
    for platform in platforms:
        for pattern in _PLUGINS.get(platform, ()):
            files.extend(sorted((pyside / "Qt" / "plugins").glob(pattern)))
    command = ["ldd", *(str(file) for file in files if file.exists())]
    if len(command) == 1:
        return []
    return not_found(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def not_found(ldd_output: str) -> list[str]:
    """Sonames that the output of ldd(1) marks "not found", each once, sorted."""
    return sorted(set(_NOT_FOUND.findall(ldd_output)))


def debian_packages(sonames: Iterable[str]) -> list[str]:
    """Debian's packages for these sonames, each once, sorted.

    A name not written down follows Debian's rule (libfoo.so.1 is in libfoo1).
    """
    return sorted({_DEBIAN.get(soname) or _by_rule(soname) for soname in sonames})


def _by_rule(soname: str) -> str:
    stem, _, version = soname.lower().partition(".so")
    version = version.lstrip(".")
    joint = "-" if stem[-1:].isdigit() and version else ""
    return f"{stem}{joint}{version}".replace("_", "-")


def advice(sonames: Sequence[str]) -> str:
    """The exact thing to do about missing libraries on this machine."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install {' '.join(debian_packages(sonames))}"
    return f"install what provides {', '.join(sonames)} with your system's package manager"


def provide(environment_folder: Path, pyside: Path, platforms: Sequence[str]) -> list[str]:
    """Look for missing libraries and install them where that is allowed.

    Returns the sonames still missing. A complete answer is remembered until the
    loader's cache changes, which is what installing or removing a library does.
    """
    note = environment_folder / "layerscope-libraries.json"
    state = _loader_state()
    if _remembered(note, state) >= set(platforms):
        return []
    absent = missing(pyside, platforms)
    if absent and _install(debian_packages(absent)):
        absent = missing(pyside, platforms)
        state = _loader_state()
    if not absent:
        complete = sorted(_remembered(note, state) | set(platforms))
        note.write_text(json.dumps({"loader": state, "complete": complete}), encoding="utf-8")
    return absent


def _loader_state() -> list[int]:
    try:
        status = _LOADER_CACHE.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]


def _remembered(note: Path, state: list[int]) -> set[str]:
    try:
        fields = json.loads(note.read_text(encoding="utf-8"))
        return set(fields["complete"]) if fields["loader"] == state else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _install(packages: Sequence[str]) -> bool:
    """Install through apt-get if this user may without being asked; True when it worked."""
    prefix = _privilege()
    if prefix is None or not shutil.which("apt-get"):
        return False
    say(f"installing system libraries for Qt: {' '.join(packages)}")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [*prefix, *environment, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if _quiet(install) == 0:
        return True
    _quiet([*apt, "update"])  # a fresh machine has no package lists
    if _quiet(install) == 0:
        return True
    say("apt-get could not install them")
    return False


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _quiet(["sudo", "-n", "true"]) == 0:
        return ["sudo", "-n"]
    return None


def _quiet(command: Sequence[str]) -> int:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode
