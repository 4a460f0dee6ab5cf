"""Paths: what COPY takes and where it puts it, working directories, users."""

from __future__ import annotations

import posixpath

from explorer.dockerfile.commands import model
from explorer.dockerfile.ignore import IgnoreFile, clean
from explorer.dockerfile.services.accounts import added_accounts
from explorer.dockerfile.services.hovering.card import Hover, card, code
from explorer.dockerfile.services.knowledge.topic import REFERENCE
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.services.surroundings import Account, Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Need, NeedKind, OriginKind
from explorer.dockerfile.stages.settings import joined
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.dockerfile.words import Word

_GLOB = frozenset("*?[")


def source_card(place: Place, word: Word, span: Span, command: model.Copy | model.Add) -> Hover:
    """A source of COPY or ADD; ``word`` has its variables replaced."""
    name = "copy" if isinstance(command, model.Copy) else "add"
    url = f"{REFERENCE}#{name}"
    written = span.of(place.program.document.text)
    title = word.value if word.value == written else f"{written} is {word.value}"
    need = _need(place)
    if need is not None:
        return card(span, title, _elsewhere(place, need), url=url)
    if isinstance(command, model.Add) and (is_git(word.value) or is_http(word.value)):
        what = "A Git repository" if is_git(word.value) else "A file to download"
        return card(span, title, f"{what}; it is fetched when the build runs.", url=url)
    ignore = place.program.inputs.ignore
    return card(span, title, "From the build context.", _ignored(ignore, word.value), url=url)


def _need(place: Place) -> Need | None:
    if place.stage is None:
        return None
    needs = (n for n in place.stage.needs if n.step == place.step and n.kind is NeedKind.COPY)
    return next(needs, None)


def _elsewhere(place: Place, need: Need) -> str:
    origin = need.origin
    if origin.stage is not None:
        return f"From stage {code(place.program.stages[origin.stage].title)}."
    if origin.kind is OriginKind.CONTEXT:
        return f"From the build context {code(origin.name)}."
    return f"From the image {code(origin.name)}."


def _ignored(ignore: IgnoreFile | None, source: str) -> str:
    """What the ignore file says of a path."""
    path = clean(source.lstrip("/") or ".")
    if ignore is None:
        return "There is no ignore file: nothing is left out."
    if path == "." or _GLOB & set(path):
        return "What the ignore file names is left out."
    rule = ignore.deciding_rule(path)
    if rule is None:
        return "The ignore file lets it through."
    pattern = code(str(rule))
    if rule.excepts:
        return f"Line {rule.line} of the ignore file, {pattern}, lets it through."
    if ignore.may_except_below(path):
        return f"Line {rule.line} of the ignore file, {pattern}, leaves it out, but parts of it."
    return f"**The ignore file leaves it out**: line {rule.line}, {pattern}."


def destination_card(
    place: Place, word: Word, span: Span, command: model.Copy | model.Add
) -> Hover:
    """Where COPY or ADD puts things."""
    system = place.stage.platform.os if place.stage else "linux"
    path = joined(place.settings.workdir, word.value, system)
    transfer = command.transfer
    many = len(transfer.sources) + len(transfer.inline) > 1 or any(
        _GLOB & set(source.value) for source in transfer.sources
    )
    is_folder = word.value.endswith("/") or word.value in (".", "..") or many
    what = (
        "A folder: the files go into it; it is created where it is missing."
        if is_folder
        else "A single file goes there under this name; a folder's content goes into it."
    )
    name = "copy" if isinstance(command, model.Copy) else "add"
    return card(span, path, what, f"From {code(place.settings.workdir or '/')} on."
                if not word.value.startswith("/") else "", url=f"{REFERENCE}#{name}")  # fmt: skip


def workdir_card(place: Place, word: Word, span: Span) -> Hover:
    """A working directory, in full."""
    system = place.stage.platform.os if place.stage else "linux"
    path = joined(place.settings.workdir, word.value, system)
    before = place.settings.workdir or "/"
    return card(
        span,
        posixpath.normpath(path) if path.startswith("/") else path,
        "The working directory from here on; it is created where it is missing.",
        f"Before, it is {code(before)}.",
        url=f"{REFERENCE}#workdir",
    )


def user_card(place: Place, value: str, span: Span, outside: Surroundings, url: str) -> Hover:
    """A user and perhaps a group, with their numbers where they are known."""
    name, colon, group = value.partition(":")
    stage = -1 if place.stage is None else place.stage.index
    users = outside.users(stage) if stage >= 0 else ()
    groups = outside.groups(stage) if stage >= 0 and colon else ()
    root = "It is root, who may do everything." if name in ("0", "root") else ""
    return card(
        span,
        value,
        _account("User", name, tuple(users)),
        _added(place, name, is_group=False),
        _account("Group", group, tuple(groups)) if colon else "",
        _added(place, group, is_group=True) if colon else "",
        root,
        url=url,
    )


def _added(place: Place, name: str, *, is_group: bool) -> str:
    """The step that adds an account."""
    if place.stage is None:
        return ""
    for added in added_accounts(place.program, place.stage, place.line):
        if (added.name, added.is_group) == (name, is_group):
            return f"The step in line {added.line} adds it."
    return ""


def _account(what: str, name: str, known: tuple[Account, ...]) -> str:
    if name.isdecimal():
        named = next((each.name for each in known if each.id == int(name[:10])), "")
        return f"{what} {name}, called {code(named)}." if named else f"{what} number {name}."
    found = next((each for each in known if each.name == name), None)
    if found is not None:
        return f"{what} {code(name)} has the number {found.id}."
    where = "/etc/passwd" if what == "User" else "/etc/group"
    if known:
        return f"{what} {code(name)} is not in the base's {code(where)}."
    return f"{what} {code(name)}; its number is known once {code(where)} is."
