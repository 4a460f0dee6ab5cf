"""The ``manifest.json`` of a ``docker save`` archive."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.errors import DamagedImage
from explorer.oci.docker_manifest import parse_docker_manifest

from .documents import DIGESTS, data, descriptor

ITEM = {
    "Config": "abc.json",
    "RepoTags": ["app:1", "app:2"],
    "Layers": ["0/layer.tar", "1/layer.tar"],
}


def test_an_archive_holds_several_images_and_several_tags_of_one() -> None:
    first, second = parse_docker_manifest(data([ITEM, {"Config": "blobs/sha256/x"}]))
    assert first.config == "abc.json"
    assert first.repo_tags == ("app:1", "app:2")
    assert first.layers == ("0/layer.tar", "1/layer.tar")
    assert (second.repo_tags, second.layers) == ((), ())


def test_tags_may_be_null() -> None:
    assert parse_docker_manifest(data([{**ITEM, "RepoTags": None}]))[0].repo_tags == ()


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "its manifest.json is null, not a list"),
        ([], "its manifest.json is an empty list"),
        ({}, "its manifest.json is an object, not a list"),
    ],
)
def test_an_archive_that_lists_no_image_is_refused(document: Any, why: str) -> None:
    with pytest.raises(DamagedImage, match="lists no image") as caught:
        parse_docker_manifest(data(document))
    assert caught.value.why == why


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (None, "manifest.json[0] is null"),
        ({}, "manifest.json[0].Config is absent"),
        ({**ITEM, "Config": 1}, "manifest.json[0].Config is absent"),
        ({**ITEM, "Layers": "x"}, "manifest.json[0].Layers is not a list of names"),
        ({**ITEM, "Layers": [1]}, "manifest.json[0].Layers is not a list of names"),
    ],
)
def test_an_image_without_configuration_or_sound_layers_is_refused(item: Any, what: str) -> None:
    with pytest.raises(DamagedImage) as caught:
        parse_docker_manifest(data([item]))
    assert caught.value.what.startswith(what)


def test_bad_tags_are_noted_and_passed_over() -> None:
    (item,) = parse_docker_manifest(data([{**ITEM, "RepoTags": [1], "Parent": 2}]))
    assert item.repo_tags == ()
    assert len(item.problems) == 2


def test_sources_of_layers_are_descriptors_by_diff_id() -> None:
    sources = {DIGESTS[1]: descriptor(1), DIGESTS[2]: descriptor(2, size=None), DIGESTS[3]: None}
    (item,) = parse_docker_manifest(data([{**ITEM, "LayerSources": sources}]))
    assert list(item.layer_sources) == [DIGESTS[1]]
    assert len(item.problems) == 1
