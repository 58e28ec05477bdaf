"""Allure's categories.json: whose fault a result is."""

from __future__ import annotations

import json
from pathlib import Path

NAME = "categories.json"
ABORTED = "aborted: "
"""How the message of a result begins that somebody stopped."""
STATION_FAULT = "station fault: "
"""How the message of a result begins that the bench itself ended."""

_STOPPED = rf"{ABORTED}|[\s\S]*\b(Aborted|InterlockTripped): "

# Allure 2 matches a whole message by Java's rules, Allure 3 looks for a match by JavaScript's:
# these patterns mean the same to both.
CATEGORIES = (
    {"name": "board failed", "matchedStatuses": ["failed"]},
    {
        "name": "aborted",
        "matchedStatuses": ["broken"],
        "messageRegex": rf"^({_STOPPED})[\s\S]*",
    },
    {
        "name": "station fault",
        "matchedStatuses": ["broken"],
        "messageRegex": rf"^(?!{_STOPPED})[\s\S]*",
    },
    {
        "name": "board rejected before",
        "matchedStatuses": ["skipped"],
        "messageRegex": r"^[\s\S]*rejected: [\s\S]*",
    },
)


def write_categories(folder: Path) -> None:
    """Write the categories into the results `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(json.dumps(CATEGORIES, indent=2) + "\n")
