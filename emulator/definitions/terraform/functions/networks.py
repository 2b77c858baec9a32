"""Terraform's functions on IP networks."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.functions.lists import texts
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.values import EvaluationError, ListOf

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_STEPS_OF_A_NETWORK: Final = 16


def _network(prefix: str, site: Site) -> Network:
    site.budget.spend(_STEPS_OF_A_NETWORK)
    try:
        return ipaddress.ip_network(_without_zeros(prefix), strict=False)
    except ValueError as error:
        message = f"{prefix[:50]!r} is no CIDR block"
        raise EvaluationError(message) from error


def _without_zeros(prefix: str) -> str:
    """Return an IPv4 prefix without leading zeros: Terraform takes 010 as 10."""
    return prefix if ":" in prefix else re.sub(r"(?<!\d)0+(?=\d)", "", prefix)


def _host(site: Site, prefix: str, number: int) -> str:
    network = _network(prefix, site)
    if not -network.num_addresses <= number < network.num_addresses:
        message = f"cidrhost: {prefix} has no host {number}"
        raise EvaluationError(message)
    return str(network[number])


def _netmask(site: Site, prefix: str) -> str:
    network = _network(prefix, site)
    if network.version == 6:
        message = "cidrnetmask: only IPv4 has netmasks"
        raise EvaluationError(message)
    return str(network.netmask)


def _subnet(site: Site, prefix: str, bits: int, number: int) -> str:
    return str(_part_of(_network(prefix, site), bits, number))


def _part_of(network: Network, bits: int, number: int) -> Network:
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen:
        message = f"cidrsubnet: {network} has no room for {bits} bits more"
        raise EvaluationError(message)
    if not 0 <= number < 1 << bits:
        message = f"cidrsubnet: {bits} bits have no number {number}"
        raise EvaluationError(message)
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    kind = ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network
    return kind((first, length))


def _subnets(site: Site, prefix: str, *bits: int) -> ListOf:
    network = _network(prefix, site)
    found = []
    at = int(network.network_address)
    for more in bits:
        site.budget.spend(_STEPS_OF_A_NETWORK)
        length = network.prefixlen + more
        if more < 1 or length > network.max_prefixlen:
            message = f"cidrsubnets: {network} has no room for {more} bits more"
            raise EvaluationError(message)
        size = 1 << (network.max_prefixlen - length)
        at = (at + size - 1) // size * size
        if at + size > int(network.network_address) + network.num_addresses:
            message = f"cidrsubnets: {network} is too small"
            raise EvaluationError(message)
        kind = ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network
        found.append(str(kind((at, length))))
        at += size
    return texts(site, found)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "cidrhost": Function("@sI", _host),
    "cidrnetmask": Function("@s", _netmask),
    "cidrsubnet": Function("@siI", _subnet),
    "cidrsubnets": Function("@si*", _subnets),
}
