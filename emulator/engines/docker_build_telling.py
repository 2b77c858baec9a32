"""What a build says on its way: steps and progress for a person, last words for its failure."""

import re
import shlex
import time
from collections import deque
from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from emulator.engines.base import ImageUnavailableError
from emulator.model.image_builds import ImageBuild

LAST_WORDS: Final = 15
LONGEST_NAME: Final = 20
"""Characters of a directory's name before each line: those of CDK have 70."""

_TELL_EVERY_SECONDS: Final = 2.0
_STEP: Final = re.compile(r"Step \d+/\d+ : |#\d+ \[(?!internal\])")
_BOOKKEEPING: Final = re.compile(
    r"---> |Removing intermediate container |------|#\d+ (sha256:|DONE|CACHED|\[|transferring)"
)
"""Lines of the engine's own builder, and of BuildKit, that nobody needs."""

_ONLY_BUILDKIT: Final = ("buildkit", "unknown flag", "unknown instruction")


class BuildTelling:
    """Tells what a build does, and remembers what it said last."""

    def __init__(self, build: ImageBuild, progress: Callable[[str], None]) -> None:
        self._build = build
        name = PurePath(build.context).name
        self._name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        self._progress = progress
        self._step = "before its first step"
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._told_at = 0.0

    def tell(self, line: str) -> None:
        """Take one line that the builder wrote."""
        line = line.strip()
        if _STEP.match(line):
            self._step = f"at {line}"
            self._last_words.clear()
        elif line and not _BOOKKEEPING.match(line):
            self._last_words.append(line)
            if time.monotonic() - self._told_at < _TELL_EVERY_SECONDS:
                return
        else:
            return
        self._told_at = time.monotonic()
        self._progress(f"building {self._name}: {line}")

    def failure(self, why: str) -> ImageUnavailableError:
        """Return the error of a build that ends here, with what was said since its step began."""
        said = "".join(f"\n    {line}" for line in self._last_words)
        by_hand = f"by hand: {command(self._build)}"
        if needs_buildkit(why):
            by_hand = f"install the docker command with BuildKit, which is used then; {by_hand}"
        return ImageUnavailableError(
            f"building from {self._build.context} failed {self._step}: {why.strip()}",
            hint=f"its last words:{said}\n  {by_hand}" if said else by_hand,
        )


def command(build: ImageBuild) -> str:
    """Return the `docker build` that does the same."""
    words = ["docker", "build"]
    if build.dockerfile is not None:
        words += ["-f", build.dockerfile]
    if build.target is not None:
        words += ["--target", build.target]
    for name in build.args:
        # Its value may be nothing for a screen; docker takes it from the environment.
        words += ["--build-arg", name]
    return shlex.join([*words, build.context])


def needs_buildkit(why: str) -> bool:
    """Return whether a builder failed for what BuildKit may know."""
    return any(word in why.lower() for word in _ONLY_BUILDKIT)
