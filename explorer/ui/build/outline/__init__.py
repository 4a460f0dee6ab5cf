"""The Dockerfile at a glance: its stages, and the instructions in them."""
