"""Manifests and indexes: OCI image specification, manifest.md and image-index.md."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import DamagedImage
from explorer.oci import media
from explorer.oci.digest import Digest
from explorer.oci.manifest import (
    EMPTY_CONTENT,
    EMPTY_DESCRIPTOR,
    ImageIndex,
    Manifest,
    parse_manifest,
)
from explorer.oci.platform import Platform

from .documents import DIGESTS, data, descriptor, index, manifest


def _manifest(**fields: Any) -> Manifest:
    found = parse_manifest(data(manifest(**fields)))
    assert isinstance(found, Manifest)
    return found


def _index(*entries: dict[str, Any], **fields: Any) -> ImageIndex:
    found = parse_manifest(data(index(*entries, **fields)))
    assert isinstance(found, ImageIndex)
    return found


def test_a_manifest_has_a_configuration_and_layers_from_the_bottom_up() -> None:
    found = _manifest(annotations={"a": "b"}, subject=descriptor(3, mediaType=media.OCI_MANIFEST))
    assert found.media_type == media.OCI_MANIFEST
    assert str(found.config.digest) == DIGESTS[0]
    assert [str(layer.digest) for layer in found.layers] == DIGESTS[1:3]
    assert found.annotations == {"a": "b"}
    assert found.subject is not None
    assert found.is_image
    assert found.problems == ()


def test_what_a_document_is_shows_in_its_content_where_it_names_no_type() -> None:
    assert _manifest(mediaType=None).media_type == media.OCI_MANIFEST
    assert _index(descriptor(), mediaType=None).media_type == media.OCI_INDEX
    assert _index(mediaType=None).manifests == ()


def test_the_type_in_the_descriptor_counts_where_the_document_names_none() -> None:
    found = parse_manifest(data(manifest(mediaType=None)), media.DOCKER_MANIFEST)
    assert found.media_type == media.DOCKER_MANIFEST


@pytest.mark.parametrize("media_type", [media.DOCKER_MANIFEST, "application/vnd.strange+json"])
def test_other_types_with_the_content_of_a_manifest_are_manifests(media_type: str) -> None:
    assert _manifest(mediaType=media_type).media_type == media_type


def test_no_layers_at_all_is_an_image_of_none() -> None:
    assert _manifest(layers=None).layers == ()
    assert parse_manifest(data({**manifest(), "layers": None})) == _manifest(layers=None)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({}, "describes no image"),
        ({"mediaType": media.OCI_MANIFEST}, "describes no image"),
        (manifest(config=None), "has no configuration"),
        (manifest(config="x"), "has no configuration"),
        (manifest(config={}), "config.digest is absent"),
        (manifest(layers={}), "not a list of descriptors"),
        (manifest(layers=[1]), "not a list of descriptors"),
        (manifest(layers=[{}]), "layers[0].digest is absent"),
        (manifest(layers=[descriptor(), descriptor(size=-1)]), "layers[1].size is negative"),
        (manifest(manifests=[descriptor()]), "ambiguous"),
        (index(mediaType=media.OCI_MANIFEST), "describes no image"),
        (index(descriptor(), mediaType=media.OCI_MANIFEST), "contradicts itself"),
        (manifest(mediaType=media.OCI_INDEX), "contradicts itself"),
        (index(config=descriptor()), "contradicts itself"),
        ({"manifests": 5}, "not a list"),
        ({"rootfs": {"diff_ids": []}, "config": {}}, "image configuration, not a manifest"),
        ({"schemaVersion": 1, "fsLayers": [], "history": []}, "schema 1"),
        ({"mediaType": media.DOCKER_SCHEMA1_SIGNED}, "schema 1"),
    ],
)
def test_what_cannot_be_an_image_is_refused_by_name(document: Any, what: str) -> None:
    with pytest.raises(DamagedImage) as caught:
        parse_manifest(data(document))
    assert what in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize(
    "fields",
    [
        {"schemaVersion": None},
        {"schemaVersion": "2"},
        {"schemaVersion": 3},
        {"annotations": []},
        {"annotations": {"a": []}},
        {"subject": "x"},
        {"subject": {"digest": "x"}},
        {"artifactType": 1},
    ],
)
def test_optional_parts_that_are_malformed_are_noted_and_passed_over(fields: Any) -> None:
    found = _manifest(**fields)
    assert found.problems
    assert len(found.layers) == 2
    assert (found.subject, found.artifact_type) == (None, "")


def test_one_bad_entry_does_not_spoil_an_index() -> None:
    found = _index(descriptor(1), descriptor(2, digest="x"), descriptor(3))
    assert [str(entry.digest) for entry in found.manifests] == [DIGESTS[1], DIGESTS[3]]
    assert found.problems == ("manifests[1]: 'x' is not a digest; ignored",)


ATTESTATION = descriptor(
    4,
    mediaType=media.OCI_MANIFEST,
    platform={"os": "unknown", "architecture": "unknown"},
    annotations={
        media.ATTESTATION_ANNOTATION: "attestation-manifest",
        media.ATTESTATION_SUBJECT_ANNOTATION: DIGESTS[1],
    },
)
AMD64 = descriptor(1, platform={"os": "linux", "architecture": "amd64"})
ARM64 = descriptor(2, platform={"os": "linux", "architecture": "arm64", "variant": "v8"})


def test_attestations_stand_beside_the_images_they_speak_of() -> None:
    found = _index(AMD64, ATTESTATION, ARM64)
    assert [str(entry.digest) for entry in found.images] == DIGESTS[1:3]
    assert found.attestations_of(Digest.parse(DIGESTS[1])) == (found.manifests[1],)
    assert found.attestations_of(Digest.parse(DIGESTS[2])) == ()
    assert [str(platform) for platform in found.platforms] == ["linux/amd64", "linux/arm64/v8"]


def test_the_image_for_a_platform_is_selected() -> None:
    found = _index(ATTESTATION, AMD64, ARM64)
    assert found.select(Platform("linux", "arm64")) == found.manifests[2]
    assert found.select(Platform("linux", "riscv64")) is None
    assert found.select(Platform("unknown", "unknown")) is None


@pytest.mark.parametrize(
    ("fields", "is_image"),
    [
        ({}, True),
        ({"layers": []}, True),
        ({"config": EMPTY_DESCRIPTOR.to_json()}, False),
        ({"config": {**EMPTY_DESCRIPTOR.to_json(), "mediaType": media.OCI_CONFIG}}, False),
        ({"config": descriptor(mediaType="application/octet-stream")}, True),
        ({"config": descriptor(mediaType=None)}, True),
        ({"config": descriptor(mediaType="application/vnd.cncf.helm.config.v1+json")}, False),
        (
            {
                "config": descriptor(mediaType="application/octet-stream"),
                "layers": [descriptor(mediaType="application/x-thing")],
            },
            False,
        ),
        ({"layers": [descriptor(mediaType=media.IN_TOTO)]}, False),
        (
            {
                "config": descriptor(mediaType="application/x-config"),
                "artifactType": "application/x-thing",
            },
            False,
        ),
    ],
)
def test_an_artifact_is_told_from_an_image(fields: Any, is_image: bool) -> None:
    assert _manifest(**fields).is_image is is_image


def test_the_retired_artifact_manifest_is_a_manifest_with_an_empty_configuration() -> None:
    document = {
        "mediaType": media.OCI_ARTIFACT,
        "artifactType": "application/x-thing",
        "blobs": [descriptor(1)],
    }
    found = parse_manifest(data(document))
    assert isinstance(found, Manifest)
    assert found.config == EMPTY_DESCRIPTOR
    assert [str(layer.digest) for layer in found.layers] == [DIGESTS[1]]
    assert not found.is_image


def test_the_empty_descriptor_is_the_one_of_the_specification() -> None:
    expected = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert str(EMPTY_DESCRIPTOR.digest) == expected
    EMPTY_DESCRIPTOR.digest.verify(EMPTY_CONTENT)


def test_a_blob_that_is_used_twice_travels_once() -> None:
    assert _manifest(layers=[descriptor(1), descriptor(1)]).size == 10 + 11


@pytest.mark.parametrize(
    "document",
    [
        manifest(annotations={"a": "b"}, newField=[1, {"x": None}]),
        index(AMD64, ATTESTATION, newField="x", subject=descriptor(5), artifactType="a/b"),
    ],
)
def test_unknown_fields_survive_being_written_again(document: dict[str, Any]) -> None:
    found = parse_manifest(data(document))
    assert json.loads(found.encode()) == document
    assert parse_manifest(found.encode()) == found


def test_a_changed_manifest_is_written_with_the_change() -> None:
    found = _manifest()
    changed = replace(found, layers=found.layers[:1], annotations={"new": "one"})
    again = parse_manifest(changed.encode())
    assert again == changed
    assert again != found


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    [*index(), *manifest(), "blobs", "subject", "annotations", "artifactType", "rootfs", "fsLayers"]
)


@given(st.dictionaries(_FIELDS, _ANY), st.booleans())
def test_bent_documents_are_read_or_refused_and_nothing_else(bent: Any, whole: bool) -> None:
    try:
        found = parse_manifest(data({**manifest(), **bent} if whole else bent))
    except DamagedImage as error:
        assert error.what
    else:
        assert parse_manifest(found.encode()).encode() == found.encode()
