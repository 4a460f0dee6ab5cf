"""The factory of images: what it makes is what real programs make, and always the same."""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from dataclasses import replace
from itertools import islice
from pathlib import Path
from shutil import which

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings

from tests.factory import (
    Archive,
    Entry,
    Image,
    ImageBuilder,
    Layer,
    Part,
    attestation,
    character_device,
    compress,
    directory,
    docker_archive_containerd,
    docker_archive_legacy,
    docker_archive_v25,
    fifo,
    file,
    global_pax,
    hardlink,
    image,
    index,
    jib_archive,
    kaniko_archive,
    layer,
    oci_layout,
    opaque,
    podman_archive,
    rootfs,
    sparse,
    symlink,
    tar_bytes,
    whiteout,
    windows_layer,
)
from tests.factory import folder as real
from tests.factory.compression import Compression
from tests.factory.damage import variants
from tests.factory.estargz import FOOTER_SIZE, TOC_NAME
from tests.factory.hostile import Case, cases
from tests.factory.layers import LayerCompression
from tests.factory.reference import (
    Stack,
    State,
    anonymous,
    differences,
    link_groups,
    merged,
    stored_bytes,
    wasted_bytes,
)
from tests.factory.sparse_files import SparseForm
from tests.factory.strategies import entries, layer_stacks
from tests.factory.zstd_chunked import POSITION_ANNOTATION

COMPRESSIONS: tuple[LayerCompression, ...] = (
    "none", "gzip", "gzip-members", "estargz", "zstd", "zstd-frames", "zstd-chunked",
)  # fmt: skip

PARTS: tuple[Part, ...] = (
    directory("etc", mode=0o700, uid=7, gid=8),
    file("etc/motd", "hello\n", xattrs={"user.note": b"\x00raw"}),
    symlink("motd", "etc/motd"),
    hardlink("same", "etc/motd"),
    fifo("pipe"),
    character_device("null", 1, 3),
    file("big", b"0123456789" * 1000, mtime=12345),
)


def members(tar: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(tar), encoding="utf-8") as opened:
        return {member.name: member for member in opened}


def tour(compression: LayerCompression = "gzip", platform: str = "linux/amd64") -> Image:
    shared = layer(file("shared"), compression=compression)
    return (
        ImageBuilder(platform)
        .add(layer(*PARTS, compression=compression), created_by="ADD rootfs.tar / # buildkit")
        .empty("ENV A=1")
        .add(shared, created_by="COPY shared / # buildkit")
        .add(whiteout("big"), file("new"), compression=compression)
        .add(shared)
        .configure(Env=["A=1"], Cmd=["sh"])
        .tag("example.test/tour:1.0")
        .build()
    )


# Tar


def test_every_kind_of_entry_reads_back_with_its_metadata() -> None:
    found = members(tar_bytes(PARTS))
    assert found["etc"].isdir()
    assert (found["etc"].mode, found["etc"].uid, found["etc"].gid) == (0o700, 7, 8)
    assert found["etc/motd"].pax_headers["SCHILY.xattr.user.note"] == "\x00raw"
    assert (found["motd"].issym(), found["motd"].linkname) == (True, "etc/motd")
    assert (found["same"].islnk(), found["same"].linkname) == (True, "etc/motd")
    assert found["pipe"].isfifo()
    assert (found["null"].ischr(), found["null"].devmajor, found["null"].devminor) == (True, 1, 3)
    assert (found["big"].size, found["big"].mtime) == (10_000, 12345)


def test_entries_stand_in_the_order_given() -> None:
    assert list(members(tar_bytes(PARTS)))[:3] == ["etc", "etc/motd", "motd"]


@pytest.mark.parametrize("form", ["pax", "gnu"])
def test_long_names_and_links_survive(form: str) -> None:
    entry = symlink("n" * 150, "t" * 180).with_format("gnu" if form == "gnu" else "pax")
    (found,) = members(tar_bytes([entry])).values()
    assert (found.name, found.linkname) == ("n" * 150, "t" * 180)


def test_ustar_splits_a_long_path_into_prefix_and_name() -> None:
    path = "p" * 90 + "/" + "q" * 60
    tar = tar_bytes([file(path, format="ustar")])
    assert list(members(tar)) == [path]
    assert tar[345:435] == b"p" * 90


@pytest.mark.parametrize("form", ["ustar", "v7"])
def test_what_a_format_cannot_say_is_refused(form: str) -> None:
    entry = file("n" * 300).with_format("v7" if form == "v7" else "ustar")
    with pytest.raises(ValueError, match="cannot hold a path of 300 bytes"):
        entry.to_bytes()


def test_a_name_that_is_not_utf8_is_kept_byte_for_byte() -> None:
    tar = tar_bytes([file(b"caf\xe9")])
    assert tar.startswith(b"caf\xe9\0")


