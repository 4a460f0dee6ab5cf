"""What the content of a file is, and a bounded look into it; content is hostile and only read."""
