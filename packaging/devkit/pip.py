"""Run pip quietly, and turn its failures into a sentence."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devkit.trouble import DevError

_UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProtocolError",
    "ProxyError",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "Connection refused",
    "Connection timed out",
    "Max retries exceeded",
)
_CERTIFICATE = ("CERTIFICATE_VERIFY_FAILED", "SSLError")
_DISK_FULL = "No space left on device"
_SHOWN_LINES = 6


def run_pip(command: Sequence[str], *, cwd: Path, doing: str) -> None:
    """Run a pip command line to its end; DevError when it fails.

    On a terminal one line shows what pip is at; elsewhere nothing is printed.
    """
    environment = os.environ | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if environment.get("PIP_RETRIES", "0") == "0":
        environment["PIP_RETRIES"] = "2"  # with none at all pip does not say why it failed
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            _show(lines[-1])
    _show("")
    if process.returncode:
        raise explain("\n".join(lines), doing)


def explain(output: str, doing: str) -> DevError:
    """The DevError behind the output of a pip that failed."""
    what = f"could not {doing}"
    if _DISK_FULL in output:
        return DevError(what, why="the disk is full", hint="free some space and run this again")
    if any(sign in output for sign in _CERTIFICATE):
        return DevError(
            what,
            why="the package index answered with a certificate that is not trusted",
            hint="set PIP_CERT to your organisation's certificates and run this again",
        )
    if any(sign in output for sign in _UNREACHABLE):
        return DevError(
            what,
            why="the package index could not be reached (offline, or behind a proxy?)",
            hint="connect to the network, or set PIP_INDEX_URL, PIP_PROXY or PIP_FIND_LINKS, "
            "and run this again; what was downloaded is kept",
        )
    return DevError(what, why=_last_words(output), hint="mend that and run this again")


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return "\n       ".join((errors or lines)[-_SHOWN_LINES:]) or "pip said nothing"


def _show(text: str) -> None:
    if not sys.stderr.isatty():
        return
    width = shutil.get_terminal_size().columns - 6
    print(f"\r\x1b[K     {text.strip()[:width]}" if text else "\r\x1b[K", end="", file=sys.stderr)
    sys.stderr.flush()
