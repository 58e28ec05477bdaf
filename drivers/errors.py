"""The one error tree of the bench.

::

    BenchError
    ├── LinkError                 what the wire did
    │   ├── LinkTimeout           no answer in time
    │   ├── LinkChecksum          an answer that fails its check, after all retries
    │   ├── LinkFraming           an answer of the wrong shape
    │   ├── LinkClosed            refused, unplugged, disconnected
    │   └── LinkBusy              another process or thread owns the port
    ├── DeviceError               what a device answered or did
    │   ├── CommandRejected       the device's own error number and text
    │   ├── OutputRefused         a source that did not switch on, or tripped
    │   ├── ReadBackMismatch      a configuration write that did not stick
    │   ├── DeviceTimeout         the device talks, but the awaited event did not come
    │   └── WrongDevice           somebody else answers at this address
    ├── StationFault              what the bench got wrong
    │   ├── DescriptionError      the bench description is bad: file, key, value, allowed values
    │   ├── CalibrationExpired    an instrument past its due date
    │   └── StoreError            the results store cannot be used
    └── Aborted                   who stopped it
        └── InterlockTripped      the interlock or an emergency-off

A unit is judged by measurements, never by an exception: `LinkError` and `DeviceError` of a position
become that position's reason; `StationFault` is the bench's own and never counts against a unit.
Every message says what happened, where, and what to do next. A *value* outside its range is a plain
`ValueError`, raised before a byte is sent.
"""

from __future__ import annotations


class BenchError(Exception):
    """Root of every error that the bench raises on purpose."""


class LinkError(BenchError):
    """The wire failed: nothing is known about the device behind it."""


class LinkTimeout(LinkError):
    """No answer within the time-out."""


class LinkChecksum(LinkError):
    """Answers kept failing their check until the retries were used up."""


class LinkFraming(LinkError):
    """An answer came that has the wrong shape for the question."""


class LinkClosed(LinkError):
    """The port or peer is gone, or refused the connection."""


class LinkBusy(LinkError):
    """Another owner holds the port."""


class DeviceError(BenchError):
    """The device answered, and the answer is a refusal or a fault."""


class CommandRejected(DeviceError):
    """The device queued an error of its own.

    `code` is the device's number (IEEE 488.2 numbers are negative), `text` its words.
    """

    def __init__(self, message: str, *, code: int = 0, text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.text = text


class OutputRefused(DeviceError):
    """A source did not switch on, or switched itself off."""


class ReadBackMismatch(DeviceError):
    """A register reads back differently from what was written."""


class DeviceTimeout(DeviceError):
    """The device talks but the awaited event did not come."""


class WrongDevice(DeviceError):
    """The identity at this address is not the expected one."""


class StationFault(BenchError):
    """The bench's own fault; it never counts against a unit under test."""


class DescriptionError(StationFault):
    """A bad bench description; the message names file, key, value and the allowed values."""


class CalibrationExpired(StationFault):
    """An instrument is past its calibration date."""


class StoreError(StationFault):
    """The results store cannot be opened or written."""


class Aborted(BenchError):
    """A person or a signal stopped the run."""


class InterlockTripped(Aborted):
    """The interlock opened, or an emergency-off was pressed."""
