"""What is unsure is asked; what the artist decides is remembered and holds in the next analysis."""

from __future__ import annotations

import bpy
import pytest

from impasto.core.clustering.settings import Doubt, Group
from impasto.core.image.reference import ImageRef
from impasto.core.tasks.analyze import AnalyzeResult
from impasto.panels import textures as panels
from impasto.scene.groups import analyze, decisions, doubts
from impasto.scene.textures import find

ops = bpy.ops.impasto
DOUBTS = panels.IMPASTO_PT_doubts


@pytest.fixture
def keep(build):
    """Six textures, and how to keep a result about them: ``keep("AB", "CD", doubts=["AC"])``."""
    for kind, name in enumerate("ABCDEF"):
        build.textured(name, kind)

    def keep(*groups: str, doubts: tuple[str, ...] = (), ungrouped: str = ""):
        found = find.textures_in(bpy.data.materials)
        by_key = {texture.image.name: texture.image.session_uid for texture in found}
        rows = tuple(Group(members, tuple(members), members[0]) for members in groups)
        unsure = tuple(
            Doubt(a, b, 0.5, any(a in group and b in group for group in groups)) for a, b in doubts
        )
        result = AnalyzeResult(rows, tuple(ungrouped), doubts=unsure)
        analyze.keep(bpy.context.scene, result, found, by_key)
        return bpy.context.scene.impasto

    return keep


def groups(settings) -> list[str]:
    return ["".join(m.image.name for m in group.members if m.image) for group in settings.groups]


def links(settings) -> set[str]:
    """What was decided: "A+B" together, "A-B" apart."""
    return {
        f"{'+' if row.together else '-'}".join(sorted((row.first.name, row.second.name)))
        for row in settings.links
    }


def asked(settings) -> list[str]:
    return [row.first.name + row.second.name for row in settings.doubts]


def request(settings, *, without: str = ""):
    names = [name for name in "ABCDEF" if name not in without and name in bpy.data.images]
    return analyze._request(settings, tuple(ImageRef(name, (name,)) for name in names))


# --- doubts ----------------------------------------------------------------------------------------


def test_doubts_are_kept_and_asked(keep, read):
    settings = keep("AB", "CD", "EF", doubts=("AC", "EF"))
    assert [(row.together, row.probability) for row in settings.doubts] == [
        (False, 0.5),
        (True, 0.5),
    ]
    assert read(DOUBTS) == [
        *(
            "Are A Material and C Material the",
            "same?",
            "impasto.mark_same",
            "impasto.mark_different",
        ),
        *(
            "Are E Material and F Material the",
            "same?",
            "impasto.mark_same",
            "impasto.mark_different",
        ),
    ]
    assert asked(keep("AB", "CD", "EF")) == [] and read(DOUBTS) == []


def test_only_five_are_shown(keep, read):
    keep("A", "B", "C", "D", "E", "F", doubts=("AB", "AC", "AD", "AE", "AF", "BC", "BD"))
    assert read(DOUBTS).count("impasto.mark_same") == 5
    assert read(DOUBTS)[-1] == "and 2 more"


@pytest.mark.parametrize(
    ("images", "shared", "names"),
    [
        (("Planks.png", "Crate.png"), False, ("Left", "Right")),
        (("Planks.png", "Crate.PNG"), True, ("Planks", "Crate")),
        (("v1.2", "Crate.png.001"), True, ("v1.2", "Crate.png.001")),
        (("Crate.png", "Crate.jpg"), True, ("Crate.png", "Crate.jpg")),
    ],
)
def test_textures_are_called_by_their_own_materials_or_images(build, images, shared, names):
    parts = [build.textured(name, kind) for kind, name in enumerate(("One", "Two"))]
    for part, image, material in zip(parts, images, ("Left", "Right"), strict=True):
        part.image.name, part.material.name = image, material
    if shared:
        build.material("Other", parts[0].image)
    build.group(*(part.image for part in parts))
    settings = bpy.context.scene.impasto
    row = settings.doubts.add()
    row.first, row.second = (part.image for part in parts)
    (question,) = doubts.questions(settings, at_most=5)
    assert question.names == names


def test_same_merges_the_groups(keep):
    settings = keep("EF", "AB", "CD", doubts=("AC", "BD", "AE"))
    assert ops.mark_same(index=0) == {"FINISHED"}
    assert groups(settings) == ["EF", "ABCD"] and settings.active_group == 1
    assert links(settings) == {"A+B", "B+C", "C+D"}
    assert asked(settings) == ["AE"]  # B and D are in one group now, too


