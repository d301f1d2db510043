"""The command line: the same commands with Blender and without."""
