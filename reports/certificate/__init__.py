"""The certificate of a board, made from the store alone: JSON record, HTML page, PDF sheet."""

from reports.certificate.check import Finding, State, check
from reports.certificate.write import (
    certificate_folder,
    write_certificate,
    write_certificates,
    write_position,
)

__all__ = [
    "Finding",
    "State",
    "certificate_folder",
    "check",
    "write_certificate",
    "write_certificates",
    "write_position",
]
