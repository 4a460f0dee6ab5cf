"""Layers of the local store, for steps that a build will take from its cache."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from explorer.build.plan.keys import Key
from explorer.build.plan.model import Cache, Plan, StagePlan, StepPlan
from explorer.build.plan.records import LayerRecord, Place, StepRecord
from explorer.build.preview import LayerShelf, Previewer
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.model import Origin, OriginKind
from explorer.dockerfile.stages.program import understand
from explorer.oci import Digest, media
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.store.images.ingest import ingesting
from tests.build.files.making import Made
from tests.factory import file, tar_bytes

TAR = tar_bytes([file("made/by-run", b"RUN")])


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    """A store with one layer."""
    found = ImageStore.at(tmp_path / "store")
    found.layout.make()
    with ingesting(found.layout) as ingest:
        ingest.put(gzip.compress(TAR, mtime=0), media.OCI_LAYER_GZIP)
    return found


def plan(cache: Cache, digest: str = "") -> Plan:
    """The plan of a stage whose first step is a RUN."""
    layer = LayerRecord(
        digest or str(Digest.of(gzip.compress(TAR, mtime=0))), str(Digest.of(TAR)), 3
    )
    record = StepRecord(Place("/D", "stage-0", 0), "b", "RUN make", Key.of(()), "s", layer=layer)
    hit = record if cache is Cache.HIT else None
    step = StepPlan(0, 0, 2, "RUN", "RUN make", layer=True, cache=cache, record=hit)
    origin = Origin(OriginKind.SCRATCH)
    stage = StagePlan(0, "stage-0", 1, origin, None, (), used=True, wave=0, steps=(step,), state="")
    return Plan((stage,), 0, ((0,),), (0,))


def test_the_layer_of_a_hit_is_shown(store: ImageStore, caches: Caches) -> None:
    shelf = LayerShelf(store, caches)
    program = understand(Document.parse("FROM scratch\nRUN make\nWORKDIR /made/there\n"))
    found = Previewer(caches).preview(program, 0, 1, plan=shelf.of(plan(Cache.HIT)))
    assert Made(found).files == {"/made/by-run": b"RUN"}
    assert not found.uncertain
    assert shelf.of(plan(Cache.HIT)).layer_of(0, 0) is shelf.of(plan(Cache.HIT)).layer_of(0, 0)


def test_a_miss_and_a_layer_that_is_gone_are_not_shown(store: ImageStore, caches: Caches) -> None:
    shelf = LayerShelf(store, caches)
    assert shelf.of(plan(Cache.MISS)).layer_of(0, 0) is None
    assert shelf.of(plan(Cache.HIT)).layer_of(0, 7) is None
    gone = plan(Cache.HIT, str(Digest.of(b"gone")))
    assert shelf.of(gone).layer_of(0, 0) is None


def test_a_damaged_layer_is_not_shown(store: ImageStore, caches: Caches) -> None:
    digest = Digest.of(gzip.compress(TAR, mtime=0))
    path = store.layout.blob(digest)
    path.chmod(0o644)
    path.write_bytes(b"\x1f\x8b\x08 damaged")
    assert LayerShelf(store, caches).of(plan(Cache.HIT)).layer_of(0, 0) is None
