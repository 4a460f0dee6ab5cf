"""``layerscope inspect``: what an image is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from explorer.cli import failures, registries
from explorer.cli.arguments import (
    files_option,
    image_argument,
    platform_option,
    remote_flag,
    remote_options,
    verify_option,
)
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.errors import ExplorerError, NotFound

if TYPE_CHECKING:
    from explorer.analysis.manifests import Tree
    from explorer.analysis.opened import OpenImage
    from explorer.cli.screen import Screen


def _inspect(
    image: str, platform: str | None, all_platforms: bool, files: bool, verify: bool
) -> int:
    from explorer.analysis.documents.images import image_document
    from explorer.analysis.manifests.documents import manifest_documents

    if platform and all_platforms:
        raise click.UsageError("--platform and --all-platforms exclude each other")
    session = Session.current()
    fetch = None if files or verify else ()
    opened = session.open(image, platform, verify=verify, fetch=fetch)
    tree = _tree(session, image, opened, all_platforms=all_platforms)
    listed = {"manifests": manifest_documents(tree)}
    if not all_platforms:
        return session.answer(
            lambda: image_document(opened) | listed,
            lambda screen: _page(screen, opened, tree),
        )
    found = _every_platform(session, image, opened, verify=verify, fetch=fetch)
    return session.answer(
        lambda: image_document(opened) | listed | {"images": _documents(found)},
        lambda screen: _pages(screen, found, tree),
    )


def _tree(session: Session, image: str, opened: OpenImage, *, all_platforms: bool) -> Tree:
    """The index that an image stands in; in a registry, only where all platforms are wanted."""
    from explorer.analysis.manifests import Tree, open_shelf, read_tree

    digest, remote = opened.image.digest, opened.image.traffic is not None
    if digest is None or (remote and not all_platforms):
        return Tree(())
    insecure = frozenset[str]()
    if remote and remote_flag(click.get_current_context(), "insecure"):
        insecure = frozenset({registries.reference_of(image).host})
    with (
        session.job("reading") as job,
        open_shelf(image, job=job, insecure=insecure) as shelf,
    ):
        return read_tree(shelf).around(digest) if shelf is not None else Tree(())


_Found = list[tuple[str, "OpenImage | ExplorerError"]]


def _every_platform(
    session: Session,
    name: str,
    first: OpenImage,
    *,
    verify: bool,
    fetch: tuple[int, ...] | None,
) -> _Found:
    """The image of each platform, or why it cannot be opened."""
    found: _Found = []
    for platform in first.image.platforms:
        if platform == first.image.platform:
            found.append((str(platform), first))
            continue
        try:
            found.append((str(platform), session.open(name, platform, verify=verify, fetch=fetch)))
        except NotFound as error:
            failures.say(str(error))
            found.append((str(platform), error))
    return found


def _documents(found: _Found) -> list[dict[str, Any]]:
    from explorer.analysis.documents.images import image_document

    out: list[dict[str, Any]] = []
    for platform, image in found:
        if isinstance(image, ExplorerError):
            out.append({"platform": platform, "missing": True, "problem": str(image)})
        else:
            described = image_document(image)
            del described["schema"]
            out.append(described | {"missing": False})
    return out


def _page(screen: Screen, opened: OpenImage, tree: Tree) -> None:
    from explorer.cli.facts import image_page
    from explorer.cli.platforms import platforms_page

    image_page(screen, opened)
    platforms_page(screen, tree)


def _pages(screen: Screen, found: _Found, tree: Tree) -> None:
    from explorer.cli.facts import image_page
    from explorer.cli.platforms import platforms_page
    from explorer.cli.screen import Styled

    platforms_page(screen, tree)
    several = sum(1 for _ in tree.walk()) > 1
    for number, (platform, image) in enumerate(found):
        if number or several:
            screen.line()
            screen.line(Styled("═" * 40, "dim"))
        if isinstance(image, ExplorerError):
            screen.line(Styled(platform, "bold"), ": ", Styled("not here", "red"))
        else:
            image_page(screen, image)


inspect = Verb(
    "inspect",
    params=[
        image_argument(),
        platform_option(),
        *remote_options(),
        click.Option(
            ["--all-platforms"],
            is_flag=True,
            help="Describe the image of every platform, not only of one.",
        ),
        files_option(),
        verify_option(),
    ],
    callback=_inspect,
    help="""Say what an image is: its names and digests, its configuration and what it will run,
    its history, its layers, and everything unusual about it.

    Of an image in a registry (docker://REF) only the documents are fetched: what takes the layers
    themselves is shown as ?, in a document as null, unless it is known from before.""",
    examples=[
        ("layerscope inspect app.tar", "one page"),
        ("layerscope inspect oci:layout:1.4 --platform linux/arm64", "another platform"),
        ("layerscope inspect docker://alpine:3.20", "without pulling it"),
        ("layerscope inspect docker://alpine --all-platforms", "all, with what they share"),
        ("layerscope inspect app.tar --json | jq .config.Env", "for a script"),
        ("layerscope inspect app.tar --verify", "check every digest; 4 if one does not match"),
    ],
)
