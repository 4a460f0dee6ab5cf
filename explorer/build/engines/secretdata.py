"""What a secret of a build holds."""

from __future__ import annotations

import os
from typing import Final

from explorer.build.request import Secret
from explorer.errors import Refused

_LIMIT: Final = 512 << 10  # bytes, as BuildKit


def secret_data(secret: Secret) -> bytes | None:
    """The bytes of a secret; ``None`` where its variable is not set.

    Raises :class:`Refused` for a file that cannot be read, or is too long.
    """
    if secret.file is None:
        found = os.environ.get(secret.env or secret.id)
        return None if found is None else os.fsencode(found)
    try:
        with secret.file.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as error:
        raise Refused(f"secret {secret.id} cannot be read", why=error.strerror or "") from error
    if len(data) > _LIMIT:
        raise Refused(f"secret {secret.id} is too long", why=f"the limit is {_LIMIT} bytes")
    return data
