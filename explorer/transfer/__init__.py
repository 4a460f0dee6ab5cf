"""Moving images: between the local store, archives and layouts; later registries and engines.

A blob that is already where it should go is not moved. What arrives is verified against its
digest, and a manifest is never changed on the way: its digest names the image.
"""
