"""A real Debian image: its base by mmdebstrap, one layer by buildah on overlayfs, one by umoci."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path

from tests.integration.programs import ProgramFailed, run

# Half of the bytes, and nothing that a layer could do something new with.
_BALLAST = "usr/share/perl/* usr/share/locale/[b-z]* usr/lib/*/gconv usr/lib/*/perl*"
REFERENCE = "localhost/layerscope-debian:1"
TAG = "1"
# VFS_CAP_REVISION_2, effective, CAP_NET_RAW permitted (linux/capability.h)
CAPABILITY = bytes.fromhex("0100000200200000000000000000000000000000")


def bootstrap(folder: Path) -> Path:
    """A small Debian in a tar, from the network; raises :class:`ProgramFailed`."""
    folder.mkdir(parents=True, exist_ok=True)
    base = folder / "base.tar"
    lighter = f"--customize-hook=cd $1 && rm -rf {_BALLAST}"
    run("mmdebstrap", "--quiet", "--variant=essential", "--mode=root", lighter, "bookworm", base)
    return base


def build(folder: Path, base: Path) -> Path:
    """Make the image of that base; gives an OCI layout with the tag :data:`TAG`."""
    layout = folder / "layout"
    _with_buildah(folder / "buildah", base, layout)
    _with_umoci(folder / "bundle", layout)
    base.unlink()
    return layout


def _with_buildah(state: Path, base: Path, layout: Path) -> None:
    """The base as a layer, and one the kernel makes: changes in a mounted overlay, committed."""
    storage = ("--root", state / "root", "--runroot", state / "run", "--storage-driver", "overlay")
    buildah = ("buildah", *storage)
    try:
        container = run(*buildah, "from", "scratch").strip()
        run(*buildah, "add", "-q", container, base, "/")
        run(*buildah, "commit", "-q", container, "localhost/base:1")
        container = run(*buildah, "from", "localhost/base:1").strip()
        _change(Path(run(*buildah, "mount", container).strip()))
        run(*buildah, "commit", "-q", container, f"oci:{layout}:{TAG}")
    finally:
        run(*buildah, "rm", "--all")
        with contextlib.suppress(ProgramFailed):
            run("umount", "-l", state / "root" / "overlay")
        shutil.rmtree(state, ignore_errors=True)


def _change(root: Path) -> None:
    """Everything a layer can do to what lies below it."""
    (root / "etc/motd").write_text("Welcome.\n")
    (root / "etc/passwd").chmod(0o600)
    os.chown(root / "etc/group", 7, 8)
    (root / "etc/hostname").unlink(missing_ok=True)
    shutil.rmtree(root / "usr/share/doc")
    # Deleted and made again: the kernel marks the new one opaque.
    shutil.rmtree(root / "etc/cron.daily")
    (root / "etc/cron.daily").mkdir()
    (root / "etc/cron.daily/new").write_text("#!/bin/sh\n")
    os.setxattr(root / "usr/bin/id", "security.capability", CAPABILITY)
    os.setxattr(root / "etc/fstab", "user.note", b"\x00raw\xff")
    os.setxattr(root / "var/tmp", "trusted.note", b"kept")
    os.link(root / "bin/bash", root / "bin/bash-again")
    (root / "etc/motd-link").symlink_to("motd")
    (root / "usr/bin/base64").rename(root / "usr/bin/sixtyfour")
    shutil.rmtree(root / "usr/share/locale", ignore_errors=True)
    (root / "usr/share/locale").symlink_to("../lib/locale")
    (root / "etc/issue").unlink()
    (root / "etc/issue").mkdir(mode=0o711)
    (root / "etc/issue/now-a-directory").write_bytes(b"")
    (root / "media").rmdir()
    (root / "media").write_bytes(b"now a file\n")
    (root / "srv").chmod(0o2770)
    os.mkfifo(root / "srv/pipe")
    os.mknod(root / "srv/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    (root / "srv" / ("long-" + "n" * 200)).write_text("long\n")
    (root / os.fsdecode(b"srv/caf\xe9")).write_text("bytes\n")
    (root / "srv/with\nnewline").write_text("newline\n")
    with (root / "srv/holes").open("wb") as holes:
        holes.truncate(1 << 20)


def _with_umoci(bundle: Path, layout: Path) -> None:
    """A layer of differences that umoci finds between two trees."""
    run("umoci", "unpack", "--image", f"{layout}:{TAG}", bundle)
    root = bundle / "rootfs"
    shutil.rmtree(root / "etc/apt")
    (root / "etc/motd").unlink()
    (root / "bin/bash-again").unlink()
    (root / "usr/bin/sixtyfour").chmod(0o4755)
    os.link(root / "usr/bin/id", root / "usr/bin/id-again")
    (root / "usr/share/doc").mkdir()
    (root / "usr/share/doc/back").write_text("again\n")
    (root / "srv/null").unlink()
    run("umoci", "repack", "--image", f"{layout}:{TAG}", bundle)
    shutil.rmtree(bundle)
