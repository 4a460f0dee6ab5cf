"""The worker: a process of its own that unpacks, runs and packs, each in a child of its own.

It has one thread and forks freely. It ends when the engine does: then the socket closes, and it
takes every child with it. It is started with the number of its socket, and ``user`` where it is to
make itself root of a user namespace first.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

from explorer.build.engines.sandbox import syscalls
from explorer.build.engines.sandbox.cgroups import clear
from explorer.build.engines.sandbox.launch import LaunchError, Powers, start
from explorer.build.engines.sandbox.request import Command, Lower
from explorer.build.engines.sandbox.wire import receive, send

_FAILED: Final = 120
_IDLE: Final = 0.02  # seconds


class Worker:
    """Requests in, answers out: ``{"id", "code", "error"?, "result"?}``."""

    def __init__(self, sock: socket.socket, powers: Powers) -> None:
        self._sock = sock
        self._powers = powers
        self._running: dict[int, tuple[int, int | None]] = {}  # process: request, pipe of results

    def serve(self) -> None:
        """Until the engine hangs up."""
        waker, wakes = socket.socketpair()
        waker.setblocking(False)
        wakes.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            selector.register(waker, selectors.EVENT_READ)
            if not selector.select(_IDLE):
                _prepare()
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if waker in ready:
                    with contextlib.suppress(BlockingIOError):
                        waker.recv(4096)
                    self._reap()
                if self._sock in ready and not self._take():
                    break
        self._end()

    def _take(self) -> bool:
        try:
            received = receive(self._sock)
        except OSError:
            received = None
        if received is None:
            return False
        message, files = received
        try:
            self._do(message, files)
        finally:
            for fd in files:
                os.close(fd)
        return True

    def _do(self, message: dict[str, Any], files: list[int]) -> None:
        number = int(message["id"])
        match message["do"]:
            case "run":
                self._run(number, message, files)
            case "unpack":
                _prepare()
                lower = Lower.from_json(message["lower"])
                self._fork(number, lambda: _unpack(lower, self._powers))
            case "pack":
                upper, below, out = str(message["upper"]), str(message["below"]), files[0]
                self._fork(number, lambda: _pack(upper, below, out, self._powers))
            case "remove":
                paths = [str(path) for path in message["paths"]]
                self._fork(number, lambda: _remove(paths))
            case "measure":
                paths = [str(path) for path in message["paths"]]
                self._fork(number, lambda: " ".join(str(_room(path)) for path in paths))
            case "cancel":
                for process, (running, pipe) in self._running.items():
                    if running == number:
                        _stop(process, is_command=pipe is None)

    def _run(self, number: int, message: dict[str, Any], files: list[int]) -> None:
        command = Command.from_json(message["command"])
        try:
            process = start(command, (files[0], files[1]), self._powers)
        except LaunchError as error:
            self._answer(number, _FAILED, error=[error.stage, error.error, error.code])
        except OSError as error:
            self._answer(number, _FAILED, error=["fork", str(error), error.errno])
        else:
            self._running[process] = number, None

    def _fork(self, number: int, work: Callable[[], object]) -> None:
        reader, writer = os.pipe()
        parent = os.getpid()
        process = os.fork()
        if process == 0:
            os.close(reader)
            _child(work, writer, parent)
        os.close(writer)
        self._running[process] = number, reader

    def _reap(self) -> None:
        while self._running:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == 0:
                return
            number, pipe = self._running.pop(process, (None, None))
            if number is None:
                continue
            told = ""
            if pipe is not None:
                with os.fdopen(pipe, "rb") as results:
                    told = results.read().decode("utf-8", "surrogateescape")
            code = os.waitstatus_to_exitcode(status)
            self._answer(number, 128 - code if code < 0 else code, result=told)

    def _answer(self, number: int, code: int, **more: Any) -> None:
        with contextlib.suppress(OSError):  # the engine has gone: the next look says so
            send(self._sock, {"id": number, "code": code, **more})

    def _end(self) -> None:
        for process, (_, pipe) in self._running.items():
            _stop(process, is_command=pipe is None)
        for process in self._running:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, 0)


def _stop(process: int, *, is_command: bool) -> None:
    """A command's keeper ends what it started and clears up; everything else just ends."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM if is_command else signal.SIGKILL)


