"""`layerscope attestations`: what is attached to an image, listed and read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from explorer.oci import media
from tests.analysis.attestations.attaching import SPDX, Layout, statement
from tests.cli.conftest import Cli
from tests.cli.schemas import DIGEST, PLATFORM, check

ATTESTATION = {
    "kind": re.compile("provenance|sbom|signature|statement|artifact"),
    "title": str,
    "place": re.compile("index|referrer|tag"),
    "subject": DIGEST,
    "platform": (PLATFORM, None),
    "digest": DIGEST,
    "size": int,
    "media_type": str,
    "manifest": DIGEST,
    "artifact_type": str,
    "predicate_type": str,
    "tag": (str, None),
    "annotations": dict,
}
LISTING = {"reference": str, "digest": (DIGEST, None), "attestations": [ATTESTATION],
           "warnings": [str]}  # fmt: skip
PACKAGE = {"name": str, "version": str, "license": str, "purl": str, "supplier": str, "type": str}
BOM = {"format": str, "name": str, "created": (str, None), "tools": [str], "files": int,
       "packages": [PACKAGE]}  # fmt: skip
READING: dict[str, Any] = ATTESTATION | {
    "statement": ({"predicate_type": str, "subjects": [dict]}, None),
    "provenance": (dict, None),
    "sbom": (BOM, None),
    "signatures": [dict],
    "warnings": [str],
}

BODY = statement(
    SPDX,
    {"spdxVersion": "SPDX-2.3", "packages": [{"name": "zlib", "versionInfo": "1.3"}]},
)


@pytest.fixture
def attested(tmp_path: Path) -> str:
    layout = Layout(tmp_path / "layout")
    image = layout.image(b"\0" * 1024)
    notes = {"in-toto.io/predicate-type": SPDX}
    document = layout.blob(BODY, media.IN_TOTO, **notes)
    beside = layout.attestation(image, document)
    layout.name(layout.index((image, "linux/amd64"), beside), "app:1")
    return layout.write()


def test_lists_what_there_is(cli: Cli, attested: str) -> None:
    answer = cli("attestations", attested)
    assert answer.code == 0
    assert re.search(r"sbom +SPDX SBOM +linux/amd64 +index", answer.text)


def test_the_list_is_a_document(cli: Cli, attested: str) -> None:
    document = cli("attestations", attested, "--json").document
    check(document, LISTING)
    assert [one["kind"] for one in document["attestations"]] == ["sbom"]


@pytest.mark.parametrize("how", ["kind", "digest", "manifest"])
def test_shows_a_document_by_kind_or_by_the_beginning_of_a_digest(
    cli: Cli, attested: str, how: str
) -> None:
    (one,) = cli("attestations", attested, "--json").document["attestations"]
    wanted = one["kind"] if how == "kind" else one[how][:20]
    document = cli("attestations", attested, "--show", wanted, "--json").document
    check(document, {"reference": str, "digest": DIGEST, "attestations": [READING]})
    (shown,) = document["attestations"]
    assert [p["name"] for p in shown["sbom"]["packages"]] == ["zlib"]
    assert re.search("zlib +1.3", cli("attestations", attested, "--show", wanted).text)


def test_prints_the_document_as_it_is(cli: Cli, attested: str) -> None:
    assert cli("attestations", attested, "--show", "sbom", "--raw").out == BODY


def test_what_is_not_there_is_not_found(cli: Cli, attested: str) -> None:
    answer = cli("attestations", attested, "--show", "signature")
    assert answer.code == 3
    assert "there is: sbom" in answer.err


def test_raw_without_a_document_is_wrong_usage(cli: Cli, attested: str) -> None:
    assert cli("attestations", attested, "--raw").code == 2


def test_an_image_without_any_says_so(cli: Cli, archive: Path) -> None:
    answer = cli("attestations", archive)
    assert answer.code == 0
    assert "nothing is attached" in answer.text


MANIFEST = {
    "kind": re.compile("index|image|attestation|artifact|missing|damaged"),
    "depth": int,
    "digest": DIGEST,
    "media_type": str,
    "size": int,
    "platform": (str, None),
    "stored": int,
    "shared": int,
    "layers": [{"digest": DIGEST, "size": int, "media_type": str}],
    "subject": (DIGEST, None),
    "problem": (str, None),
}


def test_inspect_gives_the_index_with_what_platforms_store_and_share(
    cli: Cli, attested: str
) -> None:
    document = cli("inspect", attested, "--json").document
    check({"schema": 1, "manifests": document["manifests"]}, {"manifests": [MANIFEST]})
    kinds = [(one["kind"], one["depth"]) for one in document["manifests"]]
    assert kinds == [("index", 0), ("image", 1), ("attestation", 1)]
    assert document["manifests"][2]["subject"] == document["digest"]


def test_inspect_shows_platforms_as_a_table(cli: Cli, platforms: Path) -> None:
    answer = cli("inspect", platforms)
    assert re.search(r"linux/arm64 +\d", answer.text)
    assert "All platforms together store" in answer.text


def test_an_image_that_stands_alone_has_no_platforms_to_show(cli: Cli, archive: Path) -> None:
    assert "PLATFORM" not in cli("inspect", archive).text
    listed = cli("inspect", archive, "--json").document["manifests"]
    assert [one["kind"] for one in listed] == ["image"]
