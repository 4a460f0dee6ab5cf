"""Differences of text: those of diff(1), within bounds."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis import textdiff
from explorer.analysis.content import FileContent
from explorer.analysis.textdiff import unified_diff
from explorer.blobs.access import InMemory


def content(data: bytes) -> FileContent:
    return FileContent(InMemory(b"??" + data), 2, len(data))


def difference(old: bytes | None, new: bytes | None) -> str | None:
    return unified_diff(
        content(old) if old is not None else None, content(new) if new is not None else None
    )


def test_changed_lines_come_with_their_surroundings() -> None:
    old = b"".join(b"%d\n" % number for number in range(20))
    assert difference(old, old.replace(b"10\n", b"ten\n")) == (
        "@@ -8,7 +8,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13"
    )


def test_an_absent_file_is_empty() -> None:
    assert difference(None, b"a\nb\n") == "@@ -0,0 +1,2 @@\n+a\n+b"
    assert difference(b"a\n", None) == "@@ -1 +0,0 @@\n-a"


def test_a_missing_end_of_line_is_told() -> None:
    assert difference(b"a\n", b"a") == "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file"


def test_equal_files_have_no_difference() -> None:
    assert difference(b"a\n", b"a\n") == ""
    assert difference(b"", None) == ""


@pytest.mark.parametrize("binary", [b"\0", b"caf\xe9", b"\xff\xfea\0"])
def test_what_is_no_text_is_not_compared(binary: bytes) -> None:
    assert difference(b"a\n", binary) is None
    assert difference(binary, None) is None


def test_long_files_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textdiff, "MAX_BYTES", 10)
    assert difference(b"x" * 11, b"y") is None
    monkeypatch.setattr(textdiff, "MAX_BYTES", 10_000)
    monkeypatch.setattr(textdiff, "MAX_LINES", 4)
    assert difference(b"a\nb\nc\n", b"d\ne\n") is None
    # What both have in common costs nothing.
    same = b"same\n" * 100
    assert difference(same + b"a\n" + same, same + b"b\n" + same) is not None


lines = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map("\n".join)


@pytest.mark.integration
@pytest.mark.skipif(shutil.which("patch") is None, reason="patch(1) is not installed")
@settings(max_examples=30, deadline=None)
@given(lines, lines)
def test_patch_turns_the_old_file_into_the_new(old: str, new: str) -> None:
    found = difference(old.encode(), new.encode())
    assert found is not None
    assert _patched(old, found) == new


def _patched(old: str, difference: str) -> str:
    if not difference:
        return old
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "file")
        target.write_text(old)
        text = f"--- file\n+++ file\n{difference}\n"
        subprocess.run(["patch", "-s", target], input=text, text=True, check=True)
        return target.read_text() if target.exists() else ""
