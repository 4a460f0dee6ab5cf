"""The inspector: a path in all its versions, deleted ones too, and its content as what it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QItemSelectionModel, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMenu, QWidget

from explorer.analysis.preview.sides import Side, side_by_side
from explorer.errors import Refused, Unsupported
from explorer.filesystem.entry import Entry as FileEntry
from explorer.filesystem.entry import EntryType
from explorer.progress import Job
from explorer.ui.explore.model import ViewerModel
from explorer.ui.inspect import InspectorView, linecounts, outside
from explorer.ui.inspect.comparison import pane, unified
from explorer.ui.inspect.facts import facts_of, mode_letters, moment_text, summary_of
from explorer.ui.inspect.linecounts import Lines, count_lines
from explorer.ui.inspect.subject import look_at
from explorer.ui.inspect.tables import TextItems
from explorer.ui.inspect.timelineitems import TimelineItems
from explorer.ui.settings import Settings
from tests.factory import Entry, character_device, directory, file, hardlink, symlink, whiteout
from tests.ui.accessibility import unnamed
from tests.ui.viewing import opened, viewed
from tests.ui.waiting import until

CONF = "user www;\nworkers 1;\nlog off;\n"


def picture() -> bytes:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


PICTURE = picture()
LAYERS: tuple[tuple[Entry, ...], ...] = (
    (
        directory("etc"),
        file("etc/app.conf", CONF),
        file("etc/secret", "password\n"),
        symlink("etc/link", "app.conf"),
        symlink("etc/dangling", "/nowhere"),
        hardlink("etc/other", "etc/app.conf"),
        character_device("null", 1, 3),
        file("run.sh", "#!/bin/sh\necho hi\n", mode=0o4755),
        file("data.bin", b"\0\1\2hello world\0" * 4),
        file("picture.png", PICTURE),
        file("packed.gz", gzip.compress(b"plain")),
    ),
    (file("etc/app.conf", CONF.replace("1", "auto"), mode=0o600),),
    (whiteout("etc/secret"), file("etc/app.conf", CONF.replace("1", "auto"), mode=0o600)),
)


@pytest.fixture
def model() -> Iterator[ViewerModel]:
    with viewed(*LAYERS) as model:
        yield model


def node(model: ViewerModel, path: str) -> int:
    assert model.image is not None
    return model.image.node(path)


async def inspecting(
    model: ViewerModel, path: str, tmp_path: Path, version: int | None = None
) -> InspectorView:
    """An inspector that has come to rest on a path."""
    view = InspectorView(model, settings=Settings.at(tmp_path / "settings.ini"))
    view.resize(400, 800)
    view.show()
    await look(view, model, path, version)
    return view


async def look(
    view: InspectorView, model: ViewerModel, path: str, version: int | None = None
) -> None:
    wanted = node(model, path)
    if version is None:
        model.select_node(wanted)
    else:
        model.open_version(wanted, version)
    await until(lambda: view.subject is not None and view.subject.node == wanted)


def front(view: InspectorView) -> QWidget:
    """What the content tab shows."""
    return view.content._stack.currentWidget()


# -- the subject ------------------------------------------------------------------------------


def test_the_version_looked_at_is_the_one_the_selected_layers_show() -> None:
    with opened(*LAYERS) as image:
        path = image.node("/etc/app.conf")
        assert [look_at(image, path, upto, None).layer for upto in range(3)] == [0, 1, 2]
        assert look_at(image, path, 2, 0).layer == 0
        assert "layer 1 stores another one over it" in look_at(image, path, 2, 0).note


def test_a_deleted_file_is_shown_as_the_layer_below_left_it() -> None:
    with opened(*LAYERS) as image:
        subject = look_at(image, image.node("/etc/secret"), 2, None)
        assert subject.note == "Deleted in layer 2. Shown as layer 0 left it."
        assert subject.content().read_at(0, 100) == b"password\n"
        before = look_at(image, image.node("/etc/secret"), 0, None)
        assert before.note == "Layer 2 deletes it; here it is as layer 0 left it."


def test_a_file_of_a_later_layer_is_announced() -> None:
    with opened([file("a")], [file("b", "1")]) as image:
        subject = look_at(image, image.node("/b"), 0, None)
        assert subject.note == "Not there yet as of layer 0; layer 1 brings it."


def test_a_path_that_only_a_whiteout_names_has_nothing_to_show() -> None:
    with opened([file("a"), whiteout("ghost")]) as image:
        subject = look_at(image, image.node("/ghost"), 0, None)
        assert subject.entry is None
        assert "only a whiteout" in subject.note


def test_the_equivalent_command_is_quoted_for_a_shell() -> None:
    with opened([file("a b", "1"), directory("d")]) as image:
        command = look_at(image, image.node("/a b"), 0, None).command()
        assert command.startswith("layerscope cat oci-archive:")
        assert command.endswith("'/a b' --layer 0")
        assert look_at(image, image.node("/d"), 0, None).command().startswith("layerscope ls ")


def test_metadata_tells_links_modes_and_devices() -> None:
    with opened(*LAYERS) as image:
        linked = {f.name: f for f in facts_of(look_at(image, image.node("/etc/other"), 0, None))}
        assert linked["Hard links"].value == "/etc/app.conf"
        program = {f.name: f for f in facts_of(look_at(image, image.node("/run.sh"), 2, None))}
        assert program["Mode"].value == "-rwsr-xr-x  4755  setuid"
        assert program["Mode"].warns
        device = {f.name: f for f in facts_of(look_at(image, image.node("/null"), 2, None))}
        assert device["Device"].value == "1:3"


def test_owners_have_the_names_the_image_gives_them() -> None:
    passwd = file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:101:101::/:/bin/sh\n")
    with opened([passwd, file("a", uid=101, gid=7), file("b")]) as image:
        found = {f.name: f.value for f in facts_of(look_at(image, image.node("/a"), 0, None))}
        assert found["Owner"] == "web:7 (101:7)"
        assert summary_of(look_at(image, image.node("/b"), 0, None)).split()[2] == "root:root"


@pytest.mark.parametrize(
    ("kind", "mode", "letters"),
    [
        (EntryType.FILE, 0o644, "-rw-r--r--"),
        (EntryType.DIR, 0o1777, "drwxrwxrwt"),
        (EntryType.FILE, 0o6644, "-rwSr-Sr--"),
        (EntryType.SYMLINK, 0o777, "lrwxrwxrwx"),
    ],
)
def test_modes_are_written_as_ls_writes_them(kind: EntryType, mode: int, letters: str) -> None:
    assert mode_letters(FileEntry(b"/x", kind, mode)) == letters


def test_any_time_a_tar_may_give_is_written() -> None:
    assert moment_text(0) == "1970-01-01 00:00:00 UTC"
    assert moment_text(10**27) == "1000000000000000000 seconds after 1970"


# -- the timeline -----------------------------------------------------------------------------


async def test_the_timeline_has_a_row_for_each_layer_that_touched_the_path(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path)
    items = view.timeline.items
    said = [items.data(items.index(row), Qt.ItemDataRole.DisplayRole) for row in range(3)]
    assert said[0].startswith("Layer 0: added; 30 bytes stored\nRUN step 0")
    assert "content 30 bytes → 33 bytes, mode 0644 → 0600" in said[1]
    assert "stored again, nothing differs; 33 bytes stored" in said[2]


async def test_the_timeline_says_how_many_lines_a_version_changed(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path)
    items = view.timeline.items

    def said(row: int) -> str:
        return str(items.data(items.index(row), Qt.ItemDataRole.DisplayRole))

    await until(lambda: "+1 −1 lines, content 30 bytes → 33 bytes" in said(1))
    assert "lines" not in said(0) + said(2)


def test_lines_are_counted_of_texts_alone() -> None:
    before, after = (
        [file("a", "1\n2\n"), file("b", b"\0\1")],
        [file("a", "2\n3\n4\n"), file("b", b"\0")],
    )
    with opened(before, after) as image:
        for path, counted in (("/a", {1: Lines(2, 1)}), ("/b", {})):
            assert count_lines(look_at(image, image.node(path), 1, None), Job()) == counted


def test_lines_are_counted_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linecounts, "MOST_BYTES", 9)
    with opened([file("a", "1\n")], [file("a", "2\n")], [file("a", "many more\n")]) as image:
        counted = count_lines(look_at(image, image.node("/a"), 2, None), Job())
        assert list(counted) == [1]


async def test_selecting_a_version_opens_it(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path)
    rect = view.timeline.visualRect(view.timeline.items.index(0))
    QTest.mouseClick(view.timeline.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert model.version == 0
    await until(lambda: "workers 1" in view.content.text.toPlainText())
    assert "stores another one over it" in view._notice.text()


async def test_the_keyboard_walks_the_versions(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path, 0)
    view.timeline.setFocus()
    QTest.keyClick(view.timeline, Qt.Key.Key_Down)
    assert model.version == 1


async def test_two_versions_are_compared_line_by_line(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path, 0)
    QTest.keyClick(view.timeline, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    await until(lambda: view.comparing.has_comparison)
    assert view.tabs.currentIndex() == 3
    assert view.comparing._title.text().endswith("+1 −1 lines")
    assert "− workers 1;" in view.comparing._both.toPlainText()
    assert "mode" in [fact.name for fact in view.comparing._facts.facts()]


async def test_of_three_selected_versions_the_last_two_count(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path, 0)
    for row in (1, 2):
        view.timeline.selectionModel().select(
            view.timeline.items.index(row), QItemSelectionModel.SelectionFlag.Select
        )
    await until(lambda: view.comparing._title.text().startswith("Layer 1 → layer 2"))
    assert len(view.timeline.selectionModel().selectedRows()) == 2


async def test_the_compare_tab_alone_compares_with_the_version_before(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path, 1)
    view.tabs.setCurrentIndex(3)
    await until(lambda: view.comparing._title.text().startswith("Layer 0 → layer 1"))


async def test_a_deleted_version_is_compared_as_gone(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/secret", tmp_path)
    view.timeline.compare(0, 1)
    await until(lambda: view.comparing.has_comparison)
    assert "− password" in view.comparing._both.toPlainText()


def test_panes_face_each_other_row_by_row() -> None:
    rows = side_by_side(["same", "old 1", "gone"], ["same", "new 1"])
    old, new = pane(rows, new=False), pane(rows, new=True)
    assert len(old) == len(new) == 3
    assert [line.side for line in old] == [Side.SAME, Side.OLD, Side.OLD]
    assert new[2].filler
    assert [line.text for line in unified(rows)] == ["  same", "− old 1", "− gone", "+ new 1"]


# -- content ----------------------------------------------------------------------------------


async def test_each_kind_of_content_is_shown_as_what_it_is(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path)
    content = view.content
    await until(lambda: content.text.toPlainText().startswith("user www;"))
    await look(view, model, "/picture.png")
    await until(lambda: front(view) is content.image)
    assert content._caption.text() == "PNG image, 20 × 10 pixels"
    await look(view, model, "/packed.gz")
    await until(lambda: "One compressed file" in content._empty._hint.text())
    await look(view, model, "/data.bin")
    await until(lambda: content._empty._title.text() == "Binary data")
    await look(view, model, "/null")
    assert content._empty._title.text() == "A device"
    await look(view, model, "/etc")
    assert content._empty._title.text() == "A folder"


async def test_long_text_comes_in_portions(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(40_000))
    with viewed([file("long.txt", text)]) as model:
        view = await inspecting(model, "/long.txt", tmp_path)
        await until(lambda: view.content.text.blockCount() > 1)
        shown = view.content.text.blockCount()
        assert shown < 40_000
        assert "the first 262 kB of" in view.content._caption.text()
        view.content._more.click()
        await until(lambda: view.content.text.blockCount() > shown)
        assert not view.content._more.isVisible()


async def test_bytes_are_read_as_they_come_into_view(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/data.bin", tmp_path)
    view.tabs.setCurrentIndex(1)
    view.hex.setFocus()
    view.grab()
    await until(lambda: "Byte 0 of 60: 00" in view.hex.accessibleDescription())
    QTest.keyClick(view.hex, Qt.Key.Key_End)
    assert view.hex.marked == 59
    QTest.keyClick(view.hex, Qt.Key.Key_Up)
    assert view.hex.marked == 43
    assert "Byte 43 of 60" in view.hex.accessibleDescription()


async def test_strings_are_found_once_their_tab_is_opened(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/data.bin", tmp_path)
    assert view.strings.items.rowCount() == 0
    view.tabs.setCurrentIndex(2)
    await until(lambda: view.strings.items.rowCount() == 4)
    assert view.strings.items.data(view.strings.items.index(0, 1)) == "hello world"


async def test_a_symlink_can_be_followed_and_says_when_it_leads_nowhere(
    model: ViewerModel, tmp_path: Path
) -> None:
    view = await inspecting(model, "/etc/link", tmp_path)
    assert view.content._empty._title.text() == "Leads to app.conf"
    view.content._go.click()
    assert model.node == node(model, "/etc/app.conf")
    await look(view, model, "/etc/dangling")
    view.content._go.click()
    assert view._said.text()


# -- what can be done with it -----------------------------------------------------------------


async def test_a_deleted_file_can_be_saved(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/secret", tmp_path)
    assert view.subject is not None
    said: list[str] = []
    view.handling.done.connect(said.append)
    view.handling.save_to(view.subject, tmp_path / "secret")
    await until(lambda: said)
    assert (tmp_path / "secret").read_bytes() == b"password\n"
    assert said == ["Saved as secret"]


async def test_the_menu_copies_path_digest_and_command(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/secret", tmp_path)
    menu = QMenu()
    view.handling.fill(menu)
    actions = {action.text(): action for action in menu.actions()}
    clipboard = QGuiApplication.clipboard()
    actions["Copy path"].trigger()
    assert clipboard.text() == "/etc/secret"
    actions["Copy equivalent command"].trigger()
    assert clipboard.text().endswith("/etc/secret --layer 0")
    actions["Copy digest of the content"].trigger()
    await until(lambda: clipboard.text().startswith("sha256:"))


async def test_opening_hands_a_read_only_copy_to_the_system(
    model: ViewerModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url.toLocalFile()))
    view = await inspecting(model, "/picture.png", tmp_path)
    view.handling.open_outside()
    await until(lambda: urls)
    copy = Path(urls[0])
    assert copy.read_bytes() == PICTURE
    assert copy.stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("run", b"#!/bin/sh\n"),
        ("program", b"\x7fELF" + bytes(60)),
        ("setup.EXE", b"anything"),
        ("a.txt", b"[Desktop Entry]\nExec=rm"),
    ],
)
def test_programs_are_never_handed_to_the_system(name: str, data: bytes, tmp_path: Path) -> None:
    with opened([file(name, data)]) as image:
        content = look_at(image, image.node(f"/{name}"), 0, None).content()
        with pytest.raises(Unsupported):
            outside.copy_for_opening(content, name, tmp_path, Job())
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_refused_and_nothing_left_behind(tmp_path: Path) -> None:
    with opened([file("a", "1")]) as image:
        content = look_at(image, image.node("/a"), 0, None).content()
        with pytest.raises(Refused):
            outside.save(content, tmp_path / "missing" / "a", Job())
        assert list(tmp_path.iterdir()) == []


# -- all the rest -----------------------------------------------------------------------------


async def test_without_a_path_it_says_what_to_do(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/secret", tmp_path)
    model.select_node(None)
    assert view.subject is None
    model.clear()
    assert view.timeline.items.rowCount() == 0


async def test_everything_has_a_name(model: ViewerModel, tmp_path: Path) -> None:
    view = await inspecting(model, "/etc/app.conf", tmp_path)
    for tab in range(view.tabs.count()):
        view.tabs.setCurrentIndex(tab)
        assert unnamed(view) == []


def test_the_item_models_keep_their_promises() -> None:
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    with opened(*LAYERS) as image:
        timeline, table = TimelineItems(), TextItems(("Name", "Size"), frozenset({1}))
        testers = [QAbstractItemModelTester(items, mode, items) for items in (timeline, table)]
        subject = look_at(image, image.node("/etc/app.conf"), 2, None)
        timeline.show(subject)
        assert timeline.renew(look_at(image, image.node("/etc/app.conf"), 1, None))
        timeline.show(None)
        table.show([("a", "1"), ("b", "2")])
        assert len(testers) == 2
