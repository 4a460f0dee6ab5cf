"""Extraction: what comes out is what was in the image, and nothing outside is ever touched."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from explorer.analysis.extract import Extracted, Limits, Skipped, extract, target, writing
from explorer.analysis.extract.names import host_name
from explorer.analysis.opened import OpenImage, open_image
from explorer.errors import (
    Cancelled,
    DamagedImage,
    LimitExceeded,
    NotFound,
    Refused,
    StorageFull,
    UsageError,
)
from explorer.progress import Job, Progress
from explorer.store.cache import Caches
from tests.factory import (
    Entry,
    character_device,
    directory,
    fifo,
    file,
    folder,
    hardlink,
    reference,
    sparse,
    symlink,
)
from tests.factory.hostile import Case, cases
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

CAPABILITY = b"\x01\0\0\2" + b"\0" * 16


@pytest.fixture(params=["by descriptor", "by name"])
def out(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place to extract to, on systems with openat and without."""
    monkeypatch.setattr(target, "DESCRIPTORS", request.param == "by descriptor")
    return tmp_path / "out"


def taken(image: OpenImage, path: str, dest: Path, **options: bool) -> Extracted:
    """A path of the final filesystem, extracted."""
    return extract(image, image.final, image.node(path), dest, **options)


def opened(*entries: Entry) -> OpenImage:
    """An image of one layer."""
    return open_stack((entries,))


def names(folder: Path) -> list[str]:
    """What is in a folder, by name."""
    return sorted(path.name for path in folder.iterdir())


def whys(extracted: Extracted) -> dict[bytes, str]:
    """What was skipped, with why."""
    return {skipped.path: skipped.why for skipped in extracted.skipped}


# -- where it goes ------------------------------------------------------------------------------


def test_a_folder_is_extracted_as_the_destination_or_into_it(out: Path) -> None:
    image = opened(file("etc/conf/a", "a"), file("etc/b", "b"))
    assert taken(image, "/etc", out).path == out
    assert (out / "conf/a").read_text() == "a"
    again = taken(image, "/etc/conf", out / "conf")
    assert again.path == out / "conf/conf"
    assert (again.files, again.bytes, again.skipped) == (1, 1, ())


def test_a_file_is_extracted_as_the_destination_or_into_it(out: Path) -> None:
    image = opened(file("etc/motd", "hello"))
    out.mkdir()
    assert taken(image, "/etc/motd", out).path == out / "motd"
    assert taken(image, "/etc/motd", out / "other").path == out / "other"
    assert (out / "motd").read_text() == (out / "other").read_text() == "hello"


def test_the_root_is_extracted_into_an_empty_folder_or_as_a_new_one(out: Path) -> None:
    image = opened(file("a", "a"))
    out.mkdir()
    taken(image, "/", out)
    taken(image, "/", out / "new")
    assert (out / "new/a").read_text() == "a"
    with pytest.raises(UsageError, match="not empty"):
        taken(image, "/", out)


def test_nothing_is_overwritten_unless_forced(out: Path) -> None:
    image = opened(file("etc/motd", "new"), file("etc/deep/x", "new"))
    (out / "etc/deep").mkdir(parents=True)
    (out / "etc/motd").write_text("old")
    (out / "etc/mine").write_text("mine")
    with pytest.raises(UsageError, match="not overwritten"):
        taken(image, "/etc", out)
    assert (out / "etc/motd").read_text() == "old"
    taken(image, "/etc", out, force=True)
    assert (out / "etc/motd").read_text() == (out / "etc/deep/x").read_text() == "new"
    assert (out / "etc/mine").read_text() == "mine"
    assert names(out / "etc") == ["deep", "mine", "motd"]


def test_a_folder_in_the_place_of_a_file_stays_even_when_forced(out: Path) -> None:
    image = opened(file("etc/motd", "new"), file("etc/z", "z"))
    (out / "etc/motd/kept").mkdir(parents=True)
    extracted = taken(image, "/etc", out, force=True)
    assert whys(extracted) == {b"/etc/motd": "there is a folder in its place"}
    assert (out / "etc/motd/kept").is_dir()
    assert (out / "etc/z").read_text() == "z"


