"""The GAN: variations of textures, seamless and of any size."""
