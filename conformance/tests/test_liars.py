"""The kit itself is put to the test: it finds out every liar, and believes every honest driver."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from moorage_conformance import DriverConformance, clauses_of

LIARS = Path(__file__).with_name("liars.py")


@dataclass
class Verdict:
    """What the kit said of one kind of driver."""

    found_by: str = ""
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    folder = tmp_path_factory.mktemp("liars")
    report = folder / "report.xml"
    options = ["-q", "--tb=no", "-p", "no:cacheprovider", f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", *options, str(LIARS)]
    # With CI set, pytest would spell out each difference in full, and some are megabytes long.
    environ = {name: value for name, value in os.environ.items() if name not in {"CI", "BUILD_NUMBER"}}
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environ)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    clauses = {one.test: one.id for one in clauses_of(DriverConformance)}
    found: dict[str, Verdict] = defaultdict(Verdict)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  # pytest wrote it just now
        verdict = found[case.attrib["classname"].rpartition(".Test")[2]]
        # A clause that failed twice, in its test and in its teardown, is reported twice, once without properties.
        facts = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        verdict.found_by = facts.get("found_by", verdict.found_by)
        failed = case.find("failure") is not None or case.find("error") is not None
        (verdict.failed if failed else verdict.passed).add(clauses[case.attrib["name"].partition("[")[0]])
    return dict(found)


def test_every_liar_is_found_out_by_the_clause_it_breaks(verdicts: dict[str, Verdict]) -> None:
    liars = {kind: verdict for kind, verdict in verdicts.items() if verdict.found_by}
    assert len(liars) >= 12
    assert {kind: verdict.failed for kind, verdict in liars.items()} == {
        kind: {verdict.found_by} for kind, verdict in liars.items()
    }


@pytest.mark.parametrize("kind", ["Honest", "Poor", "Plain", "Redirecting"])
def test_honest_drivers_pass_every_clause(verdicts: dict[str, Verdict], kind: str) -> None:
    verdict = verdicts[kind]
    assert verdict.failed == set()
    assert len(verdict.passed) > 100
