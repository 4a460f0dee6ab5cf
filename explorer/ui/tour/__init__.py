"""The guided tour through the sample image."""

from explorer.ui.tour.panel import TourPanel
from explorer.ui.tour.steps import Step, Tour

__all__ = ["Step", "Tour", "TourPanel"]
