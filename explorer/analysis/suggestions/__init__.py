"""What would make an image smaller or safer: concrete, with evidence, and honest about savings.

Bytes stored in vain are grouped by the layer that stores them, the layer that hides them and the
reason; caches and duplicates are found in the final filesystem, secrets in every layer. A saving
is what the layer contents would shrink by, before compression; savings of different suggestions can
overlap where one remedy takes care of two.
"""

from __future__ import annotations

from explorer.analysis.opened import OpenImage
from explorer.analysis.suggestions.caches import suggest_caches
from explorer.analysis.suggestions.hidden import hidden_files
from explorer.analysis.suggestions.leaks import suggest_secrets
from explorer.analysis.suggestions.losses import losses
from explorer.analysis.suggestions.remedies import Remedies
from explorer.analysis.suggestions.sizes import suggest_duplicates, suggest_largest
from explorer.analysis.suggestions.values import Kind, Suggestion
from explorer.analysis.waste import Waste
from explorer.progress import Job

__all__ = ["Kind", "Suggestion", "advise"]

_ORDER = {kind: place for place, kind in enumerate(Kind)}


def advise(
    image: OpenImage, waste: Waste | None = None, job: Job | None = None, *, least: int = 4096
) -> tuple[Suggestion, ...]:
    """Everything worth doing, the largest saving first; then what saves nothing, secrets first.

    ``waste``, where it was measured already, spares a look for hidden bytes if there are none.
    Savings below ``least`` bytes are left out. Reads content where only it can tell; raises
    :class:`explorer.errors.Cancelled`.
    """
    job = job or Job()
    found: list[Suggestion] = []
    if waste is None or waste.wasted:
        remedies = Remedies(image)
        for loss in losses(image, hidden_files(image), job):
            found += remedies.suggest(loss, least)
    found += suggest_caches(image, least)
    found += suggest_duplicates(image, job, least)
    found += suggest_secrets(image, job)
    found += suggest_largest(image)
    return tuple(sorted(found, key=lambda one: (-one.saves, _ORDER[one.kind], one.title)))
