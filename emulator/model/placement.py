"""Where AWS would run a target's task: networks and capacity, none of which this machine has."""

from emulator.values import frozen


@frozen
class NetworkConfiguration:
    """The awsvpc configuration of a task: ids of subnets and security groups, as written."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: bool = False


@frozen
class CapacityProviderStrategyItem:
    """One entry of a capacity provider strategy."""

    capacity_provider: str
    base: int = 0
    weight: int = 0
