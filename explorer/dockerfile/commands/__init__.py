"""What instructions mean: statements read into commands, one dataclass for each keyword.

Counts of arguments, flags and their values are checked as BuildKit's ``instructions`` package
checks them, with its messages.
"""
