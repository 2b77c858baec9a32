"""A registry on the loopback interface that gives one small image to whoever logs in."""

import base64
import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import docker

from emulator.engines.docker import DockerEngine

USER: Final = "reader"
PASSWORD: Final = "only-for-the-test"
_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"


class Registry:
    """What was asked of a registry, and what it gives: `IMAGE:ARCHITECTURE` of any name."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.digests: dict[str, str] = {}
        self.refused = 0
        self._layer, self._diff = _layer()
        self._blobs = {_digest(self._layer): self._layer}
        self._manifests: dict[str, bytes] = {}
        for architecture in ("amd64", "arm64"):
            self._add(architecture)

    def image(self, name: str, architecture: str = "amd64") -> str:
        """Return how an image is called; its process is an amd64 one, whatever it is for."""
        return f"{self.host}/{name}:{architecture}"

    def answer(self, path: str, authorization: str) -> tuple[int, str, bytes]:
        """Return status, content type and body for a path."""
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if authorization != f"Basic {wanted}":
            self.refused += 1
            return 401, "application/json", b'{"errors": [{"code": "UNAUTHORIZED"}]}'
        last = path.rpartition("/")[2]
        if "/manifests/" in path and last in self._manifests:
            return 200, _MANIFEST, self._manifests[last]
        if "/blobs/" in path and last in self._blobs:
            return 200, "application/octet-stream", self._blobs[last]
        return (200 if path == "/v2/" else 404), "application/json", b"{}"

    def _add(self, architecture: str) -> None:
        config = {
            "architecture": architecture,
            "os": "linux",
            "config": {"Cmd": ["true"]},
            "rootfs": {"type": "layers", "diff_ids": [self._diff]},
        }
        body = json.dumps(config).encode()
        self._blobs[_digest(body)] = body
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": _MANIFEST,
                "config": _part("application/vnd.docker.container.image.v1+json", body),
                "layers": [_part("application/vnd.docker.image.rootfs.diff.tar.gzip", self._layer)],
            }
        ).encode()
        self.digests[architecture] = _digest(manifest)
        self._manifests[architecture] = self._manifests[_digest(manifest)] = manifest


@contextmanager
def registry() -> Iterator[Registry]:
    """Serve a registry; what was pulled from it is removed afterwards."""

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, kind, body = made.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", _digest(body))
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that the server calls

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        made = Registry(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
            _remove(made.host)


def _remove(host: str) -> None:
    client = docker.from_env()
    for image in client.images.list():
        for tag in image.tags:
            if tag.startswith(f"{host}/"):
                client.images.remove(tag, force=True)
    client.close()


def _layer() -> tuple[bytes, str]:
    """Return the pause image's only layer, compressed, and the digest of its content."""
    engine = DockerEngine()
    name = engine.pause_image()
    engine.close()
    client = docker.from_env()
    saved = io.BytesIO(b"".join(client.api.get_image(name)))
    client.close()
    with tarfile.open(fileobj=saved) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest is not None
        (path,) = json.load(manifest)[0]["Layers"]
        layer = tar.extractfile(path)
        assert layer is not None
        content = layer.read()
    return gzip.compress(content, mtime=0), _digest(content)


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _part(kind: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": kind, "size": len(data), "digest": _digest(data)}
