import bpy

look = bpy.context.scene.impasto.shown_look

look.engine = "AUTO"
look.strength = 1.0
look.keep_color = 0.0
look.brush_scale = 1.0
look.grain = 0.3
look.relief = 0.5
look.fineness = 0.5
look.opacity = 1.0
look.jitter = 1.0
