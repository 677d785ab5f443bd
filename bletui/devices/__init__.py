"""Advertisements merged into one row per device."""

from bletui.devices.baseline import Baseline, Difference
from bletui.devices.device import SAMPLES, Device, Heard
from bletui.devices.store import Change, DeviceStore

__all__ = ["SAMPLES", "Baseline", "Change", "Device", "DeviceStore", "Difference", "Heard"]
