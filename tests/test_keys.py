"""Keys of buckets against all the keys there are, as long as they are short."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalint.graph.bucket import Keys, globbed

EVERY = ["".join(letters) for size in range(1, 6) for letters in product("ab", repeat=size)]

patterns = st.text("ab*?", min_size=1, max_size=5)


def meant(pattern: str) -> set[str]:
    """The keys that S3 takes a pattern for."""
    told = re.compile(pattern.replace("*", ".*").replace("?", "."))
    return {key for key in EVERY if told.fullmatch(key)}


@given(patterns, patterns)
def test_what_meets_nowhere_has_no_key_in_common(one: str, other: str) -> None:
    if not globbed(one).meets(globbed(other)):
        assert not meant(one) & meant(other)


@given(patterns, patterns)
def test_what_lies_within_has_no_key_outside(one: str, other: str) -> None:
    if globbed(one).within(globbed(other)):
        assert meant(one) <= meant(other)


@given(patterns, st.text("ab", min_size=1, max_size=5))
def test_a_key_is_held_where_the_pattern_is_for_it(pattern: str, key: str) -> None:
    keys = globbed(pattern)
    if not keys.holds(key):
        assert key not in meant(pattern)
    assert keys.meets(Keys.of(key)) == Keys.of(key).meets(keys) == keys.holds(key)


@pytest.mark.parametrize(
    ("pattern", "shown"), [("in/*.csv", "in/*.csv"), ("in/a.csv", "in/a.csv"), ("a*b*c", "a*c")]
)
def test_people_are_shown_what_is_known_of_keys(pattern: str, shown: str) -> None:
    assert str(globbed(pattern)) == shown


def test_excluded_keys_meet_nothing() -> None:
    keys = Keys(excluded=("in/", "tmp/"))
    assert not keys.meets(Keys.of("in/a"))
    assert not keys.meets(Keys("tmp/x/"))
    assert keys.meets(Keys("out/"))
    assert not Keys("out/").within(keys)
    assert Keys.of("out/a").within(keys)