@pytest.mark.parametrize("form", ["gnu", "0.0", "0.1", "1.0"])
def test_sparse_files_declare_their_logical_size_and_ranges(form: SparseForm) -> None:
    ranges = {number * 1000: b"data" for number in range(30)}
    (found,) = members(tar_bytes([sparse("holes", 10**9, ranges, form)])).values()
    assert found.size == 10**9
    assert found.sparse is not None
    first: object = found.sparse[:2]
    assert first == [(0, 4), (1000, 4)]


def test_a_global_header_speaks_for_all_that_follow() -> None:
    found = members(tar_bytes([global_pax({"comment": "all"}), file("a"), file("b")]))
    assert [member.pax_headers["comment"] for member in found.values()] == ["all", "all"]


def test_whiteouts_are_named_as_the_specification_names_them() -> None:
    assert whiteout("etc/motd").path == b"etc/.wh.motd"
    assert whiteout("motd").path == b".wh.motd"
    assert opaque("etc").path == b"etc/.wh..wh..opq"
    assert opaque("").path == b".wh..wh..opq"


@given(entries())
def test_any_entry_reads_back(entry: Entry) -> None:
    buffer = io.BytesIO(tar_bytes([entry]))
    with tarfile.open(fileobj=buffer, encoding="utf-8", errors="surrogateescape") as opened:
        (found,) = opened
    assert found.name.encode("utf-8", "surrogateescape") == entry.path.rstrip(b"/")
    assert (found.mode, found.uid, found.gid) == (entry.mode, entry.uid, entry.gid)
    assert (found.size, found.mtime) == (len(entry.content), entry.mtime)


# Compression


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd", "xz", "bz2"])
def test_an_archive_opens_under_any_compression(compression: Compression) -> None:
    data = compress(tar_bytes(PARTS), compression)
    if compression == "zstd":
        data = zstd.decompress(data)
    with tarfile.open(fileobj=io.BytesIO(data)) as opened:
        assert "etc/motd" in opened.getnames()


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_layer_blob_decompresses_to_its_tar(compression: LayerCompression) -> None:
    made = layer(*PARTS, compression=compression)
    assert plain(made) == made.tar
    assert set(members(tar_bytes(PARTS))) <= set(members(made.tar))
    assert made.diff_id == "sha256:" + hashlib.sha256(made.tar).hexdigest()
    assert made.digest == "sha256:" + hashlib.sha256(made.blob).hexdigest()


def plain(made: Layer) -> bytes:
    if made.media_type().endswith("+gzip"):
        return gzip.decompress(made.blob)
    if made.media_type().endswith("+zstd"):
        return zstd.decompress(made.blob)
    return made.blob


def test_estargz_lists_its_files_and_gives_one_at_its_offset() -> None:
    made = layer(*PARTS, compression="estargz")
    footer = made.blob[-FOOTER_SIZE:]
    assert footer[22 + 10 : 22 + 16] == b"STARGZ"
    tail = gzip.decompress(made.blob[int(footer[16:32], 16) :])
    with tarfile.open(fileobj=io.BytesIO(tail)) as opened:
        reader = opened.extractfile(TOC_NAME)
        assert reader is not None
        toc = json.load(reader)
    big = next(entry for entry in toc["entries"] if entry["name"] == "big")
    chunk = gzip.GzipFile(fileobj=io.BytesIO(made.blob[big["offset"] :])).read(big["chunkSize"])
    assert chunk == (b"0123456789" * 1000)[: big["chunkSize"]]
    assert "sha256:" + hashlib.sha256(chunk).hexdigest() == big["chunkDigest"]


def test_zstd_chunked_lists_its_files_and_gives_one_at_its_offset() -> None:
    made = layer(*PARTS, compression="zstd-chunked")
    start, length, size, kind = map(int, made.annotations[POSITION_ANNOTATION].split(":"))
    assert made.blob.endswith(b"GNUlInUx")
    assert (int.from_bytes(made.blob[-64:-56], "little"), kind) == (start, 1)
    manifest = zstd.decompress(made.blob[start : start + length])
    assert len(manifest) == size
    big = next(entry for entry in json.loads(manifest)["entries"] if entry["name"] == "big")
    assert zstd.decompress(made.blob[big["offset"] : big["endOffset"]]) == b"0123456789" * 1000


# Images and archives


def test_a_builder_is_a_value_so_a_base_can_be_shared() -> None:
    base = ImageBuilder().add(file("base"))
    one, two = base.add(file("one")).build(), base.add(file("two")).build()
    assert len(base.build().layers) == 1
    assert one.layers[0] == two.layers[0]
    assert one.image_id != two.image_id


