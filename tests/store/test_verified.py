"""Notes of digests that held."""

from __future__ import annotations

from pathlib import Path

from explorer.store.verified import VerifiedBlobs

WHERE, DIGEST = "1-2-3-4+0+5", "sha256:" + "ab" * 32


def test_only_what_was_noted_holds(tmp_path: Path) -> None:
    notes = VerifiedBlobs(tmp_path)
    assert not notes.holds(WHERE, DIGEST)
    notes.note(WHERE, DIGEST)
    assert VerifiedBlobs(tmp_path).holds(WHERE, DIGEST)
    assert not notes.holds(WHERE + "0", DIGEST)
    assert not notes.holds(WHERE, DIGEST[:-1] + "c")


def test_a_damaged_note_holds_for_nothing(tmp_path: Path) -> None:
    notes = VerifiedBlobs(tmp_path)
    notes.note(WHERE, DIGEST)
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    for content in (b"", b"\xff\xff", path.read_bytes()[:-1]):
        path.write_bytes(content)
        assert not notes.holds(WHERE, DIGEST)


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "verified-1").write_bytes(b"a file where the folder should be")
    notes = VerifiedBlobs(tmp_path)
    notes.note(WHERE, DIGEST)
    assert not notes.holds(WHERE, DIGEST)
