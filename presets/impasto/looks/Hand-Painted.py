import bpy

look = bpy.context.scene.impasto.shown_look

look.engine = "STROKES"
look.strength = 1.0
look.keep_color = 0.8
look.brush_scale = 2.0
look.grain = 0.3
look.relief = 0.3
look.fineness = 0.5
look.opacity = 1.0
look.jitter = 1.0