def test_a_missing_folder_and_a_missing_path_are_said(out: Path) -> None:
    image = opened(file("a"))
    with pytest.raises(NotFound, match="No folder"):
        taken(image, "/a", out / "not/there")
    with pytest.raises(NotFound):
        extract(image, image.state(-1), image.node("/a"), out)


# -- what comes out -----------------------------------------------------------------------------


def test_dates_modes_and_links_are_kept(out: Path) -> None:
    image = opened(
        directory("d", mode=0o755, mtime=1_500_000_000),
        file("d/run", "#!", mode=0o755, mtime=1_400_000_000),
        hardlink("d/same", "d/run"),
        symlink("d/away", "/etc/passwd", mtime=1_300_000_000),
    )
    extracted = taken(image, "/d", out)
    assert (extracted.files, extracted.bytes, extracted.skipped) == (3, 2, ())
    assert (out / "run").stat().st_ino == (out / "same").stat().st_ino
    assert stat.S_IMODE((out / "run").stat().st_mode) == 0o755
    assert (out / "away").readlink() == Path("/etc/passwd")
    dates = [path.lstat().st_mtime for path in (out, out / "run", out / "away")]
    assert dates == [1_500_000_000, 1_400_000_000, 1_300_000_000]


def test_privileges_devices_and_foreign_attributes_stay_out_unless_asked(out: Path) -> None:
    image = opened(
        file("d/su", "x", mode=0o6755),
        file("d/ping", "x", xattrs={"security.capability": CAPABILITY}),
        file("d/open", "x", mode=0o666),
        file("d/closed", "x", mode=0o000),
        character_device("d/null", 1, 3),
        fifo("d/pipe"),
    )
    extracted = taken(image, "/d", out)
    assert whys(extracted) == {
        b"/d/su": "its set-user-ID or set-group-ID bit was left out",
        b"/d/ping": "its extended attribute security.capability was left out",
        b"/d/null": "it is a device node, and those were not asked for",
        b"/d/pipe": "it is a named pipe, and those were not asked for",
    }
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    assert modes == {"su": 0o755, "ping": 0o644, "open": 0o644, "closed": 0o400}


def test_owners_and_exact_modes_are_asked_for_together(tmp_path: Path) -> None:
    if not folder.can_apply(tmp_path):
        pytest.skip("only root may give files away")
    image = opened(file("d/a", "x", mode=0o666, uid=7, gid=8), symlink("d/l", "a", uid=9))
    taken(image, "/d", tmp_path / "out", owners=True)
    found = (tmp_path / "out/a").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (7, 8, 0o666)
    assert (tmp_path / "out/l").lstat().st_uid == 9


def test_holes_stay_holes(out: Path) -> None:
    image = opened(sparse("d/huge", 40 << 30, {0: b"start", 39 << 30: b"end"}))
    extracted = taken(image, "/d", out)
    found = (out / "huge").stat()
    assert extracted.bytes == 8
    assert found.st_size == 40 << 30
    assert found.st_blocks * 512 < 1 << 20
    with (out / "huge").open("rb") as handle:
        assert handle.read(6) == b"start\0"
        handle.seek(39 << 30)
        assert handle.read(4) == b"end\0"


def test_names_that_are_not_utf8_keep_their_bytes(out: Path) -> None:
    image = opened(file(b"d/\xff\xfe", "x"), file("d/new\nline", "y"))
    taken(image, "/d", out)
    assert names(out) == ["new\nline", "\udcff\udcfe"]


@pytest.mark.parametrize(
    ("name", "platform", "expected"),
    [
        (b"plain.txt", "win32", "plain.txt"),
        (b"a:b?", "win32", "a%3Ab%3F"),
        (b"dot.", "win32", "dot%2E"),
        (b"con.txt", "win32", "%63on.txt"),
        (b"a\xff", "win32", "a%FF"),
        (b"a\xff", "darwin", "a%FF"),
        (b"a:b", "darwin", "a:b"),
        ("é".encode(), "linux", "é"),
    ],
)
def test_names_become_what_the_system_can_have(name: bytes, platform: str, expected: str) -> None:
    assert host_name(name, platform) == expected


