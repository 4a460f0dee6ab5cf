"""Bad input, a row each: through the command line, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.analysis.opened import load_image, open_image
from explorer.cli.app import run
from explorer.errors import DamagedImage, ExplorerError, NotFound
from explorer.store.cache import Caches
from tests.factory import file, rootfs
from tests.sources.bad_input import Row, rows


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(folder))
    return folder


def outside(folder: Path, cache: Path) -> dict[Path, int]:
    """Everything below a folder but the cache, and when it was last written."""
    found = (path for path in folder.rglob("*") if not path.is_relative_to(cache))
    return {path: path.lstat().st_mtime_ns for path in found}


@pytest.mark.parametrize("row", rows(), ids=str)
def test_bad_input(
    row: Row, tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = row.make(tmp_path)
    before = outside(tmp_path, cache)
    for _ in range(2):  # the second time with what the first one left in the cache
        code = run(["ls", name, "-r", "--json"])
        out, err = capsys.readouterr()
        assert code == row.code
        assert "Traceback" not in err
        if row.code:
            assert err.startswith("layerscope: ")
            assert err.count("\n") == 1
            assert row.says in err
        if row.kept is None:
            assert out == ""
        else:
            document = json.loads(out)
            assert {entry["path"] for entry in document["entries"]} - {"/"} == set(row.kept)
            assert row.says in " ".join([*document["warnings"], err])
    assert outside(tmp_path, cache) == before


@pytest.mark.parametrize("row", [row for row in rows() if row.kept is None], ids=str)
def test_a_refusal_says_what_why_and_what_to_do(row: Row, tmp_path: Path) -> None:
    with pytest.raises(ExplorerError) as caught:
        open_image(row.make(tmp_path), caches=Caches.at(tmp_path / "cache"))
    assert caught.value.what
    assert caught.value.why or caught.value.hint


@pytest.mark.parametrize("transport", ["docker-archive", "oci-archive", "oci"])
def test_a_transport_that_does_not_fit_says_so(tmp_path: Path, transport: str) -> None:
    path = rootfs(file("a")).write(tmp_path / "rootfs.tar")
    with pytest.raises((DamagedImage, NotFound), match="rootfs"):
        load_image(f"{transport}:{path}")
    if transport != "oci":
        with pytest.raises(DamagedImage, match="it is a folder"):
            load_image(f"{transport}:{tmp_path}")
