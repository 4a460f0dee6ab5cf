"""The benchmarks work, on images of a few kilobytes; nothing here looks at a clock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.analysis.opened import open_image
from explorer.store.cache import Caches
from tests.benchmarks import __main__ as program
from tests.benchmarks import facts as machine
from tests.benchmarks.bench import Bench
from tests.benchmarks.groups import GROUPS, plain
from tests.benchmarks.images import Images, Scale
from tests.benchmarks.processes import Failed, Subject, best_of, measure, probe, python
from tests.benchmarks.results import Check, Group, Row, at_most, below, ratio, render, share

TINY = Scale(entries=400, size=1_000_000, many=2_000)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    made = Images(tmp_path_factory.mktemp("images"), TINY)
    made.make(lambda _text: None)
    return made


@pytest.fixture
def bench(images: Images, tmp_path: Path) -> Bench:
    return Bench(images, tmp_path, 1)


@pytest.mark.parametrize("name", ["plain", "gzip", "many"])
def test_every_image_holds_what_its_writer_counted(
    name: str, images: Images, tmp_path: Path
) -> None:
    facts = images.facts()["many" if name == "many" else "large"]
    opened = open_image(str(getattr(images, name)), caches=Caches.at(tmp_path), verify=True)
    assert not opened.problems
    assert all(layer.verified for layer in opened.layers)
    indexes = [layer.index for layer in opened.layers if layer.index is not None]
    assert sum(map(len, indexes)) == facts["entries"]
    assert len(indexes) == facts["layers"]
    assert sum(effect.removed for effect in opened.stack.effects) > 0
    assert sum(effect.modified for effect in opened.stack.effects) > 0


def test_the_same_bytes_are_written_every_time(images: Images, tmp_path: Path) -> None:
    again = Images(tmp_path, TINY)
    again.make(lambda _text: None)
    for name in ("plain", "gzip", "many"):
        first, second = getattr(images, name), getattr(again, name)
        assert first.read_bytes() == second.read_bytes()


def test_images_are_made_once_for_each_size(images: Images) -> None:
    said: list[str] = []
    images.make(said.append)
    assert not said
    assert not Images(images.folder, Scale.of(quick=True)).ready


@pytest.mark.parametrize("name", ["header_walk", "tarfile_listing"])
def test_a_peer_sees_every_entry(name: str, bench: Bench) -> None:
    run = measure(probe(name, str(bench.images.plain)), bench.environment())
    counted, entries = int(run.output), bench.facts("large")["entries"]
    # The walk counts the headers of long names, too.
    assert counted == entries or (name == "header_walk" and entries < counted < 1.1 * entries)


def test_a_peer_decompresses_every_byte(bench: Bench) -> None:
    run = measure(probe("isal_layers", str(bench.images.gzip)), bench.environment())
    assert int(run.output) == bench.facts("large")["size"]


@pytest.mark.parametrize("name", ["plain", "gzip", "many"])
def test_a_group_measures_whole_processes(name: str, bench: Bench) -> None:
    group = GROUPS[name](bench)
    assert not group.failed
    assert any(row.checks for row in group.rows)
    for row in group.rows:
        assert row.seconds is None or row.seconds > 0
        assert row.memory is None or row.memory > 0


def test_without_dive_the_others_are_measured_and_that_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "find_dive", lambda: None)
    group = plain.run(bench)
    assert "dive is not installed" in " ".join(group.notes)
    assert not any("dive" in check.budget for row in group.rows for check in row.checks)


def test_the_command_prints_one_table_and_tells_by_its_exit_code(
    images: Images, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Group("A group", [Row("a thing", 1.5, 2e6, [at_most(1.5, 2)])])
    missed = Group("Another", [Row("a thing", 2.5, 2e6, [at_most(2.5, 2)])])
    monkeypatch.setattr(machine, "keep_to", lambda _count: None)
    monkeypatch.setattr(program, "_make", lambda _images, quick: True)
    monkeypatch.setattr(Bench, "warm_up", lambda _bench: None)
    monkeypatch.setattr(program, "GROUPS", {"one": lambda _: kept, "two": lambda _: missed})
    arguments = ["--keep", str(images.folder)]
    assert program.main([*arguments, "one"]) == 0
    assert "All budgets kept." in capsys.readouterr().out
    assert program.main(arguments) == 1
    assert "1 missed." in capsys.readouterr().out
    assert program.main([*arguments, "--quick"]) == 0
    assert "nothing was judged" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        program.main(["three"])


def test_a_program_that_fails_is_reported_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="ended with 3: no such luck"):
        measure(python("-c", "import sys; print('no such luck', file=sys.stderr); sys.exit(3)"), {})


def test_of_several_runs_the_quickest_counts_and_the_largest_peak(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"open({str(log)!r}, 'a').write('x'); print('done')"
    asked: list[str] = []
    subject = Subject([sys.executable, "-c", script], lambda: asked.append("ready"))
    best = best_of(3, {"it": subject}, {})
    assert log.read_text() == "xxx"
    assert asked == ["ready"] * 3
    assert best["it"].output == b"done\n"
    assert best["it"].wall > 0 < best["it"].peak


def test_budgets_are_judged_by_the_figures() -> None:
    assert at_most(0.5, 0.5).kept
    assert not at_most(0.51, 0.5).kept
    assert below(99e6, 100e6).kept
    assert not below(100e6, 100e6).kept
    assert ratio(1, 1, "peer", most=1) == Check("1.00 × peer", "≤ 1 × peer", True)
    assert not ratio(1.01, 1, "peer", most=1).kept
    assert share(1, 10, "peer", least=10) == Check("1/10 of peer", "≤ 1/10 of peer", True)
    assert not share(1.01, 10, "peer", least=10).kept


def test_the_table_tells_kept_from_missed_and_what_was_left_out() -> None:
    rows = [Row("quick", 0.0123, 5e6, [at_most(0.0123, 1), below(5e6, 1e6)]), Row("bare", 12.5)]
    groups = [Group("Some", rows, ["left out"]), Group("None", failed="it broke")]
    text = render(groups)
    lines = text.splitlines()
    assert "12 ms" in text
    assert "12.5 s" in text
    assert [line.split()[-1] for line in lines if "≤" in line or "<" in line] == ["kept", "MISSED"]
    assert "· left out" in text
    assert "FAILED: it broke" in text
    assert [group.missed for group in groups] == [1, 1]
    assert "MISSED" not in render(groups, judged=False)
