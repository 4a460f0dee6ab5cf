"""What a hostile layer can make us hold, however many entries it has and whatever they claim."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.blobs.feeds import StreamFeed
from explorer.filesystem import decoder
from explorer.filesystem.decoder import Batch, Decoder
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.indexer import build_index
from tests.factory import Entry, Part, file, sparse, symlink


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many entries, and how many bytes of extended headers, each batch had."""
    seen: list[tuple[int, int]] = []
    real = Decoder.take

    def take(self: Decoder, batch: Batch) -> None:
        extra = sum(len(value) for e in batch.extras.values() for value in e.pax.values())
        seen.append((len(batch), extra))
        real(self, batch)

    monkeypatch.setattr(Decoder, "take", take)
    return seen


def index(part: Part, count: int) -> LayerIndex:
    data = part.to_bytes()
    return build_index(StreamFeed((data for _ in range(count)), 0))


def test_entries_with_extended_headers_are_decoded_as_they_come(
    held: list[tuple[int, int]],
) -> None:
    found = index(file("f", pax={"mtime": "1.5"}), 5000)
    assert len(found) == 5000
    assert max(count for count, _ in held) <= 1024


def test_large_extended_headers_are_not_hoarded(held: list[tuple[int, int]]) -> None:
    found = index(file("f", pax={"comment": "x" * 900_000}), 40)
    assert len(found) == 40
    assert max(size for _, size in held) <= 6 << 20


@pytest.mark.parametrize(
    "part",
    [
        file("f", xattrs={"user.note": b"x" * 900}),
        symlink("l", "t" * 900),
        sparse("s", 10**6, {n * 1000: b"x" for n in range(20)}, "1.0"),
    ],
    ids=["attributes", "links", "sparse maps"],
)
def test_details_have_a_bound_and_what_came_before_is_kept(
    part: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "DETAILS_LIMIT", 2_000_000)
    found = index(part, 20_000)
    assert "too large" in found.damage
    assert 1000 < len(found) < 5000


def test_a_large_layer_of_ordinary_entries_has_room() -> None:
    found = index(symlink("l", "../some/where/else", xattrs={"user.a": b"1"}), 50_000)
    assert (found.damage, len(found)) == ("", 50_000)


def test_remarks_on_entries_have_a_bound() -> None:
    def odd() -> Iterator[bytes]:
        for letter in (b"Z", b"V"):
            data = Entry(b"odd", letter).to_bytes()
            yield from (data for _ in range(3000))

    assert len(build_index(StreamFeed(odd(), 0)).problems) <= 1000
