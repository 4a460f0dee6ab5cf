"""An image in a registry: its documents first, its layers one by one, nothing twice."""

from __future__ import annotations

import random
import re
import threading
from pathlib import Path

import pytest

from explorer.analysis.opened import OpenImage, index_image, load_image, source_of
from explorer.errors import Cancelled, DigestMismatch, NotFound, Refused
from explorer.oci import Digest, Platform
from explorer.progress import Job
from explorer.registry import Options, Wire
from explorer.sources.image import Image
from explorer.sources.registry.line import Connect
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.transfer.load import load
from tests.factory import ImageBuilder, artifact, file, index, layer, oci_layout, whiteout
from tests.factory.images import Image as Made
from tests.factory.layers import Layer, LayerCompression
from tests.factory.nodes import Node, attestation
from tests.sources.registry.conftest import PATIENCE
from tests.sources.registry.serving import GivingRegistry, giving

BASE = layer(file("etc/name", "base"), file("etc/gone", "x" * 5000))
TOP = layer(file("app/main", "hello"), whiteout("etc/gone"))


def app(*layers: Layer, platform: str = "linux/amd64") -> Made:
    builder = ImageBuilder(platform)
    for number, each in enumerate(layers or (BASE, TOP)):
        builder = builder.add(each, created_by=f"RUN step {number} # buildkit")
    return builder.build()


def looked_at(name: str, caches: Caches, connect: Connect, **more: object) -> OpenImage:
    image = load_image(name, caches=caches, connect=connect)
    return index_image(image, caches, **more)  # type: ignore[arg-type]


def paths(opened: OpenImage) -> list[bytes]:
    return list(opened.stack.trie.paths(opened.final.nodes(0)))[1:]


def read(opened: OpenImage, path: str) -> bytes:
    provider = int(opened.final.visible[opened.node(path)])
    return b"".join(opened.content(provider).chunks())


# -- documents --------------------------------------------------------------------------------


