"""What is found in resolved definitions, by name."""

from emulator.model.definitions import Definitions, Local
from emulator.model.image_builds import LocalImage
from emulator.model.task_policies import LocalRule, Overlap
from tests.builders import event_rule, rule


def test_an_image_is_stood_in_for_by_its_own_name_before_any_glob() -> None:
    shop, other, exact = (LocalImage(image=tag) for tag in ("shop:1", "other:1", "exact:1"))
    local = Local(images={"*/shop*": shop, "*": other, "ecr/shop:2": exact})
    assert local.stand_in("ecr/shop:2") is exact
    assert local.stand_in("ecr/shop:3") is shop
    assert local.stand_in("ECR/SHOP:3") is other
    assert Local(images={"ecr/shop:2": exact}).stand_in("ecr/shop:3") is None


def test_a_rule_of_which_nothing_is_said_has_the_defaults() -> None:
    queued = LocalRule(overlap=Overlap.QUEUE)
    local = Local(rules={"nightly": queued})
    assert (local.rule("nightly"), local.rule("hourly")) == (queued, LocalRule())


def test_each_rule_is_named_once_those_with_a_schedule_first() -> None:
    known = Definitions(
        rules=(rule("b"), rule("both")), event_rules=(event_rule("both"), event_rule("a"))
    )
    assert known.rule_names == ("b", "both", "a")
