"""What a build is given besides its text, as the user sets it. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explorer.oci.platform import Platform


@dataclass(frozen=True, slots=True)
class NamedContext:
    """A named build context: ``location`` is a folder, an archive or a layout."""

    name: str
    location: str


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that ``docker build`` takes as an option and that changes what is shown.

    ``context`` is the folder that COPY reads from; ``target`` a stage, ``""`` for the last one.
    """

    context: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    contexts: tuple[NamedContext, ...] = ()

    def wanted_platform(self) -> Platform:
        """The platform to build for; this machine's where none is set, or no such is known."""
        if not self.platform:
            return Platform.host()
        try:
            return Platform.parse(self.platform)
        except ValueError:
            return Platform.host()

    def with_base(self, name: str, location: str) -> Options:
        """The same, with an archive or a layout standing for the image ``name``."""
        others = tuple(each for each in self.contexts if each.name != name)
        return replace(self, contexts=(*others, NamedContext(name, location)))

    def is_plain(self) -> bool:
        """Whether nothing but the context folder is set."""
        return not (self.target or self.arguments or self.platform or self.contexts)
