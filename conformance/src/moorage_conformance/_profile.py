"""How much a run does: enough to find faults, little enough to run against a real bucket."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Bounds of a run. The defaults suit a local backend; a suite overrides its ``profile`` attribute.

    Attributes:
        many: Files in a listing; more than the page size of the backend (1,000 in most object stores).
        large: Bytes of large content. Where the backend has a smallest part, at least two parts are written.
        threads: Threads at work at once.
        rounds: How often a race is run.
        examples: Call sequences that Hypothesis tries.
        steps: Longest call sequence.
    """

    many: int = 1_100
    large: int = 1_500_000
    threads: int = 8
    rounds: int = 30
    examples: int = 60
    steps: int = 30

    def machine_settings(self) -> settings:
        """Return how Hypothesis runs the state machines."""
        return settings(
            max_examples=self.examples,
            stateful_step_count=self.steps,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],  # a backend's latency is not the machine's
        )
