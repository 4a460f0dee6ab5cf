"""Digests: OCI image specification, descriptor.md, "Digests"."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import DamagedImage, DigestMismatch, Unsupported
from explorer.oci.digest import Digest

HEX = "6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b"
SHA256 = f"sha256:{HEX}"


def test_a_digest_is_an_algorithm_and_a_hash() -> None:
    digest = Digest.parse(SHA256)
    assert (digest.algorithm, digest.encoded) == ("sha256", HEX)
    assert str(digest) == SHA256


def test_the_short_form_is_what_docker_shows() -> None:
    assert Digest.parse(SHA256).short == "6c3c624b58db"


def test_a_layout_keeps_the_blob_under_its_digest() -> None:
    assert Digest.parse(SHA256).blob_path == f"blobs/sha256/{HEX}"


@pytest.mark.parametrize(
    "text",
    [
        SHA256,
        "sha384:" + "a" * 96,
        "sha512:" + "0" * 128,
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
        "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
        "blake3:" + "f" * 64,
    ],
)
def test_registered_and_well_formed_algorithms_are_accepted(text: str) -> None:
    assert str(Digest.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "form algorithm:hash"),
        ("sha256", "form algorithm:hash"),
        ("sha256:", "form algorithm:hash"),
        (f"SHA256:{HEX}", "form algorithm:hash"),
        (f":{HEX}", "form algorithm:hash"),
        (f"{SHA256}\n", "form algorithm:hash"),
        ("sha256:../../etc/passwd", "form algorithm:hash"),
        ("..:abc", "form algorithm:hash"),
        (f"{SHA256}:x", "form algorithm:hash"),
        ("sha256:" + "a" * 63, "64 digits"),
        ("sha256:" + "a" * 65, "64 digits"),
        ("sha512:" + "a" * 64, "128 digits"),
        (f"sha256:{HEX.upper()}", "lower case"),
        ("sha256:" + "g" * 64, "lower case"),
        ("other:" + "a" * 300, "longer than 255"),
    ],
)
def test_what_is_no_digest_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(DamagedImage) as caught:
        Digest.parse(text)
    assert why in caught.value.why


def test_a_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(DamagedImage) as caught:
        Digest.parse("x" * 10_000)
    assert len(caught.value.what) < 200


@given(st.binary(), st.sampled_from(["sha256", "sha384", "sha512"]))
def test_the_digest_of_content_verifies_it_and_survives_its_text(data: bytes, name: str) -> None:
    digest = Digest.of(data, name)
    assert digest.encoded == hashlib.new(name, data).hexdigest()
    assert Digest.parse(str(digest)) == digest
    digest.verify(data)


def test_other_content_does_not_verify() -> None:
    with pytest.raises(DigestMismatch) as caught:
        Digest.of(b"one").verify(b"two", "Layer 3")
    assert caught.value.what == "Layer 3 does not match its digest"
    assert str(Digest.of(b"one")) in caught.value.why
    assert str(Digest.of(b"two")) in caught.value.why


def test_content_can_be_hashed_while_it_streams_by() -> None:
    digest = Digest.of(b"onetwo")
    hasher = digest.hasher()
    hasher.update(b"one")
    hasher.update(b"two")
    digest.verify_hasher(hasher)
    assert Digest.from_hasher(hasher) == digest


def test_an_unknown_algorithm_can_be_shown_but_not_verified() -> None:
    digest = Digest.parse("blake3:" + "f" * 64)
    assert not digest.verifiable
    with pytest.raises(Unsupported, match="blake3"):
        digest.verify(b"")


def test_digests_are_values() -> None:
    assert len({Digest.parse(SHA256), Digest("sha256", HEX)}) == 1
    assert sorted([Digest("b", "1"), Digest("a", "2")])[0].algorithm == "a"
