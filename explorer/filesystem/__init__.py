"""What a stack of layers means: entries, layer indexes, the overlay, changes and timelines."""
