"""Descriptors: OCI image specification, descriptor.md."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.errors import DamagedImage
from explorer.oci import media
from explorer.oci.annotations import CONTAINERD_NAME, REF_NAME
from explorer.oci.descriptor import Descriptor
from explorer.oci.fields import Fields
from explorer.oci.platform import Platform

from .documents import DIGESTS, descriptor


def _read(**fields: Any) -> tuple[Descriptor, list[str]]:
    source = Fields(descriptor(**fields), "layers[0]")
    return Descriptor.from_fields(source), source.problems


def test_every_field_is_read() -> None:
    found, problems = _read(
        urls=["https://example.com/blob"],
        annotations={"a": "b"},
        platform={"os": "linux", "architecture": "arm64"},
        artifactType="application/x-thing",
        data="e30=",
    )
    assert found.media_type == media.OCI_LAYER_GZIP
    assert (str(found.digest), found.size) == (DIGESTS[0], 10)
    assert found.urls == ("https://example.com/blob",)
    assert found.annotations == {"a": "b"}
    assert found.platform == Platform("linux", "arm64")
    assert found.artifact_type == "application/x-thing"
    assert found.data == b"{}"
    assert not problems


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"digest": None}, "layers[0].digest is absent"),
        ({"digest": 5}, "layers[0].digest is absent"),
        ({"digest": ""}, "layers[0].digest is absent"),
        ({"digest": "sha256:abc"}, "'sha256:abc' is not a digest"),
        ({"size": None}, "layers[0].size is absent"),
        ({"size": "10"}, "layers[0].size is absent"),
        ({"size": 1.5}, "layers[0].size is absent"),
        ({"size": True}, "layers[0].size is absent"),
        ({"size": 2**63}, "layers[0].size is absent"),
        ({"size": -1}, "layers[0].size is negative"),
    ],
)
def test_without_digest_or_size_nothing_can_be_fetched(fields: dict[str, Any], what: str) -> None:
    with pytest.raises(DamagedImage) as caught:
        _read(**fields)
    assert caught.value.what.startswith(what)
    assert caught.value.why
    assert caught.value.hint


@pytest.mark.parametrize(
    "fields",
    [
        {"mediaType": None},
        {"urls": "x"},
        {"urls": [1]},
        {"annotations": [1]},
        {"annotations": {"a": 1}},
        {"platform": "linux"},
        {"artifactType": 1},
        {"data": "not base64!"},
        {"data": "é"},
    ],
)
def test_an_optional_field_of_the_wrong_type_is_absent_and_noted(fields: dict[str, Any]) -> None:
    found, problems = _read(**fields)
    assert len(problems) == 1
    assert problems[0].startswith("layers[0].")
    assert (found.urls, found.annotations, found.platform, found.data) == ((), {}, None, None)


def test_unknown_fields_survive_being_written_again() -> None:
    document = descriptor(annotations={"a": "b"}, data="e30=", newField={"x": [1]})
    assert Descriptor.from_fields(Fields(document)).to_json() == document


def test_buildkit_marks_attestations_with_an_annotation() -> None:
    found, _ = _read(annotations={media.ATTESTATION_ANNOTATION: "attestation-manifest"})
    assert found.is_attestation
    assert _read(mediaType=media.IN_TOTO)[0].is_attestation
    assert not _read()[0].is_attestation


def test_the_full_name_of_containerd_goes_before_the_tag() -> None:
    full = "docker.io/library/nginx:1"
    assert _read(annotations={REF_NAME: "1", CONTAINERD_NAME: full})[0].ref_name == full
    assert _read(annotations={REF_NAME: "1"})[0].ref_name == "1"
    assert _read()[0].ref_name == ""


def test_descriptors_are_values_and_the_raw_document_plays_no_part() -> None:
    one, _ = _read(annotations={"a": "b"})
    other, _ = _read(annotations={"a": "b"}, unknown=1)
    assert one == other
    assert len({one, other}) == 1
    assert DIGESTS[0] in str(one)
