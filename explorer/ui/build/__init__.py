"""The workbench for Dockerfiles: what each line will do, before it runs."""
