"""The bytes between the socket adapter and a twin: length-prefixed requests and replies.

All numbers are unsigned, most significant byte first. A message is its length (4 bytes, not
counting itself) and its body::

    request   sequence 2 | chip 2 | mode 1 | speed in Hz 4 | segments 2, then per segment
              release 1 | gap in ns 4 | bytes 2 | the bytes for MOSI
    reply     sequence 2 | status 1 | status 0: MISO bytes of all segments, joined
                                      status 1: the refusal in words, UTF-8

A reply carries the sequence number of its request. Requests on one connection are answered in
order; each is carried out whole before any request of another connection.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.errors import LinkFraming
from drivers.spi.bus import Segment

LENGTH = struct.Struct(">I")
_REQUEST = struct.Struct(">HHBIH")
_SEGMENT = struct.Struct(">BIH")
_REPLY = struct.Struct(">HB")

BODY_LIMIT = 1 << 20
"""Longest body in bytes; more is taken for a peer that speaks something else."""

GOOD, REFUSED = 0, 1


@dataclass(frozen=True, slots=True)
class Request:
    """One transfer: `segments` to `chip` in SPI mode `mode` at `speed_hz` Hz."""

    sequence: int
    chip: int
    mode: int
    speed_hz: int
    segments: tuple[Segment, ...]


def encode_request(request: Request) -> bytes:
    """The message of a request; `ValueError` when a field does not fit its bytes (see above)."""
    parts = [b""]
    for segment in request.segments:
        gap_ns = math.ceil(segment.gap_us * 1000)
        if gap_ns >= 1 << 32 or len(segment.data) >= 1 << 16:
            raise ValueError("a segment takes up to 65535 bytes and a gap up to 4.29 s")
        parts += [_SEGMENT.pack(segment.release, gap_ns, len(segment.data)), segment.data]
    try:
        parts[0] = _REQUEST.pack(
            request.sequence, request.chip, request.mode, request.speed_hz, len(request.segments)
        )
    except struct.error as error:
        raise ValueError(f"the transfer does not fit the socket protocol: {error}") from error
    return _message(b"".join(parts))


def decode_request(body: bytes) -> Request:
    """The request in `body`; `LinkFraming` when it is of another shape."""
    try:
        sequence, chip, mode, speed_hz, count = _REQUEST.unpack_from(body)
        at = _REQUEST.size
        segments = []
        for _ in range(count):
            release, gap_ns, size = _SEGMENT.unpack_from(body, at)
            at += _SEGMENT.size
            data = body[at : at + size]
            if len(data) != size:
                raise LinkFraming("an SPI request ends inside a segment")
            segments.append(Segment(data, gap_ns / 1000, release != 0))
            at += size
    except (struct.error, ValueError) as error:
        raise LinkFraming(f"not an SPI request: {error}") from error
    if at != len(body) or not segments or mode > 3 or not speed_hz:
        raise LinkFraming("not an SPI request: length, mode, speed or number of segments is wrong")
    return Request(sequence, chip, mode, speed_hz, tuple(segments))


def encode_reply(sequence: int, status: int, content: bytes) -> bytes:
    """The message of a reply to request `sequence` with `status` 0 or 1."""
    return _message(_REPLY.pack(sequence, status) + content)


def decode_reply(body: bytes) -> tuple[int, int, bytes]:
    """Sequence number, status and content of a reply; `LinkFraming` when it is too short."""
    if len(body) < _REPLY.size:
        raise LinkFraming(f"an SPI reply of {len(body)} bytes: it has at least {_REPLY.size}")
    sequence, status = _REPLY.unpack_from(body)
    return sequence, status, body[_REPLY.size :]


def read_message(receive: Callable[[int], bytes]) -> bytes:
    """One body from a stream; `receive(n)` gives exactly n bytes. `LinkFraming` when too long."""
    (length,) = LENGTH.unpack(receive(LENGTH.size))
    if length > BODY_LIMIT:
        raise LinkFraming(f"a message of {length} bytes: the peer does not speak SPI over sockets")
    return receive(length)


def split(content: bytes, segments: Sequence[Segment]) -> list[bytes]:
    """MISO per segment; `LinkFraming` when the number of bytes is wrong."""
    if len(content) != sum(len(segment.data) for segment in segments):
        raise LinkFraming(f"an SPI reply with {len(content)} bytes of data: the wrong number")
    parts, start = [], 0
    for segment in segments:
        parts.append(content[start : start + len(segment.data)])
        start += len(segment.data)
    return parts


def _message(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body