def test_history_may_be_missing_shorter_or_longer_than_the_layers() -> None:
    built = ImageBuilder().add(file("a")).add(file("b"))
    assert "history" not in built.history(None).build().config_json
    assert len(built.history([{"created_by": "x"}]).build().config_json["history"]) == 1
    assert len(built.history([{}] * 9).build().config_json["history"]) == 9


def test_the_configuration_names_platform_layers_and_empty_steps() -> None:
    config = tour(platform="linux/arm64/v8").config_json
    assert (config["os"], config["architecture"], config["variant"]) == ("linux", "arm64", "v8")
    assert config["config"] == {"Env": ["A=1"], "Cmd": ["sh"]}
    assert [step.get("empty_layer", False) for step in config["history"]] == [
        False, True, False, False, False,
    ]  # fmt: skip
    assert len(config["rootfs"]["diff_ids"]) == 4


def test_chain_ids_follow_the_specification() -> None:
    made = image(layer(file("a")), layer(file("b")))
    first, second = made.diff_ids
    joined = hashlib.sha256(f"{first} {second}".encode()).hexdigest()
    assert made.chain_ids == (first, f"sha256:{joined}")


def archives_of(made: Image) -> dict[str, Archive]:
    return {
        "legacy": docker_archive_legacy(made),
        "v25": docker_archive_v25(made),
        "v25 without manifests": docker_archive_v25(made, empty_index=True),
        "containerd": docker_archive_containerd(index(made, tags=made.tags)),
        "podman": podman_archive(made),
        "kaniko": kaniko_archive(made),
        "jib": jib_archive(made),
    }


@pytest.mark.parametrize("form", list(archives_of(tour())))
def test_a_docker_archive_leads_from_its_manifest_to_config_and_layers(form: str) -> None:
    made = tour()
    archive = archives_of(made)[form]
    with tarfile.open(fileobj=io.BytesIO(archive.to_bytes())) as opened:

        def read(name: str) -> bytes:
            reader = opened.extractfile(name)  # follows symbolic links
            assert reader is not None
            return reader.read()

        (item,) = json.loads(read("manifest.json"))
        config = json.loads(read(item["Config"]))
        layers = [read(path) for path in item["Layers"]]
    diff_ids = [
        hashlib.sha256(gzip.decompress(blob) if blob[:2] == b"\x1f\x8b" else blob).hexdigest()
        for blob in layers
    ]
    assert item["RepoTags"] == ["example.test/tour:1.0"]
    assert [f"sha256:{digest}" for digest in diff_ids] == config["rootfs"]["diff_ids"]


def test_a_layer_that_comes_again_is_stored_once() -> None:
    legacy = docker_archive_legacy(tour())
    layers = [member for member in legacy.members if member.name == b"layer.tar"]
    assert [member.typeflag for member in layers] == [b"0", b"0", b"0", b"2"]
    assert len([name for name in podman_archive(tour()).names if name.endswith(".tar")]) == 3 + 4


def test_docker_25_0_wrote_an_index_without_manifests() -> None:
    archive = docker_archive_v25(tour(), empty_index=True)
    assert json.loads(archive.content("index.json"))["manifests"] is None


def test_an_oci_layout_holds_every_blob_under_its_digest() -> None:
    platforms = tour(), tour(platform="linux/arm64")
    made = index(*platforms, attestation(platforms[0]), tags=("example.test/tour:1.0",))
    layout = oci_layout(made, index(made, tags=("nested:1",)))
    blobs = [name for name in layout.names if name.startswith("blobs/sha256/")]
    for name in blobs:
        if name != "blobs/sha256/":
            digest = hashlib.sha256(layout.content(name)).hexdigest()
            assert name == f"blobs/sha256/{digest}"
    tops = json.loads(layout.content("index.json"))["manifests"]
    assert [d["annotations"]["org.opencontainers.image.ref.name"] for d in tops] == [
        "example.test/tour:1.0",
        "nested:1",
    ]


def test_an_archive_can_be_spoiled_on_purpose(tmp_path: Path) -> None:
    layout = oci_layout(tour())
    blob = next(name for name in layout.names if name.startswith("blobs/sha256/") and name[13:])
    assert blob not in layout.without(blob).names
    assert layout.replaced(blob, b"other").content(blob) == b"other"
    assert layout.reversed().names == layout.names[::-1]
    assert "./oci-layout" in layout.dotted().names
    assert (layout.extract(tmp_path) / blob).read_bytes() == layout.content(blob)
    with pytest.raises(KeyError):
        layout.without("absent")


def test_a_root_filesystem_and_a_windows_layer_are_plain_tars() -> None:
    assert "etc" in members(rootfs(*[part for part in PARTS if isinstance(part, Entry)]).to_bytes())
    assert "Files/Windows/System32/hello.exe" in members(windows_layer().tar)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_everything_is_the_same_every_time(compression: LayerCompression) -> None:
    first, second = tour(compression), tour(compression)
    assert oci_layout(first).to_bytes() == oci_layout(second).to_bytes()
    assert docker_archive_legacy(first).to_bytes() == docker_archive_legacy(second).to_bytes()


