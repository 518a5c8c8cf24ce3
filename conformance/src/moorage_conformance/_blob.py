"""The whole contract of blobs in one class to inherit."""

from __future__ import annotations

from moorage_conformance._blob_commit import CommitClauses
from moorage_conformance._blob_faults import FaultClauses
from moorage_conformance._blob_machine import BlobMachineClauses
from moorage_conformance._blob_resume import ResumeClauses
from moorage_conformance._blob_store import StoreClauses
from moorage_conformance._suite import DriverSuite


class BlobConformance(
    StoreClauses,
    CommitClauses,
    ResumeClauses,
    FaultClauses,
    BlobMachineClauses,
    DriverSuite,
):
    """Everything the blob store must do over a driver: no half-done blob, whatever happens.

    Subclass it as `DriverConformance`, with which it shares the fixtures ``driver`` and ``open_again``; one class may
    inherit both. All work is done beneath random directories, which are removed afterwards.
    """
