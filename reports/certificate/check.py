"""Tells whether a certificate file is still what was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from bench.results.queries import load_run
from bench.results.schema import Position
from bench.results.store import Store
from drivers.errors import StoreError
from reports.certificate.canonical import digest
from reports.certificate.documents import Documents, renderer
from reports.certificate.record import FORMAT, certificate_number
from reports.certificate.seal import SEALS, Seal


class State(IntEnum):
    """What became of a file; the value is the exit status."""

    UNCHANGED = 0
    CHANGED = 1
    UNKNOWN = 2

    def __str__(self) -> str:
        return "cannot tell" if self is State.UNKNOWN else self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One file, its state, and what the state rests on."""

    path: Path
    state: State
    words: str


def check(path: Path, store: Store | None = None) -> Finding:
    """Compare a file with its seal, and with the `store` or the JSON record beside it.

    With the store, a file that was edited and sealed again is found too: it is made anew and must
    be the same to the byte. `StoreError` when the store cannot be read.
    """
    kind = path.suffix.lower()
    if kind not in SEALS:
        kinds = ", ".join(SEALS)
        return Finding(path, State.UNKNOWN, f"not a certificate file: they end in {kinds}")
    try:
        content = path.read_bytes()
    except OSError as error:
        return Finding(path, State.UNKNOWN, f"cannot be read: {error.strerror}")
    seal = SEALS[kind].find(content)
    if seal is None or not seal.holds:
        return _unsealed(path, content, seal)
    if kind == ".json":
        return _check_record(path, content, store)
    return _check_page(path, content, seal, store)


def _unsealed(path: Path, content: bytes, seal: Seal | None) -> Finding:
    if seal is not None:
        return Finding(path, State.CHANGED, "its bytes do not give the SHA-256 of its seal")
    if SEALS[path.suffix.lower()].trace.search(content):
        return Finding(path, State.CHANGED, "its seal is damaged")
    return Finding(
        path, State.UNKNOWN, "no sealed certificate of this bench: rebuild it from the store"
    )


def _check_record(path: Path, content: bytes, store: Store | None) -> Finding:
    try:
        record: dict[str, Any] = json.loads(content)
        number, layout = str(record["certificate"]), record["format"]
    except (ValueError, KeyError, TypeError):
        return Finding(path, State.CHANGED, "it is sealed, but no record of a certificate")
    if layout != FORMAT:
        words = f"its seal holds; format {layout} is not compared with the store"
        return Finding(path, State.UNCHANGED, words)
    position = _stored(store, number)
    if position is None:
        return Finding(path, State.UNCHANGED, f"its seal holds; {_why_not_stored(store)}")
    if Documents.of(position).record != content:
        return Finding(path, State.CHANGED, "it is sealed, but the results store says otherwise")
    return Finding(path, State.UNCHANGED, "as the results store has it")


def _check_page(path: Path, content: bytes, seal: Seal, store: Store | None) -> Finding:
    position = _stored(store, seal.certificate)
    if position is not None:
        documents, source = Documents.of(position), "the results store"
    else:
        beside = path.with_suffix(".json")
        found = check(beside)
        if found.state is not State.UNCHANGED:
            return Finding(
                path,
                State.UNKNOWN,
                f"its seal holds; {_why_not_stored(store)}, and its record {beside.name} beside "
                f"it: {found.words}",
            )
        documents, source = Documents(beside.read_bytes()), beside.name
    if digest(documents.record) != seal.record:
        return Finding(path, State.CHANGED, f"it was made from another record than {source}")
    if seal.renderer != renderer(path.suffix.lower()):
        return Finding(
            path,
            State.UNKNOWN,
            f"its seal holds and names the record of {source}, but {seal.renderer} made it, which "
            "is not installed here: rebuild it with `bench certificate`",
        )
    if documents.made(path.suffix.lower()) != content:
        return Finding(path, State.CHANGED, f"it is sealed, but {source} says otherwise")
    return Finding(path, State.UNCHANGED, f"as {source} has it")


def _stored(store: Store | None, number: str) -> Position | None:
    """The attempt that the certificate `number` is about, None when no store holds it."""
    if store is None:
        return None
    try:
        run = load_run(store, number.partition("-")[0])
    except StoreError:
        return None
    return next((p for p in run.positions if certificate_number(p) == number), None)


def _why_not_stored(store: Store | None) -> str:
    if store is None:
        return "no results store was asked"
    return f"the results store {store.where} does not hold its run"
