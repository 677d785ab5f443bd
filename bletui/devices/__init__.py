"""Advertisements merged into one row per device."""

from bletui.devices.device import SAMPLES, Device, Heard
from bletui.devices.store import Change, DeviceStore

__all__ = ["SAMPLES", "Change", "Device", "DeviceStore", "Heard"]
