"""Whether this machine can serve virtual device nodes, and if not, what to do about it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SYS_PTRACE = 1 << 19
"""CAP_SYS_PTRACE in the capability masks of /proc/PID/status (capabilities(7))."""


def fuse_available() -> str:
    """'' when FUSE nodes can be served here, else the reason and the remedy in words."""
    if os.name != "posix" or not Path("/proc/self").exists():
        return "virtual SPI nodes need Linux"
    if not shutil.which("fusermount3"):
        return "fusermount3 is missing: install the Debian package fuse3"
    try:
        import mfusepy  # noqa: F401  # loading it looks for the system's FUSE library
    except ImportError as error:
        return f"the Python package mfusepy is missing ({error}): run 'uv sync'"
    except (OSError, AttributeError) as error:
        return f"the FUSE library cannot be used ({error}): install the Debian package fuse3"
    return _device_reason() or _memory_reason()


def _device_reason() -> str:
    device = Path("/dev/fuse")
    if not device.exists():
        return "/dev/fuse is missing: load the kernel module fuse, or pass the device in"
    if not os.access(device, os.R_OK | os.W_OK):
        return "no permission to use /dev/fuse: let this user read and write it"
    return ""


def _memory_reason() -> str:
    """Yama forbids reading a process that is not a descendant, as ptrace would (yama(7))."""
    try:
        scope = int(Path("/proc/sys/kernel/yama/ptrace_scope").read_text())
        status = Path("/proc/self/status").read_text()
    except (OSError, ValueError):
        return ""
    effective = next(line for line in status.splitlines() if line.startswith("CapEff"))
    if scope and not int(effective.split()[1], 16) & _SYS_PTRACE:
        return (
            f"the kernel keeps processes from each other's buffers (ptrace_scope is {scope}): "
            "run 'sysctl kernel.yama.ptrace_scope=0', or give this process CAP_SYS_PTRACE"
        )
    return ""
