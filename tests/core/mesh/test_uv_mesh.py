"""Files of meshes: what is written is read, and what is damaged is named."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.core.errors import MeshUnreadable
from impasto.core.mesh.islands import find_islands
from impasto.core.mesh.uv_mesh import UVMesh, load_mesh, save_mesh

from .meshes import two_halves

CUT = """
v -1 0 0
v 0 0 0
v 0 1 0
v -1 1 0
v 1 0 0
v 1 1 0
vt 0.1 0.1
vt 0.3 0.1
vt 0.3 0.3
vt 0.1 0.3
vt 0.6 0.6
vt 0.9 0.6
vt 0.9 0.9
vt 0.6 0.9
vn 0 0 1
f 1/1/1 2/2/1 3/3/1 4/4/1
f 2/-4/1 5/6/1 6/7/1 3/8/1
f 1 2 3
"""


def test_what_is_written_is_read(tmp_path):
    solid = two_halves()
    save_mesh(solid, tmp_path / "solid.npz")
    found = load_mesh(tmp_path / "solid.npz")
    for name in ("positions", "triangles", "uv"):
        assert (getattr(found, name) == getattr(solid, name)).all()


def test_wavefront_faces_without_uvs_are_left_out(tmp_path):
    path = tmp_path / "cut.OBJ"
    path.write_text(CUT, encoding="utf-8")
    solid = load_mesh(path)
    assert len(solid.triangles) == 4
    layout = find_islands(solid)
    assert (layout.count, len(layout.seams)) == (2, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.npz", None),
        ("damaged.npz", b"PK\x03\x04 not a zip"),
        ("empty.obj", b"v 0 0 0\n"),
        ("wrong.obj", CUT.replace("6/7/1", "6/70/1").encode()),
        ("words.obj", b"v a b c\n"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MeshUnreadable, match=name):
        load_mesh(path)


def test_objects_are_never_unpickled(tmp_path):
    path = tmp_path / "objects.npz"
    np.savez(path, format=1, positions=np.array([{}], object), triangles=[], uv=[])
    with pytest.raises(MeshUnreadable):
        load_mesh(path)


def test_a_vertex_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not there"):
        UVMesh(np.zeros((2, 3)), np.array([[0, 1, 2]]), np.zeros((1, 3, 2)))
