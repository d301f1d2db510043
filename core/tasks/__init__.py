"""Tasks that Blender and the command line ask for: one file each, found through ``registry``.

A task's file holds its request, its result and ``run``. It imports nothing heavy until it runs, as
Blender's own process imports the requests and results.
"""
