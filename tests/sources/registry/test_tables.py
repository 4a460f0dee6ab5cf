"""Layers with a table of contents: listed and read without being fetched, and never believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from explorer.analysis.duplicates import duplicates
from explorer.analysis.opened import OpenImage, index_image, load_image
from explorer.blobs.access import InMemory
from explorer.blobs.feeds import FileFeed
from explorer.errors import DamagedImage, DigestMismatch, LimitExceeded
from explorer.filesystem import decoder
from explorer.filesystem.entry import Entry
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from explorer.progress import Job
from explorer.sources.indexed import ListedBy
from explorer.sources.registry.line import Connect
from explorer.sources.registry.tables import locating, reading
from explorer.sources.registry.tables.indexing import index_of
from explorer.sources.registry.tables.locating import Table
from explorer.store.cache import Caches
from tests.factory import (
    character_device,
    directory,
    fifo,
    file,
    hardlink,
    layer,
    opaque,
    symlink,
    whiteout,
)
from tests.factory.compression import zstd_frame
from tests.factory.estargz import TOC_DIGEST_ANNOTATION
from tests.factory.layers import Layer, LayerCompression
from tests.factory.reference import Stack
from tests.factory.strategies import layer_stacks
from tests.factory.toc import to_json
from tests.factory.zstd_chunked import CHECKSUM_ANNOTATION, POSITION_ANNOTATION
from tests.sources.registry.made import LINES, layer_made_by
from tests.sources.registry.serving import GivingRegistry
from tests.sources.registry.test_looking_inside import app, read

Kind = LayerCompression
KINDS: tuple[Kind, ...] = ("estargz", "zstd-chunked")
NOISE = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(20_000))
PARTS = (
    directory("etc", mode=0o700),
    file("etc/name", b"base", uid=7, gid=8, mode=0o4755),
    file("etc/noise", NOISE),
    file("etc/empty"),
    symlink("etc/link", "name"),
    hardlink("etc/hard", "etc/name"),
    fifo("run/pipe"),
    character_device("dev/null", 1, 3),
    whiteout("gone"),
    opaque("var"),
    file("etc/labelled", b"x", xattrs={"user.note": b"\x00\xff"}),
    file("a/" * 80 + "deep", b"deep"),
)
STARGZ_FILES = (b"/stargz.index.json",)


@pytest.fixture(autouse=True)
def _even_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locating, "SMALL", 0)


def chunked(kind: Kind) -> Layer:
    return layer(*PARTS, compression=kind)


def opened_from(
    registry: GivingRegistry, caches: Caches, connect: Connect, made: Layer, **more: Any
) -> OpenImage:
    image = load_image(registry.hold(app(made)), caches=caches, connect=connect)
    return index_image(image, caches, **more)


def entries(index: LayerIndex) -> dict[bytes, Entry]:
    live = [number for number in range(len(index)) if index.live[number]]
    found = {index.path(int(index.node[number])): index.entry(number) for number in live}
    return {path: entry for path, entry in found.items() if path not in STARGZ_FILES}


# -- listing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_lists_what_the_tar_holds(
    registry: GivingRegistry, caches: Caches, connect: Connect, kind: Kind
) -> None:
    made = chunked(kind)
    opened = opened_from(registry, caches, connect, made)
    listed = opened.layers[0]
    whole = build_index(FileFeed(InMemory(made.tar)))
    assert listed.index is not None
    assert entries(listed.index) == entries(whole)
    assert (listed.verified, listed.problem) == (None, "")
    assert listed.listed_by == {"estargz": ListedBy.ESTARGZ}.get(kind, ListedBy.ZSTD_CHUNKED)
    assert registry.sent(made.digest) < len(made.blob) / 50


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(stack=layer_stacks(max_layers=1, implicit_parents=True))
def test_tables_agree_with_tars(kind: Kind, stack: Stack) -> None:
    from tests.factory.estargz import estargz
    from tests.factory.zstd_chunked import zstd_chunked

    parts = stack[0]
    if kind == "estargz":
        _, tar, _ = estargz(parts)
    else:
        _, tar, _ = zstd_chunked(parts)
    table = table_entries(kind, parts)
    index, _ = index_of(table_of(table), Job())
    expected = entries(build_index(FileFeed(InMemory(tar))))
    expected.pop(b"/.no.prefetch.landmark", None)
    found = entries(index)
    found.pop(b"/.no.prefetch.landmark", None)
    assert found == expected


def table_entries(kind: Kind, parts: Any) -> list[dict[str, Any]]:
    """What the writer of the factory puts into its table."""
    made = layer(*parts, compression=kind)
    if kind == "estargz":
        import zlib

        at = int(made.blob[-51:][16:32], 16)
        plain = zlib.decompressobj(31).decompress(made.blob[at:])
        document = json.loads(plain[512:].rstrip(b"\0"))
    else:
        offset, stored, _, _ = map(int, made.annotations[POSITION_ANNOTATION].split(":"))
        from explorer.blobs.compression import plain_chunks

        frame = InMemory(made.blob[offset : offset + stored])
        document = json.loads(b"".join(plain_chunks(frame, "zstd")))
    found: list[dict[str, Any]] = document["entries"]
    return found


def table_of(listed: list[dict[str, Any]], **more: Any) -> Table:
    data = to_json({"version": 1, "entries": listed})
    return replace(Table(ListedBy.ESTARGZ, "gzip", 1 << 40, data), **more)


@pytest.mark.parametrize("writer", [*KINDS, "zstd-chunked-of-containerd"])
def test_what_other_programs_write_is_read(
    registry: GivingRegistry, caches: Caches, connect: Connect, writer: str
) -> None:
    made = layer_made_by(writer)
    opened = opened_from(registry, caches, connect, made)
    assert opened.layers[0].index is not None
    assert opened.layers[0].listed_by is not ListedBy.TAR
    found = entries(opened.layers[0].index)
    found.pop(b"/.no.prefetch.landmark", None)
    assert found == entries(build_index(FileFeed(InMemory(made.tar))))
    assert read(opened, "/etc/lines") == LINES
    assert read(opened, "/etc/zeros") == bytes(300_000)
    assert read(opened, "/etc/hard") == b"base"
    assert read(opened, "/" + "a/" * 80 + "deep") == b"deep"


def test_a_table_is_fetched_once(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = chunked("estargz")
    opened_from(registry, caches, connect, made)
    registry.forget()
    again = opened_from(registry, caches, connect, made, fetch=())
    assert again.layers[0].listed_by is ListedBy.ESTARGZ
    assert registry.sent(made.digest) == 0


def test_what_a_table_lists_is_never_kept_as_the_index_of_the_layer(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = chunked("zstd-chunked")
    opened = opened_from(registry, caches, connect, made)
    read(opened, "/etc/noise")
    assert caches.indexes.get(made.digest) is None
    assert caches.plain.kept(made.digest) is None


def test_a_layer_that_is_no_larger_than_its_table_is_fetched(
    registry: GivingRegistry,
    caches: Caches,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locating, "SMALL", 4096)
    made = layer(file("a", b"small"), compression="zstd-chunked")
    opened = opened_from(registry, caches, connect, made)
    assert (opened.layers[0].verified, opened.layers[0].listed_by) == (True, ListedBy.TAR)
    assert registry.sent(made.digest) == len(made.blob)


def test_to_verify_is_to_fetch_all_of_it(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    opened = opened_from(registry, caches, connect, chunked("estargz"), verify=True)
    assert opened.layers[0].verified is True
    assert opened.layers[0].listed_by is ListedBy.TAR


def test_without_the_digest_in_the_manifest_a_table_is_not_used(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = replace(chunked("estargz"), annotations={})
    assert opened_from(registry, caches, connect, made).layers[0].verified is True


# -- content ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_one_file_is_fetched_alone(
    registry: GivingRegistry, caches: Caches, connect: Connect, kind: Kind
) -> None:
    made = chunked(kind)
    opened = opened_from(registry, caches, connect, made)
    registry.forget()
    assert read(opened, "/etc/name") == b"base"
    assert registry.sent(made.digest) < 1000
    assert read(opened, "/etc/hard") == b"base"
    assert len(registry.asked()) == 1
    assert read(opened, "/etc/noise") == NOISE
    assert read(opened, "/etc/empty") == b""


def test_a_file_is_fetched_once(registry: GivingRegistry, caches: Caches, connect: Connect) -> None:
    made = chunked("zstd-chunked")
    read(opened_from(registry, caches, connect, made), "/etc/noise")
    again = opened_from(registry, caches, connect, made)
    registry.forget()
    assert read(again, "/etc/noise") == NOISE
    assert registry.asked() == []


def test_who_reads_file_after_file_has_more_fetched_at_once(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = layer(*(file(f"f{n:03}", NOISE[n * 64 : n * 64 + 999]) for n in range(200)))
    opened = opened_from(registry, caches, connect, made.recompressed("estargz"))
    registry.forget()
    for number in range(200):
        assert len(read(opened, f"/f{number:03}")) == 999
    assert len(registry.asked()) < 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_what_the_table_says_is_found_out(
    registry: GivingRegistry, caches: Caches, connect: Connect, kind: Kind
) -> None:
    made = chunked(kind)
    others = (*PARTS[:1], file("etc/name", b"evil", uid=7, gid=8, mode=0o4755), *PARTS[2:])
    opened = opened_from(registry, caches, connect, made)
    registry.changed[made.digest] = layer(*others, compression=kind).blob
    with pytest.raises(DigestMismatch):
        read(opened, "/etc/name")


def test_files_of_two_tables_are_compared_without_being_fetched(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    below = chunked("estargz")
    above = layer(file("etc/noise", NOISE), file("etc/empty"), compression="zstd-chunked")
    image = load_image(registry.hold(app(below, above)), caches=caches, connect=connect)
    opened = index_image(image, caches)
    assert registry.sent(below.digest, above.digest) < len(NOISE) / 10
    assert opened.stack.effects[1].modified == 0


# -- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_registry_without_ranges_has_the_layer_streamed(
    registry: GivingRegistry, caches: Caches, connect: Connect, kind: Kind
) -> None:
    registry.ranges = False
    opened = opened_from(registry, caches, connect, chunked(kind))
    assert opened.layers[0].verified is True
    assert opened.problems == ()
    assert read(opened, "/etc/name") == b"base"


def with_notes(made: Layer, **notes: str) -> Layer:
    return replace(made, annotations={**made.annotations, **notes})


@pytest.mark.parametrize(
    "change",
    [
        lambda made: with_notes(made, **{TOC_DIGEST_ANNOTATION: f"sha256:{'0' * 64}"}),
        lambda made: with_notes(made, **{TOC_DIGEST_ANNOTATION: "nonsense"}),
        lambda made: with_notes(made, **{TOC_DIGEST_ANNOTATION: "md5:00"}),
        lambda made: made.with_blob(made.blob[:-51] + bytes(51)),
        lambda made: made.with_blob(made.blob.replace(b"STARGZ", b"STARGX")),
    ],
    ids=["another digest", "no digest", "unknown algorithm", "no footer", "another footer"],
)
def test_an_estargz_table_that_cannot_be_believed_is_not_used(
    registry: GivingRegistry,
    caches: Caches,
    connect: Connect,
    change: Callable[[Layer], Layer],
) -> None:
    listed = opened_from(registry, caches, connect, change(chunked("estargz"))).layers[0]
    assert listed.listed_by is ListedBy.TAR
    assert listed.index is not None
    assert "table of contents is not used" in listed.index.problems[-1]


@pytest.mark.parametrize(
    "position",
    ["", "1:2:3", "1:2:3:9", "-1:2:3:1", f"{1 << 40}:10:10:1", "0:10:99999999999:1", "0:9:9:1"],
)
def test_a_chunked_table_that_cannot_be_believed_is_not_used(
    registry: GivingRegistry, caches: Caches, connect: Connect, position: str
) -> None:
    made = with_notes(chunked("zstd-chunked"), **{POSITION_ANNOTATION: position})
    listed = opened_from(registry, caches, connect, made).layers[0]
    assert listed.listed_by is ListedBy.TAR
    assert listed.index is not None
    assert b"/etc/name" in entries(listed.index)


def test_a_table_that_expands_without_measure_is_not_used(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    bomb = zstd_frame(bytes(64 << 20))
    made = chunked("zstd-chunked")
    blob = made.blob + bomb
    place = f"{len(made.blob)}:{len(bomb)}:{1 << 20}:1"
    digest = f"sha256:{hashlib.sha256(bomb).hexdigest()}"
    notes = {POSITION_ANNOTATION: place, CHECKSUM_ANNOTATION: digest}
    listed = opened_from(registry, caches, connect, replace(made, blob=blob, annotations=notes))
    assert listed.layers[0].listed_by is ListedBy.TAR


FILE = {"name": "f", "type": "reg", "size": 10, "offset": 0, "digest": f"sha256:{'1' * 64}"}


@pytest.mark.parametrize(
    "listed",
    [
        [{"name": "a", "type": "martian"}],
        [{"name": "a"}],
        [{"name": 5, "type": "dir"}],
        [{"name": "a\0b", "type": "dir"}],
        [FILE | {"size": -1}],
        [FILE | {"size": 1 << 61}],
        [FILE | {"size": "many"}],
        [FILE | {"size": 1.5}],
        [FILE | {"size": True}],
        [FILE | {"name": str(n), "size": 1 << 60} for n in range(5)],
        [FILE | {"chunkSize": 11}],
        [FILE | {"chunkOffset": 3}],
        [FILE | {"chunkSize": 5}, {"type": "chunk", "name": "f", "chunkOffset": 3}],
        [FILE | {"chunkSize": 5}, {"type": "chunk", "name": "f", "chunkOffset": 5, "chunkSize": 6}],
        [{"type": "chunk", "name": "f", "chunkOffset": 0, "chunkSize": 1}],
        [FILE | {"digest": "sha256:short"}],
        [FILE | {"uid": -1}],
        [FILE | {"offset": -5}],
        [FILE | {"xattrs": {"user.a": "?"}}],
        [FILE | {"xattrs": ["user.a"]}],
        ["no object"],
    ],
    ids=str,
)
def test_a_table_that_makes_no_sense_is_damage(listed: list[Any]) -> None:
    with pytest.raises(DamagedImage):
        index_of(table_of(listed), Job())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version":1}',
        b'{"entries":{}}',
        b'{"entries":[',
        b'{"entries":[{}',
        b'{"entries":[{"name":"a","type":"dir"}',
        b'{"entries":[{"name":"a","type":"dir"},]}',
        b'{"extra":[[[[]]]],"entries":[]}',
        b'{"entries":[{"name":' + b"[" * 100_000,
        b'{"entries":[{"name":' + b"9" * 5000 + b"}]}",
    ],
    ids=lambda data: repr(data[:40]),
)
def test_what_is_no_table_is_damage(data: bytes) -> None:
    with pytest.raises(DamagedImage):
        index_of(Table(ListedBy.ESTARGZ, "gzip", 0, data), Job())


def test_an_entry_without_measure_is_refused() -> None:
    data = b'{"entries":[{"name":"' + b"x" * (6 << 20) + b'","type":"dir"}]}'
    with pytest.raises(LimitExceeded):
        index_of(Table(ListedBy.ESTARGZ, "gzip", 0, data), Job())


def test_more_entries_than_are_shown_end_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "ENTRY_LIMIT", 2000)
    listed = [{"name": f"d{number}", "type": "dir"} for number in range(5000)]
    index, _ = index_of(table_of(listed), Job())
    assert "too large" in index.damage
    assert 2000 < len(index) < 5000


def test_names_that_lead_out_are_held_at_the_root() -> None:
    listed = [{"name": name, "type": "reg"} for name in ("../../etc/passwd", "/abs", "a/../b")]
    index, _ = index_of(table_of(listed), Job())
    assert set(entries(index)) == {b"/etc/passwd", b"/abs", b"/b"}
    assert index.problems


def test_names_that_are_not_utf8_are_told_of() -> None:
    index, _ = index_of(table_of([{"name": "caf\ufffd", "type": "reg"}]), Job())
    assert "not UTF-8" in index.problems[0]


def changed_table(made: Layer, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Layer:
    """A zstd:chunked layer whose table, digest and all, says something else."""
    listed = [dict(change(entry)) for entry in table_entries("zstd-chunked", made.parts)]
    data = to_json({"version": 1, "entries": listed})
    frame = zstd_frame(data)
    notes = {
        POSITION_ANNOTATION: f"{len(made.blob)}:{len(frame)}:{len(data)}:1",
        CHECKSUM_ANNOTATION: f"sha256:{hashlib.sha256(frame).hexdigest()}",
    }
    return replace(made, blob=made.blob + frame, annotations=notes)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda entry: entry | {"offset": 1 << 40, "endOffset": (1 << 40) + 9}, DamagedImage),
        (lambda entry: entry | {"offset": 99, "endOffset": 5}, DamagedImage),
        (lambda entry: {**entry, "digest": ""}, DamagedImage),
        (lambda entry: entry | {"size": 40_000_000_000}, LimitExceeded),
        (lambda entry: entry | {"size": 3}, DigestMismatch),
        (lambda entry: entry | {"size": 1000}, DamagedImage),
        (lambda entry: entry | {"innerOffset": 5}, DigestMismatch),
    ],
    ids=["beyond", "backwards", "no digest", "40 GB", "too small", "too large", "another place"],
)
def test_a_table_that_lies_about_content_is_found_out(
    registry: GivingRegistry,
    caches: Caches,
    connect: Connect,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    error: type[Exception],
) -> None:
    honest = layer(file("f", b"honest"), compression="zstd-chunked")
    opened = opened_from(registry, caches, connect, changed_table(honest, change))
    assert opened.layers[0].listed_by is ListedBy.ZSTD_CHUNKED
    with pytest.raises(error):
        read(opened, "/f")


def test_zeros_are_not_fetched(registry: GivingRegistry, caches: Caches, connect: Connect) -> None:
    plain = layer(file("f", bytes(100_000)), compression="zstd-chunked")
    made = changed_table(plain, lambda entry: entry | {"chunkType": "zeros"})
    opened = opened_from(registry, caches, connect, made)
    registry.forget()
    assert read(opened, "/f") == bytes(100_000)
    assert registry.asked() == []


def test_entries_are_read_across_the_windows_of_the_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_WINDOW", 7)
    listed = [{"name": f"né{number}", "type": "dir", "mode": number} for number in range(50)]
    data = json.dumps({"version": 1, "entries": listed}, indent="\t", ensure_ascii=False)
    assert list(reading.entries_of(data.encode())) == listed


def test_equal_files_of_tables_are_found_without_being_fetched(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = layer(file("a", NOISE), file("b", NOISE), file("c", NOISE[::-1]), compression="estargz")
    opened = opened_from(registry, caches, connect, made)
    registry.forget()
    groups = [
        [opened.stack.trie.path(node) for node in group.nodes] for group in duplicates(opened)
    ]
    assert groups == [[b"/a", b"/b"]]
    assert registry.asked() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_that_is_shorter_than_its_manifest_says_is_damage(
    registry: GivingRegistry, caches: Caches, connect: Connect, kind: Kind
) -> None:
    made = chunked(kind)
    name = registry.hold(app(made))
    registry.changed[made.digest] = made.blob[:1000]
    image = load_image(name, caches=caches, connect=connect)
    opened = index_image(image, caches)
    assert opened.layers[0].verified is False
    assert caches.plain.kept(made.digest) is None
