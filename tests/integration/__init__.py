"""What we say of an image, against what real programs and the kernel make of it."""
