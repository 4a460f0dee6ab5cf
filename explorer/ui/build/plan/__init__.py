"""What a build would do: each step, whether it runs, and why; what of the folder it takes."""
