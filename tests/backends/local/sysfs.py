"""The switches of radios as the kernel's sysfs tells them, in a folder of a test's own."""

from __future__ import annotations

from pathlib import Path


def rfkill(root: Path, device: str, **words: str) -> None:
    folder = root / "sys/class/rfkill" / device
    folder.mkdir(parents=True)
    for name, word in words.items():
        (folder / name).write_text(f"{word}\n")
