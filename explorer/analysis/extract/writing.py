"""The bytes of a file, written: holes stay holes, and a full disk is told from other failures."""

from __future__ import annotations

import errno
import os

from explorer.analysis.content import FileContent
from explorer.errors import DamagedImage
from explorer.progress import Job

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def write_content(content: FileContent, descriptor: int, job: Job) -> int:
    """Write a file through an open descriptor; the number of bytes that this took.

    Raises :class:`DamagedImage` where the content is cut short, ``OSError``, and
    :class:`Cancelled`.
    """
    if content.sparse is not None:
        return _write_sparse(content, descriptor, job)
    written = 0
    for chunk in content.chunks():
        write_all(descriptor, chunk)
        written += len(chunk)
        job.advance(len(chunk))
    if written != content.size:
        raise DamagedImage(
            "Content ends early", why=f"{written:,} of {content.size:,} bytes are here"
        )
    return written


def _write_sparse(content: FileContent, descriptor: int, job: Job) -> int:
    os.ftruncate(descriptor, content.size)
    written = 0
    for offset, data in content.data_runs():
        os.lseek(descriptor, offset, os.SEEK_SET)
        write_all(descriptor, data)
        written += len(data)
        job.advance(len(data))
    return written


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, however many calls that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