@pytest.mark.parametrize("name", [b"", b".", b"..", b"a/b", b"a\0b"])
def test_what_is_no_name_never_reaches_the_system(name: bytes) -> None:
    with pytest.raises(ValueError, match="not a name"):
        host_name(name)


def test_paths_deeper_than_there_are_descriptors_come_out_whole(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 200)
    image = opened(
        *(directory("/".join(["d"] * depth), mtime=depth) for depth in range(1, 201)),
        file(f"{deep}/x", "deep"),
    )
    assert taken(image, "/", tmp_path / "out").skipped == ()
    at = os.open(tmp_path / "out", os.O_RDONLY)
    dates = []
    for _ in range(200):
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
        dates.append(os.fstat(at).st_mtime)
    assert os.listdir(at) == ["x"]  # noqa: PTH208 - of a descriptor
    os.close(at)
    assert dates == list(range(1, 201))


everything = layer_stacks(implicit_parents=True, awkward=True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(everything)
def test_what_comes_out_is_what_the_layers_mean(layers: reference.Stack) -> None:
    with tempfile.TemporaryDirectory() as name:
        if not folder.can_apply(Path(name)):
            pytest.skip("only root may make devices and give files away")
        dest = Path(name, "out")
        image = open_stack(layers)
        extracted = taken(image, "/", dest, devices=True, setuid=True, owners=True)
        expected = {
            path: _undated(inode) for path, inode in reference.merged(layers).items() if path
        }
        found = folder.read(dest)
        assert extracted.skipped == ()
        assert reference.anonymous(found) == reference.anonymous(expected)
        assert reference.link_groups(found) == reference.link_groups(expected)


def _undated(inode: reference.Inode) -> reference.Inode:
    return replace(inode, mtime=0) if inode.kind == "dir" else inode


# -- what must not happen -----------------------------------------------------------------------


def test_links_that_were_planted_before_lead_nowhere(out: Path, tmp_path: Path) -> None:
    image = opened(file("d/in/secret", "evil"), file("d/plain", "evil"))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "plain").write_text("mine")
    (out / "d").mkdir(parents=True)
    (out / "d/in").symlink_to(outside)
    (out / "d/plain").symlink_to(outside / "plain")
    extracted = taken(image, "/d", out, force=True)
    assert list(outside.iterdir()) == [outside / "plain"]
    assert (outside / "plain").read_text() == "mine"
    assert (out / "d/plain").read_text() == "evil"
    assert not (out / "d/plain").is_symlink()
    assert b"/d/in" in whys(extracted)


def test_a_folder_that_is_swapped_for_a_link_meanwhile_redirects_nothing(
    out: Path, tmp_path: Path
) -> None:
    image = opened(file("d/one", "1" * 10), file("d/two", "evil"), directory("d/w"), file("d/w/x"))
    outside = tmp_path / "outside"
    outside.mkdir()

    def swap(progress: Progress) -> None:
        if progress.done and out.is_dir() and not out.is_symlink():
            out.rename(tmp_path / "moved")
            out.symlink_to(outside)

    extract(image, image.final, image.node("/d"), out, Job("", swap))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_no_hostile_layer_gets_out(case: Case, tmp_path: Path, caches: Caches) -> None:
    archive = tmp_path / "layer.tar"
    archive.write_bytes(case.tar)
    dest = tmp_path / "deep/er/out"
    dest.parent.mkdir(parents=True)
    try:
        image = open_image(str(archive), caches=caches)
    except DamagedImage:
        return
    extract(image, image.final, 0, dest, limits=Limits(bytes=1 << 20))
    assert names(dest.parent) == ["out"]
    assert names(tmp_path) in (["cache", "deep", "layer.tar"], ["deep", "layer.tar"])
    image.close(keep=False)


