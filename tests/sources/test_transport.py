"""How an image is named: a transport, a place, a reference."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import ExplorerError, NotFound, UsageError
from explorer.sources.transport import Location


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with an archive, a layout, and names full of colons."""
    monkeypatch.chdir(tmp_path)
    for name in ("image.tar", "a:b.tar", "oci:odd"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "layout").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "transport", "path", "reference"),
    [
        ("image.tar", "", "image.tar", ""),
        ("image.tar:1.0", "", "image.tar", "1.0"),
        ("image.tar:host:5000/a/b:1.0", "", "image.tar", "host:5000/a/b:1.0"),
        ("image.tar:a@sha256:00", "", "image.tar", "a@sha256:00"),
        ("image.tar:", "", "image.tar", ""),
        ("docker-archive:image.tar", "docker-archive", "image.tar", ""),
        ("docker-archive:image.tar:a:1", "docker-archive", "image.tar", "a:1"),
        ("oci-archive:image.tar:1", "oci-archive", "image.tar", "1"),
        ("oci:layout", "oci", "layout", ""),
        ("oci:layout:latest", "oci", "layout", "latest"),
        ("layout:latest", "", "layout", "latest"),
        ("a:b.tar", "", "a:b.tar", ""),
        ("a:b.tar:1", "", "a:b.tar", "1"),
        ("oci:odd", "", "oci:odd", ""),  # what is there is meant, whatever it looks like
        ("oci:a:b.tar:1", "oci", "a:b.tar", "1"),
    ],
)
def test_a_name_is_read(here: Path, text: str, transport: str, path: str, reference: str) -> None:
    assert Location.parse(text) == Location(transport, Path(path), reference)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("docker://alpine", "docker.io/library/alpine:latest"),
        ("docker://localhost:5000/a/b:1", "localhost:5000/a/b:1"),
    ],
)
def test_a_name_in_a_registry_is_a_whole_reference(text: str, reference: str) -> None:
    assert Location.parse(text) == Location("docker", Path(), reference)


@pytest.mark.parametrize("text", ["", "oci:", "docker-archive:", "docker://", "docker://A b"])
def test_no_name_is_a_mistake_of_usage(text: str) -> None:
    with pytest.raises(UsageError):
        Location.parse(text)


@pytest.mark.parametrize(
    "text", ["alpine", "alpine:3.20", "host/a:1", "./absent.tar", "oci:absent"]
)
def test_what_is_not_there_is_not_found(here: Path, text: str) -> None:
    with pytest.raises(NotFound, match="there is no such file or folder"):
        Location.parse(text)


def test_a_name_without_a_place_is_told_about_the_network(here: Path) -> None:
    with pytest.raises(NotFound, match="nothing is fetched without docker://"):
        Location.parse("alpine:3.20")


@pytest.mark.parametrize("text", ["x" * 5000, "oci:" + "x" * 5000, "a\0b", "oci:a\0b", "x/" * 3000])
def test_what_no_system_can_name_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        Location.parse(text)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no such permissions")
def test_what_may_not_be_looked_at_is_not_called_absent(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, **options: bool) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", denied)
    assert Location.parse("secret/image.tar").path == Path("secret/image.tar")


@given(st.text(max_size=60))
def test_any_text_is_a_location_or_an_error_of_ours(text: str) -> None:
    try:
        Location.parse(text)
    except ExplorerError as error:
        assert error.exit_code in (2, 3, 6)
