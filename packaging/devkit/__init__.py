"""What `packaging/dev.py` is made of: standard library only, Python 3.11 or later.

`verbs` reads the command line; `environment` keeps `.venv` ready; `stamp` tells
whether it is; `pip` installs into it; `libraries` looks after the system libraries
that Qt needs; `display` tells whether a window can be shown; `trouble` has
the one error, with what happened, why, and what to do.

`package` builds what is given to people: `wheel`, `app` and `debian` make it, `project`
knows what belongs to it, `elf` what it asks of a system, and `trial` runs it.
"""
