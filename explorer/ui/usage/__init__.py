"""Where the bytes go: a treemap, the largest files, waste and what to do about it, duplicates."""
