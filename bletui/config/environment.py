"""What every backend is given besides its target."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial

from bletui.backend import Env
from bletui.clock import Clock
from bletui.config.credentials import Reference, secret
from bletui.crash import state_folder


def env(
    radio: str = "",
    clock: Clock | None = None,
    environ: Mapping[str, str] | None = None,
    references: Mapping[str, Reference] | None = None,
) -> Env:
    """`environ` is the process's unless another is handed in; `references`: the file's `[credentials]`."""
    where = os.environ if environ is None else environ
    return Env(
        radio=radio,
        clock=clock or Clock(),
        secret=partial(secret, environ=where, references=references),
        state_folder=state_folder(where),
    )
