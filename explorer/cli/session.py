"""One run of a verb: opens images with progress, prints the answer, says what is damaged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import failures, jsontext, remote, settings
from explorer.cli.arguments import remote_flag
from explorer.cli.settings import Settings

if TYPE_CHECKING:
    from explorer.analysis.opened import OpenImage
    from explorer.cli.screen import Screen
    from explorer.oci.platform import Platform
    from explorer.progress import Job
    from explorer.sources.image import Image
    from explorer.sources.traffic import Traffic

DAMAGED = 4


class Session:
    """What a verb needs from the outside. Images it opened are closed when it ends."""

    def __init__(
        self, chosen: Settings, *, insecure: bool = False, tell_traffic: bool = False
    ) -> None:
        self.settings = chosen
        self._insecure = insecure
        self._tell_traffic = tell_traffic
        self._opened: list[OpenImage] = []
        self._traffic: list[Traffic] = []
        self._closing = ExitStack()

    @classmethod
    def current(cls) -> Session:
        """A session for the verb that is running; click ends it with the verb."""
        context = click.get_current_context()
        session = cls(
            settings.of(context),
            insecure=remote_flag(context, "insecure"),
            tell_traffic=remote_flag(context, "traffic"),
        )
        context.call_on_close(session.close)
        return session

    @property
    def json(self) -> bool:
        """Whether one JSON document was asked for."""
        return self.settings.json

    # -- images -------------------------------------------------------------------------------

    def load(self, name: str, platform: Platform | str | None = None) -> Image:
        """Read the documents of an image; raises as :func:`explorer.analysis.opened.load_image`."""
        from explorer.analysis.opened import load_image
        from explorer.oci.platform import Platform

        wanted = Platform.parse(platform) if isinstance(platform, str) else platform
        connect = remote.connection(name, insecure=self._insecure)
        with self.job("reading") as job:
            image = load_image(name, wanted, job=job, connect=connect)
        if image.traffic is not None:
            self._traffic.append(image.traffic)
        return image

    def open(
        self,
        name: str,
        platform: Platform | str | None = None,
        *,
        verify: bool = False,
        fetch: Collection[int] | None = None,
    ) -> OpenImage:
        """Open an image, its layers indexed; progress shows on stderr if it takes a while.

        Of an image in a registry only the layers ``fetch`` are fetched, all by default.
        """
        return self.index(self.load(name, platform), verify=verify, fetch=fetch)

    def open_for(
        self, name: str, platform: Platform | str | None, path: bytes, layer: int | None
    ) -> OpenImage:
        """Open an image so far that a path can be read as of a layer, or the highest."""
        from explorer.analysis.reach import list_for

        fetch = () if remote.is_remote(name) else None
        return list_for(self.open(name, platform, fetch=fetch), path, layer, self.list_layers)

    def index(
        self, image: Image, *, verify: bool = False, fetch: Collection[int] | None = None
    ) -> OpenImage:
        """As :meth:`open`, of an image whose documents are read."""
        from explorer.analysis.opened import index_image
        from explorer.store.cache import Caches

        with self.job("verifying" if verify else "reading layers") as job:
            opened = index_image(image, Caches.at(), job, verify=verify, fetch=fetch)
        self._opened.append(opened)
        self._closing.callback(opened.close, keep=False)
        return opened

    def list_layers(self, opened: OpenImage, layers: Collection[int]) -> OpenImage:
        """The same image with more layers listed, fetched where they are in a registry."""
        with self.job("reading layers") as job:
            more = opened.listing(layers, job)
        if more is not opened:
            self._opened[self._opened.index(opened)] = more
            self._closing.callback(more.close, keep=False)
        return more

    def job(self, what: str) -> Working:
        """A cancellable job with progress on stderr."""
        return Working(what, enabled=sys.stderr.isatty(), colour=not self.settings.no_color)

    # -- the answer ---------------------------------------------------------------------------

    def answer(
        self, document: Callable[[], dict[str, Any]], show: Callable[[Screen], object]
    ) -> int:
        """Print a document or its human form, whichever is wanted; returns the exit code."""
        if self.json:
            jsontext.write(document(), sys.stdout)
        else:
            show(self.screen())
        return self.verdict()

    def screen(self) -> Screen:
        """Where human output goes."""
        from explorer.cli.screen import Screen

        return Screen(sys.stdout, colour=not self.settings.no_color)

    def verdict(self) -> int:
        """Say on stderr which images are damaged; the exit code for that, or 0."""
        code = 0
        for image in self._opened:
            if image.problems:
                code = DAMAGED
                failures.say(_damage(image))
        if not self.json and not code:
            self._remark()
        return code

    def _remark(self) -> None:
        for image in self._opened:
            absent = [number for number, layer in enumerate(image.layers) if layer.layer.missing]
            if absent:
                failures.say(
                    f"{image.image.title} is not complete: {layer_list(absent)} not here, "
                    f"because {image.layers[absent[0]].problem}"
                )

    def close(self) -> None:
        """Release every image, and say what was fetched for them."""
        self._closing.close()
        if self._traffic and (self._tell_traffic or sys.stderr.isatty()):
            failures.say(remote.traffic_line(self._traffic))


class Working:
    """A job for the length of a ``with``; see :class:`explorer.cli.progress.Meter`."""

    def __init__(self, what: str, *, enabled: bool, colour: bool) -> None:
        self._what, self._enabled, self._colour = what, enabled, colour
        self._stack = ExitStack()

    def __enter__(self) -> Job:
        from explorer.progress import Job

        if not self._enabled:
            return Job(self._what)
        from explorer.cli.progress import Meter

        meter = self._stack.enter_context(Meter(self._what, colour=self._colour))
        return Job(self._what, meter.tell)

    def __exit__(self, *_error: object) -> None:
        self._stack.close()


def layer_list(numbers: Sequence[int]) -> str:
    """``layer 3 is``, ``layers 3 and 4 are``."""
    if len(numbers) == 1:
        return f"layer {numbers[0]} is"
    shown = ", ".join(map(str, numbers[:-1]))
    return f"layers {shown} and {numbers[-1]} are"


def _damage(image: OpenImage) -> str:
    first, *more = image.problems
    others = f" (and {len(more)} more)" if more else ""
    return (
        f"{image.image.title} is damaged: {first}{others}. "
        "What could be read is shown; fetch or save the image again"
    )
