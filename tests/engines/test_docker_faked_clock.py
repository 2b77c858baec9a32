from datetime import timedelta

from emulator.engines.docker_faked_clock import faked

LIBRARY = "/usr/lib/faketime/libfaketime.so.1"


def test_a_container_is_told_how_far_its_clock_is_ahead() -> None:
    environment = faked({"A": "1"}, LIBRARY, timedelta(days=1, milliseconds=250))
    assert environment == {
        "A": "1",
        "LD_PRELOAD": LIBRARY,
        "FAKETIME": "+86400.250",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def test_a_clock_may_be_behind() -> None:
    assert faked({}, LIBRARY, -timedelta(hours=1))["FAKETIME"] == "-3600.000"


def test_what_an_image_loads_already_is_loaded_all_the_same() -> None:
    environment = faked({"LD_PRELOAD": "/lib/jemalloc.so"}, LIBRARY, timedelta())
    assert environment["LD_PRELOAD"] == f"{LIBRARY}:/lib/jemalloc.so"
