"""The vocabulary of the OCI image and distribution specifications."""
