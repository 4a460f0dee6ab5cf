"""What a build prints faster than it can be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.events import Log
from explorer.build.runs import BuildHistory, BuildLog, Inflow, Spool
from explorer.build.runs.output import MOST_BYTES, MOST_LINES, Output
from explorer.errors import NotFound
from tests.build.runs.telling import PLAN, built

LINE = b"x" * 99 + b"\n"


def said(step: str, data: bytes) -> Log:
    return Log(step, 0.5, 1, data)


def poured(*events: Log, seconds: float = 5.0) -> BuildLog:
    log, flow = BuildLog("Dockerfile"), Inflow()
    log.take(PLAN)
    for event in events:
        flow.put(event)
    while flow:
        flow.pour(log, seconds)
    return log


def test_all_of_it_arrives_in_order_step_by_step() -> None:
    log = poured(said("0.0", b"a1\na"), said("1.0", b"b1\n"), said("0.0", b"2\n"))
    assert list(log.steps["0.0"].output.texts()) == ["a1", "a2"]
    assert list(log.steps["1.0"].output.texts()) == ["b1"]


def test_a_large_piece_is_folded_in_by_and_by() -> None:
    log, flow = BuildLog("Dockerfile"), Inflow()
    flow.put(said("0.0", LINE * 10_000))
    flow.pour(log, 0.0)
    assert flow, "without any time nothing is folded in"
    assert "0.0" not in log.steps
    while flow:
        flow.pour(log, 1.0)
    assert len(log.steps["0.0"].output) == 10_000


def test_of_a_flood_the_end_is_shown_and_every_line_counted() -> None:
    count = 3 * MOST_BYTES // len(LINE)
    pieces = [said("0.0", LINE * 1000) for _ in range(count // 1000)]
    output = poured(*pieces, said("0.0", b"last\n")).steps["0.0"].output
    assert output.kept <= MOST_BYTES
    assert output.end == len(pieces) * 1000 + 1
    assert output.text(output.end - 1) == "last"
    assert output.size == len(pieces) * 1000 * len(LINE) + 5


def test_many_short_lines_are_bounded_too() -> None:
    output = Output()
    for _ in range(5):
        output.feed(b"\n" * MOST_LINES)
    assert len(output) <= MOST_LINES
    assert output.end == 5 * MOST_LINES


def test_what_is_passed_over_leaves_numbers_right() -> None:
    output = Output()
    output.feed(b"1\n2\n3")
    output.pass_over(b"3\n4\n5")
    output.feed(b"5\n6\n")
    assert list(output.texts()) == ["55", "6"]
    assert (output.first, output.end) == (4, 6)


def test_the_whole_output_is_kept_on_disk_where_the_record_has_its_end(tmp_path: Path) -> None:
    history = BuildHistory.at(tmp_path)
    log, spool = built(), history.spool()
    flow = Inflow(spool)
    for number in range(20):
        flow.put(said("0.1", b"".join(b"\x1b[32m%06d\x1b[0m\n" % n for n in range(5000))))
        flow.put(said("1.0", b"little %d\n" % number))
    while flow:
        flow.pour(log, 1.0)
    summary = history.add(log, spool)
    assert log.steps["1.0"].whole == "", "the record has all of it"
    loaded = history.load(summary.name).steps["0.1"]
    assert len(loaded.output) < 100_000
    path = history.whole_output(loaded.whole)
    words = path.read_text().splitlines()
    assert len(words) == 100_000
    assert words[0] == "000000", "without colours"
    assert [path.name for path in path.parent.iterdir()] == [loaded.whole]


def test_a_whole_output_that_is_gone_is_said(tmp_path: Path) -> None:
    history = BuildHistory.at(tmp_path)
    for name in ("gone.txt", "../x.txt", "x"):
        with pytest.raises(NotFound):
            history.whole_output(name)


def test_a_folder_that_cannot_be_written_costs_the_build_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    spool = Spool(tmp_path / "file")
    spool.put("0.0", b"words\n")
    assert spool.close() == {}
    spool.remove()


def test_what_waits_for_a_slow_disk_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.build.runs.spool._MOST_WAITING", -1)
    spool = Spool(tmp_path)
    spool.put("0.0", b"words\n")
    spool.close()
    assert spool._lost == 6
    spool.remove()


def test_what_a_killed_process_left_goes_with_the_next_build(tmp_path: Path) -> None:
    left = tmp_path / "output-999999999-abc"
    left.mkdir()
    (left / "0.txt").write_text("words")
    spool = Spool(tmp_path)
    spool.put("0.0", b"words\n")
    spool.close()
    assert not left.exists()
    spool.remove()
    assert list(tmp_path.iterdir()) == []
