"""What happens to a request, decided by a seed and by the request alone."""

from __future__ import annotations

import enum
import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field


class Fault(enum.Enum):
    """What the proxy does wrong."""

    NONE = "nothing"
    DROP = "connection dropped in the middle"
    STALL = "silence in the middle"
    TRUNCATE = "less than there is, as if it were all"
    CORRUPT = "a wrong byte"
    RATE = "429 with Retry-After"
    SERVER = "500, 502, 503 or 504"
    LOST = "done, but the answer never came"


# Silence costs a second of waiting each: it is rarer than the rest.
_DOWN = 3 * (Fault.DROP, Fault.TRUNCATE, Fault.CORRUPT, Fault.RATE, Fault.SERVER) + (Fault.STALL,)
_UP = 3 * (Fault.DROP, Fault.CORRUPT, Fault.RATE, Fault.SERVER, Fault.LOST) + (Fault.STALL,)
_BARE = (Fault.DROP, Fault.RATE, Fault.SERVER)
_STATUSES = (500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Decision:
    """A fault; ``at`` says where in the body, as a share of it, ``status`` what is answered."""

    fault: Fault
    at: float = 0.0
    status: int = 0


@dataclass(slots=True)
class Chance:
    """The faults of one transfer. ``severity`` is the share of requests that something befalls."""

    seed: str
    severity: float
    count: Counter[str] = field(default_factory=Counter)
    done: Counter[Fault] = field(default_factory=Counter)

    def decide(self, method: str, path: str, *, sends: bool, receives: bool) -> Decision:
        """For the next request of this kind. ``sends`` a body, or ``receives`` one, or neither."""
        key = f"{method} {path}"
        self.count[key] += 1
        text = f"{self.seed} {key} {self.count[key]}"
        chance = random.Random(hashlib.sha256(text.encode()).digest())
        if chance.random() >= self.severity:
            return Decision(Fault.NONE)
        fault = chance.choice(_UP if sends else _DOWN if receives else _BARE)
        status = 429 if fault is Fault.RATE else chance.choice(_STATUSES)
        self.done[fault] += 1
        return Decision(fault, chance.random(), status)
