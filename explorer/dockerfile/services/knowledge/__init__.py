"""What instructions, flags, options and variables do, in a few words, and where it is explained."""
