"""Image facts: what an image runs, how it is configured, how it was made, its documents."""
