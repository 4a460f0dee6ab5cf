"""`layerscope inspect` and `layerscope layers`: what an image is."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.factory import Image, blob_path, oci_layout


def test_names_digests_and_configuration(cli: Cli, archive: Path, tour_image: Image) -> None:
    document = cli("inspect", archive, "--json").document
    assert document["tags"] == ["example.test/tour:1.0"]
    assert document["image_id"] == tour_image.uncompressed().image_id
    assert document["platform"] == "linux/amd64"
    assert document["platforms"] == ["linux/amd64"]
    assert document["config"] == {"Cmd": ["sh"], "Env": ["A=1"], "Labels": {"who": "us"}}


def test_history_says_which_step_made_which_layer(cli: Cli, archive: Path) -> None:
    history = cli("inspect", archive, "--json").document["history"]
    assert [step["layer"] for step in history] == [0, None, 1, 2, 3]
    assert [step["empty_layer"] for step in history] == [False, True, False, False, False]
    assert history[0]["created"] == "2024-01-01T00:00:00Z"


def test_layers_have_digests_sizes_and_changes(cli: Cli, archive: Path, tour_image: Image) -> None:
    layers = cli("inspect", archive, "--json").document["layers"]
    assert [layer["diff_id"] for layer in layers] == list(tour_image.diff_ids)
    assert [layer["chain_id"] for layer in layers] == list(tour_image.chain_ids)
    assert [layer["changes"] for layer in layers][1:] == [
        {"added": 1, "modified": 2, "removed": 0},
        {"added": 0, "modified": 0, "removed": 3},
        {"added": 1, "modified": 0, "removed": 2},
    ]
    assert layers[2]["contribution"] == -1009
    assert all(layer["verified"] for layer in layers)
    assert cli("layers", archive, "--json").document["layers"] == layers


def test_size_and_files_are_those_of_the_merged_filesystem(cli: Cli, archive: Path) -> None:
    document = cli("inspect", archive, "--json").document
    entries = cli("ls", archive, "-r", "--json").entries
    files = [row for row in entries.values() if row["type"] == "file"]
    assert document["files"] == len(files)
    assert document["size"] == document["layers"][-1]["cumulative"]
    # A hard link's bytes count once.
    assert document["size"] == sum(row["size"] for row in files) - 4


def test_the_platform_asked_for_is_shown(cli: Cli, platforms: Path) -> None:
    for platform, content in (("linux/amd64", b"amd64"), ("linux/arm64", b"arm64!")):
        document = cli("inspect", platforms, "--platform", platform, "--json").document
        assert document["platform"] == platform
        assert document["platforms"] == ["linux/amd64", "linux/arm64"]
        assert cli("cat", platforms, "/arch", "--platform", platform).out == content


def test_all_platforms_describes_each_of_them(cli: Cli, platforms: Path) -> None:
    document = cli("inspect", platforms, "--all-platforms", "--json").document
    assert [image["platform"] for image in document["images"]] == ["linux/amd64", "linux/arm64"]
    assert [image["size"] for image in document["images"]] == [5, 6]
    assert len({image["digest"] for image in document["images"]}) == 2
    text = cli("inspect", platforms, "--all-platforms").text
    assert "linux/arm64" in text


def test_a_platform_that_is_not_there_is_not_found(cli: Cli, platforms: Path) -> None:
    answer = cli("inspect", platforms, "--platform", "linux/s390x")
    assert answer.code == 3
    assert "linux/arm64" in answer.err
    assert cli("inspect", platforms, "--platform", "nonsense/x/y/z").code == 2


def test_a_layer_that_is_not_here_is_said_to_be_missing(
    cli: Cli, tour_image: Image, tmp_path: Path
) -> None:
    gone = blob_path(tour_image.layers[1].digest)
    where = oci_layout(tour_image).without(gone).write(tmp_path / "sparse.tar")
    answer = cli("inspect", where, "--json")
    assert answer.code == 0
    assert [layer["missing"] for layer in answer.document["layers"]] == [False, True, False, False]
    assert answer.document["layers"][1]["verified"] is None
    shown = cli("layers", where)
    assert "missing" in shown.text
    assert "layer 1 is not here" in shown.err
