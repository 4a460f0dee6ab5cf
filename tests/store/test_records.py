"""The log of records: only added to, by several at once, bounded, and never in doubt."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from explorer.errors import StorageFull
from explorer.store.records import LONGEST, RecordLog


def test_what_is_added_is_read_once_in_order(tmp_path: Path) -> None:
    log = RecordLog(tmp_path / "log")
    assert log.read_new() == []
    log.append([b"one", b"two"])
    assert log.read_new() == [b"one", b"two"]
    log.append([b"three"])
    assert log.read_new() == [b"three"]
    assert log.read_new() == []
    assert RecordLog(tmp_path / "log").read_new() == [b"one", b"two", b"three"]


def test_looking_writes_nothing(tmp_path: Path) -> None:
    RecordLog(tmp_path / "log").read_new()
    assert not (tmp_path / "log").exists()


def test_what_another_process_adds_is_seen(tmp_path: Path) -> None:
    mine, other = RecordLog(tmp_path), RecordLog(tmp_path)
    mine.append([b"mine"])
    other.append([b"other"])
    assert mine.read_new() == [b"mine", b"other"]


@pytest.mark.parametrize("kept", range(1, 24))
def test_a_record_cut_short_is_passed_over_and_the_next_one_is_whole(
    tmp_path: Path, kept: int
) -> None:
    log = RecordLog(tmp_path)
    log.append([b"first"])
    (segment,) = tmp_path.iterdir()
    whole = segment.read_bytes()
    log.append([b"second"])
    segment.write_bytes(whole + segment.read_bytes()[len(whole) :][:kept])
    fresh = RecordLog(tmp_path)
    fresh.append([b"third"])
    found = fresh.read_new()
    assert found[0] == b"first"
    assert found[-1] == b"third"
    assert set(found) <= {b"first", b"second", b"third"}


def test_a_record_in_the_writing_is_read_once_it_is_whole(tmp_path: Path) -> None:
    RecordLog(tmp_path).append([b"whole"])
    (segment,) = tmp_path.iterdir()
    data = segment.read_bytes()
    segment.write_bytes(data[:-3])
    log = RecordLog(tmp_path)
    assert log.read_new() == []
    segment.write_bytes(data)
    assert log.read_new() == [b"whole"]


def test_damage_takes_only_what_it_hit(tmp_path: Path) -> None:
    RecordLog(tmp_path).append([b"one", b"two", b"three"])
    (segment,) = tmp_path.iterdir()
    segment.write_bytes(segment.read_bytes().replace(b"two", b"tWo"))
    assert RecordLog(tmp_path).read_new() == [b"one", b"three"]
    segment.write_bytes(b"\0\xff" * 1000)
    assert RecordLog(tmp_path).read_new() == []


def test_the_oldest_records_go(tmp_path: Path) -> None:
    log = RecordLog(tmp_path, segment=200, segments=3)
    for number in range(60):
        log.append([f"{number:050d}".encode()])
    assert len(list(tmp_path.iterdir())) <= 3
    found = [int(record) for record in RecordLog(tmp_path).read_new()]
    assert found == list(range(found[0], 60))
    assert 3 <= len(found) < 15


def test_a_record_that_is_too_long_is_left_out(tmp_path: Path) -> None:
    log = RecordLog(tmp_path)
    log.append([b"x" * (LONGEST + 1), b"short"])
    assert log.read_new() == [b"short"]


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.log").write_text("mine")
    (tmp_path / "x").mkdir()
    log = RecordLog(tmp_path)
    log.append([b"one"])
    assert log.read_new() == [b"one"]
    assert (tmp_path / "notes.log").read_text() == "mine"


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    logs = [RecordLog(tmp_path, segment=2000, segments=99) for _ in range(4)]

    def write(number: int) -> None:
        for n in range(10):
            logs[number].append([f"{number}-{n}".encode()])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = RecordLog(tmp_path).read_new()
    assert sorted(found) == sorted(f"{i}-{n}".encode() for i in range(4) for n in range(10))


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFull):
        RecordLog(tmp_path / "file").append([b"one"])
