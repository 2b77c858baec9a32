"""What to do next in a task's life, as a table: containers and where they stand -> the step."""

from emulator.ecs.lifecycle import Phase, Standing, next_step
from emulator.model.health import HealthStatus
from emulator.model.networking import Link
from emulator.model.task_definition import ContainerDefinition
from emulator.model.volumes import VolumeFrom
from tests.builders import container, depends_on


def _standing(text: str) -> Standing:
    """Return the standing that `waiting`, `launching`, `running`, `exit N`, ... says."""
    match text.split():
        case ["exit", code]:
            return Standing(phase=Phase.STOPPED, ran=True, exit_code=int(code))
        case ["well", "then", "exit", code]:
            healthy = HealthStatus.HEALTHY
            return Standing(phase=Phase.STOPPED, ran=True, exit_code=int(code), health=healthy)
        case ["never", "ran"]:
            return Standing(phase=Phase.STOPPED)
        case ["running", "late"]:
            return Standing(phase=Phase.RUNNING, ran=True, timed_out=True)
        case ["running", "well"]:
            return Standing(phase=Phase.RUNNING, ran=True, health=HealthStatus.HEALTHY)
        case ["running", "ill"]:
            return Standing(phase=Phase.RUNNING, ran=True, health=HealthStatus.UNHEALTHY)
        case ["created", "only"]:
            return Standing(phase=Phase.STOPPED, created=True)
        case ["created"]:
            return Standing(phase=Phase.LAUNCHING, created=True)
        case ["running"]:
            return Standing(phase=Phase.RUNNING, ran=True)
        case _:
            return Standing(phase=Phase(text))


def _step(
    *containers: ContainerDefinition, stopping: bool = False, **standings: str
) -> dict[str, object]:
    """Return what is done, without what is not."""
    found = next_step(
        containers, {name: _standing(text) for name, text in standings.items()}, stopping=stopping
    )
    step = {
        "start": found.start,
        "stop": found.stop,
        "forgo": found.forgo,
        "abandon": found.abandon,
        "over": found.over,
    }
    return {name: value for name, value in step.items() if value}


APP = container("app")
SIDECAR = container("sidecar", essential=False)
PREPARE = container("prepare", essential=False)


def test_containers_without_dependencies_start_together() -> None:
    assert _step(APP, SIDECAR, app="waiting", sidecar="waiting") == {"start": ("app", "sidecar")}


def test_a_start_dependency_waits_until_the_other_runs() -> None:
    after = container("after", depends_on=depends_on(app="START"))
    assert _step(APP, after, app="launching", after="waiting") == {}
    assert _step(APP, after, app="running", after="waiting") == {"start": ("after",)}


def test_a_start_dependency_is_met_by_a_container_that_has_run_already() -> None:
    after = container("after", depends_on=depends_on(prepare="START"))
    assert _step(PREPARE, after, prepare="exit 1", after="waiting") == {"start": ("after",)}


def test_a_complete_dependency_takes_any_exit_code() -> None:
    after = container("after", depends_on=depends_on(prepare="COMPLETE"))
    assert _step(PREPARE, after, prepare="running", after="waiting") == {}
    assert _step(PREPARE, after, prepare="exit 3", after="waiting") == {"start": ("after",)}


def test_a_success_dependency_takes_exit_code_0_only() -> None:
    after = container("after", depends_on=depends_on(prepare="SUCCESS"))
    assert _step(PREPARE, after, prepare="exit 0", after="waiting") == {"start": ("after",)}
    assert _step(PREPARE, after, prepare="exit 3", after="waiting") == {
        "abandon": (
            (
                "after",
                "dependency graph: container prepare exited with 3, but SUCCESS was required",
            ),
        )
    }


def test_a_dependency_that_never_ran_is_hopeless_whatever_is_asked_of_it() -> None:
    for condition in ("START", "COMPLETE", "SUCCESS"):
        after = container("after", depends_on=depends_on(prepare=condition))
        assert _step(PREPARE, after, prepare="never ran", after="waiting") == {
            "abandon": (
                ("after", "dependency graph: container prepare did not start and will not"),
            )
        }


def test_a_dependency_past_its_start_timeout_is_hopeless_unless_only_its_start_was_asked() -> None:
    late = container("after", depends_on=depends_on(prepare="SUCCESS"))
    assert _step(PREPARE, late, prepare="running late", after="waiting") == {
        "abandon": (
            ("after", "dependency graph: container prepare timed out before it was SUCCESS"),
        )
    }
    early = container("after", depends_on=depends_on(prepare="START"))
    assert _step(PREPARE, early, prepare="running late", after="waiting") == {"start": ("after",)}


