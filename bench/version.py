"""Which code this is: git's own description in a checkout, else the package version."""

from __future__ import annotations

import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path


@cache
def code_version() -> str:
    """Such as "0.1.0+g1a2b3c4", with "-dirty" where files differ from the commit."""
    package = metadata.version("meterbench")
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--match=", "--abbrev=12"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return package
    return f"{package}+g{described.stdout.strip()}"
