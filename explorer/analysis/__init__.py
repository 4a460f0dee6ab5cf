"""What an opened image tells: its layers, timelines, differences, waste, packages."""
