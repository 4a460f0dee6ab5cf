"""Which locations are for the workbench: told by name, by content, by what a folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ui.build.locations import dockerfile_in, is_for_build, is_named_so


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "dockerfile",
        "Containerfile",
        "Dockerfile.dev",
        "api.Dockerfile",
        "x.dockerfile",
    ],
)
def test_the_usual_names_are_known(name: str) -> None:
    assert is_named_so(name)


@pytest.mark.parametrize(
    "name",
    ["Dockerfile.dockerignore", ".dockerignore", "app.tar", "Dockerfiles", "my-Dockerfile2x"],
)
def test_other_names_are_not(name: str) -> None:
    assert not is_named_so(name)


def test_a_file_of_any_name_that_begins_as_a_dockerfile(tmp_path: Path) -> None:
    file = tmp_path / "build.txt"
    file.write_text("# comment\n\nFROM scratch\n")
    assert is_for_build(str(file))


@pytest.mark.parametrize("content", [b"", b"FROMAGE", b"text", b"\0FROM scratch", b"PK\x03\x04"])
def test_other_files_are_for_others(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "app.tar"
    file.write_bytes(content)
    assert not is_for_build(str(file))


def test_a_folder_is_to_build_in_unless_it_is_an_image(tmp_path: Path) -> None:
    assert is_for_build(str(tmp_path))
    (tmp_path / "index.json").touch()
    assert not is_for_build(str(tmp_path))


def test_a_reference_is_no_dockerfile() -> None:
    assert not is_for_build("debian:12")


def test_the_usual_name_is_preferred(tmp_path: Path) -> None:
    for name in ("Dockerfile.dev", "Dockerfile", "a.Dockerfile"):
        (tmp_path / name).touch()
    assert dockerfile_in(tmp_path) == tmp_path / "Dockerfile"


def test_another_name_is_taken_where_the_usual_one_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "prod.Dockerfile").touch()
    assert dockerfile_in(tmp_path) == tmp_path / "prod.Dockerfile"


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    assert dockerfile_in(tmp_path) is None
    assert dockerfile_in(tmp_path / "absent") is None
