"""One RUN: a process in namespaces of its own, from fork to exec.

The worker has one thread, so forking it is safe. What goes wrong before the command itself runs
comes back through a pipe that closes on exec.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from explorer.build.engines.sandbox import seccomp
from explorer.build.engines.sandbox import syscalls as sys
from explorer.build.engines.sandbox.cgroups import Group
from explorer.build.engines.sandbox.places import clear, place
from explorer.build.engines.sandbox.request import Command
from explorer.build.engines.sandbox.rootfs import mount_overlay, mount_root
from explorer.build.engines.sandbox.terminal import take_terminal

# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT
# MKNOD AUDIT_WRITE SETFCAP: what Docker gives a container.
_CAPABILITIES: Final = sum(1 << n for n in (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31))
_LAST_CAPABILITY: Final = 63
TOO_MANY: Final = 121
"""The exit code that tells that the command failed with more processes than it may have."""
_SIOCSIFFLAGS, _UP_RUNNING = 0x8914, 0x41


@dataclass(frozen=True, slots=True)
class Powers:
    """What the worker may do: ``unprivileged`` in a user namespace, ``single`` with one user."""

    unprivileged: bool = False
    single: bool = False


class LaunchError(Exception):
    """The command could not be started: ``stage`` says where it failed."""

    def __init__(self, stage: str, error: str, code: int) -> None:
        super().__init__(f"{stage}: {error}")
        self.stage = stage
        self.error = error
        self.code = code


def start(command: Command, output: tuple[int, int], powers: Powers) -> int:
    """Start a command; its output goes to two open files. Returns the process to wait for.

    That process ends as the command does: its exit code, or 128 and the signal. SIGTERM ends it
    with everything that the command started, which is then gone before it is. Raises
    :class:`LaunchError`.
    """
    reader, writer = os.pipe2(os.O_CLOEXEC)
    parent = os.getpid()
    outer = os.fork()
    if outer == 0:
        os.close(reader)
        _outer(command, output, writer, powers, parent)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        failure = told.read()
    if failure:
        os.waitpid(outer, 0)
        found = json.loads(failure)
        raise LaunchError(found["stage"], found["error"], found["code"])
    return outer


def _outer(
    command: Command, output: tuple[int, int], told: int, powers: Powers, parent: int
) -> NoReturn:
    """Between the worker and the sandbox: owns the namespaces, waits, and clears up."""
    code = 125
    try:
        _await_the_end(parent)
        flags = sys.CLONE_NEWPID | sys.CLONE_NEWIPC | sys.CLONE_NEWUTS
        _step(told, "namespaces", sys.unshare, flags | (0 if command.network else sys.CLONE_NEWNET))
        group = Group.make(command.processes)
        if group is not None:
            _step(told, "control group", group.enter)
        reader, writer = os.pipe2(os.O_CLOEXEC)
        inner = os.fork()
        if inner == 0:
            os.close(reader)
            _inner(command, output, told, writer, powers)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(inner, signal.SIGKILL))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        for fd in (*output, told, writer):
            os.close(fd)
        with os.fdopen(reader, "rb") as stubs:
            made = json.loads(stubs.read() or b"[]")
        _, status = os.waitpid(inner, 0)  # the first process of a namespace is the last to go
        code = _code(status)
        if group is not None:
            full = group.was_full
            group.leave()
            if full and code:
                code = TOO_MANY
        clear(command.upper, made)
    finally:
        os._exit(code)


def _await_the_end(parent: int) -> None:
    """End in order when the worker does: a command can keep itself from being told."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.prctl(sys.PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(125)


def _inner(
    command: Command, output: tuple[int, int], told: int, stubs: int, powers: Powers
) -> NoReturn:
    """The first process of the sandbox, which becomes the command."""
    try:
        _step(told, "process", _become_a_process, output)
        _step(told, "overlay", _lay, command, powers)
        _step(told, "mounts", _mount, command, stubs, powers)
        _step(told, "host name", sys.sethostname, command.hostname)
        if not command.network:
            _step(told, "loopback", _loopback_up)
        _step(told, "root", _change_root, command.merged)
        if command.terminal:
            _step(told, "terminal", take_terminal)
        _step(told, f"working directory {command.cwd}", _enter, command.cwd)
        _step(told, "limits", _limit, command)
        _step(told, "user", _become_user, command, powers)
        _step(told, "filter of system calls", _filter, powers)
        _step(told, "exec", _execute, command)
    finally:
        os._exit(125)


