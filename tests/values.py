"""Strategies for every value of the model, shared by the tests that need any of them."""

from __future__ import annotations

from hypothesis import strategies as st

from bletui.failure import ErrorKind, Failure
from bletui.model import (
    PDUS,
    AdvertisedFields,
    Advertisement,
    Advertisements,
    Batch,
    Bond,
    Characteristic,
    Connect,
    Descriptor,
    Disconnect,
    Discover,
    Event,
    Extended,
    GattTree,
    Lane,
    LaneChanged,
    LaneDown,
    LinkChanged,
    ListBonds,
    Notification,
    Operation,
    OperationChanged,
    OpId,
    Pair,
    Peer,
    Phy,
    Prompt,
    PromptClosed,
    Properties,
    Read,
    ReadRssi,
    Request,
    Service,
    ServicesChanged,
    SetPhy,
    Shed,
    StreamChanged,
    Subscribe,
    SubscriptionChanged,
    TreeChanged,
    Unpair,
    Write,
)

texts = st.text(max_size=12)
# Few names, so that events meet on the same lane, link or prompt.
lane_ids = st.sampled_from(["a/hci0", "a/0", "b/1"])
addresses = st.sampled_from(["A4:C1:38:0B:7F:2A", "72:A2:28:A8:68:68", "0F3A-opaque", "72:a2:28:a8:68:69"])
times = st.integers(0, 2_000_000_000_000_000).map(lambda us: us / 1e6)
seconds = st.floats(0, 1e6, allow_nan=False)
handles = st.integers(1, 0xFFFF)
peers = st.builds(Peer, lane_ids, addresses)
op_ids = st.builds(OpId, st.sampled_from(["me", "you"]), st.integers(0, 4))
uuids = st.uuids().map(str)

failures = st.builds(
    Failure,
    kind=st.sampled_from(ErrorKind),
    source=texts,
    code=texts,
    message=st.text(max_size=40),
    detail=texts,
    lane=st.none() | lane_ids,
    address=st.none() | addresses,
    handle=st.none() | handles,
    attempt=st.none() | st.integers(0, 9),
    elapsed=st.none() | seconds,
    at=st.none() | times,
    causes=st.lists(texts, max_size=3).map(tuple),
    status=st.none() | st.integers(100, 599),
    outcome_unknown=st.booleans(),
    retry_after=st.none() | seconds,
    retry=st.none() | st.sampled_from(["now", "never"]),
)

fields = st.builds(
    AdvertisedFields,
    manufacturer=st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=24), max_size=3),
    service_data=st.dictionaries(uuids, st.binary(max_size=24), max_size=2),
    service_uuids=st.lists(uuids, max_size=3).map(tuple),
    tx_power=st.none() | st.integers(-127, 20),
)
extended = st.builds(
    Extended,
    primary_phy=st.sampled_from([None, "1M", "CODED"]),
    sid=st.none() | st.integers(0, 15),
    connectable=st.none() | st.booleans(),
)
advertisements = st.builds(
    Advertisement,
    at=times,
    lane=lane_ids,
    address=addresses,
    address_type=st.sampled_from([None, "public", "random"]),
    rssi=st.none() | st.integers(-127, 20),
    pdu=st.sampled_from([None, *PDUS]),
    raw=st.none() | st.binary(max_size=40),
    name=st.none() | texts,
    fields=st.none() | fields,
    extended=st.none() | extended,
)

lanes = st.builds(
    Lane,
    id=lane_ids,
    name=texts,
    chip=st.none() | st.integers(0, 1),
    slots_max=st.none() | st.integers(0, 20),
    usable=st.none() | failures,
    cannot=st.dictionaries(texts, texts, max_size=2),
)
trees = st.builds(
    GattTree,
    peer=peers,
    services=st.lists(
        st.builds(
            Service,
            uuid=uuids,
            handle=handles,
            primary=st.booleans(),
            characteristics=st.lists(
                st.builds(
                    Characteristic,
                    uuid=uuids,
                    handle=handles,
                    properties=st.integers(0, 255).map(Properties),
                    descriptors=st.lists(st.builds(Descriptor, uuid=uuids, handle=handles), max_size=2).map(tuple),
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)

requests: st.SearchStrategy[Request] = st.one_of(
    st.builds(Connect, addresses, st.none() | lane_ids, st.sampled_from([None, "random"]), st.booleans()),
    st.builds(Disconnect, addresses, force=st.booleans()),
    st.builds(Discover, addresses, refresh=st.booleans()),
    st.builds(Read, addresses, handle=handles),
    st.builds(Write, addresses, handle=handles, value=st.binary(max_size=20), response=st.booleans()),
    st.builds(Subscribe, addresses, handle=handles, mode=st.sampled_from(["off", "notify", "indicate"])),
    st.builds(Pair, addresses),
    st.builds(Unpair, addresses),
    st.builds(ReadRssi, addresses),
    st.builds(SetPhy, addresses, tx=st.just(("2M", "1M"))),
    st.builds(ListBonds),
)
results = st.one_of(
    st.none(),
    peers,
    trees,
    st.builds(Phy, texts, texts),
    st.lists(st.builds(Bond, lane_ids, addresses), max_size=2).map(tuple),
    st.binary(max_size=20),
    st.integers(-127, 20),
)
operations = st.builds(
    Operation,
    id=op_ids,
    request=requests,
    state=st.sampled_from(["waiting", "running", "retrying", "cancelling", "done", "failed", "cancelled"]),
    phase=st.sampled_from(["queued", "connecting"]),
    started=times,
    limit=seconds,
    failure=st.none() | failures,
    result=results,
)

states: st.SearchStrategy[Event] = st.one_of(
    st.builds(LaneChanged, times, lanes),
    st.builds(LaneDown, times, lane_ids, failures),
    st.builds(
        LinkChanged,
        times,
        peers,
        st.sampled_from(["connecting", "up", "closing", "down"]),
        st.none() | failures,
        mtu=st.none() | st.integers(23, 517),
        phy=st.none() | st.just(("1M", "2M")),
        foreign=st.none() | st.booleans(),
    ),
    st.builds(TreeChanged, times, trees),
    st.builds(ServicesChanged, times, peers),
    st.builds(
        SubscriptionChanged,
        times,
        peers,
        handles,
        st.sampled_from(["off", "notify"]),
        st.lists(st.sampled_from(["me", "you"]), max_size=2, unique=True).map(tuple),
    ),
    st.builds(Prompt, times, st.integers(0, 3), peers, st.sampled_from(["confirm", "oob-sc"]), times),
    st.builds(PromptClosed, times, st.integers(0, 3), st.sampled_from(["answered", "gone"])),
    st.builds(StreamChanged, times, st.none() | lane_ids, texts, st.sampled_from(["live", "broken"])),
    st.builds(OperationChanged, times, operations),
    st.builds(Shed, times, st.none() | lane_ids, st.sampled_from(["advertisements", "malformed"]), st.integers(1, 9)),
)
notifications = st.builds(
    Notification,
    times,
    peers,
    handles,
    st.binary(max_size=20),
    st.none() | st.booleans(),
    st.none() | st.integers(0, 2**32 - 1),
)
events: st.SearchStrategy[Event] = st.one_of(advertisements, states, notifications)
batches = st.builds(
    Batch,
    st.integers(1, 2**40),
    st.lists(events, min_size=1, max_size=12).map(tuple)
    | st.lists(advertisements, min_size=1, max_size=12).map(Advertisements),
)