def test_every_dependency_must_be_met() -> None:
    after = container("after", depends_on=depends_on(prepare="SUCCESS", sidecar="START"))
    waits = _step(PREPARE, SIDECAR, after, prepare="exit 0", sidecar="launching", after="waiting")
    goes = _step(PREPARE, SIDECAR, after, prepare="exit 0", sidecar="running", after="waiting")
    assert (waits, goes) == ({}, {"start": ("after",)})


def test_the_end_of_an_essential_container_stops_the_others() -> None:
    assert _step(APP, SIDECAR, app="exit 0", sidecar="running") == {"stop": ("sidecar",)}


def test_the_end_of_another_container_stops_nothing() -> None:
    assert _step(APP, SIDECAR, app="running", sidecar="exit 1") == {}


def test_a_container_that_is_being_launched_is_forgone_and_stopped_once_it_runs() -> None:
    assert _step(APP, SIDECAR, app="exit 0", sidecar="launching") == {"forgo": ("sidecar",)}


def test_what_a_container_on_its_way_depends_on_is_not_stopped_before_it() -> None:
    after = container("after", depends_on=depends_on(app="START"))
    assert _step(APP, after, app="running", after="launching", stopping=True) == {
        "forgo": ("after",)
    }


def test_when_stopping_what_waits_is_never_started() -> None:
    assert _step(APP, SIDECAR, app="running", sidecar="waiting", stopping=True) == {
        "stop": ("app",),
        "abandon": (("sidecar", ""),),
    }


def test_a_container_is_stopped_only_after_all_that_depend_on_it() -> None:
    middle = container("middle", depends_on=depends_on(app="START"))
    last = container("last", depends_on=depends_on(middle="START"))
    chain = (APP, middle, last)
    assert _step(*chain, app="running", middle="running", last="running", stopping=True) == {
        "stop": ("last",)
    }
    assert _step(*chain, app="running", middle="running", last="exit 143", stopping=True) == {
        "stop": ("middle",)
    }
    assert _step(*chain, app="running", middle="exit 143", last="exit 143", stopping=True) == {
        "stop": ("app",)
    }


def test_a_task_is_over_when_every_container_is_stopped() -> None:
    assert _step(APP, SIDECAR, app="exit 0", sidecar="never ran") == {"over": True}


def test_a_healthy_dependency_waits_for_health_as_long_as_it_may_come() -> None:
    after = container("after", depends_on=depends_on(app="HEALTHY"))
    assert _step(APP, after, app="running", after="waiting") == {}
    assert _step(APP, after, app="running ill", after="waiting") == {}
    assert _step(APP, after, app="running well", after="waiting") == {"start": ("after",)}


def test_health_that_was_reached_counts_even_if_the_container_has_ended_since() -> None:
    after = container("after", depends_on=depends_on(prepare="HEALTHY"))
    assert _step(PREPARE, after, prepare="well then exit 1", after="waiting") == {
        "start": ("after",)
    }


def test_health_that_comes_too_late_or_never_abandons_what_waits_for_it() -> None:
    after = container("after", depends_on=depends_on(prepare="HEALTHY"))
    reason = "dependency graph: container prepare timed out before it was HEALTHY"
    late = _step(PREPARE, after, prepare="running late", after="waiting")
    assert late == {"abandon": (("after", reason),)}
    reason = "dependency graph: container prepare stopped before it was HEALTHY"
    over = _step(PREPARE, after, prepare="exit 0", after="waiting")
    assert over == {"abandon": (("after", reason),)}


def test_a_container_takes_volumes_from_one_that_exists_and_links_to_one_that_runs() -> None:
    taker = container("taker", volumes_from=(VolumeFrom(source_container="app"),))
    assert _step(APP, taker, app="launching", taker="waiting") == {}
    assert _step(APP, taker, app="created", taker="waiting") == {"start": ("taker",)}
    giver = container("app", essential=False)
    assert _step(giver, taker, app="created only", taker="waiting") == {"start": ("taker",)}
    assert _step(giver, taker, app="never ran", taker="waiting") == {
        "abandon": (("taker", "dependency graph: container app did not start and will not"),)
    }
    linked = container("linked", links=(Link(container_name="app", alias="db"),))
    assert _step(APP, linked, app="created", linked="waiting") == {}
    assert _step(APP, linked, app="running", linked="waiting") == {"start": ("linked",)}


def test_what_links_to_a_container_is_stopped_before_it() -> None:
    linked = container("linked", links=(Link(container_name="app", alias="db"),))
    both = _step(APP, linked, stopping=True, app="running", linked="running")
    assert both == {"stop": ("linked",)}
    one = _step(APP, linked, stopping=True, app="running", linked="exit 143")
    assert one == {"stop": ("app",)}
