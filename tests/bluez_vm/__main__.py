"""`make test-bluez`: the local backend's stories against the real kernel, bluetoothd and D-Bus, in a virtual machine.

`python -m tests.bluez_vm [--out FOLDER] [-- COMMAND]`: without a command, every story; ends with the stories' code.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bluez_vm import image, machine, report

ROOT = Path(__file__).parents[2]
STORIES = (
    "python -m pytest tests/bluez_vm/stories -q -p no:cacheprovider --tb=native"
    " -o asyncio_mode=auto -o asyncio_default_fixture_loop_scope=function -o python_files='story_*.py'"
    " -W error --import-mode=importlib -p tests.bluez_vm.stories.cases"
)
FILES = (  # what the guest has of this
    "bletui",
    "tests/bluez_vm",
    "tests/stories/everywhere",
    "tests/backends/local/told.py",
    "tests/kept.py",
    "tests/waiting.py",
)
AIR = ["--adapters", "2", "--advertisers", "50"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bluez_vm")
    parser.add_argument("--out", type=Path, help="keep the guest's logs and results here")
    parser.add_argument("--within", type=float, default=900.0, help="seconds that the stories may take")
    parser.add_argument("-k", default="", help="only the stories that match, as in pytest")
    parser.add_argument("command", nargs="*", help="what to run in place of the stories")
    asked = parser.parse_args()
    command = " ".join(asked.command) or STORIES + (f" -k '{asked.k}'" if asked.k else "")
    kernel, base = image.build(image.cache_folder())
    files = {path: ROOT / path for path in FILES}
    job = {"command": command, "within": asked.within, "air": AIR}
    with tempfile.TemporaryDirectory() as folder:
        out = asked.out or Path(folder)
        try:
            ended = machine.run(kernel, base, job, files, out, within=asked.within + 120)
        except machine.VmError as error:
            print(f"the virtual machine failed: {error}", file=sys.stderr)
            return 125
        cases = out / "cases.json"
        if not asked.command:
            found = json.loads(cases.read_text()) if cases.exists() else []
            print(report.table(found, ended.facts, ended.seconds))
            if not found:
                return ended.code or 125
    return ended.code


if __name__ == "__main__":
    sys.exit(main())
