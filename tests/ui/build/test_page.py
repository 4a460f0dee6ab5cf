"""The page of a Dockerfile: everything follows the text and the caret, everything leads back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from explorer.build.plan.recording import record_stage
from explorer.build.plan.records import BuildRecords, LayerRecord
from explorer.filesystem.names import display
from explorer.oci import media
from explorer.store.images import ImageStore
from explorer.ui.build.editor.chips import ChipKind
from explorer.ui.build.page import BuildPage
from explorer.ui.build.preview.words import Kind, kind_of
from explorer.ui.window import MainWindow
from tests.ui.accessibility import unnamed
from tests.ui.build.conftest import THREE, keys, opened, settled
from tests.ui.waiting import until


@pytest.fixture
def dockerfile(project: Path) -> Path:
    return project / "Dockerfile"


def files(page: BuildPage) -> list[str]:
    """The files of the preview."""
    image = page.bench.preview.model.image
    assert image is not None
    final = image.final
    trie = image.stack.trie
    return [
        display(trie.path(int(node)))
        for node in final.nodes(0)
        if not (entry := final.entry(int(node))) or not entry.is_dir
    ]


def graph(page: BuildPage) -> list[str]:
    return [node.title for node in page.bench.graph.canvas.chart.nodes]


def rules(page: BuildPage) -> list[str]:
    return [row.rule or row.message for row in page.bench.problems.model.rows]


async def go(page: BuildPage, line: int) -> None:
    page.editor.go_to_line(line)
    await settled(page)
    await until(lambda: page.session.view is not None and _line(page) <= line)


def _line(page: BuildPage) -> int:
    view = page.session.view
    return view.here.line if view is not None and view.here is not None else 0


async def test_the_preview_is_the_filesystem_at_the_caret(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile)
    await go(page, 3)
    assert files(page) == ["/app/package.json"]
    await go(page, 6)
    assert files(page) == ["/app/package.json", "/app/src/app.ts", "/app/src/b.ts"]
    await go(page, 11)
    assert files(page) == ["/srv/package.json", "/srv/src/app.ts", "/srv/src/b.ts"]


async def test_what_the_ignore_file_leaves_out_is_not_copied(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, "FROM scratch\nCOPY . /\n")
    await go(page, 2)
    assert "/package.json" in files(page)
    assert not any("node_modules" in path for path in files(page))
    assert "leaves out" in page.bench.context.left_out.text()


async def test_predicted_layers_are_marked_as_such(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    await go(page, 6)
    blocks = page.bench.preview.strip.blocks
    assert [block.predicted for block in blocks] == [True, True, True]
    assert page.bench.preview.strip.words() == "3 predicted"
    assert page.bench.preview.badge.text() == "predicted"


async def test_a_step_that_only_sets_something_says_so(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile)
    await go(page, 11)
    view = page.session.view
    assert view is not None and view.here is not None and view.preview is not None
    assert kind_of(view.here, view.preview) is Kind.SETTINGS
    assert view.preview.effective.user == "1000"
    assert view.preview.effective.environment["MODE"] == "production"


async def test_a_run_says_that_it_will_run(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM scratch\nCOPY src /src\nRUN make\n")
    await go(page, 3)
    assert page.bench.preview.badge.text() == "will run"
    assert files(page) == ["/src/app.ts", "/src/b.ts"]


async def test_an_unknown_base_is_said_and_the_rest_still_works(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, "FROM nowhere:1\nCOPY src /src\n")
    await go(page, 2)
    assert files(page) == ["/src/app.ts", "/src/b.ts"]
    assert page.base_here() == "nowhere:1"
    assert any("nowhere:1" in note.base for note in page.bench.preview._notes)


async def test_the_graph_marks_the_stage_of_the_caret(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    assert graph(page) == ["deps", "build", "stage-2"]
    await go(page, 6)
    assert page.bench.graph.canvas.current == 1
    await go(page, 1)
    assert page.bench.graph.canvas.current == 0


async def test_a_node_leads_to_its_code(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    page.bench.graph.canvas.entered.emit(2)
    assert page.editor.line == 8
    assert page.editor.view.hasFocus()


async def test_outline_problems_and_plan_lead_to_the_code(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, THREE + "MAINTAINER me\n")
    outline = page.bench.outline
    outline.tree.activated.emit(outline.model.index(1, 0))
    assert page.editor.line == 5
    problems = page.bench.problems
    place = rules(page).index("MaintainerDeprecated")
    problems.table.activated.emit(problems.model.index(place, 0))
    assert page.editor.line == 14
    plan = page.bench.plan
    plan.tree.activated.emit(plan.model.index(0, 0))
    assert page.editor.line in (1, 5, 8)


async def test_chips_and_the_graph_tell_what_the_plan_says(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile)
    kinds = {chip.kind for chip in page.editor.chips.of_line(2)}
    assert ChipKind.WILL_RUN in kinds
    assert {chip.kind for chip in page.editor.chips.of_line(8)} == {ChipKind.METADATA}
    assert page.bench.graph.canvas.chart.nodes[0].forecast.misses == 2
    assert page.bench.plan.plan is not None
    assert page.bench.plan.plan.first_break is not None


async def test_what_changed_since_the_last_build_is_said(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile)
    plan = page.session.plan
    assert plan is not None
    records = BuildRecords.at()
    with ImageStore.at().ingest() as ingest:
        kept = str(ingest.put(bytes(1024), media.OCI_LAYER).digest)
    layer = LayerRecord(kept, kept, 20, 2)
    for stage in plan.stages:
        record_stage(records, stage, str(dockerfile), "first", lambda _step: layer)
    (dockerfile.parent / "src" / "app.ts").write_text("run(twice)\n")
    page.session.look_again()
    await go(page, 6)

    def said() -> str:
        return page.bench.preview._since.text()

    await until(lambda: "src/app.ts" in said() and "Since the last build" in said())
    await go(page, 3)
    await until(lambda: said().startswith("Nothing changed since the last build"))
    assert {chip.kind for chip in page.editor.chips.of_line(2)} >= {ChipKind.CACHED}


async def test_a_missing_source_is_a_problem_at_its_place(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, "FROM scratch\nCOPY absent.txt /\n")
    rows = [row for row in page.bench.problems.model.rows if "absent.txt" in row.message]
    assert rows and rows[0].line == 2
    (dockerfile.parent / "absent.txt").write_text("here")
    page.session.look_again()
    await until(lambda: not any("absent.txt" in r.message for r in page.bench.problems.model.rows))


async def test_a_file_that_changes_on_disk_is_seen(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    await go(page, 6)
    (dockerfile.parent / "src" / "new.ts").write_text("new\n")
    page.session.look_again()
    await until(lambda: "/app/src/new.ts" in files(page))


async def test_a_quick_fix_is_made_and_can_be_undone(window: MainWindow, dockerfile: Path) -> None:
    text = "from scratch AS one\nCOPY src /\n"
    page = await opened(window, dockerfile, text)
    row = next(row for row in page.bench.problems.model.rows if row.fixes)
    page.make_fix(row.fixes[0])
    await settled(page)
    assert page.editor.text() != text
    assert row.rule not in rules(page)
    page.editor.view.undo()
    assert page.editor.text() == text


async def test_another_target_changes_what_is_needed(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    page.choose_target("build")
    await settled(page)
    nodes = page.bench.graph.canvas.chart.nodes
    assert [node.needed for node in nodes] == [True, True, False]
    assert page.bench.inputs.target.currentData() == "build"


async def test_build_arguments_change_what_is_shown(window: MainWindow, dockerfile: Path) -> None:
    text = "FROM scratch\nARG WHERE=/one\nCOPY src $WHERE\n"
    page = await opened(window, dockerfile, text)
    await go(page, 3)
    assert files(page)[0] == "/one/app.ts"
    table = page.bench.inputs.arguments
    assert table.item(0, 0).text() == "WHERE"
    table.item(0, 1).setText("/two")
    await until(lambda: page.session.options.arguments == {"WHERE": "/two"})
    await until(lambda: files(page)[0] == "/two/app.ts")


async def test_the_tab_tells_unsaved_work(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    assert page.title == "Dockerfile"
    await keys(partial(QTest.keyClicks, page.editor.view, "#"))
    assert page.title == "Dockerfile •"
    page.file.save()
    await until(lambda: page.title == "Dockerfile")
    assert dockerfile.read_text() == "#" + THREE


async def test_closing_asks_about_unsaved_work(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    await keys(partial(QTest.keyClicks, page.editor.view, "#"))
    for button, stays in (
        (QMessageBox.StandardButton.Cancel, True),
        (QMessageBox.StandardButton.Discard, False),
    ):
        window.close_page(page)
        await until(lambda: QApplication.activeModalWidget() is not None)
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        box.button(button).click()
        await until(lambda: QApplication.activeModalWidget() is None and not page._is_asking)
        await until(lambda stays=stays: (page in list(window.pages())) is stays)
    assert dockerfile.read_text() == THREE


async def test_closing_can_save(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    await keys(partial(QTest.keyClicks, page.editor.view, "#"))
    window.close_page(page)
    await until(lambda: QApplication.activeModalWidget() is not None)
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    box.button(QMessageBox.StandardButton.Save).click()
    await until(lambda: page not in list(window.pages()))
    assert dockerfile.read_text().startswith("#")


async def test_unsaved_work_survives_the_window(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    await keys(partial(QTest.keyClicks, page.editor.view, "# kept"))
    await page.aclose()
    page.file.discard = lambda: None  # type: ignore[method-assign]
    page._is_closing = True
    window.close_page(page)
    again = await opened(window, dockerfile, None)
    assert again is not page
    assert again.editor.text() == "# kept" + THREE


async def test_every_part_has_a_name(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    for place in range(page.bench.tabs.count()):
        page.bench.tabs.setCurrentIndex(place)
        QApplication.processEvents()
        assert unnamed(page) == []


@pytest.mark.parametrize("width", [1440, 1000, 700, 500])
async def test_everything_can_be_reached_at_any_width(
    window: MainWindow, dockerfile: Path, width: int
) -> None:
    page = await opened(window, dockerfile)
    window.resize(width, 700)
    QApplication.processEvents()
    page.bench.show_graph()
    assert page.bench.graph.canvas.isVisible()
    page.bench.show_preview()
    assert page.bench.preview.isVisible()
    assert page.editor.view.isVisible()
    window.resize(1440, 900)
    QApplication.processEvents()
    assert page.bench.graph.canvas.isVisible()
    assert page.bench.preview.isVisible()


async def test_a_file_that_is_not_there_is_said(window: MainWindow, project: Path) -> None:
    window.open_paths([str(project / "absent.Dockerfile")])
    await until(lambda: isinstance(window.front(), BuildPage))
    page = window.front()
    assert isinstance(page, BuildPage)
    await until(lambda: page.banners.banners())
    assert "not there" in page.banners.banners()[0].report.what


async def test_the_keys_of_the_page_reach_its_parts(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile)
    window.activateWindow()
    for key, reached in (
        (Qt.Key.Key_2, page.bench.graph.canvas),
        (Qt.Key.Key_4, page.bench.problems),
        (Qt.Key.Key_5, page.bench.plan),
        (Qt.Key.Key_6, page.bench.outline),
        (Qt.Key.Key_1, page.editor.view),
    ):
        await keys(partial(QTest.keyClick, window, key, Qt.KeyboardModifier.ControlModifier))
        focused = window.focusWidget()
        assert focused is reached or reached.isAncestorOf(focused), key
