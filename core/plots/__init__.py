"""Plots, drawn in the worker and saved as PNG: everything that uses matplotlib.

Each ``draw`` takes plain arrays and returns a :class:`matplotlib.figure.Figure`; ``theme.save`` writes
it. Nothing here uses ``pyplot``: there is no global state and no display.
"""
