"""Characteristics whose flags announce fields, with every field there: put together from the specifications' tables."""

from __future__ import annotations

from struct import pack

import pytest

from bletui.decode.uuids import BASE
from bletui.decode.values import meaning

TIME, TIME_TEXT = pack("<HBBBBB", 2024, 2, 29, 12, 30, 15), "2024-02-29 12:30:15"


def u24(number: int) -> bytes:
    return (number & 0xFFFFFF).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("number", "value", "text"),
    [
        (0x2A1C, pack("<BI", 0x07, 0xFF0003D9) + TIME + b"\x06", f"98.5 °F, {TIME_TEXT}, mouth"),
        (0x2A1E, pack("<BI", 0x00, 0xFE000E74), "37.00 °C"),
        (0x2A18, pack("<BH", 0x1F, 7) + TIME + pack("<hHBH", -90, 0xD037, 0x51, 0x0401),
         f"sequence 7, {TIME_TEXT}, offset -90 min, concentration 0.055 mol/L, capillary whole blood, "
         "subcutaneous tissue, status 0x0401: bit 0 battery low, bit 10 general fault, context follows"),
        (0x2A34, pack("<BHBBHBBHBBHH", 0xDF, 7, 0, 1, 0xD032, 1, 0x21, 600, 75, 2, 0xA005, 0xF03F),
         "sequence 7, extended 00, breakfast, carbohydrate 0.050 kg, before meal, self, major issues, exercise 600 s, "
         "intensity 75 %, short, medication 0.000005 kg, HbA1c 6.3 %"),
        (0x2A63,
         pack("<HhBHIHHHhhhh", 0x1FFF, -5, 101, 64, 70000, 2048, 300, 512, 450, -20, 320, -32)
         + u24(300 | 45 << 12) + pack("<HHH", 90, 270, 12),
         "-5 W, balance 50.5 %, of the left pedal, torque 2 N·m, torque of the crank, wheel 70000 revolutions, at 1 s, "
         "crank 300 revolutions, at 0.5 s, maximum force 450 N, minimum force -20 N, maximum torque 10 N·m, "
         "minimum torque -1 N·m, maximum angle 300 °, minimum angle 45 °, top dead spot 90 °, bottom dead spot 270 °, "
         "energy 12 kJ, offset compensation needed"),
        (0x2A64, pack("<BHHHhh", 0x2B, 298, 1024, 180, 64, -32),
         "crank 298 revolutions, at 1 s, first angle 180 °, torque 2, -1 N·m, radial"),
        (0x2A67,
         pack("<H", 0x1AFF) + pack("<H", 500) + u24(12345) + pack("<ii", 474567890, -1234567) + u24(-250)
         + pack("<HB", 27000, 9) + TIME,
         "5.00 m/s, distance 1234.5 m, latitude 47.4567890 °, longitude -0.1234567 °, elevation -2.50 m, "
         f"heading 270.00 °, rolling time 9 s, UTC {TIME_TEXT}, position ok, 3D, elevation from a database, "
         "heading from the compass"),
        (0x2A68, pack("<HHH", 0x01F7, 9000, 18000) + u24(105) + u24(-150) + TIME,
         f"bearing 90.00 °, heading 180.00 °, remaining 10.5 m, vertical -1.50 m, arrival {TIME_TEXT}, "
         "estimated position, heading from the compass, to the destination, waypoint reached, destination reached"),
        (0x2A69, pack("<HBBHIIBB", 0x01FF, 4, 9, 123, 250, 475, 6, 9),
         "in solution 4, in view 9, first fix 12.3 s, horizontal error 2.50 m, vertical error 4.75 m, HDOP 1.2, "
         "VDOP 1.8, last known position"),
        (0x2A9C, pack("<HH", 0x1FFF, 215) + TIME + pack("<BHHHHHHHHH", 3, 7000, 420, 7000, 12000, 11000, 9000, 5000,
                                                          17637, 709),
         f"body fat 21.5 %, {TIME_TEXT}, user 3, basal metabolism 7000 kJ, muscle 42.0 %, muscle mass 70.00 lb, "
         "fat free mass 120.00 lb, soft lean mass 110.00 lb, body water 90.00 lb, impedance 500.0 Ω, weight 176.37 lb, "
         "height 70.9 in, more follows"),
        (0x2A9D, pack("<BH", 0x0F, 17637) + TIME + pack("<BHH", 255, 245, 709),
         f"176.37 lb, {TIME_TEXT}, user not known, BMI 24.5, height 70.9 in"),
        (0x2A5E, pack("<BHH", 0x1F, 0xF3D4, 72) + TIME + pack("<H", 1 << 7) + u24(1 << 11) + pack("<H", 0xF015),
         f"SpO2 98.0 %, pulse 72 bpm, {TIME_TEXT}, status 0x0080: bit 7 validated, sensor 0x000800: bit 11 not on the "
         "user, amplitude 2.1 %, clock not set"),
        (0x2A5F, pack("<BHHHHHHH", 0x1F, 97, 72, 96, 73, 95, 74, 1 << 15) + u24(1 << 4) + pack("<H", 0xF015),
         "SpO2 97 %, pulse 72 bpm, fast SpO2 96 %, fast pulse 73 bpm, slow SpO2 95 %, slow pulse 74 bpm, "
         "status 0x8000: bit 15 invalid, sensor 0x000010: bit 4 poor signal, amplitude 2.1 %"),
        (0x2ACD,
         pack("<HHH", 0x1FFE, 1234, 1100) + u24(70000) + pack("<hhHHBBHHBBBHHhh", -15, 20, 105, 55, 2, 3, 500, 600, 10,
                                                              140, 85, 1800, 600, -100, 250),
         "12.34 km/h, average 11.00 km/h, distance 70000 m, inclination -1.5 %, ramp 2.0 °, up 10.5 m, down 5.5 m, "
         "pace 0.2 km/min, average pace 0.3 km/min, energy 500 kcal, per hour 600 kcal, per minute 10 kcal, 140 bpm, "
         "MET 8.5, elapsed 1800 s, remaining 600 s, force -100 N, power 250 W"),
        (0x2ACE,
         u24(0xFFFE) + pack("<HH", 1234, 1100) + u24(70000) + pack("<HHHHHhhhhhHHBBBHH", 120, 115, 505, 30, 20, -15, 20,
                                                                   -4, 200, 190, 500, 600, 10, 140, 85, 1800, 600),
         "12.34 km/h, average 11.00 km/h, distance 70000 m, 120 steps/min, average steps 115 steps/min, strides 50.5, "
         "up 30 m, down 20 m, inclination -1.5 %, ramp 2.0 °, resistance -4, power 200 W, average power 190 W, "
         "energy 500 kcal, per hour 600 kcal, per minute 10 kcal, 140 bpm, MET 8.5, elapsed 1800 s, remaining 600 s, "
         "backward"),
        (0x2AD1,
         pack("<HBHB", 0x1FFE, 51, 200, 47) + u24(70000) + pack("<HHhhhHHBBBHH", 120, 125, 250, -1, -4, 500, 600, 10,
                                                                140, 85, 1800, 600),
         "25.5 strokes/min, strokes 200, average rate 23.5 strokes/min, distance 70000 m, pace 120 s/500m, "
         "average pace 125 s/500m, power 250 W, average power -1 W, resistance -4, energy 500 kcal, per hour 600 kcal, "
         "per minute 10 kcal, 140 bpm, MET 8.5, elapsed 1800 s, remaining 600 s"),
        (0x2AD2,
         pack("<HHHHH", 0x1FFE, 3000, 2800, 161, 150) + u24(70000) + pack("<hhhHHBBBHH", -4, 200, -1, 500, 600, 10, 140,
                                                                          85, 1800, 600),
         "30.00 km/h, average 28.00 km/h, 80.5 rpm, average cadence 75 rpm, distance 70000 m, resistance -4, "
         "power 200 W, average power -1 W, energy 500 kcal, per hour 600 kcal, per minute 10 kcal, 140 bpm, MET 8.5, "
         "elapsed 1800 s, remaining 600 s"),
        (0x2ADA, pack("<BhhBB", 18, -1500, -250, 40, 51),
         "bike simulation changed, wind -1.500 m/s, grade -2.50 %, rolling 0.0040, drag 0.51 kg/m"),
        (0x2BEA, pack("<BBHbH", 0x0F, 99, 65000, -5, 300), "health 99 %, cycles 65000, temperature -5 °C, "
                                                           "deep discharges 300"),
        (0x2BF0, pack("<BHHHHHH", 0x3F, 0xF064, 0xF025, 0xE001, 0xE002, 0xFFFB, 0xE003),
         "external power 10.0 W, voltage 3.7 V, available energy 0.01 kWh, capacity 0.02 kWh, charge rate -0.5 W, "
         "energy at last charge 0.03 kWh"),
    ],
    ids=lambda each: f"{each:04X}" if isinstance(each, int) else "",
)  # fmt: skip
def test_every_field(number: int, value: bytes, text: str) -> None:
    decoded = meaning(f"{number:08x}{BASE}", value)
    assert decoded is not None
    assert (decoded.text, decoded.problem) == (text, None)
