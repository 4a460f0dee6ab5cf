"""The one error of the development command, and how it speaks."""

import sys


class DevError(Exception):
    """Something the user can act on: what happened, why, and what to do about it."""

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.what]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.hint:
            lines.append(f"  do:  {self.hint}")
        return "\n".join(lines)


def say(text: str) -> None:
    """Print one line of news on stderr: stdout belongs to the program being run."""
    print(f"dev: {text}", file=sys.stderr, flush=True)
