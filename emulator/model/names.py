"""Names and ARNs that refer to other things."""


def short_name(name_or_arn: str) -> str:
    """Return what stands behind the last slash of an ARN: a cluster's or a family's name."""
    return name_or_arn.rpartition("/")[2]


def split_task_definition(name: str) -> tuple[str, int | None]:
    """Return family and revision of `family`, `family:revision` or an ARN of either."""
    family, colon, revision = short_name(name).partition(":")
    return family, int(revision) if colon and revision.isdecimal() else None
