"""Images that may be another one tomorrow or on this machine, or that cannot be pulled."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.model.task_definition import ContainerDefinition, TaskDefinition

_PRIVATE: Final = re.compile(r"\d{12}\.dkr\.ecr[.-][a-z0-9-]+\.amazonaws\.com", re.ASCII)
_FILLED_IN: Final = re.compile(r"[^A-Za-z0-9._:/@-]", re.ASCII)
"""What no image is called by: places that a deployment fills in have it, as `<IMAGE1_NAME>`."""
_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}", re.ASCII)


def _each(facts: Facts) -> Iterator[tuple[TaskDefinition, ContainerDefinition, str | None]]:
    """Yield every container, and the image that runs here in place of its own."""
    local = facts.definitions.local
    for definition, container in facts.containers():
        own = local.stand_in(container.image)
        if own is None:
            yield definition, container, None
        elif own.build is not None:
            yield definition, container, f"a build of {own.build.context}"
        else:
            yield definition, container, own.image or container.image


def _tag(image: str) -> str | None:
    """Return the tag of an image; a colon before a slash is that of a registry's port."""
    name = image.rpartition("/")[2]
    return name.partition(":")[2] or None


def _moving(facts: Facts) -> Iterator[Finding]:
    for definition, container in facts.containers():
        image = container.image
        known = _FILLED_IN.search(image) is None
        if not known or _DIGEST.search(image) or _tag(image) not in (None, "latest"):
            continue
        how = "has no tag" if _tag(image) is None else "is tagged latest"
        yield Finding(
            f"image {image} {how}: two runs of {definition.family} may run different images",
            facts.of_container(definition, container, "image"),
            "name a version or a digest",
        )


def _mapped(facts: Facts) -> Iterator[Finding]:
    for definition, container, own in _each(facts):
        if own is not None and own != container.image:
            yield Finding(
                f"image {container.image} of {definition.family} is replaced here by {own}",
                facts.of_container(definition, container, "image"),
            )


def _private(facts: Facts) -> Iterator[Finding]:
    for definition, container, own in _each(facts):
        if own is None and _PRIVATE.match(container.image):
            yield Finding(
                f"image {container.image} of {definition.family} is in a private registry of AWS",
                facts.of_container(definition, container, "image"),
                "name an image or a build under local.images, or say `pull: missing` there to "
                "pull it with the credentials of `docker login`",
            )


def _unresolved(facts: Facts) -> Iterator[Finding]:
    told = {p.source for p in facts.definitions.problems if p.rule == "image-unresolved"}
    for definition, container, own in _each(facts):
        place = facts.of_container(definition, container, "image")
        if own is None and _FILLED_IN.search(container.image) and place not in told:
            known = "${" not in container.image
            what = "a place that a deployment fills in" if known else "known to AWS only"
            yield Finding(
                f"image {container.image} of {definition.family} is {what}",
                place,
                "name an image to run here under local.images",
            )


def _unused(facts: Facts) -> Iterator[Finding]:
    named = {container.image for _, container in facts.containers()}
    for image in facts.definitions.local.images:
        if not any(fnmatchcase(name, image) or name == image for name in named):
            yield Finding(
                f"local.images: no container has the image {image}",
                facts.place("", "", "local", "images", image),
                "images in use: " + (", ".join(sorted(named)[:5]) or "none"),
            )


CHECKS: Final = (
    Check(
        "image-moving",
        Severity.NOTE,
        "An image has no tag or is tagged latest.",
        _moving,
    ),
    Check(
        "image-replaced",
        Severity.NOTE,
        "local.images replaces an image on this machine.",
        _mapped,
    ),
    Check(
        "image-private",
        Severity.NOTE,
        "An image is in a private ECR registry, and local.images does not replace it.",
        _private,
    ),
    Check(
        "image-unresolved",
        Severity.WARNING,
        "The name of an image holds a part that only AWS knows, or that a deployment fills in.",
        _unresolved,
    ),
    Check(
        "image-unused",
        Severity.WARNING,
        "local.images names an image that no container has.",
        _unused,
    ),
)
