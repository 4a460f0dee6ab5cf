"""`layerscope ls`: the merged filesystem, its past, and a layer's own entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.factory import ImageBuilder, directory, docker_archive_v25, file, hardlink, whiteout


def test_the_root_lists_what_a_container_would_see(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "--json").entries
    assert sorted(entries) == [
        "/bin", "/conf", "/configuration", "/dev", "/etc", "/link", "/loop", "/new", "/opt", "/run",
    ]  # fmt: skip


def test_recursive_lists_everything_below_in_the_order_of_paths(cli: Cli, archive: Path) -> None:
    rows = cli("ls", archive, "/", "-r", "--json").document["entries"]
    paths = [row["path"] for row in rows]
    assert paths == sorted(paths)
    assert {"/conf/c", "/etc/motd", "/bin/alias", "/dev/null"} <= set(paths)
    assert not {"/conf/a", "/opt/old", "/opt/old/data", "/.env"} & set(paths)


def test_upto_shows_the_filesystem_as_it_was(cli: Cli, archive: Path) -> None:
    then = cli("ls", archive, "-r", "--upto", 0, "--json").entries
    assert {"/conf/a", "/opt/old/data", "/.env"} <= set(then)
    assert "/new" not in then
    assert then["/etc/motd"]["size"] == len("hello\n")


def test_upto_tells_what_that_layer_did(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "-r", "--upto", 1, "--json").entries
    assert (entries["/new"]["change"], entries["/new"]["layer"]) == ("added", 1)
    assert (entries["/etc/passwd"]["change"], entries["/etc/passwd"]["what"]) == (
        "modified",
        ["mode"],
    )
    assert (entries["/conf/a"]["change"], entries["/conf/a"]["layer"]) == ("unchanged", 0)


def test_changes_lists_only_what_a_layer_changed_at_any_depth(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "--layer", 2, "--changes", "--json").entries
    assert set(entries) == {"/.env", "/opt/old", "/opt/old/data"}
    assert {row["change"] for row in entries.values()} == {"removed"}


def test_a_removed_path_tells_who_removed_it_and_where_it_still_is(cli: Cli, archive: Path) -> None:
    row = cli("ls", archive, "--layer", 2, "--changes", "--json").entries["/.env"]
    assert (row["layer"], row["stored_in"], row["mode"]) == (2, 0, "0600")


def test_changes_below_a_path(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "/opt", "--upto", 2, "--changes", "--json").entries
    assert set(entries) == {"/opt/old", "/opt/old/data"}


def test_changes_alone_are_those_of_the_highest_layer(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "--changes", "--json").entries
    assert {path: row["change"] for path, row in entries.items()} == {
        "/conf/a": "removed",
        "/conf/b": "removed",
        "/conf/c": "added",
    }


def test_a_layer_lists_its_own_entries_whiteouts_among_them(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "-r", "--layer", 2, "--json").entries
    assert {path: row["type"] for path, row in entries.items()} == {
        "/.env": "whiteout",
        "/opt/old": "whiteout",
    }
    assert {row["change"] for row in entries.values()} == {"removed"}


def test_an_opaque_mark_stands_beside_its_directory(cli: Cli, archive: Path) -> None:
    rows = cli("ls", archive, "-r", "--layer", 3, "--json").document["entries"]
    assert [(row["path"], row["type"], row["change"]) for row in rows] == [
        ("/conf", "dir", "unchanged"),
        ("/conf", "opaque", "removed"),
        ("/conf/c", "file", "added"),
    ]


def test_a_layer_keeps_its_hard_links(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "/bin", "--layer", 0, "--json").entries
    assert entries["/bin/alias"]["type"] == "hardlink"
    assert entries["/bin/alias"]["link"] == "/bin/tool"


def test_the_number_of_own_entries_is_that_of_the_layer(cli: Cli, archive: Path) -> None:
    for layer in cli("layers", archive, "--json").document["layers"]:
        own = cli("ls", archive, "-r", "--layer", layer["index"], "--json").document["entries"]
        assert len(own) == layer["entries"]


def test_a_single_directory_of_a_layer_shows_the_directories_it_implies(
    cli: Cli, tmp_path: Path
) -> None:
    image = ImageBuilder().add(file("usr/local/bin/x", "x"), whiteout("var/log/y")).build()
    where = docker_archive_v25(image).write(tmp_path / "implied.tar")
    entries = cli("ls", where, "--layer", 0, "--json").entries
    assert {path: row.get("implied") for path, row in entries.items()} == {
        "/usr": True,
        "/var": True,
    }
    below = cli("ls", where, "/usr/local/bin", "--layer", 0, "--json").entries
    assert list(below) == ["/usr/local/bin/x"]
    assert "implied" not in below["/usr/local/bin/x"]


def test_an_empty_directory_of_a_layer_lists_nothing(cli: Cli, tmp_path: Path) -> None:
    image = ImageBuilder().add(directory("empty")).build()
    where = docker_archive_v25(image).write(tmp_path / "empty.tar")
    assert cli("ls", where, "/empty", "--layer", 0, "--json").entries == {}
    assert cli("ls", where, "/empty", "--json").entries == {}


def test_a_file_lists_itself(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "etc/motd", "--json").entries
    assert list(entries) == ["/etc/motd"]


def test_every_field_of_an_entry(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "-r", "--json").entries
    tool = entries["/bin/tool"]
    assert (tool["type"], tool["mode"], tool["size"]) == ("file", "4755", 4)
    assert tool["mtime"] == "2024-01-01T00:00:00Z"
    assert tool["xattrs"] == {"user.note": "yes"}
    assert entries["/dev/null"]["device"] == {"major": 1, "minor": 3}
    assert entries["/dev/null"]["type"] == "char"
    assert entries["/run/pipe"]["type"] == "fifo"
    assert entries["/link"]["link"] == "etc/motd"


def test_hard_links_are_files_that_know_each_other(cli: Cli, archive: Path) -> None:
    entries = cli("ls", archive, "/bin", "--json").entries
    for path in ("/bin/alias", "/bin/tool"):
        assert entries[path]["type"] == "file"
        assert entries[path]["size"] == 4
        assert entries[path]["links"] == ["/bin/alias", "/bin/tool"]
        assert entries[path]["link_count"] == 2
        assert entries[path]["link"] is None


def test_a_thousand_names_of_one_inode_are_enough(cli: Cli, tmp_path: Path) -> None:
    names = [f"n{number:04d}" for number in range(1200)]
    links = [hardlink(name, "n0000") for name in names[1:]]
    image = ImageBuilder().add(file(names[0], "x"), *links).build()
    where = docker_archive_v25(image).write(tmp_path / "links.tar")
    entries = cli("ls", where, "--json").entries
    assert len(entries["/n1199"]["links"]) == 1000
    assert entries["/n1199"]["link_count"] == 1200


def test_symlinks_are_followed_to_directories_only(cli: Cli, archive: Path) -> None:
    assert list(cli("ls", archive, "/configuration", "--json").entries) == ["/conf/c"]
    assert list(cli("ls", archive, "/configuration/c", "--json").entries) == ["/conf/c"]
    assert list(cli("ls", archive, "/link", "--json").entries) == ["/link"]
    assert list(cli("ls", archive, "/loop", "--json").entries) == ["/loop"]


@pytest.mark.parametrize("words", [("--upto", "0"), ("--upto", "2", "-r"), ("--layer", "1", "-r")])
def test_both_forms_list_the_same(words: tuple[str, ...], cli: Cli, archive: Path) -> None:
    paths = [row["path"] for row in cli("ls", archive, *words, "--json").document["entries"]]
    lines = cli("ls", archive, *words).text.splitlines()[1:]
    assert len(lines) == len(paths)
    assert all(path in line for path, line in zip(paths, lines, strict=True))


@pytest.mark.parametrize("words", [("/nowhere",), ("--layer", "9"), ("--upto", "9"), ("/loop/x",)])
def test_what_is_not_there_is_not_found(words: tuple[str, ...], cli: Cli, archive: Path) -> None:
    answer = cli("ls", archive, *words)
    assert (answer.code, answer.out) == (3, b"")
    assert answer.err.startswith("layerscope: ")


def test_a_layer_without_the_path_says_so(cli: Cli, archive: Path) -> None:
    answer = cli("ls", archive, "/etc", "--layer", 2)
    assert answer.code == 3
    assert "Layer 2 has nothing at /etc" in answer.err


def test_layer_and_upto_exclude_each_other(cli: Cli, archive: Path) -> None:
    assert cli("ls", archive, "--layer", 1, "--upto", 1).code == 2
