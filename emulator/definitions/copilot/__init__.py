"""AWS Copilot's manifests of scheduled jobs (`copilot/<job>/manifest.yml`)."""

from emulator.definitions.copilot.reader import is_manifest, read_manifest

__all__ = ["is_manifest", "read_manifest"]
