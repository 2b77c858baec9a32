"""What `local:` says about the AWS that tasks reach: where it is, and with whose credentials."""

import re
from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import Fields, Problems
from emulator.model.definitions import EndpointUse

if TYPE_CHECKING:
    from emulator.model.environment import CredentialsSource

_URL: Final = re.compile(r"https?://[^\s/]+\S*", re.ASCII)


def read_endpoints(fields: Fields, problems: Problems) -> EndpointUse:
    """Take `endpoints`: true, false or `always`."""
    node = fields.take("endpoints")
    if node is not None and isinstance(node.value, bool):
        return EndpointUse.DEFAULT if node.value else EndpointUse.NEVER
    if node is None or node.value is None:
        return EndpointUse.DEFAULT
    if node.value == EndpointUse.ALWAYS:
        return EndpointUse.ALWAYS
    problems.error("local.endpoints is true, false or always", node.source)
    return EndpointUse.DEFAULT


def read_endpoint_url(fields: Fields, problems: Problems) -> str | None:
    """Take `endpointUrl`: where AWS's SDKs find AWS."""
    url = fields.text("endpointUrl")
    if url is not None and not _URL.fullmatch(url):
        message = f"local.endpointUrl: {url!r} is not a URL"
        problems.error(message, fields.place("endpointUrl"), hint="write http://localstack:4566")
    return url


def read_credentials(fields: Fields, problems: Problems) -> "CredentialsSource | None":
    """Take `credentials`: whose real ones tasks with a role get."""
    section = fields.section("credentials")
    if section is None:
        return None
    from emulator.model.environment import CredentialsSource

    source = CredentialsSource(
        profile=section.text("profile"),
        assume_role=section.boolean("assumeRole"),
        access_key_id=section.text("accessKeyId"),
        secret_access_key=section.text("secretAccessKey"),
        session_token=section.text("sessionToken"),
    )
    section.refuse_rest()
    given = source.access_key_id is not None
    if given != (source.secret_access_key is not None):
        message = "local.credentials needs both accessKeyId and secretAccessKey"
        problems.error(message, section.source)
    if given == (source.profile is not None or source.assume_role):
        message = "local.credentials is a profile, assumeRole, or keys; one of them"
        problems.error(message, section.source)
    return source
