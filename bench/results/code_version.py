"""Which version of the bench's code runs: goes into every run."""

from __future__ import annotations

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = "meterbench"


@cache
def code_version() -> str:
    """`git describe` of the checkout, marked -dirty with changes; else the package's version."""
    root = Path(__file__).parents[2]
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--tags"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
        except (OSError, subprocess.TimeoutExpired):
            answer = None
        if answer is not None and answer.returncode == 0 and answer.stdout.strip():
            return answer.stdout.strip()
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "unknown"
