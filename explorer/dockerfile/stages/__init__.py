"""What a Dockerfile builds: stages, the steps in them, and what each needs.

Every variable is replaced as BuildKit replaces it, every name resolved. Nothing is fetched or
read: what the outside contributes comes in as :class:`~explorer.dockerfile.stages.inputs.Inputs`.
"""
