"""Base of operators that must wait for a running job."""

from __future__ import annotations

from ..scene.jobs import queue, worker
from ..scene.options import worker_settings
from ..translations import tip


class IdleOperator:
    """Mix-in of operators that need the jobs to be idle."""

    @classmethod
    def idle(cls) -> bool:
        """Return False, and set the reason for ``poll``, while a job runs."""
        running = queue.current()
        if running is not None:
            reason = tip("{job} is running; wait for it or cancel it")
            cls.poll_message_set(reason.format(job=running.title))
        return running is None

    @classmethod
    def can_fit(cls, context) -> bool:
        """Return False, and set the reason for ``poll``, if the worker has no torch."""
        if worker.has_torch(worker_settings(context)):
            return True
        cls.poll_message_set(
            tip("This needs torch. Install the full zip, or choose an External Python with torch")
        )
        return False
