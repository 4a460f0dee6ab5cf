"""Packages are listed as the books in an image have them, with the layer that installed each."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.packages import Ecosystem, Package, compare_packages, packages
from explorer.analysis.packages import books as books_module
from explorer.analysis.packages.stanzas import parse_apk, parse_dpkg
from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.store.cache import Caches
from tests.factory import Entry, directory, fifo, file, symlink, whiteout
from tests.stacks import open_stack

STATUS = "var/lib/dpkg/status"
APK = "lib/apk/db/installed"


def stanza(name: str, version: str, status: str = "install ok installed") -> str:
    """One package of dpkg."""
    return (
        f"Package: {name}\nStatus: {status}\nInstalled-Size: 12\nArchitecture: amd64\n"
        f"Version: {version}\nDescription: about it\n more: of it\n\n"
    )


def listed(image: OpenImage, upto: int | None = None) -> list[tuple[str, str, int]]:
    """Name, version and layer of each package."""
    state = image.final if upto is None else image.state(upto)
    return [(each.name, each.version, each.layer) for each in packages(image, state)]


def one_layer(*entries: Entry) -> OpenImage:
    """An image of one layer."""
    return open_stack((entries,))


# -- dpkg and apk -------------------------------------------------------------------------------


def test_packages_of_dpkg_are_listed() -> None:
    image = one_layer(file(STATUS, stanza("libc6", "2.36-9") + stanza("bash", "5.2")))
    assert packages(image) == (
        Package(Ecosystem.DPKG, "bash", "5.2", b"/" + STATUS.encode(), 0, "amd64", 12288),
        Package(Ecosystem.DPKG, "libc6", "2.36-9", b"/" + STATUS.encode(), 0, "amd64", 12288),
    )


def test_a_removed_package_whose_settings_are_left_is_not_installed() -> None:
    status = stanza("gone", "1", "deinstall ok config-files") + stanza("here", "1")
    assert listed(one_layer(file(STATUS, status))) == [("here", "1", 0)]


def test_packages_in_a_file_each_are_listed() -> None:
    image = one_layer(
        file("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12\n"),
        file("var/lib/dpkg/status.d/base.md5sums", "Package: no\nVersion: 1\n"),
    )
    assert listed(image) == [("base-files", "12", 0)]


def test_a_package_belongs_to_the_layer_that_installed_its_version() -> None:
    a, b, c = stanza("a", "1"), stanza("b", "1"), stanza("c", "1")
    image = open_stack(
        (
            (file(STATUS, a + b),),
            (file("other", "x"),),
            (file(STATUS, a + stanza("b", "2") + c),),
            (file(STATUS, a + stanza("b", "2")),),
        )
    )
    assert listed(image) == [("a", "1", 0), ("b", "2", 2)]
    assert listed(image, 1) == [("a", "1", 0), ("b", "1", 0)]
    assert listed(image, 2) == [("a", "1", 0), ("b", "2", 2), ("c", "1", 2)]


def test_books_that_were_deleted_and_came_again_begin_anew() -> None:
    image = open_stack(
        ((file(STATUS, stanza("a", "1")),), (whiteout(STATUS),), (file(STATUS, stanza("a", "1")),))
    )
    assert listed(image, 1) == []
    assert listed(image) == [("a", "1", 2)]


def test_packages_of_apk_are_listed_wherever_its_folder_is() -> None:
    book = "C:Q1x\nP:musl\nV:1.2.5-r0\nA:x86_64\nI:650\nF:lib\nR:P:trap\n\nP:zlib\nV:1\n\n"
    merged = one_layer(
        directory("usr/lib"), symlink("lib", "usr/lib"), file("usr/lib/apk/db/installed", book)
    )
    for image in (one_layer(file(APK, book)), one_layer(file("usr/" + APK, book)), merged):
        assert listed(image) == [("musl", "1.2.5-r0", 0), ("zlib", "1", 0)]
        assert (packages(image)[0].architecture, packages(image)[0].size) == ("x86_64", 650)


# -- languages ----------------------------------------------------------------------------------


def test_python_distributions_are_listed() -> None:
    site = "usr/lib/python3/site-packages"
    metadata = "Metadata-Version: 2.1\nName: Flask\nVersion: 3.0\n\nName: not this\n"
    image = one_layer(
        file(f"{site}/Flask-3.0.dist-info/METADATA", metadata),
        file(f"{site}/old.egg-info/PKG-INFO", "Name: old\nVersion: 0.1\n"),
        file(f"{site}/single-2-py3.egg-info", "Name: single\nVersion: 2\n"),
        file(f"{site}/quiet-1.5.dist-info/METADATA", ""),
    )  # fmt: skip
    assert listed(image) == [
        ("Flask", "3.0", 0),
        ("old", "0.1", 0),
        ("quiet", "1.5", 0),
        ("single", "2", 0),
    ]


def test_npm_packages_are_listed_scoped_and_nested_ones_too() -> None:
    image = one_layer(
        file("app/package.json", '{"name": "app", "version": "1.0.0"}'),
        file("app/node_modules/a/package.json", '{"name": "a", "version": "1.0.0"}'),
        file("app/node_modules/a/lib/package.json", '{"name": "inner", "version": "1"}'),
        file("app/node_modules/a/node_modules/b/package.json", '{"name": "b", "version": "2.0.0"}'),
        file("app/node_modules/@s/c/package.json", '{"name": "@s/c", "version": "3.0.0"}'),
    )
    assert listed(image) == [("@s/c", "3.0.0", 0), ("a", "1.0.0", 0), ("b", "2.0.0", 0)]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"name": 7}', '{"name": "a"}', "[" * 100_000, '{"name": "", "version": "1"}'],
)
def test_what_says_no_name_and_version_is_no_npm_package(text: str) -> None:
    assert packages(one_layer(file("node_modules/a/package.json", text))) == ()


# -- hostile books ------------------------------------------------------------------------------


def test_books_beyond_the_limit_are_not_read_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(books_module, "BOOK", 100)
    notes: list[str] = []
    assert packages(one_layer(file(STATUS, stanza("a", "1") * 2)), notes=notes) == ()
    assert notes == [
        "The packages in /var/lib/dpkg/status of layer 0 are not listed: it has 252 bytes"
    ]


def test_nothing_is_listed_from_older_books_when_the_last_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a, b = stanza("a", "1"), stanza("b", "1")
    monkeypatch.setattr(books_module, "BOOK", len(a))
    image = open_stack(((file(STATUS, a),), (file(STATUS, a + b),), (file(STATUS, b),)))
    assert listed(image, 0) == [("a", "1", 0)]
    assert listed(image, 1) == []
    assert listed(image, 2) == [("b", "1", 2)]


def test_very_many_packages_are_cut_off_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books_module, "RECORDS", 1)
    notes: list[str] = []
    image = one_layer(
        file("node_modules/a/package.json", '{"name": "a", "version": "1"}'),
        file("node_modules/b/package.json", '{"name": "b", "version": "1"}'),
    )
    assert [package.name for package in packages(image, notes=notes)] == ["a"]
    assert notes == ["Only the first 1 of 2 packages are listed"]


@pytest.mark.parametrize("entry", [fifo(STATUS), symlink(STATUS, "status"), directory(STATUS)])
def test_what_is_no_file_is_no_book(entry: Entry) -> None:
    assert packages(one_layer(entry)) == ()


@given(st.binary(max_size=200) | st.text("PV: \nackgersion1", max_size=200).map(str.encode))
def test_any_bytes_can_stand_in_books(data: bytes) -> None:
    for parse in (parse_dpkg, parse_apk):
        assert all(each.name is not None for each in parse(data))


def test_blanks_without_end_take_no_more_time_than_they_have_bytes() -> None:
    blanks = b"Package: a" + b" " * 2_000_000 + b"b\nVersion: 1\n"
    (noted,) = parse_dpkg(blanks)
    assert noted.name.startswith("a ")


def test_listing_can_be_cancelled() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        packages(one_layer(file(STATUS, stanza("a", "1"))), job=job)


# -- comparing ----------------------------------------------------------------------------------


def package(name: str, version: str, kind: Ecosystem = Ecosystem.DPKG) -> Package:
    """A package for comparisons."""
    return Package(kind, name, version, b"/x", 0)


def test_packages_are_added_removed_and_changed() -> None:
    a = [package("gone", "1"), package("new", "1"), package("same", "1")]
    b = [package("same", "1"), package("new", "2"), package("come", "1")]
    found = compare_packages(a, b)
    assert found.added == (package("come", "1"),)
    assert found.removed == (package("gone", "1"),)
    assert [(change.old, change.new) for change in found.changed] == [(a[1], b[1])]
    assert len(found) == 3


def test_packages_of_one_name_from_two_ecosystems_are_two() -> None:
    found = compare_packages([package("six", "1")], [package("six", "1", Ecosystem.PYTHON)])
    assert (len(found.added), len(found.removed), len(found.changed)) == (1, 1, 0)


def test_of_several_versions_those_in_common_are_set_aside() -> None:
    a = [package("lib", version) for version in ("1", "2")]
    b = [package("lib", version) for version in ("2", "3", "4", "2")]
    found = compare_packages(a, b)
    assert [(change.old, change.new) for change in found.changed] == [(a[0], b[1])]
    assert found.added == (b[2],)


# -- real images --------------------------------------------------------------------------------


def test_the_packages_of_a_real_alpine_are_listed(fixtures: Path, caches: Caches) -> None:
    rootfs = fixtures / "alpinelinux__docker-alpine/x86_64/alpine-minirootfs-3.20.3-x86_64.tar.gz"
    image = open_image(str(rootfs), caches=caches)
    found = {each.name: each.version for each in packages(image)}
    assert len(found) == 14
    assert found["musl"] == "1.2.5-r0"
    image.close(keep=False)


def test_the_sample_shows_which_layer_installed_what(caches: Caches) -> None:
    sample = Path(__file__).resolve().parents[2] / "resources/sample.tar"
    if not sample.is_file():
        pytest.skip("the sample is not built")
    image = open_image(str(sample), caches=caches)
    layers = {each.name: each.layer for each in packages(image)}
    assert layers["lantern"] == 1
    assert set(layers.values()) == {0, 1}
    image.close(keep=False)
