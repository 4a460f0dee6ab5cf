"""Commands with their variables replaced."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.mount import Mount, read_mount
from explorer.dockerfile.expansion import Expander, Expansion, ExpansionError
from explorer.dockerfile.stages.model import Undefined
from explorer.dockerfile.suggest import Suggester
from explorer.dockerfile.words import Pair, Word

# Arguments to the builder that never become variables.
_NEVER_VARIABLES: Final = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})
_HEREDOC: Final = Expander(quotes=False)
_LONGEST_MOUNT: Final = 512


@lru_cache(maxsize=4096)
def _plain_mount(word: Word) -> Mount:
    """A mount in which nothing is replaced; typing elsewhere asks for the same ones again."""
    return read_mount(word, str)


class UnexpandableError(Exception):
    """A word that cannot be expanded, and why."""

    def __init__(self, word: Word, error: ExpansionError) -> None:
        super().__init__(str(error))
        self.word = word


class Expanding:
    """Replaces the variables of one instruction, and notes those that nothing defines.

    ``declared`` are arguments without a value, whose use is no mistake.
    """

    def __init__(
        self,
        escape: str,
        variables: Mapping[str, str],
        declared: Collection[str],
        suggester: Suggester,
    ) -> None:
        self.undefined: list[Undefined] = []
        self._suggester = suggester
        self._expander = Expander(escape)
        self._variables = variables
        self._declared = declared

    def command(self, command: model.Command) -> model.Command:
        """The command as it will be carried out.

        Raises:
            UnexpandableError: a word of it cannot be expanded.
            Mistake: the options of a mount are wrong.
        """
        match command:
            case model.Env(pairs):
                return model.Env(tuple(map(self._pair, pairs)))
            case model.Label(pairs):
                return model.Label(tuple(map(self._pair, pairs)))
            case model.Copy(transfer):
                return replace(command, transfer=self._transfer(transfer))
            case model.Add():
                return self._add(command)
            case model.Run(mount_flags=mounts) if mounts:
                return replace(command, mounts=tuple(map(self._mount, mounts)))
            case _:
                return self._simple(command)

    def word(self, word: Word) -> Word:
        """One word, its quotes and escapes gone."""
        if not self._expander.has_syntax(word.value):
            return word
        return Word(self._expanded(word, word.value).text, word.start, word.end)

    def _mount(self, word: Word) -> Mount:
        if len(word.value) > _LONGEST_MOUNT or self._expander.has_syntax(word.value):
            return read_mount(word, self._text_of(word))
        return _plain_mount(word)

    def _simple(self, command: model.Command) -> model.Command:
        match command:
            case model.User(user):
                return model.User(self.word(user))
            case model.Workdir(path):
                return model.Workdir(self.word(path))
            case model.StopSignal(signal):
                return model.StopSignal(self.word(signal))
            case model.Volume(paths):
                return model.Volume(tuple(map(self.word, paths)))
            case model.Expose(ports):
                ordered = sorted(ports, key=lambda port: port.value)
                return model.Expose(tuple(p for port in ordered for p in self._ports(port)))
            case _:
                return command

    def _add(self, command: model.Add) -> model.Add:
        transfer, checksum = command.transfer, command.checksum
        flags = self._optional(transfer.owner), self._optional(transfer.mode)
        checksum = self._optional(checksum)
        transfer = replace(self._paths(transfer), owner=flags[0], mode=flags[1])
        return replace(command, transfer=transfer, checksum=checksum)

    def _transfer(self, transfer: model.Transfer) -> model.Transfer:
        flags = self._optional(transfer.owner), self._optional(transfer.mode)
        return replace(self._paths(transfer), owner=flags[0], mode=flags[1])

    def _paths(self, transfer: model.Transfer) -> model.Transfer:
        return replace(
            transfer,
            sources=tuple(map(self.word, transfer.sources)),
            destination=self.word(transfer.destination),
            inline=tuple(self._file(file, transfer.destination) for file in transfer.inline),
        )

    def _file(self, file: model.InlineFile, place: Word) -> model.InlineFile:
        if not file.heredoc.marker.expands:
            return file
        content = self._expanded(place, file.content, _HEREDOC).text
        return replace(file, content=content)

    def _ports(self, port: Word) -> list[Word]:
        # BuildKit does not look for undefined variables here.
        try:
            words = self._expander.expand(port.value, self._variables).words
        except ExpansionError as error:
            raise UnexpandableError(port, error) from error
        return [Word(word, port.start, port.end) for word in words]

    def _pair(self, pair: Pair) -> Pair:
        return Pair(self.word(pair.key), self.word(pair.value), pair.legacy)

    def _optional(self, word: Word | None) -> Word | None:
        return None if word is None else self.word(word)

    def _text_of(self, place: Word) -> _FieldExpander:
        return _FieldExpander(self, place)

    def _expanded(self, place: Word, text: str, expander: Expander | None = None) -> Expansion:
        try:
            expansion = (expander or self._expander).expand(text, self._variables)
        except ExpansionError as error:
            self._note(error.unmatched)
            raise UnexpandableError(place, error) from error
        self._note(expansion.unmatched)
        return expansion

    def _note(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self._declared and name not in _NEVER_VARIABLES:
                self.undefined.append(Undefined(name, self._suggester(name, self._variables)))


class _FieldExpander:
    """Expands the fields of one mount; all of them stand at the place of the flag."""

    def __init__(self, expanding: Expanding, place: Word) -> None:
        self._expanding = expanding
        self._place = place

    def __call__(self, text: str) -> str:
        return self._expanding.word(Word(text, self._place.start, self._place.end)).value
