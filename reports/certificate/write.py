"""Puts certificates on disk: each file is there whole, or not at all."""

from __future__ import annotations

import json
import os
import re
import tempfile
import uuid
from pathlib import Path

from bench.results.queries import load_position, load_run
from bench.results.schema import Position
from bench.results.store import Store
from drivers.errors import StoreError
from reports.certificate.canonical import canonical, digest
from reports.certificate.page import certificate_page
from reports.certificate.record import certificate_record


def write_certificate(store: Store, run: uuid.UUID, number: int, folder: Path) -> tuple[Path, Path]:
    """Write the JSON record and the page of the last attempt at place `number` into `folder`.

    Returns both paths. The same store gives the same bytes every time. `StoreError` when the run
    has no such position or the folder cannot be written.
    """
    return _write(load_position(store, run, number), folder)


def write_certificates(store: Store, run: uuid.UUID, folder: Path) -> list[tuple[Path, Path]]:
    """Certificates of all positions of a run, the last attempt of each; see `write_certificate`."""
    last = {position.number: position for position in load_run(store, run).positions}
    return [_write(position, folder) for position in last.values()]


def _write(position: Position, folder: Path) -> tuple[Path, Path]:
    document = canonical(certificate_record(position))
    # The page is made from the document itself: both say the same, and so will a rebuilt one.
    page = certificate_page(json.loads(document), digest(document))
    # Serial numbers are scanned or typed: only what is safe in a file name stays.
    serial = re.sub(r"[^A-Za-z0-9._-]", "_", position.serial or "unknown")
    stem = f"{position.number:02d}-{serial}"
    paths = (folder / f"{stem}.json", folder / f"{stem}.html")
    for path, content in zip(paths, (document, page.encode()), strict=True):
        _replace(path, content)
    return paths


def _replace(path: Path, content: bytes) -> None:
    """Write beside `path`, then rename: a reader or a power loss never meets half a file."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            temporary = file.name
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise StoreError(
            f"certificate {path}: cannot be written ({error.strerror}): "
            f"check folder, permissions and free space; it can be rebuilt from the store"
        ) from error
