"""`layerscope diff` and `layerscope shared`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, tour
from tests.factory import Entry, ImageBuilder, docker_archive_v25, file, oci_layout, whiteout


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The tour with one more layer and another command, as a compressed OCI archive."""
    image = tour().add(file("etc/motd", "again\n")).configure(Cmd=["bash"]).build()
    return oci_layout(image).write(tmp_path / "newer.tar")


def test_two_images_differ_in_configuration_layers_and_files(
    cli: Cli, archive: Path, newer: Path
) -> None:
    document = cli("diff", archive, newer, "--json").document
    config = {row["key"]: (row["a"], row["b"]) for row in document["config"]}
    assert config["Cmd"] == (["sh"], ["bash"])
    assert [(row["a"], row["b"]) for row in document["layers"]["shared"]] == [
        (number, number) for number in range(4)
    ]
    assert document["layers"]["only_a"] == []
    assert [row["index"] for row in document["layers"]["only_b"]] == [4]
    [entry] = document["entries"]
    assert (entry["path"], entry["change"], entry["what"]) == (
        "/etc/motd",
        "modified",
        ["content"],
    )
    assert (entry["a"]["layer"], entry["b"]["layer"]) == (1, 4)


def test_content_shows_text_line_by_line(cli: Cli, archive: Path, newer: Path) -> None:
    [entry] = cli("diff", archive, newer, "--content", "--json").document["entries"]
    assert entry["diff"] == "@@ -1 +1 @@\n-goodbye\n+again"
    text = cli("diff", archive, newer, "--content").text
    assert "-goodbye\n+again\n" in text


def test_two_states_of_one_image(cli: Cli, archive: Path) -> None:
    document = cli("diff", archive, "--layers", "0..2", "--json").document
    changes = {row["path"]: row["change"] for row in document["entries"]}
    assert changes == {
        "/.env": "removed",
        "/etc/motd": "modified",
        "/etc/passwd": "modified",
        "/new": "added",
        "/opt/old": "removed",
        "/opt/old/data": "removed",
    }
    assert document["config"] == []
    assert [row["a"] for row in document["layers"]["shared"]] == [0]
    assert [row["index"] for row in document["layers"]["only_b"]] == [1, 2]


def test_states_read_backwards_and_open_ranges(cli: Cli, archive: Path) -> None:
    back = cli("diff", archive, "--layers", "2..0", "--json").document
    assert {row["path"]: row["change"] for row in back["entries"]}["/.env"] == "added"
    all_of_it = cli("diff", archive, "--layers", "..", "--json")
    assert all_of_it.code == 2
    first = cli("diff", archive, "--layers", "..0", "--json").document
    assert {row["change"] for row in first["entries"]} == {"added"}
    rest = cli("diff", archive, "--layers", "1..", "--json").document
    assert "/conf/c" in {row["path"] for row in rest["entries"]}


def test_packages_that_differ_are_told(cli: Cli, tmp_path: Path) -> None:
    def book(*packages: str) -> Entry:
        stanzas = (f"P:{name}\nV:{version}\nA:x86_64\n\n" for name, version in map(_pair, packages))
        return file("lib/apk/db/installed", "".join(stanzas))

    image = (
        ImageBuilder()
        .add(book("kept 1-r0", "old 2-r0", "moved 1-r0"))
        .add(book("kept 1-r0", "new 3-r0", "moved 2-r0"))
        .build()
    )
    where = docker_archive_v25(image).write(tmp_path / "packages.tar")
    rows = cli("diff", where, "--layers", "0..1", "--json").document["packages"]
    assert [(row["name"], row["change"], row["a"], row["b"]) for row in rows] == [
        ("new", "added", None, "3-r0"),
        ("old", "removed", "2-r0", None),
        ("moved", "modified", "1-r0", "2-r0"),
    ]
    assert "1-r0 → 2-r0" in cli("diff", where, "--layers", "0..1").text


def _pair(text: str) -> tuple[str, str]:
    name, _, version = text.partition(" ")
    return name, version


def test_a_file_that_moved_is_told(cli: Cli, tmp_path: Path) -> None:
    image = (
        ImageBuilder()
        .add(file("old/name", "the same bytes"))
        .add(whiteout("old"), file("new/name", "the same bytes"))
        .build()
    )
    where = docker_archive_v25(image).write(tmp_path / "moved.tar")
    rows = cli("diff", where, "--layers", "0..1", "--json").document["entries"]
    entries = {row["path"]: row for row in rows}
    assert entries["/new/name"]["renamed_from"] == "/old/name"
    assert entries["/old/name"]["renamed_to"] == "/new/name"
    assert "renamed_from" not in entries["/new"]
    assert "renamed from /old/name" in cli("diff", where, "--layers", "0..1").text


def test_exit_code_tells_whether_anything_differs(cli: Cli, archive: Path, newer: Path) -> None:
    assert cli("diff", archive, newer).code == 0
    assert cli("diff", archive, newer, "--exit-code").code == 1
    assert cli("diff", archive, archive, "--exit-code").code == 0
    assert cli("diff", archive, "--layers", "1..1", "--exit-code").code == 0
    assert cli("diff", archive, "--layers", "0..1", "--exit-code").code == 1


def test_the_same_image_however_compressed_does_not_differ(
    cli: Cli, archive: Path, tmp_path: Path
) -> None:
    compressed = oci_layout(tour().build()).write(tmp_path / "tour.oci.tar")
    answer = cli("diff", archive, compressed, "--exit-code")
    assert (answer.code, answer.text) == (0, "No difference.\n")


@pytest.mark.parametrize("words", [(), ("--layers", "x"), ("--layers", "3")])
def test_a_diff_of_nothing_is_wrong_usage(words: tuple[str, ...], cli: Cli, archive: Path) -> None:
    assert cli("diff", archive, *words).code == 2


def test_two_images_and_a_range_are_wrong_usage(cli: Cli, archive: Path) -> None:
    assert cli("diff", archive, archive, "--layers", "1..2").code == 2


def test_a_state_that_is_not_there_is_not_found(cli: Cli, archive: Path) -> None:
    assert cli("diff", archive, "--layers", "1..9").code == 3


def test_shared_layers_are_stored_once(cli: Cli, tmp_path: Path) -> None:
    base = ImageBuilder().add(file("base", "b" * 5000), compression="none")
    one = docker_archive_v25(base.add(file("one", "1")).build()).write(tmp_path / "one.tar")
    two = docker_archive_v25(base.add(file("two", "2")).build()).write(tmp_path / "two.tar")
    document = cli("shared", one, two, "--json").document
    assert document["images"] == [str(one), str(two)]
    assert [len(row["images"]) for row in document["layers"]] == [2, 1, 1]
    [common] = [row for row in document["layers"] if len(row["images"]) == 2]
    assert document["saved"] == common["size"]
    assert document["unshared"] - document["stored"] == document["saved"]
    assert document["stored"] == sum(row["size"] for row in document["layers"])


def test_a_layer_is_shared_however_it_is_compressed(cli: Cli, archive: Path, newer: Path) -> None:
    layers = cli("shared", archive, newer, "--json").document["layers"]
    assert [len(row["images"]) for row in layers] == [2, 2, 2, 2, 1]


def test_the_matrix_for_people(cli: Cli, archive: Path, newer: Path) -> None:
    text = cli("shared", archive, newer).text
    assert text.count("●  ●") == 4
    assert text.count("·  ●") == 1
