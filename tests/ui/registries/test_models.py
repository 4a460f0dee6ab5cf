"""Lists and tables of the browser: every model is held to Qt's rules, and ten thousand rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from explorer.oci import Digest
from explorer.transfer.browsing import natural
from explorer.ui.registries.facts import RowFacts, counted_artifacts
from explorer.ui.registries.repolist import NameModel, RepositoryList
from explorer.ui.registries.tagmodel import AGE, DIGEST, PLATFORMS, SIZE, TAG, TagModel
from explorer.ui.registries.tagtable import TagTable

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal
Role = Qt.ItemDataRole


def facts(size: int, year: int = 2026, *platforms: str) -> RowFacts:
    made = datetime(year, 1, 2, tzinfo=UTC)
    return RowFacts(Digest.of(str(size).encode()), size, made, platforms or ("linux/amd64",))


@pytest.fixture
def model(qtbot: QtBot) -> TagModel:
    made = TagModel()
    QAbstractItemModelTester(made, STRICT, made)
    made.show(["1.9", "1.10", "2.0", "latest"])
    return made


def names(model: TagModel) -> list[str]:
    return [model.name_at(row) for row in range(model.rowCount())]


def cells(model: TagModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_what_is_not_read_yet_says_so(model: TagModel) -> None:
    assert cells(model, 0) == ["1.9", "…", "…", "…", "…"]
    assert model.index(0, 0).data(Role.AccessibleTextRole) == "1.9, not read yet"
    model.note("1.9", facts(2_100_000))
    assert cells(model, 0)[SIZE] == "2.1 MB"
    assert cells(model, 0)[PLATFORMS] == "linux/amd64"
    assert "2.1 MB" in model.index(0, 0).data(Role.AccessibleTextRole)
    assert model.count_known == 1


def test_a_digest_alone_is_shown_while_the_rest_is_unknown(model: TagModel) -> None:
    model.note("1.9", RowFacts(Digest.of(b"x")))
    assert cells(model, 0)[SIZE] == "…"
    assert cells(model, 0)[DIGEST] == Digest.of(b"x").short
    assert model.count_known == 0
    assert model.unread() == ["1.9", "1.10", "2.0", "latest"]


def test_what_cannot_be_read_says_why(model: TagModel) -> None:
    model.note("1.9", RowFacts(problem="the manifest is damaged"))
    assert cells(model, 0)[1:] == ["—", "—", "—", "—"]
    assert "damaged" in model.index(0, 0).data(Role.ToolTipRole)
    assert model.unread() == ["1.10", "2.0", "latest"]


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (TAG, UP, ["1.9", "1.10", "2.0", "latest"]),
        (TAG, DOWN, ["latest", "2.0", "1.10", "1.9"]),
        (SIZE, UP, ["2.0", "1.9", "1.10", "latest"]),
        (SIZE, DOWN, ["1.10", "1.9", "2.0", "latest"]),
        (AGE, UP, ["1.10", "1.9", "2.0", "latest"]),
        (AGE, DOWN, ["2.0", "1.9", "1.10", "latest"]),
    ],
)
def test_columns_sort_as_numbers_and_the_unknown_stands_last(
    model: TagModel, column: int, order: Qt.SortOrder, expected: list[str]
) -> None:
    model.note("1.9", facts(900, 2024))
    model.note("1.10", facts(10_000, 2025))
    model.note("2.0", facts(80, 2023))
    model.sort(column, order)
    assert names(model) == expected


def test_rows_stay_where_they_are_while_more_is_read(model: TagModel) -> None:
    model.sort(SIZE, UP)
    before = names(model)
    model.note("latest", facts(1))
    assert names(model) == before
    model.sort_again()
    assert names(model)[0] == "latest"


def test_what_is_chosen_stays_so_when_rows_move(model: TagModel) -> None:
    held = QPersistentModelIndex(model.index(model.row_of("1.10"), DIGEST))
    model.note("2.0", facts(5))
    model.sort(SIZE, UP)
    assert model.name_at(held.row()) == "1.10"
    assert held.column() == DIGEST


def test_the_filter_looks_at_names_digests_and_platforms(model: TagModel) -> None:
    model.note("latest", facts(7, 2026, "linux/s390x"))
    model.filter("1. 0")
    assert names(model) == ["1.10"]
    model.filter("S390")
    assert names(model) == ["latest"]
    model.filter(Digest.of(b"7").short)
    assert names(model) == ["latest"]
    model.filter("")
    assert model.rowCount() == 4


def test_what_was_read_is_kept_when_the_list_is_read_again(model: TagModel) -> None:
    model.note("2.0", facts(5))
    model.show(["1.10", "2.0", "3.0"])
    assert model.facts_of("2.0").size == 5
    assert model.facts_of("3.0").size is None
    assert model.count_known == 1
    model.clear()
    assert (model.rowCount(), model.count_known) == (0, 0)


def test_many_platforms_are_named_in_the_tip(model: TagModel) -> None:
    model.note("2.0", facts(5, 2026, "linux/amd64", "linux/arm64", "linux/s390x"))
    row = model.row_of("2.0")
    assert cells(model, row)[PLATFORMS] == "linux/amd64, linux/arm64 +1"
    assert "s390x" in model.index(row, PLATFORMS).data(Role.ToolTipRole)


def test_a_time_that_means_nothing_is_not_shown_as_an_age(model: TagModel) -> None:
    model.note("2.0", facts(5, 1970))
    assert cells(model, model.row_of("2.0"))[AGE] == "—"


def test_ten_thousand_tags(qtbot: QtBot) -> None:
    model = TagModel()
    every = sorted((f"build-{number}" for number in range(10_000)), key=natural)
    model.show(every)
    table = TagTable(model)
    qtbot.addWidget(table)
    table.resize(700, 500)
    seen: list[list[str]] = []
    table.seen.connect(seen.append)
    table.show()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1][0] == "build-0"
    assert len(seen[-1]) < 40, "only what is in view is read"
    table.scrollToBottom()
    qtbot.waitUntil(lambda: "build-9999" in seen[-1])
    assert len(seen[-1]) < 40
    for number in range(0, 10_000, 7):
        model.note(f"build-{number}", facts(number))
    model.sort(SIZE, DOWN)
    assert model.name_at(0) == "build-9996"
    assert model.name_at(9_999) == "build-9999", "what is not read stands last"
    model.filter("99 5")
    assert all("99" in name and "5" in name for name in names(model))


def test_the_choice_survives_another_list_and_a_filter(qtbot: QtBot, model: TagModel) -> None:
    table = TagTable(model)
    qtbot.addWidget(table)
    assert table.choose("2.0")
    model.show(["0.1", "1.9", "2.0"])
    assert table.names() == ["2.0"]
    model.filter("2.")
    assert table.names() == ["2.0"]
    model.filter("1.")
    assert table.names() == []
    assert not table.choose("2.0"), "what is filtered out cannot be chosen"


def test_repositories_are_searched_by_words(qtbot: QtBot) -> None:
    model = NameModel()
    QAbstractItemModelTester(model, STRICT, model)
    model.show(["team/app", "team/web", "tools/app-builder"])
    model.filter("APP team")
    assert list(model.names) == ["team/app"]
    model.filter("")
    assert model.rowCount() == 3
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None


def test_enter_takes_what_is_typed_and_not_what_it_happens_to_match(qtbot: QtBot) -> None:
    view = RepositoryList()
    qtbot.addWidget(view)
    view.show_names(["team/app2"])
    typed: list[str] = []
    chosen: list[str] = []
    view.typed.connect(typed.append)
    view.chosen.connect(chosen.append)
    QTest.keyClicks(view.line, "team/app")
    QTest.keyClick(view.line, Qt.Key.Key_Return)
    assert (typed, chosen) == (["team/app"], [])
    QTest.keyClicks(view.line, "2")
    QTest.keyClick(view.line, Qt.Key.Key_Return)
    assert (typed, chosen) == (["team/app"], ["team/app2"])


def test_what_is_attached_is_counted_by_kind() -> None:
    kinds = [
        "application/vnd.in-toto+json",
        "application/spdx+json",
        "application/vnd.in-toto+json",
    ]
    assert counted_artifacts(kinds) == "2 attestations, 1 SBOM (SPDX)"
