"""Every way out of a run: one line on stderr, and an exit code of the contract."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable
from io import TextIOWrapper

import click

from explorer.errors import AmbiguousImage, Cancelled, ExplorerError
from explorer.oci.layout import visible

_REPORT = "This is a mistake in Layerscope: please report it, with the output of --debug"


def guarded(work: Callable[[], int], *, debug: bool) -> int:
    """Do some work; whatever it raises becomes a line on stderr and an exit code."""
    _print_anything()
    try:
        code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except (KeyboardInterrupt, Cancelled, click.Abort):
        return Cancelled.exit_code
    except click.UsageError as error:
        return _fail(_usage(error), 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except ExplorerError as error:
        return _trace(debug) or _explain(error)
    except OSError as error:
        return _trace(debug) or _fail(_system(error), _system_code(error))
    except Exception as error:  # noqa: BLE001 - the last line of defence
        kind = type(error).__name__
        return _trace(debug) or _fail(f"internal error: {kind}: {error}. {_REPORT}", 1)
    return code


def _print_anything() -> None:
    """Where the terminal's encoding lacks a character, it is spelled out; that is no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """One line on stderr; what would rewrite a terminal is spelled out."""
    line = " ".join(visible(text).splitlines())
    click.echo(f"layerscope: {line}", err=True)


def _fail(text: str, code: int) -> int:
    say(text)
    return code


def _explain(error: ExplorerError) -> int:
    if isinstance(error, AmbiguousImage):
        say(f"{error.what}: {error.why}. Name one of them behind a colon:")
        for choice in error.choices:
            click.echo(f"  {visible(choice)}", err=True)
    else:
        say(str(error))
    return error.exit_code


def _usage(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx is not None else "layerscope"
    message = error.format_message().rstrip(".")
    if "See:" in message or "Did you mean" in message:
        return message
    return f"{message}. See: {command} --help"


def _system(error: OSError) -> str:
    name = os.fsdecode(error.filename) if error.filename else "The operating system"
    return f"{name}: {error.strerror or error}"


def _system_code(error: OSError) -> int:
    if isinstance(error, FileNotFoundError):
        return 3
    return 6 if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENOMEM) else 5


def _trace(debug: bool) -> int:
    if debug:
        click.echo(visible(traceback.format_exc()).rstrip("\n"), err=True)
    return 0


def _forget_stdout() -> None:
    """Nobody reads any more: let the interpreter flush into the void as it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass
