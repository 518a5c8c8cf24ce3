"""The whole contract of a driver in one class to inherit."""

from __future__ import annotations

from moorage_conformance._driver_cancel import CancelClauses
from moorage_conformance._driver_concurrency import ConcurrencyClauses
from moorage_conformance._driver_delete import DeleteClauses
from moorage_conformance._driver_errors import ErrorClauses
from moorage_conformance._driver_instances import InstanceClauses
from moorage_conformance._driver_list import ListClauses
from moorage_conformance._driver_machine import MachineClauses
from moorage_conformance._driver_move import MoveClauses
from moorage_conformance._driver_paths import PathClauses
from moorage_conformance._driver_put import PutClauses
from moorage_conformance._driver_read import ReadClauses
from moorage_conformance._driver_redirect import RedirectClauses
from moorage_conformance._driver_resume import ResumeClauses
from moorage_conformance._driver_stat import StatClauses
from moorage_conformance._driver_sweep import SweepClauses
from moorage_conformance._driver_walk import WalkClauses
from moorage_conformance._driver_writer import WriterClauses


class DriverConformance(
    PathClauses,
    StatClauses,
    ListClauses,
    WalkClauses,
    ReadClauses,
    PutClauses,
    MoveClauses,
    DeleteClauses,
    WriterClauses,
    ResumeClauses,
    CancelClauses,
    SweepClauses,
    RedirectClauses,
    InstanceClauses,
    ConcurrencyClauses,
    ErrorClauses,
    MachineClauses,
):
    """Everything a driver must do, and nothing it claims in vain.

    Subclass it, override the fixtures ``driver`` and ``open_again``, and pytest runs every clause. All work is done
    beneath a random prefix, which is removed afterwards, so a bucket in use can be tested. ``profile`` bounds a run.
    """
