"""The commands by name, and the help that stands above them. Imports nothing: `bletui --help` must cost nothing."""

from __future__ import annotations

SUMMARIES = {
    "scan": "print what is heard: lines, a final table, or JSON",
    "connect": "make a link and hold it",
    "disconnect": "end a link, also a foreign one",
    "gatt": "a device's services, characteristics, descriptors",
    "read": "what attributes hold, and what it means",
    "write": "a value into an attribute, its bytes shown before",
    "notify": "what attributes send, as it comes",
    "steps": "several of these over one link",
    "pair": "bond with a device, its questions answered here",
    "unpair": "remove a bond",
    "bonds": "the devices that a radio has keys of",
    "queue": "lanes and slots, links, what runs and waits",
    "doctor": "walk a target's ladder, name the first broken rung",
    "explain": "what a code, message or number means, what to do",
    "config": "where the configuration is, what counts, what is wrong",
    "completion": "what makes a shell complete these commands",
    "backends": "the installed backends and what they open",
    "bridge": "serve radios to other programs",
}

SCHEMES = frozenset({"local", "cassia", "cassia+https", "sim", "bridge"})  # what bletui brings; plug-ins bring more

_HELP = """\
usage: bletui [TARGET...] [options]     the console
       bletui COMMAND [...]             one command without it

A console for Bluetooth LE: live scans, connections, GATT trees, and every
failure explained in place.

targets
  local:                  this machine's adapter (local:hci1: that one)
  cassia://192.168.1.20   a Cassia router
  sim:                    a simulated site; needs no radio
  Several may be given; one that fails does not disturb the others.
  Without any: the configuration's default_targets, else the local adapter,
  or the reason why it can't be used. A name of the configuration is a target.

commands (bletui COMMAND --help says more)
{commands}

console options
  --slow, --fast          for a thin link or a thick one (default: by SSH)
  --ascii                 draw with ASCII only (default: by the encoding)
  --theme NAME            bletui, ansi, colour-blind, mono (default: by TERM)
  --no-mouse              leave the mouse to the terminal
  --active                ask devices for their scan responses
  --read-only             change no device: the radio refuses what would
  --filter EXPR           e.g. 'rssi>=-70 and company=apple', or @NAME
  --config FILE           in place of the user's own (docs/config.md)
  --profile NAME          with the values that it has under that name
  --plain                 lines in, lines out; --json: objects (docs/plain.md)
  -h, --help; --version   this page; the version

exit codes
  0 ok · 1 the operation failed · 2 wrong usage or configuration
  3 radio, router or bridge unreachable · 4 time-out · 5 not permitted
  70 a bug in bletui or a plug-in · 130 interrupted
  other signals: 128 + number; 141: the reader of stdout went away

stdout is data, stderr is narration; with --json both are one object per line.
"""


def top_help() -> str:
    """What `bletui --help` prints: 80 columns, one page."""
    return _HELP.format(commands="\n".join(f"  {name:<24}{summary}" for name, summary in SUMMARIES.items()))
