"""The checks as a pytest class."""

from __future__ import annotations

from typing import ClassVar

import pytest

from bletui.testing.contract.checks import CHECKS, Check
from bletui.testing.contract.subject import Subject


class BackendContract:
    """Subclass it, name the `subject`, and pytest runs every check (with pytest-asyncio, in either of its modes)."""

    subject: ClassVar[Subject]

    @pytest.mark.asyncio
    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
    async def test_promise(self, check: Check) -> None:
        missing = check.missing(self.subject)
        if missing is not None:
            pytest.skip(missing)
        await check.run(self.subject)
