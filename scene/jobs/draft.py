"""Prepare a job in a temporary folder, then hand its request to the worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import bpy

from ...core.control import Failure
from ...core.tasks.registry import Request
from .. import options
from . import queue, scratch, worker
from .job import Conclude, SceneJob


class JobDraft:
    """A job that is being prepared.

    Attributes
    ----------
    folder : Path
        A new folder for temporary files, which goes when the job ends or does not start.
    made : list of Path
        Folders for results, which go, if they are empty, when the job does not start.
    """

    def __init__(self, scene_uid: int, folder: Path) -> None:
        self.folder = folder
        self.made: list[Path] = []
        self.started = False
        self._scene_uid = scene_uid

    def start(
        self,
        title: str,
        request: Request,
        conclude: Conclude,
        *,
        failures: tuple[Failure, ...] = (),
        preview: str = "",
    ) -> SceneJob:
        """Hand a request to the worker, which is started if need be.

        Parameters
        ----------
        title : str
            Verb and object, for the panel.
        request : Request
            The request.
        conclude : callable
            Called with the job, once, in the main thread, when the worker is done.
        failures : tuple of Failure
            Images that could not be handed over.
        preview : str
            An image file that the worker replaces now and then.

        Returns
        -------
        SceneJob
            The running job.

        Raises
        ------
        WorkerUnavailable
            The worker's Python is missing or lacks a package.
        """
        submitted = worker.client(options.worker_settings(bpy.context)).submit(request)
        job = SceneJob(
            title,
            submitted,
            self.folder,
            self._scene_uid,
            conclude,
            failures=failures,
            preview=preview,
        )
        self.started = True
        queue.history.appendleft(job)
        return job


@contextmanager
def draft_job(scene_uid: int) -> Iterator[JobDraft]:
    """Prepare a job for a scene; its temporary folder is removed unless the job starts.

    The scene is given by its session UID, because it may be undone or removed meanwhile.
    """
    folder = scratch.new_folder()
    draft = JobDraft(scene_uid, folder)
    try:
        yield draft
    finally:
        if not draft.started:
            shutil.rmtree(folder, ignore_errors=True)
            for made in draft.made:
                with suppress(OSError):  # it is not empty
                    made.rmdir()
