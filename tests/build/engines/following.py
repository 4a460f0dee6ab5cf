"""A Dockerfile that something is told about, and what comes of it."""

from __future__ import annotations

from explorer.build.engines.following import Following
from explorer.build.engines.steps import Steps
from explorer.build.events import Cached, Event, Finished, Log, Started, StepFailed
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand


def program(text: str) -> Program:
    """A Dockerfile understood, without knowing any image."""
    return understand(Document.parse(text), Inputs())


class Tale:
    """What is told of a Dockerfile; ``short`` is its gist without the times."""

    def __init__(self, text: str) -> None:
        self.events: list[Event] = []
        self.program = program(text)
        self.steps = Steps(self.program)
        self.following = Following(self.events.append, self.program)
        self.following.plan(self.steps.infos)

    @property
    def short(self) -> list[tuple[str, ...]]:
        """Step by step: what happened, and what was printed."""
        found: list[tuple[str, ...]] = []
        for event in self.events:
            match event:
                case Started(step) | Cached(step) | Finished(step):
                    found.append((event.event, step))
                case StepFailed(step, message=message):
                    found.append((event.event, step, message))
                case Log(step, stream=stream, data=data):
                    found.append((event.event, step, str(stream), data.decode()))
                case _:
                    pass
        return found
