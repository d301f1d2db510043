"""Which function answers which request: what the worker and the command line both call.

A handler is ``handler(request, *, progress, cancel) -> result``, with ``item_done`` besides if it
finishes images one by one. It is imported when it is first needed, so that starting a worker costs
nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from operator import attrgetter

from ..errors import BadRequest
from .create_messages import (
    CreateRequest,
    InventStyleRequest,
    SampleRequest,
    StyleMapRequest,
)
from .frames_messages import (
    AssembleFramesRequest,
    FramesRequest,
    PrepareFramesRequest,
    PropagateRequest,
)
from .messages import (
    AnalyzeRequest,
    ItemDone,
    Progress,
    RefineRequest,
    RegionsRequest,
    StylizeRequest,
)

Handler = Callable[..., object]

_PACKAGE = __name__.rpartition(".jobs.")[0]

# A module that starts with "=" is an absolute name: tests bring handlers of their own.
HANDLERS: dict[type, str] = {
    AnalyzeRequest: "clustering.analyze:analyze",
    AssembleFramesRequest: "frames.movie:assemble",
    CreateRequest: "create.job:create",
    FramesRequest: "frames.run:restyle_frames",
    InventStyleRequest: "create.invent:invent_style",
    PrepareFramesRequest: "frames.prepare:prepare_frames",
    PropagateRequest: "frames.keyframes:propagate",
    RefineRequest: "generators.refinement:refine_style",
    RegionsRequest: "generators.region_map:draw_regions",
    SampleRequest: "create.job:draw",
    StyleMapRequest: "create.invent:draw_style_map",
    StylizeRequest: "generators.batch:stylize",
}
"""Request type -> ``module:function`` below ``core``."""

_MEMORIES = {
    "generators.batch": ("release",),
    "descriptors.encoder": ("shared_encoder.cache_clear", "encoder_weights.cache_clear"),
}
"""What modules remember from job to job, and what makes them forget it."""


def run(
    request: object,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
    item_done: Callable[[ItemDone], None] = lambda event: None,
) -> object:
    """Answer a request.

    Raises
    ------
    BadRequest
        Nobody answers this kind of message.
    ImpastoError
        What the handler says.
    """
    if type(request) not in HANDLERS:
        raise BadRequest(f'A "{type(request).__name__}" is not a request.')
    place, _, name = HANDLERS[type(request)].partition(":")
    module = import_module(place[1:] if place[0] == "=" else f"{_PACKAGE}.{place}")
    handler = getattr(module, name)
    by_items = "item_done" in signature(handler).parameters
    more = {"item_done": item_done} if by_items else {}
    return handler(request, progress=progress, cancel=cancel, **more)


def release() -> None:
    """Forget loaded networks, if any were loaded."""
    for place, names in _MEMORIES.items():
        module = sys.modules.get(f"{_PACKAGE}.{place}")
        if module is not None:
            for name in names:
                attrgetter(name)(module)()
