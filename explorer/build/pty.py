"""Our end of a terminal that some program runs on: bytes out, bytes in, its size."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
from collections import deque
from collections.abc import Callable
from typing import Final

MOST_TYPED: Final = 4 << 20
"""Bytes that wait for a program that does not read them; what is typed beyond is dropped."""
_CHUNK: Final = 1 << 12


class Pty:
    """Owns the open file. Use it from one event loop.

    Nothing is read before somebody asks: a program that prints faster than is read has to wait.
    """

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._waiting: deque[bytes] = deque()
        self._room = MOST_TYPED
        self._watched: Callable[[], object] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""
        return self._fd >= 0

    def read(self, most: int = 1 << 14) -> bytes | None:
        """What was printed; None where nothing is there yet, ``b""`` at the end."""
        if self._fd < 0:
            return b""
        try:
            return os.read(self._fd, most)
        except BlockingIOError:
            return None
        except OSError:  # EIO: nobody has the other end open any more
            return b""

    def watch(self, ready: Callable[[], object] | None) -> None:
        """Call ``ready`` from the loop whenever there is something to read; None: no more."""
        if self._fd < 0 or ready == self._watched:
            return
        loop = asyncio.get_running_loop()
        if self._watched is not None:
            loop.remove_reader(self._fd)
        self._watched = ready
        if ready is not None:
            loop.add_reader(self._fd, ready)

    def write(self, data: bytes) -> None:
        """Type something. It never waits: what the program does not take yet is kept for it."""
        if self._fd < 0 or not data:
            return
        data = data[: self._room]
        self._room -= len(data)
        was_empty = not self._waiting
        self._waiting.extend(data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
        if was_empty:
            self._send()
            if self._waiting:
                asyncio.get_running_loop().add_writer(self._fd, self._send_on)

    def resize(self, rows: int, columns: int) -> None:
        """Tell the program how large its window is."""
        if self._fd < 0:
            return
        with contextlib.suppress(OSError):
            size = struct.pack("HHHH", min(rows, 0xFFFF), min(columns, 0xFFFF), 0, 0)
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)

    def close(self) -> None:
        """Hang up: the program is told by SIGHUP."""
        if self._fd < 0:
            return
        self.watch(None)
        self._stop_sending()
        os.close(self._fd)
        self._fd = -1

    def _send_on(self) -> None:
        self._send()
        if not self._waiting:
            self._stop_sending()

    def _send(self) -> None:
        while self._waiting:
            first = self._waiting.popleft()
            try:
                done = os.write(self._fd, first)
            except BlockingIOError:
                done = 0
            except OSError:  # nobody is there to read it
                self._waiting.clear()
                self._room = MOST_TYPED
                return
            self._room += done
            if done < len(first):
                self._waiting.appendleft(first[done:])
                return

    def _stop_sending(self) -> None:
        self._waiting.clear()
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().remove_writer(self._fd)
