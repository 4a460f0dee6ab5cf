"""The list that opens while typing: what it shows, when it opens, what accepting inserts."""
