"""The traps that broke other tools, on the images that showed them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.analysis.opened import OpenImage, index_image, open_image
from explorer.analysis.timeline import Cause
from explorer.errors import NotFound
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display, document_text, is_utf8
from explorer.oci import Digest, Platform
from explorer.sources.image import Image, Layer
from explorer.store.cache import Caches
from tests.conformance.looking import changes, content, history, index_of, merged, own

GGCR = "google__go-containerregistry/pkg/v1"
SCALIBR = "google__osv-scalibr/artifact/image"
TARS = "vbatts__tar-split/archive/tar/testdata"
CROIX = "GoogleContainerTools__container-diff/util/testTars"

Opener = Callable[..., OpenImage]


@pytest.fixture
def opener(fixtures: Path, caches: Caches) -> Opener:
    def open_fixture(name: str, platform: str | None = None) -> OpenImage:
        wanted = Platform.parse(platform) if platform else None
        return open_image(str(fixtures / name), wanted, caches)

    return open_fixture


def stacked(opener: Opener, *names: str) -> OpenImage:
    """Bare tars as the layers of one image, lowest first."""
    images = [opener(name).image for name in names]
    return index_image(_image(images[0], [image.layers[0] for image in images]), Caches.at())


def _image(like: Image, layers: list[Layer]) -> Image:
    numbered = (replace(layer, index=number) for number, layer in enumerate(layers))
    return replace(like, layers=tuple(numbered), warnings=())


# 1 and 2: whiteouts


def test_a_whiteout_hides_only_what_lies_below(opener: Opener) -> None:
    image = opener(f"{GGCR}/mutate/testdata/whiteout_image.tar")
    assert set(merged(image, 0)) == {"/foo.txt", "/bar.txt"}
    assert set(merged(image)) == {"/bar.txt"}
    assert changes(image, "/foo.txt") == [(0, "added", ()), (1, "removed", ())]
    assert content(image, "/foo.txt", 0) == b"foo\n"  # a deleted file can still be read


def test_a_whiteout_leaves_a_file_of_its_own_layer(opener: Opener) -> None:
    """The tools differ here; the specification says: "only ... lower/parent layers"."""
    image = opener(
        "bazel-contrib__rules_img/tests/mtree/testcases/"
        "oci_layer_filesystem_applied_changeset/layer.tar"
    )
    assert {"/var/old.log", "/srv/keep"} <= set(merged(image))


def test_all_else_of_that_layer_is_as_its_own_tools_list_it(opener: Opener, fixtures: Path) -> None:
    folder = "bazel-contrib__rules_img/tests/mtree/testcases/oci_layer_filesystem_applied_changeset"
    image = opener(f"{folder}/layer.tar")
    found = merged(image)
    del found["/var/old.log"]
    words = {"file": "file", "dir": "dir", "link": "symlink", "fifo": "fifo"}
    listed = (fixtures / folder / "expected.mtree").read_text("utf-8").splitlines()[1:]
    assert set(found) == {line.split(" ")[0].removeprefix(".") for line in listed}
    for line in listed:
        path, *pairs = line.split(" ")
        entry = found[path.removeprefix(".")]
        keys = dict(pair.split("=", 1) for pair in pairs)
        assert entry.type.word == words[keys["type"]]
        if entry.implicit:
            continue
        assert (entry.uid, entry.gid) == (int(keys["uid"]), int(keys["gid"]))
        assert entry.mtime_ns == int(keys["time"]) * 10**9
        assert entry.mode == int(keys["mode"], 8)
        if entry.type is EntryType.FILE:
            digest = Digest.of(content(image, entry.path.decode()))
            assert (entry.size, digest.encoded) == (int(keys["size"]), keys["sha256digest"])
            links = image.final.links(image.node(entry.path))
            assert max(1, len(links)) == int(keys["nlink"])
        xattrs = {k[6:]: base64.b64decode(v) for k, v in keys.items() if k.startswith("xattr.")}
        assert {k.decode(): v for k, v in entry.xattrs.items()} == xattrs


def test_whiteouts_are_no_files_even_in_the_lowest_layer(opener: Opener) -> None:
    image = opener("regclient__regclient/testdata/layer-wh.tar")
    assert set(merged(image)) == {"/layer1.txt", "/layer3.txt", "/exdir"}
    assert [entry.type.word for entry in own(image, 0)] == [
        "file", "whiteout", "file", "dir", "opaque",
    ]  # fmt: skip


# 3 and 4: directories that go and come


def test_a_directory_that_comes_back_shows_only_what_is_new(opener: Opener) -> None:
    image = opener(f"{GGCR}/mutate/testdata/whiteout_dir.tar")
    assert set(merged(image)) == {"/a", "/a/baz", "/b", "/b/bar"}
    assert changes(image, "/a") == [(0, "added", ()), (2, "removed", ()), (3, "added", ())]
    (_, gone) = history(image, "/a/foo")
    assert gone.cause is Cause.PARENT_WHITEOUT


def test_a_file_that_becomes_a_symlink_is_that(opener: Opener) -> None:
    image = opener(f"{GGCR}/mutate/testdata/overwritten_file.tar")
    assert merged(image)["/foo.txt"].link == b"bar.txt"
    assert changes(image, "/foo.txt") == [(0, "added", ()), (1, "modified", ("type",))]
    node = image.resolve(image.final, b"/foo.txt")
    assert image.stack.trie.path(node) == b"/bar.txt"


@pytest.mark.parametrize("change", ["wh", "update", "dir-update"])
def test_a_layer_over_another_gives_what_its_tools_unpacked(
    opener: Opener, fixtures: Path, change: str
) -> None:
    image = stacked(opener, f"{CROIX}/la-croix3.tar", f"{CROIX}/la-croix-{change}.tar")
    folder = fixtures / CROIX / f"la-croix-{change}-actual"
    wanted = {f"/{p.relative_to(folder)}": p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found = {
        path: content(image, path)
        for path, entry in merged(image).items()
        if entry.type is EntryType.FILE and path != "/nested-dir.tar"
    }
    assert found == wanted


def test_an_empty_layer_changes_nothing(opener: Opener) -> None:
    image = opener(f"{GGCR}/mutate/testdata/whiteout_image.tar")
    assert len(index_of(image, 2)) == 0
    assert merged(image, 1) == merged(image, 2)


# 5: the last entry wins


def test_of_two_entries_the_last_is_shown_and_counted(opener: Opener) -> None:
    image = opener(f"{TARS}/hdr-only.tar")
    assert len(own(image, 0)) == 2 * len(merged(image)) == 16
    assert image.stack.effects[0].cumulative == 46


def test_what_replaces_a_directory_of_its_own_layer_stands_alone(opener: Opener) -> None:
    image = opener("quay__claircore/pkg/tarfs/testdata/concat.tar")
    found = merged(image)
    assert found["/var/run"].type is EntryType.DIR  # a symlink first, then a directory
    assert set(found) == {
        "/run", "/run/logs", "/run/logs/log.txt",
        "/var", "/var/run", "/var/run/console", "/var/run/console/algo.txt",
    }  # fmt: skip


# 6: hard links


@pytest.mark.parametrize("platform", ["amd64", "arm64v8"])
def test_the_names_of_busybox_are_one_file(opener: Opener, platform: str) -> None:
    image = opener(f"docker-library__busybox/busybox-musl-{platform}")
    links = image.final.links(image.node("/bin/sh"))
    assert len(links) == 400
    found = merged(image)
    assert len({found[path.decode()].size for path in links}) == 1
    assert image.stack.effects[0].cumulative < 2 * found["/bin/sh"].size
    assert content(image, "/bin/sh")[:4] == b"\x7fELF"


# 7: what a change is


def test_a_change_of_mode_alone_is_told_as_that_and_costs_the_file(opener: Opener) -> None:
    image = opener("wagoodman__dive/.data/test-docker-image.tar")
    made, changed, gone = history(image, "/root/example/somefile1.txt")
    assert (made.layer, changed.layer, gone.layer) == (3, 4, 9)
    assert [aspect.word for aspect in changed.what] == ["mode"]
    assert changed.cost == 6405
    assert gone.cause is Cause.PARENT_WHITEOUT
    assert gone.recoverable


# 8 and 9: archives


def test_a_layer_that_is_a_symlink_to_another_is_the_same_layer(opener: Opener) -> None:
    archive = f"{GGCR}/tarball/testdata/test_link.tar"
    one = opener(f"{archive}:bazel/v1/tarball:test_image_1")
    other = opener(f"{archive}:bazel/v1/tarball:test_image_3")
    assert one.image.layers[0].diff_id == other.image.layers[0].diff_id
    assert one.layers[0].verified is other.layers[0].verified is True
    assert merged(one).items() <= merged(other).items()


def test_an_index_without_manifests_is_passed_over(opener: Opener) -> None:
    image = opener(f"{GGCR}/tarball/testdata/hello-world-v25.tar")
    assert image.image.transport == "docker-archive"
    assert image.layers[0].verified is True
    assert set(merged(image)) == {"/hello"}


def test_an_image_of_many_platforms_gives_the_one_asked_for(opener: Opener) -> None:
    name = "regclient__regclient/testdata/testrepo:v2"
    digests = set()
    for platform in ("linux/amd64", "linux/arm64", "linux/arm/v7"):
        image = opener(name, platform)
        assert str(image.image.platform) == platform
        digests.add(image.image.digest)
        assert [str(p) for p in image.image.platforms] == [
            "linux/amd64", "linux/arm64", "linux/arm/v7",
        ]  # fmt: skip
    assert len(digests) == 3


def test_two_images_share_the_layer_they_were_built_on(opener: Opener) -> None:
    folder = "chainguard-dev__apko/internal/cli/testdata"
    base = opener(f"{folder}/base_image", "linux/amd64")
    top = opener(f"{folder}/top_image", "linux/amd64")
    assert base.image.layers[0].digest == top.image.layers[0].digest
    assert top.image.layers[1].digest != base.image.layers[0].digest


# 10: history


def test_a_step_without_a_layer_is_no_layer(opener: Opener) -> None:
    image = opener(f"{GGCR}/mutate/testdata/source_image_with_empty_layer_history.tar")
    assert [step.layer for step in image.steps] in ([0, None], [None, 0])


# 11: what is not here


def test_a_layout_without_its_layer_still_tells_what_it_knows(opener: Opener) -> None:
    whole = opener("buildpacks__imgutil/layout/testdata/layout/busybox")
    sparse = opener("buildpacks__imgutil/layout/testdata/layout/busybox-sparse")
    assert sparse.image.config == whole.image.config
    assert sparse.image.layers[0].missing
    assert sparse.image.layers[0].stored == whole.image.layers[0].stored
    assert sparse.problems == ()
    assert set(merged(sparse)) == set()
    with pytest.raises(NotFound):
        sparse.node("/bin/sh")


def test_what_is_no_tar_is_named_and_not_read(opener: Opener) -> None:
    image = opener("regclient__regclient/testdata/testrepo:a3")
    assert [layer.index for layer in image.layers] == [None] * 3
    assert [layer.size for layer in image.layers] == [layer.stored for layer in image.image.layers]


# 13: names


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (f"{TARS}/gnu-not-utf8.tar", b"/hi\x80\x81\x82\x83bye"),
        (
            f"{TARS}/gnu-utf8.tar",
            ("/" + 18 * "☺☻☹").encode(),
        ),
        ("quay__claircore/pkg/tarfs/testdata/bad_name.tar", b"/" + b"_" * 100 + b"bad\xfdname"),
        (f"{TARS}/pax-multi-hdrs.tar", b"/bar"),
        (f"{TARS}/gnu-multi-hdrs.tar", b"/GNU2/GNU2/long-path-name"),
        (f"{TARS}/trailing-slash.tar", b"/123456789" * 30),
        (f"{TARS}/gnu-long-nul.tar", b"/0123456789"),
        (f"{TARS}/invalid-go17.tar", b"/" + 97 * b"a" + b"/foo"),
    ],
)
def test_a_name_is_kept_byte_for_byte(opener: Opener, name: str, path: bytes) -> None:
    paths = [entry.path for entry in own(opener(name), 0)]
    assert paths == [path]
    assert is_utf8(path) == (b"\x80" not in path and b"\xfd" not in path)
    assert display(path).isprintable()
    assert document_text(path).encode("utf-8")


def test_an_iso_8859_name_is_found_by_its_bytes(opener: Opener) -> None:
    image = opener("vbatts__tar-split/tar/asm/testdata/iso-8859.tar.gz")
    odd = [path for path in merged(image) if not path.isprintable()]
    assert len(odd) >= 1
    for path in odd:
        assert image.node(path.encode("utf-8", "surrogateescape"))


def test_global_records_name_no_file(opener: Opener) -> None:
    """Git writes one; another tool gave up on the letter. Docker, too, gives them no meaning."""
    image = opener(f"{TARS}/pax-global-records.tar")
    assert set(merged(image)) == {"/file1", "/file2", "/file3", "/file4"}


# 14: sparse files


def test_all_forms_of_sparse_files_hold_the_same(opener: Opener) -> None:
    image = opener(f"{TARS}/sparse-formats.tar")
    found = merged(image)
    names = [path for path in found if path.startswith("/sparse")]
    assert len(names) == 4
    texts = {content(image, path) for path in names}
    assert len(texts) == 1
    (text,) = texts
    assert len(text) == 200
    assert {found[path].size for path in names} == {200}
    assert {found[path].stored for path in names} == {95}
    letters = {number: text[number : number + 1] for number in range(200) if text[number]}
    assert letters[1] == b"G"
    assert content(image, "/end") == b"end\n"


@pytest.mark.parametrize("form", ["gnu", "pax"])
def test_a_hole_of_gigabytes_is_read_where_one_looks(opener: Opener, form: str) -> None:
    image = opener(f"{TARS}/{form}-sparse-big.tar")
    node = image.node(f"/{form}-sparse")
    file = image.content(int(image.final.visible[node]))
    assert file.size == 60_000_000_000
    assert file.read_at(1000, 1000) == bytes(1000)
    for end in range(10**10, 6 * 10**10 + 1, 10**10):  # each stretch of data ends in text
        assert file.read_at(end - 101, 101) == b"\0" + 10 * b"0123456789"
    assert file.read_at(10**10, 50) == bytes(50)
    assert image.stack.effects[0].cumulative == 60_000_000_000


def test_an_incremental_dump_is_a_directory_and_its_files(opener: Opener) -> None:
    found = merged(opener(f"{TARS}/gnu-incremental.tar"))
    assert found["/test2"].type is EntryType.DIR
    assert found["/test2/sparse"].size == 536_870_912


# 15: escapes


def test_an_escape_is_shown_for_what_it_is(opener: Opener) -> None:
    image = opener(f"{SCALIBR}/unpack/testdata/escape.tar")
    found = merged(image)
    link = found["/escape"].link
    assert link is not None
    assert re.fullmatch(rb"(trampoline/)+(\.\./)+tmp", link)
    assert "/escape/poc.txt" not in found  # the directory it lay in was replaced
    with pytest.raises(NotFound):
        image.resolve(image.final, b"/usr/share/doc/c/copyright")


@pytest.mark.parametrize("name", ["attack-symlink.txt", "attack-symlink-absolute.txt"])
def test_a_symlink_never_leads_out(opener: Opener, name: str) -> None:
    image = opener(f"{SCALIBR}/layerscanning/image/testdata/symlink-attack.tar")
    with pytest.raises(NotFound, match=r"No /secret\.txt"):
        image.resolve(image.final, f"/dir1/{name}".encode())


def test_a_cycle_of_symlinks_is_named(opener: Opener) -> None:
    image = opener(f"{SCALIBR}/layerscanning/image/testdata/symlink-cycle.tar")
    with pytest.raises(NotFound, match="circles"):
        image.resolve(image.final, b"/dir1/sample.txt")


def test_a_chain_of_symlinks_is_followed(opener: Opener) -> None:
    image = opener(f"{SCALIBR}/layerscanning/image/testdata/symlink-depth-exceeded.tar")
    for path, entry in merged(image).items():
        if entry.type is EntryType.SYMLINK:
            node = image.resolve(image.final, path.encode())
            found = image.final.entry(node)
            assert found is not None
            assert found.type is not EntryType.SYMLINK


# Devices, modes, attributes


def test_devices_and_modes_are_as_written(opener: Opener) -> None:
    found = merged(opener(f"{TARS}/hdr-only.tar"))
    assert (found["/null"].type, found["/null"].device) == (EntryType.CHAR, (1, 3))
    assert (found["/sda"].type, found["/sda"].device) == (EntryType.BLOCK, (8, 0))
    assert found["/fifo"].type is EntryType.FIFO
    assert found["/dir"].mode == 0o750
    apko = opener("chainguard-dev__apko/internal/cli/testdata/base_image", "linux/amd64")
    devices = [path for path, entry in merged(apko).items() if entry.type is EntryType.CHAR]
    assert len(devices) == 5
    nothing = opener(f"{SCALIBR}/unpack/testdata/permissions.tar")
    assert merged(nothing)["/sample.txt"].mode == 0
    assert content(nothing, "/sample.txt") == b"sample text file\n"


def test_extended_attributes_are_bytes(opener: Opener) -> None:
    found = merged(opener(f"{TARS}/xattrs.tar"))
    assert found["/small.txt"].xattrs == {
        b"user.key": b"value",
        b"user.key2": b"value2",
        b"security.selinux": b"unconfined_u:object_r:default_t:s0\0",
    }
    assert found["/small.txt"].mtime_ns == 1386065770_448252320


# 16: digests


def test_every_layer_that_has_a_digest_is_checked(opener: Opener, fixtures: Path) -> None:
    for name in ("test-docker-image.tar", "test-kaniko-image.tar", "test-oci-zstd-image.tar"):
        image = opener(f"wagoodman__dive/.data/{name}")
        assert [layer.verified for layer in image.layers] == [True] * len(image.layers)


# Large


def test_a_large_layer_of_few_bytes_is_read_in_any_place(opener: Opener) -> None:
    image = opener("bazel-contrib__rules_img/img_tool/pkg/ztoc/testdata/vectors/multi-large.tar.gz")
    for path, entry in merged(image).items():
        if entry.type is EntryType.FILE:
            assert len(content(image, path)) == entry.size


def test_alpine_is_what_it_is(opener: Opener) -> None:
    image = opener("alpinelinux__docker-alpine/x86_64/alpine-minirootfs-3.20.3-x86_64.tar.gz")
    found = merged(image)
    kinds = [entry.type for entry in found.values()]
    assert kinds.count(EntryType.SYMLINK) == 334
    assert content(image, "/etc/alpine-release") == b"3.20.3\n"
    assert image.resolve(image.final, b"/bin/sh") == image.node("/bin/busybox")
    assert found["/etc/shadow"].mode == 0o640
    assert found["/tmp"].mode == 0o1777
