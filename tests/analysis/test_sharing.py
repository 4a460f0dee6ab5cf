"""Layers in common between images."""

from __future__ import annotations

from pathlib import Path

from explorer.analysis.opened import load_image
from explorer.analysis.shared import share_layers
from explorer.sources.image import Image
from tests.factory import ImageBuilder, docker_archive_v25, file, oci_layout


def _saved(folder: Path) -> tuple[Image, Image, Image]:
    """One image twice, compressed and not, and a stranger with a layer twice."""
    builder = ImageBuilder().add(file("a", "a" * 9000)).add(file("b", "b"))
    image = builder.build()
    twice = ImageBuilder().add(file("c", "c")).add(file("c", "c")).build()
    return (
        load_image(str(docker_archive_v25(image).write(folder / "plain.tar"))),
        load_image(str(oci_layout(image).write(folder / "gzip.tar"))),
        load_image(str(docker_archive_v25(twice).write(folder / "twice.tar"))),
    )


def test_an_image_shares_all_with_itself_however_compressed(tmp_path: Path) -> None:
    plain, gzip, _ = _saved(tmp_path)
    sharing = share_layers([plain, gzip])
    assert [layer.images for layer in sharing.layers] == [(0, 1), (0, 1)]
    # The smaller form is the one that would be kept.
    assert sharing.stored == gzip.stored
    assert sharing.unshared == plain.stored + gzip.stored
    assert sharing.saved == plain.stored


def test_strangers_share_nothing(tmp_path: Path) -> None:
    plain, _, twice = _saved(tmp_path)
    sharing = share_layers([plain, twice])
    assert sharing.saved == 0
    assert [layer.images for layer in sharing.layers] == [(0,), (0,), (1,)]


def test_a_layer_twice_in_one_image_is_stored_once_anyway(tmp_path: Path) -> None:
    *_, twice = _saved(tmp_path)
    sharing = share_layers([twice])
    assert len(sharing.layers) == 1
    assert (sharing.stored, sharing.unshared) == (twice.stored, twice.stored)


def test_no_images_share_nothing() -> None:
    assert share_layers([]).saved == 0
