"""Pictures of the form in a real browser: build/form-oauth.png and build/form-server-to-server.png.

Usage: python integration_tests/form/render.py    (after a change of source_zoom/spec.json)

It needs Node.js with npm, and Chromium (Debian's package chromium). The libraries that package-lock.json names are
installed into a temporary folder; the page is one file, which the browser opens without a network.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# Picture by the auth_type that is chosen in it.
PICTURES = {"oauth2.0": "form-oauth.png", "server_to_server": "form-server-to-server.png"}
PICTURES_FOLDER = ROOT / "build"
WIDTH = 720
HEIGHT = 1330
BROWSER = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
)


def build(folder: Path) -> Path:
    """The page, with everything in it."""
    for name in ("package.json", "package-lock.json", "form.jsx", "form.css"):
        shutil.copy(HERE / name, folder)
    shutil.copy(ROOT / "source_zoom" / "spec.json", folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    subprocess.run(
        [
            str(folder / "node_modules" / ".bin" / "esbuild"),
            "form.jsx",
            "--bundle",
            "--jsx=automatic",
            "--alias:spec.json=./spec.json",
            "--define:process.env.NODE_ENV='production'",
            "--outfile=form.js",
        ],
        cwd=folder,
        check=True,
    )
    script = (folder / "form.js").read_text("utf-8").replace("</script", "<\\/script")
    style = (folder / "form.css").read_text("utf-8")
    page = folder / "form.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><title>Zoom</title><style>{style}</style>'
        f'<div id="form"></div><script>{script}</script>',
        encoding="utf-8",
    )
    return page


def photograph(page: Path, auth_type: str, picture: Path) -> None:
    browser = next((found for name in BROWSER if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"None of these browsers is installed: {', '.join(BROWSER)}.")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={WIDTH},{HEIGHT}",
                f"--screenshot={picture}",
                f"{page.as_uri()}#{auth_type}",
            ],
            check=True,
            # A machine without a desktop fills this with complaints that matter to nobody.
            stderr=subprocess.DEVNULL,
        )
    if not picture.exists():
        sys.exit(f"{browser} took no picture.")


def main() -> None:
    PICTURES_FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        page = build(Path(name))
        for auth_type, picture in PICTURES.items():
            photograph(page, auth_type, PICTURES_FOLDER / picture)


if __name__ == "__main__":
    main()
