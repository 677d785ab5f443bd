"""Layouts written as text, for characteristics and for what a person knows about a device: `i16le x3 /1000 g`.

A layout is fields, separated by `;` or ends of lines, in the order of the air. A field is

    [NAME:] TYPE [xN] [SCALE] [+OFFSET] [UNIT] [[LOW..HIGH]] [{LABELS}] [if CONDITIONS]

- NAME stands before the value in the line of all; in brackets, `(rate): u8 bpm`, it does not. `_NAME` or `_` keeps the
  field out of the line.
- TYPE: `u1` … `u64` and `i1` … `i64` (bits; `be` behind: big-endian; small ones fill bytes from the lowest bit), `f16`,
  `f32`, `f64`, `sfloat` and `float` (IEEE 11073), `enumN` (one label), `bitsN` (a label a bit), `flagsN` (bits that say
  which fields follow), `idN` (hexadecimal), `utf8`, `utf8z` (up to a zero), `hex`, `date`, `datetime`, `days` (since
  1970), `zone`, `exponential`, `address`, `uuid`, `company`, `appearance`, `bcd`, `version`.
  `enum2@1` looks at two bits of the first flags again, from bit 1 on, and takes no bytes.
- `x3` repeats, `x*` to the end; behind `utf8`, `hex` and `uuid` it counts bytes, and without it they take the rest.
- SCALE: `/100`, `*0.005`, `*1000/1024`. `[0..100]` is in the unit; beyond it the reading has a problem.
- `{0 off, 1 on}` for an enum or bits; for a number the raw values that are none: `{0x8000 not known}`. `{name}` is a
  set of labels from elsewhere.
- `if 1`, `if !1`: a bit of the first flags; `if status.3`; `if op=1|2`: a field's raw value (`!` before it: not);
  `if left`: bytes are left; joined with `&`.
"""

from __future__ import annotations

from bletui.decode.structs.layout import Layout
from bletui.decode.structs.reading import Reading, Scalar, Unpacked, Value
from bletui.decode.structs.syntax import LayoutError, parse

__all__ = ["Layout", "LayoutError", "Reading", "Scalar", "Unpacked", "Value", "parse"]
