"""What a build of an image gets: the files that .dockerignore leaves in, and the Dockerfile."""

import hashlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from docker.utils.build import create_archive, exclude_paths

from emulator.model.image_builds import ImageBuild

_OUTSIDE: Final = ".ecs-local.Dockerfile"
"""The name that a Dockerfile which lies outside of its context has in it."""

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileDigests:
    """Digests of files, taken again only of those that have been written to since."""

    _known: dict[Path, tuple[tuple[int, ...], bytes]] = field(default_factory=dict)

    def of(self, path: Path) -> bytes:
        """Return the digest of a file's content. Raises OSError."""
        status = path.stat()
        mark = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        known = self._known.get(path)
        if known is None or known[0] != mark:
            known = self._known[path] = mark, _digest(path)
        return known[1]


@dataclass(frozen=True, slots=True)
class BuildContent:
    """The content of one build. Everything raises OSError or ValueError for what is not to read.

    `left_out` is a directory that no build gets, whatever .dockerignore says: what ecs-local itself
    writes changes with each task, and an image would be built again for each.
    """

    build: ImageBuild
    left_out: Path | None = None

    @property
    def dockerfile(self) -> str:
        """The Dockerfile's name in the context, as the engine is told it."""
        outside = self._outside()
        if self.build.dockerfile is None:
            return "Dockerfile"
        root = Path(self.build.context)
        return _OUTSIDE if outside else Path(self.build.dockerfile).relative_to(root).as_posix()

    def digest(self, platform: str | None, digests: FileDigests) -> str:
        """Return what changes with anything that the build gets: names, modes, content, options."""
        build, root = self.build, Path(self.build.context)
        options = [build.target, dict(sorted(build.args.items())), self.dockerfile, platform]
        whole = hashlib.sha256(json.dumps(options).encode())
        for name in self._names():
            path = root / name
            mode = path.lstat().st_mode
            whole.update(f"\0{name}\0{mode:o}\0".encode("utf-8", "surrogateescape"))
            if stat.S_ISLNK(mode):
                whole.update(os.fsencode(path.readlink()))
            elif stat.S_ISREG(mode):
                whole.update(digests.of(path))
        if self._outside():
            whole.update(digests.of(Path(build.dockerfile or "")))
        return whole.hexdigest()

    def archive(self, *, compressed: bool = False) -> IO[bytes]:
        """Return the content as an open tar file, links as links."""
        extra = []
        if self._outside():
            extra = [(_OUTSIDE, Path(self.build.dockerfile or "").read_text("utf-8"))]
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes what it is given
        made: IO[bytes] = create_archive(
            self.build.context,
            files=self._names(),
            fileobj=spool,
            gzip=compressed,
            extra_files=extra,
        )
        return made

    def _outside(self) -> bool:
        path = self.build.dockerfile
        return path is not None and not Path(path).is_relative_to(self.build.context)

    def _names(self) -> list[str]:
        names = sorted(exclude_paths(self.build.context, self._ignored(), self.dockerfile))
        if self.left_out is None:
            return names
        root, left_out = Path(self.build.context).resolve(), self.left_out.resolve()
        if left_out == root or not left_out.is_relative_to(root):
            return names
        own = left_out.relative_to(root).as_posix()
        return [name for name in names if name != own and not name.startswith(f"{own}/")]

    def _ignored(self) -> list[str]:
        try:
            text = (Path(self.build.context) / ".dockerignore").read_text("utf-8")
        except FileNotFoundError:
            return []
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()
