"""The development command as a user meets it, on a tiny project that needs no index."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "layerscope"
version = "0"
dependencies = [{dependencies}]
"""

# The least that PEP 517 and PEP 660 ask of a backend: one .pth file in a wheel.
BACKEND = """\
import os, zipfile


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "layerscope-0-py3-none-any.whl"
    needs = "".join(f"Requires-Dist: {x}\\n" for x in open("needs.txt").read().split())
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        info = "layerscope-0.dist-info/"
        wheel.writestr("layerscope.pth", os.getcwd() + "\\n")
        wheel.writestr(
            info + "METADATA", "Metadata-Version: 2.1\\nName: layerscope\\nVersion: 0\\n" + needs
        )
        wheel.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        )
        wheel.writestr(info + "RECORD", "")
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return build_editable(wheel_directory)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("ensurepip") is None,
        reason="this Python has no ensurepip, so pip itself would come from the index",
    ),
]


class Checkout:
    """A project that `packaging/dev.py` believes to be Layerscope."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(PACKAGING, root / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
        (root / "explorer").mkdir()
        (root / "explorer" / "__init__.py").touch()
        main = root / "explorer" / "__main__.py"
        main.write_text("import sys\nprint('explorer', *sys.argv[1:])\n", encoding="utf-8")
        (root / "backend.py").write_text(BACKEND, encoding="utf-8")
        self.depend_on()

    def depend_on(self, *names: str) -> None:
        listed = ", ".join(f'"{name}"' for name in names)
        text = PYPROJECT.format(dependencies=listed)
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")
        (self.root / "needs.txt").write_text(" ".join(names), encoding="utf-8")

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    def dev(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        variables = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DISPLAY", "WAYLAND_DISPLAY", "PIP_FIND_LINKS", "PIP_NO_INDEX"}
        }
        variables |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
        return subprocess.run(
            [sys.executable, str(self.root / "packaging" / "dev.py"), *arguments],
            env=variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="there is always a display here")
def test_a_checkout_gets_ready_stays_ready_and_mends_itself(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)

    first = checkout.dev("run", "app.tar")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "explorer report app.tar\n"
    assert "making .venv" in first.stderr
    assert "no display" in first.stderr

    second = checkout.dev("run")
    assert second.stdout == "explorer report\n"
    assert "venv" not in second.stderr

    (checkout.environment / "bin" / "python").unlink()
    mended = checkout.dev("run")
    assert mended.stdout == "explorer report\n"
    assert "making .venv again: its interpreter is gone" in mended.stderr

    checkout.depend_on("layerscope-no-such-thing")
    offline = checkout.dev("run")
    assert offline.returncode == 1
    assert offline.stdout == ""
    assert "package index could not be reached" in offline.stderr
    assert "Traceback" not in offline.stderr
    assert not list(checkout.environment.glob("*stamp*"))

    checkout.depend_on()
    again = checkout.dev("run")
    assert again.stdout == "explorer report\n"
    assert "it was never finished" in again.stderr
