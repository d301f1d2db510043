"""What becomes of an analysis in the scene, also when groups were there before."""

from __future__ import annotations

import bpy
import pytest

from impasto.core.clustering.settings import Group
from impasto.core.tasks.analyze import AnalyzeResult
from impasto.scene.groups import analyze
from impasto.scene.textures import find


@pytest.fixture
def keep(build):
    """Four textures, and how to keep a result about them: ``keep(("A", "B"), ("C", "D"))``."""
    for kind, name in enumerate("ABCD"):
        build.textured(name, kind)

    def keep(*groups: tuple[str, ...], **more):
        found = find.textures_in(bpy.data.materials)
        by_key = {texture.image.name: texture.image.session_uid for texture in found}
        rows = tuple(Group(f"Look {'+'.join(members)}", members, members[0]) for members in groups)
        analyze.keep(bpy.context.scene, AnalyzeResult(rows, **more), found, by_key)
        return bpy.context.scene.impasto

    return keep


def names(settings) -> list[tuple[str, list[str]]]:
    return [(g.name, [m.image.name for m in g.members]) for g in settings.groups]


def test_groups_their_typical_member_and_users(keep):
    settings = keep(("A", "B"), ("C", "D"), score=0.5, sentence="2 groups.")
    assert names(settings) == [("Look A+B", ["A", "B"]), ("Look C+D", ["C", "D"])]
    assert settings.groups[1].typical == bpy.data.images["C"]
    assert settings.groups[0].members[1].materials[0].material == bpy.data.materials["B Material"]
    assert (settings.score, settings.sentence) == (0.5, "2 groups.")


def test_noise_is_kept_as_ungrouped(keep):
    settings = keep(("A", "B"), ungrouped=("C", "D"))
    assert names(settings)[1] == ("Ungrouped", ["C", "D"])
    assert settings.groups[1].ungrouped and not settings.groups[0].ungrouped


def test_look_and_chosen_name_live_on_in_a_group_much_alike(keep):
    settings = keep(("A", "B", "C"), ("D",))
    settings.groups[0].title = "Walls"
    settings.groups[0].look.style = "/style.png"
    settings.groups[0].members[1].excluded = True
    settings = keep(("D",), ("A", "B"), ("C",))
    assert [name for name, _ in names(settings)] == ["Look D", "Walls", "Look C"]
    walls = settings.groups[1]
    assert walls.look.style == "/style.png" and walls.members[1].excluded


def test_locked_group_stays_and_its_images_are_in_no_other(keep):
    settings = keep(("A", "B"), ("C", "D"))
    settings.groups[0].locked = True
    settings.groups[0].look.strength = 0.5
    settings = keep(("A", "B"), ("C",), ("D",))
    assert names(settings) == [("Look A+B", ["A", "B"]), ("Look C", ["C"]), ("Look D", ["D"])]
    settings = keep(("A", "C"), ("B", "D"))
    assert names(settings) == [("Look A+B", ["A", "B"]), ("Look A+C", ["C"]), ("Look B+D", ["D"])]
    assert settings.groups[0].locked and settings.groups[0].look.strength == 0.5


def test_duplicates_and_skipped_images_are_listed(keep, build):
    build.material("Rough", build.image("R"), "Roughness")
    settings = keep(
        ("A", "B", "C", "D"),
        duplicates=(("A", "C"), ("B", "D")),
        duplicate_kinds=(("", "mirrored"),),
    )
    assert [row.name for row in settings.duplicates] == ["A, C (mirrored)", "B, D"]
    assert [(row.name, row.reason) for row in settings.skipped] == [
        ("R", "Roughness data, not restyled")
    ]
