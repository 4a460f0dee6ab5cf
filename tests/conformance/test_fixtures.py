"""Every fixture opens or is refused as its row says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explorer.store.cache import Caches
from tests.conformance.outcome import Outcome, differences, outcome
from tests.conformance.rows import ROWS


def _name(row: Outcome) -> str:
    return f"{row.name}@{row.wanted}" if row.wanted else row.name


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    return Caches.at(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_a_fixture_becomes_what_its_row_says(fixtures: Path, shared: Caches, row: Outcome) -> None:
    assert differences(row, outcome(fixtures, row, shared)) == []


def _covered() -> set[str]:
    return {row.name.rpartition(":/")[2].partition(":")[0] for row in ROWS}


def test_no_tar_and_no_layout_is_forgotten(fixtures: Path) -> None:
    archives = {path for path in fixtures.rglob("*.tar*") if path.is_file()}
    layouts = {path.parent for path in fixtures.rglob("index.json")}
    names = {str(path.relative_to(fixtures)) for path in archives | layouts}
    assert names - _covered() == set()


def test_no_row_of_the_index_is_forgotten(fixtures: Path) -> None:
    """A row may name a folder that holds several layouts, or a file that is no image."""
    text = (fixtures / "INDEX.md").read_text("utf-8")
    named = [name.rstrip("/") for name in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)]
    covered = _covered()
    forgotten = [
        name
        for name in named
        if not name.endswith(".snap")
        and not any(row == name or row.startswith(name + "/") for row in covered)
    ]
    assert len(named) > 40
    assert forgotten == []


@pytest.mark.parametrize("bomb", ["gnu-sparse-big.tar", "pax-sparse-big.tar"])
def test_a_bomb_is_listed_from_a_few_reads_whatever_it_declares(
    fixtures: Path, shared: Caches, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.analysis.opened import open_image
    from explorer.blobs import access

    read = 0
    real = access.read_exactly

    def counted(fd: int, size: int, *rest: object) -> bytes:
        nonlocal read
        read += size
        return real(fd, size, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(access, "read_exactly", counted)
    opened = open_image(f"{fixtures}/vbatts__tar-split/archive/tar/testdata/{bomb}", caches=shared)
    (node,) = opened.final.nodes()[1:].tolist()
    entry = opened.final.entry(node)
    assert entry is not None
    assert entry.size == 60_000_000_000
    assert entry.stored <= 3072
    assert read < 30_000
