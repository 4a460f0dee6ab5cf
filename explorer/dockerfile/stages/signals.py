"""Names of signals, for STOPSIGNAL (moby/sys/signal, Linux)."""

from __future__ import annotations

import re
from typing import Final

# fmt: off
NAMES: Final = frozenset({
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "RTMAX", "RTMIN", "SEGV", "STKFLT", "STOP", "SYS",
    "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU",
    "XFSZ",
})
# fmt: on
"""Without ``SIG``."""

_REAL_TIME: Final = re.compile(r"RTMIN\+(?:[1-9]|1[0-5])|RTMAX-(?:[1-9]|1[0-4])")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")


def is_signal(text: str) -> bool:
    """Whether the text is a number but 0, or the name of a signal, with or without ``SIG``."""
    if _NUMBER.fullmatch(text):
        return int(text) != 0
    name = text.upper().removeprefix("SIG")
    return name in NAMES or _REAL_TIME.fullmatch(name) is not None
