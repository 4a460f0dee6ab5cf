"""What the editor asks of the language about a place: on a thread, the newest question counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.surroundings import NoSurroundings, Surroundings
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.progress import Job
from explorer.ui.build.editor.language import Language
from explorer.ui.build.editor.mirror import Mirror
from explorer.ui.build.editor.newest import Newest, log_failure

Question = Callable[[Document, Program, int, Surroundings], Any]
"""Asked about an offset of a document; runs on a thread."""
Answer = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    answer: Answer
    offset: int
    text: str
    version: int
    inputs: Inputs
    surroundings: Surroundings


@dataclass(frozen=True, slots=True)
class _Understood:
    text: str
    inputs: Inputs
    program: Program


class Assistant(QObject):
    """Asks functions of :mod:`explorer.dockerfile.services`.

    Each ``topic`` has one question under way; an answer to a text that has changed is dropped.
    """

    def __init__(self, mirror: Mirror, language: Language, parent: QObject) -> None:
        super().__init__(parent)
        self._mirror, self._language = mirror, language
        self.inputs = Inputs()
        self.surroundings: Surroundings = NoSurroundings()
        self._understood: _Understood | None = None
        self._topics: dict[str, Newest[_Asked, Any]] = {}

    def know(self, inputs: Inputs, surroundings: Surroundings) -> None:
        """Answer from what is known of the outside now."""
        self.inputs, self.surroundings = inputs, surroundings

    def ask(self, topic: str, offset: int, question: Question, answer: Answer) -> None:
        """Ask about an offset of the text as it stands; ``answer`` gets what ``question`` returns.

        A question that fails has no answer: that is logged, and disturbs nobody who writes.
        """
        newest = self._topics.get(topic)
        if newest is None:
            newest = Newest(self, _TITLE, self._work, self._done, failed=log_failure(topic))
            self._topics[topic] = newest
        newest.ask(
            _Asked(
                question,
                answer,
                offset,
                self._mirror.text,
                self._mirror.version,
                self.inputs,
                self.surroundings,
            )
        )

    def forget(self, topic: str) -> None:
        """Drop a question that has not been begun."""
        if topic in self._topics:
            self._topics[topic].forget()

    def _work(self, asked: _Asked, job: Job) -> Any:
        known = self._understood
        if known is None or known.text is not asked.text or known.inputs is not asked.inputs:
            ready = self._language.document
            document = ready if ready.text is asked.text else Document.parse(asked.text)
            program = understand(document, asked.inputs)
            known = self._understood = _Understood(asked.text, asked.inputs, program)
        job.check()
        program = known.program
        return asked.question(program.document, program, asked.offset, asked.surroundings)

    def _done(self, asked: _Asked, result: Any) -> None:
        if asked.version == self._mirror.version:
            asked.answer(result)


_TITLE: Final = "Asking about the Dockerfile"
