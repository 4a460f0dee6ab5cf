"""``layerscope tags``: the tags of a repository."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, registries, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Column, Piece, Screen, Styled
from explorer.cli.session import Session
from explorer.oci.layout import one_line, visible

if TYPE_CHECKING:
    from explorer.registry import RegistryClient
    from explorer.transfer.tagged import TagFacts

_DAY, _YEAR = 86_400, 31_556_952
_UNITS = (
    (1, 120, "second"),
    (60, 120, "minute"),
    (3600, 48, "hour"),
    (_DAY, 60, "day"),
    (_YEAR // 12, 24, "month"),
)
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def _tags(repository: str, long: bool, sort: str | None, **how: Any) -> int:
    session = Session.current()
    wanted = registries.reference_of(repository)

    async def listed(client: RegistryClient) -> tuple[list[str], tuple[TagFacts, ...]]:
        names = [name async for name in client.tags(wanted)]
        if not long and sort in (None, "name"):
            return names, ()
        from explorer.transfer.tagged import tag_facts

        with session.job("looking at tags"):
            return names, await tag_facts(client, wanted, names)

    names, facts = registries.asked(listed, [wanted.host], **how)
    facts = tuple(sorted(facts, key=_key(sort))) if sort else facts
    if sort:
        from explorer.transfer.browsing import natural

        names = [fact.tag for fact in facts] or sorted(names, key=natural)
    if session.json:
        document = {"schema": 1, "repository": wanted.repository, "tags": names}
        if long:
            document["details"] = [_item(fact) for fact in facts]
        jsontext.write(document, sys.stdout)
    elif long:
        _page(session.screen(), facts)
    else:
        screen = session.screen()
        for name in names:
            screen.line(visible(name))
    return 0


def _key(sort: str | None) -> Any:
    """The newest and the largest first; names as they are counted."""
    from explorer.transfer.browsing import natural

    def newest(fact: TagFacts) -> Any:
        created = fact.look.created if fact.look is not None else None
        return -created.timestamp() if created is not None else 0.0

    def largest(fact: TagFacts) -> Any:
        return -(fact.look.size or 0) if fact.look is not None else 0

    order = {"created": newest, "size": largest}.get(sort or "", lambda _fact: 0)
    return lambda fact: (order(fact), natural(fact.tag))


def _item(fact: TagFacts) -> dict[str, Any]:
    from explorer.oci import format_rfc3339_utc

    look = fact.look
    created = look.created if look is not None else None
    return {
        "tag": fact.tag,
        "digest": str(look.descriptor.digest) if look is not None else None,
        "media_type": look.descriptor.media_type if look is not None else None,
        "size": look.size if look is not None else None,
        "created": format_rfc3339_utc(created) if created is not None else None,
        "platforms": [str(platform) for platform in look.platforms] if look is not None else [],
        "artifact_type": _kind(fact) or None,
        "problem": fact.problem or None,
    }


def _kind(fact: TagFacts) -> str:
    part = fact.look.part if fact.look is not None else None
    return part.kind if part is not None else ""


def _page(screen: Screen, facts: tuple[TagFacts, ...]) -> None:
    now = datetime.now(UTC)
    screen.table(
        [Column("tag"), Column("size", right=True), Column("age"),
         Column("platforms", flexible=True), Column("digest")],
        [_row(fact, now) for fact in facts],
    )  # fmt: skip


def _row(fact: TagFacts, now: datetime) -> tuple[Piece, ...]:
    name = Styled(visible(fact.tag), "bold")
    if fact.look is None:
        return name, "", "", one_line(fact.problem, 200), ""
    look = fact.look
    about = ", ".join(map(str, look.platforms)) or _kind(fact)
    size = text.size(look.size) if look.size is not None else ""
    return name, size, age(look.created, now), one_line(about, 200), look.descriptor.digest.short


def age(created: datetime | None, now: datetime) -> str:
    """``3 days``, ``14 months``; empty where it is unknown, or nobody meant it."""
    if created is None or created < _EARLIEST:
        return ""
    seconds = max(int((now - created).total_seconds()), 0)
    for length, most, unit in _UNITS:
        if seconds // length < most:
            return text.plural(seconds // length, unit)
    return text.plural(seconds // _YEAR, "year")


tags = Verb(
    "tags",
    params=[
        click.Argument(["repository"], metavar="REPO"),
        click.Option(
            ["-l", "--long"],
            is_flag=True,
            help="With size, age, platforms and digest: a few requests for each tag.",
        ),
        click.Option(
            ["--sort"],
            type=click.Choice(["name", "created", "size"]),
            help="The newest or the largest first; in the registry's order by default.",
        ),
        *registries.host_options(),
    ],
    callback=_tags,
    help="""List the tags of a repository. With --long no layer is fetched either: the size is
    what pulling the image for this machine moves, the age is that of its configuration.""",
    examples=[
        ("layerscope tags registry.example/team/app", "one tag on a line"),
        ("layerscope tags registry.example/team/app --long --sort created", "the newest first"),
    ],
)
