"""Any failure at all, for what must hold of each."""

from __future__ import annotations

from hypothesis import strategies as st

from bletui.failure import Failure
from bletui.kinds import ErrorKind

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
TIMES = st.none() | st.floats(0, 2e9)
FAILURES = st.builds(
    Failure,
    kind=st.sampled_from(ErrorKind),
    source=TEXT,
    code=TEXT,
    message=TEXT,
    detail=TEXT,
    operation=TEXT,
    radio=TEXT,
    lane=MAYBE,
    router=MAYBE,
    address=MAYBE,
    handle=st.none() | st.integers(0, 0xFFFF),
    uuid=MAYBE,
    attempt=st.none() | st.integers(1, 99),
    elapsed=TIMES,
    at=TIMES,
    causes=st.lists(TEXT, max_size=3).map(tuple),
    status=st.none() | st.integers(100, 599),
    body=TEXT,
    outcome_unknown=st.booleans(),
    already_done=st.booleans(),
    retry_after=TIMES,
    evidence=st.dictionaries(TEXT, TEXT, max_size=3).map(lambda known: tuple(known.items())),
)
