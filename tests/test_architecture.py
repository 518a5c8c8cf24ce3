"""What import-linter cannot say: nobody reaches for a private name of another package."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = {path.name: path for path in ROOT.glob("*/src/*")} | {
    path.name: path for path in ROOT.glob("drivers/*/src/*")
}


def _is_private(dotted: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in dotted.split("."))


def _imports(module: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def test_no_package_imports_a_private_name_of_another() -> None:
    assert {"moorage", "moorage_conformance", "moorage_filesystem", "moorage_inmemory"} <= set(PACKAGES)
    offences = [
        f"{module.relative_to(ROOT)} imports {name}"
        for package, folder in PACKAGES.items()
        for module in folder.rglob("*.py")
        for name in _imports(module)
        if name.split(".")[0] in PACKAGES and name.split(".")[0] != package and _is_private(name)
    ]
    assert offences == []


def test_rooms_of_core_are_entered_by_the_door() -> None:
    """A room's private modules are imported by that room alone."""
    core = PACKAGES["moorage"]
    offences = []
    for module in core.rglob("*.py"):
        room = module.relative_to(core).parts[0]
        for name in _imports(module):
            parts = name.split(".")
            if parts[0] == "moorage" and len(parts) > 2 and parts[1] != room and _is_private(".".join(parts[2:])):
                offences.append(f"{module.relative_to(ROOT)} imports {name}")
    assert offences == []


def test_modules_are_small_rooms() -> None:
    lengths = {
        module.relative_to(ROOT): len(module.read_text().splitlines())
        for folder in PACKAGES.values()
        for module in folder.rglob("*.py")
    }
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}
