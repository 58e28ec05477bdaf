"""The seal of a certificate file: one SHA-256 inside it, over all its bytes but those 64 digits.

A seal shows that a file is no longer what was written. It does not show who wrote it: whoever can
edit a file can seal it anew, which only the comparison with the results store finds.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from reports.certificate.record import FORMAT

DIGITS = 64


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says, and whether it holds. Of a JSON record only the digest is there.

    `certificate`: the number; `record`: SHA-256 of the JSON file that the document was made from;
    `renderer`: what made it.
    """

    holds: bool
    certificate: str = ""
    record: str = ""
    renderer: str = ""


@dataclass(frozen=True, slots=True)
class SealForm:
    """Where the seal stands in one kind of file.

    `line`: the line with the digits left out, at `{digits}`; it goes before the last line that
    begins with `before`. `trace`: what also tells that a file once had a seal of ours.
    """

    line: str
    before: bytes
    trace: re.Pattern[bytes]

    def seal(self, document: bytes, **facts: str) -> bytes:
        """`document` with its seal; `facts` are the fields of `Seal`."""
        at = document.rindex(b"\n" + self.before) + 1
        start, end = (part.encode() for part in self.line.format(digits="\0", **facts).split("\0"))
        head, tail = document[:at] + start, end + b"\n" + document[at:]
        return head + hashlib.sha256(head + tail).hexdigest().encode() + tail

    def find(self, content: bytes) -> Seal | None:
        """The seal in `content`; None when there is none that can be read."""
        found = list(self._pattern.finditer(content))
        if len(found) != 1:
            return None
        (match,) = found
        start, end = match.span("digits")
        digest = hashlib.sha256(content[:start] + content[end:]).hexdigest().encode()
        facts = {name: text.decode() for name, text in match.groupdict().items()}
        return Seal(facts.pop("digits").encode() == digest, **facts)

    @property
    def _pattern(self) -> re.Pattern[bytes]:
        fields = {
            "digits": f"(?P<digits>[0-9a-f]{{{DIGITS}}})",
            "record": f"(?P<record>[0-9a-f]{{{DIGITS}}})",
            "certificate": "(?P<certificate>[0-9a-f-]+)",
            "renderer": "(?P<renderer>[0-9A-Za-z._+/-]+)",
        }
        text = re.escape(self.line)
        for name, part in fields.items():
            text = text.replace(re.escape(f"{{{name}}}"), part)
        return re.compile(b"^" + text.encode() + b"$", re.MULTILINE)


_MARK = "meterbench certificate={certificate} record={record} renderer={renderer} sha256={digits}"
_TRACES = re.compile(rb"meterbench certificate=| sha256=[0-9a-f]")

_RECORD_TRACES = re.compile(b'\n  "format": %d,|\n  "sha256": "' % FORMAT)

SEALS = {
    ".json": SealForm('  "sha256": "{digits}",', b'  "unit": {', _RECORD_TRACES),
    ".html": SealForm(f"<!-- {_MARK} -->", b"</html>", _TRACES),
    ".pdf": SealForm(f"% {_MARK}", b"startxref", _TRACES),
}
"""By the kind of file. In a PDF the seal is a comment between the last object and `startxref`."""
