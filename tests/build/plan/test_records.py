"""Records of builds: found by key and by place, whatever happened to the files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from explorer.build.files.memory import MemoryTree
from explorer.build.plan.keys import Key, Part, PartKind
from explorer.build.plan.listing import Listing
from explorer.build.plan.records import BuildRecords, LayerRecord, Place, StepRecord
from explorer.store.records import RecordLog

LAYER = LayerRecord("sha256:" + "a" * 64, "sha256:" + "b" * 64, 12, 3)


def step(name: str, build: str = "1", index: int = 0, content: str = "") -> StepRecord:
    return StepRecord(
        place=Place("/d/Dockerfile", "stage-0", index),
        build=build,
        text=f"RUN {name}",
        key=Key.of([Part.of(PartKind.COMMAND, name), Part.of(PartKind.ARG, "1", "A")]),
        state=f"state of {name}",
        content_key=content,
        layer=LAYER,
        seconds=1.5,
        sources=(Part(PartKind.SOURCE, "out", "/out", "sha256:5"),) if content else (),
        when=datetime(2024, 5, 1, tzinfo=UTC),
    )


def listing(**files: bytes) -> Listing:
    tree = MemoryTree({f"/src/{name}".encode(): data for name, data in files.items()})
    branch = tree.branch(b"/src")
    assert branch is not None
    digests = np.zeros((len(branch), 32), np.uint8)
    for row in range(1, len(branch)):
        data = tree.content(branch.path_of(row)).read_at(0, 100)
        digests[row, : len(data)] = np.frombuffer(data, np.uint8)
    return Listing.of(branch, np.arange(len(branch)), digests)


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    records = BuildRecords(tmp_path)
    records.add([step("a", content="sha256:c")])
    for known in (records, BuildRecords.at(tmp_path)):
        assert known.find(step("a").key.digest) == step("a", content="sha256:c")
        assert known.find("sha256:none", "sha256:c") == step("a", content="sha256:c")
        assert known.find("sha256:none") is None


def test_the_last_build_of_a_stage_has_all_its_steps(tmp_path: Path) -> None:
    records = BuildRecords(tmp_path)
    records.add([step("a", "1", 0), step("b", "1", 1), step("c", "1", 2)])
    records.add([step("a", "2", 0)])
    records.add([step("d", "2", 1)])
    texts = [record.text for record in records.last_build("/d/Dockerfile", "stage-0")]
    assert texts == ["RUN a", "RUN d"]
    assert records.last_build("/d/Dockerfile", "other") == ()


def test_the_newest_record_of_a_key_counts_until_it_is_forgotten(tmp_path: Path) -> None:
    records = BuildRecords(tmp_path)
    records.add([step("a", "1"), step("a", "2", content="sha256:c")])
    found = records.find(step("a").key.digest)
    assert found is not None
    assert found.build == "2"
    records.forget(["sha256:c"])
    for known in (records, BuildRecords.at(tmp_path)):
        assert known.find(step("a").key.digest) is None
        assert len(known.last_build("/d/Dockerfile", "stage-0")) == 1


def test_another_process_is_seen_after_a_refresh(tmp_path: Path) -> None:
    mine, other = BuildRecords.at(tmp_path), BuildRecords.at(tmp_path)
    other.add([step("a")])
    assert mine.find(step("a").key.digest) is None
    mine.refresh()
    assert mine.find(step("a").key.digest) is not None


@pytest.mark.parametrize(
    "damage",
    [{}, [], 7, {"key": 1}, {"forget": []}, {**step("a").to_json(), "parts": [["x"]]},
     {**step("a").to_json(), "layer": [1]}, {**step("a").to_json(), "step": "many"},
     {**step("a").to_json(), "when": "yesterday"}, {**step("a").to_json(), "seconds": {}}],
)  # fmt: skip
def test_a_record_that_makes_no_sense_is_passed_over(tmp_path: Path, damage: object) -> None:
    text, head = json.dumps(damage).encode(), json.dumps([step("a").key.digest, *"bcd", "0", "e"])
    lines = [text, b"no json", b"[]\t" + text, b'["forget"]\t' + text, head.encode() + b"\t" + text]
    RecordLog(tmp_path / "records-1").append(lines)
    records = BuildRecords.at(tmp_path)
    records.add([step("b")])
    assert records.find(step("a").key.digest) is None
    assert records.find(step("b").key.digest) == step("b")
    assert len(records.last_build("/d/Dockerfile", "stage-0")) <= 2


def test_a_key_is_told_by_each_of_its_parts_and_their_order() -> None:
    a, b = Part.of(PartKind.ARG, "1", "A"), Part.of(PartKind.ENV, "1", "A")
    found = [[a], [b], [a, b], [b, a], [Part.of(PartKind.ARG, "1", "B")],
             [Part.of(PartKind.ARG, "2", "A")], []]  # fmt: skip
    assert len({Key.of(parts).digest for parts in found}) == len(found)


def test_lists_of_files_are_kept_and_compared(tmp_path: Path) -> None:
    records = BuildRecords(tmp_path)
    old, new = listing(a=b"1", b=b"2", c=b"3"), listing(a=b"1", b=b"x", d=b"4")
    kept = records.listing(records.keep_listing(old))
    assert kept is not None
    assert not kept.differences(old)
    differences = new.differences(kept)
    assert differences.changed == (b"/src/b",)
    assert differences.added == (b"/src/d",)
    assert differences.removed == (b"/src/c",)


def test_equal_files_have_one_digest_and_no_others(tmp_path: Path) -> None:
    assert listing(a=b"1").digest == listing(a=b"1").digest
    found = [listing(a=b"1"), listing(a=b"2"), listing(b=b"1"), listing(a=b"1", b=b"1")]
    assert len({one.digest for one in found}) == len(found)


def test_rows_that_are_left_out_leave_no_trace() -> None:
    tree = MemoryTree({b"/s/a/x": b"", b"/s/b/y": b"", b"/s/b/z": b""})
    less = MemoryTree({b"/s/b/y": b"", b"/s/b/z": b""})
    branch, other = tree.branch(b"/s"), less.branch(b"/s")
    assert branch is not None
    assert other is not None
    digests = np.zeros((len(branch), 32), np.uint8)
    kept = np.array([0, 3, 4, 5])
    cut = Listing.of(branch, kept, digests)
    assert cut.digest == Listing.of(other, np.arange(4), digests[:4]).digest
    assert sorted(cut.fingerprints()) == [b"/s", b"/s/b", b"/s/b/y", b"/s/b/z"]


@pytest.mark.parametrize("data", [b"", b"x", b"listing 1\n", b"listing 1\nzzzz"])
def test_a_damaged_list_is_no_list(tmp_path: Path, data: bytes) -> None:
    records = BuildRecords(tmp_path)
    digest = records.keep_listing(listing(a=b"1"))
    (kept,) = (tmp_path / "listings-1").iterdir()
    kept.write_bytes(data)
    assert records.listing(digest) is None
    assert not kept.exists()
    assert records.listing("../../etc/passwd") is None
