"""Every verb's document has the fields of the contract, on made images and on real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli import schemas
from tests.cli.conftest import Cli

REAL = (
    "wagoodman__dive/.data/test-docker-image.tar",
    "wagoodman__dive/.data/test-kaniko-image.tar",
    "wagoodman__dive/.data/test-oci-zstd-image.tar",
    "google__go-containerregistry/pkg/v1/mutate/testdata/whiteout_dir.tar",
    "docker-library__busybox/busybox-musl-amd64",
    "chainguard-dev__apko/internal/cli/testdata/top_image",
    "vbatts__tar-split/archive/tar/testdata/gnu-not-utf8.tar",
    "vbatts__tar-split/archive/tar/testdata/xattrs.tar",
    "vbatts__tar-split/archive/tar/testdata/gnu-sparse-big.tar",
    "vbatts__tar-split/archive/tar/testdata/hdr-only.tar",
)
VERBS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("inspect", "IMAGE"), schemas.INSPECT),
    (("layers", "IMAGE"), schemas.LAYERS),
    (("ls", "IMAGE"), schemas.ENTRIES),
    (("ls", "IMAGE", "-r"), schemas.ENTRIES),
    (("ls", "IMAGE", "-r", "--layer", "0"), schemas.ENTRIES),
    (("ls", "IMAGE", "--changes", "--layer", "0"), schemas.ENTRIES),
    (("ls", "IMAGE", "-r", "--upto", "0"), schemas.ENTRIES),
    (("timeline", "IMAGE", "/"), schemas.TIMELINE),
    (("find", "IMAGE", "size>0"), schemas.ENTRIES),
    (("find", "IMAGE", "change:any"), schemas.ENTRIES),
    (("diff", "IMAGE", "--layers", "..0"), schemas.DIFF),
    (("diff", "IMAGE", "IMAGE", "--content"), schemas.DIFF),
    (("waste", "IMAGE", "--max-wasted-bytes", "1G"), schemas.WASTE),
    (("waste", "IMAGE", "--dive-compatible"), schemas.WASTE),
    (("shared", "IMAGE", "IMAGE"), schemas.SHARED),
)


@pytest.mark.parametrize(("words", "schema"), VERBS, ids=lambda value: _name(value))
def test_a_made_image_gives_the_documents_of_the_contract(
    words: tuple[str, ...], schema: dict[str, Any], cli: Cli, archive: Path
) -> None:
    answer = cli(*(archive if word == "IMAGE" else word for word in words), "--json")
    assert answer.code == 0, answer.err
    schemas.check(answer.document, schema)
    assert answer.err == ""


@pytest.mark.parametrize("name", REAL, ids=lambda name: name.rpartition("/")[2])
def test_real_images_give_the_documents_of_the_contract(
    name: str, cli: Cli, fixtures: Path
) -> None:
    for words, schema in VERBS:
        answer = cli(*(fixtures / name if word == "IMAGE" else word for word in words), "--json")
        assert answer.code == 0, (words, answer.err)
        schemas.check(answer.document, schema)


def _name(value: object) -> str | None:
    return " ".join(value) if isinstance(value, tuple) else ""


@pytest.mark.parametrize("words", [words for words, _ in VERBS], ids=_name)
def test_without_json_a_verb_prints_for_people(
    words: tuple[str, ...], cli: Cli, archive: Path
) -> None:
    answer = cli(*(archive if word == "IMAGE" else word for word in words))
    assert answer.code == 0, answer.err
    assert not answer.text.startswith("{")
    assert "\x1b" not in answer.text
    assert all(line == line.rstrip() for line in answer.text.split("\n"))
