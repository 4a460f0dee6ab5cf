"""Every error Layerscope raises on purpose.

::

    ExplorerError                     what happened, why, what to do
    ├── LinterFailed          exit 1  another program crashed or took too long (dockerfile.linters)
    ├── UsageError            exit 2  the request itself makes no sense
    │   └── QueryError        exit 2  a filter that cannot be read (analysis.query)
    ├── NotFound              exit 3  no such image, platform, layer or path
    │   └── AmbiguousImage    exit 3  several images, and none was named
    ├── DamagedImage          exit 4  truncated, malformed, hostile, or not an image
    │   ├── DigestMismatch    exit 4  content does not hash to its digest
    │   └── LimitExceeded     exit 4  a bound that protects this machine was reached
    ├── DockerfileError       exit 4  a text that is no Dockerfile, or may not be changed so
    ├── ExpansionError        exit 4  a word whose variables cannot be replaced
    ├── IgnoreError           exit 4  a line of an ignore file that Docker refuses
    ├── Refused               exit 5  the other side (registry, engine) said no
    ├── Unsupported           exit 6  this machine lacks a part that is needed
    │   └── StorageFull       exit 6  no room left where something must be written
    └── Cancelled             exit 130  the user said stop; never shown as an error

The edges (``explorer.cli`` and ``explorer.ui``) turn them into one line on stderr with an exit
code, or into a banner. Nothing below the edges prints.
"""

from __future__ import annotations

from typing import ClassVar


class ExplorerError(Exception):
    """What happened, why, and what to do about it.

    ``what`` and ``why`` are sentences without a final stop; ``hint`` is an instruction.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.what}: {self.why}" if self.why else self.what
        return f"{text}. {self.hint}" if self.hint else text


class UsageError(ExplorerError):
    """The request itself makes no sense."""

    exit_code = 2


class NotFound(ExplorerError):
    """No such image, platform, layer or path."""

    exit_code = 3


class AmbiguousImage(NotFound):
    """Several images are here and none was named; ``choices`` names them."""

    def __init__(
        self, what: str, *, choices: tuple[str, ...], why: str = "", hint: str = ""
    ) -> None:
        super().__init__(what, why=why, hint=hint)
        self.choices = choices


class DamagedImage(ExplorerError):
    """Truncated, malformed, hostile, or not an image at all."""

    exit_code = 4


class DigestMismatch(DamagedImage):
    """Content does not hash to the digest it is named by."""


class LimitExceeded(DamagedImage):
    """A bound that protects this machine was reached."""


class Refused(ExplorerError):
    """The other side (a registry, an engine, the operating system) said no."""

    exit_code = 5


class Unsupported(ExplorerError):
    """This machine lacks a part that is needed."""

    exit_code = 6


class StorageFull(Unsupported):
    """No room left where something must be written."""


class Cancelled(ExplorerError):
    """The user said stop. Never presented as an error."""

    exit_code = 130

    def __init__(self, what: str = "Cancelled") -> None:
        super().__init__(what)