def _step(told: int, name: str, act: Callable[..., object], *arguments: object) -> object:
    try:
        return act(*arguments)
    except OSError as error:
        problem = error.strerror or str(error)
        if error.filename and name != "exec":
            problem = f"{error.filename}: {problem}"
        _tell(told, name, problem, error.errno or 0)
    except Exception as error:  # noqa: BLE001 - nothing may leave a forked process but by its exit
        _tell(told, name, f"{type(error).__name__}: {error}", 0)
    os._exit(125)


def _tell(told: int, stage: str, error: str, code: int) -> None:
    os.write(told, json.dumps({"stage": stage, "error": error, "code": code}).encode())


def _become_a_process(output: tuple[int, int]) -> None:
    sys.prctl(sys.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    for number in range(1, signal.NSIG):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output[0], 1)
    os.dup2(output[1], 2)
    sys.close_on_exec(3)
    os.umask(0o022)


def _lay(command: Command, powers: Powers) -> None:
    sys.unshare(sys.CLONE_NEWNS)
    sys.mount("", "/", "", sys.MS_REC | sys.MS_PRIVATE)
    mount_overlay(command, unprivileged=powers.unprivileged)


def _mount(command: Command, stubs: int, powers: Powers) -> None:
    made = mount_root(command, unprivileged=powers.unprivileged).made
    os.write(stubs, json.dumps(made).encode())
    os.close(stubs)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:
        fcntl.ioctl(lo, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _UP_RUNNING))


def _change_root(root: str) -> None:
    os.chdir(root)
    sys.pivot_root(".", ".")
    sys.umount(".", sys.MNT_DETACH)
    os.chdir("/")


def _enter(folder: str) -> None:
    """Go to the working directory; one that is not there is made, as container runtimes do."""
    with place("/", folder, "folder") as found:
        os.fchdir(found.fd)


def _limit(command: Command) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = 1 << 20 if hard == resource.RLIM_INFINITY else min(hard, 1 << 20)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, 1024), files))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (command.processes, command.processes))


def _become_user(command: Command, powers: Powers) -> None:
    uid, gid = command.user
    for stream in (1, 2):  # else only root could open /dev/stdout again
        with contextlib.suppress(OSError):
            os.fchown(stream, uid, gid)
    for capability in range(_LAST_CAPABILITY + 1):
        if not _CAPABILITIES >> capability & 1:
            with contextlib.suppress(OSError):  # one that this kernel does not know
                sys.prctl(sys.PR_CAPBSET_DROP, capability)
    with contextlib.suppress(OSError):
        sys.prctl(sys.PR_CAP_AMBIENT, sys.PR_CAP_AMBIENT_CLEAR_ALL)
    if not powers.single:
        os.setgroups(list(command.groups))
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    sys.capset(_CAPABILITIES if uid == 0 else 0)
    sys.prctl(sys.PR_SET_NO_NEW_PRIVS, 1)
    sys.prctl(sys.PR_SET_PDEATHSIG, signal.SIGKILL)  # other credentials have cleared it


def _filter(powers: Powers) -> None:
    sys.keep_from_abstract_sockets()
    program = seccomp.program(single=powers.single)
    if program is not None:
        sys.seccomp(program)


def _execute(command: Command) -> None:
    """As execvp(3), with the PATH of the command's own environment."""
    name = command.argv[0]
    environment = dict(command.env)
    if "/" in name:
        os.execve(name, list(command.argv), environment)
    problem: OSError | None = None
    for folder in environment.get("PATH", "").split(":"):
        try:
            os.execve(f"{folder or '.'}/{name}", list(command.argv), environment)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problem = problem or error
    raise problem or FileNotFoundError(2, "executable file not found in $PATH", name)


def _code(status: int) -> int:
    if os.WIFSIGNALED(status):
        return 128 + os.WTERMSIG(status)
    return os.WEXITSTATUS(status)
