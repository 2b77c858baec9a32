"""Statistics of a task's containers: the engine's, with what there was to see the last time."""

from typing import Any

from emulator.ecs.container_statistics import network_rates


def _seen(second: int, **received: int) -> dict[str, Any]:
    return {
        "read": f"2026-11-24T12:00:{second:02d}.123456789Z",
        "networks": {name: {"rx_bytes": n, "tx_bytes": 2 * n} for name, n in received.items()},
    }


def test_traffic_is_told_as_bytes_a_second_of_all_networks() -> None:
    rates = network_rates(_seen(1, eth0=100), _seen(5, eth0=300, eth1=200))
    assert rates == {"network_rate_stats": {"rx_bytes_per_sec": 100, "tx_bytes_per_sec": 200}}


def test_a_network_that_is_counted_anew_has_no_negative_rate() -> None:
    rates = network_rates(_seen(1, eth0=100), _seen(2, eth0=0))
    assert rates == {"network_rate_stats": {"rx_bytes_per_sec": 0, "tx_bytes_per_sec": 0}}


def test_there_is_no_rate_without_networks_or_time() -> None:
    seen = _seen(1, eth0=100)
    assert network_rates(seen, seen) == {}
    assert network_rates(_seen(1), seen) == {}
    assert network_rates({**seen, "read": "0001-01-01"}, _seen(2, eth0=1)) == {}
    assert network_rates({"networks": seen["networks"]}, seen) == {}
