"""The browser of registries."""