def test_a_real_attack_through_links_stays_inside(
    fixtures: Path, tmp_path: Path, caches: Caches
) -> None:
    attack = fixtures / "google__osv-scalibr/artifact/image/unpack/testdata/escape.tar"
    image = open_image(str(attack), caches=caches)
    before = set(names(Path("/tmp")))
    dest = tmp_path / "a/b/c"
    dest.parent.mkdir(parents=True)
    extracted = taken(image, "/", dest)
    assert names(tmp_path / "a/b") == ["c"]
    assert extracted.files
    assert not {name for name in set(names(Path("/tmp"))) - before if "evil" in name}
    image.close(keep=False)


def test_two_names_that_the_file_system_takes_for_one_do_not_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import explorer.analysis.extract.unpack as unpack

    monkeypatch.setattr(unpack, "host_name", lambda name: name.decode().lower())
    image = opened(
        symlink("d/A", "/etc"), file("d/a/passwd", "evil"), file("d/B", "1"), file("d/b", "2")
    )
    for force in (False, True):
        dest = tmp_path / str(force)
        extracted = taken(image, "/d", dest, force=force)
        assert set(whys(extracted)) == {b"/d/a", b"/d/b"}
        assert (dest / "b").read_text() == "1"


# -- limits and failures ------------------------------------------------------------------------


def test_limits_are_checked_before_anything_is_written(out: Path) -> None:
    image = opened(file("d/a", "x" * 600), file("d/b", "x" * 600), hardlink("d/c", "d/b"))
    for limits, what in ((Limits(bytes=1199), "bytes"), (Limits(entries=3), "entries")):
        with pytest.raises(LimitExceeded, match=what):
            extract(image, image.final, image.node("/d"), out, limits=limits)
    assert not out.exists()
    limits = Limits(bytes=1200, entries=4)
    assert extract(image, image.final, image.node("/d"), out, limits=limits).bytes == 1200


def test_a_bomb_of_holes_costs_what_it_stores(out: Path) -> None:
    image = opened(sparse("d/bomb", 60_000_000_000, {59_000_000_000: b"x"}))
    assert extract(image, image.final, image.node("/d"), out, limits=Limits(bytes=512)).files == 1


def test_a_full_disk_is_said_with_what_was_written(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = opened(file("d/a", "first"), file("d/b", "second"), file("d/c", "third"))
    monkeypatch.setattr(writing.os, "write", _full_after(1))
    with pytest.raises(StorageFull, match="1 files with 5 bytes were written"):
        taken(image, "/d", out)
    monkeypatch.undo()
    assert names(out) == ["a"]


def _full_after(calls: int) -> Callable[[int, bytes], int]:
    left, write = iter(range(calls)), os.write

    def limited(descriptor: int, data: bytes) -> int:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    return limited


def test_a_disk_that_is_too_small_is_found_beforehand(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = opened(file("d/a", "x" * 5000))
    small = type("Usage", (), {"free": 4999})
    monkeypatch.setattr(target.shutil, "disk_usage", lambda _path: small)
    with pytest.raises(StorageFull, match="nothing was written"):
        taken(image, "/d", out)
    assert not out.exists()


def test_a_cancelled_extraction_leaves_no_half_file(out: Path) -> None:
    image = opened(file("d/a", "x"), file("d/b", "y" * (3 << 20)))
    job = Job("", lambda progress: job.cancel() if progress.done > 1 << 20 else None)
    with pytest.raises(Cancelled):
        extract(image, image.final, image.node("/d"), out, job)
    assert names(out) == ["a"]


def test_what_the_system_refuses_is_skipped_and_the_rest_comes_out(out: Path) -> None:
    long = "n" * 300
    image = opened(file(f"d/{long}", "x"), file(f"d/{long}s/in", "x"), file("d/z", "z"))
    extracted = taken(image, "/d", out)
    assert {Skipped(path, why).why for path, why in whys(extracted).items()} == {
        "File name too long"
    }
    assert names(out) == ["z"]
    with pytest.raises(Refused, match="too long"):
        taken(image, f"/d/{long}", out)


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)
