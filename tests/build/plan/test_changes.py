"""Why a step runs again, part by part."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.files.memory import MemoryTree
from explorer.build.plan.changes import MOST, KeyChange
from explorer.filesystem.entry import Entry, EntryType
from tests.build.plan.helpers import Bench, layered

TEXT = "FROM alpine\nARG VERSION=1.2\nRUN make $VERSION\nCOPY src /src\nRUN test\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def changes(bench: Bench, text: str = TEXT) -> list[tuple[KeyChange, ...]]:
    return [step.changes for step in layered(bench.plan(text))]


@pytest.mark.parametrize(
    ("sentence", "what", "after"),
    [
        ("the step above, line 4, runs again", "the step above, line 4", "runs again"),
        ("stage build changed", "stage build", "changed"),
        ("--mount of /cache is new", "--mount of /cache", "is new"),
        ("--mount of /cache is gone", "--mount of /cache", ""),
    ],
)
def test_a_sentence_is_parted(sentence: str, what: str, after: str) -> None:
    change = KeyChange.parted(sentence)
    assert (change.what, change.after, change.said) == (what, after, sentence)


@pytest.mark.parametrize(
    "change",
    [
        KeyChange("ARG VERSION", "1.2", "1.3", "ARG VERSION: 1.2 → 1.3"),
        KeyChange("a.txt", sizes=(None, 4)),
        KeyChange("a.txt", "0644", "0755", "a.txt changed", (4, 4)),
    ],
)
def test_a_change_survives_in_json(change: KeyChange) -> None:
    assert KeyChange.from_json(change.to_json()) == change


def test_an_argument_is_told_with_what_it_was_and_is(bench: Bench) -> None:
    bench.build(TEXT)
    bench.arguments["VERSION"] = "1.3"
    run, _, last = changes(bench)
    assert [(c.what, c.before, c.after) for c in run] == [("ARG VERSION", "1.2", "1.3")]
    assert last[-1].what == "the step above, line 4"
    assert last[-1].after == "runs again"


def test_files_are_told_with_their_sizes(bench: Bench) -> None:
    bench.files.update({b"/src/b": b"12", b"/src/gone": b"123"})
    bench.build(TEXT)
    bench.files.update({b"/src/app.ts": b"longer", b"/src/b": b"34", b"/src/new": b""})
    del bench.files[b"/src/gone"]
    copied = changes(bench)[1]
    assert {c.what: (c.sizes, c.after) for c in copied if c.what} == {
        "src/app.ts": ((3, 6), ""),
        "src/b": ((2, 2), "other content"),
        "src/new": ((None, 0), ""),
        "src/gone": ((3, None), ""),
    }


def test_of_very_many_files_the_rest_is_counted(bench: Bench) -> None:
    bench.build(TEXT)
    bench.files.update({b"/src/%03d" % n: b"" for n in range(MOST + 5)})
    copied = [change for change in changes(bench)[1] if change.what]
    assert len(copied) == MOST + 1
    assert copied[-1].what == "5 more files"


def test_a_mode_is_told_as_it_was_and_is(bench: Bench) -> None:
    def tree(mode: int) -> MemoryTree:
        entry = Entry(b"/src/a", EntryType.FILE, mode, size=1)
        return MemoryTree({b"/src/a": b"x"}, {b"/src/a": entry}, title="the build context")

    bench.build(TEXT, tree(0o644))
    (change,) = layered(bench.plan(TEXT, tree(0o755)))[1].changes
    assert (change.before, change.after) == ("0644", "0755")


def test_a_secret_value_is_not_told(bench: Bench) -> None:
    text = "FROM alpine\nARG API_TOKEN\nRUN deploy\n"
    bench.arguments["API_TOKEN"] = "hunter2"
    bench.build(text)
    bench.arguments["API_TOKEN"] = "hunter3"
    ((change,),) = changes(bench, text)
    assert (change.before, change.after) == ("not shown", "another value")
