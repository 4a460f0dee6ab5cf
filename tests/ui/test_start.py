"""What a start leaves out, so that the window is there soon: see :mod:`tests.ui.cold_start`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW = """
import sys
from pathlib import Path
from explorer.ui import app
from explorer.ui.session import Application, make_window
from explorer.ui.settings import Settings
application = Application([])
window = make_window(Settings.at(Path(sys.argv[1])))
window.show()
application.processEvents()
print("\\n".join(sys.modules))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules that are loaded when the window is painted."""
    settings = tmp_path_factory.mktemp("start") / "s.ini"
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(settings)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "library",
    ["numpy", "rich", "click", "pygments", "humanize", "keyring", "isal", "xxhash", "platformdirs"],
)
def test_no_library_is_loaded_that_the_first_picture_does_not_need(
    loaded: set[str], library: str
) -> None:
    assert library not in {name.partition(".")[0] for name in loaded}


@pytest.mark.parametrize(
    "module",
    [
        "PySide6.QtNetwork",
        "explorer.analysis",
        "explorer.sources",
        "explorer.ui.banner_card",
        "explorer.ui.dialogs",
        "explorer.ui.explore.page",
        "explorer.ui.help.library",
        "explorer.ui.help.page",
        "explorer.ui.jobs_card",
        "explorer.ui.palette_view",
        "explorer.ui.shortcuts_page",
    ],
)
def test_no_part_is_loaded_before_it_is_used(loaded: set[str], module: str) -> None:
    assert module not in loaded


BARE = """
import sys
import explorer.__main__ as command
opened = []
command.open_window = lambda files: opened.append(list(files)) or 7
sys.argv = ["layerscope", *sys.argv[1:]]
code = command.main()
print(code, opened, "click" in sys.modules)
"""


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "7 [[]] False"), (["image.tar"], "7 [['image.tar']] True")]
)
def test_without_arguments_nothing_is_loaded_that_reads_command_lines(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARE, *arguments],
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == said


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a screen")
def test_a_window_that_cannot_be_opened_is_explained_without_arguments_too() -> None:
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "explorer"],
        cwd=ROOT,
        env={**environment, "QT_QPA_PLATFORM": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 6
    assert done.stderr.startswith("layerscope: ")
    assert "Traceback" not in done.stderr


def test_the_window_itself_is_loaded(loaded: set[str]) -> None:
    assert "explorer.ui.welcome" in loaded
