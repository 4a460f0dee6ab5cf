"""Which hosts are asked for an image: mirrors, other locations, hosts that are never contacted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.errors import Refused
from explorer.oci import Reference


@dataclass(frozen=True, slots=True)
class Source:
    """A host, or a host with the start of a path; ``insecure`` as in :class:`Rule`."""

    location: str
    insecure: bool = False

    @property
    def host(self) -> str:
        """The host, with its port."""
        return self.location.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is known of images whose names begin with ``prefix`` (containers-registries.conf(5)).

    ``location`` stands in place of the prefix; empty, it is the prefix itself. ``insecure`` allows
    plain HTTP and certificates that nobody vouches for.
    """

    prefix: str
    location: str = ""
    insecure: bool = False
    blocked: bool = False
    mirrors: tuple[Source, ...] = ()

    def rest_of(self, reference: Reference) -> str | None:
        """The part of an image's name behind the prefix; None where it does not begin with it."""
        name = f"{reference.host}/{reference.path}"
        if self.prefix.startswith("*."):
            within = reference.host.endswith(self.prefix[1:])
            return f"/{reference.path}" if within else None
        if name == self.prefix or name.startswith(f"{self.prefix}/"):
            return name[len(self.prefix) :]
        return None

    def hosts(self) -> Iterator[Source]:
        """Everything that it says of hosts."""
        yield Source((self.location or self.prefix), self.insecure)
        yield Source(self.prefix, self.insecure)
        yield from self.mirrors


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules; of those that fit, the longest prefix counts."""

    rules: tuple[Rule, ...] = ()

    def sources(self, reference: Reference) -> tuple[Reference, ...]:
        """Where an image is read from, in order: its mirrors, then where it really is.

        Raises :class:`Refused` for a host that is never to be contacted.
        """
        rule = self._for(reference)
        if rule is None:
            return (reference,)
        if rule.blocked:
            raise blocked(reference.host)
        rest = rule.rest_of(reference) or ""
        found = [_moved(reference, mirror.location, rest) for mirror in rule.mirrors]
        origin = reference
        if rule.location and not rule.prefix.startswith("*."):
            origin = _moved(reference, rule.location, rest)
        return (*dict.fromkeys(source for source in found if source != origin), origin)

    def blocks(self, host: str) -> bool:
        """Whether a host is never to be contacted."""
        return any(rule.blocked and _names(rule.prefix, host) for rule in self.rules)

    def is_insecure(self, host: str) -> bool:
        """Whether some rule allows plain HTTP and unknown certificates for a host."""
        for rule in self.rules:
            for source in rule.hosts():
                if source.insecure and _names(source.host, host):
                    return True
        return False

    def _for(self, reference: Reference) -> Rule | None:
        fitting = [rule for rule in self.rules if rule.rest_of(reference) is not None]
        return max(fitting, key=lambda rule: len(rule.prefix), default=None)


def blocked(host: str) -> Refused:
    """The error for what is not to be contacted."""
    return Refused(
        f"{host} is not contacted",
        why="a registries.conf of this machine or of yours blocks it",
        hint="Take out the line blocked = true, or use another registry",
    )


def _names(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else pattern == host


def _moved(reference: Reference, location: str, rest: str) -> Reference:
    host, _, start = location.partition("/")
    path = f"{start}{rest}".strip("/") if start else rest.strip("/")
    return replace(reference, host=host, path=path or reference.path)
