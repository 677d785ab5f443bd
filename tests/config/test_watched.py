from __future__ import annotations

import os
from pathlib import Path

from bletui.config.watched import Watched


def test_a_change_is_seen_once_and_not_looked_for_all_the_time(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    watched = Watched(path)
    assert not watched.changed(0.0)
    path.write_text("a = 1")
    assert not watched.changed(0.5)
    assert watched.changed(1.0)
    assert not watched.changed(2.0)
    other = tmp_path / "other"
    other.write_text("a = 2")  # as editors do: another file of the same size takes its place
    seen = path.stat()
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.rename(path)
    assert watched.changed(3.0)
    path.unlink()
    assert watched.changed(4.0)
    assert not watched.changed(5.0)
