"""ONNX Runtime: graphs with weights, run so that all machines compute the same.

Pixels must not depend on the machine: a farm's frames are painted by many. Two things would change the
order in which a convolution adds. Blocked layouts are as wide as the processor's registers, so they
are not used (``ORT_ENABLE_EXTENDED``). And of a part with at most 64 pixels for a thread, more products
are added at a time; so small images are computed by fewer threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from ..control import NEVER, CancelToken
from .layout import REFLECT, STRIDE, Border
from .weights import Weights

GRAPHS = Path(__file__).parent / "graphs"
"""Where the graphs are; ``tools/onnx_graphs.py`` makes them."""

_KEPT = 8  # sessions
_ALIGNMENT, _FEWEST = 16, 64  # pixels: of parts of a map, and in them, see threads_for
_WATCHED = 0.05  # seconds between two looks at the cancel token
_NO_MEMORY = ("bad_alloc", "bad allocation", "Failed to allocate")


def threads_for(height: int, width: int) -> int:
    """Return how many threads compute an image: as many as OpenCV has, but few for a small one.

    Parameters
    ----------
    height, width : int
        Size of the image in pixels.

    Returns
    -------
    int
        At least 1.
    """
    pixels = (height // STRIDE) * (width // STRIDE)
    count = max(1, cv2.getNumThreads())
    while count > 1 and pixels / count - _ALIGNMENT * (count - 1) <= _FEWEST:
        count -= 1
    return count


class Sessions:
    """Sessions of ONNX Runtime, of which the last ones used are kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, Session] = OrderedDict()

    def get(
        self,
        graph: str,
        key: Hashable,
        weights: Callable[[], Weights],
        *,
        border: Border = REFLECT,
        threads: int = 1,
    ) -> Session:
        """Return a session, which is made if it is not kept.

        Parameters
        ----------
        graph : str
            Name of the graph.
        key : hashable
            Tells weights from others of the same graph.
        weights : callable
            Returns the weights to make it with.
        border : Border
            The padding.
        threads : int
            How many threads it computes with.

        Returns
        -------
        Session
            The session.
        """
        entry = (graph, key, border, threads)
        if entry not in self._kept:
            self._kept[entry] = Session(graph, weights(), border=border, threads=threads)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(entry)
        return self._kept[entry]


class Session:
    """A graph with its weights.

    Parameters
    ----------
    graph : str
        Name of the graph.
    weights : mapping of str to ndarray
        Its weights by their names in the graph, and no others; such as ``(out, in, 3, 3)`` float32.
    border : Border
        The padding.
    threads : int
        How many threads it computes with; see :func:`threads_for`.
    portable : bool
        Whether all processors must compute the same bits, for which layers may take longer.
    """

    def __init__(
        self,
        graph: str,
        weights: Weights,
        *,
        border: Border = REFLECT,
        threads: int = 1,
        portable: bool = True,
    ) -> None:
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        levels = ort.GraphOptimizationLevel
        options.graph_optimization_level = (
            levels.ORT_ENABLE_EXTENDED if portable else levels.ORT_ENABLE_ALL
        )
        # Blocks come from the C library, which keeps them between layers: see core/allocator.py.
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        # Threads that wait by spinning take the cores from whoever they wait for.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._weights = {
            name: ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value))
            for name, value in weights.items()
        }
        options.add_external_initializers(list(self._weights), list(self._weights.values()))
        file = GRAPHS / f"{graph}_{border[0]}_{border[1]}.onnx"
        self._session = ort.InferenceSession(
            file.read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def run(
        self, inputs: Mapping[str, np.ndarray], cancel: CancelToken = NEVER
    ) -> tuple[np.ndarray, ...]:
        """Compute.

        Parameters
        ----------
        inputs : mapping of str to ndarray
            Arrays of any shape, such as ``(1, H, W, 3)`` float32, by the names of the graph's inputs.
        cancel : CancelToken
            Ends the work between two layers.

        Returns
        -------
        tuple of ndarray
            What the graph gives, such as ``(1, C, H, W)`` float32; not to be changed.

        Raises
        ------
        JobCancelled
            It was cancelled.
        MemoryError
            The memory does not suffice.
        """
        values = {
            name: ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value))
            for name, value in inputs.items()
        }
        with _stoppable(cancel) as options:
            try:
                results = self._session.run_with_ort_values(None, values, options)
            except Exception as error:
                cancel.raise_if_set()
                if any(words in str(error) for words in _NO_MEMORY):
                    raise MemoryError(str(error)) from error
                raise
        return tuple(map(_as_array, results))


def _as_array(value: ort.OrtValue) -> np.ndarray:
    """Return a result without copying it, where this version of ONNX Runtime can."""
    return np.from_dlpack(value) if hasattr(value, "__dlpack__") else value.numpy()


@contextmanager
def _stoppable(cancel: CancelToken) -> Iterator[ort.RunOptions]:
    """Yield options of a run that ends when the token is set."""
    options = ort.RunOptions()
    if cancel is NEVER:
        yield options
        return
    cancel.raise_if_set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_WATCHED):
            if cancel.is_set():
                options.terminate = True
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield options
    finally:
        ended.set()
