"""The bytes of blobs: random access, decompression, and feeds for the indexer."""
