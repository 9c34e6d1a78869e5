"""Customer needs on public data: how well sentences are read, what is judged, what is grouped, and how fast.

Each part runs in a process of its own (`python -m tests.benchmarks.needs_groups phones` runs one piece of one); the
last line is one JSON object of all figures.
"""

import json
import subprocess
import sys

PARTS = ("needs_text", "needs_aspects", "needs_groups")


def main() -> None:
    figures: dict[str, float] = {}
    for part in PARTS:
        command = [sys.executable, "-m", f"tests.benchmarks.{part}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            last = ""
            for line in process.stdout:
                last = line
                print(line, end="", flush=True)
        figures |= json.loads(last) if last.startswith("{") else {}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
