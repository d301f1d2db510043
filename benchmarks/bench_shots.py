"""How well the shots of a sequence are found.

    python -m benchmarks.bench_shots [--draws 2] [--mistakes] [--out FILE]

Precision and recall on clips whose shots are known (``shots``): of pictures that the thresholds were
chosen on, and of pictures that were held out; beside the rule that was used before (a step of coarse
descriptors that is large, and larger than those around). A cut must be found to within one frame; of a
dissolve or a fade, one boundary in the frames that show both shots. Wipes are counted for themselves.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from impasto.core.image.color import srgb_to_lab_fast
from impasto.core.video.shots import describe_frame, find_shots

from .shots import SETS, Clip, clips

_NEAR = 1
_GRADUAL = ("dissolve", "fade")


@dataclass
class Score:
    """What was found of what there is."""

    there: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    exact: int = 0
    told: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    true: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, clip: Clip, detected: list[tuple[int, str]]) -> None:
        """Count a clip; boundaries are positions and kinds."""
        left = dict(detected)
        for truth in clip.boundaries:
            self.there[truth.kind] += 1
            slack = _NEAR if truth.kind == "cut" else 0
            inside = [p for p in left if truth.first - slack <= p <= truth.last + slack]
            if not inside:
                self.missed.append(f"{clip.name}: {truth.kind} at {truth.first}-{truth.last}")
                continue
            nearest = min(inside, key=lambda p: abs(2 * p - truth.first - truth.last))
            self.found[truth.kind] += 1
            self.exact += truth.kind == "cut" and nearest == truth.first
            if truth.kind == "wipe":  # many boundaries in a wipe are no mistake of anyone's
                inside = [p for p in left if truth.first <= p <= truth.last]
                for position in inside:
                    del left[position]
                continue
            told = left.pop(nearest)
            self.told[told] += 1
            self.true[told] += 1
        for position, kind in left.items():
            self.told[kind] += 1
            self.wrong.append(f"{clip.name}: {kind} at {position}")

    def recall(self, *kinds: str) -> float:
        """Share of the boundaries that were found."""
        return sum(self.found[k] for k in kinds) / max(1, sum(self.there[k] for k in kinds))

    def precision(self, *kinds: str) -> float:
        """Share of what was said to be such a boundary that is one."""
        told = sum(self.told[k] for k in kinds)
        return sum(self.true[k] for k in kinds) / told if told else float("nan")


def now(frames: list[np.ndarray]) -> list[tuple[int, str]]:
    """Find boundaries by the rule of the core."""
    shots = find_shots(np.stack([describe_frame(f.astype(np.float32) / 255) for f in frames]))
    return [(shot.stop, shot.transition) for shot in shots[:-1]]


def before(frames: list[np.ndarray]) -> list[tuple[int, str]]:
    """Find boundaries by the rule that was used before."""
    described = np.stack([_described_before(f.astype(np.float32) / 255) for f in frames])
    steps = np.linalg.norm(np.diff(described, axis=0), axis=1)
    around = []
    for i in range(len(steps)):
        near = np.r_[steps[max(0, i - 4) : i], steps[i + 1 : i + 5]]
        around.append(float(np.median(near)) if len(near) else 0.0)
    cuts = np.flatnonzero((steps > 0.35) & (steps > 3.0 * np.array(around))) + 1
    return [(int(cut), "cut") for cut in cuts]


def _described_before(color: np.ndarray) -> np.ndarray:
    thumb = np.clip(cv2.resize(color, (96, 96), interpolation=cv2.INTER_AREA), 0, 1)
    small = cv2.resize(thumb, (16, 16), interpolation=cv2.INTER_AREA)
    lab = srgb_to_lab_fast(thumb)
    histograms = [
        np.histogram(np.clip(lab[..., c], *r), bins=8, range=r)[0] / lab[..., c].size
        for c, r in enumerate(((0, 100), (-60, 60), (-60, 60)))
    ]
    layout = cv2.GaussianBlur(small, (0, 0), 1.5).ravel() / 16
    return np.concatenate([*histograms, layout])


RULES: dict[str, Callable[[list[np.ndarray]], list[tuple[int, str]]]] = {
    "before": before,
    "now": now,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--draws", type=int, default=2, help="how many times all clips are drawn")
    parser.add_argument("--mistakes", action="store_true", help="list them")
    parser.add_argument("--out", type=Path, help="write the numbers to a file of this name")
    arguments = parser.parse_args()
    print("| clips | rule | cuts: precision | recall | exact | gradual: precision | recall |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    document: dict[str, dict] = {}
    for which in arguments.sets:
        scores = {name: Score() for name in RULES}
        seconds, count = dict.fromkeys(RULES, 0.0), 0
        for clip in (c for draw in range(arguments.draws) for c in clips(which, draw)):
            count += len(clip.frames)
            for name, rule in RULES.items():
                begun = time.process_time()
                detected = rule(clip.frames)
                seconds[name] += time.process_time() - begun
                scores[name].add(clip, detected)
        for name, score in scores.items():
            print(_row(which, name, score), flush=True)
            document[f"{which}, {name}"] = {
                "there": dict(score.there),
                "found": dict(score.found),
                "exact": score.exact,
                "told": dict(score.told),
                "true": dict(score.true),
                "missed": score.missed,
                "wrong": score.wrong,
                "ms_per_frame": 1e3 * seconds[name] / count,
            }
            if arguments.mistakes and name == "now":
                print(*(f"  missed {m}" for m in score.missed), sep="\n")
                print(*(f"  wrong {w}" for w in score.wrong), sep="\n")
        last = document[f"{which}, now"]
        print(f"{count} frames of {which}: {last['there']}; found {last['found']}; ", end="")
        print(", ".join(f"{n}: {1e3 * s / count:.2f} ms a frame" for n, s in seconds.items()))
    if arguments.out:
        arguments.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _row(which: str, name: str, score: Score) -> str:
    exact = score.exact / max(1, score.there["cut"])
    values = [score.precision("cut"), score.recall("cut"), exact]
    values += [score.precision(*_GRADUAL), score.recall(*_GRADUAL)]
    return f"| {which} | {name} | " + " | ".join(f"{v:.3f}" for v in values) + " |"


if __name__ == "__main__":
    main()