def test_same_keeps_the_name_that_the_artist_gave(keep):
    settings = keep("ABC", "DE", "F", doubts=("AD",))
    settings.groups[1].title = "Walls"
    ops.mark_same(index=0)
    assert groups(settings) == ["DEABC", "F"] and settings.groups[0].name == "Walls"


def test_same_in_one_group_only_remembers(keep):
    settings = keep("ABC", "DEF", doubts=("AC",))
    ops.mark_same(index=0)
    assert groups(settings) == ["ABC", "DEF"]
    assert links(settings) == {"A+C"} and asked(settings) == []


@pytest.mark.parametrize(
    ("pair", "after", "name"),
    [
        ("AE", ["ABE", "CD", "F"], "AB"),
        ("EA", ["ABE", "CD", "F"], "AB"),
        ("EF", ["AB", "CD", "EF"], "New Group"),
    ],
)
def test_same_takes_an_ungrouped_texture_alone(keep, pair, after, name):
    settings = keep("AB", "CD", ungrouped="EF", doubts=(pair,))
    ops.mark_same(index=0)
    assert groups(settings) == after
    group = settings.groups[settings.active_group]
    assert group.name == name and not group.ungrouped
    assert links(settings) == {"+".join(sorted(pair))}


def test_different_takes_the_second_out(keep):
    settings = keep("ABC", "DEF", doubts=("AC", "AD"))
    ops.mark_different(index=0)
    assert groups(settings) == ["AB", "DEF", "C"]
    assert links(settings) == {"A-C"} and asked(settings) == ["AD"]
    ops.mark_different(index=0)
    assert groups(settings) == ["AB", "DEF", "C"]
    assert links(settings) == {"A-C", "A-D"} and asked(settings) == []


def test_different_takes_along_what_was_put_together_with_the_second(keep):
    settings = keep("ABCD", "EF", doubts=("CD", "AC"))
    ops.mark_same(index=0)
    ops.mark_different(index=0)
    assert groups(settings) == ["AB", "EF", "CD"]
    assert links(settings) == {"C+D", "A-C"}


@pytest.mark.parametrize(
    ("answer", "pair", "changes"),
    [
        ("same", "AC", True),
        ("same", "AB", False),
        ("different", "AB", True),
        ("different", "AC", False),
    ],
)
def test_locked_groups_do_not_change(keep, answer, pair, changes):
    settings = keep("AB", "CD", "EF", doubts=(pair,))
    settings.groups[0].locked = True
    operator = getattr(ops, f"mark_{answer}")
    with bpy.context.temp_override(impasto_doubt=settings.doubts[0]):
        assert operator.poll() is not changes
    if changes:
        with pytest.raises(RuntimeError, match="AB is locked; unlock it first"):
            operator(index=0)
    else:
        operator(index=0)
    assert groups(settings) == ["AB", "CD", "EF"]
    assert len(settings.links) == (0 if changes else 1) and len(settings.doubts) == changes


def test_answers_wait_for_a_running_job(keep, monkeypatch):
    keep("AB", "CD", doubts=("AC",))
    assert ops.mark_same.poll() and ops.mark_different.poll()
    monkeypatch.setattr(
        "impasto.scene.jobs.queue.current", lambda: type("Job", (), {"title": "Analyze"})
    )
    assert not ops.mark_same.poll() and not ops.mark_different.poll()


def test_doubt_about_a_removed_image_is_not_asked(keep, read):
    settings = keep("AB", "CD", "EF", doubts=("AC", "AE"))
    bpy.data.images.remove(bpy.data.images["C"])
    assert read(DOUBTS).count("impasto.mark_same") == 1
    ops.mark_same(index=0)  # by a script
    assert asked(settings) == ["AE"]
    with pytest.raises(RuntimeError, match="no such doubt"):
        ops.mark_same(index=7)
    bpy.data.images.remove(bpy.data.images["E"])
    assert read(DOUBTS) == []


