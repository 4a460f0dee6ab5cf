"""``layerscope login``: who you are, for a registry."""

from __future__ import annotations

import asyncio
import sys

import click

from explorer.cli import jsontext, registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session

_MOST = 64 << 10


def _login(host: str, username: str | None, password_stdin: bool, insecure: bool) -> int:
    from explorer.registry import Options
    from explorer.registry.credentials import Credentials
    from explorer.registry.logins import check_login, keep

    session = Session.current()
    wanted = registries.host_of(host)
    if username is None:
        if password_stdin or not sys.stdin.isatty():
            raise click.UsageError("--username is needed where nobody can be asked")
        username = click.prompt("Username", err=True)
    if not username or ":" in username:
        raise click.UsageError("A username is not empty and has no colon")
    credentials = Credentials(username, _password(password_stdin))
    options = Options.from_environment(frozenset([wanted]) if insecure else frozenset())
    asyncio.run(check_login(wanted, credentials, options))
    where = keep(wanted, credentials)
    if session.json:
        document = {"schema": 1, "host": wanted, "username": username, "kept_in": where}
        jsontext.write(document, sys.stdout)
    else:
        session.screen().line(f"Logged in to {wanted} as {username}; the password is in {where}")
    return 0


def _password(from_stdin: bool) -> str:
    if from_stdin:
        given = sys.stdin.read(_MOST).rstrip("\r\n")
    elif sys.stdin.isatty():
        given = click.prompt("Password", hide_input=True, err=True)
    else:
        raise click.UsageError("--password-stdin is needed where nobody can be asked")
    if not given:
        raise click.UsageError("The password is empty")
    return given


login = Verb(
    "login",
    params=[
        click.Argument(["host"], metavar="HOST"),
        click.Option(["-u", "--username"], metavar="NAME", help="Who you are."),
        click.Option(
            ["--password-stdin"], is_flag=True, help="Read the password, or token, from stdin."
        ),
        registries.insecure_option(),
    ],
    callback=_login,
    help="""Log in to a registry. The password is tried, then kept in the system's keyring; where
    there is none, with the credential helper of Docker's configuration, or in that file. What
    Docker or Podman have is used without logging in again.

    No option takes the password itself: everyone could read it in the list of processes.""",
    examples=[
        ("layerscope login ghcr.io -u me", "asks for the password"),
        ("layerscope login registry.example -u ci --password-stdin < token", "in a script"),
    ],
)
