"""The command line: the same verbs with Blender and without."""
