"""Puts certificates on disk: each file is there whole, or not at all."""

from __future__ import annotations

import os
import re
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from bench.results.queries import load_position, load_run
from bench.results.schema import Position
from bench.results.store import Store
from drivers.errors import StoreError
from reports.certificate.documents import Documents
from reports.certificate.seal import SEALS

KINDS = tuple(SEALS)
"""The files of a certificate: record, page and sheet."""


def certificate_folder(results: str, run: uuid.UUID) -> Path:
    """Where certificates of `run` go unless told otherwise: beside the results file."""
    place = Path() if "://" in results else Path(results).parent
    return place / "certificates" / str(run)


def write_certificate(store: Store, run: uuid.UUID, number: int, folder: Path) -> list[Path]:
    """Write record, page and sheet of the last attempt at place `number` into `folder`.

    Returns their paths, as `KINDS` has them. The same store gives the same bytes every time.
    `StoreError` when the run has no such position or the folder cannot be written.
    """
    return write_position(load_position(store, run, number), folder)


def write_certificates(store: Store, run: uuid.UUID, folder: Path) -> list[list[Path]]:
    """Certificates of all positions of a run, the last attempt of each; see `write_certificate`."""
    last = {position.number: position for position in load_run(store, run).positions}
    return [write_position(position, folder) for position in last.values()]


def write_position(position: Position, folder: Path) -> list[Path]:
    """Write the certificate of an attempt that was read from the store; see `write_certificate`."""
    documents = Documents.of(position)
    # Serial numbers are scanned or typed: only what is safe in a file name stays.
    serial = re.sub(r"[^A-Za-z0-9._-]", "_", position.serial or "unknown")
    paths = [folder / f"{position.number:02d}-{serial}{kind}" for kind in KINDS]
    _replace([(path, documents.made(path.suffix)) for path in paths])
    return paths


def _replace(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write each beside its path, then rename: nobody, nor a power loss, meets half a file."""
    temporary: list[Path] = []
    path = Path()
    try:
        for path, content in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
                temporary.append(Path(file.name))
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary[-1].chmod(0o644)
        for (path, _), part in zip(files, temporary, strict=True):
            part.replace(path)
    except OSError as error:
        for part in temporary:
            part.unlink(missing_ok=True)
        raise StoreError(
            f"certificate {path}: cannot be written ({error.strerror}): "
            f"check folder, permissions and free space; it can be rebuilt from the store"
        ) from error
