"""Time the reference network in this process: ``python -m benchmarks.yardstick MODEL THREADS``.

Prints the fields of :class:`benchmarks.meter.Yardstick` as JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time

from .meter import NICENESS, peak_memory

PICTURES = 5


def main(model: str, threads: int) -> None:
    """Load the model, paint a few pictures of noise, say how long each took."""
    begun = time.perf_counter()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # As in the worker: on a busy machine, threads that spin while they wait only slow it down.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name
    picture = np.random.default_rng(0).uniform(0, 255, (1, 3, 720, 720)).astype(np.float32)
    seconds = []
    for _ in range(PICTURES):
        seconds.append(-time.perf_counter())
        session.run(None, {entry: picture})
        seconds[-1] += time.perf_counter()
        if len(seconds) == 1:
            start = time.perf_counter() - begun
    report = {
        "start": start,
        "picture": statistics.median(seconds[1:]),
        "memory": peak_memory(os.getpid()),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
