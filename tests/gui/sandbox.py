"""A small Debian with a Blender of its own, in a folder: a chroot that needs no screen and leaves
the host alone.

    sandbox.py setup SUITE...      make what is missing (about two minutes and 4 GB per suite)
    sandbox.py exec SUITE CMD...   run a command inside
    sandbox.py stop SUITE...       end what runs inside
    sandbox.py remove SUITE...     unmount and delete

Exit code 77 says that the place allows no sandbox (not root, no debootstrap, no Debian mirror).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SUITES = ("sid", "trixie")
"""Debian suites and so Blender generations: sid has Blender 5.2, trixie 4.3 (each with its own
Python)."""

HOME = Path(os.environ.get("IMPASTO_GUI_HOME", "/var/tmp/impasto-gui"))
SKIP = 77

BLENDER = ("blender", "python3-numpy", "python3-requests", "python3-cattr")
WINDOW = ("xvfb", "xdotool", "imagemagick", "libgl1-mesa-dri", "libglx-mesa0", "libegl-mesa0")
DROP = ("python3-xlib",)
WORKER = (
    "python3-onnxruntime",
    "python3-torch",
    "python3-sklearn",
    "python3-opencv",
    "python3-openimageio",
    "python3-av",
    "python3-safetensors",
    "python3-matplotlib",
    "python3-psutil",
)
BLENDER_NEEDS = (
    *("numpy", "requests", "urllib3", "idna", "chardet", "charset_normalizer", "certifi"),
    *("cattr", "attr", "typing_extensions", "exceptiongroup", "zstandard"),
)
"""How the packages begin that Debian's Blender itself imports."""
TESTS = ("python3-pytest", "python3-hypothesis")
"""For the tests of ``core`` on the Pythons and numpys of other Blenders."""


class Unavailable(Exception):
    """This machine cannot hold a sandbox; the text says why."""


