"""What a step's outcome depends on, so that it is computed once."""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import blake2b

from explorer.dockerfile.commands.model import Add, Copy
from explorer.dockerfile.words import Word


def digest(*parts: Hashable) -> str:
    """A short key that stands for all of some values, by how they print."""
    return blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def transfer_key(command: Copy | Add) -> Hashable:
    """Everything a COPY or ADD says, and where in its line; not where the line is."""
    transfer = command.transfer
    own: Hashable = (
        command.parents
        if isinstance(command, Copy)
        else (_word(command.checksum), command.keep_git_dir, command.unpack)
    )
    return (
        type(command).__name__,
        tuple(map(_word, transfer.sources)),
        tuple((file.name, file.content) for file in transfer.inline),
        _word(transfer.destination),
        _word(transfer.owner),
        _word(transfer.mode),
        transfer.link,
        tuple(map(_word, transfer.excludes)),
        own,
    )


def _word(word: Word | None) -> Hashable:
    return None if word is None else (word.value, word.start, word.end)
