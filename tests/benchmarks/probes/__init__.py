"""Programs that are measured, or that measure from within: each a process of its own."""
