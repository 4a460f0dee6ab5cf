"""ADD of local archives: told by content, unpacked by the rules of Docker's unpacker."""

from __future__ import annotations

import bz2

import pytest

from explorer.build.files.archives import ArchiveLimits, is_archive, open_archive
from explorer.errors import DamagedImage, ExplorerError, LimitExceeded
from explorer.store.cache import Caches
from tests.build.files.making import make, tree
from tests.factory import (
    compress,
    directory,
    file,
    hardlink,
    symlink,
    tar_bytes,
)

TAR = tar_bytes(
    [
        directory("d", mode=0o750, uid=3, gid=4),
        file("d/f", b"F", mode=0o640, uid=3, gid=4),
        hardlink("d/g", "d/f"),
        symlink("l", "d/f"),
        file("implied/deep/x", b"X"),
    ]
)


@pytest.mark.parametrize(
    "data",
    [
        TAR,
        compress(TAR, "gzip"),
        bz2.compress(TAR),
        compress(TAR, "xz"),
        compress(TAR, "zstd"),
    ],
    ids=["none", "gzip", "bzip2", "xz", "zstd"],
)
def test_every_compression_is_told_by_content(data: bytes) -> None:
    made = make("ADD a.txt /x", tree({"a.txt": data}))
    assert made.files == {"/x/d/f": b"F", "/x/d/g": b"F", "/x/implied/deep/x": b"X"}


def test_owners_and_permissions_are_those_of_the_archive() -> None:
    entries = make("ADD a /x/", tree({"a": TAR})).entries
    assert (entries["/x/d"].mode, entries["/x/d"].uid, entries["/x/d"].gid) == (0o750, 3, 4)
    assert (entries["/x/implied"].mode, entries["/x/implied"].uid) == (0o755, 0)
    assert entries["/x/l"].link == b"d/f"


def test_chown_holds_for_all_of_it_and_chmod_for_none() -> None:
    entries = make("ADD --chown=9:9 --chmod=777 a /x/", tree({"a": TAR})).entries
    assert entries["/x/d/f"].uid == 9
    assert entries["/x/d/f"].mode == 0o640


def test_the_links_of_an_archive_stay_hard_links() -> None:
    made = make("ADD a /", tree({"a": TAR}))
    assert made.image.final.links(made.image.node("/d/f")) == (b"/d/f", b"/d/g")


@pytest.mark.parametrize(
    "line", ["COPY a /x", "ADD --unpack=false a /x", "ADD folder /x", "ADD text /x"]
)
def test_what_is_not_unpacked(line: str) -> None:
    context = tree({"a": TAR, "folder/a": TAR, "text": "not a tar\n" * 100})
    assert not any("/d/f" in path for path in make(line, context).files)


def test_an_archive_replaces_what_it_names() -> None:
    context = tree({"old/d": "a file", "old/l/x": "a directory", "old/keep": "K", "a": TAR})
    made = make("COPY old /x\nADD a /x", context)
    assert made.errors == []
    assert set(made.files) == {"/x/keep", "/x/d/f", "/x/d/g", "/x/implied/deep/x"}


def test_a_directory_that_an_archive_only_implies_is_used_as_it_is() -> None:
    context = tree({"t/real/y": "Y", "a": TAR}, links={"t/implied": "/real"}, folders={"t": 0o755})
    made = make("COPY t /x\nADD a /x", context)
    # The unpacker's root is /x: the link leads to /x/real.
    assert made.files["/x/real/deep/x"] == b"X"
    assert made.files["/x/real/y"] == b"Y"


def test_a_link_to_a_directory_that_an_archive_names_is_replaced() -> None:
    context = tree({"t/real/y": "Y", "a": TAR}, links={"t/d": "real"})
    made = make("COPY t /x\nADD a /x", context)
    assert made.entries["/x/d"].is_dir
    assert "/x/real/f" not in made.files


@pytest.mark.parametrize(
    "entries",
    [
        [file("../../etc/passwd", b"E")],
        [file("/etc/passwd", b"E")],
        [symlink("way", "../../.."), file("way/etc/passwd", b"E")],
        [symlink("way", "/"), file("way/etc/passwd", b"E")],
    ],
)
def test_nothing_leaves_the_destination(entries: list[object]) -> None:
    made = make("ADD a /x/y", tree({"a": tar_bytes(entries)}))  # type: ignore[arg-type]
    assert all(path.startswith("/x/y/") for path in made.files)


def test_a_damaged_archive_stops_the_build_with_a_reason() -> None:
    damaged = compress(TAR * 40, "gzip")[:-200]
    (problem,) = make("ADD a /x", tree({"a": damaged})).errors
    assert problem.message == "The archive cannot be unpacked"
    assert problem.description


def test_a_bomb_is_refused(caches: Caches) -> None:
    many = tar_bytes([file(f"f{number}") for number in range(50)])
    context = tree({"a": compress(many, "gzip")})
    assert is_archive(context, b"/a")
    with pytest.raises(LimitExceeded, match="too large"):
        open_archive(context, b"/a", caches, limits=ArchiveLimits(entries=49))
    with pytest.raises(LimitExceeded, match="too large"):
        open_archive(context, b"/a", caches, limits=ArchiveLimits(size=1000))


def test_what_an_archive_holds_can_be_asked_for(caches: Caches) -> None:
    archive = open_archive(tree({"a": TAR}), b"/a", caches)
    assert archive.tree.children(b"/") == [b"d", b"implied", b"l"]
    assert archive.tree.content(b"/d/g").read_at(0, 9) == b"F"
    assert archive.tree.hidden(b"/d") is None
    with pytest.raises(ExplorerError):
        archive.tree.content(b"/d")


def test_one_that_ends_inside_a_file_is_damaged(caches: Caches) -> None:
    cut = tar_bytes([file("f", b"x" * 5000)])[:2000]
    with pytest.raises((DamagedImage, ExplorerError)):
        open_archive(tree({"a": cut}), b"/a", caches)
