"""The generator of variations: a GAN on layouts drawn from the images."""
