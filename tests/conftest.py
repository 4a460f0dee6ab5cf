"""What every test session has: a cache and a store of its own, the real images, marker rules."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from explorer.store.cache import Caches
from explorer.store.images import ImageStore

PROJECT = Path(__file__).resolve().parents[1]
FIXTURES = PROJECT.parent / "shared" / "fixtures"
_CACHE, _DATA = "LAYERSCOPE_CACHE_DIR", "LAYERSCOPE_DATA_DIR"
_made = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """No test ever reads or writes the cache or the images of the person who runs it."""
    folder = Path(tempfile.mkdtemp(prefix="layerscope-test-"))
    config.stash[_made] = folder
    os.environ[_CACHE] = str(folder / "cache")
    os.environ[_DATA] = str(folder / "data")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    folder = config.stash.get(_made, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Thousands of damaged variants are for continuous integration, or for who asks for them."""
    asked = "fuzz" in config.getoption("markexpr", "") or os.environ.get("CI")
    if asked:
        return
    reason = "thousands of variants: run with -m fuzz, or python -m tests.fuzz"
    for item in items:
        if item.get_closest_marker("fuzz"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of real images; a test that needs it skips where it is absent."""
    if not FIXTURES.is_dir():
        pytest.skip("the real images of ../shared/fixtures are not here")
    return FIXTURES


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageStore:
    """An empty store, which for this test is the user's own."""
    monkeypatch.setenv(_DATA, str(tmp_path / "data"))
    return ImageStore.at()


@pytest.fixture
def caches(tmp_path: Path) -> Caches:
    """Caches of this test alone, empty."""
    return Caches.at(tmp_path / "cache")
