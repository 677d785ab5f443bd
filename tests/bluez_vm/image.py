"""The guest's kernel and file system, built once into the cache."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.bluez_vm import archive, debian

MODULES = (
    "drbg", "jitterentropy_rng", "ansi_cprng", "hmac", "sha512_generic", "sha256_generic", "ctr", "ecdh_generic",
    "virtio_mmio", "virtio_pci", "virtio_console", "virtio_rng", "ecb", "cmac", "algif_hash", "algif_skcipher",
    "bluetooth", "hci_vhci", "uhid", "ccm", "cbc",
)  # fmt: skip
FOLDERS = (
    "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "dev", "proc", "sys", "run", "tmp", "root", "out", "job", "etc",
    "var/log", "var/lib", "opt/venv/bin",
)  # fmt: skip
SITE = "opt/venv/lib/python3.11/site-packages"
ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\nmessagebus:x:100:100::/nonexistent:/bin/false\n",
    "group": "root:x:0:\nmessagebus:x:100:\nbluetooth:x:101:\nlp:x:7:\nnetdev:x:102:\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "hosts": "127.0.0.1 localhost bluevm\n",
}


def cache_folder() -> Path:
    """BLUEVM_CACHE, or a folder of its own in the user's cache directory; about 400 MB."""
    if chosen := os.environ.get("BLUEVM_CACHE"):
        return Path(chosen).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bletui" / "bluez-vm"


def build(cache: Path) -> tuple[Path, Path]:
    """The kernel and the base archive; a change of what goes in has them built anew."""
    recipe = repr((debian.KERNEL, debian.PACKAGES, debian.PYTHON_PACKAGES, MODULES, FOLDERS, ETC))
    mark = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    kernel, base = cache / f"vmlinux-{mark}", cache / f"base-{mark}.cpio"
    if not base.exists():
        print(f"building the guest in {cache} (once, about a minute)", flush=True)
        cache.mkdir(parents=True, exist_ok=True)
        unpacked = debian.kernel(cache)
        kernel.write_bytes(debian.elf(next((unpacked / "boot").glob("vmlinuz-*"))))
        root = cache / "root"
        shutil.rmtree(root, ignore_errors=True)
        _lay_out(root, debian.packages(cache))
        _modules(unpacked, root)
        _python(root, cache / "site")
        partial = base.with_suffix(".partial")
        with partial.open("wb") as out:
            archive.write(root, out, devices=archive.DEVICES)
            archive.pad(out)
        partial.rename(base)
        for used in (root, unpacked):
            shutil.rmtree(used)
    return kernel, base


def _lay_out(root: Path, debs: list[Path]) -> None:
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for link in ("bin", "sbin", "lib", "lib64"):
        (root / link).symlink_to(f"usr/{link}")
    for deb in debs:
        debian.unpack(deb, root)
    for name, text in ETC.items():
        (root / "etc" / name).write_text(text)
    shell = root / "usr/bin/sh"
    if not shell.exists():
        shell.symlink_to("bash")


def _modules(kernel: Path, root: Path) -> None:
    """The modules that are needed and what they depend on."""
    version = next((kernel / "lib/modules").iterdir()).name
    source, target = kernel / "lib/modules" / version, root / "usr/lib/modules" / version
    known = {path.stem.replace("-", "_"): path for path in (source / "kernel").rglob("*.ko")}
    wanted, taken = list(MODULES), set[str]()
    while wanted:
        name = wanted.pop().replace("-", "_")
        if name in taken or name not in known:
            continue
        taken.add(name)
        depends = re.search(rb"\0depends=([^\0]*)\0", known[name].read_bytes())
        wanted += [word for word in (depends[1].decode() if depends else "").split(",") if word]
        to = target / known[name].relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(known[name], to)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy(source / name, target)
    # kmod is many programs in one, told apart by the name it is called by
    subprocess.run(["bash", "-c", 'exec -a depmod "$0" -b "$1" "$2"', root / "usr/bin/kmod", root, version], check=True)


def _python(root: Path, site: Path) -> None:
    venv = root / "opt/venv"
    (venv / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11\n")
    for name in ("python", "python3", "python3.11"):
        (venv / "bin" / name).symlink_to("/usr/bin/python3.11")
    debian.python_packages(site)
    (root / SITE).parent.mkdir(parents=True)
    shutil.move(site, root / SITE)
    compiler = Path("/usr/bin/python3.11")
    if compiler.exists():  # else the guest, which writes no .pyc, starts more slowly
        command = [str(compiler), "-m", "compileall", "-q", "-j0", "--invalidation-mode", "unchecked-hash"]
        within: list[str | Path] = ["-s", root, "-p", "/", root / "usr/lib/python3.11", root / SITE]
        subprocess.run(
            [*command, *within],
            check=False,  # a few files of the standard library's tests are wrong on purpose
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
