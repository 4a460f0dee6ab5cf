"""Looking into content: what it is, its strings, its members, and two texts side by side."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.capability import capability_text
from explorer.analysis.content import FileContent
from explorer.analysis.preview import archives, sides
from explorer.analysis.preview.archives import list_archive
from explorer.analysis.preview.sides import Side, side_by_side, within
from explorer.analysis.preview.sniff import HEAD, Kind, sniff
from explorer.analysis.preview.strings import strings
from explorer.blobs.access import InMemory
from explorer.errors import Cancelled, DamagedImage
from explorer.progress import Job
from tests.factory import directory, file, tar_bytes


def content(data: bytes) -> FileContent:
    return FileContent(InMemory(data), 0, len(data))


# -- what it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"plain text\n", Kind.TEXT),
        ("Grüße\n".encode(), Kind.TEXT),
        ("Grüße aus Köln\n".encode("latin-1"), Kind.TEXT),
        (b"\xff\xfeh\0i\0", Kind.TEXT),
        (b"\x1b[31mcoloured log\x1b[0m\n", Kind.TEXT),
        (b"BM is how this sentence begins", Kind.TEXT),
        (b"PK\x03\x04" + bytes(26), Kind.ARCHIVE),
        (b"\x1f\x8b\x08\0" + bytes(8), Kind.ARCHIVE),
        (b"\x89PNG\r\n\x1a\n" + bytes(8), Kind.IMAGE),
        (b"RIFF\0\0\0\0WEBPVP8 ", Kind.IMAGE),
        (b"\x7fELF" + bytes(60), Kind.ELF),
        (b"\0\1\2\3", Kind.BINARY),
        (bytes(range(128, 256)), Kind.BINARY),
    ],
)
def test_content_is_told_by_its_first_bytes(data: bytes, kind: Kind) -> None:
    assert sniff(data[:HEAD], len(data)).kind is kind


def test_a_character_cut_in_two_by_the_bound_is_still_text() -> None:
    data = b"a" * (HEAD - 1) + "ü".encode() * 10
    assert sniff(data[:HEAD], len(data)).encoding == "utf-8"


# -- strings ----------------------------------------------------------------------------------


def test_strings_of_four_letters_are_found_with_their_offsets() -> None:
    found = strings(content(b"\0\0abc\0hello\0\xff/etc/passwd\n\0yes!"))
    assert [(one.offset, one.text) for one in found.found] == [
        (6, "hello"),
        (13, "/etc/passwd"),
        (26, "yes!"),
    ]
    assert found.complete


def test_strings_across_chunks_are_found_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.analysis.preview.strings._CHUNK", 7)
    data = b"\0first string\0\0second one\0"
    found = strings(content(data))
    assert [one.text for one in found.found] == ["first string", "second one"]
    assert [one.offset for one in found.found] == [1, 15]


def test_finding_strings_can_be_cancelled() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        strings(content(b"some text"), job)


# -- archives ---------------------------------------------------------------------------------

TAR = tar_bytes([directory("d"), file("d/a.txt", "hello"), file("b", "12")])


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (TAR, "tar archive"),
        (gzip.compress(TAR), "tar archive, gzip"),
        (bz2.compress(TAR), "tar archive, bzip2"),
        (lzma.compress(TAR), "tar archive, xz"),
    ],
)
def test_members_of_a_tar_are_listed_however_it_is_compressed(data: bytes, format: str) -> None:
    listing = list_archive(content(data))
    assert listing.format == format
    assert [(m.name, m.size) for m in listing.members] == [("d/", 0), ("d/a.txt", 5), ("b", 2)]
    assert not listing.note


def test_members_of_a_zip_are_listed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x/y.txt", "12345")
        archive.writestr("bad\x1bname", "")
    listing = list_archive(content(buffer.getvalue()))
    assert [(m.name, m.size) for m in listing.members] == [("x/y.txt", 5), ("bad�name", 0)]


def test_one_compressed_file_is_no_archive() -> None:
    listing = list_archive(content(gzip.compress(b"just text" * 100)))
    assert listing.members == ()
    assert "not an archive" in listing.note


def test_more_members_than_are_shown_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST", 2)
    listing = list_archive(content(TAR))
    assert len(listing.members) == 2
    assert "first 2 of 3" in listing.note


def test_of_a_bomb_only_the_beginning_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "PLAIN", 1 << 20)
    bomb = gzip.compress(tar_bytes([file("a", bytes(8 << 20))]))
    listing = list_archive(content(bomb))
    assert "were looked at" in listing.note


@pytest.mark.parametrize("cut", [3, 30, 300])
def test_damaged_archives_are_refused_or_listed_as_far_as_they_go(cut: int) -> None:
    plain, packed = TAR[: len(TAR) - 1024 - cut], gzip.compress(TAR)[:cut]
    for data in (plain, packed, b"PK\x03\x04" + bytes(cut)):
        try:
            listing = list_archive(content(data))
        except DamagedImage:
            continue
        assert len(listing.members) <= 3


# -- side by side -----------------------------------------------------------------------------

_LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12)


@given(_LINES, _LINES)
def test_both_texts_can_be_read_off_the_rows(old: list[str], new: list[str]) -> None:
    rows = side_by_side(old, new, context=100)
    assert [row.old for row in rows if row.old_line] == old
    assert [row.new for row in rows if row.new_line] == new
    assert [row.old_line for row in rows if row.old_line] == list(range(1, len(old) + 1))


@given(_LINES, _LINES)
def test_as_many_lines_as_possible_are_common(old: list[str], new: list[str]) -> None:
    rows = side_by_side(old, new, context=100)
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            best[i + 1][j + 1] = best[i][j] + 1 if a == b else max(best[i][j + 1], best[i + 1][j])
    assert sum(row.side is Side.SAME for row in rows) == best[-1][-1]


def test_equal_lines_far_from_any_difference_are_left_out() -> None:
    old = [str(number) for number in range(50)]
    new = [*old[:25], "new", *old[25:]]
    rows = side_by_side(old, new)
    assert [row.skipped for row in rows if row.side is Side.SKIPPED] == [22, 22]
    assert sum(row.side is Side.SAME for row in rows) == 6


def test_texts_with_too_many_differences_count_as_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sides, "MOST_DIFFERENCES", 4)
    old, new = ["x", *"abcdef", "y"], ["x", *"uvabwz", "y"]
    rows = side_by_side(old, new, context=100)
    assert [row.side for row in rows if row.side is Side.SAME] == [Side.SAME] * 2


def test_words_that_differ_within_a_line_are_marked() -> None:
    old, new = within("listen 80;", "listen 8080;")
    assert (old, new) == (((7, 2),), ((7, 4),))
    assert within("one thing", "@@@@@@@@@@") == ((), ())
    assert within("x" * 1000, "x" * 1001) == ((), ())


def test_comparing_can_be_cancelled() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        side_by_side(["a"], ["b"], job)


# -- capabilities -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0100000200040000000000000000000000000000", "cap_net_bind_service=ep"),
        ("0000000200200000002000000000000000000000", "cap_net_raw=ip"),
        ("01000003000400000000000000000000" + "00000000" + "e8030000",
         "cap_net_bind_service=ep [rootid=1000]"),
        ("0000000200000000000000000000000000000000", "="),
        ("01", "01"),
        ("ffffffff00", "ffffffff00"),
    ],
)  # fmt: skip
def test_capabilities_are_written_as_getcap_writes_them(value: str, text: str) -> None:
    assert capability_text(bytes.fromhex(value)) == text
