"""`storage` of a Copilot job: the volumes of its task, and where the job itself mounts them."""

import json
from typing import Final, NamedTuple

from emulator.definitions.copilot.manifest import Tree
from emulator.definitions.nodes import Fields, Node, Problems

VARIABLE: Final = "COPILOT_MOUNT_POINTS"


class Storage(NamedTuple):
    """What `storage` makes of the task, and of its main container; None where it says nothing."""

    volumes: Node | None = None
    mounts: Node | None = None
    ephemeral: Node | None = None
    read_only_root: Node | None = None


def read_storage(fields: Fields, tree: Tree, problems: Problems) -> Storage:
    """Take `storage`."""
    section = fields.section("storage")
    if section is None:
        return Storage()
    volumes, mounts = [], []
    for name, node in section.entries("volumes"):
        own = Fields(node, f"the volume {name}", problems)
        volumes.append(_volume(name, own, tree))
        mounts.append(_mount(name, own, tree))
        own.refuse_rest()
    ephemeral = section.take("ephemeral")
    storage = Storage(
        volumes=tree.items(volumes) if volumes else None,
        mounts=tree.items(mounts) if mounts else None,
        ephemeral=None if ephemeral is None else tree.mapping(sizeInGiB=ephemeral),
        read_only_root=section.take("readonly_fs"),
    )
    section.refuse_rest()
    return storage


def sidecar_mounts(fields: Fields, tree: Tree, problems: Problems) -> Node | None:
    """Take `mount_points` of a sidecar."""
    mounts = []
    for item in fields.items("mount_points"):
        mount = Fields(item, "the mount point", problems)
        mounts.append(
            tree.mapping(
                sourceVolume=mount.take("source_volume"),
                containerPath=mount.take("path"),
                readOnly=mount.take("read_only"),
            )
        )
        mount.refuse_rest()
    return tree.items(mounts) if mounts else None


def mount_variable(mounts: Node | None) -> dict[str, Node]:
    """Return the variable that says where a container finds each volume, as JSON."""
    items = mounts.value if mounts is not None and isinstance(mounts.value, list) else []
    places = {}
    for item in items:
        entries = item.value if isinstance(item.value, dict) else {}
        if "sourceVolume" in entries and "containerPath" in entries:
            places[entries["sourceVolume"].text] = entries["containerPath"].text
    if mounts is None or not places:
        return {}
    return {VARIABLE: Node(json.dumps(places, separators=(",", ":")), mounts.source)}


def _volume(name: str, fields: Fields, tree: Tree) -> Node:
    efs = fields.take("efs")
    used = None if efs is None or efs.empty else tree.mapping(fileSystemId=_file_system(efs))
    return tree.mapping(name=tree.text(name), efsVolumeConfiguration=used)


def _mount(name: str, fields: Fields, tree: Tree) -> Node:
    read_only = fields.take("read_only")
    return tree.mapping(
        sourceVolume=tree.text(name),
        containerPath=fields.take("path"),
        # Copilot mounts read-only unless it is told otherwise.
        readOnly=read_only if read_only is not None else tree.text(True),
    )


def _file_system(efs: Node) -> Node:
    """Return the id of a file system; the one Copilot makes itself has none here."""
    identity = efs.value.get("id") if isinstance(efs.value, dict) else None
    return identity if identity is not None else Node("${copilot-managed-efs}", efs.source)
