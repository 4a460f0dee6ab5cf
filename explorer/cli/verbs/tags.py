"""``layerscope tags``: the tags of a repository."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, registries, text
from explorer.cli.commands import Verb
from explorer.cli.screen import Column, Screen, Styled
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


def _tags(repository: str, long: bool, sort: str | None, insecure: bool) -> int:
    session = Session.current()
    wanted = registries.reference_of(repository)

    async def listed(client: RegistryClient) -> tuple[list[str], tuple[TagFacts, ...]]:
        names = [name async for name in client.tags(wanted)]
        if not long and sort in (None, "name"):
            return names, ()
        from explorer.transfer.tagged import tag_facts

        with session.job("looking at tags"):
            return names, await tag_facts(client, wanted, names)

    names, facts = registries.asked(listed, [wanted.host], insecure=insecure)
    facts = tuple(sorted(facts, key=_key(sort))) if sort else facts
    if sort:
        names = [fact.tag for fact in facts] or sorted(names)
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
    """The newest and the largest first; names as they are written."""
    if sort == "created":
        return lambda fact: (-fact.created.timestamp() if fact.created else 0.0, fact.tag)
    if sort == "size":
        return lambda fact: (-(fact.size or 0), fact.tag)
    return lambda fact: fact.tag


def _item(fact: TagFacts) -> dict[str, Any]:
    from explorer.oci import format_rfc3339_utc

    described = fact.descriptor
    return {
        "tag": fact.tag,
        "digest": str(described.digest) if described is not None else None,
        "media_type": described.media_type if described is not None else None,
        "size": fact.size,
        "created": format_rfc3339_utc(fact.created) if fact.created is not None else None,
        "platforms": [str(platform) for platform in fact.platforms],
        "artifact_type": fact.artifact_type or None,
        "problem": fact.problem or None,
    }


def _page(screen: Screen, facts: tuple[TagFacts, ...]) -> None:
    now = datetime.now(UTC)
    screen.table(
        [Column("tag"), Column("size", right=True), Column("age"),
         Column("platforms", flexible=True), Column("digest")],
        [
            (
                Styled(visible(fact.tag), "bold"),
                text.size(fact.size) if fact.size is not None else "",
                age(fact.created, now),
                one_line(_about(fact), 200),
                fact.descriptor.digest.short if fact.descriptor is not None else "",
            )
            for fact in facts
        ],
    )  # fmt: skip


def _about(fact: TagFacts) -> str:
    return fact.problem or ", ".join(map(str, fact.platforms)) or fact.artifact_type


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
            help="With size, age, platforms and digest: up to three requests for each tag.",
        ),
        click.Option(
            ["--sort"],
            type=click.Choice(["name", "created", "size"]),
            help="The newest or the largest first; in the registry's order by default.",
        ),
        registries.insecure_option(),
    ],
    callback=_tags,
    help="""List the tags of a repository. With --long no layer is fetched either: the size is
    what pulling the image for this machine moves, the age is that of its configuration.""",
    examples=[
        ("layerscope tags registry.example/team/app", "one tag on a line"),
        ("layerscope tags registry.example/team/app --long --sort created", "the newest first"),
    ],
)
