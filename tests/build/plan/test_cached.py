"""The layers that a plan will take again."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.plan.cached import is_stored
from explorer.build.plan.model import Plan
from explorer.build.plan.recording import record_stage
from explorer.build.plan.records import LayerRecord
from explorer.build.preview import LayerKind, LayerShelf, Previewer
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.program import understand
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.store.images.layout import Layout
from tests.build.plan.helpers import DOCKERFILE, Bench, layered
from tests.factory import Image, ImageBuilder, file, oci_layout

TEXT = "FROM scratch\nRUN make\nCMD x\n"


@pytest.fixture
def image() -> Image:
    return ImageBuilder().add(file("made", "by a run")).tag("example.test/x:1").build()


@pytest.fixture
def layout(image: Image, tmp_path: Path) -> Layout:
    return Layout(oci_layout(image).extract(tmp_path / "store"))


@pytest.fixture
def plan(image: Image, tmp_path: Path) -> Plan:
    bench = Bench(tmp_path / "data")
    layer = image.layers[0]
    made = LayerRecord(str(layer.digest), str(image.uncompressed().layers[0].digest), 8, 1)
    for stage in bench.plan(TEXT).stages:
        record_stage(bench.records, stage, DOCKERFILE, "1", lambda _step: made)
    return bench.plan(TEXT)


def test_the_layer_of_a_hit_is_opened(plan: Plan, layout: Layout, tmp_path: Path) -> None:
    stored = LayerShelf(ImageStore(layout), Caches.at(tmp_path / "cache")).of(plan)
    found = stored.layer_of(0, 0)
    assert found is not None
    assert found.verified
    assert stored.layer_of(0, 0) is found
    assert stored.layer_of(0, 1) is None
    assert stored.layer_of(7, 0) is None


def test_a_preview_shows_it(plan: Plan, layout: Layout, tmp_path: Path) -> None:
    caches = Caches.at(tmp_path / "cache")
    program = understand(Document.parse(TEXT))
    stored = LayerShelf(ImageStore(layout), caches).of(plan)
    seen = Previewer(caches).preview(program, 0, 0, plan=stored)
    assert [layer.kind for layer in seen.layers] == [LayerKind.CACHED]
    assert seen.image.node("/made") is not None


def test_a_layer_that_is_gone_or_damaged_is_none(
    plan: Plan, layout: Layout, tmp_path: Path
) -> None:
    (step,) = layered(plan)
    assert step.record is not None
    assert is_stored(layout, step.record)
    for path in (layout.root / "blobs" / "sha256").iterdir():
        path.unlink()
    assert (
        LayerShelf(ImageStore(layout), Caches.at(tmp_path / "cache")).of(plan).layer_of(0, 0)
        is None
    )
    assert not is_stored(layout, step.record)


def test_a_record_that_names_no_digest_is_not_stored(layout: Layout, tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    made = LayerRecord("../../etc/passwd", "", 8, 1)
    for stage in bench.plan(TEXT).stages:
        record_stage(bench.records, stage, DOCKERFILE, "1", lambda _step: made)
    plan = bench.plan(TEXT)
    (step,) = layered(plan)
    assert step.record is not None
    assert not is_stored(layout, step.record)
    assert (
        LayerShelf(ImageStore(layout), Caches.at(tmp_path / "cache")).of(plan).layer_of(0, 0)
        is None
    )
