"""The views of an image are made one at a time, and those below when they are first looked at."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.workbench import Workbench
from explorer.ui.settings import Settings
from explorer.ui.widgets.late import Late
from tests.ui.explore.images import page_of, save, settled, tour

BESIDE = {"stack", "tree", "inspector"}


@pytest.fixture
def location(tmp_path: Path) -> str:
    return save(tour(), tmp_path)


def test_no_turn_of_the_loop_makes_more_than_one_view(qapp: object, tmp_path: Path) -> None:
    settings = Settings.at(tmp_path / "s.ini")
    parent = QWidget()
    bench = Workbench(ViewerModel(), settings, parent)
    making, made = bench.build(), [0]
    try:
        while True:
            making.send(None)
            made.append(len(bench.made()))
    except StopIteration:
        pass
    steps = [after - before for before, after in pairwise(made)]
    assert max(steps) == 1
    assert sum(steps) == 4


async def test_of_the_views_below_only_the_one_in_front_is_made(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        assert page.bench.made() == BESIDE | {"overlay"}


async def test_the_others_are_made_when_they_are_looked_at_and_catch_up(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        bench = page.bench
        bench.tabs.setCurrentIndex(1)
        assert bench.made() == BESIDE | {"overlay", "usage"}
        await settled(page)
        assert bench.usage.findings is not None
        bench.show_view("facts")
        bench.facts.show_page("history")
        assert bench.facts.history.model().rowCount() > 0


async def test_the_cross_section_made_late_shows_the_folder_in_view(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        page.bench.show_view("search")
    async with page_of(location, tmp_path) as again:
        assert again.bench.made() == BESIDE | {"search"}
        assert again.model.image is not None
        etc = again.model.image.node("/etc")
        again.model.go_to(etc)
        again.bench.show_view("overlay")
        await settled(again)
        section = again.bench.section.section
        assert section is not None
        assert section.folder == etc


async def test_bytes_strings_and_comparisons_are_made_when_their_tab_is_opened(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        tabs = page.bench.inspector.tabs
        late = [tabs.widget(place) for place in range(tabs.count())]
        assert [isinstance(tab, Late) and tab.is_made for tab in late] == [False] * 4
        assert page.model.image is not None
        page.model.select_node(page.model.image.node("/app/main.py"))
        await settled(page)
        tabs.setCurrentIndex(1)
        assert [isinstance(tab, Late) and tab.is_made for tab in late] == [
            False,
            True,
            False,
            False,
        ]


def test_a_late_widget_passes_the_focus_on(qapp: object) -> None:
    made: list[QWidget] = []

    def make(parent: QWidget) -> QWidget:
        made.append(QWidget(parent))
        return made[-1]

    late = Late(make)
    assert made == []
    assert late.widget is late.widget is made[0]
    assert late.focusProxy() is made[0]