def test_answer_and_its_undo(keep):
    settings = keep("AB", "CD", "EF", doubts=("AC",))
    bpy.ops.ed.undo_push(message="Before")
    ops.mark_same("EXEC_DEFAULT", True, index=0)
    assert groups(settings) == ["ABCD", "EF"]
    bpy.ops.ed.undo()
    settings = bpy.context.scene.impasto
    assert (groups(settings), links(settings), asked(settings)) == (
        ["AB", "CD", "EF"],
        set(),
        ["AC"],
    )
    bpy.ops.ed.redo()
    settings = bpy.context.scene.impasto
    assert groups(settings) == ["ABCD", "EF"] and asked(settings) == []
    assert links(settings) == {"A+B", "B+C", "C+D"}


# --- edits by hand ---------------------------------------------------------------------------------


def move(settings, group: int, member: int, into: int) -> None:
    settings.active_group = group
    settings.groups[group].active_member = member
    ops.move_texture(into=str(into))


def test_move_is_remembered(keep):
    settings = keep("ABC", "DEF", doubts=("AB", "BD", "CE", "AC"))
    settings.groups[1].typical = bpy.data.images["E"]
    move(settings, 0, 1, 1)
    assert groups(settings) == ["AC", "DEFB"]
    assert links(settings) == {"B+E", "A-B", "B-C"}
    assert asked(settings) == ["AC"]  # E is like B now, which C is not


def test_move_to_a_new_group_keeps_apart_only(keep):
    settings = keep("ABC", "DEF")
    move(settings, 0, 0, -1)
    assert links(settings) == {"A-B", "A-C"}


def test_move_of_the_last_texture_is_together_only(keep):
    settings = keep("A", "BC", "DEF")
    move(settings, 0, 0, 1)
    assert groups(settings) == ["BCA", "DEF"] and links(settings) == {"A+B"}


def test_what_is_ungrouped_is_no_group(keep):
    settings = keep("AB", "CD", ungrouped="EF")
    move(settings, 2, 0, 0)
    assert links(settings) == {"A+E"}
    move(settings, 1, 0, 2)
    assert groups(settings) == ["ABE", "D", "FC"] and links(settings) == {"A+E", "C-D"}


def test_merge_is_a_chain(keep):
    settings = keep("ABC", "DEF")
    ops.merge_groups(into="1")
    assert links(settings) == {"D+E", "E+F", "A+F", "A+B", "B+C"}


def test_split_is_remembered(keep):
    settings = keep("ABCDE", "F")
    settings.groups[0].active_member = 2
    ops.split_group()
    assert groups(settings) == ["AB", "F", "CDE"]
    assert links(settings) == {"C+D", "D+E", "A-C", "B-C"}


def test_the_newest_decision_holds(keep):
    settings = keep("ABC", "DEF")
    ops.merge_groups(into="1")  # D E F A B C
    settings.groups[0].active_member = 2
    move(settings, 0, 2, -1)
    assert groups(settings) == ["DEABC", "F"]
    assert {"A-F", "B-F", "C-F", "D-F", "E-F"} == {link for link in links(settings) if "-" in link}
    known = decisions.read(settings)
    uid = {name: bpy.data.images[name].session_uid for name in "ABCDEF"}
    assert known.decided(uid["A"], uid["D"]) is True  # they were a chain by way of F
    assert known.decided(uid["A"], uid["F"]) is False
    move(settings, 1, 0, 0)
    assert groups(settings) == ["DEABCF"] and not any("-" in link for link in links(settings))
    assert decisions.read(settings).decided(uid["A"], uid["F"]) is True


def test_edit_of_a_member_without_image_is_harmless(keep):
    settings = keep("ABC", "DEF")
    bpy.data.images.remove(bpy.data.images["A"])
    move(settings, 0, 0, 1)
    assert groups(settings) == ["BC", "DEF"] and links(settings) == set()


# --- the file --------------------------------------------------------------------------------------


def test_decisions_are_saved_and_survive_renaming_and_removal(keep, build):
    settings = keep("ABC", "DEF")
    ops.merge_groups(into="1")
    move(settings, 0, 0, -1)
    bpy.data.images["B"].name = "Renamed"
    before = links(settings)
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    settings = bpy.context.scene.impasto
    assert links(settings) == before and any("Renamed" in link for link in before)
    bpy.data.images.remove(bpy.data.images["Renamed"])
    left = len(decisions.read(settings).pairs)
    assert left == sum("Renamed" not in link for link in before) < len(settings.links)
    move(settings, 0, 0, 1)
    assert all(row.first and row.second for row in settings.links)


