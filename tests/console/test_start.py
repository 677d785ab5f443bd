"""The first frame waits for nothing: what it may import, proven in a process of its own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import bletui.console.launch
from bletui.console.app import Console
from bletui.console.screens.start import StartScreen
late = {"bletui.session", "bletui.registry", "bletui.model", "bletui.devices", "bletui.decode", "bletui.filters",
        "bletui.radio", "bletui.backend", "httpx", "bleak", "msgpack", "importlib.metadata"}
print(sorted(late & set(sys.modules)))
"""


def test_what_the_first_frame_needs_imports_no_radio_and_no_values() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_settings_and_entry_import_no_textual() -> None:
    program = (
        "import sys, bletui.console, bletui.console.launch; print('textual' in sys.modules, 'rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False False"
