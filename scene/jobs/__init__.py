"""Jobs: how one is prepared, runs and ends; the queue; the worker process."""
