"""Find, read, replace and revert the image textures of a scene."""
