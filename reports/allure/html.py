"""Makes the HTML report from Allure results, with the Allure 3 program where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from drivers.errors import StationFault
from reports.allure.categories import CATEGORIES

TIMEOUT = 300.0
"""Seconds that the Allure program may take."""
INSTALL = "npm install --global allure@3"


def make_report(results: Path, output: Path) -> Path:
    """Make the report of the Allure `results` in the folder `output`; return its first page.

    Nothing is downloaded: `StationFault` says what is missing and how to get it.
    """
    if not any(results.glob("*-result.json")):
        raise StationFault(
            f"{results}: no Allure results there: make some with "
            f"`bench calibrate --allure {results}` or `pytest --alluredir={results}`"
        )
    program = _program()
    with tempfile.TemporaryDirectory() as folder:
        # Allure 3 takes categories from its configuration, no longer from the results.
        configuration = Path(folder) / "allurerc.json"
        configuration.write_text(json.dumps({"categories": CATEGORIES}))
        options = [f"--config={configuration}", f"--output={output.resolve()}"]
        done = _run([*program, "generate", *options, str(results.resolve())])
    page = output / "index.html"
    if done.returncode or not page.exists():
        words = " ".join((done.stderr or done.stdout).split())[-500:]
        raise StationFault(f"Allure could not make the report of {results}: {words}")
    return page


def _program() -> list[str]:
    """The command of an installed Allure 3; `StationFault` when there is none."""
    if own := shutil.which("allure"):
        program = [own]
    elif npx := shutil.which("npx"):
        program = [npx, "--no-install", "allure"]
    else:
        raise StationFault(
            f"no report without Allure: there is neither `allure` nor `npx` here: install Node.js "
            f"20 or later, then run `{INSTALL}`; the results themselves are complete"
        )
    done = _run([*program, "--version"])
    version = done.stdout.strip().rpartition("\n")[2]
    if done.returncode:
        raise StationFault(
            f"no report without Allure 3: `npx` is here, the package is not: run `{INSTALL}`, or "
            "in a project folder `npm install allure@3`; the results themselves are complete"
        )
    if not version.startswith("3."):
        raise StationFault(f"Allure {version} is here, wanted is 3: run `{INSTALL}`")
    return program


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # Offline, whatever npm is configured to do: a test station may have no network.
    environment = {**os.environ, "npm_config_offline": "true", "npm_config_yes": "false"}
    try:
        return subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StationFault(f"{command[0]} cannot be run: {error}") from error
