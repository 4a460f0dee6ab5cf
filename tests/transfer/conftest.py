"""Images to move, a registry in memory, and nobody's credentials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.factory import Image, ImageBuilder, Index, attestation, file, index, oci_layout

AMD = ImageBuilder("linux/amd64").add(file("base", "base")).add(file("arch", "amd64"))
ARM = replace(AMD, platform="linux/arm64")


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def amd() -> Image:
    return AMD.build()


@pytest.fixture(scope="session")
def arm() -> Image:
    return ARM.build()


@pytest.fixture(scope="session")
def both(amd: Image, arm: Image) -> Index:
    """An image for two platforms, one of them with what BuildKit attests."""
    return index(amd, arm, attestation(amd), tags=("example.test/both:1",))


@pytest.fixture
def layout(both: Index, tmp_path: Path) -> Path:
    """That image as a layout."""
    return oci_layout(both).extract(tmp_path / "both")
