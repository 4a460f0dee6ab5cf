"""Laying out a Dockerfile changes no plan, whatever real Dockerfiles hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.context.context import Context
from explorer.build.context.tree import ContextTree
from explorer.build.plan.model import Plan
from explorer.build.plan.planning import plan
from explorer.build.plan.records import BuildRecords
from explorer.build.plan.surroundings import Surroundings
from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.document import format_text
from explorer.dockerfile.gotext import decode
from explorer.dockerfile.stages.program import understand
from explorer.errors import ExplorerError
from tests.build.plan.helpers import Images
from tests.conftest import PROJECT

SHARED = PROJECT.parent / "shared"
KNOWN = ("alpine", "busybox", "debian", "ubuntu", "scratch")


def dockerfiles() -> list[Path]:
    """The real ones that are at hand."""
    folders = [SHARED / "conformance", SHARED / "fixtures"]
    found = (path for folder in folders for path in folder.rglob("*ockerfile*"))
    return sorted(path for path in found if path.is_file() and path.stat().st_size < 100_000)


def told(made: Plan) -> list[tuple[object, ...]]:
    """All that a plan says of its steps but where they stand."""
    return [
        (step.stage, step.index, step.cache, step.key and step.key.digest, step.adds,
         step.content_key and step.content_key.digest)
        for step in made.steps
    ]  # fmt: skip


def test_real_dockerfiles_keep_their_plan(tmp_path: Path) -> None:
    paths = dockerfiles()
    if not paths:
        pytest.skip("the real Dockerfiles of ../shared are not here")
    images = Images(dict.fromkeys(KNOWN, "one"), tmp_path / "images")
    records, keyed = BuildRecords(tmp_path), 0
    for path in paths:
        try:
            tree = ContextTree(Context.scan(path.parent, dockerfile=path))
        except ExplorerError:
            continue  # an ignore file that is meant to be refused
        text = decode(path.read_bytes())
        around = Surroundings(tree, images)
        before, after = (
            told(plan(understand(Document.parse(each)), around, records))
            for each in (text, format_text(text))
        )
        assert after == before, path
        keyed += sum(row[3] is not None for row in before)
    assert keyed > 10
