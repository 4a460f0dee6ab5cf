"""A terminal of the sandbox's own, for a command that people talk to.

It is one of the sandbox's ``/dev/pts``, so that programs find its name; nothing of this machine's
terminals is seen. Its other end goes to the engine. See pty(7).
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
import termios
from typing import Final

_PTMX: Final = "/dev/pts/ptmx"
_NUMBER: Final = os.makedev(5, 2)
_GET_NUMBER: Final = 0x80045430  # TIOCGPTN
_LOCK: Final = 0x40045431  # TIOCSPTLCK
SENT: Final = b"terminal"


def take_terminal() -> None:
    """Make a terminal, be its session's leader, and send its other end over standard output.

    Within the sandbox's root. Raises ``OSError``.
    """
    master = os.open(_PTMX, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    if os.fstat(master).st_rdev != _NUMBER:
        raise OSError(errno.ENOTTY, "it is not a terminal", _PTMX)
    fcntl.ioctl(master, _LOCK, struct.pack("i", 0))
    (number,) = struct.unpack("i", fcntl.ioctl(master, _GET_NUMBER, struct.pack("i", 0)))
    slave = os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    with socket.socket(fileno=os.dup(1)) as engine:
        socket.send_fds(engine, [SENT], [master])
    os.close(master)
    for stream in (0, 1, 2):
        os.dup2(slave, stream)
