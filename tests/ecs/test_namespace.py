"""A task's namespaces: their addresses are known by the time somebody asks."""

import pytest

from emulator.ecs.maker import Maker
from emulator.ecs.namespace import PauseNamespace
from emulator.engines.base import NetworkAddress
from emulator.engines.fake import FakeEngine
from emulator.engines.spec import ContainerSpec
from emulator.errors import EngineError
from tests.builders import workshop


class _Asked(FakeEngine):
    """Counts how often it is asked for an address; the first answers may be missing."""

    def __init__(self, *, missing: int = 0) -> None:
        super().__init__()
        self.asked = 0
        self._missing = missing

    def address(self, container_id: str) -> NetworkAddress:
        self.asked += 1
        if self.asked <= self._missing:
            message = "no such container"
            raise EngineError(message)
        return super().address(container_id)


SPEC = ContainerSpec(name="pause", image="alpine:latest")


def _maker(engine: FakeEngine) -> Maker:
    return Maker(engine=engine, outage=workshop(engine).outage, given_up=lambda: False)


def test_an_address_is_looked_up_once_while_the_containers_start() -> None:
    engine = _Asked()
    namespace = PauseNamespace.create(_maker(engine), SPEC)
    assert namespace.address() == namespace.address()
    assert engine.asked == 1


def test_an_address_that_could_not_be_had_is_asked_for_again() -> None:
    engine = _Asked(missing=1)
    namespace = PauseNamespace.create(_maker(engine), SPEC)
    namespace.ready()
    assert namespace.address().ip
    assert engine.asked == 2


def test_that_there_is_no_address_is_told_to_who_asks() -> None:
    namespace = PauseNamespace.create(_maker(_Asked(missing=9)), SPEC)
    namespace.ready()
    with pytest.raises(EngineError, match="no such container"):
        namespace.address()
