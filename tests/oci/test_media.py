"""Media types say what a blob is, and how it is compressed."""

from __future__ import annotations

import pytest

from explorer.oci import media


@pytest.mark.parametrize(
    ("media_type", "compression", "foreign"),
    [
        (media.OCI_LAYER, None, False),
        (media.OCI_LAYER_GZIP, "gzip", False),
        (media.OCI_LAYER_ZSTD, "zstd", False),
        (media.OCI_FOREIGN, None, True),
        (media.OCI_FOREIGN_GZIP, "gzip", True),
        (media.OCI_FOREIGN_ZSTD, "zstd", True),
        (media.DOCKER_LAYER, None, False),
        (media.DOCKER_LAYER_GZIP, "gzip", False),
        (media.DOCKER_LAYER_ZSTD, "zstd", False),
        (media.DOCKER_FOREIGN, None, True),
        (media.DOCKER_FOREIGN_GZIP, "gzip", True),
        ("application/tar+gzip", "gzip", False),
        ("application/vnd.oci.image.layer.v1.tar+xz", "xz", False),
        ("application/vnd.example.tar", None, False),
        ("Application/vnd.OCI.image.layer.v1.tar+GZIP; charset=utf-8", "gzip", False),
    ],
)
def test_layers(media_type: str, compression: str | None, foreign: bool) -> None:
    assert media.is_layer(media_type)
    assert media.compression_of(media_type) == compression
    assert media.is_foreign(media_type) is foreign
    assert not media.is_manifest(media_type)
    assert not media.is_index(media_type)


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/json",
        media.IN_TOTO,
        media.OCI_EMPTY,
        media.OCI_CONFIG,
        "application/vnd.cncf.helm.chart.content.v1",
        "application/vnd.example.start",
        "application/spdx+json",
    ],
)
def test_an_artifact_may_call_anything_a_layer_but_it_is_no_tar(media_type: str) -> None:
    assert not media.is_layer(media_type)
    assert media.compression_of(media_type) is None


def test_kinds_of_documents() -> None:
    assert media.is_index(media.OCI_INDEX)
    assert media.is_index(media.DOCKER_INDEX)
    assert media.is_manifest(media.OCI_MANIFEST)
    assert media.is_manifest(media.DOCKER_MANIFEST)
    assert media.is_manifest(media.OCI_ARTIFACT)
    assert media.is_schema1(media.DOCKER_SCHEMA1_SIGNED)
    assert media.is_config(media.DOCKER_CONFIG)
    assert not media.is_config(media.OCI_EMPTY)
    assert media.is_docker(media.DOCKER_MANIFEST)
    assert not media.is_docker(media.OCI_MANIFEST)


def test_attestations() -> None:
    assert media.is_attestation(media.IN_TOTO)
    assert media.is_attestation("application/vnd.dsse.envelope.v1+json")
    assert not media.is_attestation(media.OCI_LAYER)


def test_an_encrypted_layer_is_no_tar_that_could_be_read() -> None:
    locked = f"{media.OCI_LAYER_GZIP}+encrypted"
    assert media.is_encrypted(locked)
    assert not media.is_layer(locked)
    assert not media.is_encrypted(media.OCI_LAYER_GZIP)


def test_a_registry_is_asked_for_indexes_first() -> None:
    assert media.ACCEPTED[0] == media.OCI_INDEX
    assert all(media.is_index(name) or media.is_manifest(name) for name in media.ACCEPTED)
