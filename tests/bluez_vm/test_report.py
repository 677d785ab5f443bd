"""The table that a run of the stories ends with."""

from __future__ import annotations

from tests.bluez_vm import report


def test_a_table_of_cases() -> None:
    cases = [
        {"case": "links.py::test_one", "kinds": ["link.lost"], "seconds": 1.234, "outcome": "passed"},
        {"case": "gatt.py::test_two", "kinds": [], "seconds": 0.5, "outcome": "FAILED"},
        {"case": "all.py::test_three", "kinds": [f"kind.{n}" for n in range(6)], "seconds": 2, "outcome": "passed"},
    ]
    said = report.table(cases, {"kernel": "6.1.0", "bluez": "5.66", "python": "3.11.2"}, 60.4).splitlines()
    assert said[1:] == [
        "Linux 6.1.0 · BlueZ 5.66 · Python 3.11.2",
        "case                ended in                                    seconds",
        "links.py::test_one  link.lost                                   1.23     passed",
        "gatt.py::test_two   -                                           0.50     FAILED",
        "all.py::test_three  kind.0, kind.1, kind.2, kind.3, and 2 more  2.00     passed",
        "3 cases, 1 failed, 60 s with the machine's start",
    ]
