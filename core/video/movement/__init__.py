"""Strokes that live on what they were painted on: carried by the motion, born, swapped and hidden."""
