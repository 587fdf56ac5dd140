"""One file of a stranger's in one limited process: bytes in by a memfd, bytes out by a pipe.

What the process may do it limits itself, before it looks at the first byte; here it is only
started with nothing of ours around it, and ended in time together with whatever it has started.
"""

import contextlib
import os
import signal
import subprocess
import threading

SECONDS = 30.0
"""By the wall clock, for a machine so busy that the process's own 20 CPU seconds take long."""


def run(
    command: list[str],
    data: bytes,
    most_out: int,
    *,
    seconds: float | None = None,
    **environment: str,
) -> tuple[int, bytes]:
    """The program's exit status and at most `most_out` bytes of its output; ended after `seconds`,
    `SECONDS` if none are given."""
    memory = os.memfd_create("media")
    try:
        with open(memory, "wb", closefd=False) as file:
            file.write(data)
        os.lseek(memory, 0, os.SEEK_SET)
        process = subprocess.Popen(
            command, stdin=memory, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment() | environment, cwd="/", start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(memory)
    assert process.stdout is not None
    ending = threading.Timer(SECONDS if seconds is None else seconds, _end, [process])
    ending.start()
    try:
        with process.stdout:
            out = process.stdout.read(most_out)
    finally:
        ending.cancel()
        if process.poll() is None and len(out) == most_out:
            _end(process)
        process.wait()
    return process.returncode, out


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """Nothing of ours: no token is in reach of a picture that breaks out of its decoder."""
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    return {"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1", **kept}
