"""What the zips are built for, and which distributions they carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """One of Blender's platforms, with the wheel tags that run on it, best first."""

    name: str
    tags: tuple[str, ...]
    uv: str
    """What uv calls it."""
    markers: dict[str, str]
    """What dependency conditions (``; platform_system == "Windows"``) see there."""


PLATFORMS = (
    Platform(
        "linux-x64",
        (
            *tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)),
            "manylinux2014_x86_64",
            "linux_x86_64",
        ),
        "x86_64-manylinux_2_28",
        {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "x86_64",
        },
    ),
    Platform(
        "windows-x64",
        ("win_amd64",),
        "x86_64-pc-windows-msvc",
        {
            "os_name": "nt",
            "sys_platform": "win32",
            "platform_system": "Windows",
            "platform_machine": "AMD64",
        },
    ),
    Platform(
        "macos-arm64",
        ("macosx_14_0_arm64", "macosx_13_0_arm64", "macosx_12_0_arm64"),
        "aarch64-apple-darwin",
        {
            "os_name": "posix",
            "sys_platform": "darwin",
            "platform_system": "Darwin",
            "platform_machine": "arm64",
        },
    ),
)


@dataclass(frozen=True)
class Generation:
    """The Blender versions that share one Python."""

    python: str
    blender_min: str
    blender_max: str
    """The first version that no longer belongs; empty: open."""
    numpy: str
    """The oldest numpy that one of them ships: the wheels must accept it."""
    ships: frozenset[str]
    """What all of them ship, and the zips therefore never carry."""
    only_on: tuple[str, ...] = ()
    """Names of the platforms that there is such a Blender for; empty: all."""

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms that there is such a Blender for."""
        return tuple(p for p in PLATFORMS if not self.only_on or p.name in self.only_on)

    @property
    def tag(self) -> str:
        """``py311`` for Python 3.11."""
        return "py" + self.python.replace(".", "")


_ALWAYS_SHIPPED = frozenset(
    ("numpy", "requests", "certifi", "charset-normalizer", "idna", "urllib3", "zstandard", "cython")
)

GENERATIONS = (
    Generation("3.11", "4.2.0", "5.1.0", "1.24.3", _ALWAYS_SHIPPED),
    Generation(
        "3.13", "5.1.0", "", "2.3.4", _ALWAYS_SHIPPED | {"typing-extensions", "attrs", "cattrs"}
    ),
    # Blender as Linux distributions build it; blender.org has no such one, for any system.
    Generation("3.14", "5.1.0", "", "2.3.4", frozenset(("numpy",)), ("linux-x64",)),
)

STANDARD = {
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "opencv-python-headless": "cv2",
    "safetensors": "safetensors",
    "OpenEXR": "OpenEXR",
    "OpenImageIO": "OpenImageIO",
    "av": "av",
    "onnxruntime": "onnxruntime",
    "matplotlib": "matplotlib",
    "pillow": "PIL",
    "psutil": "psutil",
    "threadpoolctl": "threadpoolctl",
}
"""Distribution -> the module that ``core`` imports from it."""

FULL = {"torch": "torch"}
"""What only the full zip carries. It is built where the public index has a wheel for the processor:
for Linux it has only builds for CUDA, of more than 500 MB."""

PINS = (
    "torch==2.13.0",
    "onnxruntime==1.28.0",  # Those after it are up to nine megabytes larger.
    "opencv-python-headless==4.11.0.86",  # The last one that takes every Blender's numpy.
)

PURE = frozenset(("fonttools",))
"""Taken without their compiled parts, which are large and only speed up what Impasto never does."""

DROPPED = {
    "setuptools": "torch compiles C++ extensions with it, which Impasto never asks for; its .pth "
    "file would run at every start of Blender",
}
"""Declared dependencies that are left out, and why."""
