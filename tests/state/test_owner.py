"""Whose a record or a container is: told by a text that anybody may have written."""

import pytest

from emulator.state.owner import Owner, owner_lives


def test_this_process_is_known_by_its_text_and_lives() -> None:
    own = Owner.current()
    assert Owner.parse(str(own)) == own
    assert owner_lives(str(own))


def test_an_earlier_process_of_the_same_number_is_gone() -> None:
    assert not owner_lives(str(Owner.current()._replace(started="1")))


@pytest.mark.parametrize(
    "text",
    ["", "me", "/", "me/x@1", "me/@", "me/-1@1", f"me/{'9' * 5000}@1", "me/٣@1", "me/1e3@1"],
    ids=lambda text: text[:12],
)
def test_a_text_that_names_no_process_is_nobody_s(text: str) -> None:
    assert Owner.parse(text) is None
    assert not owner_lives(text)
