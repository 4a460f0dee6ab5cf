"""The overlay cross-section: what each layer is to each entry of a folder, and the words for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.section import Cell, CellKind, Section, cross_section
from explorer.analysis.timeline import timeline
from explorer.analysis.waste import measure_waste
from explorer.errors import Cancelled
from explorer.filesystem.entry import Aspect, Change, EntryType
from explorer.filesystem.stack import NOTHING
from explorer.progress import Job
from explorer.store.cache import Caches
from tests.factory import (
    Entry,
    ImageBuilder,
    directory,
    docker_archive_v25,
    file,
    hardlink,
    opaque,
    symlink,
    whiteout,
)
from tests.factory.strategies import layer_stacks


@contextmanager
def opened(*layers: Sequence[Entry]) -> Iterator[OpenImage]:
    """An image of these layers, lowest first."""
    builder = ImageBuilder()
    for layer in layers:
        builder = builder.add(*layer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image.tar")
        docker_archive_v25(builder.build()).write(path)
        image = open_image(str(path), caches=Caches.at(Path(folder, "cache")))
        yield image
        image.close(keep=False)


def cells(section: Section, name: str) -> tuple[Cell, ...]:
    return next(row.cells for row in section.rows if row.name == name)


def glyphs(section: Section, name: str) -> str:
    return "".join(cell.kind.glyph for cell in cells(section, name))


def text(section: Section, name: str, layer: int) -> str:
    return cells(section, name)[layer].text


CONF = b"worker_processes 1;\n"


def test_an_entry_is_absent_then_stored_then_shows_through() -> None:
    with opened([file("a", "1")], [file("b", "22")], [file("c")]) as image:
        section = cross_section(image, 0)
        assert glyphs(section, "b") == " █┄"
        assert text(section, "b", 0) == "b is not there yet in layer 0."
        assert text(section, "b", 1) == "Layer 1 adds the file b: 2 bytes stored."
        assert "what layer 1 stored shows through" in text(section, "b", 2)


def test_a_change_of_mode_alone_is_a_copy_up_of_all_bytes() -> None:
    old, new = file("nginx.conf", CONF, mode=0o600), file("nginx.conf", CONF, mode=0o644)
    with opened([old], [new]) as image:
        cell = cells(cross_section(image, 0), "nginx.conf")[1]
        assert (cell.kind, cell.what, cell.bytes) == (CellKind.METADATA, (Aspect.MODE,), len(CONF))
        assert cell.text == (
            "Layer 1 copied nginx.conf up to change its mode 0600 → 0644; "
            "the whole 20 bytes are stored again."
        )


def test_a_change_of_content_names_the_sizes_and_all_else_that_changed() -> None:
    with opened([file("a", "old")], [file("a", "newer", mode=0o755, uid=7)]) as image:
        cell = cells(cross_section(image, 0), "a")[1]
        assert cell.kind is CellKind.COPIED
        assert "content 3 bytes → 5 bytes, mode 0644 → 0755 and owner 0 → 7" in cell.text


def test_storing_the_same_again_is_told_from_a_change() -> None:
    with opened([file("a", "same")], [file("a", "same")]) as image:
        cell = cells(cross_section(image, 0), "a")[1]
        assert (cell.kind, cell.bytes) == (CellKind.AGAIN, 4)
        assert cell.text == "Layer 1 stores a again though nothing differs: another 4 bytes."


def test_a_version_that_a_later_layer_covers_is_carried_along_unseen() -> None:
    with opened([file("a", "old")], [file("a", "new!")]) as image:
        section = cross_section(image, 0)
        covered, shown = cells(section, "a")
        assert (covered.covered, shown.covered) == (True, False)
        assert "Layer 1 stores another version over it" in covered.text
        assert section.merged(0).unseen == 3


def test_a_whiteout_deletes_and_what_lies_below_stays_stored() -> None:
    with opened([file("old.conf", "12345")], [whiteout("old.conf")], [file("b")]) as image:
        section = cross_section(image, 0)
        assert glyphs(section, "old.conf") == "█✕ "
        assert "5 bytes stay stored in layer 0" in text(section, "old.conf", 1)
        assert text(section, "old.conf", 2) == "old.conf is gone: layer 1 took it away."
        merged = section.merged(section.find(image.node("/old.conf")) or 0)
        assert (merged.present, merged.layer, merged.unseen) == (False, 1, 5)


def test_a_whiteout_of_nothing_is_shown_as_harmless() -> None:
    with opened([file("a")], [whiteout("ghost")]) as image:
        section = cross_section(image, 0)
        assert glyphs(section, "ghost") == " ✕"
        assert "no layer below has it" in text(section, "ghost", 1)
        assert section.type(section.find(image.node("/ghost")) or 0) is EntryType.WHITEOUT


def test_an_opaque_folder_hides_its_lower_entries() -> None:
    below = [directory("conf.d"), file("conf.d/a", "1"), file("conf.d/b", "22")]
    with opened(below, [directory("conf.d"), opaque("conf.d"), file("conf.d/c", "3")]) as image:
        section = cross_section(image, 0)
        assert glyphs(section, "conf.d") == "█◌"
        assert "2 entries of lower layers hidden" in text(section, "conf.d", 1)
        merged = section.merged(0)
        assert (merged.present, merged.opaque, merged.hides, merged.unseen) == (True, 1, 2, 3)
        inside = cross_section(image, image.node("/conf.d"))
        assert glyphs(inside, "a") == "█╳"
        assert "makes a folder above it opaque" in text(inside, "a", 1)
        assert glyphs(inside, "c") == " █"


def test_entries_below_a_deleted_folder_are_hidden_with_it() -> None:
    with opened([directory("d"), file("d/a", "1")], [whiteout("d")]) as image:
        section = cross_section(image, 0)
        assert "deletes d and 1 entry in it" in text(section, "d", 1)
        inside = cross_section(image, image.node("/d"))
        assert "deletes a folder above it: a is hidden" in text(inside, "a", 1)


def test_a_folder_tells_what_changes_inside() -> None:
    below = [directory("d"), file("d/a", "1"), file("d/b", "22")]
    with opened(below, [file("d/c", "333"), file("d/a", "x"), whiteout("d/b")]) as image:
        cell = cells(cross_section(image, 0), "d")[1]
        assert (cell.kind, cell.bytes) == (CellKind.INSIDE, 4)
        assert "1 file added, 1 file stored again and 1 file deleted" in cell.text


def test_a_folder_listed_again_changes_nothing() -> None:
    with opened([directory("d")], [directory("d")]) as image:
        cell = cells(cross_section(image, 0), "d")[1]
        assert (cell.kind, cell.bytes) == (CellKind.AGAIN, 0)
        assert "lists the folder d again" in cell.text


def test_another_kind_of_entry_replaces_and_hides_what_was_inside() -> None:
    with opened([directory("d"), file("d/a", "1")], [symlink("d", "/srv")]) as image:
        section = cross_section(image, 0)
        assert glyphs(section, "d") == "█⇄"
        assert "replaces the folder d by a symlink; 1 entry below it" in text(section, "d", 1)
        inside = cross_section(image, image.node("/d"))
        assert "replaces a folder above it" in text(inside, "a", 1)


def test_deleted_and_stored_anew_in_one_layer_lets_nothing_show_through() -> None:
    below = [directory("d"), file("d/a", "1")]
    with opened(below, [whiteout("d"), directory("d"), file("d/b", "2")]) as image:
        section = cross_section(image, 0)
        assert glyphs(section, "d") == "█⇄"
        assert "deletes d and stores it anew" in text(section, "d", 1)


def test_a_hard_link_costs_nothing_and_keeps_its_bytes_in_sight() -> None:
    with opened([file("a", "12345")], [hardlink("b", "a")], [whiteout("a")]) as image:
        section = cross_section(image, 0)
        linked = cells(section, "b")[1]
        assert linked.bytes == 0
        assert "as a hard link to /a" in linked.text
        # The first name is gone, but the content is still there under the second.
        assert section.merged(section.find(image.node("/a")) or 0).unseen == 0


def test_folders_come_first_and_deleted_entries_keep_their_place() -> None:
    layer = [file("a"), directory("z"), file("b"), directory("m")]
    with opened(layer, [whiteout("a"), whiteout("m")]) as image:
        names = [row.name for row in cross_section(image, 0).rows]
        assert names == ["m", "z", "a", "b"]


def test_rows_with_a_history_are_told_from_the_many_without() -> None:
    with opened([file("a"), file("b", "1"), file("c")], [file("b", "2"), whiteout("c")]) as image:
        section = cross_section(image, 0)
        assert [section.name(row) for row in section.eventful()] == ["b", "c"]


def test_an_empty_folder_and_an_image_without_layers_have_no_rows() -> None:
    with opened([directory("d")]) as image:
        assert len(cross_section(image, image.node("/d"))) == 0
    with opened() as image:
        assert list(cross_section(image, 0).rows) == []


def test_cutting_can_be_cancelled() -> None:
    with opened([file("a")]) as image:
        job = Job()
        job.cancel()
        with pytest.raises(Cancelled):
            cross_section(image, 0, job)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(layer_stacks(implicit_parents=True))
def test_the_picture_agrees_with_states_timelines_and_waste(stack: list[list[Entry]]) -> None:
    with opened(*stack) as image:
        end = image.stack.trie.end
        folders = [0, *(node for node in range(1, len(end)) if end[node] > node + 1)]
        for folder in folders:
            section = cross_section(image, folder)
            for row in section.rows:
                for cell in row.cells:
                    visible = int(image.state(cell.layer).visible[row.node])
                    assert cell.provider == visible
                    assert cell.text.endswith(".")
                _agrees_with_timeline(image, row.node, row.cells)
        top = cross_section(image, 0)
        unseen = sum(row.merged.unseen for row in top.rows)
        assert unseen == measure_waste(image).wasted
        assert int(top.sizes.sum()) == int(image.final.sizes()[0])


def _agrees_with_timeline(image: OpenImage, node: int, row: tuple[Cell, ...]) -> None:
    versions = {version.layer: version for version in timeline(image, node)}
    for cell in row:
        version = versions.get(cell.layer)
        if version is None:
            assert cell.kind in (
                *(CellKind.ABSENT, CellKind.SHOWS, CellKind.INSIDE, CellKind.OPAQUE),
                *(CellKind.WHITEOUT, CellKind.REPLACED),
            )
        elif version.change is Change.ADDED:
            assert cell.kind is CellKind.STORED
        elif version.change is Change.REMOVED:
            assert cell.kind in (CellKind.WHITEOUT, CellKind.HIDDEN)
            assert cell.provider == NOTHING
        elif version.change is Change.MODIFIED:
            assert cell.kind not in (CellKind.AGAIN, CellKind.SHOWS, CellKind.STORED)
    assert np.all([cell.bytes >= 0 for cell in row])
