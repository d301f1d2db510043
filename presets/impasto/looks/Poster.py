import bpy

look = bpy.context.scene.impasto.shown_look

look.engine = "NETWORK"
look.strength = 1.0
look.keep_color = 0.0
look.brush_scale = 3.0
look.grain = 0.0
look.relief = 0.0
look.fineness = 0.5
look.opacity = 1.0
look.jitter = 1.0
