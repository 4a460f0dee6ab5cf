"""Layers on which unpackers differ: what we show, and what real engines were seen to do.

Our rule is the one of the specification, as overlayfs applies it: a layer is unpacked on its own,
then stacked. Docker (overlay2), Podman (overlay) and containerd work that way; umoci, and Podman
and Docker with vfs, apply each layer onto the merged tree instead. Where they part ways, or refuse
what we show with a remark, it is noted here; where nothing is noted, all agree with us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.factory import (
    Part,
    character_device,
    directory,
    file,
    hardlink,
    opaque,
    symlink,
    whiteout,
)
from tests.factory.entry import REGULAR, Entry

Engine = Literal["umoci", "kernel", "docker", "containerd", "podman-overlay", "podman-vfs"]
Verdict = Literal["differs", "refuses"]
STACKING: tuple[Engine, ...] = ("kernel", "docker", "containerd", "podman-overlay")
APPLYING: tuple[Engine, ...] = ("umoci", "podman-vfs")
ENGINES: tuple[Engine, ...] = (*STACKING, *APPLYING)


@dataclass(frozen=True, slots=True)
class Case:
    """Layers, lowest first, and what we show: each path's type, and what is of note about it.

    Types are one letter (f d l c p), with the target of a symlink after ``->`` and a mode where
    it matters. ``because`` says why we show that, ``notes`` who does otherwise.
    """

    name: str
    layers: tuple[tuple[Part, ...], ...]
    shows: str
    because: str
    notes: Mapping[Engine, Verdict] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def _differ(*engines: Engine) -> dict[Engine, Verdict]:
    return dict.fromkeys(engines, "differs")


def _refuse(*engines: Engine) -> dict[Engine, Verdict]:
    return dict.fromkeys(engines, "refuses")


_USR_LIB: tuple[Part, ...] = (directory("usr"), directory("usr/lib"), file("usr/lib/a"))
_OLD: tuple[Part, ...] = (directory("a"), file("a/old"))

SYMLINKS = (
    Case(
        "a file under a symlink of a lower layer",
        ((*_USR_LIB, symlink("lib", "usr/lib")), (file("lib/x"),)),
        "lib d, lib/x f, usr d, usr/lib d, usr/lib/a f",
        "each layer is a tree of its own; over a symlink, overlayfs shows the directory",
        _differ(*APPLYING),
    ),
    Case(
        "a directory over a symlink of a lower layer",
        ((*_USR_LIB, symlink("lib", "usr/lib")), (directory("lib"), file("lib/x"))),
        "lib d, lib/x f, usr d, usr/lib d, usr/lib/a f",
        "an entry replaces what is no directory",
    ),
    Case(
        "a file under a symlink of its own layer",
        ((*_USR_LIB, symlink("lib", "usr/lib"), file("lib/x")),),
        "lib l->usr/lib, usr d, usr/lib d, usr/lib/a f, usr/lib/x f",
        "while unpacking, the symlink is there and leads on",
    ),
    Case(
        "a tree under an absolute symlink of its own layer",
        ((*_USR_LIB, symlink("lib", "/usr/lib"), directory("lib/s"), file("lib/s/x")),),
        "lib l->/usr/lib, usr d, usr/lib d, usr/lib/a f, usr/lib/s d, usr/lib/s/x f",
        "the root is that of the layer",
    ),
    Case(
        "a file under a symlink that climbs out",
        ((symlink("up", "../../../etc"), file("up/x")),),
        "etc d, etc/x f, up l->../../../etc",
        "nobody climbs over the root",
        _refuse("docker", "podman-overlay", "podman-vfs"),
    ),
    Case(
        "a file under a symlink to what only a lower layer has",
        (_USR_LIB, (symlink("lib", "usr/lib"), file("lib/x"))),
        "lib l->usr/lib, usr d, usr/lib d, usr/lib/a f, usr/lib/x f",
        "as above; who unpacks into an empty folder finds the symlink dangling",
        _refuse("docker", "podman-overlay"),
    ),
    Case(
        "a hard link through a symlink of its own layer",
        ((directory("r"), file("r/t", "1"), symlink("s", "r"), hardlink("h", "s/t")),),
        "h f, r d, r/t f, s l->r",
        "the target is looked up like any path",
    ),
    Case(
        "a hard link to a symlink",
        ((symlink("s", "t"), hardlink("h", "s")),),
        "h l->t, s l->t",
        "the link is to the symlink itself",
    ),
    Case(
        "a symlink over a directory",
        ((*_OLD, directory("b"), file("b/g")), (symlink("a", "b"),)),
        "a l->b, b d, b/g f",
        "a directory that is replaced loses its children",
    ),
)

MARKERS = (
    Case(
        "a whiteout under a symlink of a lower layer",
        ((directory("b"), file("b/x"), symlink("a", "b")), (whiteout("a/x"),)),
        "a l->b, b d, b/x f",
        "a whiteout acts on the real path and makes nothing; "
        "stacked, its folder comes up as an empty directory",
        _differ("docker", "containerd", "podman-overlay", *APPLYING),
    ),
    Case(
        "an opaque mark under a symlink of a lower layer",
        ((directory("b"), file("b/x"), symlink("a", "b")), (opaque("a"),)),
        "a d, b d, b/x f",
        "the mark is one of a directory",
        _differ(*APPLYING),
    ),
    Case(
        "a whiteout below a file of its own layer",
        ((directory("b"), file("b/x")), (file("a"), whiteout("a/x"))),
        "a f, b d, b/x f",
        "it names what cannot be there",
        _refuse("docker", "containerd", "podman-vfs"),
    ),
    Case(
        "a whiteout of what is not there",
        ((file("z"),), (whiteout("x"),)),
        "z f",
        "harmless",
    ),
    Case(
        "a whiteout in a folder that is not there",
        ((file("z"),), (whiteout("no/x"),)),
        "z f",
        "harmless; who unpacks it makes the folder",
        _differ("docker", "containerd", "podman-overlay", "podman-vfs"),
    ),
    Case(
        "a file, then its whiteout, in one layer",
        ((file("a", "old"),), (file("a", "new"), whiteout("a"))),
        "a f",
        "a whiteout is for lower layers alone, wherever it stands",
        {**_refuse("docker", "containerd", "podman-overlay"), **_differ("podman-vfs")},
    ),
    Case(
        "a whiteout, then the file, in one layer",
        ((file("a", "old"),), (whiteout("a"), file("a", "new"))),
        "a f",
        "a whiteout is for lower layers alone, wherever it stands",
    ),
    Case(
        "a whiteout, then the directory again, in one layer",
        (_OLD, (whiteout("a"), directory("a"), file("a/new"))),
        "a d, a/new f",
        "the lower content is hidden; engines that stack lose the whiteout to the directory",
        _differ("docker", "containerd", "podman-overlay"),
    ),
    Case(
        "an opaque mark after the files of its directory",
        (_OLD, (directory("a"), file("a/new"), opaque("a"))),
        "a d, a/new f",
        "it hides lower content alone, wherever it stands",
    ),
    Case(
        "an opaque mark before the files of its directory",
        (_OLD, (directory("a"), opaque("a"), file("a/new"))),
        "a d, a/new f",
        "it hides lower content alone, wherever it stands",
    ),
    Case(
        "an opaque root",
        (_OLD, (opaque(""), file("new"))),
        "new f",
        "the specification knows no exception; overlayfs knows no opaque root",
        _differ("kernel", "docker", "containerd", "podman-overlay"),
    ),
    Case(
        "a whiteout whose name begins like an opaque mark",
        ((file(".wh..opqX"), file("k")), (Entry(b".wh..wh..opqX", REGULAR, 0o644),)),
        "k f",
        "only the exact name is a mark",
    ),
    Case(
        "the book-keeping of AUFS",
        ((file("k"),), (directory(".wh..wh.plnk"), file(".wh..wh.plnk/1.2"))),
        "k f",
        "no part of an image, and never was",
        _differ("docker", "containerd", "podman-overlay", *APPLYING),
    ),
    Case(
        "a whiteout that names nothing",
        ((file("k"),), (Entry(b".wh.", REGULAR, 0o644),)),
        "k f",
        "there is nothing to hide; it is remarked on",
        _refuse("kernel", "docker", "containerd", "podman-overlay", *APPLYING),
    ),
)

DIRECTORIES = (
    Case(
        "a path whose directory no entry gives, over one",
        ((directory("etc", mode=0o700, uid=5), file("etc/a")), (file("etc/new"),)),
        "etc d0700, etc/a f, etc/new f",
        "a layer that says nothing of a directory changes nothing of it",
        _differ("docker", "podman-overlay"),
    ),
    Case(
        "a directory given again with less",
        ((directory("a", mode=0o700, xattrs={"user.k": "v"}),), (directory("a", mode=0o755),)),
        "a d0755",
        "what the upper layer says of a directory is all that counts, attributes too",
        _differ("podman-vfs"),
    ),
    Case(
        "a file below what a lower layer has as a file",
        ((file("f"),), (file("f/x"),)),
        "f d, f/x f",
        "the directory replaces the file",
        _refuse(*APPLYING),
    ),
    Case(
        "special bits",
        (
            (
                file("c", mode=0o4755, uid=7),
                directory("g", mode=0o2775),
                directory("t", mode=0o1777),
            ),
        ),
        "c f4755, g d2775, t d1777",
        "they are part of the mode",
    ),
    Case(
        "names that climb, double slashes, a slash in front",
        ((file("../../x"), directory("a"), file("a/../b"), file("/abs"), file("a//c")),),
        "a d, a/c f, abs f, b f, x f",
        "nobody climbs over the root",
    ),
)

REPEATS = (
    Case(
        "a directory, then a file, in one layer",
        ((directory("p"), file("p/x"), file("p", "1")),),
        "p f",
        "the last entry wins; Docker and Podman keep no layer with two of one name",
        _refuse("docker", "podman-overlay", "podman-vfs"),
    ),
    Case(
        "a file, then a directory, in one layer",
        ((file("p", "1"), directory("p"), file("p/x")),),
        "p d, p/x f",
        "the last entry wins",
        _refuse("docker", "podman-overlay", "podman-vfs"),
    ),
    Case(
        "a directory that passes through being a file, over another",
        ((directory("p"), file("p/old")), (file("p", "1"), directory("p"), file("p/new"))),
        "p d, p/new f",
        "as applied one after the other; stacked, the two directories merge",
        {**_differ("kernel", "containerd"), **_refuse("docker", "podman-overlay", "podman-vfs")},
    ),
)

LINKS = (
    Case(
        "a hard link to a lower layer",
        ((file("t", "12345"),), (hardlink("l", "t"),)),
        "l f, t f",
        "the target is looked for below, as who applies layers finds it",
        _refuse(*STACKING),
    ),
    Case(
        "a hard link whose target goes",
        ((file("t", "12345"), hardlink("l", "t")), (whiteout("t"),)),
        "l f",
        "the link is to the inode",
    ),
    Case(
        "a hard link whose target changes",
        ((file("t", "12345"), hardlink("l", "t")), (file("t", "new"),)),
        "l f, t f",
        "the link is to the inode",
    ),
    Case(
        "a device that overlayfs takes for a whiteout",
        ((file("x"), file("y")), (character_device("x", 0, 0),)),
        "x c, y f",
        "in a tar it is a device; stacked, the kernel takes it for its own mark",
        _differ(*STACKING),
    ),
)

CASES: tuple[Case, ...] = (*SYMLINKS, *MARKERS, *DIRECTORIES, *REPEATS, *LINKS)
