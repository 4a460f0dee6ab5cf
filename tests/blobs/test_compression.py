"""Decompression by content: all forms, all damage, no bombs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.blobs import compression as module
from explorer.blobs.access import InMemory
from explorer.blobs.compression import Compression, detect, plain_chunks
from explorer.errors import Cancelled, DamagedImage, LimitExceeded
from explorer.progress import Job, Progress
from tests.factory import Compression as Form
from tests.factory import compress
from tests.factory.compression import zstd_skippable_frame

KINDS: tuple[Compression, ...] = ("gzip", "zstd", "xz", "bzip2")
FORMS: tuple[Form, ...] = ("none", "gzip", "gzip-members", "zstd", "zstd-frames", "xz", "bz2")
TEXT = b"".join(b"line %d of a text that is neither all alike nor noise\n" % n for n in range(3000))


def packed(data: bytes, kind: Compression) -> bytes:
    return compress(data, "bz2" if kind == "bzip2" else kind)


def plain(blob: bytes, kind: Compression | None = None) -> bytes:
    return b"".join(plain_chunks(InMemory(blob), kind or detect(blob[:8])))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("data", [b"", b"x", TEXT, bytes(300_000)], ids=["0", "1", "text", "zeros"])
def test_every_form_is_recognised_and_read(form: Form, data: bytes) -> None:
    blob = compress(data, form)
    assert plain(blob) == data


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=2000), max_size=6), st.sampled_from(KINDS))
def test_members_and_frames_in_a_row_are_one_stream(parts: list[bytes], kind: Compression) -> None:
    blob = b"".join(packed(part, kind) for part in parts)
    assert plain(blob, kind) == b"".join(parts)


def test_a_member_may_begin_where_a_read_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = b"".join(gzip.compress(bytes([n]) * 50, mtime=0) for n in range(40))
    for size in (1, 2, 5, 17, 64):
        monkeypatch.setattr(module, "_IN", size)
        assert plain(blob) == b"".join(bytes([n]) * 50 for n in range(40))


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_frames_to_be_skipped_are_skipped(place: str) -> None:
    frames = [zstd.compress(b"one"), zstd.compress(b"two")]
    at = {"before": 0, "between": 1, "after": 2}[place]
    frames.insert(at, zstd_skippable_frame(b"a table of contents"))
    assert plain(b"".join(frames)) == b"onetwo"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", [bytes(512), bytes(5000), b"rubbish", b"\x1f", b"(", b"BZ", b"PK"])
def test_what_follows_the_stream_is_no_data(kind: Compression, tail: bytes) -> None:
    assert plain(packed(TEXT, kind) + tail, kind) == TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_of_another_kind_does_not_go_on_the_first(kind: Compression) -> None:
    other: Compression = "gzip" if kind != "gzip" else "zstd"
    assert plain(packed(TEXT, kind) + packed(b"other", other), kind) == TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_that_is_cut_gives_what_came_and_then_says_so(kind: Compression) -> None:
    blob = packed(TEXT, kind)
    for cut in (1, 5, 20, len(blob) // 2, len(blob) - 1):
        found = bytearray()
        with pytest.raises(DamagedImage, match=f"its {kind} stream is not whole"):
            for chunk in plain_chunks(InMemory(blob[:cut]), kind):
                found += chunk
        assert TEXT.startswith(found)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "xz", "bzip2"])
def test_a_flipped_bit_never_passes(kind: Compression) -> None:
    blob = packed(TEXT, kind)
    for at in range(10, len(blob), max(1, len(blob) // 80)):
        spoiled = blob[:at] + bytes([blob[at] ^ 4]) + blob[at + 1 :]
        try:
            assert plain(spoiled, kind) == TEXT
        except DamagedImage:
            continue


@pytest.mark.parametrize("back", range(1, 9))
def test_the_checksum_of_gzip_is_checked(back: int) -> None:
    blob = bytearray(packed(TEXT, "gzip"))
    blob[-back] ^= 1
    with pytest.raises(DamagedImage):
        plain(bytes(blob))


@given(st.binary(max_size=300), st.sampled_from(KINDS))
def test_rubbish_is_damage_and_nothing_worse(data: bytes, kind: Compression) -> None:
    head = packed(b"", kind)[:6]
    try:
        plain(head + data, kind)
    except DamagedImage as error:
        assert kind in str(error)


@pytest.mark.parametrize("head", [b"", b"\x1f", b"\x1f\x8b", b"(\xb5/", b"ustar", b"PK\x03\x04"])
def test_what_begins_like_no_compression_is_plain(head: bytes) -> None:
    assert detect(head) == "none"
    assert plain(head) == head


# Bombs


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_stopped_where_it_exceeds_its_bound(
    kind: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BOMB_SIZE", 1 << 20)
    blob = packed(bytes(8 << 20), kind)
    came = 0
    with pytest.raises(LimitExceeded, match="expands without measure"):
        for chunk in plain_chunks(InMemory(blob), kind):
            came += len(chunk)
            assert len(chunk) <= 1 << 18
    limit = max(1 << 20, 400 * len(blob))
    assert came <= limit


def test_what_is_large_but_honest_is_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BOMB_SIZE", 1000)
    assert plain(packed(TEXT, "gzip")) == TEXT


def test_a_dictionary_of_gigabytes_is_not_allocated() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    blob = bytearray(lzma.compress(TEXT, filters=filters))
    # Block header: size, flags, filter id, properties size, dictionary size (xz format, 5.3.1).
    assert blob[12:16] == bytes((2, 0, 0x21, 1))
    blob[16] = 39  # 3 GiB
    blob[20:24] = zlib.crc32(bytes(blob[12:20])).to_bytes(4, "little")
    with pytest.raises(DamagedImage, match=r"[Mm]emory"):
        plain(bytes(blob))


# Progress


def test_progress_counts_stored_bytes_and_a_tap_sees_them_all() -> None:
    blob = packed(TEXT, "gzip") + b"what follows"
    seen: list[Progress] = []
    tapped = bytearray()
    job = Job(listener=seen.append)
    assert b"".join(plain_chunks(InMemory(blob), "gzip", job, tapped.extend)) == TEXT
    assert bytes(tapped) == blob
    assert seen[-1].done == len(blob)


@pytest.mark.parametrize("kind", ["none", *KINDS])
def test_cancelling_stops_between_chunks(kind: Compression) -> None:
    job = Job()
    noise = bytes(4 << 20)
    chunks: Iterator[bytes] = plain_chunks(
        InMemory(noise if kind == "none" else packed(noise, kind)), kind, job
    )
    next(chunks)
    job.cancel()
    with pytest.raises(Cancelled):
        list(chunks)


def test_the_standard_library_writes_what_we_read() -> None:
    assert plain(gzip.compress(TEXT)) == TEXT
    assert plain(bz2.compress(TEXT)) == TEXT
    assert plain(lzma.compress(TEXT)) == TEXT
