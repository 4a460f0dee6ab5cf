"""A session: text in, knowledge out; the newest counts, and nothing runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from explorer.ui.build.foresight import View
from explorer.ui.build.options import Options
from explorer.ui.build.reading import Reader
from explorer.ui.build.session import BuildSession
from explorer.ui.build.snapshot import Reading
from tests.ui.build.conftest import THREE
from tests.ui.waiting import until


def begun(project: Path, text: str = THREE, **options: object) -> BuildSession:
    session = BuildSession("Dockerfile", Options(context=str(project), **options))  # type: ignore[arg-type]
    session.begin(project / "Dockerfile")
    session.set_text(text)
    return session


async def known(session: BuildSession) -> BuildSession:
    await until(
        lambda: session.is_settled and session.context.context is not None and session.plan, 15
    )
    return session


async def test_a_text_is_read_planned_and_looked_at(project: Path) -> None:
    session = await known(begun(project))
    assert session.reading is not None and session.plan is not None
    assert [stage.title for stage in session.reading.program.stages] == ["deps", "build", "stage-2"]
    assert len(session.plan.stages) == 3
    assert session.view is not None and session.view.here is not None
    session.close()


async def test_the_newest_text_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = begun(project)
    seen: list[str] = []
    session.read.connect(lambda reading: seen.append(reading.text))
    for number in range(20):
        session.set_text(f"FROM scratch AS s{number}\n")
        await asyncio.sleep(0)
    await known(session)
    assert seen[-1] == "FROM scratch AS s19\n"
    assert session.reading is not None and session.reading.text == seen[-1]
    assert len(seen) < 20, "what was outdated before it began is not read"
    session.close()


async def test_what_is_stale_is_dropped(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await known(begun(project))
    readings: list[Reading] = []
    session.read.connect(readings.append)
    usual = Reader.read

    def slow(self: Reader, text: str, *rest: object) -> Reading:
        if text == "FROM a\n":
            loop.call_soon_threadsafe(session.set_text, "FROM b\n")
            while session._wanted.text == text:
                pass
        return usual(self, text, *rest)  # type: ignore[arg-type]

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(Reader, "read", slow)
    session.set_text("FROM a\n")
    await until(lambda: readings)
    await known(session)
    assert {reading.text for reading in readings} == {"FROM b\n"}
    session.close()


async def test_only_the_line_moving_reads_nothing_anew(project: Path) -> None:
    session = await known(begun(project))
    readings: list[Reading] = []
    views: list[View] = []
    session.read.connect(readings.append)
    session.looked.connect(views.append)
    session.set_line(6)
    await until(lambda: views)
    assert views[-1].here is not None and views[-1].here.stage.title == "build"
    assert not readings
    session.close()


async def test_before_the_first_stage_the_end_of_the_target_is_shown(project: Path) -> None:
    session = await known(begun(project, "# comment\n" + THREE))
    assert session.view is not None and session.view.here is not None
    assert session.view.here.is_end
    assert session.view.here.stage.title == "stage-2"
    session.close()


async def test_without_any_stage_there_is_nothing_to_see(project: Path) -> None:
    session = await known(begun(project, "# comment\n"))
    assert session.view is not None and session.view.here is None
    session.close()


async def test_the_context_is_looked_at_again(project: Path) -> None:
    session = await known(begun(project))
    before = session.world.context
    session.look_again()
    await asyncio.sleep(0.1)
    await known(session)
    assert session.world.context is before, "nothing changed: nothing is worked out anew"
    (project / "new.txt").write_text("new")
    session.look_again()
    await until(lambda: session.world.context is not before)
    session.close()


async def test_a_context_that_is_not_there_is_said(project: Path) -> None:
    session = begun(project / "nowhere")
    await until(lambda: session.context.error is not None)
    await until(lambda: session.reading is not None)
    session.close()


async def test_a_named_context_is_copied_from(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.txt").write_text("note")
    session = begun(project, "FROM scratch\nCOPY --from=more note.txt /\n")
    session.set_line(2)
    session.set_options(session.options.with_base("more", str(other)))
    await known(session)

    def names() -> list[str]:
        preview = session.view.preview if session.view is not None else None
        return [] if preview is None else [str(p) for p in preview.image.stack.trie.paths([1])]

    await until(lambda: names() and "note.txt" in names()[0])
    session.close()


async def test_nothing_is_run_and_nothing_is_opened_to_the_network(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket
    import subprocess

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("typing must not do this")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    text = "FROM debian:12\nADD https://example.com/x /x\nRUN touch /tmp/evil\nCOPY src /\n"
    session = await known(begun(project, text))
    session.set_line(4)
    await until(lambda: session.is_settled)
    assert session.view is not None and session.view.preview is not None
    assert len(session.view.preview.unknown) == 2
    session.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\0\0",
        "FROM",
        "FROM a AS a\nFROM a AS a\nCOPY --from=a",
        "\udcff\udcfe",
        "RUN <<EOF\nnever closed",
        "FROM scratch\nCOPY ../../etc/passwd /\nCOPY /etc/passwd /\n",
        "FROM scratch\n" + "COPY . " * 40,
        "ARG A=${B:-${A}}\nFROM $A\n",
        "FROM scratch\nWORKDIR " + "/x" * 3000 + "\n",
    ],
)
async def test_any_text_is_lived_with(project: Path, text: str) -> None:
    session = await known(begun(project, text))
    for line in (1, 2, 3):
        session.set_line(line)
        await until(lambda: session.is_settled)
    assert session.reading is not None and session.reading.text == text
    session.close()
