"""The certificate of a board, made from the store alone: one JSON record and one page to read."""

from reports.certificate.write import write_certificate, write_certificates

__all__ = ["write_certificate", "write_certificates"]
