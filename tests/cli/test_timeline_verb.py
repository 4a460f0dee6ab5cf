"""`layerscope timeline`: who touched a path."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli


def test_each_layer_that_touched_a_path_is_listed(cli: Cli, archive: Path) -> None:
    document = cli("timeline", archive, "/etc/passwd", "--json").document
    assert document["path"] == "/etc/passwd"
    assert [(v["layer"], v["change"], v["what"]) for v in document["versions"]] == [
        (0, "added", []),
        (1, "modified", ["mode"]),
    ]
    assert document["versions"][1]["created_by"] == "RUN change things # buildkit"
    assert document["versions"][1]["entry"]["mode"] == "0600"
    # A changed mode stores the whole file again.
    assert document["versions"][1]["cost"] == document["versions"][0]["cost"] > 0


def test_a_removal_tells_its_cause_and_that_the_bytes_are_still_there(
    cli: Cli, archive: Path
) -> None:
    removal = cli("timeline", archive, "/opt/old/data", "--json").document["versions"][-1]
    assert (removal["layer"], removal["change"]) == (2, "removed")
    assert removal["cause"] == "whiteout of a directory above"
    assert removal["recoverable"] is True
    assert (removal["entry"]["layer"], removal["entry"]["stored_in"]) == (2, 0)


def test_for_people_it_says_how_to_get_a_deleted_file_back(cli: Cli, archive: Path) -> None:
    text = cli("timeline", archive, "/.env").text
    assert "removed by a whiteout" in text
    assert "layerscope cat IMAGE /.env --layer 1" in text


def test_a_path_behind_a_symlink_is_the_real_one(cli: Cli, archive: Path) -> None:
    document = cli("timeline", archive, "/configuration/c", "--json").document
    assert document["path"] == "/conf/c"


def test_a_symlink_has_a_history_of_its_own(cli: Cli, archive: Path) -> None:
    document = cli("timeline", archive, "/link", "--json").document
    assert document["path"] == "/link"
    assert len(document["versions"]) == 1


def test_a_path_no_layer_has_is_not_found(cli: Cli, archive: Path) -> None:
    assert cli("timeline", archive, "/nowhere").code == 3
