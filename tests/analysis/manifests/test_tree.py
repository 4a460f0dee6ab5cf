"""An index is a tree of platforms: what each stores, and what they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.manifests import Tree, open_shelf, read_tree
from explorer.analysis.manifests.documents import manifest_documents
from explorer.analysis.manifests.tree import Kind
from explorer.oci import Descriptor, Digest, ImageIndex, Platform, media
from tests.analysis.attestations.attaching import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "layout")


def tree_of(name: str) -> Tree:
    with open_shelf(name) as shelf:
        assert shelf is not None
        return read_tree(shelf)


def test_each_platform_knows_what_it_stores_and_what_others_have_too(layout: Layout) -> None:
    one, other = layout.image(b"common", b"x"), layout.image(b"common", b"yy")
    index = layout.index(
        (one, "linux/amd64"), (other, "linux/arm64"), layout.attestation(one)
    )  # fmt: skip
    layout.name(index, "app:1")
    (root,) = tree_of(layout.write()).roots
    assert (root.kind, root.stored, root.shared) == (Kind.INDEX, 9, 6)
    figures = [(str(b.platform), b.kind, b.stored, b.shared) for b in root.children]
    assert figures == [
        ("linux/amd64", Kind.IMAGE, 7, 6),
        ("linux/arm64", Kind.IMAGE, 8, 6),
        ("unknown/unknown", Kind.ATTESTATION, 0, 0),
    ]
    assert root.children[2].subject == one.digest


def test_a_layer_twice_in_one_image_is_stored_once_and_not_shared(layout: Layout) -> None:
    layout.name(layout.image(b"same", b"same"))
    (root,) = tree_of(layout.write()).roots
    assert (root.stored, root.shared) == (4, 0)


def test_an_index_in_an_index_is_a_branch_of_it(layout: Layout) -> None:
    image = layout.image(b"layer")
    inner = layout.index((image, "linux/amd64"))
    outer = layout.name(layout.index(inner), "app:1")
    tree = tree_of(layout.write())
    assert [(b.kind, b.depth) for b in tree.walk()] == [
        (Kind.INDEX, 0),
        (Kind.INDEX, 1),
        (Kind.IMAGE, 2),
    ]
    assert tree.above(image.digest) == (outer.digest, inner.digest)


def test_an_index_that_leads_to_itself_ends_with_a_warning(layout: Layout) -> None:
    # No honest digest can do that; a digest of an algorithm that is not checked can.
    looping = Digest.parse("md5:0123456789abcdef")
    entry = Descriptor(media.OCI_INDEX, looping, 1)
    layout.blobs[looping] = ImageIndex((entry,)).encode()
    layout.name(entry, "loop")
    tree = tree_of(layout.write())
    assert any("leads back to itself" in warning for warning in tree.warnings)


def test_what_is_not_here_is_a_branch_that_says_so(layout: Layout) -> None:
    here, gone = layout.image(b"a"), layout.image(b"b")
    layout.name(layout.index((here, "linux/amd64"), (gone, "linux/arm64")), "app:1")
    del layout.blobs[gone.digest]
    (root,) = tree_of(layout.write()).roots
    assert [(b.kind, str(b.platform)) for b in root.children] == [
        (Kind.IMAGE, "linux/amd64"),
        (Kind.MISSING, "linux/arm64"),
    ]
    assert root.children[1].problem


def test_a_damaged_manifest_does_not_hide_the_others(layout: Layout) -> None:
    here, bad = layout.image(b"a"), layout.image(b"b")
    layout.name(layout.index((here, "linux/amd64"), (bad, "linux/arm64")), "app:1")
    layout.blobs[bad.digest] = b"{}"
    (root,) = tree_of(layout.write()).roots
    assert [b.kind for b in root.children] == [Kind.IMAGE, Kind.DAMAGED]


def test_only_what_belongs_to_an_image_is_kept_of_a_layout_with_several(layout: Layout) -> None:
    one, other = layout.image(b"a"), layout.image(b"a", b"b")
    layout.name(layout.index((one, "linux/amd64")), "one")
    layout.name(layout.index((other, "linux/amd64")), "other")
    tree = tree_of(layout.write()).around(one.digest)
    assert [root.name for root in tree.roots] == ["one"]
    assert tree.roots[0].shared == 0


def test_a_layout_that_is_itself_the_index_has_all_its_platforms(layout: Layout) -> None:
    for platform in ("linux/amd64", "linux/arm64"):
        made = layout.image(platform.encode())
        described = Descriptor(made.media_type, made.digest, made.size, (), {},
                               Platform.parse(platform))  # fmt: skip
        layout.name(described)
    tree = tree_of(layout.write())
    around = tree.around(tree.roots[0].digest)
    assert [str(root.platform) for root in around.roots] == ["linux/amd64", "linux/arm64"]


def test_ten_thousand_manifests_are_shown_up_to_a_bound(layout: Layout) -> None:
    image = layout.image(b"a")
    layout.name(layout.index(*((image, "linux/amd64") for _ in range(10_000))), "app:1")
    tree = tree_of(layout.write())
    assert len(list(tree.walk())) == 5000
    assert tree.warnings == ("only the first 5,000 manifests are shown",)


def test_the_documents_give_the_tree_by_depth(layout: Layout) -> None:
    image = layout.image(b"a")
    layout.name(layout.index((image, "linux/amd64")), "app:1")
    index, member = manifest_documents(tree_of(layout.write()))
    assert (index["kind"], index["depth"], member["depth"]) == ("index", 0, 1)
    assert member["layers"][0]["size"] == 1
    assert member["digest"] == str(image.digest)
