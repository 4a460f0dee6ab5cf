"""Documents are taken apart into tables; what is malformed is said, and never believed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.analysis.attestations import Attached, Kind, Place, Reading, take_apart
from explorer.analysis.attestations.certificates import certificate_in
from explorer.analysis.attestations.documents import reading_document
from explorer.analysis.attestations.values import Material, Package
from explorer.errors import DamagedImage
from explorer.oci import Descriptor, Digest, media
from tests.analysis.attestations.attaching import CERTIFICATE, SPDX, envelope, js, statement

IMAGE = Digest.of(b"image")
V02, V1 = "https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1"


def read(data: bytes, notes: dict[str, str] | None = None) -> Reading:
    blob = Descriptor("application/json", Digest.of(data), len(data))
    manifest = Descriptor(media.OCI_MANIFEST, Digest.of(b"m"), 1)
    attached = Attached(
        Kind.ARTIFACT, "?", Place.TAG, IMAGE, None, manifest, blob, annotations=notes or {}
    )
    return take_apart(attached, data)


def test_provenance_of_buildkit_in_the_old_form() -> None:
    made = read(
        statement(
            V02,
            {
                "builder": {"id": "https://builder.example"},
                "buildType": "https://mobyproject.org/buildkit@v1",
                "materials": [{"uri": "pkg:docker/alpine@3", "digest": {"sha256": "ab"}}],
                "invocation": {
                    "configSource": {
                        "uri": "https://git.example/app.git#main",
                        "digest": {"sha1": "cd"},
                        "entryPoint": "Dockerfile",
                    },
                    "parameters": {
                        "frontend": "dockerfile.v0",
                        "args": {"build-arg:VERSION": "1", "target": "final"},
                    },
                    "environment": {"platform": "linux/arm64"},
                },
                "metadata": {
                    "buildInvocationID": "x1",
                    "buildStartedOn": "2024-01-02T03:04:05Z",
                    "buildFinishedOn": "2024-01-02T03:05:05Z",
                    "reproducible": False,
                    "completeness": {"parameters": True},
                    "https://mobyproject.org/buildkit@v1#metadata": {
                        "vcs": {"source": "https://git.example/app.git", "revision": "cd"},
                        "source": {
                            "infos": [
                                {
                                    "filename": "Dockerfile",
                                    "data": base64.b64encode(b"FROM alpine\n").decode(),
                                }
                            ]
                        },
                    },
                },
            },
            IMAGE,
        )
    ).provenance
    assert made is not None
    assert made.builder == "https://builder.example"
    assert made.source == Material("https://git.example/app.git#main", (("sha1", "cd"),))
    assert made.entry_point == "Dockerfile"
    assert made.arguments == (("VERSION", "1"),)
    assert made.parameters == (("target", "final"), ("frontend", "dockerfile.v0"))
    assert made.materials == (Material("pkg:docker/alpine@3", (("sha256", "ab"),)),)
    assert made.started == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert made.finished == datetime(2024, 1, 2, 3, 5, 5, tzinfo=UTC)
    assert (made.platform, made.invocation, made.vcs_revision) == ("linux/arm64", "x1", "cd")
    assert [(file.name, file.text) for file in made.sources] == [("Dockerfile", "FROM alpine\n")]
    assert made.reproducible is False
    assert made.complete == (("parameters", True),)


def test_provenance_of_github_in_the_new_form() -> None:
    made = read(
        statement(
            V1,
            {
                "buildDefinition": {
                    "buildType": "https://actions.github.io/buildtypes/workflow/v1",
                    "externalParameters": {"workflow": {"ref": "refs/heads/main"}},
                    "resolvedDependencies": [
                        {"uri": "git+https://git.example/app", "digest": {"gitCommit": "ef"}}
                    ],
                },
                "runDetails": {
                    "builder": {"id": "https://github.com/actions/runner"},
                    "metadata": {
                        "invocationId": "https://run",
                        "startedOn": "2024-01-02T03:04:05Z",
                    },
                },
            },
        )
    ).provenance
    assert made is not None
    assert (made.version, made.builder) == ("1", "https://github.com/actions/runner")
    assert made.parameters == (("workflow", '{"ref": "refs/heads/main"}'),)
    assert made.materials == (Material("git+https://git.example/app", (("gitCommit", "ef"),)),)
    assert made.finished is None


def test_an_spdx_document_lists_packages_with_licence_and_purl() -> None:
    bom = read(
        statement(
            SPDX,
            {
                "spdxVersion": "SPDX-2.3",
                "name": "app",
                "creationInfo": {"created": "2024-01-02T03:04:05Z", "creators": ["Tool: t"]},
                "files": [{}, {}],
                "packages": [
                    {
                        "name": "zlib",
                        "versionInfo": "1.3",
                        "licenseConcluded": "NOASSERTION",
                        "licenseDeclared": "Zlib",
                        "supplier": "Person: A",
                        "externalRefs": [
                            {"referenceType": "cpe23Type", "referenceLocator": "cpe:x"},
                            {"referenceType": "purl", "referenceLocator": "pkg:apk/zlib@1.3"},
                        ],
                    }
                ],
            },
        )
    ).bom
    assert bom is not None
    assert (bom.format, bom.name, bom.tools, bom.files) == ("SPDX 2.3", "app", ("Tool: t",), 2)
    assert bom.packages == (Package("zlib", "1.3", "Zlib", "pkg:apk/zlib@1.3", "A"),)


def test_spdx_as_tags_and_values() -> None:
    bom = read(
        b"SPDXVersion: SPDX-2.2\nDocumentName: app\nCreated: 2024-01-02T03:04:05Z\n"
        b"Creator: Tool: t\n\nPackageName: zlib\nPackageVersion: 1.3\n"
        b"PackageLicenseConcluded: NOASSERTION\nPackageLicenseDeclared: Zlib\n"
        b"ExternalRef: PACKAGE-MANAGER purl pkg:apk/zlib@1.3\nFileName: ./a\n"
    ).bom
    assert bom is not None
    assert bom.packages == (Package("zlib", "1.3", "Zlib", "pkg:apk/zlib@1.3"),)
    assert (bom.format, bom.files) == ("SPDX 2.2", 1)


def test_spdx_three_is_a_graph() -> None:
    graph = [
        {"type": "CreationInfo", "specVersion": "3.0.1", "created": "2024-01-02T03:04:05Z"},
        {"type": "SpdxDocument", "name": "app"},
        {"type": "software_Package", "name": "zlib", "software_packageVersion": "1.3"},
        {"type": "software_File", "name": "a"},
    ]
    bom = read(js({"@context": "https://spdx.org/rdf/3.0.1/x.jsonld", "@graph": graph})).bom
    assert bom is not None
    assert (bom.format, bom.name, bom.files) == ("SPDX 3.0.1", "app", 1)
    assert bom.packages == (Package("zlib", "1.3"),)


@pytest.mark.parametrize(
    "tools",
    [
        [{"vendor": "v", "name": "t", "version": "1"}],
        {"components": [{"vendor": "v", "name": "t", "version": "1"}]},
    ],
)
def test_cyclonedx_lists_components_within_components(tools: Any) -> None:
    bom = read(
        js(
            {
                "bomFormat": "CycloneDX",
                "specVersion": "1.5",
                "metadata": {"component": {"name": "app", "version": "2"}, "tools": tools},
                "components": [
                    {
                        "type": "library",
                        "group": "org",
                        "name": "outer",
                        "version": "1",
                        "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own"}}],
                        "purl": "pkg:maven/org/outer@1",
                        "components": [
                            {"name": "inner", "licenses": [{"expression": "MIT OR BSD-2-Clause"}]}
                        ],
                    },
                    {"type": "file", "name": "/a"},
                ],
            }
        )
    ).bom
    assert bom is not None
    assert (bom.format, bom.name, bom.tools, bom.files) == ("CycloneDX 1.5", "app 2", ("v t 1",), 1)
    assert bom.packages == (
        Package("org/outer", "1", "MIT, Own", "pkg:maven/org/outer@1", "", "library"),
        Package("inner", "", "MIT OR BSD-2-Clause"),
    )


def cosign_payload(digest: Digest) -> bytes:
    return js(
        {
            "critical": {
                "identity": {"docker-reference": "registry.example/app"},
                "image": {"docker-manifest-digest": str(digest)},
                "type": "cosign container image signature",
            },
            "optional": {"env": "prod"},
        }
    )


def test_a_cosign_signature_says_who_and_is_not_called_verified() -> None:
    log = js({"Payload": {"integratedTime": 1700000000, "logIndex": 7}}).decode()
    notes = {
        "dev.cosignproject.cosign/signature": "MEUC",
        "dev.sigstore.cosign/certificate": CERTIFICATE,
        "dev.sigstore.cosign/bundle": log,
    }
    reading = read(cosign_payload(IMAGE), notes)
    (signature,) = reading.signatures
    assert signature.certificate is not None
    assert signature.certificate.identities == (
        "https://github.com/example/app/.github/workflows/release.yml@refs/heads/main",
        "dev@example.org",
    )
    assert signature.certificate.issuer == "https://token.actions.githubusercontent.com"
    assert signature.certificate.authority == "layerscope"
    assert signature.fits is True
    assert signature.signed == datetime.fromtimestamp(1700000000, UTC)
    assert signature.log_index == 7
    assert signature.notes == (("env", "prod"),)
    assert reading_document(reading)["signatures"][0]["verified"] is None


def test_a_signature_of_another_image_is_told() -> None:
    (signature,) = read(cosign_payload(Digest.of(b"another"))).signatures
    assert signature.fits is False


def test_a_signed_statement_is_read_through_its_envelope() -> None:
    reading = read(js(envelope(statement(V1, {"buildDefinition": {}}, IMAGE), "key-1", "key-2")))
    assert reading.provenance is not None
    assert [one.key_id for one in reading.signatures] == ["key-1", "key-2"]
    assert {one.fits for one in reading.signatures} == {True}


def test_a_sigstore_bundle_has_statement_certificate_and_log() -> None:
    lines = CERTIFICATE.splitlines()[1:-1]
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": "".join(lines)},
            "tlogEntries": [{"logIndex": "9", "integratedTime": "1700000000"}],
        },
        "dsseEnvelope": envelope(statement(SPDX, {"spdxVersion": "SPDX-2.3"}, IMAGE), ""),
    }
    reading = read(js(bundle))
    (signature,) = reading.signatures
    assert reading.bom is not None
    assert signature.certificate is not None
    assert signature.certificate.identities[1] == "dev@example.org"
    assert (signature.log_index, signature.fits) == (9, True)


def test_a_sigstore_bundle_of_a_message_says_what_it_signs() -> None:
    hashed = base64.b64encode(bytes.fromhex(IMAGE.encoded)).decode()
    digest = {"algorithm": "SHA2_256", "digest": hashed}
    bundle = {
        "verificationMaterial": {"publicKey": {"hint": "key-1"}},
        "messageSignature": {"messageDigest": digest, "signature": "c2ln"},
    }
    (signature,) = read(js(bundle)).signatures
    assert (signature.key_id, signature.claims, signature.fits) == ("key-1", str(IMAGE), True)


def test_a_notation_signature_names_its_target() -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(js(value)).decode().rstrip("=")

    target = {"digest": str(IMAGE), "mediaType": media.OCI_MANIFEST, "size": 1}
    chain = "".join(CERTIFICATE.splitlines()[1:-1])
    document = {
        "payload": part({"targetArtifact": target | {"annotations": {"build": "7"}}}),
        "protected": part({"io.cncf.notary.signingTime": "2024-01-02T03:04:05Z"}),
        "header": {"x5c": [chain]},
        "signature": "c2ln",
    }
    (signature,) = read(js(document)).signatures
    assert (signature.format, signature.fits) == ("Notation", True)
    assert signature.signed == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert signature.notes == (("build", "7"),)
    assert signature.certificate is not None


def test_a_statement_about_another_image_is_remarked_on() -> None:
    reading = read(statement(V1, {}, Digest.of(b"another")))
    assert "it speaks of another image than the one it is attached to" in reading.warnings
    assert not read(statement(V1, {}, IMAGE)).warnings


def test_wrong_shapes_are_warnings() -> None:
    predicate = {"builder": [], "materials": "none", "invocation": {"parameters": {"args": 7}}}
    reading = read(statement(V02, predicate))
    assert reading.provenance is not None
    assert len(reading.warnings) == 3
    assert read(js({"bomFormat": "CycloneDX", "components": {"a": 1}})).warnings
    assert read(b"[1]").warnings == ("the document is no JSON object",)
    assert read(js(envelope(b"no json", "k"))).warnings
    assert read(js({"payloadType": "x", "payload": "%%%"})).warnings


def test_a_document_that_is_too_large_is_kept_whole_and_not_taken_apart() -> None:
    data = b'{"spdxVersion":"' + b"x" * (17 << 20) + b'"}'
    reading = read(data)
    assert reading.data is data
    assert reading.bom is None
    assert "too large" in reading.warnings[0]


def test_a_document_nested_without_end_is_a_warning() -> None:
    assert "nested" in read(b'{"a":' * 5000 + b"1" + b"}" * 5000).warnings[0]


@pytest.mark.parametrize("cut", range(0, 560, 37))
def test_a_certificate_cut_short_is_damaged(cut: int) -> None:
    whole = base64.b64decode("".join(CERTIFICATE.splitlines()[1:-1]))
    with pytest.raises(DamagedImage):
        certificate_in(whole[:cut])


def test_a_certificate_that_cannot_be_read_leaves_the_signature() -> None:
    notes = {"dev.sigstore.cosign/certificate": CERTIFICATE.replace("MIIC", "MIID")}
    reading = read(cosign_payload(IMAGE), notes)
    assert len(reading.signatures) == 1
    assert any("certificate cannot be read" in warning for warning in reading.warnings)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "payload", "payloadType", "predicate", "predicateType", "subject", "digest",
                    "spdxVersion", "bomFormat", "packages", "components", "critical", "image",
                    "optional", "verificationMaterial", "dsseEnvelope", "tlogEntries", "metadata",
                    "buildDefinition", "runDetails", "tools", "signatures", "protected", "header",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_no_shape_is_a_traceback(value: Any) -> None:
    reading_document(read(js(value)))
    if isinstance(value, dict):
        reading_document(read(js(value | {"predicateType": V1, "predicate": value})))
        reading_document(read(js(value | {"bomFormat": "CycloneDX"})))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_no_bytes_are_a_traceback(data: bytes) -> None:
    reading_document(read(data))
    with pytest.raises(DamagedImage):
        certificate_in(b"\x31" + data)
