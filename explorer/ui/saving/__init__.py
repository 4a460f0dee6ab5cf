"""Images leave the window: saved to archives and layouts, or handed to an engine."""
