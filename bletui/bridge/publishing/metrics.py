"""Each publisher's counts for Prometheus, as the bridge's own are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bletui.bridge.publishing.messages import Sort

if TYPE_CHECKING:  # the extra is not needed to count nothing
    from bletui.bridge.publishing.publisher import Publisher

Sample = tuple[str, int]  # labels besides the publisher's, value


def text(publishers: Sequence[Publisher]) -> str:
    """ "" where nothing is published."""
    if not publishers:
        return ""
    families: tuple[tuple[str, str, str, Callable[[Publisher], Iterable[Sample]]], ...] = (
        ("publisher_connected", "gauge", "Whether the broker is there.", lambda one: [("", int(one.connected))]),
        ("publisher_connections_total", "counter", "Connections to the broker.", lambda one: [("", one.connects)]),
        ("publisher_waiting", "gauge", "Messages that wait.", lambda one: [("", len(one.outbox))]),
        ("published_total", "counter", "Messages that the broker has.", lambda one: _by_sort(one.published)),
        ("publish_refused_total", "counter", "Messages that the broker refused.", lambda one: _by_sort(one.refused)),
        ("publish_shed_total", "counter", "Messages lost for want of room, or replaced by newer ones.",
         lambda one: _by_sort(one.outbox.shed)),
    )  # fmt: skip
    return "".join(line for family in families for line in _family(*family, publishers))


def _by_sort(counts: dict[Sort, int]) -> list[Sample]:
    return [(f',what="{sort.level}"', counts.get(sort, 0)) for sort in Sort]


def _family(
    name: str, kind: str, words: str, samples: Callable[[Publisher], Iterable[Sample]], publishers: Sequence[Publisher]
) -> Iterator[str]:
    yield f"# HELP bletui_{name} {words}\n# TYPE bletui_{name} {kind}\n"
    for publisher in publishers:
        label = str(publisher.broker).replace("\\", "\\\\").replace('"', '\\"')
        for labels, value in samples(publisher):
            yield f'bletui_{name}{{publisher="{label}"{labels}}} {value}\n'
