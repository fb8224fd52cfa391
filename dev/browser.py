"""Find the browsers that tests need, or download them. Fail if there are none."""

import os
import shutil
import subprocess
from pathlib import Path

from .checkout import VENV_PYTHON
from .console import say
from .errors import UserError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FIREFOX_NAMES = ("firefox-esr", "firefox")  # Debian's package and program first
FIREFOX_APPLICATIONS = ("/Applications/Firefox.app/Contents/MacOS/firefox",)
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
DOWNLOAD_SECONDS = 300
HEADLESS_SHELL = "chromium-headless-shell"  # the program and the package in Debian


def settings() -> dict[str, str]:
    """Return what browser tests read from the environment: the paths of their browsers."""
    found = chromium()
    return {
        "CHROMIUM": found,
        "CHROMIUM_HEADLESS_SHELL": headless_shell(found),
        "FIREFOX": firefox(),
    }


def chromium() -> str:
    """Return the path of a Chromium that starts. CHROMIUM in the environment takes precedence."""
    if given := os.environ.get("CHROMIUM"):
        if _starts(given):
            return given
        raise UserError(f"CHROMIUM={given} doesn't start: correct or unset it.")
    for find in (_on_this_machine, _of_playwright, _downloaded, _from_debian):
        found = find()
        if found and _starts(found):
            return found
    raise UserError(
        "The browser tests need Chromium, and it could not be fetched: install it "
        "(apt-get install chromium), or give its path: CHROMIUM=/path make test"
    )


def headless_shell(chromium: str) -> str:
    """Return the path of Chromium's headless shell, or else of Chromium.

    It takes a third of Chromium's processor time. CHROMIUM in the environment takes precedence
    over both.
    """
    if os.environ.get("CHROMIUM"):
        return chromium
    if not shutil.which(HEADLESS_SHELL):
        _install(HEADLESS_SHELL)
    found = shutil.which(HEADLESS_SHELL)
    return found if found and _starts(found) else chromium


def firefox() -> str:
    """Return the path of an ordinary Firefox that starts. FIREFOX in the environment takes
    precedence.

    Playwright's own build won't do: it is patched, and comes only from Playwright's servers.
    """
    if given := os.environ.get("FIREFOX"):
        if _starts(given):
            return given
        raise UserError(f"FIREFOX={given} doesn't start: correct or unset it.")
    if not (found := _first_that_starts(FIREFOX_NAMES, FIREFOX_APPLICATIONS)):
        _install(FIREFOX_NAMES[0])
        found = _first_that_starts(FIREFOX_NAMES, FIREFOX_APPLICATIONS)
    if found:
        return found
    raise UserError(
        "The embedding tests need Firefox, and it could not be installed: install it "
        "(apt-get install firefox-esr), or give its path: FIREFOX=/path make test"
    )


def _first_that_starts(names: tuple[str, ...], applications: tuple[str, ...]) -> str | None:
    on_path = filter(None, map(shutil.which, names))
    return next((found for found in (*on_path, *applications) if _starts(found)), None)


def _on_this_machine() -> str | None:
    return _first_that_starts(NAMES, APPLICATIONS)


def _of_playwright() -> str | None:
    answer = subprocess.run(
        [VENV_PYTHON, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def _downloaded() -> str | None:
    say("No Chromium here: asking Playwright for one ...")
    command = [VENV_PYTHON, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, timeout=DOWNLOAD_SECONDS, check=True, capture_output=True)
    except (subprocess.SubprocessError, OSError):
        say("Playwright's download is out of reach.")
        return None
    return _of_playwright()


def _from_debian() -> str | None:
    _install("chromium")
    return _on_this_machine()


def _install(package: str) -> None:
    """Install a package of Debian, if this is Debian and we are root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"Installing {package} with apt-get ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
    ):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)


def _starts(path: str) -> bool:
    """Check that it prints its version, for which it has to load all of its libraries."""
    if not Path(path).exists():
        return False
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (subprocess.SubprocessError, OSError):
        return False
    return answer.returncode == 0
