"""The three documents of one certificate: the JSON record, and the page and sheet made from it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources

from bench.results.schema import Position
from reports.certificate.canonical import canonical, digest
from reports.certificate.page import TEMPLATE as PAGE
from reports.certificate.page import certificate_page
from reports.certificate.record import certificate_record
from reports.certificate.seal import SEALS
from reports.certificate.sheet import TEMPLATE as SHEET
from reports.certificate.sheet import certificate_sheet

_MAKERS = {
    ".html": (("jinja2",), PAGE, ("page", "words", "curve")),
    ".pdf": (("typst",), SHEET, ("sheet", "words", "curve")),
}
"""By kind: the packages, the template and the modules that its bytes depend on."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The record as its JSON file, from which everything else is made."""

    record: bytes

    @classmethod
    def of(cls, position: Position) -> Documents:
        """The certificate of one attempt at one board, from the store alone."""
        return cls(SEALS[".json"].seal(canonical(certificate_record(position))))

    def made(self, kind: str) -> bytes:
        """The bytes of the file of this `kind`: .json, .html or .pdf."""
        if kind == ".json":
            return self.record
        record, json_hash = json.loads(self.record), digest(self.record)
        if kind == ".html":
            document = certificate_page(record, json_hash).encode()
        else:
            document = certificate_sheet(record, json_hash)
        return SEALS[kind].seal(
            document,
            certificate=record["certificate"],
            record=json_hash,
            renderer=renderer(kind),
        )


@cache
def renderer(kind: str) -> str:
    """What makes files of this `kind`, such as typst-0.15.0/1f2e3d4c: another may set them anew."""
    packages, template, modules = _MAKERS[kind]
    folder = resources.files("reports.certificate")
    texts = hashlib.sha256()
    for name in (template, *(f"{module}.py" for module in modules)):
        texts.update(folder.joinpath(name).read_bytes())
    versions = "+".join(f"{package}-{metadata.version(package)}" for package in packages)
    return f"{versions}/{texts.hexdigest()[:8]}"
