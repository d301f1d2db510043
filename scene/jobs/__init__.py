"""The worker, the job that runs, and the queue."""
