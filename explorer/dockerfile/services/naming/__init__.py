"""Names in a Dockerfile: stages and variables, where they are defined and used.

::

    shell    the variables that a script uses, and where it might mean something else
    sites    every place in one instruction where a variable is defined or used
    names    the name at an offset, and what it means there
    scopes   all the places that mean the same variable
    stages   all the places that name a stage
    renames  whether another name would change what is built
"""
