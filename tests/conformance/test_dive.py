"""dive's own export of its test image, against ours: each layer's files, and its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.analysis.dive import dive_figures
from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.waste import measure_waste
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.index import LayerIndex

DIVE = "wagoodman__dive"
SNAPSHOT = f"{DIVE}/cmd/dive/cli/internal/command/export/testdata/snapshots/export_test.snap"
# Go's os.FileMode keeps these apart from the permission bits (package io/fs).
_GO_DIRECTORY, _GO_SETUID, _GO_SETGID, _GO_STICKY = 1 << 31, 1 << 23, 1 << 22, 1 << 20
_FLAGS = {EntryType.DIR: "5", EntryType.HARDLINK: "1", EntryType.SYMLINK: "2"}


@pytest.fixture(scope="module")
def snapshot(fixtures: Path) -> dict[str, Any]:
    text = (fixtures / SNAPSHOT).read_text("utf-8")
    document: dict[str, Any] = json.JSONDecoder().raw_decode(text, text.index("{"))[0]
    return document


@pytest.fixture(scope="module")
def image(fixtures: Path) -> Iterator[OpenImage]:
    opened = open_image(str(fixtures / f"{DIVE}/.data/test-docker-image.tar"))
    yield opened
    opened.close()


def go_mode(entry: Entry) -> int:
    found = entry.mode & 0o777
    bits = ((0o4000, _GO_SETUID), (0o2000, _GO_SETGID), (0o1000, _GO_STICKY))
    found |= sum(go for bit, go in bits if entry.mode & bit)
    return found | (_GO_DIRECTORY if entry.is_dir else 0)


def tar_path(entry: Entry) -> str:
    folder, _, name = entry.path.lstrip(b"/").rpartition(b"/")
    if entry.type is EntryType.WHITEOUT:
        name = b".wh." + name
    return (folder + b"/" + name if folder else name).decode()


def as_dive_writes(index: LayerIndex) -> list[dict[str, Any]]:
    entries = (index.entry(number) for number in range(len(index)))
    return [
        {
            "fileMode": go_mode(entry),
            "gid": entry.gid,
            "isDir": entry.is_dir,
            "linkName": (entry.link or b"").decode(),
            "path": tar_path(entry),
            "size": entry.size,
            "typeFlag": ord(_FLAGS.get(entry.type, "0")),
            "uid": entry.uid,
        }
        for entry in entries
    ]


def by_path(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(files, key=lambda file: str(file["path"]))


def test_each_layer_has_the_files_that_dive_lists(
    image: OpenImage, snapshot: dict[str, Any]
) -> None:
    assert len(image.layers) == len(snapshot["layer"]) == 14
    for layer, dives in zip(image.layers, snapshot["layer"], strict=True):
        assert layer.index is not None
        assert by_path(as_dive_writes(layer.index)) == by_path(dives["fileList"])


def test_each_layer_has_its_size_digest_and_command(
    image: OpenImage, snapshot: dict[str, Any]
) -> None:
    for number, dives in enumerate(snapshot["layer"]):
        index = image.stack.layers[number]
        assert index is not None
        assert int(index.size[index.live].sum()) == dives["sizeBytes"]
        assert str(image.layers[number].layer.diff_id) == dives["digestId"]
        assert dives["command"] in image.created_by(number)


def test_the_figures_agree_to_the_digit(image: OpenImage, snapshot: dict[str, Any]) -> None:
    ours, dives = dive_figures(image), snapshot["image"]
    assert ours.efficiency == dives["efficiencyScore"] == 0.9844212134184309
    assert ours.wasted == dives["inefficientBytes"] == 32025
    found = {(path.decode(), size, len(layers)) for path, size, layers in ours.paths if size}
    wanted = {(f["file"], f["sizeBytes"], f["count"]) for f in dives["fileReference"]}
    assert wanted <= found
    assert sum(size for _, size, _ in found) == 32025


def test_all_that_is_stored_adds_up_to_dives_image_size(
    image: OpenImage, snapshot: dict[str, Any]
) -> None:
    stored = sum(
        int(index.size[index.live].sum()) for index in image.stack.layers if index is not None
    )
    assert stored == snapshot["image"]["sizeBytes"]


def test_the_figures_of_the_kaniko_image_agree_to_the_digit(fixtures: Path) -> None:
    opened = open_image(str(fixtures / f"{DIVE}/.data/test-kaniko-image.tar"))
    figures = dive_figures(opened)
    assert (figures.efficiency, figures.wasted) == (0.9793688490216431, 46245)
    opened.close()


def test_our_own_waste_is_what_is_stored_and_not_shown(image: OpenImage) -> None:
    """By another definition than dive's; in this image both come to the same bytes."""
    waste = measure_waste(image)
    assert waste.stored == 1_220_598
    assert waste.wasted == waste.stored - int(image.final.sizes()[0]) == 32_025