@pytest.mark.integration
@pytest.mark.parametrize("form", list(archives_of(tour())))
def test_skopeo_reads_the_docker_archives(form: str, tmp_path: Path) -> None:
    path = archives_of(tour())[form].write(tmp_path / "image.tar")
    assert skopeo("copy", "-q", f"docker-archive:{path}", f"dir:{tmp_path / 'out'}") == ""


@pytest.mark.integration
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_skopeo_reads_the_oci_archives(compression: LayerCompression, tmp_path: Path) -> None:
    path = oci_layout(tour(compression)).write(tmp_path / "image.tar")
    found = json.loads(skopeo("inspect", f"oci-archive:{path}"))
    assert found["Layers"] == [each.digest for each in tour(compression).layers]


def skopeo(*arguments: str) -> str:
    program = which("skopeo")
    if program is None:
        pytest.skip("skopeo is not installed")
    policy = ("--insecure-policy",)
    done = subprocess.run((program, *policy, *arguments), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


# What layers mean


def test_a_whiteout_hides_what_is_below_wherever_it_stands() -> None:
    below = (directory("d"), file("d/old"), file("d/kept"))
    above = (file("d/new"), whiteout("d/old"), file("old"))
    assert set(merged([below, above])) == {b"d", b"d/kept", b"d/new", b"old"}


def test_an_opaque_directory_shows_only_its_own_layer() -> None:
    below = (directory("d"), file("d/old"))
    above = (file("d/new"), opaque("d"))
    assert set(merged([below, above])) == {b"d", b"d/new"}


def test_a_directory_replaced_by_a_file_loses_its_children() -> None:
    below = (directory("d"), directory("d/e"), file("d/e/f"))
    assert set(merged([below, (file("d"),)])) == {b"d"}


def test_a_hard_link_keeps_its_content_when_its_target_goes() -> None:
    state = merged([(file("a", "one"), hardlink("b", "a")), (whiteout("a"),)])
    assert state[b"b"].content == b"one"


def test_the_last_of_two_entries_wins_and_is_counted_once() -> None:
    stack = [(file("a", "first"), file("a", "second!"))]
    assert merged(stack)[b"a"].content == b"second!"
    assert stored_bytes(stack) == [7]


def test_a_change_of_mode_alone_stores_the_file_again() -> None:
    below, above = (file("a", bytes(1000)),), (file("a", bytes(1000), mode=0o600),)
    change = differences(merged([below]), merged([below, above]))[b"a"]
    assert (change.kind, change.aspects) == ("modified", frozenset({"mode"}))
    assert wasted_bytes([below, above]) == 1000


def test_a_whiteout_does_not_reach_through_a_symlink() -> None:
    below = (directory("d"), file("d/f"), symlink("s", "d"))
    assert b"d/f" in merged([below, (whiteout("s/f"),)])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(stack=layer_stacks(awkward=True))
def test_the_model_agrees_with_the_kernel(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("root")
    if not real.can_apply(root):
        pytest.skip("making devices and attributes needs root")
    for each in stack:
        real.apply_to(root, each)
    assert comparable(real.read(root)) == comparable(merged(stack))
    assert link_groups(real.read(root)) == link_groups(merged(stack))


def comparable(state: State) -> State:
    """Without what the kernel keeps otherwise: times of directories, modes of symlinks."""
    return {
        path: replace(
            inode,
            mtime=0 if inode.kind == "dir" else inode.mtime,
            mode=0 if inode.kind == "symlink" else inode.mode,
        )
        for path, inode in anonymous(state).items()
    }


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(stack=layer_stacks(implicit_parents=True))
def test_waste_is_never_negative(stack: Stack) -> None:
    assert wasted_bytes(stack) >= 0


# Hostile and damaged


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_hostile_case_is_small_whatever_it_declares(case: Case) -> None:
    assert len(case.tar) <= 110_000


def test_hostile_cases_have_names_of_their_own() -> None:
    names = [case.name for case in cases()]
    assert len(names) == len(set(names))


def test_damage_is_the_same_every_time_and_always_changes_something() -> None:
    data = tar_bytes(PARTS)
    first = list(variants(data, 120, seed=7))
    assert first == list(variants(data, 120, seed=7))
    assert first != list(variants(data, 120, seed=8))
    assert len({name for name, _ in first}) == 120
    assert all(spoiled != data for _, spoiled in first)


def test_damage_begins_with_truncations(tmp_path: Path) -> None:
    path = tmp_path / "whole.tar"
    path.write_bytes(tar_bytes(PARTS))
    name, spoiled = next(islice(variants(path, 10), 0, None))
    assert (name, spoiled) == ("cut to 0 bytes", b"")
