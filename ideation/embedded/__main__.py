"""`python -m ideation.embedded`: what `make run` and its like call.

- run: everything, and the main job (REVIEWS, ONCE, MODEL, PORT in the environment)
- servers: only Postgres and the broker
- stop: end what runs from this folder
- gemma: accept the Gemma terms, once, before its weights are installed
"""

import os
import signal
import sys
import time
from collections.abc import Callable

from ideation.embedded.checks import holder
from ideation.embedded.errors import StartError
from ideation.embedded.launch import VAR, run, serve_only
from ideation.embedded.process import die_with_parent
from ideation.embedded.terms import accept_gemma

STOP_PATIENCE = 90.0


def stop() -> int:
    """End the start that runs from this folder, and wait until everything has stopped."""
    process = holder(VAR)
    if process is None:
        print("Nothing runs from this folder.")
        return 0
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    while holder(VAR) is not None:
        if time.monotonic() > deadline:
            raise StartError(f"Process {process} doesn't stop. End it by force: `kill -9 {process}`.")
        time.sleep(0.1)
    print("Stopped.")
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "run": run,
    "servers": serve_only,
    "stop": stop,
    "gemma": accept_gemma,
}


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` names. Returns the exit status."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    if os.environ.get("MAKELEVEL"):  # a killed `make` takes us with it; started by hand, we may outlive the shell
        die_with_parent(signal.SIGTERM)
    try:
        return COMMANDS[arguments[0]]()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
