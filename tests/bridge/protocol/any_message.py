"""Any message of the protocol."""

from __future__ import annotations

from hypothesis import strategies as st

from bletui.bridge.protocol import messages as m
from bletui.model import Batch, ScanRequest
from tests import values

numbers = st.integers(0, 2**53)
roles = st.sampled_from(["viewer", "reader", "operator"])
verbs: st.SearchStrategy[m.Verb] = st.one_of(
    st.builds(
        m.Perform, values.op_ids, values.requests, values.seconds, st.none() | values.seconds, st.integers(-9, 9)
    ),
    st.builds(m.Scan, st.none() | st.builds(ScanRequest, st.none() | st.just(("a/0",)), st.booleans())),
    st.sampled_from([m.Rescan(), m.ListSeats(), m.AskStatus(), m.Stop(), m.Reload()]),
    st.builds(m.CancelOp, values.op_ids),
    st.builds(m.Promote, values.op_ids),
    st.builds(m.RetryNow, values.op_ids),
    st.builds(m.Pause, values.lane_ids),
    st.builds(m.Resume, values.lane_ids),
    st.builds(m.Answer, numbers, st.none() | values.texts),
    st.builds(m.Adopt, values.peers),
    st.builds(m.History, values.times),
    st.builds(m.Detach, st.booleans()),
    st.builds(m.Part, values.texts),
)
from_client: st.SearchStrategy[m.FromClient] = st.one_of(
    st.builds(
        m.Hello, st.lists(numbers, max_size=3).map(tuple), values.texts, roles, values.texts,
        st.sampled_from(["free", "exactly", "over"]), values.texts, numbers, values.texts, values.texts, st.booleans(),
    ),
    st.builds(m.Call, numbers, verbs),
    st.builds(m.Cancel, numbers),
    st.builds(m.Beat, values.times),
)  # fmt: skip
seats = st.builds(
    m.SeatTaken, values.texts, roles, values.texts, st.none() | values.texts, values.times,
    st.lists(values.peers, max_size=2).map(tuple), numbers, st.booleans(), numbers, numbers,
)  # fmt: skip
statuses = st.builds(
    m.Status, values.texts, values.texts, numbers, values.times, values.texts, numbers,
    st.lists(values.texts, max_size=2).map(tuple), st.just(()), st.lists(st.tuples(values.texts, numbers)).map(tuple),
)  # fmt: skip
some_texts = st.lists(values.texts, max_size=2).map(tuple)
reloads = st.builds(m.Reloaded, some_texts, some_texts)
results = values.results | statuses | reloads | st.builds(m.Seats, st.lists(seats, max_size=2).map(tuple))
plain_batches = st.builds(Batch, numbers, st.lists(values.states | values.notifications, max_size=4).map(tuple))
from_bridge: st.SearchStrategy[m.FromBridge] = st.one_of(
    st.builds(
        m.Welcome, numbers, values.texts, values.texts, values.texts, roles, values.texts, numbers, values.times,
        values.texts, st.booleans(), numbers, values.seconds,
    ),
    st.builds(m.Goodbye, values.failures, st.booleans()),
    st.builds(m.SnapshotPart, st.booleans(), plain_batches),
    st.builds(m.Log, plain_batches),
    st.builds(m.Told, plain_batches),
    st.builds(m.Recalled, numbers, plain_batches),
    st.builds(m.Reply, numbers, results),
    st.builds(m.Failed, numbers, values.failures),
    st.builds(m.Beat, values.times),
)  # fmt: skip
