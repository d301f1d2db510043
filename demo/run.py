"""The demo: build a scene, group its textures, restyle each group, restyle a shot, invent
materials, and show what came out.

``python demo/run.py`` from the repository's root; pictures and the .blend land in ``demo/out``.
With ``--docs``, ``docs/images/demo.jpg`` and ``contact_sheet.jpg`` are made anew, too.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from addon import extension_module, impasto

OUT = Path(__file__).resolve().parent / "out"
DOCS = OUT.parents[1] / "docs" / "images"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is done and how long it took; hide what Cycles prints meanwhile."""
    print(f"{title:<28}", end="", flush=True)
    start = time.perf_counter()
    spoken, hush = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(hush, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(spoken, 1)
        os.close(spoken)
        os.close(hush)
    print(f"{time.perf_counter() - start:6.1f} s", flush=True)


def main() -> None:
    """Run all steps in a clean Blender."""
    import bpy
    import inventions
    import looks
    import sheet
    from build_scene import build

    gallery = extension_module("scene.looks.gallery")

    for left_over in ("textures", "impasto", "shot", "shot_restyled"):
        shutil.rmtree(OUT / left_over, ignore_errors=True)
    OUT.mkdir(exist_ok=True)
    start = time.perf_counter()
    blend = OUT / "demo.blend"
    with step("Build the scene"):
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        build(OUT / "textures")
        bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    scene = bpy.context.scene
    settings = scene.impasto
    with step("Render before"):
        render(scene, OUT / "render_before.png")
    # What a thing is made of counts more than its color, and relatives share a style.
    settings.material_weight, settings.similarity = 0.7, 0.2
    sentences = {}
    for algorithm in ("DBSCAN", "AGGLOMERATIVE", "KMEANS"):  # the last is what is gone on with
        settings.algorithm = algorithm
        with step(f"Analyze ({algorithm.title()})"):
            bpy.ops.impasto.analyze_textures()
        sentences[algorithm] = settings.sentence
    looks.choose(settings)
    with step("Stylize"):
        bpy.ops.impasto.stylize_textures()
    with step("Render after"):
        render(scene, OUT / "render_after.png")
    with step("Contact sheet and map"):
        blocks = [block_of(group, gallery.title(group.look)) for group in settings.groups]
        count = sum(len(group.members) for group in settings.groups)
        sheet.draw(
            blocks,
            f"{count} textures, {len(blocks)} groups, one style each",
            "Each pair: before and after.",
            OUT / "contact_sheet.png",
        )
        plots = {plot.name: plot.path for plot in settings.plots}
        shutil.copy(plots["map"], OUT / "cluster_map.png")
    with step("Create"):
        inventions.draw(inventions.create(settings, OUT), OUT / "created.png")
    bpy.ops.wm.save_mainfile()
    with step("Restyle a shot"):
        inventions.shoot(scene, OUT)

    print(f"{'All together':<28}{time.perf_counter() - start:6.1f} s\n\n")
    for algorithm, sentence in sentences.items():
        print(f"{algorithm}: {sentence}")
    for group in settings.groups:
        names = ", ".join(member.image.name for member in group.members)
        print(f"  {group.name} -> {gallery.title(group.look)}: {names}")
    print("Skipped, as they hold data:", ", ".join(row.name for row in settings.skipped))
    print("\nLook at:")
    for name in (
        "render_before.png",
        "render_after.png",
        "contact_sheet.png",
        "cluster_map.png",
        "created.png",
        "shot.png",
    ):
        print(f"  {OUT / name}")
    print(f"  {blend}  (open it in Blender; the panel is in the sidebar, tab Impasto)")


def render(scene, path: Path) -> None:
    """Render the scene's camera to a file."""
    import bpy

    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def block_of(group, style: str):
    """A group of ``Scene.impasto`` as a block of the contact sheet; UDIM tiles one by one."""
    import bpy
    from sheet import Block, Pair

    results = {image["impasto"]["source"]: image for image in bpy.data.images if "impasto" in image}
    pairs = []
    for member in group.members:
        before, after = member.image, results[member.image.name_full]
        tiles = [str(tile.number) for tile in before.tiles] if before.source == "TILED" else [""]
        for tile in tiles:
            pairs.append(
                Pair(f"{before.name} {tile}".strip(), file_of(before, tile), file_of(after, tile))
            )
    return Block(group.name, style, tuple(pairs))


def file_of(image, tile: str) -> Path:
    """Where an image lies on disk."""
    import bpy

    return Path(bpy.path.abspath(image.filepath).replace("<UDIM>", tile))


if __name__ == "__main__":
    with impasto():
        main()
        if "--docs" in sys.argv[1:]:
            import sheet

            sheet.write_docs(OUT, DOCS)
