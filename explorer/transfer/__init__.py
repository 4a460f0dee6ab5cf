"""Moving images: between registries, the local store, engines, archives and layouts.

::

    pull, push     a registry and the local store; choosing, content: what is meant, where it lies
    load, save     archives and layouts, into the store and out of it
    copy           any to any; here, across: from where an image lies, out of a registry
    engines        Docker and Podman, through their load API
    picking        what a name means: one image, or an index; index makes one
    packing        layers compressed otherwise; parcels, writing: what travels, and how
    delete, listing, tagged, browsing    what else is asked of a registry

A blob that is already where it should go is not moved. What arrives is verified against its
digest, and a manifest is never changed on the way unless that was asked for: its digest names the
image.
"""
