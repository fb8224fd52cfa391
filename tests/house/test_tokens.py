"""Secrets that are handed out once."""

import pytest

from messagehub.lib.tokens import (
    PUBLIC_KEY_ALPHABET,
    hash_token,
    is_token,
    new_public_key,
    new_token,
)


def test_every_token_is_another_and_looks_like_one():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(is_token(token) for token in tokens)


@pytest.mark.parametrize(
    "value", ["", "x", "a" * 42, "a" * 44, "a" * 43 + "\n", "a" * 42 + "=", "a" * 42 + "ä", "\x00"]
)
def test_what_is_no_token(value):
    assert not is_token(value)


def test_only_the_hash_of_a_token_is_like_it():
    token = new_token()
    assert hash_token(token) == hash_token(token) != hash_token(new_token())
    assert token not in hash_token(token)
    assert len(hash_token(token)) == 64


def test_a_public_key_is_sixteen_letters_that_nobody_mixes_up():
    keys = {new_public_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {16}
    assert set("".join(keys)) <= set(PUBLIC_KEY_ALPHABET)
    assert not set(PUBLIC_KEY_ALPHABET) & set("l1o0")
