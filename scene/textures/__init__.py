"""The image textures of a scene: found, read, replaced, reverted."""