def test_the_stack_is_known_after_two_requests(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = app()
    name = registry.hold(made)
    opened = looked_at(name, caches, connect, fetch=())
    assert [layer.layer.stored for layer in opened.layers] == [len(BASE.blob), len(TOP.blob)]
    assert opened.created_by(1) == "RUN step 1 # buildkit"
    assert opened.unread == (0, 1)
    assert [one.kind for one in registry.asked()] == ["manifests", "blobs"]
    assert opened.image.reference == name


def test_of_an_index_only_the_platform_that_is_wanted_is_fetched(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    arm, amd = app(TOP, platform="linux/arm64"), app(BASE)
    name = registry.hold(index(amd, arm, attestation(amd)))
    image = load_image(name, Platform.parse("linux/arm64"), caches, connect=connect)
    assert image.platform == Platform.parse("linux/arm64")
    assert [str(p) for p in image.platforms] == ["linux/amd64", "linux/arm64"]
    assert len(registry.asked()) == 3
    assert {one.name for one in registry.asked()} == {"1", arm.digest, arm.image_id}


def test_an_index_in_an_index_is_followed(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    name = registry.hold(index(index(app())))
    assert load_image(name, caches=caches, connect=connect).platform == Platform("linux", "amd64")


def test_one_platform_asks_for_its_own_name(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    name = registry.hold(app())
    wanted = Platform.parse("linux/amd64")
    assert load_image(name, wanted, caches, connect=connect).platform == wanted
    with pytest.raises(NotFound, match="No image for linux/s390x"):
        load_image(name, Platform.parse("linux/s390x"), caches, connect=connect)


def test_documents_come_once(registry: GivingRegistry, caches: Caches, connect: Connect) -> None:
    name = registry.hold(index(app()))
    load_image(name, caches=caches, connect=connect)
    registry.forget()
    load_image(name, caches=caches, connect=connect)
    assert [one.name for one in registry.asked()] == ["1"], "only where the tag points to now"


def test_a_name_that_is_not_there_is_not_found(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    with pytest.raises(NotFound, match=registry.host):
        load_image(f"docker://{registry.host}/app:2", caches=caches, connect=connect)


def test_a_document_that_is_another_is_refused(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = app()
    name = registry.hold(made)
    registry.changed[made.image_id] = made.config.replace(b"linux", b"linus")
    with pytest.raises(DigestMismatch):
        load_image(name, caches=caches, connect=connect)
    assert caches.pieces.get(Digest.parse(made.image_id)) is None


# -- layers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none", "xz"])
def test_a_layer_streams_through_the_indexer_and_is_verified(
    registry: GivingRegistry, caches: Caches, connect: Connect, compression: LayerCompression
) -> None:
    name = registry.hold(app(BASE.recompressed(compression), TOP))
    opened = looked_at(name, caches, connect)
    assert paths(opened) == [b"/app", b"/app/main", b"/etc", b"/etc/name"]
    assert [layer.verified for layer in opened.layers] == [True, True]
    assert opened.complete
    assert read(opened, "/etc/name") == b"base"


def test_what_a_layer_is_compressed_with_is_seen_and_not_believed(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    mislabelled = layer(
        file("a"), compression="zstd", media_type="application/vnd.oci.image.layer.v1.tar+gzip"
    )
    opened = looked_at(registry.hold(app(mislabelled)), caches, connect)
    assert paths(opened) == [b"/a"]
    assert opened.layers[0].verified


def test_a_layer_is_fetched_once_for_all_images_and_times(
    registry: GivingRegistry, tmp_path: Path, connect: Connect
) -> None:
    first = registry.hold(app(BASE, TOP))
    other = registry.hold(app(BASE), "other", "2")
    looked_at(first, Caches.at(tmp_path), connect).close()
    registry.forget()
    for name in (first, other):
        opened = looked_at(name, Caches.at(tmp_path), connect)
        assert read(opened, "/etc/name") == b"base"
        assert opened.layers[0].verified
        opened.close()
    assert registry.sent(BASE.digest, TOP.digest) == 0


def test_a_layer_of_the_local_store_is_not_fetched(
    registry: GivingRegistry, caches: Caches, connect: Connect, tmp_path: Path
) -> None:
    made = app()
    archive = oci_layout(made).write(tmp_path / "image.tar")
    load(source_of(f"oci-archive:{archive}", caches=caches), ImageStore.at())
    registry.forget()
    opened = looked_at(registry.hold(made), caches, connect)
    assert paths(opened) == [b"/app", b"/app/main", b"/etc", b"/etc/name"]
    assert [one.name for one in registry.asked()] == ["1"]


def test_only_the_layers_that_are_asked_for_are_fetched(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    opened = looked_at(registry.hold(app()), caches, connect, fetch=[1])
    assert opened.unread == (0,)
    assert registry.sent(BASE.digest) == 0
    assert not opened.knows(1), "what it changes depends on what is below"


def test_more_layers_are_listed_later(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    opened = looked_at(registry.hold(app()), caches, connect, fetch=())
    told: list[int] = []
    more = opened.listing([0], on_layer=lambda done: told.append(done.layer.index))
    assert (opened.unread, more.unread, told) == ((0, 1), (1,), [0])
    assert more.knows(0)
    assert paths(more) == [b"/etc", b"/etc/gone", b"/etc/name"]
    assert paths(more.listing()) == [b"/app", b"/app/main", b"/etc", b"/etc/name"]
    assert more.listing([0]) is more


def test_a_layer_that_repeats_is_fetched_once(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    opened = looked_at(registry.hold(app(BASE, TOP, BASE)), caches, connect, fetch=[2])
    assert opened.unread == (1,)
    assert registry.sent(BASE.digest) == len(BASE.blob)


# -- what goes wrong --------------------------------------------------------------------------


def test_a_layer_that_is_another_is_shown_as_such_and_not_kept(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    made = app(BASE)
    name = registry.hold(made)
    other = layer(file("etc/evil", "x" * 4980)).blob.ljust(len(BASE.blob), b"\0")
    registry.changed[BASE.digest] = other[: len(BASE.blob)]
    opened = looked_at(name, caches, connect)
    assert opened.layers[0].verified is False
    assert "does not hash to its digest" in opened.problems[0]
    assert caches.indexes.get(BASE.digest) is None
    assert caches.plain.kept(BASE.digest) is None


def test_a_blob_of_another_length_is_damage(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    name = registry.hold(app(BASE))
    registry.changed[BASE.digest] = BASE.blob + b"more"
    opened = looked_at(name, caches, connect)
    assert opened.layers[0].verified is False
    assert caches.plain.kept(BASE.digest) is None


def test_a_diff_id_that_is_wrong_is_damage(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    wrong = ImageBuilder().add(BASE).top_level(rootfs={"type": "layers", "diff_ids": [TOP.diff_id]})
    opened = looked_at(registry.hold(wrong.build()), caches, connect)
    assert opened.layers[0].verified is False
    assert caches.indexes.get(BASE.digest) is None


def test_a_layer_that_the_registry_lost_is_missing(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    name = registry.hold(app())
    registry.gone.add(BASE.digest)
    opened = looked_at(name, caches, connect)
    assert opened.layers[0].layer.missing
    assert registry.host in opened.layers[0].problem
    assert paths(opened) == [b"/app", b"/app/main"]


def test_a_registry_that_went_away_is_refused(caches: Caches, connect: Connect) -> None:
    with giving() as registry:
        opened = looked_at(registry.hold(app()), caches, connect, fetch=())
    with pytest.raises(Refused, match=re.escape(registry.host)):
        opened.listing()


def test_fetching_can_be_stopped(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    name = registry.hold(app())
    registry.stalled.add(BASE.digest)
    image = load_image(name, caches=caches, connect=connect)
    job = Job()
    threading.Timer(0.2, job.cancel).start()
    with pytest.raises(Cancelled):
        index_image(image, caches, job)
    assert caches.plain.kept(BASE.digest) is None


# -- what it costs ----------------------------------------------------------------------------


def test_traffic_is_counted(registry: GivingRegistry, caches: Caches, connect: Connect) -> None:
    made = app()
    opened = looked_at(registry.hold(made), caches, connect, fetch=())
    assert opened.traffic is not None
    assert opened.traffic.now.fetched == len(made.manifest) + len(made.config)
    assert opened.traffic.now.spared == len(BASE.blob) + len(TOP.blob)
    seen: list[int] = []
    opened.traffic.listener = lambda tally: seen.append(tally.spared)
    opened.listing([1])
    assert opened.traffic.now.spared == len(BASE.blob)
    assert opened.traffic.now.fetched == sum(one.size for one in registry.given)
    assert seen[-1] == len(BASE.blob)


def test_an_image_that_is_here_has_no_traffic(caches: Caches, tmp_path: Path) -> None:
    archive = oci_layout(app()).write(tmp_path / "image.tar")
    image: Image = load_image(str(archive), caches=caches)
    assert image.traffic is None


def test_who_reads_a_blob_in_order_asks_once(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    large = layer(file("noise", bytes(range(256)) * 2000), compression="none")
    image = load_image(registry.hold(app(large)), caches=caches, connect=connect)
    blob = image.layers[0].blob
    assert blob is not None
    registry.forget()
    step = 100_000
    data = b"".join(blob.read_at(at, step) for at in range(0, blob.size, step))
    assert data == large.blob
    assert len(registry.asked()) == 1
    assert blob.read_at(1000, 24) == large.blob[1000:1024]


def test_closing_an_image_ends_what_is_fetched_for_it(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    opened = looked_at(registry.hold(app()), caches, connect, fetch=())
    registry.stalled.add(TOP.digest)
    threading.Timer(0.2, opened.close).start()
    with pytest.raises(Cancelled):
        opened.listing([1])
    registry.stalled.clear()
    assert opened.listing([0]).unread == (1,), "it opens again"


def test_an_artifact_is_shown_and_its_blobs_are_not_fetched(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    content = "application/vnd.example.chart.content", b"a chart" * 1000
    chart = artifact("application/vnd.example.chart", content)
    opened = looked_at(registry.hold(chart), caches, connect)
    assert not opened.layers[0].layer.is_tar
    assert not opened.layers[0].unread
    assert registry.sent(str(opened.layers[0].layer.digest)) == 0


def test_an_index_without_the_image_that_is_wanted_says_so(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    here, gone = app(), app(TOP, platform="linux/arm64")
    name = registry.hold(index(here, gone))
    registry.gone.add(gone.digest)
    assert load_image(name, Platform.parse("linux/amd64"), caches, connect=connect).layers
    with pytest.raises(NotFound, match=registry.host):
        load_image(name, Platform.parse("linux/arm64"), caches, connect=connect)


def test_an_index_that_leads_back_to_itself_ends(
    registry: GivingRegistry, caches: Caches, connect: Connect
) -> None:
    level: Node = index(app())
    for _ in range(20):
        level = index(level)
    with pytest.raises(NotFound):
        load_image(registry.hold(level), caches=caches, connect=connect)
    assert len(registry.asked()) < 15


def test_a_part_comes_from_a_mirror_and_from_the_host_where_that_has_none(
    registry: GivingRegistry, caches: Caches
) -> None:
    noise = random.Random(1).randbytes(9000)
    made = layer(file("etc/name", "mirrored"), file("noise", noise), compression="zstd-chunked")
    name = registry.hold(app(made))
    with giving() as mirror:
        mirror.hold(app(made))
        options = Options(mirrors={registry.host: (mirror.host,)}, patience=PATIENCE)
        opened = looked_at(name, caches, lambda: Wire(options, lambda _host, _path: None))
        assert mirror.sent(made.digest) > 0
        assert registry.asked() == []
        mirror.gone.add(made.digest)
        assert read(opened, "/etc/name") == b"mirrored"
        assert registry.sent(made.digest) > 0
