"""The first file: everything there is, in comments, and nothing in force."""

from __future__ import annotations

import os
from pathlib import Path

from bletui.config.file import invalid

TEMPLATE = """\
# bletui's configuration. Nothing is in force until its # is taken away.
# What is wrong with it:  bletui config validate      What counts:  bletui config show
# What comes first: the command line, then BLETUI_… in the environment, then a profile, then this file.
# A console that runs takes changes as they are saved, and says what is wrong with them in place.

# ---- values; they stand above the first [table]

#default_targets = ["site", "local:"]   # opened where no target is given
#theme = "ansi"                         # bletui, ansi, colour-blind, mono
#pace = "auto"                          # slow over SSH and fast at a desk; or always slow, fast
#ascii = false                          # draw with ASCII only
#mouse = true                           # false leaves the mouse to the terminal
#active = false                         # ask devices for their scan responses
#read_only = false                      # true: the radio refuses what changes a device
#filter = "@near"                       # what console and scan show
#limit = 20                             # seconds for one attempt of a headless command
#deadline = 60                          # seconds for all of it, waiting and retries included
#profile = "bench"                      # the profile in force where none is asked for

# ---- targets by name, usable wherever a target is:  bletui site

#[targets.site]
#url = "cassia+https://SITE@router.example"   # SITE names a credential below
#ca = "site-ca.pem"                           # authorities; from this file's folder
#[targets.lab]
#url = "cassia+https://192.168.1.20"
#pin = "sha256:0000000000000000000000000000000000000000000000000000000000000000"   # bletui doctor prints it

# ---- credentials, by reference only: a secret never stands in this file. One source for each.

#[credentials.SITE]
#file = "~/.config/bletui/site.key"           # mode 0600, yours or root's
#[credentials.LAB]
#env = "LAB_ROUTER"                           # an environment variable
#[credentials.DEPOT]
#command = ["pass", "show", "depot"]          # no shell; its first and last blanks are cut off
#within = 10                                  # seconds that it has
#[credentials.SERVICE]
#systemd = "bletui.SERVICE"                   # from $CREDENTIALS_DIRECTORY

# ---- filters by name: @near in the filter bar and in --filter

#[filters]
#near = "rssi>=-70"
#doors = '@near and name~"door*"'

# ---- own names, shown in place of what devices and the assigned numbers say

#[names.addresses]
#"A4:C1:38:0B:7F:2A" = "Door 4"
#[names.uuids]
#"f000aa00-0451-4000-b000-000000000000" = "Lock state"
#"fe00" = "Our service"

# ---- keys of sealed broadcasts (BTHome v2, MiBeacon), by address: each is a credential that holds hex digits

#[keys]
#"54:48:E6:8F:80:A5" = "BATHROOM"
#[credentials.BATHROOM]
#file = "~/.config/bletui/bathroom.key"

# ---- what `bletui bridge run` serves; `bletui bridge reload` puts a change in force

#[bridge]
#targets = ["site", "local:"]                 # where the command line names none
#group = "bluetooth:reader"                   # who else may use the socket, and as what
#keep = 10                                    # minutes of events for who was away
#clients = 128                                # at most
#requests = 2000                              # messages of one client in a second
#publish = ["mqtts://SITE@broker.example/site"]   # MQTT brokers that are told what is heard (docs/mqtt.md)
#log = "info"                                 # warning, info, debug

# ---- keys to press: the commands' ids are in docs/keys.md, and `bletui config names commands` prints them

#[keymap]
#"scan.pause" = "z"
#"scan.filter" = ["slash", "ctrl+f"]

# ---- profiles: values under one name, for --profile or BLETUI_PROFILE

#[profiles.bench]
#default_targets = ["sim:lab"]
#theme = "colour-blind"
#filter = "rssi>=-90"
"""


def write(path: Path, text: str) -> None:
    """A new file that only its owner reads. `request.invalid`: one is there, or none can be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError) as cannot:
        raise invalid(f"{path.parent}: {getattr(cannot, 'strerror', None) or cannot}") from cannot
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(text.encode())
    except FileExistsError as there:
        raise invalid(f"{path} is there already, and stays as it is") from there
    except (OSError, ValueError) as cannot:
        raise invalid(f"{path}: {getattr(cannot, 'strerror', None) or cannot}") from cannot
