"""What is heard as CSV for spreadsheets (RFC 4180): a header, then one row for each advertisement.

`name`, `company` and `meaning` are what is known of the device so far; the rest is this packet's own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bletui.cli.rows import meaning
from bletui.decode.names import company as company_name
from bletui.devices import Device
from bletui.model import Advertisement, Shed
from bletui.text import visible

COLUMNS = (
    "time", "lane", "address", "address_type", "rssi", "pdu", "name", "company_id", "company", "meaning", "data",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")  # a name from the air that begins so would be calculated by whoever opens the file


class Sheet:
    """A `Form`: the header comes with the first row, or alone at the end. Times are UTC with milliseconds."""

    def __init__(self) -> None:
        self.counted = 0

    def heard(self, heard: Advertisement, device: Device, lanes: Mapping[str, str]) -> str:
        row = (
            datetime.fromtimestamp(heard.at, UTC).isoformat(timespec="milliseconds"),
            _cell(lanes.get(heard.lane) or heard.lane),
            _cell(heard.address),
            heard.address_type,
            heard.rssi,
            heard.pdu,
            _cell(device.name or ""),
            None if device.company is None else f"0x{device.company:04X}",
            _cell("" if device.company is None else company_name(device.company) or ""),
            _cell(meaning(device)),
            None if heard.raw is None else heard.raw.hex(" "),  # blanks keep it text: 0201e6 is a number to many
        )
        self.counted += 1
        return (_lines(COLUMNS) if self.counted == 1 else "") + _lines(row)

    def shed(self, shed: Shed) -> str:
        return ""

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str:
        return "" if self.counted else _lines(COLUMNS)


def _cell(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _lines(row: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()
