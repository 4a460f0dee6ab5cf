import sys
from pathlib import Path

import pytest
from devkit.pip import explain, run_pip
from devkit.trouble import DevError


def test_an_unreachable_index_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Port 9 of the loopback: nothing listens there, and nothing leaves the machine.
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "layerscope-no-such-thing"]

    with pytest.raises(DevError) as raised:
        run_pip(command, cwd=tmp_path, doing="install Layerscope's dependencies")

    text = str(raised.value)
    assert text.startswith("could not install Layerscope's dependencies")
    assert "index could not be reached" in text
    assert "run this again" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED", "not trusted"),
        ("<conn>: Failed to establish a new connection: [Errno -2]", "could not be reached"),
        ("ReadTimeoutError: Read timed out.", "could not be reached"),
    ],
)
def test_a_known_failure_is_explained(output: str, said: str) -> None:
    assert said in str(explain(output, "do it"))


def test_an_unknown_failure_shows_what_pip_called_an_error() -> None:
    output = "Collecting a\nERROR: No matching distribution found for a\nnotice: new pip\n"

    trouble = explain(output, "do it")

    assert trouble.why == "ERROR: No matching distribution found for a"


def test_a_silent_failure_still_has_a_reason() -> None:
    assert explain("", "do it").why == "pip said nothing"
