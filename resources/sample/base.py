"""The base: a very small system of one program with many names, and its package list."""

from collections.abc import Mapping
from typing import Final

from resources.sample.machine import Architecture, program
from resources.sample.packages import DATABASE, Package, database
from resources.sample.plan import FILES, Plan
from resources.sample.tables import ZONES, zone
from tests.factory import Layer

TIME: Final = 1_740_787_200
"""When the base was made: 2025-03-01T00:00:00Z."""

APPLETS: Final[Mapping[str, str]] = {
    "ash": "a small shell",
    "awk": "change text by patterns",
    "base64": "write bytes as letters",
    "basename": "the last part of a path",
    "cat": "join files",
    "chmod": "change the mode of files",
    "chown": "change the owner of files",
    "cmp": "compare two files byte by byte",
    "cp": "copy files",
    "cut": "take columns out of lines",
    "date": "tell the time",
    "df": "how full the file systems are",
    "diff": "what differs between two files",
    "dirname": "the folder of a path",
    "du": "how much a folder holds",
    "echo": "print words",
    "env": "run with another environment",
    "expr": "reckon",
    "false": "fail",
    "find": "look for files",
    "grep": "look for lines",
    "gunzip": "expand what gzip made small",
    "gzip": "make files smaller",
    "head": "the first lines",
    "hostname": "the name of this machine",
    "id": "who you are",
    "kill": "send a signal",
    "ln": "make links",
    "ls": "list a folder",
    "mkdir": "make folders",
    "mktemp": "make a file nobody else has",
    "mv": "move or rename",
    "ps": "what is running",
    "rm": "remove files",
    "sed": "change lines as they pass",
    "sha256sum": "the digest of files",
    "sleep": "wait",
    "sort": "put lines in order",
    "stat": "all there is to know about a file",
    "tail": "the last lines",
    "tar": "put files into one, and back",
    "tr": "change letters",
    "true": "succeed",
    "uniq": "drop repeated lines",
    "wc": "count lines, words, bytes",
    "wget": "fetch over HTTP",
    "xargs": "make command lines out of lines",
}
"""The names of pebblebox and what each does."""

DOCUMENTED: Final = tuple(APPLETS)[::2]
"""The applets that have a page in the manual."""


def packages(architecture: Architecture) -> tuple[Package, ...]:
    """What the base has installed."""
    return (
        Package(
            "pebble-baselayout", "1.0-r2", "Folders and settings every system has", _settings()
        ),
        Package("libpebble", "1.0.3-r0", "What all programs share", _library(architecture)),
        Package(
            "pebblebox",
            "1.36-r1",
            "One program with many names",
            {"bin/pebblebox": _pebblebox(architecture)},
            ("libpebble>=1.0",),
        ),
        Package(
            "pebble-su",
            "0.4-r0",
            "Become another user",
            {"bin/su": _su(architecture)},
            ("libpebble>=1.0",),
        ),
        Package("tzdata-lite", "2025a-r0", "Rules of time zones", _zones(), licence="CC0-1.0"),
    )


def rootfs(architecture: Architecture) -> Layer:
    """Layer 0: everything a container needs to start a shell."""
    plan = Plan(TIME)
    for folder in ("bin", "dev", "etc", "home", "lib", "mnt", "opt", "proc", "root", "run"):
        plan.folder(folder)
    for folder in ("sbin", "srv", "sys", "tmp", "usr/bin", "usr/sbin", "var/log", "var/tmp"):
        plan.folder(folder)
    _programs(plan, architecture)
    for path, content in _settings().items():
        plan.file(path, content, 0o600 if path == "etc/shadow" else None)
    for path, content in {**_library(architecture), **_zones()}.items():
        plan.file(path, content)
    plan.tree("rootfs/usr/share", "usr/share")
    plan.tree("rootfs/root", "root")
    _links(plan)
    for name in DOCUMENTED:
        plan.file(f"usr/share/man/man1/{name}.1", _manual(name))
    world = "\n".join(package.name for package in packages(architecture)) + "\n"
    plan.file("etc/apk/world", world.encode())
    plan.file(DATABASE, database(packages(architecture), architecture, TIME))
    return plan.layer()


def _programs(plan: Plan, architecture: Architecture) -> None:
    plan.file("bin/pebblebox", _pebblebox(architecture))
    for name in APPLETS:
        plan.hardlink(f"bin/{name}", "bin/pebblebox")
    plan.symlink("bin/sh", "ash")
    plan.file("bin/su", _su(architecture), 0o4755)


def _links(plan: Plan) -> None:
    plan.symlink("etc/os-release", "../usr/lib/os-release")
    plan.symlink("etc/localtime", "/usr/share/zoneinfo/UTC")
    plan.symlink("etc/mtab", "/proc/mounts")
    plan.symlink("var/run", "../run")
    plan.symlink("lib/libpebble.so", "libpebble.so.1")
    plan.symlink("usr/bin/env", "../../bin/env")


def _settings() -> dict[str, bytes]:
    """The texts of the base but for the licences and root's own."""
    root = FILES / "rootfs"
    found = (path for part in ("etc", "usr/lib") for path in sorted((root / part).rglob("*")))
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in found if p.is_file()}


def _library(architecture: Architecture) -> dict[str, bytes]:
    return {"lib/libpebble.so.1": program(architecture, "libpebble 1.0.3", 48_000)}


def _zones() -> dict[str, bytes]:
    return {f"usr/share/zoneinfo/{place}": zone(rule) for place, rule in ZONES.items()}


def _pebblebox(architecture: Architecture) -> bytes:
    help_text = "".join(f"{name:12}{about}\n" for name, about in APPLETS.items()).encode()
    body = program(architecture, "pebblebox 1.36: one program with many names", 132_000)
    return body + help_text


def _su(architecture: Architecture) -> bytes:
    return program(architecture, "su: who would you like to be?", 17_400)


def _manual(name: str) -> bytes:
    about = APPLETS[name]
    return f""".TH {name.upper()} 1 "March 2025" "Pebble OS 1.0" "User commands"
.SH NAME
{name} \\- {about}
.SH SYNOPSIS
.B {name}
[options] [file ...]
.SH DESCRIPTION
.B {name}
is one of the names of
.BR pebblebox (1).
Its work in one sentence: {about}.
Without a file it reads standard input; it writes to standard output.
.SH EXIT STATUS
0 when all went well, 1 when it did not, 64 when it was called wrongly.
.SH SEE ALSO
.BR pebblebox (1)
""".encode()
