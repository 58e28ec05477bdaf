"""The certificate as one HTML page without anything from outside: reads on screen and paper."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from reports.certificate import words
from reports.certificate.curve import error_curve

TEMPLATE = "page.html.j2"


def certificate_page(record: dict[str, Any], json_hash: str) -> str:
    """The page of a certificate record; `json_hash` is the SHA-256 of its JSON file."""
    points = {point["name"]: point["applied"] for point in record["load_points"]}
    return _template().render(
        record,
        json_hash=json_hash,
        signs=words.SIGNS,
        columns=words.COLUMNS,
        applied=lambda name: words.applied(points.get(name, {})),
        curve=Markup(error_curve(record)),  # ours: its texts are escaped where they come in
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reports.certificate", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": words.number,
        "signed": words.signed,
        "uncertainty": words.uncertainty,
        "limits": words.limits,
        "place": words.place,
        "time": words.time,
    }
    return environment.get_template(TEMPLATE)
