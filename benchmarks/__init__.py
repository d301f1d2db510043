"""What Impasto costs and how good it is, measured under the conditions of its worker."""

from impasto.core.worker.threads import wait_asleep

wait_asleep()
