"""`layerscope extract`: files come out, and stay where they are told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import schemas
from tests.cli.conftest import Cli


def test_a_directory_comes_out_with_everything_below(
    cli: Cli, archive: Path, tmp_path: Path
) -> None:
    answer = cli("extract", archive, "/etc", tmp_path, "--json")
    assert answer.code == 0, answer.err
    schemas.check(answer.document, schemas.EXTRACT)
    assert (answer.document["files"], answer.document["bytes"]) == (2, 8 + 22)
    assert (tmp_path / "etc" / "motd").read_bytes() == b"goodbye\n"


def test_as_of_a_layer_and_under_another_name(cli: Cli, archive: Path, tmp_path: Path) -> None:
    assert cli("extract", archive, "/etc/motd", tmp_path / "old", "--layer", 0).code == 0
    assert (tmp_path / "old").read_bytes() == b"hello\n"


@pytest.mark.parametrize("layer", [1, 3])
def test_deleted_files_and_directories_come_back(
    layer: int, cli: Cli, archive: Path, tmp_path: Path
) -> None:
    assert cli("extract", archive, "/.env", tmp_path / "env").code == 3
    assert cli("extract", archive, "/.env", tmp_path / "env", "--layer", layer).code == 0
    assert (tmp_path / "env").read_bytes() == b"SECRET=1\n"
    assert cli("extract", archive, "/opt/old", tmp_path, "--layer", layer).code == 0
    assert (tmp_path / "old" / "data").stat().st_size == 1000


def test_a_symlink_that_is_named_is_followed_and_keeps_its_name(
    cli: Cli, archive: Path, tmp_path: Path
) -> None:
    assert cli("extract", archive, "/link", tmp_path).code == 0
    assert (tmp_path / "link").read_bytes() == b"goodbye\n"
    assert not (tmp_path / "link").is_symlink()


def test_privileges_and_devices_are_skipped_and_told(
    cli: Cli, archive: Path, tmp_path: Path
) -> None:
    document = cli("extract", archive, "/", tmp_path / "all", "--json").document
    assert {row["path"] for row in document["skipped"]} >= {"/bin/alias", "/dev/null", "/run/pipe"}
    assert (tmp_path / "all" / "bin" / "tool").stat().st_mode & 0o7777 == 0o755
    shown = cli("extract", archive, "/", tmp_path / "again")
    assert "! /dev/null: " in shown.text


def test_what_is_in_the_way_stays_unless_forced(cli: Cli, archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "motd"
    target.write_text("mine")
    assert cli("extract", archive, "/etc/motd", target).code == 2
    assert target.read_text() == "mine"
    assert cli("extract", archive, "/etc/motd", target, "--force").code == 0
    assert target.read_text() == "goodbye\n"


@pytest.mark.parametrize("limit", [("--max-bytes", "10"), ("--max-files", "3")])
def test_limits_are_kept_before_anything_is_written(
    limit: tuple[str, str], cli: Cli, archive: Path, tmp_path: Path
) -> None:
    answer = cli("extract", archive, "/", tmp_path / "all", *limit)
    assert answer.code == 4
    assert not (tmp_path / "all").exists()


def test_a_folder_that_is_not_there_is_not_found(cli: Cli, archive: Path, tmp_path: Path) -> None:
    assert cli("extract", archive, "/etc", tmp_path / "a" / "b").code == 3
