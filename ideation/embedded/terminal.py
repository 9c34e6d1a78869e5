"""What the person at the terminal sees: each process's lines under its name, in a colour of its own."""

import os
import sys
from typing import IO

OURS = "ideation"
WIDTH = 13
COLOURS = ("36", "33", "35", "32", "34", "31")
CLEAR = "\r\x1b[K"  # a progress line may stand unfinished on this line
LONGEST_LINE = 64 * 1024


class Terminal:
    """Writes whole lines, so that processes never cut into each other's. Silent once the reader has gone."""

    def __init__(self, stream: IO[bytes] | None = None) -> None:
        self.stream = stream or sys.stdout.buffer
        self.coloured = self.stream.isatty() and "NO_COLOR" not in os.environ
        self.silent = False
        self.names: dict[str, str] = {OURS: "1"}

    def say(self, sentence: str) -> None:
        """A line of our own."""
        for line in sentence.splitlines():
            self.line(OURS, line.encode())

    def line(self, name: str, text: bytes) -> None:
        """A line of the process `name`."""
        if self.silent:
            return
        try:
            self.stream.write(self._prefix(name) + text + b"\n")
            self.stream.flush()
        except (BrokenPipeError, ValueError):
            self.silent = True

    def _prefix(self, name: str) -> bytes:
        colour = self.names.setdefault(name, COLOURS[(len(self.names) - 1) % len(COLOURS)])
        label = f"{name:<{WIDTH}} | "
        return (f"{CLEAR}\x1b[{colour}m{label}\x1b[0m" if self.coloured else label).encode()
