"""Window tests: real widgets on Qt's offscreen platform, ``async def`` tests on the real loop."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
from collections.abc import Awaitable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from explorer.ui import tasks as tasks_module
from explorer.ui import theme
from explorer.ui.garbage import Collector
from explorer.ui.session import Application

# Of the offscreen platform alone, about windows it does not have.
_HARMLESS = "This plugin does not support"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail on every message of Qt's but those that only the offscreen platform has."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_ignore(_HARMLESS, extend=True))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an ``async def`` test on the application's own kind of event loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    app = QApplication.instance()
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_run_and_close(pyfuncitem.obj(**arguments)))
    return True


async def _run_and_close(test: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(30):
            await test
    finally:
        await tasks_module.tasks().close()


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return Application


@pytest.fixture(scope="session", autouse=True)
def _collector(qapp: QApplication) -> Iterator[None]:
    """Collect cycles between tests, as the application does: never on a thread."""
    collector = Collector(qapp)
    collector.start()
    yield
    collector.stop()


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> Iterator[None]:
    """Each test starts with the light scheme, and leaves no widget behind."""
    switch = theme.switch()
    if switch.mode is not theme.Mode.LIGHT or qapp.style().objectName() != "fusion":
        switch.install()
        switch.set_mode(theme.Mode.LIGHT)
    qapp.setQuitOnLastWindowClosed(False)
    yield
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    gc.collect()


@pytest.fixture
def settings_file(tmp_path: os.PathLike[str]) -> QSettings:
    """Settings of this test alone."""
    return QSettings(f"{os.fspath(tmp_path)}/settings.ini", QSettings.Format.IniFormat)
