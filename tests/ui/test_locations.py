"""What people name on the command line means the same in a window that was opened elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ui.locations import absolute


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["docker://nginx:1.27", "docker://127.0.0.1:5000/app@sha256:0", "store:app:1", "podman:app"],
)
def test_what_names_no_path_stays(text: str) -> None:
    assert absolute(text) == text


def test_paths_become_absolute(tmp_path: Path) -> None:
    assert absolute("app.tar") == str(tmp_path / "app.tar")
    assert absolute("oci:layout:1.4") == f"oci:{tmp_path}/layout:1.4"
    assert absolute("app.tar:nginx:1") == f"{tmp_path}/app.tar:nginx:1"


def test_a_file_may_be_called_like_a_transport(tmp_path: Path) -> None:
    (tmp_path / "store:app").touch()
    assert absolute("store:app") == str(tmp_path / "store:app")
