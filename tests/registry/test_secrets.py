"""Whole runs of the command: no secret in what they print, log, or show to other processes."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from pathlib import Path

import pytest
from aiohttp import web

from tests.registry.server import FaultyRegistry, serving

SECRET = "correct-horse-battery"
ENCODED = base64.b64encode(f"me:{SECRET}".encode()).decode()
TOKEN = "t0ken-that-nobody-may-see"


async def run_verb(
    *arguments: str, given: str = "", environment: dict[str, str]
) -> tuple[int, str, str]:
    """The exit code, all that was printed, and what the list of processes showed meanwhile."""
    variables = {**os.environ, **environment, "PYTHONASYNCIODEBUG": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "dev", "-m", "explorer", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env=variables,
    )  # fmt: skip
    seen: list[str] = []

    async def look() -> None:
        folder = Path(f"/proc/{process.pid}")
        while process.returncode is None and folder.is_dir():
            for name in ("cmdline", "environ"):
                try:
                    seen.append((folder / name).read_text(errors="replace"))
                except OSError:
                    return
            await asyncio.sleep(0.02)

    (out, err), _ = await asyncio.gather(process.communicate(given.encode()), look())
    code = process.returncode
    assert code is not None
    return code, (out + err).decode(), "".join(seen)


def guarded(registry: FaultyRegistry) -> None:
    """Wants a token, gives one for the right password, and then fails, repeating all it heard."""

    def guard(request: web.Request) -> web.Response | None:
        if request.path == "/token":
            good = request.headers.get("Authorization") == f"Basic {ENCODED}"
            return web.json_response({"token": TOKEN}, status=200 if good else 401)
        heard = request.headers.get("Authorization", "")
        if TOKEN not in heard:
            challenge = f'Bearer realm="http://{registry.host}/token",service="s"'
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        message = f"{heard} {SECRET} {ENCODED}"
        return web.json_response({"errors": [{"message": message}]}, status=403)

    registry.guard = guard


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "DOCKER_CONFIG": str(tmp_path / "docker"),
        "LAYERSCOPE_DATA_DIR": str(tmp_path / "data"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


@pytest.mark.slow
def test_a_refused_pull_with_debug_shows_no_secret(
    environment: dict[str, str], tmp_path: Path
) -> None:
    async def run() -> tuple[int, str, str]:
        async with serving() as registry:
            guarded(registry)
            (tmp_path / "docker").mkdir()
            auths = {"auths": {registry.host: {"auth": ENCODED}}}
            (tmp_path / "docker" / "config.json").write_text(json.dumps(auths))
            name = f"{registry.host}/app:1"
            done = await run_verb("pull", name, "--debug", environment=environment)
            assert registry.asked("GET", "/token")
            return done

    code, printed, seen = asyncio.run(run())
    assert code == 5
    assert "you may not do that" in printed
    for secret in (SECRET, ENCODED, TOKEN):
        assert secret not in printed
        assert secret not in seen


@pytest.mark.slow
def test_logging_in_shows_no_secret_to_other_processes(
    environment: dict[str, str], tmp_path: Path
) -> None:
    def helper() -> None:
        """A credential helper that writes down how it was called."""
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "docker-credential-noting"
        script.write_text(
            f'#!/bin/sh\necho "$@" >> {tmp_path}/called\ntr "\\0" " " < /proc/$$/environ >> '
            f"{tmp_path}/called\ncat > {tmp_path}/given-$1\n[ $1 = get ] && "
            'echo "credentials not found in native keychain" && exit 1\nexit 0\n'
        )
        script.chmod(0o755)
        environment["PATH"] = f"{folder}:{os.environ['PATH']}"
        (tmp_path / "docker").mkdir()
        (tmp_path / "docker" / "config.json").write_text('{"credsStore": "noting"}')

    async def run() -> tuple[int, str, str]:
        async with serving() as registry:
            words = ("login", registry.host, "-u", "me", "--password-stdin", "--debug")
            return await run_verb(*words, given=SECRET, environment=environment)

    helper()
    code, printed, seen = asyncio.run(run())
    assert code == 0, printed
    assert SECRET in (tmp_path / "given-store").read_text()  # by its standard input alone
    for text in (printed, seen, (tmp_path / "called").read_text()):
        assert SECRET not in text
        assert ENCODED not in text
