"""The triangles that a texture lies on, as plain arrays and as files."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import MeshUnreadable
from .wavefront import read_obj

FORMAT = 1
"""Version of the files; another one is refused."""


@dataclass(frozen=True, eq=False)
class UVMesh:
    """Triangles with their UVs.

    Attributes
    ----------
    positions : (V, 3) float32
        Vertices in world space. Those at the very same place count as one.
    triangles : (T, 3) int32
        Vertices of each triangle.
    uv : (T, 3, 2) float64
        UVs of its corners, v upwards, in tiles.
    """

    positions: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.triangles)
        if self.triangles.shape != (count, 3) or self.uv.shape != (count, 3, 2):
            raise ValueError("each triangle needs three vertices and three UVs")
        if count and not 0 <= self.triangles.min() <= self.triangles.max() < len(self.positions):
            raise ValueError("a triangle has a vertex that is not there")


def joined(meshes: Sequence[UVMesh]) -> UVMesh:
    """Join the meshes of several objects; vertices of different objects stay apart.

    Parameters
    ----------
    meshes : sequence of UVMesh
        At least one.

    Returns
    -------
    UVMesh
        All triangles. Each object is moved so that none of its vertices is at the place of another's.
    """
    positions, triangles, base, offset = [], [], 0, 0.0
    for mesh in meshes:
        low = mesh.positions[:, 0].min() if len(mesh.positions) else 0.0
        moved = mesh.positions.astype(np.float64)
        moved[:, 0] += offset - low
        positions.append(moved)
        triangles.append(mesh.triangles + base)
        base += len(moved)
        offset = moved[:, 0].max() * 1.01 + 1.0 if len(moved) else offset
    uv = np.concatenate([mesh.uv for mesh in meshes])
    return UVMesh(np.concatenate(positions), np.concatenate(triangles), uv)


def save_mesh(mesh: UVMesh, path: Path) -> None:
    """Write a mesh for the worker.

    Parameters
    ----------
    mesh : UVMesh
        The mesh.
    path : Path
        An ``.npz`` file in a temporary folder.
    """
    np.savez(path, format=FORMAT, positions=mesh.positions, triangles=mesh.triangles, uv=mesh.uv)


def load_mesh(path: Path) -> UVMesh:
    """Read a mesh that :func:`save_mesh` wrote, or a Wavefront OBJ file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    UVMesh
        The mesh.

    Raises
    ------
    MeshUnreadable
        The file is missing, damaged, or has no UVs.
    """
    try:
        if path.suffix.lower() == ".obj":
            positions, triangles, uv = read_obj(path.read_text(encoding="utf-8", errors="replace"))
        else:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                if int(file["format"]) != FORMAT:
                    raise MeshUnreadable(f"The mesh {path} was written by another version.")
                positions, triangles, uv = file["positions"], file["triangles"], file["uv"]
        mesh = UVMesh(positions, triangles, uv.astype(np.float64))
    except (OSError, ValueError, KeyError, EOFError, IndexError, zipfile.BadZipFile) as error:
        raise MeshUnreadable(f"The mesh {path} cannot be read ({error}).") from error
    finite = np.isfinite(mesh.uv).all(axis=(1, 2))
    if not finite.any():
        raise MeshUnreadable(f"The mesh {path} has no UVs; unwrap it first.")
    return UVMesh(mesh.positions, mesh.triangles[finite], mesh.uv[finite])
