"""The Explore workspace: an image opened, its layers, its filesystem at each of them."""
