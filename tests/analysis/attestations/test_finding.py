"""What is attached to an image is found wherever tools put it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from explorer.analysis.attestations import Attached, Found, Kind, Place, find_attached
from explorer.analysis.manifests import open_shelf
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Platform, media
from explorer.store.images import ImageStore
from tests.analysis.attestations.attaching import (
    BUNDLE,
    SIMPLE_SIGNING,
    SPDX,
    Layout,
    cosign_tag,
    js,
    statement,
)
from tests.registry.server import FaultyRegistry, serving

SLSA = "https://slsa.dev/provenance/v0.2"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "layout")


def found_in(name: str, digest: Digest) -> Found:
    with open_shelf(name) as shelf:
        assert shelf is not None
        return find_attached(shelf, digest)


def kinds(documents: tuple[Attached, ...]) -> list[tuple[Kind, Place]]:
    return [(one.kind, one.place) for one in documents]


def intoto(layout: Layout, predicate_type: str, body: bytes = b"{}") -> Descriptor:
    notes = {"in-toto.io/predicate-type": predicate_type}
    return layout.blob(body, media.IN_TOTO, **notes)


def test_what_buildkit_puts_into_the_index_belongs_to_the_platform_it_names(
    layout: Layout,
) -> None:
    one, other = layout.image(b"amd64"), layout.image(b"arm64")
    statements = intoto(layout, SLSA, b"[1]"), intoto(layout, SPDX, b"[2]")
    layout.name(
        layout.index(
            (one, "linux/amd64"), (other, "linux/arm64"), layout.attestation(one, *statements)
        ),
        "app:1",
    )
    name = layout.write()
    found = found_in(name, one.digest).documents
    assert kinds(found) == [(Kind.PROVENANCE, Place.INDEX), (Kind.SBOM, Place.INDEX)]
    assert [one.title for one in found] == ["SLSA provenance 0.2", "SPDX SBOM"]
    assert {str(one.platform) for one in found} == {"linux/amd64"}
    assert found_in(name, other.digest).documents == ()


def test_referrers_of_the_image_come_before_those_of_its_index(layout: Layout) -> None:
    image = layout.image(b"layer")
    index = layout.name(layout.index((image, "linux/amd64")), "app:1")
    bill = layout.blob(js({"bomFormat": "CycloneDX"}), "application/vnd.cyclonedx+json")
    bundle = layout.blob(b"{}", BUNDLE)
    layout.name(layout.referrer(index, "application/vnd.cyclonedx+json", bill))
    layout.name(layout.referrer(image, BUNDLE, bundle))
    found = found_in(layout.write(), image.digest).documents
    assert [one.subject for one in found] == [image.digest, index.digest]
    assert kinds(found) == [(Kind.SIGNATURE, Place.REFERRER), (Kind.SBOM, Place.REFERRER)]


def test_a_manifest_in_the_index_that_also_names_its_subject_is_listed_once(
    layout: Layout,
) -> None:
    image = layout.image(b"layer")
    made = layout.referrer(image, "application/vnd.docker.attestation.manifest.v1+json",
                           intoto(layout, SLSA))  # fmt: skip
    beside = layout.attestation(image)
    listed = Descriptor(
        made.media_type, made.digest, made.size, (), beside.annotations, beside.platform
    )
    layout.name(layout.index((image, "linux/amd64"), listed), "app:1")
    found = found_in(layout.write(), image.digest).documents
    assert kinds(found) == [(Kind.PROVENANCE, Place.INDEX)]


@pytest.mark.parametrize("prefix", ["", "registry.example/app:"])
def test_tags_of_cosign_are_found_by_the_digest_in_their_name(layout: Layout, prefix: str) -> None:
    image = layout.name(layout.image(b"layer"), f"{prefix}1")
    signed = layout.artifact(layout.blob(b"{}", SIMPLE_SIGNING))
    layout.name(signed, prefix + cosign_tag(image, "sig"))
    layout.name(layout.artifact(layout.blob(b"x", "text/spdx")), prefix + cosign_tag(image, "sbom"))
    other = layout.image(b"other")
    layout.name(signed, prefix + cosign_tag(other, "sig"))
    found = found_in(layout.write(), image.digest).documents
    assert kinds(found) == [(Kind.SIGNATURE, Place.TAG), (Kind.SBOM, Place.TAG)]
    assert [one.tag for one in found] == [cosign_tag(image, "sig"), cosign_tag(image, "sbom")]


def test_a_layout_that_cosign_saved_marks_its_entries(layout: Layout) -> None:
    image = layout.name(layout.image(b"layer"))
    signed = layout.artifact(layout.blob(b"{}", SIMPLE_SIGNING))
    notes = {"kind": "dev.cosignproject.cosign/sigs"}
    layout.entries.append(Descriptor(signed.media_type, signed.digest, signed.size, (), notes))
    found = found_in(layout.write(), image.digest).documents
    assert kinds(found) == [(Kind.SIGNATURE, Place.TAG)]


def test_what_is_not_here_is_a_warning_and_the_rest_is_listed(layout: Layout) -> None:
    image = layout.image(b"layer")
    lost = layout.attestation(image, intoto(layout, SLSA))
    layout.name(layout.index((image, "linux/amd64"), lost), "app:1")
    layout.name(layout.referrer(image, "application/x", layout.blob(b"x", "text/plain")))
    del layout.blobs[lost.digest]
    found = found_in(layout.write(), image.digest)
    assert kinds(found.documents) == [(Kind.ARTIFACT, Place.REFERRER)]
    assert [warning for warning in found.warnings if lost.digest.short in warning]


def test_thousands_of_referrers_are_listed_up_to_a_bound(layout: Layout) -> None:
    image = layout.name(layout.image(b"layer"), "app:1")
    blob = layout.blob(b"x", "text/plain")
    for number in range(1100):
        layout.name(layout.referrer(image, f"application/{number}", blob))
    assert len(found_in(layout.write(), image.digest).documents) == 1000


def test_an_archive_of_docker_has_no_place_for_such_things(fixtures: Path) -> None:
    with open_shelf(str(fixtures / "wagoodman__dive/.data/test-docker-image.tar")) as shelf:
        assert shelf is None


def test_the_store_finds_what_has_no_name_of_its_own(layout: Layout, store: ImageStore) -> None:
    image = layout.name(layout.image(b"layer"), "docker.io/library/app:1")
    layout.name(layout.referrer(image, "application/x", layout.blob(b"x", "text/plain")))
    layout.folder = store.layout.root
    layout.write()
    found = found_in("store:app:1", image.digest).documents
    assert kinds(found) == [(Kind.ARTIFACT, Place.REFERRER)]


def test_a_registry_without_the_referrers_api_is_asked_by_tag() -> None:
    async def work() -> tuple[Found, FaultyRegistry]:
        async with serving() as registry:
            image = registry.image("app", b"layer")
            body = registry.blob("app", statement(SPDX, {}), media.IN_TOTO)
            notes = {"in-toto.io/predicate-type": SPDX}
            body = Descriptor(body.media_type, body.digest, body.size, annotations=notes)
            empty = registry.blob("app", b"{}", media.OCI_EMPTY)
            referring = Manifest(empty, (body,), subject=image, artifact_type=media.IN_TOTO)
            made = registry.manifest("app", referring)
            registry.manifest("app", ImageIndex((made,)), f"sha256-{image.digest.encoded}")
            signed = registry.blob("app", b"{}", SIMPLE_SIGNING)
            registry.manifest("app", Manifest(empty, (signed,)), cosign_tag(image, "sig"))
            registry.index("app", (image, "linux/amd64"), tag="2")
            name = f"docker://{registry.host}/app:2"
            return await asyncio.to_thread(found_in, name, image.digest), registry

    found, registry = asyncio.run(work())
    assert kinds(found.documents) == [
        (Kind.SBOM, Place.REFERRER),
        (Kind.SIGNATURE, Place.TAG),
    ]
    assert found.documents[0].platform == Platform.parse("linux/amd64")
    assert not registry.asked("GET", "/blobs/")  # listing reads no document
    # Nor the manifests of platforms, each of which may count as a pull.
    assert not registry.asked("GET", f"/manifests/{found.documents[0].subject}")
