"""One owner per port, across threads and processes."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from drivers.errors import LinkBusy, LinkError


def lock_directory() -> Path:
    """Directory of this user's lock files, made on first use; `LinkError` when it cannot be.

    It lies under the temporary directory and not under XDG_RUNTIME_DIR: a nightly run started by
    cron has no XDG_RUNTIME_DIR, and would then not see the lock of an operator at the desk.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0  # Windows: a directory per user anyway
    path = Path(tempfile.gettempdir()) / f"meterbench-{user}" / "locks"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = path.parent.stat().st_uid
    except OSError as error:
        raise LinkError(f"cannot make the lock directory {path}: {error}") from error
    if owner != user:
        raise LinkError(f"the lock directory {path} belongs to another user: remove it")
    return path


def _file_stem(resource: str) -> str:
    """A file name that a person can read and that no two resources share."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", resource).strip("-")[-60:]
    return f"{readable}-{hashlib.sha256(resource.encode()).hexdigest()[:12]}"


class PortLock:
    """The exclusive right to use one port.

    `resource` names the port as the operating system or VISA does; a path is followed through
    symbolic links first, so two names of one device node are one port. The lock is the operating
    system's (flock): it holds against other threads, other objects and other processes of this
    user, and dies with its process. A side file tells others who holds it. Programs that are not
    of the bench do not look at it.
    """

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self._key = os.path.realpath(resource) if resource.startswith("/") else resource
        self._guard = threading.Lock()
        self._lock: FileLock | None = None

    def acquire(self, timeout: float = 0.0) -> None:
        """Take the port, waiting at most `timeout` seconds (>= 0); a second call does nothing.

        `LinkBusy`, naming the holder, when somebody else has it; `LinkError` when the lock file
        cannot be used; `ValueError` when the time is negative.
        """
        if timeout < 0:
            raise ValueError(f"time-out of {timeout} s: it must not be negative")
        with self._guard:
            if self._lock is not None:
                return
            stem = lock_directory() / _file_stem(self._key)
            lock = FileLock(f"{stem}.lock", timeout=timeout, thread_local=False)
            try:
                lock.acquire()
            except Timeout:
                raise LinkBusy(
                    f"{self.resource} is in use by {_holder(_side_file(stem))}: "
                    "end that program, or wait until it is done"
                ) from None
            except OSError as error:
                raise LinkError(f"cannot lock {self.resource}: {error}") from error
            self._lock = lock
            with suppress(OSError):  # only a help for messages
                _side_file(stem).write_text(f"{os.getpid()} {_program()}\n")

    def release(self) -> None:
        """Give the port back; a second call does nothing."""
        with self._guard:
            lock, self._lock = self._lock, None
            if lock is not None:
                with suppress(OSError):
                    Path(lock.lock_file).with_suffix(".owner").unlink()
                lock.release()

    @property
    def held(self) -> bool:
        """Whether this object holds the port."""
        return self._lock is not None

    def __enter__(self) -> PortLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _side_file(stem: Path) -> Path:
    return Path(f"{stem}.owner")


def _program() -> str:
    return " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:3]])


def _holder(side_file: Path) -> str:
    """Who holds the lock, in words; the side file can be missing for a moment."""
    try:
        pid, _, program = side_file.read_text().strip().partition(" ")
    except OSError:
        return "another process"
    if not pid.isdigit():
        return "another process"
    if int(pid) == os.getpid():
        return f"this process (pid {pid})"
    return f"process {pid} ({program})"