def test_decisions_can_be_forgotten(keep, read):
    settings = keep("ABC", "DEF")
    assert not ops.forget_decisions.poll()
    assert "0 decisions" in read(panels.IMPASTO_PT_grouping)
    move(settings, 0, 0, 1)  # A is with D, and not with B and C
    assert len(settings.links) == 3 and "1 decision" in read(panels.IMPASTO_PT_grouping)
    move(settings, 0, 0, 1)
    assert "2 decisions" in read(panels.IMPASTO_PT_grouping)
    bpy.ops.ed.undo_push(message="Before")
    ops.forget_decisions("EXEC_DEFAULT", True)
    assert len(settings.links) == 0
    bpy.ops.ed.undo()
    assert "2 decisions" in read(panels.IMPASTO_PT_grouping)


def test_silhouette_is_in_the_advanced_panel(keep, read):
    settings = keep("ABC", "DEF")
    settings.score = 0.5178
    assert "Silhouette 0.52" in read(panels.IMPASTO_PT_grouping)


def test_dense_clusters_have_no_number(keep, draw):
    settings = keep("ABC", "DEF")
    panel = panels.IMPASTO_PT_textures
    assert {"automatic", "similarity"} <= draw(panel)
    settings.automatic = False
    assert {"automatic", "group_count"} <= draw(panel) and "similarity" not in draw(panel)
    settings.algorithm = "DBSCAN"
    assert "similarity" in draw(panel) and not {"automatic", "group_count"} & draw(panel)


# --- the next analysis -----------------------------------------------------------------------------


def test_request_names_what_was_decided(keep):
    settings = keep("ABC", "DEF")
    move(settings, 0, 1, 1)  # B to D
    found = request(settings)
    assert (found.together, found.apart) == ((("B", "D"),), (("B", "A"), ("B", "C")))
    found = request(settings, without="A")
    assert (found.together, found.apart) == ((("B", "D"),), (("B", "C"),))


def test_request_knows_a_chain_by_way_of_an_image_that_is_not_sent(keep):
    settings = keep("AB", "C", "DEF")
    ops.merge_groups(into="1")  # C A B
    assert links(settings) == {"A+C", "A+B"}
    assert request(settings, without="A").together == (("B", "C"),)


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
def test_the_next_analysis_obeys(build, algorithm):
    """Four alike and four alike: one of each four is moved to the other."""
    for name in "ABCDEFGH":
        build.textured(name, 0 if name < "E" else 3)
    build.save()
    settings = bpy.context.scene.impasto
    settings.algorithm = algorithm
    ops.analyze_textures()
    assert sorted(groups(settings)) == ["ABCD", "EFGH"]
    first = groups(settings).index("ABCD")
    move(settings, first, 1, 1 - first)  # B
    ops.analyze_textures()
    assert sorted(map(sorted, groups(settings))) == [list("ACD"), list("BEFGH")]
    settings.active_group = next(i for i, g in enumerate(groups(settings)) if "A" in g)
    settings.groups[settings.active_group].active_member = 1
    ops.split_group()
    found = sorted(map(sorted, groups(settings)))
    ops.analyze_textures()
    assert sorted(map(sorted, groups(settings))) == found == [list("A"), list("BEFGH"), list("CD")]
    ops.forget_decisions()
    ops.analyze_textures()
    assert sorted(groups(settings)) == ["ABCD", "EFGH"]


@pytest.fixture
def graded(build):
    """Textures from one kind to another in small steps, analyzed."""
    one, other = (build.pixels(kind).astype(float) for kind in (0, 3))
    for step, name in enumerate("ABCDEFGHI"):
        image = build.textured(name).image
        pixels = one * (1 - step / 8) + other * step / 8
        build.write(build.folder / f"{name}.png", pixels.astype("uint8"))
        image.reload()
    build.save()
    ops.analyze_textures()
    settings = bpy.context.scene.impasto
    assert settings.doubts
    return settings


@pytest.mark.parametrize("answer", ["same", "different"])
def test_the_next_analysis_obeys_an_answer_and_does_not_ask_again(graded, answer):
    pair = asked(graded)[0]
    getattr(ops, f"mark_{answer}")(index=0)
    for _ in range(2):  # now, and after the next analysis
        together = [set(pair) <= set(group) for group in groups(graded)]
        assert any(together) is (answer == "same")
        assert pair not in asked(graded)
        ops.analyze_textures()