def _child(work: Callable[[], object], results: int, parent: int) -> NoReturn:
    """One piece of work in a child; what it returns, or what went wrong, goes to a pipe."""
    code = 0
    try:
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(_FAILED)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        text = str(work() or "")
    except BaseException as error:  # noqa: BLE001 - nothing leaves a forked process but by its exit
        code, text = _FAILED, _words(error)
    with contextlib.suppress(OSError):
        os.write(results, text.encode("utf-8", "surrogateescape")[:60_000])
    os._exit(code)


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return f"{where}{error.strerror}"
    return str(error) or type(error).__name__


def _prepare() -> None:
    """Load what unpacks and packs: once, and not in each child, where it would take longer than a
    small layer does. While nothing is asked for there is time for it.
    """
    import explorer.build.engines.sandbox.packing
    import explorer.build.engines.sandbox.unpacking  # noqa: F401


def _unpack(lower: Lower, powers: Powers) -> str:
    from explorer.build.engines.sandbox.unpacking import unpack

    return "\n".join(unpack(lower, unprivileged=powers.unprivileged, single=powers.single))


def _pack(upper: str, below: str, out: int, powers: Powers) -> None:
    from explorer.build.engines.sandbox.packing import pack

    for chunk in pack(upper, below, unprivileged=powers.unprivileged):
        view = memoryview(chunk)
        while view:
            view = view[os.write(out, view) :]


def _remove(paths: list[str]) -> None:
    for path in paths:
        shutil.rmtree(path, onerror=_force)


def _room(path: str) -> int:
    """Bytes of disk below a folder."""
    total, seen = 0, set[tuple[int, int]]()
    for folder, _, names in os.walk(path):
        for name in (".", *names):
            with contextlib.suppress(OSError):
                found = os.lstat(f"{folder}/{name}")
                if found.st_nlink > 1 and name != ".":
                    if (found.st_dev, found.st_ino) in seen:
                        continue
                    seen.add((found.st_dev, found.st_ino))
                total += found.st_blocks * 512
    return total


def _force(function: Callable[..., Any], path: str, error: Any) -> None:
    """A folder that its owner may not change: give it back its rights, and try again."""
    if isinstance(error[1], FileNotFoundError):
        return
    with contextlib.suppress(OSError):
        _open_up(os.path.dirname(path))  # noqa: PTH120
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
            _open_up(path)
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)  # noqa: PTH108


def _open_up(folder: str) -> None:
    """Never through a link: what a command left may point anywhere."""
    fd = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.chmod(f"/proc/self/fd/{fd}", 0o700)  # noqa: PTH101
    finally:
        os.close(fd)


def _become_root(sock: socket.socket) -> bool:
    """Make a user namespace; the engine maps its users, for that takes rights we give up here.

    False where only one user exists in it.
    """
    syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWNS)
    send(sock, {"map": os.getpid()})
    answer = receive(sock)
    if answer is None:
        sys.exit(1)
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    with contextlib.suppress(OSError):
        os.setgroups([])
    return bool(answer[0]["mapped"])


def main(arguments: list[str]) -> int:
    """Serve until the engine hangs up."""
    sock = socket.socket(fileno=int(arguments[0]))
    sock.set_inheritable(False)  # nothing that is run here may talk to the engine
    unprivileged = "user" in arguments[1:]
    many = True
    os.umask(0o022)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the engine decides
    with contextlib.suppress(BrokenPipeError):  # it may go at any moment
        try:
            if unprivileged:
                many = _become_root(sock)
        except OSError as error:
            send(sock, {"failed": error.strerror or str(error)})
            return 1
        clear()
        send(sock, {"ready": os.getpid()})
        Worker(sock, Powers(unprivileged=unprivileged, single=not many)).serve()
    return 0


if __name__ == "__main__":
    # The engine waits for the end; to take the interpreter apart would take longer than all else.
    os._exit(main(sys.argv[1:]))
