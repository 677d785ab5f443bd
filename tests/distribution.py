"""A plug-in's distribution on disk."""

from __future__ import annotations

from pathlib import Path


def install(folder: Path, name: str, entry: str, code: str) -> None:
    """A distribution as pip would leave it: a module and its metadata."""
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[bletui.backends]\n{entry}\n")
