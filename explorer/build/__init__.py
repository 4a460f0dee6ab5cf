"""Planning a build: context, cache keys, prediction, and previews of what a step will leave."""
