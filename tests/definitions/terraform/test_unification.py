"""Types have a type in common, or none: what Terraform says of them is in `console.json`."""

from hypothesis import example, given
from hypothesis import strategies as st

from emulator.definitions.terraform.unification import convertible, unify
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NOTHING,
    NUMBER,
    STRING,
    Collection,
    Object,
    Tuple,
    Type,
)

PRIMITIVES: st.SearchStrategy[Type] = st.sampled_from([STRING, NUMBER, BOOL, NOTHING, ANYTHING])


def _structures(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    attributes = st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    return st.one_of(
        st.builds(Collection, st.sampled_from(["list", "set", "map"]), inner),
        st.lists(inner, max_size=3).map(lambda elements: Tuple(tuple(elements))),
        attributes.map(lambda entries: Object(tuple(sorted(entries.items())))),
    )


TYPES = st.recursive(PRIMITIVES, _structures, max_leaves=6)


@given(st.lists(TYPES, min_size=1, max_size=4))
@example(
    [
        Collection("list", STRING),
        Tuple((STRING, NOTHING)),
        Tuple((Collection("list", STRING),)),
    ]
)
def test_every_type_can_become_what_all_have_in_common(types: list[Type]) -> None:
    common = unify(types)
    assert common is None or all(convertible(one, common) for one in types)


@given(TYPES, st.integers(1, 3))
def test_a_type_has_itself_in_common_with_itself(one: Type, times: int) -> None:
    assert unify([one] * times) == one


@given(TYPES)
def test_a_null_takes_any_type(one: Type) -> None:
    assert unify([NOTHING, one]) == unify([one, NOTHING]) == one


def test_a_truth_and_a_number_have_nothing_in_common_but_text_beside_them() -> None:
    assert unify([BOOL, NUMBER]) is None
    assert unify([BOOL, NUMBER, STRING]) == STRING


def test_tuples_of_different_lengths_make_a_list_and_objects_of_different_names_a_map() -> None:
    assert unify([Tuple((NUMBER,)), Tuple((STRING, BOOL))]) == Collection("list", STRING)
    one, other = Object((("a", NUMBER),)), Object((("b", STRING),))
    assert unify([one, other]) == Collection("map", STRING)


def test_what_only_aws_knows_is_text_beside_text_and_of_any_type_otherwise() -> None:
    assert unify([ANYTHING, NUMBER, STRING]) == STRING
    assert unify([ANYTHING, NUMBER]) == ANYTHING
    assert unify([Tuple((ANYTHING,)), Tuple((STRING,))]) == Tuple((STRING,))
