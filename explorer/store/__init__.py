"""What is kept on disk: layer indexes and plain layers, bounded and safe against damage."""
