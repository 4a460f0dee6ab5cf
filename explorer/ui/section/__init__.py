"""The overlay cross-section: a folder cut through the layers, and what a container sees of it."""