class Sandbox:
    """One suite's folder: made once, mounted when used, entered by ``argv``."""

    def __init__(self, suite: str):
        self.suite = suite
        self.root = HOME / suite
        self.work = self.root / "w"
        """Seen as ``/w`` inside: the way to hand files in and to get them out."""

    def setup(self) -> Sandbox:
        """Make the sandbox, or what an interrupted call has left to do."""
        if os.geteuid() != 0:
            raise Unavailable("a chroot needs root")
        done = self.root / ".impasto-ready"
        wanted = " ".join((*BLENDER, *WINDOW, *DROP, *WORKER, *TESTS))
        if not (done.exists() and done.read_text() == wanted):
            if not (self.root / "usr/bin/apt-get").exists():
                self._bootstrap()
            self._mount()
            self._install(wanted.split())
            done.write_text(wanted)
        self._mount()
        self.work.mkdir(exist_ok=True)
        (self.root / "tmp/.X11-unix").mkdir(mode=0o1777, exist_ok=True)
        (self.root / "tmp/xdg").mkdir(mode=0o700, exist_ok=True)
        return self

    def argv(self, *command: str, **environment: str) -> list[str]:
        """The command line that runs ``command`` inside, in a clean environment."""
        settings = {
            "HOME": "/root",
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": "/tmp/xdg",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GALLIUM_DRIVER": "llvmpipe",
            "LP_NUM_THREADS": "1",
            **environment,
        }
        pairs = [f"{name}={value}" for name, value in settings.items()]
        return ["chroot", str(self.root), "/usr/bin/env", "-i", *pairs, *command]

    def alone(self, command: list[str]) -> list[str]:
        """The command line that runs an ``argv`` without a network and without Debian's packages for
        the worker: what an artist has who installed Blender and the zip, and nothing else."""
        shared = self.root / "usr/lib/python3/dist-packages"
        few = self.root / "var/tmp/few-packages"
        shutil.rmtree(few, ignore_errors=True)
        few.mkdir()
        for entry in shared.iterdir():
            if entry.name.lower().startswith(BLENDER_NEEDS):
                subprocess.run(["cp", "-al", str(entry), str(few)], check=True)
        script = 'mount --bind "$0" "$1" && shift && exec "$@"'
        return ["unshare", "--net", "--mount", "sh", "-c", script, str(few), str(shared), *command]

    def run(self, *command: str, **environment: str) -> str:
        """Run ``command`` inside to its end; its output."""
        return subprocess.run(
            self.argv(*command, **environment), check=True, capture_output=True, text=True
        ).stdout

    def processes(self) -> list[int]:
        """Process ids of whatever runs inside."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # It has ended meanwhile.
                if (process / "root").readlink() == self.root:
                    found.append(int(process.name))
        return found

    def stop(self) -> None:
        """End what an interrupted run has left inside."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def remove(self) -> None:
        """Unmount, then delete the folder."""
        for name in ("dev/shm", "proc"):
            if self._mounted(name):
                subprocess.run(["umount", str(self.root / name)], check=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def _bootstrap(self) -> None:
        if not shutil.which("debootstrap"):
            subprocess.run(["apt-get", "update", "-qq"], check=False)
            subprocess.run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "debootstrap"],
                check=False,
                stdout=subprocess.DEVNULL,
            )
        if not shutil.which("debootstrap"):
            raise Unavailable("debootstrap is not installed and cannot be")
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            ["debootstrap", "--variant=minbase", self.suite, str(self.root), _mirror()],
            capture_output=True,
            text=True,
        )
        if made.returncode != 0:
            last = (made.stdout + made.stderr).strip().splitlines()[-1:]
            raise Unavailable(f"debootstrap {self.suite} failed: {' '.join(last)}")

    def _install(self, packages: list[str]) -> None:
        etc = self.root / "etc"
        shutil.copy("/etc/resolv.conf", etc / "resolv.conf")
        mtab = etc / "mtab"
        mtab.unlink(missing_ok=True)
        mtab.symlink_to("/proc/self/mounts")
        no_services = self.root / "usr/sbin/policy-rc.d"
        no_services.write_text("#!/bin/sh\nexit 101\n")
        no_services.chmod(0o755)
        # A mirror's snapshot may be older than its own expiry date; signatures are still checked.
        (etc / "apt/apt.conf.d/90impasto").write_text('Acquire::Check-Valid-Until "false";\n')
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        try:
            self.run("apt-get", "update", "-qq", **quiet)
            self.run(
                "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, **quiet
            )
            self.run("apt-get", "clean", **quiet)
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1:]
            raise Unavailable(f"packages of {self.suite} failed: {' '.join(last)}") from error

    def _mounted(self, name: str) -> bool:
        return f" {self.root / name} " in Path("/proc/mounts").read_text()

    def _mount(self) -> None:
        for name, kind in (("proc", "proc"), ("dev/shm", "tmpfs")):
            (self.root / name).mkdir(parents=True, exist_ok=True)
            if not self._mounted(name):
                made = subprocess.run(
                    ["mount", "-t", kind, kind, str(self.root / name)], capture_output=True
                )
                if made.returncode != 0:
                    raise Unavailable(f"{kind} cannot be mounted here")


def _mirror() -> str:
    """The Debian mirror that the host itself uses."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
    ).stdout.split()
    debian = [site for site in listed if "debian" in site]
    if not debian:
        raise Unavailable("this machine names no Debian mirror")
    return sorted(set(debian))[0]


def main(arguments: list[str]) -> int:
    """The command line in this module's docstring."""
    match arguments:
        case ["setup", *suites] if suites:
            try:
                for suite in suites:
                    Sandbox(suite).setup()
            except Unavailable as reason:
                print(f"GUI sandbox: {reason}", file=sys.stderr)
                return SKIP
            return 0
        case ["exec", suite, *command] if command:
            return subprocess.run(Sandbox(suite).argv(*command)).returncode
        case ["stop", *suites] if suites:
            for suite in suites:
                Sandbox(suite).stop()
            return 0
        case ["remove", *suites] if suites:
            for suite in suites:
                Sandbox(suite).remove()
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
