"""The web server: installed from packages, then configured."""

from typing import Final

from resources.sample import base
from resources.sample.machine import Architecture, noise, program
from resources.sample.packages import APK_ARCHITECTURE, DATABASE, Package, database
from resources.sample.plan import FILES, Plan, text
from resources.sample.tables import install_log
from tests.factory import Layer, compress, file, tar_bytes

TIME: Final = 1_741_599_000
"""When the server was installed: 2025-03-10T09:30:00Z."""

MODULES: Final = {"cgi": 21_000, "compress": 14_500, "proxy": 26_500, "status": 9_800}
"""The server's modules and their sizes in bytes."""

NET_BIND_SERVICE: Final = 1 << 10

CAPABILITY: Final = b"".join(
    word.to_bytes(4, "little") for word in (0x0200_0001, NET_BIND_SERVICE, 0, 0, 0)
)
"""``security.capability`` (version 2, effective): may listen on ports below 1024."""

CACHED: Final = ("lantern-1.4.2-r0", "lantern-doc-1.4.2-r0", "tide-tools-1.0-r3")
USERS: Final = b"web:x:101:101:web server:/app:/sbin/nologin\n"
GROUPS: Final = b"web:x:101:\n"


def packages(architecture: Architecture) -> tuple[Package, ...]:
    """What is installed now: the base's packages and three more."""
    tools = {"usr/bin/tide": text("context/app/bin/tide")}
    return (
        *base.packages(architecture),
        Package(
            "lantern",
            "1.4.2-r0",
            "A small web server",
            _programs(architecture) | _texts("etc") | _texts("usr/share/lantern"),
            ("libpebble>=1.0",),
            "MIT",
        ),
        Package(
            "lantern-doc", "1.4.2-r0", "About the web server", _texts("usr/share/doc"), (), "MIT"
        ),
        Package("tide-tools", "1.0-r3", "Fetch tide tables", tools, ("pebblebox>=1.36",)),
    )


def installed(architecture: Architecture) -> Layer:
    """Layer 1: ``apk add``, which leaves its cache and a long log behind."""
    plan = Plan(TIME)
    for path, content in _programs(architecture).items():
        xattrs = {"security.capability": CAPABILITY} if path == "usr/sbin/lantern" else {}
        plan.file(path, content, xattrs=xattrs)
    for folder in ("etc", "usr/share/lantern", "usr/share/doc"):
        for path, content in _texts(folder).items():
            plan.file(path, content)
    plan.file("usr/bin/tide", text("context/app/bin/tide"))
    plan.file("etc/passwd", text("rootfs/etc/passwd") + USERS)
    plan.file("etc/group", text("rootfs/etc/group") + GROUPS)
    plan.file("usr/share/man/man8/lantern.8", _manual())
    plan.file("var/log/lantern/install.log", install_log(1800), 0o640, 101)
    for name in CACHED:
        plan.file(f"var/cache/apk/{name}.apk", _cached(name, architecture))
    world = [package.name for package in packages(architecture)]
    plan.file("etc/apk/world", ("\n".join(world) + "\n").encode())
    plan.file(DATABASE, database(packages(architecture), architecture, TIME))
    return plan.layer()


def configured() -> Layer:
    """Layer 2: one file changed, one folder started afresh, one link pointed elsewhere."""
    plan = Plan(TIME + 240)
    plan.start_afresh("etc/lantern/conf.d")
    plan.file("etc/lantern/conf.d/tide.conf", text("context/config/conf.d/tide.conf"))
    plan.file("etc/lantern/lantern.conf", text("context/config/lantern.conf"))
    plan.symlink("etc/localtime", "/usr/share/zoneinfo/Europe/Lisbon")
    return plan.layer()


def _programs(architecture: Architecture) -> dict[str, bytes]:
    programs = {"usr/sbin/lantern": program(architecture, "lantern 1.4.2", 96_500)}
    for name, size in MODULES.items():
        path = f"usr/lib/lantern/modules/{name}.so"
        programs[path] = program(architecture, f"lantern module: {name}", size)
    return programs


def _texts(folder: str) -> dict[str, bytes]:
    root = FILES / "server"
    found = sorted((root / folder).rglob("*"))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in found if p.is_file()}


def _cached(name: str, architecture: Architecture) -> bytes:
    """A package as it was downloaded: a compressed tar with a description and a payload."""
    about = f"pkgname = {name}\narch = {APK_ARCHITECTURE[architecture]}\n"
    parts = (
        file(".PKGINFO", about, mtime=TIME),
        file("payload", noise(f"{architecture} {name}", 4_600), mtime=TIME),
    )
    return compress(tar_bytes(parts), "gzip")


def _manual() -> bytes:
    return b""".TH LANTERN 8 "March 2025" "lantern 1.4.2" "System administration"
.SH NAME
lantern \\- a small web server
.SH SYNOPSIS
.B lantern
[\\-t] [\\-q] [\\-f file]
.SH DESCRIPTION
Serves files and the answers of CGI programs over HTTP.
With \\-t it only checks its configuration.
.SH FILES
/etc/lantern/lantern.conf
"""
