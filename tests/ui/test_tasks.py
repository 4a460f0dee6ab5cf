"""Background work: ownership, cancel, progress, and who hears of failures."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from explorer.errors import Cancelled, DamagedImage
from explorer.progress import Job, Progress
from explorer.ui.tasks import Operation, Running, run_in_thread, spawn, tasks
from tests.ui.waiting import until


@pytest.fixture
def owner(qapp: QObject) -> Iterator[QObject]:
    yield QObject()


@pytest.fixture
def presented() -> Iterator[list[tuple[str, BaseException]]]:
    """What the one error presenter was told."""
    seen: list[tuple[str, BaseException]] = []
    keeper, before = tasks(), tasks().present
    keeper.present = lambda _owner, title, error: seen.append((title, error))
    yield seen
    keeper.present = before


async def ended(running: Running) -> None:
    await until(lambda: running not in tasks().running)


async def test_a_result_reaches_the_success_callback(owner: QObject) -> None:
    results: list[int] = []
    await ended(
        Operation(owner, "Adding").work(lambda _job: 40 + 2).success(results.append).start()
    )
    assert results == [42]


async def test_plain_functions_run_off_the_event_loop_thread(owner: QObject) -> None:
    names: list[bool] = []
    here = threading.current_thread()
    operation = Operation(owner, "Where").work(lambda _job: threading.current_thread() is here)
    await ended(operation.success(names.append).start())
    assert names == [False]


async def test_coroutines_run_on_the_event_loop(owner: QObject) -> None:
    async def work(_job: Job) -> threading.Thread:
        await asyncio.sleep(0)
        return threading.current_thread()

    threads: list[threading.Thread] = []
    await ended(Operation(owner, "Where").work(work).success(threads.append).start())
    assert threads == [threading.current_thread()]


async def test_a_failure_goes_to_its_callback_and_nowhere_else(
    owner: QObject, presented: list[tuple[str, BaseException]]
) -> None:
    def work(_job: Job) -> None:
        raise DamagedImage("The archive is cut short")

    failures: list[BaseException] = []
    await ended(Operation(owner, "Opening").work(work).failure(failures.append).start())
    assert [str(error) for error in failures] == ["The archive is cut short"]
    assert presented == []


async def test_a_failure_without_callback_goes_to_the_presenter(
    owner: QObject, presented: list[tuple[str, BaseException]]
) -> None:
    def work(_job: Job) -> None:
        raise DamagedImage("The archive is cut short")

    await ended(Operation(owner, "Opening nginx.tar").work(work).start())
    assert [(title, str(error)) for title, error in presented] == [
        ("Opening nginx.tar", "The archive is cut short")
    ]


async def test_a_failure_is_shown_on_a_surface_with_the_title(owner: QObject) -> None:
    class Surface:
        shown: list[tuple[str, str]] = []  # noqa: RUF012 - one test, one list

        def show_error(self, title: str, error: BaseException) -> None:
            self.shown.append((title, str(error)))

    def work(_job: Job) -> None:
        raise DamagedImage("Cut short")

    await ended(Operation(owner, "Opening").work(work).failure(Surface()).start())
    assert Surface.shown == [("Opening", "Cut short")]


async def test_an_error_in_the_success_callback_is_presented(
    owner: QObject, presented: list[tuple[str, BaseException]]
) -> None:
    def broken(_result: int) -> None:
        raise ValueError("a bug")

    await ended(Operation(owner, "Opening").work(lambda _job: 1).success(broken).start())
    assert [str(error) for _title, error in presented] == ["a bug"]


async def test_cancel_takes_effect_at_once_though_the_thread_is_stuck(
    owner: QObject, presented: list[tuple[str, BaseException]]
) -> None:
    release, results = threading.Event(), []
    operation = Operation(owner, "Stuck").work(lambda _job: release.wait(20))
    running = operation.success(results.append).failure(results.append).start()
    await asyncio.sleep(0)
    running.cancel()
    await ended(running)
    assert not release.is_set()
    release.set()
    await asyncio.sleep(0.02)
    assert results == []
    assert presented == []


async def test_cancel_tells_the_job(owner: QObject) -> None:
    stopped = threading.Event()

    def work(job: Job) -> None:
        try:
            while True:
                job.advance(1)
        except Cancelled:
            stopped.set()
            raise

    running = Operation(owner, "Counting").work(work).start()
    await until(lambda: running.progress is not None)
    running.cancel()
    assert await run_in_thread(stopped.wait, 5)


async def test_finished_is_called_even_when_cancelled_before_it_began(owner: QObject) -> None:
    calls: list[str] = []
    operation = Operation(owner, "Never").work(lambda _job: 1).success(lambda _: calls.append("ok"))
    running = operation.finished(lambda: calls.append("finished")).start()
    running.cancel()
    await ended(running)
    assert calls == ["finished"]


async def test_progress_is_coalesced(owner: QObject) -> None:
    seen: list[Progress] = []

    def work(job: Job) -> None:
        job.expect(100_000)
        for _ in range(100_000):
            job.advance(1)
        threading.Event().wait(0.2)

    await ended(Operation(owner, "Reading").work(work).progress(seen.append).start())
    assert seen[-1] == Progress("Reading", 100_000, 100_000)
    assert len(seen) < 100


async def test_work_goes_with_its_owner(presented: list[tuple[str, BaseException]]) -> None:
    owner, calls = QObject(), []
    operation = Operation(owner, "Orphan").work(lambda _job: threading.Event().wait(0.05))
    running = operation.success(calls.append).finished(lambda: calls.append("finished")).start()
    owner.deleteLater()
    await ended(running)
    assert running.cancelled
    assert calls == []
    assert presented == []


async def test_only_the_latest_of_a_slot_counts(owner: QObject) -> None:
    results: list[int] = []

    def start(number: int) -> Running:
        operation = Operation(owner, f"Preview {number}").work(lambda _job: number)
        return operation.replacing("preview").success(results.append).start()

    start(1)
    start(2)
    await ended(start(3))
    assert results == [3]


async def test_delayed_work_that_is_replaced_never_runs(owner: QObject) -> None:
    runs: list[int] = []

    def start(number: int) -> Running:
        operation = Operation(owner, "Filter").work(lambda _job: runs.append(number))
        return operation.replacing("filter").after(20).start()

    start(1)
    await ended(start(2))
    assert runs == [2]


async def test_running_operations_are_announced(owner: QObject) -> None:
    log: list[str] = []
    keeper = tasks()
    keeper.started.connect(lambda running: log.append(f"started {running.title}"))
    keeper.ended.connect(lambda running: log.append(f"ended {running.title}"))
    try:
        await ended(Operation(owner, "Reading").work(lambda _job: None).start())
    finally:
        keeper.started.disconnect()
        keeper.ended.disconnect()
    assert log == ["started Reading", "ended Reading"]


async def test_a_spawned_task_presents_its_error_under_its_name(
    owner: QObject, presented: list[tuple[str, BaseException]]
) -> None:
    async def fails() -> None:
        raise DamagedImage("No")

    task = spawn(owner, "Closing", fails())
    await until(lambda: bool(presented))
    assert task.done()
    assert [(title, str(error)) for title, error in presented] == [("Closing", "No")]


@pytest.mark.parametrize("cancel", [Cancelled, asyncio.CancelledError])
async def test_a_cancel_is_no_error(
    owner: QObject, presented: list[tuple[str, BaseException]], cancel: type[BaseException]
) -> None:
    async def stops() -> None:
        raise cancel

    task = spawn(owner, "Stopping", stops())
    await until(task.done)
    assert presented == []


async def test_a_stop_iteration_from_a_thread_is_an_error_like_any_other() -> None:
    def work() -> None:
        raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        await run_in_thread(work)


async def test_closing_cancels_everything(owner: QObject) -> None:
    running = Operation(owner, "Waiting").work(lambda job: _wait_for_cancel(job)).start()
    await asyncio.sleep(0.01)
    await tasks().close()
    assert tasks().running == []
    assert running.cancelled


def _wait_for_cancel(job: Job) -> None:
    while True:
        threading.Event().wait(0.005)
        job.check()
