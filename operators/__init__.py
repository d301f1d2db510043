"""What an artist can do: one verb per file."""

from __future__ import annotations

import bpy

from . import (
    add_look_preset,
    analyze_textures,
    check_worker_python,
    choose_style,
    compare_textures,
    control_job,
    copy_look,
    create_material,
    draw_regions,
    enable_passes,
    invent_style,
    load_frames,
    mark_assets,
    merge_groups,
    move_texture,
    open_picture,
    paint_frame,
    pick_on_map,
    queue_frames,
    refine_style,
    release_memory,
    restyle_frames,
    revert_textures,
    select_objects,
    split_group,
    stylize_textures,
    use_render_output,
    use_strip,
)

CLASSES = (
    *add_look_preset.CLASSES,
    *analyze_textures.CLASSES,
    *control_job.CLASSES,
    *check_worker_python.CLASSES,
    *choose_style.CLASSES,
    *compare_textures.CLASSES,
    *copy_look.CLASSES,
    *create_material.CLASSES,
    *draw_regions.CLASSES,
    *enable_passes.CLASSES,
    *invent_style.CLASSES,
    *load_frames.CLASSES,
    *mark_assets.CLASSES,
    *merge_groups.CLASSES,
    *move_texture.CLASSES,
    *open_picture.CLASSES,
    *paint_frame.CLASSES,
    *pick_on_map.CLASSES,
    *refine_style.CLASSES,
    *release_memory.CLASSES,
    *restyle_frames.CLASSES,
    *queue_frames.CLASSES,
    *revert_textures.CLASSES,
    *select_objects.CLASSES,
    *split_group.CLASSES,
    *stylize_textures.CLASSES,
    *use_render_output.CLASSES,
    *use_strip.CLASSES,
)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
