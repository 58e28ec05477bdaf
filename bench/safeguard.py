"""What must hold while a source is on: a guard that lives, a closed interlock."""

from __future__ import annotations

from bench.guard.guard import Guard
from drivers.errors import BenchError, InterlockTripped, StationFault
from drivers.roles import Interlock, PowerSource


class Safeguard:
    """The guard and the interlock of a bench, and what they were told last."""

    def __init__(self, guard: Guard, source: PowerSource, interlock: Interlock | None) -> None:
        """`interlock`: None on a bench without one."""
        self.guard = guard
        self.expects_on = False
        """Whether the source was left on."""
        self._source = source
        self._interlock = interlock

    def check(self) -> None:
        """An error when the source must not be on now.

        `StationFault` when the guard is gone or a device does not tell, `InterlockTripped` when the
        interlock is open or the source was switched off under way. What an emergency-off took
        away is not given back by the next load point.
        """
        self.guard.arm()
        try:
            if self._interlock is not None and not self._interlock.closed():
                raise InterlockTripped(
                    "the interlock is open: close the cover of the jig and release the emergency "
                    "stop, then start again"
                )
            if self.expects_on and not self._source.is_on():
                raise InterlockTripped(
                    "the source was switched off under way, by an emergency-off, at its front "
                    "panel or by a trip of its own: find out why before you start again"
                )
        except InterlockTripped:
            raise
        except BenchError as error:
            raise StationFault(f"nobody can tell whether the source may be on: {error}") from error
