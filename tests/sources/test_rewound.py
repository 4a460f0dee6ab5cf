"""Reading without room for a copy."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import DamagedImage, StorageFull
from explorer.progress import Job
from explorer.sources.rewound import Rewound, SpoolOrRewound
from explorer.store import spool as spool_module
from explorer.store.folder import CacheFolder
from explorer.store.spool import Spool

DATA = bytes(range(250)) * 100


class Source:
    """A stream that counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0

    def chunks(self, job: Job) -> Iterator[bytes]:
        self.begun += 1
        for at in range(0, len(DATA), 700):
            job.check()
            yield DATA[at : at + 700]


def test_it_reads_anywhere() -> None:
    access = Rewound(Source().chunks)
    for at in (0, 10_000, 9_000, 24_990, 3):
        assert access.read_at(at, 300) == DATA[at : at + 300]
    assert access.read_at(len(DATA), 10) == b""
    assert access.size == len(DATA)


def test_reading_onward_does_not_begin_again() -> None:
    source = Source()
    access = Rewound(source.chunks)
    parts = [access.read_at(at, 1000) for at in range(0, len(DATA), 1000)]
    assert b"".join(parts) == DATA
    assert source.begun == 1
    access.read_at(0, 1)
    assert source.begun == 2


def test_reading_goes_on_when_the_disk_fills_up_under_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0

    def fills_up(fd: int, data: bytes) -> int:
        nonlocal written
        written += len(data)
        if written > 5000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.pwrite(fd, data, written - len(data))

    monkeypatch.setattr(spool_module, "RESERVE", 0)
    monkeypatch.setattr(Spool, "_write", lambda self, data: fills_up(self._fd, data))
    source = Source()
    job = Job()
    spool = Spool(CacheFolder(tmp_path, 1 << 30), "key", source.chunks(job), job)
    access = SpoolOrRewound(spool, source.chunks)
    assert access.read_at(100, 200) == DATA[100:300]
    assert access.read_at(20_000, 200) == DATA[20_000:20_200]
    assert access.size == len(DATA)
    access.finish()
    access.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageFull):
        spool.finish()


def test_damage_is_told_and_not_read_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(job: Job) -> Iterator[bytes]:
        yield DATA[:500]
        raise DamagedImage("A layer is damaged")

    monkeypatch.setattr(spool_module, "RESERVE", 0)
    job = Job()
    spool = Spool(CacheFolder(tmp_path, 1 << 30), "key", damaged(job), job)
    access = SpoolOrRewound(spool, damaged)
    with pytest.raises(DamagedImage):
        access.read_at(400, 200)
    with pytest.raises(DamagedImage):
        access.finish()
